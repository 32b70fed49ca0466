"""The production server ends when told to, at whatever moment, and renews its processes without losing a request."""

import urllib.request
from threading import Event, Thread

import psutil
import pytest

from tests.server import PATIENCE, prepared, serving

RENEWED_AT_ONCE = {"GRANIAN_WORKERS_MAX_RSS": "1", "GRANIAN_RSS_SAMPLE_INTERVAL": "1", "GRANIAN_RESPAWN_INTERVAL": "12"}


def test_told_to_stop_while_a_worker_still_loads_it_ends(databases, tmp_path):
    with prepared(tmp_path / "instance", databases.with_tables("sqlite")) as ready, serving(ready, "--workers", "2"):
        pass
    # Leaving waits for the process to end, and fails when it does not.


def _workers() -> list[int]:
    """The server processes that answer requests, the oldest first, as far as this process began them."""
    found = psutil.Process().children(recursive=True)
    return [process.pid for process in sorted(found, key=psutil.Process.create_time) if _is_worker(process)]


def _is_worker(process: psutil.Process) -> bool:
    try:
        return " worker-" in " ".join(process.cmdline()) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.faults
def test_a_process_that_grew_is_renewed_without_losing_a_request(databases, tmp_path):
    url = databases.with_tables("sqlite")
    with prepared(tmp_path / "instance", url, **RENEWED_AT_ONCE) as ready, serving(ready, "--workers", "1"):
        oldest, renewed, answers = _workers()[0], Event(), []

        def visit() -> None:
            while not renewed.wait(0.05):
                try:
                    with urllib.request.urlopen(f"{ready.address}/", timeout=PATIENCE) as answer:
                        answers.append(answer.status)
                except OSError as lost:
                    answers.append(lost)

        visitors = [Thread(target=visit) for _ in range(2)]
        for each in visitors:
            each.start()
        for _ in range(PATIENCE):
            if oldest not in _workers():
                break
            renewed.wait(0.25)
        renewed.set()
        for each in visitors:
            each.join()
        after = _workers()
    assert (bool(after), oldest in after) == (True, False)
    assert (set(answers), len(answers) > 20) == ({200}, True)
