"""Text without capitals and accents: to compare, to search, and for the address of a page."""

import re
import unicodedata

_LETTERS_OF_THEIR_OWN = str.maketrans(
    {"đ": "d", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ħ": "h", "ı": "i", "ŋ": "n", "ŧ": "t"}
)
"""Which Unicode does not take apart into a letter and a mark, as people write them without."""


def fold_accents(text: str) -> str:
    """Text for searching: lower case, without accents."""
    if text.isascii():
        return text.lower()
    plain = text.casefold().translate(_LETTERS_OF_THEIR_OWN)
    return "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))


def in_address(text: str) -> str:
    """A text as the part of an address of a page: 'afscheid-van-jose'."""
    return re.sub(r"[^a-z0-9]+", "-", fold_accents(text)).strip("-")
