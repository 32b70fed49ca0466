"""How much of the program the tests went through, statements and branches together; under a floor is a failure.

usage: coverage run -m pytest && coverage combine && python -m tests.floors

A floor rises when the figure does, and is never lowered. Where every rule is about a person's seat, mail or rights it
is 95; `app` is the whole.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from coverage import Coverage

FLOORS = {
    "app/registration": 95,
    "app/invitations": 95,
    "app/outbox": 95,
    "app/inbox": 95,
    "app/accounts": 95,
    "app": 94,
}
"""Percents of what can be gone through."""
GONE_THROUGH = ("covered_lines", "covered_branches")
THERE_IS = ("num_statements", "num_branches")


def measured(coverage: Coverage) -> dict[str, float]:
    """The percentage of each part that has a floor."""
    with TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        coverage.json_report(outfile=str(report))
        files = json.loads(report.read_text())["files"]
    return {part: percentage(part, files) for part in FLOORS}


def percentage(part: str, files: dict[str, dict]) -> float:
    """How much was gone through of the files of a part, from the report of all files."""
    found = Counter()
    for name, file in files.items():
        if name.startswith(f"{part}/"):
            found.update({key: file["summary"][key] for key in GONE_THROUGH + THERE_IS})
    return 100 * sum(found[key] for key in GONE_THROUGH) / sum(found[key] for key in THERE_IS)


def main() -> None:
    coverage = Coverage()
    coverage.load()
    below = False
    for part, reached in measured(coverage).items():
        low = reached < FLOORS[part]
        below = below or low
        sys.stdout.write(f"{part:<18}{reached:6.1f}%  floor {FLOORS[part]}%{'  TOO LOW' if low else ''}\n")
    sys.exit(1 if below else 0)


if __name__ == "__main__":
    main()
