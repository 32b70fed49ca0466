"""Sheets of labels that shops sell, and how a name is set so that it fits on one."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

MM = 72 / 25.4
"""Points in a millimetre."""
_LARGEST, _SMALLEST_OF_TWO, _SMALLEST = 34, 12, 7
"""Points: from how large, to how small on two lines, and to how small on more before a name would not fit."""
_LEADING = 1.15
_UNKNOWN = 1.0
"""Width in em of a character that the font lacks, and another draws: no letter of ours is wider."""


@dataclass(frozen=True)
class Sheet:
    """A4 with labels of one size, all in millimetres: left and top of the first, and from one to the next."""

    name: LazyString | str
    width: float
    height: float
    columns: int
    rows: int
    left: float
    top: float
    across: float
    down: float
    margin: float = 5

    @property
    def labels(self) -> int:
        return self.columns * self.rows

    def place(self, number: int) -> tuple[float, float]:
        """Left and top of a label, counted from nought along the rows."""
        row, column = divmod(number, self.columns)
        return self.left + column * self.across, self.top + row * self.down


SHEETS = {
    "herma-4412": Sheet("Herma 4412 (80 × 50 mm)", 80, 50, 2, 5, 17.5, 13.5, 95, 55),
    "avery-l4784": Sheet("Avery L4784, L4785, L4786, L4787 (80 × 50 mm)", 80, 50, 2, 5, 18, 13, 95, 55),
    "durable-1445": Sheet("Durable 1445 (90 × 54 mm)", 90, 54, 2, 5, 15, 12, 90, 54),
    "durable-1456": Sheet("Durable 1456 (90 × 60 mm)", 90, 60, 2, 4, 15, 28.5, 90, 60),
    "durable-1453": Sheet("Durable 1453 (75 × 40 mm)", 75, 40, 2, 6, 30, 28.5, 75, 40, 4),
    "a6": Sheet(_l("Naamkaart A6, vier op een vel"), 105, 148, 2, 2, 0, 0.5, 105, 148, 10),
    "a7": Sheet(_l("Naamkaart A7, acht op een vel"), 105, 74, 2, 4, 0, 0.5, 105, 74, 8),
}


@dataclass(frozen=True)
class SetName:
    """A name as it is printed: its lines, and the size of its letters in points."""

    lines: list[str]
    size: float


def set_name(name: str, sheet: Sheet) -> SetName:
    """As large as it goes on two lines and over half of the label; what needs more lines gets them, and smaller letters."""
    size, lines = _SMALLEST, [name]
    width, height = (sheet.width - 2 * sheet.margin) * MM, (sheet.height - 2 * sheet.margin) * MM * 0.6
    for size in range(_LARGEST, _SMALLEST - 1, -1):
        lines = list(_break_lines(name, width / size))
        most = 2 if size > _SMALLEST_OF_TWO else height // (size * _LEADING)
        if len(lines) <= most and len(lines) * size * _LEADING <= height:
            break
    return SetName(lines, size)


def _break_lines(name: str, width: float) -> Iterator[str]:
    """Lines no wider than so many em, broken between words, and within one that is wider by itself."""
    line = ""
    for word in name.split():
        if line and measure_line(f"{line} {word}") > width:
            yield line
            line = ""
        line = f"{line} {word}".strip()
        while measure_line(line) > width and len(line) > 1:
            cut = next(end for end in range(len(line) - 1, 0, -1) if end == 1 or measure_line(line[:end]) <= width)
            yield line[:cut]
            line = line[cut:]
    if line:
        yield line


def measure_line(text: str) -> float:
    """Width in em of a line in the bold of the site's own type."""
    widths = _widths()
    return sum(widths.get(ord(character), _UNKNOWN) for character in text)


@cache
def _widths() -> dict[int, float]:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it has no types

    from app.web import assets

    font = TTFont(io.BytesIO(assets.read_asset("source-sans-3-latin-700-normal.woff2")))
    em = font["head"].unitsPerEm
    return {code: font["hmtx"][glyph][0] / em for code, glyph in font.getBestCmap().items()}
