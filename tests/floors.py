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
    "app": 90,
}
"""Percents of what can be gone through."""


def measured(coverage: Coverage) -> dict[str, float]:
    """The percentage of each part that has a floor."""
    with TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        coverage.json_report(outfile=str(report))
        files = json.loads(report.read_text())["files"]
    return {part: _percentage(summary(part, files)) for part in FLOORS}


def summary(part: str, files: dict[str, dict]) -> Counter:
    """What there is and what was gone through in the files of a part."""
    found = Counter()
    for name, file in files.items():
        if name.startswith(f"{part}/"):
            found.update({key: count for key, count in file["summary"].items() if isinstance(count, int)})
    return found


def _percentage(found: Counter) -> float:
    gone_through = found["covered_lines"] + found["covered_branches"]
    return 100 * gone_through / (found["num_statements"] + found["num_branches"])


def main() -> None:
    coverage = Coverage()
    coverage.load()
    below = False
    for part, percentage in measured(coverage).items():
        low = percentage < FLOORS[part]
        below = below or low
        sys.stdout.write(f"{part:<18}{percentage:6.1f}%  floor {FLOORS[part]}%{'  TOO LOW' if low else ''}\n")
    sys.exit(1 if below else 0)


if __name__ == "__main__":
    main()
