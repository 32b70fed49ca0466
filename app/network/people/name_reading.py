"""The one reader of names: what is typed, pasted or brought in, whichever way round, becomes a `PersonName`.

'Vries, dhr. K. de', 'Berg, J. van den (Jan)', 'VAN DIJK, KEES' and 'drs. M. (Marie) de Boer MSc' are names as lists have
them. What is not sure gets a `Doubt`, which the page shows to who can say how it is. Nothing is dropped, but the initials
of somebody whose called name stands beside them.
"""

import re
from dataclasses import replace

from flask_babel import gettext

from app.folding import fold_accents
from app.network.people.name_capitals import with_capitals
from app.network.people.name_words import (
    DUTCH,
    GENERATIONS,
    NOT_KEPT,
    OFFICES,
    PLACES,
    VIETNAMESE,
    VIETNAMESE_BETWEEN,
)
from app.network.people.names import (
    Doubt,
    PersonName,
    clean_name,
    is_initials,
    is_letters,
)
from app.network.people.word_kinds import BEGIN_TITLES, glued_title, is_dutch_prefix, is_prefix, title_length

_BRACKETS = re.compile(r" ?[(\[]([^()\[\]]*)[)\]]| ?[\"“„]([^\"“”„]+)[\"”“]|(?<=\s)['‘]([^\W\d_][\w-]+)['’](?=\s)")
_PAIRS = {"'": "'", '"': '"', "‘": "’", "“": "”", "„": "”", "<": ">"}
_CALLED = re.compile(r"[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*)?")
_HYPHEN_PREFIX = re.compile(r"[-–]([^\W\d_]+|'[ts])$")
_D_APOSTROPHE = re.compile(r"([dl]['’])([^\W\d_].*)", re.IGNORECASE)
_LONGEST = 300
"""Characters from which on a text is no name, with whatever titles."""
_NO_NAME = re.compile(r"[@=<>{}\\*\[\]]|//|\d{4}")
"""An address, a formula, a number: nothing to turn round."""
_PLACE_BEHIND = re.compile(r" ([|–-]) (\S.*)$")
_STUCK_INITIALS = re.compile(r"((?:[^\W\d_]\.)+)([^\W\d_]{2}[^.]*)")
Split = tuple[list[str], list[str], list[str]]
"""Words of titles, words of the name, letters behind it."""


def read_name(text: str, *, by_owner: bool = False) -> PersonName:
    """The name that is meant; `by_owner` leaves capitals as they are typed. A text that holds no name is kept as it is."""
    whole = clean_name(text)
    if _NO_NAME.search(whole) or len(whole) > _LONGEST:
        return PersonName(family=whole.strip(",;: ") or whole, doubts=frozenset({Doubt.REMARK}))
    text = _unquoted(whole)
    written = text if by_owner else with_capitals(text)
    name = _read(written)
    if not name.name:
        return PersonName(family=whole)
    return replace(name, doubts=name.doubts | {Doubt.CAPITALS}) if written != text else name


def say_how_read(written: str, name: PersonName) -> str:
    """For who gave it: what a name was taken for where that is not what they wrote, and what is not sure of it."""
    if name.name == clean_name(written) and not name.doubts:
        return ""
    said = gettext(
        "‘%(written)s’ lezen we als %(name)s; een mail begint met ‘Dag %(greeting)s’.",
        written=written[:100],
        name=name.name,
        greeting=name.greeting,
    )
    doubts = "; ".join(str(doubt.words) for doubt in sorted(name.doubts))
    return f"{said} {gettext('Kijk het na: %(doubts)s.', doubts=doubts)}" if doubts else said


def read_name_parts(first: str, prefix: str, family: str) -> PersonName:
    """The name of three columns; what stands in a wrong one, such as 'Vries, de' as family name, is put right."""
    first, prefix, family = (clean_name(part).strip(",; ") for part in (first, prefix, family))
    if prefix and any(fold_accents(family).startswith(f"{fold_accents(prefix)}{end}") for end in " '’"):
        prefix = ""
    if not family:
        return read_name(" ".join(filter(None, (first, prefix))))
    rest = " ".join(filter(None, (first, prefix)))
    return read_name(f"{family}, {rest}" if rest else family)


