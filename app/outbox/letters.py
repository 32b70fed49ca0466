"""A letter: one text in Markdown with named fields, from which both parts of a mail follow.

A letter source starts with header lines, then a blank line and the body:

    Subject: Uitnodiging: {{ titel }}
    Preheader: {{ dag }}, {{ plaats }}

    Dag {{ voornaam }},

    {{ gegevens }}

The only things beside Markdown are fields and `{% if veld %} … {% else %} … {% endif %}`.
A field that stands alone in its paragraph may be a LetterBlock, which has a form of its own in each
part. Values never pass the Markdown parser: a name is a name, whatever characters it has.
"""

import html
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self

from flask import current_app
from flask_babel import force_locale, gettext, ngettext
from jinja2 import Environment, FileSystemLoader, TemplateSyntaxError, nodes, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app import markdown, urls
from app.settings import ROOT

if TYPE_CHECKING:
    from css_inline import CSSInliner

FOLDER = ROOT / "mail_templates"

_sandbox = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
_layouts = Environment(
    loader=FileSystemLoader(FOLDER),
    autoescape=select_autoescape(["html"]),
    extensions=["jinja2.ext.i18n"],
    trim_blocks=True,
    lstrip_blocks=True,
)
_layouts.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
    gettext, ngettext, newstyle=True
)
_MARK = re.compile(r"zq(\d+)q([zp])")
"""A field in compiled text; one that is a whole paragraph ends in p."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_HEADERS = {"subject", "preheader"}
LONGEST_SUBJECT = 150
"""Characters of a subject as it is written, fields and all; most programs show half of it."""
_ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Not)


class LetterError(ValueError):
    """A letter source that cannot be used; `problems` are sentences for its writer."""

    def __init__(self, problems: list[str]):
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class LetterBlock:
    """A part with a form of its own in each part of the mail; both are finished text.

    `images` are PNG or JPEG files by the Content-ID under which the HTML shows them (RFC 2392).
    """

    html: str
    text: str
    images: Mapping[str, bytes] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there is anything in it; conditions of a letter ask this."""
        return bool(self.html or self.text)

    @classmethod
    def render(cls, name: str, images: Mapping[str, bytes] | None = None, **values: Any) -> "LetterBlock":
        """Render mail_templates/blocks/<name>.html and .txt."""
        return cls(
            _layouts.get_template(f"blocks/{name}.html").render(values),
            _layouts.get_template(f"blocks/{name}.txt").render(values).strip("\n"),
            images or {},
        )

    @classmethod
    def of_markdown(cls, text: str) -> "LetterBlock":
        """An organiser's Markdown, cleaned."""
        return cls(markdown.markdown_to_html(text), markdown.tokens_to_text(markdown.parser.parse(text)))


@dataclass(frozen=True)
class Letter:
    """A finished letter: the subject and the same content twice."""

    subject: str
    html: str
    text: str
    images: Mapping[str, bytes] = field(default_factory=dict)
    """PNG or JPEG files by Content-ID."""


@dataclass(frozen=True)
class _Compiled:
    subject: str
    preheader: str
    html: str
    text: str
    names: list[str] = field(default_factory=list)


def letter_source(kind: str, language: str) -> str:
    """The letter source of mail_templates/<kind>.<language>.md."""
    return _read_source(FOLDER / f"{kind}.{language}.md")


@lru_cache
def _read_source(path: Path) -> str:
    return path.read_text("utf-8")


def check_letter_source(text: str, known: Iterable[str]) -> None:
    """Raise LetterError when the source has bad syntax, statements or fields that are not known."""
    from rapidfuzz import process

    known = set(known)
    problems = []
    try:
        tree = _sandbox.parse(text)
    except TemplateSyntaxError as error:
        raise LetterError(
            [
                gettext(
                    "Regel %(line)s: de accolades kloppen niet. Schrijf een veld als {{ voornaam }}.", line=error.lineno
                )
            ]
        ) from None
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            problems.append(gettext("Regel %(line)s: gebruik alleen velden zoals {{ voornaam }}.", line=node.lineno))
            break
    for name in (name for name in field_names(text) if name not in known):
        near = process.extractOne(name, known, score_cutoff=60)
        hint = gettext("Bedoel je ‘%(field)s’?", field=near[0]) if near else ""
        problems.append(gettext("Het veld ‘%(field)s’ kennen we niet.", field=name) + (" " + hint if hint else ""))
    problems += _problems_of_head(text)
    if problems:
        raise LetterError(problems)


def _problems_of_head(text: str) -> list[str]:
    headers, _ = _split_source(text)
    problems = []
    if not headers.get("subject"):
        problems.append(gettext("De eerste regel moet het onderwerp zijn: ‘Subject: …’."))
    elif len(headers["subject"]) > LONGEST_SUBJECT:
        problems.append(gettext("Het onderwerp is te lang. Gebruik hooguit %(most)s tekens.", most=LONGEST_SUBJECT))
    head = text.replace("\r\n", "\n").partition("\n\n")[0].split("\n")
    for number, line in enumerate(head, 1):
        name = line.partition(":")[0].strip().lower()
        if line.strip() and (":" not in line or name not in _HEADERS):
            problems.append(
                gettext(
                    "Regel %(line)s: laat een regel leeg na het onderwerp. Het onderwerp zelf past op één regel.",
                    line=number,
                )
            )
            break
    return problems


