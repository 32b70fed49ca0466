"""The names of municipalities as they stand whole on a tile of the map: as people say them, over at most three lines."""

import re
from functools import lru_cache

WIDEST, MOST_LINES = 9, 3
"""Letters that fit on a line, and lines on a tile."""
_SPOKEN = {
    "'s-Hertogenbosch": "Den Bosch",
    "'s-Gravenhage": "Den Haag",
    "Nuenen, Gerwen en Nederwetten": "Nuenen c.a.",
}
"""What everybody calls those whose full name is another."""


@lru_cache(500)
def tile_lines(name: str) -> list[str]:
    """The lines of a name: broken between its words and after its hyphens, else between syllables."""
    lines = [""]
    for piece in _pieces(_SPOKEN.get(name, name)):
        joined = f"{lines[-1]}{piece}" if lines[-1].endswith("-") else f"{lines[-1]} {piece}".strip()
        if len(joined) <= WIDEST:
            lines[-1] = joined
        else:
            lines.append(piece)
    return [line for line in lines if line]


def _pieces(name: str) -> list[str]:
    """What may stand on a line of its own: 'Sint-', 'Michiels-', 'gestel'."""
    parts = re.findall(r"[^\s-]+-?", name)
    return [piece for part in parts for piece in (_syllables(part) if len(part) > WIDEST else [part])]


def _syllables(word: str) -> list[str]:
    """A long word in two, as near to its middle as the rules of Dutch allow; the library loads with the first."""
    from pyphen import Pyphen

    middle = len(word) / 2
    places = [place for place in Pyphen(lang="nl_NL").positions(word) if max(place + 1, len(word) - place) <= WIDEST]
    if not places:
        return [word]
    best = min(places, key=lambda place: abs(place - middle))
    return [f"{word[:best]}-", word[best:]]
