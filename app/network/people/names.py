"""Names of people: cleaned, sorted as in the Netherlands, searched without accents."""

import re
import unicodedata

from app.plain_text import storable_text

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029\u200e\u200f\u202a-\u202e]+")
_WORDS = re.compile(r"[^\W_]+")
INFIXES = {
    "van",
    "von",
    "de",
    "den",
    "der",
    "het",
    "'t",
    "’t",
    "ten",
    "ter",
    "te",
    "in",
    "op",
    "aan",
    "bij",
    "la",
    "le",
    "el",
    "al",
    "di",
    "da",
    "du",
    "dos",
}
"""Words between first and family name, by which no list is sorted and nobody is found."""


def clean_name(name: str) -> str:
    """A name on one line: control characters and double spaces gone, the rest as its owner writes it."""
    return " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFC", storable_text(name))).split())


def guess_call_name(name: str) -> str:
    """How to greet somebody when only the whole name is known: the first word that is not an initial."""
    words = name.split()
    return next((word for word in words if "." not in word and len(word) > 1), words[0] if words else "")


def make_sort_name(name: str) -> str:
    """'Vries, Sanne de' of 'Sanne de Vries': infixes do not count in Dutch lists (NEN 3360)."""
    words = name.split()
    for number, word in enumerate(words[1:], 1):
        if word.lower() in INFIXES:
            rest = number
            while rest < len(words) - 1 and words[rest].lower() in INFIXES:
                rest += 1
            return f"{' '.join(words[rest:])}, {' '.join(words[:number])} {' '.join(words[number:rest])}".strip()
    return f"{words[-1]}, {' '.join(words[:-1])}" if len(words) > 1 else name


def fold_accents(text: str) -> str:
    """Text for searching: lower case, without accents."""
    return "".join(
        c for c in unicodedata.normalize("NFKD", text.casefold().replace("đ", "d")) if not unicodedata.combining(c)
    )


def search_words(text: str) -> list[str]:
    """The words by which a name is found, each once: "Sanne d'Hondt-de Vries" gives sanne, dhondt, vries."""
    found = _WORDS.findall(fold_accents(text).replace("'", "").replace("’", ""))
    telling = [word for word in found if word not in INFIXES] or found
    return list(dict.fromkeys(word[:60] for word in telling))