def field_names(text: str) -> list[str]:
    """The fields that a letter source uses, each once; none when its syntax is wrong."""
    try:
        tree = _sandbox.parse(text)
    except TemplateSyntaxError:
        return []
    return list(dict.fromkeys(node.name for node in tree.find_all(nodes.Name)))


def write_letter(text: str, fields: Mapping[str, object], language: str, layout: Mapping[str, object]) -> Letter:
    """Fill in a letter source for one reader.

    `fields` are plain values or LetterBlocks; `layout` goes to mail_templates/layout.html and .txt
    (sender, footer, `because`). Raises LetterError for an unknown field.
    """
    truths = frozenset(name for name in _tested(text) if fields.get(name))
    compiled = _compile(text, truths)
    values = [fields[name] if name in fields else _missing(name) for name in compiled.names]
    with force_locale(language):
        frame = {
            **layout,
            "language": language,
            "site_name": current_app.config["SITE_NAME"],
            "site_owner": current_app.config["SITE_OWNER"],
            "privacy_url": urls.absolute_url("/privacy"),
            "because": _because(layout),
            "preheader": _fill_marks(compiled.preheader, values, _as_text),
        }
        body = _layouts.get_template("layout.html").render(frame, body=_fill_marks(compiled.html, values, _as_html))
        plain = _layouts.get_template("layout.txt").render(frame, body=_fill_marks(compiled.text, values, _as_text))
    subject = _CONTROL.sub(" ", _fill_marks(compiled.subject, values, _as_text)).strip()
    images = {name: image for value in values if isinstance(value, LetterBlock) for name, image in value.images.items()}
    return Letter(subject, _inliner().inline(body), markdown.wrap_lines(plain).strip() + "\n", images)


@cache
def _inliner() -> "CSSInliner":
    """Writes styles into the elements themselves, as mail programs want them."""
    import css_inline

    return css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)


def _because(layout: Mapping[str, Any]) -> str:
    """Why the reader gets this mail."""
    network = layout.get("network")
    return str(layout["because"].words) % {"network": network.name if network else "", "site": site_name()}


def _missing(name: str) -> NoReturn:
    raise LetterError([f"unknown field {name}"])


def _as_html(value: object, whole: bool) -> str:
    if isinstance(value, LetterBlock):
        return value.html
    escaped = html.escape(str(value))
    return f"<p>{escaped}</p>" if whole and escaped else escaped


def _as_text(value: object, whole: bool = False) -> str:
    return value.text if isinstance(value, LetterBlock) else str(value)


def _fill_marks(text: str, values: list[Any], form: Callable[[object, bool], str]) -> str:
    """Put the values in; `form` sets one, told whether it is a whole paragraph."""
    return _MARK.sub(lambda mark: form(values[int(mark[1])], mark[2] == "p"), text)


def _split_source(text: str) -> tuple[dict[str, str], str]:
    head, _, body = text.replace("\r\n", "\n").partition("\n\n")
    headers = {}
    for line in head.splitlines():
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return headers, body


@lru_cache
def _tested(text: str) -> frozenset[str]:
    tests = (
        test
        for node in _sandbox.parse(text).find_all(nodes.If)
        for test in [node.test, *(each.test for each in node.elif_)]
    )
    return frozenset(
        node.name for test in tests for node in ([test] if isinstance(test, nodes.Name) else test.find_all(nodes.Name))
    )


@lru_cache(maxsize=512)
def _compile(text: str, truths: frozenset[str]) -> _Compiled:
    """Render the conditions and the Markdown once; fields become marks that every later letter fills in."""
    tree = _sandbox.parse(text)
    tested = {
        id(name)
        for node in tree.find_all(nodes.If)
        for test in [node.test]
        for name in [test, *test.find_all(nodes.Name)]
    }
    names = sorted({node.name for node in tree.find_all(nodes.Name) if id(node) not in tested})
    marks = {name: _Mark(f"zq{number}qz", name in truths) for number, name in enumerate(names)}
    marks |= {name: _Mark("", name in truths) for name in _tested(text) if name not in marks}
    headers, body = _split_source(_sandbox.from_string(text).render(marks))
    tokens = markdown.parser.parse(body)
    as_html = re.sub(
        r"<p>\s*(zq\d+q)z\s*</p>", r"\1p", markdown.parser.renderer.render(tokens, markdown.parser.options, {})
    )
    return _Compiled(
        headers.get("subject", ""), headers.get("preheader", ""), as_html, markdown.tokens_to_text(tokens), names
    )


class _Mark(str):
    """A field's mark, which is true or false as the field's value is."""

    __slots__ = ("_true",)
    _true: bool

    def __new__(cls, mark: str, true: bool) -> Self:
        self = super().__new__(cls, mark)
        self._true = true
        return self

    def __bool__(self) -> bool:
        return self._true


def site_name() -> str:
    return str(current_app.config["SITE_NAME"])
