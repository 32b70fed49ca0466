"""The table of pinned costs: what is in the file, and what is true now."""

import json
import subprocess
import sys
from pathlib import Path

from app.settings import ROOT
from tests import noting

FILE = Path(__file__).parent / "costs.json"
PYTHON = (3, 11)
"""The version whose calls are pinned; a later one does the same work in other calls."""
LEEWAY, LEEWAY_OF_ACTS = 0.01, 0.03
FEW = 5
"""Calls by which also what takes next to nothing may differ."""

Table = dict[str, dict[str, dict[str, int]]]
"""Per database, per page or act: 'statements' and 'calls'."""


def measure(url: str) -> dict[str, dict[str, int]]:
    """What everything costs on this database, found out by a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.costs.measuring", url],
        cwd=ROOT,
        env=noting.without_notes() | {"PYTHONHASHSEED": "0"},
        check=True,
        stdout=subprocess.PIPE,
    )
    return json.loads(done.stdout)


def read() -> Table:
    return json.loads(FILE.read_text())


def write(found: Table) -> None:
    """A line per page, so that a difference reads as one."""
    kinds = (
        f'"{kind}": {{\n'
        + ",\n".join(f"  {json.dumps(name)}: {json.dumps(cost)}" for name, cost in costs.items())
        + "\n}"
        for kind, costs in found.items()
    )
    FILE.write_text("{\n" + ",\n".join(kinds) + "\n}\n")


def deviations(pinned: dict[str, dict[str, int]], found: dict[str, dict[str, int]]) -> list[str]:
    """In words, what costs something else than was pinned."""
    names = {*pinned, *found}
    return [
        f"{name}: {pinned.get(name)} pinned, {found.get(name)} now"
        for name in sorted(names)
        if not _same(name, pinned.get(name, {}), found.get(name, {}))
    ]


def _same(name: str, pinned: dict[str, int], found: dict[str, int]) -> bool:
    if pinned.get("statements") != found.get("statements"):
        return False
    leeway = LEEWAY_OF_ACTS if "POST" in name else LEEWAY
    here = sys.version_info[:2] == PYTHON
    return not here or abs(found["calls"] - pinned["calls"]) <= max(FEW, leeway * pinned["calls"])
