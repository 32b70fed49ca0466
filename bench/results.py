"""What was measured: each figure's values with L around each, of the last runs that count, and how far they lie apart."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

from app.settings import ROOT
from bench.figures import Figure

LAST = ROOT / "bench" / "last.json"
"""The figures that docs/performance.md shows and the next run is compared with."""


@dataclass
class Reading:
    """A figure measured so many times; `limits` are L around each, in requests a second, where it was measured."""

    values: list[float] = field(default_factory=list)
    limits: list[float | None] = field(default_factory=list)

    def add(self, value: float, limit: float | None) -> None:
        self.values.append(value)
        self.limits.append(limit)

    @property
    def value(self) -> float:
        return median(self.values)

    @property
    def spread(self) -> float:
        """How far the values lie apart, in percent of the one in the middle; 0 for one value."""
        return 100 * (max(self.values) - min(self.values)) / abs(self.value) if self.value else 0.0

    def ratio(self, figure: Figure) -> float | None:
        """To L, the one in the middle of those that each value had."""
        found = [figure.ratio(value, limit) for value, limit in zip(self.values, self.limits, strict=True)]
        known = [ratio for ratio in found if ratio is not None]
        return median(known) if known else None


Readings = dict[str, Reading]


@dataclass
class Run:
    """One part on both databases, when and where, and the sizes where they are not the figure's own."""

    date: str
    machine: str
    databases: dict[str, Readings]
    note: str = ""


def read_last(file: Path = LAST) -> dict[str, Run]:
    """By part."""
    if not file.exists():
        return {}
    return {part: _run(each) for part, each in json.loads(file.read_text()).items()}


def _run(stored: dict) -> Run:
    databases = {
        database: {name: Reading(**reading) for name, reading in readings.items()}
        for database, readings in stored.pop("databases").items()
    }
    return Run(databases=databases, **stored)


def write_runs(runs: dict[str, Run], file: Path = LAST) -> None:
    """A line for each figure, so that a difference reads as one."""
    parts = []
    for part, run in runs.items():
        stored = asdict(run)
        databases = ",\n".join(
            f"   {json.dumps(database)}: {{\n"
            + ",\n".join(
                f"    {json.dumps(name, ensure_ascii=False)}: {_short(each)}" for name, each in readings.items()
            )
            + "\n   }"
            for database, readings in stored.pop("databases").items()
        )
        head = "".join(f"  {json.dumps(name)}: {json.dumps(value)},\n" for name, value in stored.items())
        parts.append(f' {json.dumps(part)}: {{\n{head}  "databases": {{\n{databases}\n  }}\n }}')
    file.write_text("{\n" + ",\n".join(parts) + "\n}\n")


def _short(reading: dict) -> str:
    rounded = {name: [None if n is None else float(f"{n:.4g}") for n in numbers] for name, numbers in reading.items()}
    return json.dumps(rounded)
