"""The source of a letter: read, checked for whoever writes it, and set once for all its readers.

A source is Markdown with fields and conditions (letters.py). Fields are set as parts of their own: the Markdown parser
gets words in their place that are drawn when the text is there already, so nothing that somebody writes or is called
can pass for a field.
"""

import re
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from flask_babel import gettext
from jinja2 import Environment, TemplateSyntaxError, nodes
from markdown_it.token import Token

from app import markdown

LONGEST_SUBJECT = 150
"""Characters of a subject as it is written, fields and all; most programs show half of it."""
MOST_NESTED_CONDITIONS = 3
MOST_CONDITIONS = 6
"""Fields that one text may ask after: each doubles the letters that it can become, and all of them are checked."""
MOST_NESTED_BLOCKS = 5
"""Lists and quotes inside each other; mail programs show no more."""
_HEADERS = {"subject", "preheader", "opening"}
_ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Not)
_BLOCKS = {"bullet_list", "ordered_list", "blockquote"}
_OPENING, _CLOSING = "([{<\"'‘“*_", ")]}>\"'’”*_.,;:!?…"
_ADDRESS = re.compile(r"://|^\W*www\.|mailto:", re.IGNORECASE)
_HOST = re.compile(r"\w\.\w")
_PATH = re.compile(r"[/?=]")
"""By what a mail program knows an address: its beginning, or the name of a host with more behind it."""
_SPACE = re.compile(r"([ \t\n]+)")

_syntax = Environment(trim_blocks=True, lstrip_blocks=True, autoescape=True)
_TAG = re.compile(r"{{.*?}}|{%[-+]?\s*(.*?)%}|{[{%]", re.DOTALL)
_FIELD_OR_CONDITION = re.compile(r"{{[-+]?\s*\w+\s*[-+]?}}|{%[-+]?\s*((el)?if\s+(not\s+)?\w+|else|endif)\s*[-+]?%}")


class LetterError(ValueError):
    """A letter source that cannot be used; `problems` are sentences for its writer."""

    def __init__(self, problems: list[str]):
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Slot:
    """Where the value of a field comes; `whole` when it is a paragraph by itself."""

    name: str
    whole: bool = False


Parts = tuple[str | Slot, ...]
"""Finished text and, between it, the fields."""


@dataclass(frozen=True)
class SetLetter:
    """A source as it is set for every reader of whom the same conditions hold."""

    subject: Parts
    preheader: Parts
    html: Parts
    text: Parts
    links: tuple[Parts, ...] = ()
    """The addresses of its links."""
    nested: int = 0
    """How deep its lists and quotes stand in each other."""
    pictures: bool = False
    """Whether it shows pictures from elsewhere."""

    @property
    def names(self) -> set[str]:
        return {
            each.name for each in (*self.subject, *self.preheader, *self.html, *self.text) if isinstance(each, Slot)
        }


@lru_cache(maxsize=512)
def set_letter(text: str, truths: frozenset[str]) -> SetLetter:
    """Choose by the conditions and set the Markdown, once; `truths` are the fields that conditions find true."""
    return _set_parts(tuple(_choose(_parse(text).body, truths)))


@lru_cache
def tested_names(text: str) -> frozenset[str]:
    """The fields that conditions of a source ask after."""
    tests = (
        test for node in _parse(text).find_all(nodes.If) for test in (node.test, *(each.test for each in node.elif_))
    )
    return frozenset(name.name for test in tests for name in _names(test))


def field_names(text: str) -> list[str]:
    """The fields that a letter source uses, each once; none when its syntax is wrong."""
    try:
        return list(dict.fromkeys(name.name for name in _names(_parse(text))))
    except LetterError:
        return []


def check_letter_source(text: str, known: Iterable[str], addresses: Collection[str] = ()) -> None:
    """Raise LetterError when the source has bad syntax, statements or fields that are not known, or could hurt.

    `addresses` are the fields that are a link by themselves. What passes can be set for every reader.
    """
    for problems in (
        lambda: _problems_of_tags(text),
        lambda: (*_problems_of_nodes(text), *_problems_of_fields(text, set(known)), *_problems_of_head(text)),
        lambda: _problems_of_letters(text, addresses),
    ):
        if found := list(dict.fromkeys(problems())):
            raise LetterError(found)


def _parse(text: str) -> nodes.Template:
    try:
        return _syntax.parse(text)
    except TemplateSyntaxError as error:
        line = error.lineno
    raise LetterError([_wrong_braces(line)])


def _names(node: nodes.Node) -> Iterator[nodes.Name]:
    return iter([node]) if isinstance(node, nodes.Name) else node.find_all(nodes.Name)


