"""Colours of networks: six that are ready and one of their own, each readable by day and in the dark.

Contrast is that of WCAG 2.2 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio): at least 4.5 to 1 for words.
"""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from app.network.models import NetworkColour

if TYPE_CHECKING:
    from app.network.models import Network

ENOUGH = 4.5
WHITE, BLACK = "#ffffff", "#000000"
_DARK_SURFACE = "#1c2040"
"""The lightest ground that a page has in the dark."""
_STEPS = 40
READY = {
    NetworkColour.VIOLET: "#2f3fa8",
    NetworkColour.GREEN: "#1d6f42",
    NetworkColour.BLUE: "#1b6aa8",
    NetworkColour.OCHRE: "#8a5a00",
    NetworkColour.TEAL: "#0f6b6b",
    NetworkColour.PLUM: "#7a2e6e",
}
"""The same as in app/web/styles/tokens.css."""


def read_colour(text: str) -> str | None:
    """'C8102E' or '#c12' as '#c8102e' or '#cc1122'; None when it is no colour."""
    found = re.fullmatch(r"#?([0-9a-f]{3}|[0-9a-f]{6})", text.strip().lower())
    if found is None:
        return None
    digits = found[1]
    return "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def darken(colour: str) -> str:
    """The first darker one on which white words can be read; itself when they can already."""
    return _towards(BLACK, colour, against=WHITE)


def lighten(colour: str) -> str:
    """The first lighter one that can be read on the ground of a page in the dark."""
    return _towards(WHITE, colour, against=_DARK_SURFACE)


def colour_by_day(network: "Network | None") -> str:
    return (network.own_colour or READY[network.colour]) if network else READY[NetworkColour.VIOLET]


def colour_in_the_dark(network: "Network | None") -> str:
    return lighten(colour_by_day(network))


@lru_cache(1000)
def _towards(goal: str, colour: str, *, against: str) -> str:
    mixed = (_mix(colour, goal, step / _STEPS) for step in range(_STEPS + 1))
    return next(each for each in mixed if contrast(each, against) >= ENOUGH)


def _mix(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _luminance(colour: str) -> float:
    shares = [channel / 255 for channel in _channels(colour)]
    red, green, blue = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in shares]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
