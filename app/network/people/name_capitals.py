"""Names in capitals or small letters alone, as their owners would write them."""

import re
from collections.abc import Callable

from app.network.people.name_words import DUTCH, PREFIXES
from app.network.people.names import is_initials, is_letters
from app.network.people.word_kinds import is_dutch_prefix, is_prefix, plain_prefix, title_length

_LOUD = re.compile(r"[^\W\d_a-z]{5}")
_TWO_LETTERED = re.compile(r"^ij", re.IGNORECASE)


def with_capitals(text: str) -> str:
    """'VAN DIJK, KEES' and 'kees van dijk' as their owner would write them; a single word in small letters stays."""
    if (text.islower() and " " in text) or (text.isupper() and re.search(r"[^\W\d_]{3}", text)):
        written = _each_word(text, _capitalised)
        first = written.partition(" ")[0]
        return written if is_dutch_prefix(first) or title_length([first]) else written[:1].upper() + written[1:]
    parts = text.split(",")
    if len(parts) > 1 and parts[0].isupper() and re.search(r"[^\W\d_]{3}", parts[0]):
        parts[0] = _each_word(parts[0], _capitalised)
        text = ",".join(parts)
    return text if text.isupper() or not _LOUD.search(text) else _each_word(text, _lowered_in_mixed)


def _each_word(text: str, change: Callable[[str], str]) -> str:
    return re.sub(r"[^\s,()\"]+", lambda found: change(found[0]), text)


def _lowered_in_mixed(word: str) -> str:
    """'DUPONT' beside 'Jean'; four letters may be initials or a degree."""
    loud = word.isupper() and len(word) > 4 and not is_initials(word) and not is_letters(word)
    return _capitalised(word) if loud else word


def _capitalised(word: str) -> str:
    if is_initials(word.upper()) and "." in word:
        return word.lower() if title_length([word]) or is_prefix(word) else word.upper()
    if title_length([word]) or plain_prefix(word) in PREFIXES:
        return word.lower()
    if is_letters(word) or (word.isupper() and len(word) < 3 and not re.search(r"[AEIOUY]", word)):
        return word
    return re.sub(r"[^\W\d_]+", _capital_of_part, word.lower())


def _capital_of_part(found: re.Match[str]) -> str:
    part, before = found[0], found.string[: found.start()]
    if (before.endswith("-") and part in DUTCH) or (before in {"'", "’"} and part in {"t", "s"}):
        return part
    if part in {"d", "l"} and not before and found.string[found.end() : found.end() + 1] in {"'", "’"}:
        return part
    if part.startswith("mc") and len(part) > 3:
        return f"Mc{part[2:].capitalize()}"
    return _TWO_LETTERED.sub("IJ", part) if part.startswith("ij") else part[:1].upper() + part[1:]
