"""A letter: one text in Markdown with named fields, from which both parts of a mail follow.

A letter source starts with header lines, then a blank line and the body:

    Subject: Uitnodiging: {{ titel }}
    Preheader: {{ dag }}, {{ plaats }}

    Dag {{ voornaam }},

    {{ gegevens }}

A line `Opening: …` there is a sentence of its own, set above the body but under its greeting. The only things beside Markdown are fields and `{% if veld %} … {% else %} … {% endif %}`.
A field that stands alone in its paragraph may be a LetterBlock, which has a form of its own in each
part. Values never pass the Markdown parser: a name is a name, whatever characters it has.
"""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from flask import current_app
from flask_babel import force_locale, gettext, ngettext
from jinja2 import Environment, FileSystemLoader, select_autoescape

from app import markdown, quick_templates, urls, wording
from app.outbox import letter_sources
from app.outbox.letter_sources import LetterError, Parts
from app.settings import ROOT

if TYPE_CHECKING:
    from css_inline import CSSInliner

FOLDER = ROOT / "mail_templates"

_layouts = Environment(
    loader=FileSystemLoader(FOLDER),
    autoescape=select_autoescape(["html"]),
    extensions=["jinja2.ext.i18n"],
    trim_blocks=True,
    lstrip_blocks=True,
)
quick_templates.make_quick(_layouts)
_layouts.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
    gettext, ngettext, newstyle=True
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


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


def letter_source(kind: str, language: str) -> str:
    """The letter source of mail_templates/<kind>.<language>.md."""
    return _read_source(FOLDER / f"{kind}.{language}.md")


@lru_cache
def _read_source(path: Path) -> str:
    return path.read_text("utf-8")


def write_letter(text: str, fields: Mapping[str, object], language: str, layout: Mapping[str, object]) -> Letter:
    """Fill in a letter source for one reader.

    `fields` are plain values or LetterBlocks; `layout` goes to mail_templates/layout.html and .txt
    (sender, footer, `because`). Raises LetterError for an unknown field.
    """
    truths = frozenset(name for name in letter_sources.tested_names(text) if fields.get(name))
    letter = letter_sources.set_letter(text, truths)
    values = {name: fields[name] if name in fields else _missing(name) for name in letter.names}

    def fill(parts: Parts, form: Callable[[object, bool], str]) -> str:
        return letter_sources.fill_parts(parts, lambda name, whole: form(values[name], whole))

    with force_locale(language):
        frame = {
            **layout,
            "language": language,
            "site_name": current_app.config["SITE_NAME"],
            "site_owner": wording.name_site_owner(),
            "privacy_url": urls.absolute_url("/privacy"),
            "because": _because(layout),
            "preheader": fill(letter.preheader, _as_text),
        }
        body = _layouts.get_template("layout.html").render(frame, body=fill(letter.html, _as_html))
        plain = _layouts.get_template("layout.txt").render(frame, body=fill(letter.text, _as_text))
    subject = _CONTROL.sub(" ", fill(letter.subject, _as_text)).strip()
    images: dict[str, bytes] = {}
    for value in (*values.values(), layout.get("face")):
        images |= value.images if isinstance(value, LetterBlock) else {}
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


def site_name() -> str:
    return str(current_app.config["SITE_NAME"])