def _read(text: str) -> PersonName:
    text, behind = _take_place(text)
    text, called, remark = _take_brackets(" ".join(map(_part_initials, text.split())))
    remark += behind
    parts = [part.strip(" ;:") for part in text.split(",") if part.strip(" .;:")]
    titles: list[str] = []
    letters: list[str] = []
    words: list[list[str]] = []
    for place, part in enumerate(parts):
        before, rest, behind = _take_titles(part.split(), keep=not place)
        if rest and words and _is_whole_name(words[0]) and any(word.lower() in OFFICES for word in before):
            # 'Sanne de Vries, wethouder Wonen': a job.
            remark.append(f", {part}")
            continue
        titles, letters = titles + before, letters + behind
        if rest:
            words.append(rest)
    name = _arrange(words)
    if called:
        name = replace(name, given=called)
    generation = [word for word in letters if word.lower() in GENERATIONS]
    return replace(
        name,
        titles=" ".join(_small_title(each) for each in titles if each.lower().strip(".") not in NOT_KEPT),
        letters=" ".join(each for each in letters if each not in generation),
        remark=" ".join(filter(None, (name.remark, *generation, *remark))),
        doubts=name.doubts | ({Doubt.REMARK} if remark else set()),
    )


def _is_whole_name(words: list[str]) -> bool:
    """Whether words have a first name and a family name."""
    return bool(_in_reading_order(words).given) and not any(map(_is_hyphened, words))


def _small_title(word: str) -> str:
    """As it stands inside a sentence: 'wethouder', 'commissaris van de Koning'."""
    begins = word.lower().rstrip(".:") in BEGIN_TITLES or "." in word
    return word.lower() if word.isupper() else (word[:1].lower() if begins else word[:1]) + word[1:]


def _unquoted(text: str) -> str:
    """Without quotes around the whole, and without what is left of a list: commas, semicolons."""
    text = text.strip(",;: ")
    while len(text) > 2 and _PAIRS.get(text[0]) == text[-1]:
        text = text[1:-1].strip(",;: ")
    return text


def _take_place(text: str) -> tuple[str, list[str]]:
    """The text without '| Oss' or '- gemeente Oss' behind it, and that."""
    found = _PLACE_BEHIND.search(text)
    if found is None or (found[1] != "|" and not PLACES & set(fold_accents(found[2]).split())):
        return text, []
    return text[: found.start()], [f"{found[1]} {found[2]}"]


def _part_initials(word: str) -> str:
    """'K.Jansen' as 'K. Jansen'."""
    found = _STUCK_INITIALS.fullmatch(word)
    return word if found is None or not found[1].isupper() or is_letters(word) else f"{found[1]} {found[2]}"


def _take_brackets(text: str) -> tuple[str, str, list[str]]:
    """The text without brackets, the called name that stood in them, and what else did."""
    called = ""
    remark: list[str] = []
    before: list[str] = []
    behind: list[str] = []
    for found in _BRACKETS.finditer(text):
        inside = next(each for each in found.groups() if each is not None).strip(" '\"‘’“”")
        titles, words, letters = _take_titles(inside.split(), keep=False)
        if not words:
            before, behind = before + titles, behind + letters
        elif not called and _is_called(inside) and (_is_amid(text, found) or _lacks_first_name(text[: found.start()])):
            called = inside
        else:
            remark.append(found[0].strip())
    return " ".join([*before, *_BRACKETS.sub(" ", text).split(), *behind]), called, remark


def _is_amid(text: str, found: re.Match[str]) -> bool:
    """Whether a name goes on after what is in brackets, or quotes are around it."""
    rest = _BRACKETS.sub(" ", text[found.end() :]).strip(" ,;.")
    return found[0].lstrip()[0] not in "([" or bool(rest and _take_titles(rest.split(), keep=False)[1])


def _is_called(inside: str) -> bool:
    words = fold_accents(inside).split()
    return (
        bool(_CALLED.fullmatch(inside)) and inside[0].isupper() and not PLACES & set(words) and not is_initials(inside)
    )


def _lacks_first_name(text: str) -> bool:
    """Whether a name without its brackets has initials alone for a first name."""
    name = _arrange([rest for part in text.split(",") if (rest := _take_titles(part.split(), keep=False)[1])])
    return bool(name.given) and not name.called


def _take_titles(words: list[str], *, keep: bool) -> Split:
    """Titles and letters apart from the words between them; `keep` leaves one word at least."""
    before: list[str] = []
    behind: list[str] = []
    while words and (number := title_length(words)) and (len(words) > number or not keep):
        before, words = before + words[:number], words[number:]
        if glued := glued_title(before[-1]):
            before[-1:], words = [glued[0]], [glued[1], *words]
    least = 1 if before or (len(words) == 2 and words[-1].lower() in GENERATIONS) else 2
    while words and (_is_behind(words[-1])) and (len(words) > least or not keep):
        behind, words = [words[-1], *behind], words[:-1]
    return before, words, behind


def _is_behind(word: str) -> bool:
    return is_letters(word) or word.lower() in GENERATIONS


