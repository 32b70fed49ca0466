"""Draws the chart of growth: milliseconds by number of people, both logarithmic, a panel per database."""

from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT, LEFT, TOP, GAP, NAMES = 300, 260, 52, 28, 60, 190
_COLOURS = ("#154273", "#a90061", "#007bc7", "#39870c", "#b15900", "#5d2a8c", "#00706b", "#7a5d00")

Grown = dict[str, dict[str, dict[str, dict[str, float]]]]


def draw_growth(grown: Grown, jobs: tuple[str, ...]) -> str:
    """An SVG; jobs are dashed. Every line has its name beside it in the legend, at the right."""
    names = list(next(iter(next(iter(grown.values())).values())))
    sizes = [int(size) for size in next(iter(grown.values()))]
    times = [cost["ms"] for database in grown.values() for size in database.values() for cost in size.values()]
    low, high = floor(log10(max(min(times), 0.1))), max(1, ceil(log10(max(times))))
    panels = len(grown)
    width, height = LEFT + panels * (WIDTH + GAP) + NAMES, TOP + HEIGHT + 50
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12"'
        ' role="img"><title>Milliseconds by number of people</title>'
        f'<rect width="{width}" height="{height}" fill="#fff"/>'
    ]

    def x_of(size: int, panel: int) -> float:
        share = (log10(size) - log10(sizes[0])) / ((log10(sizes[-1]) - log10(sizes[0])) or 1)
        return LEFT + panel * (WIDTH + GAP) + share * WIDTH

    def y_of(ms: float) -> float:
        return TOP + HEIGHT - (log10(max(ms, 10**low)) - low) / (high - low) * HEIGHT

    for panel, (database, found) in enumerate(grown.items()):
        left = x_of(sizes[0], panel)
        parts.append(f'<text x="{left:.0f}" y="16" font-weight="bold">{escape(database)}</text>')
        for power in range(low, high + 1):
            y = y_of(10.0**power)
            parts.append(f'<path d="M{left:.0f} {y:.1f}h{WIDTH}" stroke="#ccc"/>')
            parts.append(f'<text x="{left - 6:.0f}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
        for size in sizes:
            parts.append(
                f'<text x="{x_of(size, panel):.0f}" y="{TOP + HEIGHT + 18}" text-anchor="middle">{size:,}</text>'
            )
        for place, name in enumerate(names):
            points = " ".join(f"{x_of(s, panel):.1f},{y_of(found[str(s)][name]['ms']):.1f}" for s in sizes)
            parts.append(f'<polyline points="{points}" {_stroke(place, name in jobs)}/>')
    middle = LEFT + (panels * (WIDTH + GAP) - GAP) / 2
    parts.append(f'<text x="{middle:.0f}" y="{height - 8}" text-anchor="middle">people; milliseconds upwards</text>')
    for place, name in enumerate(names):
        x, y = LEFT + panels * (WIDTH + GAP) - GAP + 16, TOP + 8 + place * 20
        parts.append(
            f'<path d="M{x} {y}h24" {_stroke(place, name in jobs)}/><text x="{x + 30}" y="{y + 4}">{escape(name)}</text>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _stroke(place: int, job: bool) -> str:
    dashes = ' stroke-dasharray="6 3"' if job else ' stroke-dasharray="1.5 2.5"' if place >= len(_COLOURS) else ""
    return f'fill="none" stroke="{_COLOURS[place % len(_COLOURS)]}" stroke-width="2"{dashes}'
