"""Says what was measured: on the screen beside the last figures and the goal, and in docs/performance.md."""

import re
from pathlib import Path

from app.settings import ROOT
from bench.figures import COST_GOALS, PARTS, Figure
from bench.results import Reading, Readings, Run
from tests.costs import table

DOCUMENT = ROOT / "docs" / "performance.md"
DATABASES = ("sqlite", "postgresql")


def compare(part: str, database: str, now: Readings, last: Run | None) -> list[str]:
    """A line for each figure: now, spread, ratio to L now and the last time, goal, and whether it is met."""
    before = last.databases.get(database, {}) if last else {}
    lines = [
        f"\n{part}, {database}" + (f"; last: {last.date}, {last.machine}" if last else ""),
        f"  {'':<62}{'now':>12}{'spread':>8}{'to L':>10}{'last':>12}{'to L':>10}   goal",
    ]
    for figure in PARTS[part]:
        if figure.name in now:
            lines.append(_line(figure, database, now[figure.name], before.get(figure.name)))
    return lines


def _line(figure: Figure, database: str, now: Reading, last: Reading | None) -> str:
    ratio = now.ratio(figure)
    met = figure.goal.is_met(database, now.value, ratio) if figure.goal else None
    verdict = {True: "", False: "  NOT MET", None: ""}[met]
    cells = [
        f"{show(now.value, figure.unit):>12}",
        f"{now.spread:>6.0f} %" if len(now.values) > 1 else f"{'once':>8}",
        f"{show_ratio(figure, ratio):>10}",
        f"{show(last.value, figure.unit) if last else '':>12}",
        f"{show_ratio(figure, last.ratio(figure)) if last else '':>10}",
    ]
    return f"  {figure.name:<62}{''.join(cells)}   {figure.goal or ''}{verdict}"


def show(value: float, unit: str) -> str:
    number = (
        f"{value:,.0f}" if abs(value) >= 20 or value == int(value) else f"{value:.2g}" if value < 1 else f"{value:.1f}"
    )
    return f"{number} {unit}".strip()


def show_ratio(figure: Figure, ratio: float | None) -> str:
    """A rate in percent of L, a time as the pages of L that would have been given meanwhile."""
    if ratio is None:
        return ""
    return f"{ratio:.0f} %" if figure.unit == "/s" else f"{ratio:,.0f} p" if ratio >= 10 else f"{ratio:.1f} p"


def write_table(part: str, run: Run) -> str:
    """The figures of one part in Markdown, both databases beside each other, with when and where."""
    lines = [
        f"{run.date}, {run.machine}.{' ' + run.note if run.note else ''}",
        "",
        "| What | SQLite | to L | PostgreSQL | to L | Goal |",
        "|---|---|---|---|---|---|",
    ]
    for figure in PARTS[part]:
        readings = [run.databases.get(database, {}).get(figure.name) for database in DATABASES]
        if any(readings):
            cells = [cell for each in readings for cell in _cells(figure, each)]
            lines.append(f"| {' | '.join([figure.name, *cells, str(figure.goal or '')])} |".replace("|  |", "| |"))
    return "\n".join(lines)


def _cells(figure: Figure, reading: Reading | None) -> tuple[str, str]:
    if reading is None:
        return "", ""
    apart = f" ± {reading.spread / 2:.0f} %" if len(reading.values) > 1 else ""
    return f"{show(reading.value, figure.unit)}{apart}", show_ratio(figure, reading.ratio(figure))


def write_costs(costs: table.Table) -> str:
    """The pinned statements and calls in Markdown, of both databases where they differ."""
    lines = ["| Page | Statements | Calls | Goal |", "|---|---|---|---|"]
    for name in costs["sqlite"]:
        found = [[costs[database][name][what] for database in DATABASES] for what in ("statements", "calls")]
        cells = [" / ".join(f"{count:,}" for count in dict.fromkeys(both)) for both in found]
        lines.append(f"| {name} | {' | '.join(cells)} | {COST_GOALS.get(name, '')} |")
    return "\n".join(lines)


def replace_block(text: str, name: str, block: str) -> str:
    """Put something between the two markers of this name; what stands around them stays. Raises KeyError without them."""
    begin, end = f"<!-- bench: {name} -->", f"<!-- end of {name} -->"
    found = re.compile(f"({re.escape(begin)}\n).*?({re.escape(end)})", re.DOTALL)
    if not found.search(text):
        raise KeyError(name)
    return found.sub(lambda match: f"{match[1]}{block}\n{match[2]}", text)


def write_document(runs: dict[str, Run], file: Path = DOCUMENT) -> None:
    """Write the tables of these parts, and nothing else."""
    text = file.read_text()
    for part, run in runs.items():
        text = replace_block(text, part, write_table(part, run))
        if part == "pages":
            text = replace_block(text, "costs", write_costs(table.read()))
    file.write_text(text)
