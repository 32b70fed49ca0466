"""What somebody wrote, without the name of who wrote it."""

import re

from app.network.people import names
from app.network.people.models import Person
from app.network.people.name_words import INFIXES

INSTEAD = "(…)"
"""What stands where a name stood: whoever reads it sees that something was left out."""
_ADDRESS = re.compile(r"(?<![^\s@<>(),;:])[^\s@<>(),;:]+@[^\s@<>(),;:]+")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]?s$")
_REPEATED = re.compile(rf"{re.escape(INSTEAD)}(?:[\s.-]+{re.escape(INSTEAD)})+")


def leave_out_name(text: str, person: Person) -> str:
    """The text on one line, with INSTEAD for the person's own name, in whole or in part, and for mail addresses.

    Also where it is written without capitals or accents, or as "Sannes". A name that is a word too goes as well: who
    must know can ask whose text it is.
    """
    whole = re.compile(rf"(?<!\w){re.escape(person.name)}(?!\w)", re.IGNORECASE)
    text = whole.sub(INSTEAD, _ADDRESS.sub(INSTEAD, " ".join(text.split())))
    own = set(names.search_words(f"{person.name} {person.call_name}")) - INFIXES

    def without(found: re.Match[str]) -> str:
        word = _plain(found[0])
        return INSTEAD if len(word) > 1 and own & {word, _plain(_POSSESSIVE.sub("", found[0]))} else found[0]

    return _REPEATED.sub(INSTEAD, _WORD.sub(without, text))


def _plain(word: str) -> str:
    return names.fold_name(word)
