"""How much of the program the tests went through, lines and branches together; under a floor is a failure.

usage: NOTED=folder python -m pytest && NOTED=folder python -m tests.floors

A floor rises when the figure does, and is never lowered. Where every rule is about a person's seat, mail or rights it
is 95; `app` is the whole.
"""

import json
import os
import sys
from collections import defaultdict
from pathlib import Path

from slipcover import Slipcover

from tests import noting

FLOORS = {
    "app/registration": 95,
    "app/invitations": 95,
    "app/outbox": 95,
    "app/inbox": 95,
    "app/accounts": 95,
    "app": 94,
}
"""Percents of what can be gone through."""


def measured(folder: Path) -> dict[str, float]:
    """The percentage of each part that has a floor, from all that was noted in a folder."""
    passed = passed_in(folder)
    files = Slipcover(branch=True, source=["app"]).get_coverage()["files"]
    return {part: percentage(part, files, passed) for part in FLOORS}


def passed_in(folder: Path) -> dict[str, set]:
    """Lines, and branches as pairs of lines, that any process of the run went through, per file."""
    passed = defaultdict(set)
    for notes in folder.glob("*.json"):
        for name, (lines, branches) in json.loads(notes.read_text()).items():
            passed[name].update(lines, map(tuple, branches))
    return passed


def percentage(part: str, files: dict[str, dict], passed: dict[str, set]) -> float:
    """How much was gone through of the files of a part, from what there is and what was passed."""
    there, gone = 0, 0
    for name, file in files.items():
        if name.startswith(f"{part}/"):
            steps = {*file["missing_lines"], *map(tuple, file["missing_branches"])}
            there += len(steps)
            gone += len(steps & passed.get(name, set()))
    return 100 * gone / there


def main() -> None:
    below = False
    for part, reached in measured(Path(os.environ[noting.WHERE])).items():
        low = reached < FLOORS[part]
        below = below or low
        sys.stdout.write(f"{part:<18}{reached:6.1f}%  floor {FLOORS[part]}%{'  TOO LOW' if low else ''}\n")
    sys.exit(1 if below else 0)


if __name__ == "__main__":
    main()
