"""Draws docs/images/architecture.svg from the code: the rooms in layers, and whose rules call whose (`make picture`)."""

import ast
from html import escape
from pathlib import Path
from textwrap import wrap

import grimp

from tests.imports import DOMAINS, GROUND, kind_of

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "images" / "architecture.svg"
WIDTH, BOX, HEIGHT, STEP, EDGE = 1180, 200, 64, 128, 20
_HEAD = f"""<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{{height}}" viewBox="0 0 {WIDTH} {{height}}">
<style>
text {{{{ font: 12px sans-serif; fill: #35415a }}}} .name {{{{ font: bold 15px sans-serif; fill: #14213d }}}}
rect {{{{ fill: #fff; stroke: #4a5d8a; stroke-width: 1.5 }}}} .strip {{{{ fill: #e9edf6; stroke: none }}}}
path {{{{ fill: none; stroke: #4a5d8a; stroke-width: 1.6 }}}} .longer {{{{ stroke: #cfd6e6; stroke-width: 1 }}}}
</style>
<rect width="100%" height="100%" style="stroke: none"/>"""


def imports() -> dict[str, set[str]]:
    """The rooms whose rules the rules of each room call."""
    graph, found = grimp.build_graph("app", cache_dir=None), {domain: set() for domain in DOMAINS}
    rules = {module for module in graph.modules if not graph.find_children(module) and kind_of(module) == "rule"}
    for module in rules:
        for other in graph.find_modules_directly_imported_by(module) & rules:
            above, below = module.split(".")[1], other.split(".")[1]
            if above != below and {above, below} <= set(DOMAINS):
                found[above].add(below)
    return found


def layers(calls: dict[str, set[str]]) -> list[list[str]]:
    """Top to bottom; each room stands just above the highest that it calls."""
    level: dict[str, int] = {}
    for domain in reversed(DOMAINS):
        level[domain] = max((level[below] + 1 for below in calls[domain]), default=0)
    return [[domain for domain in DOMAINS if level[domain] == row] for row in range(max(level.values()), -1, -1)]


def draw() -> str:
    """The picture as SVG. A call that rooms in between make as well is drawn pale."""
    calls = imports()
    places, rows = {}, layers(calls)
    for row, domains in enumerate(rows):
        for column, domain in enumerate(domains):
            places[domain] = (WIDTH * (2 * column + 1) // (2 * len(domains)), EDGE + 90 + row * STEP)
    height = EDGE + 90 + len(rows) * STEP + 30
    arrows = sorted(
        (not _leads(calls, calls[above] - {below}, below), _arrow(above, below, places))
        for above in calls
        for below in calls[above]
    )
    strips = [
        *_strip(EDGE, "Command line, jobs, API and pages", "may call every room; no room knows them"),
        *_strip(height - 50 - EDGE, "Ground", "the tables of all rooms, " + ", ".join(sorted(GROUND))),
    ]
    boxes = [line for domain, (x, y) in places.items() for line in _box(domain, x, y)]
    return "\n".join(
        [
            _HEAD.format(height=height),
            *("<path " + ("" if direct else 'class="longer" ') + line for direct, line in arrows),
            *strips,
            *boxes,
            "</svg>\n",
        ]
    )


def _leads(calls: dict[str, set[str]], begins: set[str], end: str) -> bool:
    """Whether one of these rooms calls that one, itself or through others."""
    return any(end in calls[begin] or _leads(calls, calls[begin], end) for begin in begins)


def _arrow(above: str, below: str, places: dict[str, tuple[int, int]]) -> str:
    (x, y), (to_x, to_y) = places[above], places[below]
    middle = (y + HEIGHT + to_y) // 2
    return f'd="M{x} {y + HEIGHT}C{x} {middle} {to_x} {middle} {to_x} {to_y}"/>'


def _box(domain: str, x: int, y: int) -> list[str]:
    told = ast.get_docstring(ast.parse((ROOT / "app" / domain / "__init__.py").read_text())) or ""
    lines = wrap(told.splitlines()[0].partition(":")[0].rstrip("."), 30, max_lines=2, placeholder=" …")
    texts = [
        f'<text x="{x}" y="{y + 40 + 15 * n}" text-anchor="middle">{escape(line)}</text>'
        for n, line in enumerate(lines)
    ]
    name = f'<text class="name" x="{x}" y="{y + 22}" text-anchor="middle">{domain}</text>'
    return [f'<rect x="{x - BOX // 2}" y="{y}" width="{BOX}" height="{HEIGHT}" rx="8"/>', name, *texts]


def _strip(y: int, name: str, text: str) -> list[str]:
    box = f'<rect class="strip" x="{EDGE}" y="{y}" width="{WIDTH - 2 * EDGE}" height="50" rx="8"/>'
    return [
        box,
        f'<text class="name" x="{EDGE + 16}" y="{y + 22}">{name}</text>',
        f'<text x="{EDGE + 16}" y="{y + 40}">{text}</text>',
    ]


if __name__ == "__main__":
    PICTURE.write_text(draw())
