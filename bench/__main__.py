"""What the site carries on this machine: measured, compared with the last figures and the goals, written in the docs.

usage: python -m bench [--part PART]… [--database sqlite|postgresql] [--short] [--times N] [--seconds N] [--size N]

Without --part everything but the storm and growth, which take longest. A run on both databases, not short, writes its
parts in bench/last.json and docs/performance.md. What was found is always kept as JSON in bench/results.
"""

import argparse
import os
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from time import perf_counter

import psutil

from app import garbage
from app.settings import ROOT
from bench import (
    afterwards,
    calendars,
    courses,
    directory,
    door,
    growth,
    mailing,
    matching,
    network,
    offer,
    pages,
    report,
    results,
    sessions,
    starting,
    storm,
    visitors,
    writes,
)
from bench.measuring import Measuring, limit_server, new_server
from bench.results import Run
from tests.server import Server

RESULTS = ROOT / "bench" / "results"
PARTS: dict[str, Callable[[Server, Measuring], None]] = {
    "starting": starting.figures,
    "visitors": visitors.figures,
    "pages": pages.figures,
    "sessions": sessions.figures,
    "courses": courses.figures,
    "offer": offer.figures,
    "directory": directory.figures,
    "matching": matching.figures,
    "door": door.figures,
    "lessons": afterwards.figures,
    "mailing": mailing.figures,
    "history": mailing.history_figures,
    "calendars": calendars.figures,
    "network": network.figures,
    "writes": writes.figures,
    "storm": storm.figures,
}
LONG = ("storm", "growth")
"""Only when they are asked for."""
SHORT = {"seconds": 0.2, "times": 1, "size": 0.01}
"""To see that it works; such figures mean nothing."""


def measure(part: str, database: str, **how: float) -> results.Readings:
    """The figures of one part on a new database."""
    with limit_server() as port, new_server(database) as server:
        measuring = Measuring(part, port, **how)  # type: ignore[arg-type]
        PARTS[part](server, measuring)
    return measuring.readings


def describe_machine() -> str:
    """Cores and memory, version of Python, and how busy the machine was with other work when the run began."""
    memory = psutil.virtual_memory().total / 2**30
    busy = f"{os.getloadavg()[0]:.1f}"
    return f"{os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}, load {busy} at the start"


def main() -> None:
    garbage.settle()
    options = _read_options()
    how = SHORT | {"size": options.size or 0.01} if options.short else _chosen(options)
    databases = options.database or list(report.DATABASES)
    today, machine, last = datetime.now(UTC), describe_machine(), results.read_last()
    RESULTS.mkdir(exist_ok=True)
    counts = not options.short and set(databases) == set(report.DATABASES)
    for part in options.part or [part for part in PARTS if part not in LONG]:
        if part == "growth":
            growth.draw(databases, options.sizes, today, machine, short=options.short, kept=counts)
            continue
        begun = perf_counter()
        run = Run(f"{today:%Y-%m-%d}", machine, {}, "" if how["size"] == 1 else f"At {how['size']:g} of the size.")
        for database in databases:
            run.databases[database] = measure(part, database, **how)
            print("\n".join(report.compare(part, database, run.databases[database], last.get(part))), flush=True)
        print(f"  in {perf_counter() - begun:.0f} s", flush=True)
        results.write_runs({part: run}, RESULTS / f"{today:%Y%m%d-%H%M%S}-{part}.json")
        if counts:
            results.write_runs(results.read_last() | {part: run})
            report.write_document({part: run})


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=report.DATABASES, action="append")
    parser.add_argument("--part", choices=[*PARTS, "growth"], action="append")
    parser.add_argument("--short", action="store_true", help="see that it works; writes no docs")
    parser.add_argument("--times", type=int, default=3, help="how often a figure is measured")
    parser.add_argument("--seconds", type=float, default=2, help="for which a page is asked")
    parser.add_argument("--size", type=float, help="share of the people, mails and minutes, such as 0.1")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(growth.SIZES), help="people for growth")
    return parser.parse_args()


def _chosen(options: argparse.Namespace) -> dict[str, float]:
    return {"seconds": options.seconds, "times": options.times, "size": options.size or 1}


if __name__ == "__main__":
    main()