def _choose(body: Iterable[nodes.Node], truths: Collection[str]) -> Iterator[str | Slot]:
    """The text and fields that stand where these conditions hold."""
    for node in body:
        if isinstance(node, nodes.If):
            ways = [(node.test, node.body), *((each.test, each.body) for each in node.elif_)]
            yield from _choose(next((way for test, way in ways if _holds(test, truths)), node.else_), truths)
        elif isinstance(node, nodes.Output):
            for part in node.nodes:
                if isinstance(part, nodes.TemplateData):
                    yield part.data
                elif isinstance(part, nodes.Name):
                    yield Slot(part.name)


def _holds(test: nodes.Node, truths: Collection[str]) -> bool:
    if isinstance(test, nodes.Not):
        return not _holds(test.node, truths)
    return isinstance(test, nodes.Name) and test.name in truths


def _set_parts(parts: Parts) -> SetLetter:
    names = sorted({each.name for each in parts if isinstance(each, Slot)})
    drawn = f"zq{secrets.token_hex(12)}q"
    mark = re.compile(rf"(?:<p>\s*{drawn}(\d+)z\s*</p>|{drawn}(\d+)z)")

    def split(text: str) -> Parts:
        found = mark.split(text)
        out: list[str | Slot] = []
        for plain, whole, inside in zip(found[::3], [*found[1::3], None], [*found[2::3], None], strict=True):
            out += [plain] if plain else []
            if number := whole or inside:
                out.append(Slot(names[int(number)], whole is not None))
        return tuple(out)

    marked = "".join(each if isinstance(each, str) else f"{drawn}{names.index(each.name)}z" for each in parts)
    headers, body = split_source(marked)
    blocks = markdown.parser.parse(_open(body, headers.get("opening", "")))
    inside = [token for block in blocks for token in block.children or []]
    return SetLetter(
        split(headers.get("subject", "")),
        split(headers.get("preheader", "")),
        split(markdown.parser.renderer.render(blocks, markdown.parser.options, {})),
        split(markdown.tokens_to_text(blocks)),
        tuple(split(str(token.attrGet("href") or "")) for token in inside if token.type == "link_open"),
        _deepest(blocks),
        any(token.type == "image" for token in inside),
    )


def fill_parts(parts: Parts, form: Callable[[str, bool], str]) -> str:
    """The text with its fields filled in; `form` sets one by name, told whether it is a whole paragraph."""
    return "".join(each if isinstance(each, str) else form(each.name, each.whole) for each in parts)


def _open(body: str, opening: str) -> str:
    """The text with its opening above it, but under a greeting."""
    greeting, gap, rest = body.lstrip("\n").partition("\n\n")
    greets = gap and "\n" not in greeting and greeting.rstrip().endswith(",")
    parts = [greeting, opening, rest] if greets else [opening, body]
    return "\n\n".join(parts) if opening else body


def split_source(text: str) -> tuple[dict[str, str], str]:
    """The header lines of a source by their names in small letters, and its body."""
    head, _, body = text.replace("\r\n", "\n").partition("\n\n")
    headers = {}
    for line in head.splitlines():
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return headers, body


def _problems_of_tags(text: str) -> Iterator[str]:
    """What is between braces, looked at before anything parses it: fields and simple conditions, not too deep."""
    depth = deepest = 0
    for tag in _TAG.finditer(text):
        if not _FIELD_OR_CONDITION.fullmatch(tag[0]):
            line = text.count("\n", 0, tag.start()) + 1
            yield _wrong_braces(line) if tag[0] in {"{{", "{%"} else _only_fields(line)
            return
        depth += (tag[1] or "").startswith("if") - (tag[1] or "").startswith("endif")
        deepest = max(deepest, depth)
    if deepest > MOST_NESTED_CONDITIONS:
        yield gettext("Zet hooguit %(most)s voorwaarden in elkaar.", most=MOST_NESTED_CONDITIONS)


def _problems_of_nodes(text: str) -> Iterator[str]:
    other = next((node for node in _parse(text).find_all(nodes.Node) if not isinstance(node, _ALLOWED)), None)
    if other is not None:
        yield _only_fields(other.lineno)


def _wrong_braces(line: int) -> str:
    return gettext("Regel %(line)s: de accolades kloppen niet. Schrijf een veld als {{ voornaam }}.", line=line)


def _only_fields(line: int) -> str:
    return gettext("Regel %(line)s: gebruik alleen velden zoals {{ voornaam }}.", line=line)


