"""The production server: granian's workers (`web_workers`), and the clockwork beside them when asked.

Both are children of one process group: when either ends, so does the other, and the
supervisor outside (systemd, a container) starts both again.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from threading import Event, Thread
from typing import Any

import click

from app import urls
from app.settings import ROOT

CONNECTIONS = 1024
"""Requests that a worker process may have before it; those that still send wait beside each other (app/web/waiting_room.py)."""
RENEWAL = {
    "GRANIAN_WORKERS_LIFETIME": "12h",
    "GRANIAN_WORKERS_MAX_RSS": "192",
    "GRANIAN_RESPAWN_INTERVAL": "20",
}
"""When a worker is followed by a new one: by age, by MB of memory; the old one serves so many seconds more, while the new
one loads. What the environment says instead goes before."""
MEMORY = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}
"""A heap for each thread costs memory and gains nothing where one thread at a time runs Python; large pieces, such as an
upload, are given back to the machine when they are let go (mallopt(3))."""
FAREWELL = 10
"""Seconds that a worker may take to end; one told to stop while it still loads would otherwise stay for ever."""


def run_web_server(config: Mapping[str, Any], workers: int, clockwork: bool) -> int:
    """Serve until stopped; returns the exit code."""
    web = [
        sys.executable, "-m", "app.upkeep.web_workers", "wsgi:server", "--interface", "rsgi",
        "--host", config["HOST"], "--port", str(config["PORT"]),
        "--workers", str(workers), "--backpressure", str(CONNECTIONS),
        "--respawn-failed-workers", "--workers-kill-timeout", str(FAREWELL), "--log-level", "warning", "--no-ws",
    ]  # fmt: skip
    children = [subprocess.Popen(web, cwd=ROOT, env=RENEWAL | os.environ | MEMORY)]
    if clockwork:
        worker = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
        children.append(subprocess.Popen(worker, cwd=ROOT))
    _announce(config)
    return _wait(children)


def _announce(config: Mapping[str, Any]) -> None:
    click.echo(f"{config['SITE_NAME']}: {config['BASE_URL']}")
    click.echo(f"Organisers: {urls.absolute_url('/organise')}")
    if not config["MAIL_SERVER"]:
        click.echo(f"Mailbox (no mail leaves this machine): {urls.absolute_url('/mailbox')}")


def _wait(children: list[subprocess.Popen[bytes]]) -> int:
    """Wait until one child ends or we are told to stop, then end the others too."""
    ended = Event()
    told: list[int] = []

    def stop(received: int, _: object) -> None:
        told.append(received)
        ended.set()

    def watch(child: subprocess.Popen[bytes]) -> None:
        child.wait()
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    for child in children:
        Thread(target=watch, args=(child,), daemon=True).start()
    ended.wait()
    for child in children:
        if child.poll() is None:
            child.terminate()
    codes = [child.wait() for child in children]
    return 0 if told else max(abs(code) for code in codes) or 1