def _arrange(parts: list[list[str]]) -> PersonName:
    """A name of the parts that commas make, titles gone."""
    if not parts:
        return PersonName()
    if len(parts) == 1:
        return _in_reading_order(parts[0])
    family, *rest = parts
    if len(rest) == 2 and all(map(is_prefix, rest[0])):
        rest = [[*rest[1], *rest[0]]]
    elif len(rest) == 2 and all(map(is_prefix, rest[1])):
        rest = [[*rest[0], *rest[1]]]
    if len(rest) > 1 or _is_no_first_name(rest[0]):
        told = ", ".join(" ".join(part) for part in rest)
        name = _in_reading_order(family)
        return replace(name, remark=f", {told}", doubts=name.doubts | {Doubt.REMARK})
    return _family_first(family, rest[0])


def _is_no_first_name(words: list[str]) -> bool:
    plain = [fold_accents(word) for word in words]
    return bool(PLACES & set(plain)) or any(any(c.isdigit() or c in "@/&" for c in word) for word in words)


def _family_first(family: list[str], rest: list[str]) -> PersonName:
    """'Vries', 'Sanne de'; the prefix may stand before the family name, behind it or behind the first name."""
    front, family = _take_front(family)
    family, back = _take_back(family)
    rest, behind = _take_back(rest)
    if rest and front and is_dutch_prefix(front[0]):
        front[0] = front[0].lower()  # A capital for standing first, which it no longer does.
    ahead, rest = _take_front(rest) if len(rest) > 1 and rest[0].islower() else ([], rest)
    prefix = " ".join([*behind, *ahead, *back, *front])
    glued, stem = _take_d_apostrophe(" ".join(family))
    return PersonName(" ".join(rest), " ".join(filter(None, (prefix, glued))), stem)


def _in_reading_order(words: list[str]) -> PersonName:
    if turned := _without_comma(words):
        return turned
    if _is_vietnamese(words):
        return PersonName(" ".join(words[1:]), "", words[0], family_first=True)
    start = _family_begins(words)
    front, family = _take_front(words[start:])
    glued, stem = _take_d_apostrophe(" ".join(family))
    if len(words) > 1 and is_initials(words[-1]):
        return PersonName(family=" ".join(words), doubts=frozenset({Doubt.ORDER}))
    return PersonName(" ".join(words[:start]), " ".join(filter(None, (*front, glued))), stem)


def _without_comma(words: list[str]) -> PersonName | None:
    """'Vries J.A. de', 'Vries Sanne de' and 'Vries de' are the other way round, though no comma says so."""
    kept, prefix = _take_back(words)
    many = len(kept) > 1 and is_initials(kept[-1]) and not is_initials(kept[0])
    if len(kept) == 1 and prefix:
        return PersonName(family=" ".join(words), doubts=frozenset({Doubt.ORDER}))
    if prefix and (many or len(kept) == 2):
        pass
    elif not (many and not prefix and kept[-1].count(".") > 1 and len(kept) == 2):
        return None
    name = _family_first([kept[0]], [*kept[1:], *prefix])
    return replace(name, doubts=frozenset({Doubt.TURNED}))


def _family_begins(words: list[str]) -> int:
    """The place of the first word that belongs to the family name, with its prefix."""
    if len(words) > 1 and (is_dutch_prefix(words[0]) or _is_hyphened(words[0])):
        return 0
    for place, word in enumerate(words[1:], 1):
        if word in {"-", "–"} or word.endswith("-"):
            return max(place - (word in {"-", "–"}), 1)
        last = place == len(words) - 1
        if (not last and (is_prefix(word) or _is_hyphened(word))) or _D_APOSTROPHE.fullmatch(word):
            return place
    return max(len(words) - 1, 0)


def _is_hyphened(word: str) -> bool:
    """Whether a word ends in a prefix after a hyphen, as in 'Jansen-de Vries'."""
    found = _HYPHEN_PREFIX.search(word)
    return found is not None and found[1].islower() and found[1] in DUTCH


def _take_front(words: list[str]) -> tuple[list[str], list[str]]:
    """Prefixes with which words begin, and the rest, of one word at least."""
    place = 0
    while place < len(words) - 1 and is_prefix(words[place]):
        place += 1
    return words[:place], words[place:]


def _take_back(words: list[str]) -> tuple[list[str], list[str]]:
    """The words, and the small prefixes in which they end."""
    place = len(words)
    while place and is_prefix(words[place - 1]) and words[place - 1].islower():
        place -= 1
    return words[:place], words[place:]


def _take_d_apostrophe(family: str) -> tuple[str, str]:
    found = _D_APOSTROPHE.fullmatch(family)
    return (found[1], found[2]) if found else ("", family)


def _is_vietnamese(words: list[str]) -> bool:
    """Whether a middle name with its accent shows that the family name stands first: 'Nguyễn Văn An'."""
    between = words[1] if len(words) > 2 else ""
    return (
        fold_accents(between) in VIETNAMESE_BETWEEN and not between.isascii() and fold_accents(words[0]) in VIETNAMESE
    )