def _problems_of_fields(text: str, known: set[str]) -> Iterator[str]:
    from rapidfuzz import process

    for name in (name for name in field_names(text) if name not in known):
        near = process.extractOne(name, known, score_cutoff=60)
        hint = gettext("Bedoel je ‘%(field)s’?", field=near[0]) if near else ""
        yield gettext("Het veld ‘%(field)s’ kennen we niet.", field=name) + (" " + hint if hint else "")


def _problems_of_head(text: str) -> Iterator[str]:
    headers, _ = split_source(text)
    if not headers.get("subject"):
        yield gettext("De eerste regel moet het onderwerp zijn: ‘Subject: …’.")
    elif len(headers["subject"]) > LONGEST_SUBJECT:
        yield gettext("Het onderwerp is te lang. Gebruik hooguit %(most)s tekens.", most=LONGEST_SUBJECT)
    head = text.replace("\r\n", "\n").partition("\n\n")[0].split("\n")
    for number, line in enumerate(head, 1):
        name = line.partition(":")[0].strip().lower()
        if line.strip() and (":" not in line or name not in _HEADERS):
            yield gettext(
                "Regel %(line)s: laat een regel leeg na het onderwerp. Het onderwerp zelf past op één regel.",
                line=number,
            )
            break


def _problems_of_letters(text: str, addresses: Collection[str]) -> Iterator[str]:
    """What is wrong with any of the letters that a source becomes as its conditions hold or not."""
    tested = sorted(tested_names(text))
    if len(tested) > MOST_CONDITIONS:
        yield gettext("Gebruik voorwaarden met hooguit %(most)s verschillende velden.", most=MOST_CONDITIONS)
        return
    tree = _parse(text)
    letters = {
        tuple(_choose(tree.body, [name for name, true in zip(tested, truths, strict=True) if true]))
        for truths in product((True, False), repeat=len(tested))
    }
    for parts in letters:
        yield from _problems_of_letter(parts, addresses)


def _problems_of_letter(parts: Parts, addresses: Collection[str]) -> Iterator[str]:
    letter = _set_parts(parts)
    if not letter.subject:
        yield gettext("Het onderwerp is leeg als een voorwaarde niet opgaat.")
    if letter.nested > MOST_NESTED_BLOCKS:
        yield _nested_too_deep()
    if letter.pictures:
        yield gettext(
            "Een afbeelding van een ander adres kan niet in een mail. Zet haar bij de afbeeldingen van dit netwerk "
            "en gebruik haar veld."
        )
    touching = {
        name for each in (letter.subject, letter.preheader, letter.text) for name in _fields_in_words(each, addresses)
    }
    for link in letter.links:
        if len(link) > 1 or any(each.name not in addresses for each in link if isinstance(each, Slot)):
            touching |= {each.name for each in link if isinstance(each, Slot)}
    for name in sorted(touching):
        yield gettext(
            "Het veld ‘%(field)s’ staat vast aan een ander adres. Dat adres zou het dan krijgen. Zet er een spatie voor "
            "en achter, of gebruik het veld als hele link.",
            field=name,
        )


def _nested_too_deep() -> str:
    return gettext("Zet hooguit %(most)s lijsten en citaten in elkaar.", most=MOST_NESTED_BLOCKS)


def _deepest(tokens: list[Token]) -> int:
    depth = deepest = 0
    for token in tokens:
        if token.type.rpartition("_")[0] in _BLOCKS:
            depth += token.nesting
            deepest = max(deepest, depth)
    return deepest


def _fields_in_words(parts: Parts, addresses: Collection[str]) -> Iterator[str]:
    """Fields that a mail program would take for a part of somebody else's address, by the word that they stand in."""
    for word in _words(parts):
        text = "".join("x" if isinstance(each, Slot) else each for each in word)
        begins = _begin_of_address(text)
        opened, closed = len(text) - len(text.lstrip(_OPENING)), len(text.rstrip(_CLOSING))
        place = 0
        for each in word:
            if isinstance(each, Slot):
                alone = opened == place and closed == place + 1
                if place >= begins or (each.name in addresses and not alone):
                    yield each.name
            place += 1 if isinstance(each, Slot) else len(each)


def _begin_of_address(text: str) -> int:
    """After how many characters of a word a mail program takes what follows for an address; past its end if nowhere."""
    host = _HOST.search(text)
    found = (_ADDRESS.search(text), host and _PATH.search(text, host.end()))
    return min((each.end() for each in found if each), default=len(text) + 1)


def _words(parts: Parts) -> Iterator[list[str | Slot]]:
    word: list[str | Slot] = []
    for part in parts:
        for place, piece in enumerate([part] if isinstance(part, Slot) else _SPACE.split(part)):
            if place % 2:
                yield word
                word = []
            elif piece:
                word.append(piece)
    yield word
