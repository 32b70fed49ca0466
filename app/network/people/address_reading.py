"""Addresses as people paste them: one, or a whole To line of Outlook. What is written becomes a name and an address.

Knows the shapes of RFC 5322 section 3.4 (a name, then `<address>`, then a comment) and what clients make of them:
semicolons, quotes, 'Vries, Sanne de', mailto: and what comes along when a page is copied. Whether mail can go to an
address, mail_addresses.py says.
"""

import re
from dataclasses import dataclass

from app.plain_text import visible_text

_WORD = re.compile(r"[^\s<>()\[\]\"“”„‘’;,|]+")
_SCHEME = re.compile(r"\b(?:mailto|smtp):(?://)?", re.IGNORECASE)
_BEFORE = "'\"‘’“”„<([{.,;:*•-\u00b7 "
_BEHIND = "'\"‘’“”>)]}.,;:!?*/\\ "
_PARTS = re.compile(r"[;|]")
_LINES = re.compile(r"[\r\n\x0b\x0c\x85\u2028\u2029]+")
_WRAPPED = re.compile(r"(?<=[^\s;,>])[ \t]*[\r\n]+[ \t]*(?=<[^<>\s]*@)")
_AND = re.compile(r"^(?:en|and|&|\+|en/of)(?:\s+|$)", re.IGNORECASE)
_SHOUTED = re.compile(r"^(?:to|cc|bcc|aan|naar|van|from|e-?mail|mail)\s*:\s*", re.IGNORECASE)


@dataclass(frozen=True)
class WrittenAddress:
    """Somebody of a list as they stand there: the name may be empty, the address may be none."""

    text: str
    name: str
    address: str


def address_key(address: str) -> str:
    """The form by which addresses are compared."""
    return address.lower()


def unwrap_address(text: str) -> str:
    """The address of which a text with one `@` speaks, without name, mailto:, quotes, brackets, dots and commas around it.

    A text that speaks of none, or of more, stays as it is.
    """
    text = " ".join(visible_text(text).split())
    found = _addresses_in(text)
    if len({each.lower() for each, _, _ in found}) != 1:
        return text
    address, begin, end = found[0]
    name, rest = text[:begin].strip(), text[end:].strip()
    around = (name + rest).strip(_BEFORE + _BEHIND)
    if not around or "<" in name or "(" in name or "[" in name or rest[:1] == "(":
        return address
    return text


def split_addresses(text: str) -> list[WrittenAddress]:
    """Everybody in a text of lines, semicolons and commas; a comma inside a name ('Vries, Sanne de') parts nobody."""
    found = []
    for line in _LINES.split(_WRAPPED.sub(" ", visible_text(text))):
        for item in _split_outside_quotes(_SHOUTED.sub("", line.strip())):
            found += _people_of(item)
    return found


def _split_outside_quotes(line: str) -> list[str]:
    """What semicolons and bars part, those between double quotes aside."""
    parts = [""]
    closed = line.count('"') % 2 == 0
    for number, text in enumerate(line.split('"')):
        first, *rest = [text] if number % 2 and closed else _PARTS.split(text)
        parts[-1] += f'"{first}' if number else first
        parts += rest
    return [part.strip() for part in parts if part.strip(_BEFORE + _BEHIND)]


def _people_of(item: str) -> list[WrittenAddress]:
    """Who stand in a part without semicolons: each ends at an address."""
    found = _addresses_in(item)
    if not found:
        return [WrittenAddress(item, item, "")]
    if len({each.lower() for each, _, _ in found}) == 1:
        (address, begin, _), end = found[0], found[-1][2]
        return [WrittenAddress(item.strip(" ,;"), _name_beside(item[:begin], item[end:], address), address)]
    people, last = [], 0
    for number, (address, begin, end) in enumerate(found):
        ahead = item[last:begin]
        until = len(item) if number == len(found) - 1 else end + _closing(item[end:])
        behind = item[end:until]
        people.append(WrittenAddress(item[last:until].strip(" ,;"), _name_beside(ahead, behind, address), address))
        last = until
    return people


def _closing(rest: str) -> int:
    """How much of what follows an address still belongs to it: brackets, a comment, the comma."""
    found = re.match(r"[>'\"’”\])}.]*(?:\s*\([^()@]*\))?[\s,./]*", rest)
    return found.end() if found else 0


def _name_beside(ahead: str, behind: str, address: str) -> str:
    """The name before an address, else the one behind it; none when it is the address once more."""
    for text in (ahead, behind):
        name = " ".join(_SCHEME.sub(" ", text).split())
        name = name.rstrip(" <([{,;:-").strip(" ,;:>").lstrip("<*•· ")
        if name.count("(") != name.count(")"):
            name = name.strip("()")
        if name.startswith("(") and name.endswith(")"):
            name = name[1:-1].strip()
        name = _AND.sub("", name)
        if name and name[0] in "'\"‘“„" and name[-1] in "'\"’”":
            name = name[1:-1].strip()
        if re.search(r"[^\W\d_]", name) and name.lower() != address.lower():
            return name
    return ""


def _addresses_in(text: str) -> list[tuple[str, int, int]]:
    """Each word with an @ in it, trimmed, with where it begins and ends."""
    found = []
    for each in _WORD.finditer(text):
        if "@" not in each[0]:
            continue
        word = each[0].partition("?")[0] if _SCHEME.search(each[0]) else each[0]
        left_over = len(each[0]) - len(word)
        begin = each.start()
        for part in re.split(r"/(?=[^/@\s]*@)", word):
            plain = _SCHEME.sub("", part)
            kept = plain.lstrip(_BEFORE).rstrip(_BEHIND)
            if kept.strip("@"):
                found.append((kept, begin, begin + len(part)))
            begin += len(part) + 1
        if found and left_over:
            found[-1] = (*found[-1][:2], each.end())
    return found
