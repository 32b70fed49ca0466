"""A running Leerkring for tests: the real server with several workers, on a database of its own."""

import os
import re
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from time import monotonic
from urllib.parse import urlencode

from flask import Flask

from app import create_app
from app.database import db
from app.settings import ROOT
from tests.databases import SECRET_KEY

FLASK = ROOT / ".venv" / "bin" / "flask"
PATIENCE = 120
"""Seconds that a server may take to answer for the first time, or to end, on a machine that is busy."""


@dataclass
class Server:
    """Where it listens, the environment of its commands, and an application on the same database."""

    address: str
    environ: dict[str, str]
    app: Flask

    def command(self, *arguments: str) -> str:
        """Run a flask command on the same database; returns what it prints."""
        done = self.app.test_cli_runner().invoke(args=arguments, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout.strip()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def prepared(folder: Path, database_url: str, **environ: str) -> Iterator[Server]:
    """An installation on a database with tables, not yet served."""
    folder.mkdir(exist_ok=True)
    port = free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    settings = {
        "DATABASE_URL": database_url,
        "INSTANCE_PATH": str(folder),
        "SECRET_KEY": SECRET_KEY,
        "PORT": str(port),
        "BASE_URL": f"http://127.0.0.1:{port}",
        **environ,
    }
    app = create_app(settings)
    server = Server(settings["BASE_URL"], kept | settings, app)
    yield server
    with app.app_context():
        db.engine.dispose()


@contextmanager
def serving(server: Server, *options: str) -> Iterator[Server]:
    """Serve an installation until the block ends."""
    process = subprocess.Popen(
        [FLASK, "--app", "wsgi", "serve", *options], cwd=ROOT, env=server.environ, stdout=subprocess.DEVNULL
    )
    try:
        _wait_until_it_answers(server.address, process)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _wait_until_it_answers(address: str, process: subprocess.Popen) -> None:
    end = monotonic() + PATIENCE
    while monotonic() < end:
        try:
            urllib.request.urlopen(f"{address}/robots.txt", timeout=PATIENCE).close()
        except (urllib.error.URLError, ConnectionError):
            _leave_it_the_processor(process)
        else:
            return
    raise TimeoutError("the server does not answer")


def _leave_it_the_processor(process: subprocess.Popen) -> None:
    """Wait a moment, and fail at once when the server has ended."""
    try:
        process.wait(timeout=0.05)
    except subprocess.TimeoutExpired:
        return
    raise AssertionError("the server stopped")


class Participant:
    """Somebody with a browser that has cookies and follows redirects, nothing more."""

    def __init__(self):
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.token = ""

    def open(self, address: str, **form: str) -> str:
        """Get a page, or send a form with the token of the page seen last; returns the page one ends on."""
        data = urlencode({"csrf_token": self.token, **form}).encode() if form else None
        with self._opener.open(address, data, timeout=PATIENCE * 4) as response:
            page = response.read().decode()
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        self.token = found[1] if found else self.token
        return page
