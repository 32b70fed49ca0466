"""Words brought to their Dutch stem, so that 'bestuurders' finds 'bestuurder' on both databases (Snowball)."""

import re
from functools import cache, lru_cache
from typing import Any

from app import folding

_WORD = re.compile(r"[a-z0-9]{2,40}")
_STOP = frozenset(
    [
        "de",
        "het",
        "een",
        "en",
        "of",
        "maar",
        "want",
        "dus",
        "is",
        "zijn",
        "was",
        "waren",
        "wordt",
        "worden",
        "werd",
        "er",
        "die",
        "dat",
        "dit",
        "deze",
        "in",
        "op",
        "aan",
        "bij",
        "met",
        "naar",
        "van",
        "voor",
        "door",
        "over",
        "om",
        "te",
        "tot",
        "uit",
        "als",
        "dan",
        "ook",
        "niet",
        "nog",
        "wel",
        "zo",
        "je",
        "we",
        "wij",
        "ze",
        "zij",
        "hij",
        "ik",
        "jij",
        "u",
        "hun",
        "haar",
        "hem",
        "ons",
        "onze",
        "the",
        "and",
        "of",
        "to",
        "a",
        "in",
    ]
)


def stems_of(text: str) -> list[str]:
    """The stems of a text in its order, without accents and the commonest words."""
    return [_stem(word) for word in _WORD.findall(folding.fold_accents(text)) if word not in _STOP]


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    return str(_dutch().stemWord(word))


@cache
def _dutch() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("dutch")
