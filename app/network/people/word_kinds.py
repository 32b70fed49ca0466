"""What a word of a name is: a title, or a prefix such as 'van der'."""

import re
from functools import lru_cache

from app.network.people.name_words import DUTCH, OFFICES, ONLY_SMALL, ONLY_WITH_DOT, PREFIXES, TITLES

_LONGEST_TITLE = max(title.count(" ") for title in TITLES) + 1
BEGIN_TITLES = {title.partition(" ")[0] for title in TITLES}


def title_length(words: list[str]) -> int:
    """How many of the first words are one title."""
    first = words[0].lower()
    longest = min(_LONGEST_TITLE, len(words)) if first.rstrip(".:") in BEGIN_TITLES else 0
    for number in range(longest, 0, -1):
        text = " ".join(words[:number]).lower().rstrip(".:")
        if text in TITLES and (text not in ONLY_WITH_DOT or words[0].endswith(".")):
            return number
    if "." not in first and "/" not in first:
        return 0
    pieces = [piece for piece in re.split(r"[./]", first) if piece]
    known = len(pieces) > 1 and pieces[0] in TITLES and pieces[0] not in ONLY_WITH_DOT
    return int(known and (all(piece in TITLES for piece in pieces) or glued_title(words[0]) is not None))


def holds_degrees_alone(text: str) -> bool:
    """Whether a text is titles of a name and no office: 'mr. drs.'."""
    words = text.split()
    while words and (number := title_length(words)) and " ".join(words[:number]).lower().rstrip(".:") not in OFFICES:
        words = words[number:]
    return bool(text.strip()) and not words


def glued_title(word: str) -> tuple[str, str] | None:
    """'ir.J.' as 'ir.' and 'J.', when that is what was written in one go."""
    found = re.match(r"((?:[^\W\d_]+\.)+?)([^\W\d_].*)", word)
    while found:
        if all(piece in TITLES for piece in found[1].lower().strip(".").split(".")):
            rest = found[2]
            if rest.lower().strip(".").split(".")[0] not in TITLES and rest[0].isupper():
                return found[1], rest
        longer = re.match(rf"({re.escape(found[1])}[^\W\d_]+\.)([^\W\d_].*)", word)
        found = longer
    return None


@lru_cache(maxsize=4096)
def is_prefix(word: str) -> bool:
    plain = plain_prefix(word)
    return (plain in PREFIXES and (plain not in ONLY_SMALL or word.islower())) or word.lower() in {
        "d'",
        "d’",
        "l'",
        "l’",
    }


def is_dutch_prefix(word: str) -> bool:
    return plain_prefix(word) in DUTCH and (len(word) > 2 or not word.endswith("."))


def plain_prefix(word: str) -> str:
    return re.sub(r"[’‘`´]", "'", word.lower())
