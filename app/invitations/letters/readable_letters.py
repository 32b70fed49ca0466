"""A letter as organisers write it: subject, opening and text apart, and fields by their names between brackets.

`[voornaam]` stands for `{{ voornaam }}`; what only some readers get is between `[als online]` and `[einde]`. A source
that would not come back as it was is not read here: it is edited as the template that it is.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from flask_babel import gettext

from app.outbox import letter_sources

NAMES_OF_PARTS = ("subject", "preheader", "opening", "body")
_TAG = re.compile(r"{{\s*(\w+)\s*}}|{%\s*(?:(if|elif)\s+(not\s+)?(\w+)|(else|endif))\s*%}")
_BRACKETS = re.compile(r"(?<!\\)\[\s*([^\W\d][^\[\]\n]*?)\s*\](?!\()")
"""A name between brackets; no link, no bracket that is escaped as Markdown has it."""
_CONDITION = re.compile(r"(anders )?als (niet )?(.+)")
_HALF = re.compile(r"(?<![\\\w\[])\[(\w+)(?![\w\]])|(?<![\w\[\]])(\w+)\](?![(\[:])")
"""A field of which one bracket is gone."""
_BRACES = re.compile(r"{[{%#]")
_HEADS = {"subject": "Subject", "preheader": "Preheader", "opening": "Opening"}
_NEAR, _VERY_NEAR = 60, 85


@dataclass(frozen=True)
class ReadableLetter:
    """The parts of a letter, each with its fields between brackets."""

    subject: str
    preheader: str
    opening: str
    """A sentence of one's own, above the rest of the text."""
    body: str


def read_source(text: str, known: Collection[str]) -> ReadableLetter | None:
    """The letter of a source in readable parts; None for one that would not come back as it was."""
    headers, body = letter_sources.split_source(text)
    parts = {**headers, "body": body.strip()}
    letter = ReadableLetter(*(_write_brackets(parts.get(name, "")) for name in NAMES_OF_PARTS))
    same = _as_compared(write_source(letter)) == _as_compared(text)
    return (
        letter
        if same and not any(problems_of_brackets(getattr(letter, name), known) for name in NAMES_OF_PARTS)
        else None
    )


def write_source(letter: ReadableLetter) -> str:
    """The source of a readable letter."""
    heads = [f"{head}: {getattr(letter, name)}" for name, head in _HEADS.items() if getattr(letter, name)]
    return _write_tags("\n".join(heads) + "\n\n" + letter.body.strip())


def problems_of_brackets(text: str, known: Collection[str]) -> list[str]:
    """What is wrong with the fields of a part, in sentences that propose what was meant."""
    return [*_problems_of_names(text, known), *_problems_of_halves(text, known), *_problems_of_pairs(text)]


def blocks_in(body: str, blocks: Collection[str]) -> list[str]:
    """Which of these blocks a text holds."""
    found = {_field_name(each[1]) for each in _BRACKETS.finditer(body)}
    return [name for name in blocks if name in found]


def choose_blocks(body: str, before: Collection[str], chosen: Collection[str], blocks: Collection[str]) -> str:
    """The text without the blocks that were ticked off, and at its end those that were ticked; for others the text decides."""
    held = blocks_in(body, blocks)
    for name in blocks:
        if name in before and name not in chosen and name in held:
            body = _without_block(body, name)
        elif name in chosen and name not in before and name not in held:
            body = f"{body.rstrip()}\n\n[{_shown(name)}]"
    return body.strip()


def _without_block(body: str, name: str) -> str:
    written = rf"\[\s*{_shown(name).replace(' ', '[ _]')}\s*\]"
    alone = re.sub(rf"(?m)^[ \t]*{written}[ \t]*(?:\n[ \t]*)*(?:\n|\Z)", "", body)
    return re.sub(rf"(?<!\\){written}(?!\()", "", alone)


def _shown(name: str) -> str:
    return name.replace("_", " ")


def _field_name(written: str) -> str:
    return re.sub(r"[\s_]+", "_", written.strip().lower())


def _write_brackets(text: str) -> str:
    return _TAG.sub(_bracket_of_tag, text)


def _bracket_of_tag(tag: re.Match[str]) -> str:
    name, way, negated, tested, end = tag.groups()
    if name:
        return f"[{_shown(name)}]"
    if end:
        return "[anders]" if end == "else" else "[einde]"
    return f"[{'anders ' if way == 'elif' else ''}als {'niet ' if negated else ''}{_shown(tested)}]"


def _write_tags(text: str) -> str:
    return _BRACKETS.sub(lambda found: _tag_of_bracket(found[1]), text)


def _tag_of_bracket(written: str) -> str:
    if written in {"anders", "einde"}:
        return "{% else %}" if written == "anders" else "{% endif %}"
    if test := _CONDITION.fullmatch(written):
        return f"{{% {'elif' if test[1] else 'if'} {'not ' if test[2] else ''}{_field_name(test[3])} %}}"
    return f"{{{{ {_field_name(written)} }}}}"


def _as_compared(text: str) -> str:
    """A source with its tags and lines written in one way."""
    spaced = _TAG.sub(lambda tag: _tag_of_bracket(_bracket_of_tag(tag)[1:-1]), text.replace("\r\n", "\n"))
    return "\n".join(line.rstrip() for line in spaced.strip().splitlines())


def _problems_of_names(text: str, known: Collection[str]) -> Iterator[str]:
    for written in dict.fromkeys(each[1] for each in _BRACKETS.finditer(text)):
        test = _CONDITION.fullmatch(written)
        name = _field_name(test[3] if test else written)
        if written in {"anders", "einde"} or name in known:
            continue
        near = _nearest(name, known, _NEAR)
        if near:
            begin = written[: len(written) - len(test[3])] if test else ""
            yield gettext("[%(field)s] kennen we niet. Bedoel je [%(near)s]?", field=written, near=begin + _shown(near))
        else:
            yield gettext(
                "[%(field)s] kennen we niet. Kies een veld uit de lijst. Bedoel je gewone haakjes? Schrijf dan (%(field)s).",
                field=written,
            )
    if _BRACES.search(_TAG.sub(lambda tag: "" if tag[1] else tag[0], text)):
        yield gettext(
            "Schrijf een veld tussen rechte haken, zoals [voornaam]. Met accolades kan het als sjabloon, onder ‘Meer’."
        )


def _problems_of_halves(text: str, known: Collection[str]) -> Iterator[str]:
    rest = _BRACKETS.sub("", text)
    for half in _HALF.finditer(rest):
        name = _field_name(half[1] or half[2])
        if near := _nearest(name, known, _VERY_NEAR):
            yield gettext("Bij ‘%(written)s’ mist een haak. Bedoel je [%(near)s]?", written=half[0], near=_shown(near))


def _problems_of_pairs(text: str) -> Iterator[str]:
    """What only sometimes appears has a begin and an end."""
    opened: list[str] = []
    for written in (each[1] for each in _BRACKETS.finditer(text)):
        if written.startswith("als "):
            opened.append(written)
        elif written == "einde" and opened:
            opened.pop()
        elif written in {"einde", "anders"} and not opened:
            yield gettext("Voor [%(field)s] hoort een begin, zoals [als online].", field=written)
    for written in opened:
        yield gettext("Na [%(field)s] hoort [einde].", field=written)


def _nearest(name: str, known: Collection[str], least: int) -> str:
    from rapidfuzz import process

    near = process.extractOne(name, known, score_cutoff=least)
    return near[0] if near else ""
