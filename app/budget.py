"""Work on what others sent, in a process of its own, with a budget of time and memory that ends it.

A list of 0.4 MB can hold eight million cells, a calendar of a few lines a rule that never ends.
What reads such things is a function from bytes and words to what JSON can hold; it knows no
database. Run as `python -m app.budget MODULE:FUNCTION [WORDS…]` it reads standard input; what a
site is built with is not loaded for that.
"""

import importlib
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

log = logging.getLogger("leerkring.budget")

SECONDS = 20
"""Processor time, and half as much again on the clock, that reading one file may take."""
MEGABYTES = 768
"""Memory that it may take, libraries included."""
_ROOT = Path(__file__).parents[1]
KEPT = {"PATH", "LANG", "HOME", "TZ"}
"""What of the environment goes along: no address of a database, no key."""
_TO_THE_WEB = {"REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"} | {
    written for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY") for written in (name, name.lower())
}
"""What goes along too with work that asks another machine: how one gets there from here."""


_OUT_OF_MEMORY = 3
"""How the process ends that may take no more; by a signal when its time is over, with 1 when the work is broken."""


class OverBudget(Exception):
    """The work took too long or too much memory."""


def run_within_budget(function: str, content: bytes, *words: str, waiting: float = 0) -> Any:
    """What `function` (module:name) makes of some bytes and words. Raises OverBudget, and RuntimeError for a fault of ours.

    Work that asks another machine says how many seconds it may be `waiting`. Nothing may be pending in the session: no
    write transaction stays open meanwhile.
    """
    import subprocess

    demand_no_write_lock()
    command = [sys.executable, "-m", "app.budget", function, *words]
    kept = KEPT | _TO_THE_WEB if waiting else KEPT
    environ = {name: value for name, value in os.environ.items() if name in kept}
    end = SECONDS * 1.5 + waiting
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, cwd=_ROOT, env=environ, timeout=end, check=True
        )
    except subprocess.TimeoutExpired:
        raise OverBudget("time") from None
    except subprocess.CalledProcessError as error:
        if error.returncode < 0 or error.returncode == _OUT_OF_MEMORY:
            raise OverBudget(f"ended with {error.returncode}") from None
        log.error("%s broke\n%s", function, _places_in(error.stderr))
        raise RuntimeError(f"{function} broke") from None
    return json.loads(done.stdout)


def _places_in(trace: bytes) -> str:
    """The lines of a traceback that say where, without what was read there."""
    return "\n".join(line for line in trace.decode("utf-8", "replace").splitlines() if line.startswith("  File "))


@contextmanager
def stop_after(seconds: float, *, waiting: bool = False) -> Iterator[None]:
    """Raise TimeoutError when the block takes more processor time, or time on the clock when it is `waiting` for others.

    Only in the main thread, so in a process with a budget; elsewhere the block takes as long as it takes. What swallows
    the error gets another one a second later.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    number, timer = (signal.SIGALRM, signal.ITIMER_REAL) if waiting else (signal.SIGVTALRM, signal.ITIMER_VIRTUAL)

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(number, stop)
    signal.setitimer(timer, seconds, 1)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)
        signal.signal(number, before)


def demand_no_write_lock() -> None:
    """Say so, in tests by failing, when slow work begins while a transaction that may write is open."""
    from flask import current_app, has_app_context

    from app.database import db, is_read_only

    if has_app_context() and db.session().in_transaction() and not is_read_only():
        if current_app.testing:
            raise AssertionError("slow work in a transaction that others wait for")
        log.error("slow work in a transaction that others wait for", stack_info=True)


def _main(function: str, *words: str) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES * 2**20, MEGABYTES * 2**20))
    module, _, name = function.partition(":")
    try:
        result = getattr(importlib.import_module(module), name)(sys.stdin.buffer.read(), *words)
        sys.stdout.write(json.dumps(result))
    except MemoryError:
        sys.exit(_OUT_OF_MEMORY)


if __name__ == "__main__":
    _main(*sys.argv[1:])
