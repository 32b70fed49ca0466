"""Processor time of one warm request of the pages whose statements and calls are pinned (tests/costs), in one process."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from app.settings import ROOT
from bench.measuring import Measuring
from tests.databases import Databases
from tests.server import Server

ROUNDS = 40
"""Requests of which the least counts."""
REGISTRATION = ("registration: link", "registration: POST", "registration: page after it")


def figures(server: Server, measuring: Measuring) -> None:
    kind = "sqlite" if server.environ["DATABASE_URL"].startswith("sqlite") else "postgresql"
    with tempfile.TemporaryDirectory(prefix="leerkring-pages-") as folder:
        databases = Databases(ROOT / ".pytest_cache" / "d" / "databases", Path(folder))
        measuring.take(lambda: _costs(databases.with_demo_at_standstill(kind), measuring.many(ROUNDS, 3)))
        databases.close()


def _costs(url: str, rounds: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.costs.measuring", url, str(rounds)]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": "0"}, check=True, stdout=subprocess.PIPE
    )
    ms = {name: cost["ms"] for name, cost in json.loads(done.stdout).items() if "ms" in cost}
    alone = ("answer page", "own preferences", "organisers' start", "waves", "cockpit of 120", "people")
    return {
        **{f"{name}, processor time": ms[name] for name in alone},
        "one registration, processor time of its three requests": sum(ms[name] for name in REGISTRATION),
        "its POST alone, processor time": ms["registration: POST"],
    }
