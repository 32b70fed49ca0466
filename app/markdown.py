"""Markdown written by organisers: as cleaned HTML for pages and mails, and as plain text."""

import re
import textwrap
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_TAGS = {"p", "br", "em", "strong", "a", "ul", "ol", "li", "h2", "h3", "h4", "blockquote", "code", "pre", "hr"}
_SCHEMES = {"http", "https", "mailto", "tel"}

parser = MarkdownIt("commonmark", {"html": False})


@lru_cache(maxsize=2048)
def markdown_to_html(text: str) -> Markup:
    """Markdown as HTML that can stand on a page: no scripts, images or styles, headings from h2 down."""
    source = "\n".join("#" + line if line.startswith("# ") else line for line in text.split("\n"))
    rendered = parser.render(source)
    return Markup(  # noqa: S704 - nh3 has just cleaned it
        nh3.clean(
            rendered, tags=_TAGS, attributes={"a": {"href"}}, url_schemes=_SCHEMES, link_rel="noopener noreferrer"
        )
    )


WIDTH = 72
_LEAD = re.compile(r"(\s*(- |\d+\. |> ))*\s*")


def tokens_to_text(tokens: list[Token]) -> str:
    """Set parsed Markdown as plain text, each paragraph on one line; wrap() makes lines of it."""
    setter = _Setter()
    for token in tokens:
        handle = getattr(setter, token.type, None)
        if handle:
            handle(token)
    return "\n".join(setter.lines).strip()


class _Setter:
    """Sets block tokens as lines; each method handles the token type it is named after."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._indents: list[str] = []
        self._counters: list[int | None] = []
        """Next number of each open list; None for bullets."""
        self._bullet = ""

    def bullet_list_open(self, _: Token) -> None:
        self._counters.append(None)

    def ordered_list_open(self, token: Token) -> None:
        self._counters.append(int(token.attrGet("start") or 1))

    def bullet_list_close(self, _: Token) -> None:
        self._counters.pop()
        self._end_block()

    ordered_list_close = bullet_list_close

    def list_item_open(self, _: Token) -> None:
        number = self._counters[-1]
        self._bullet = "- " if number is None else f"{number}. "
        if number is not None:
            self._counters[-1] = number + 1
        self._indents.append(" " * len(self._bullet))

    def list_item_close(self, _: Token) -> None:
        self._indents.pop()

    def blockquote_open(self, _: Token) -> None:
        self._indents.append("> ")

    blockquote_close = list_item_close

    def inline(self, token: Token) -> None:
        indent = "".join(self._indents)
        first = indent[: len(indent) - len(self._bullet)] + self._bullet
        for part in _inline(token.children or []).split("\n"):
            self.lines.append(first + part)
            first = indent
        self._bullet = ""

    def paragraph_close(self, _: Token) -> None:
        self._end_block()

    heading_close = paragraph_close

    def hr(self, _: Token) -> None:
        self.lines += ["-" * 20, ""]

    def fence(self, token: Token) -> None:
        self.lines += [*token.content.rstrip("\n").split("\n"), ""]

    code_block = fence

    def _end_block(self) -> None:
        if not self._counters:
            self.lines.append("")


def wrap_lines(text: str) -> str:
    """Break long lines at WIDTH, under the text of a list item; addresses stay whole."""
    out = []
    for line in re.sub(r"\n{3,}", "\n\n", text).split("\n"):
        if len(line) <= WIDTH and line.isprintable():
            out.append(line.rstrip())
            continue
        lead = _LEAD.match(line)
        indent = " " * len(lead[0]) if lead else ""
        out += textwrap.wrap(line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False) or [
            ""
        ]
    return "\n".join(out)


def _inline(tokens: list[Token]) -> str:
    out: list[str] = []
    links: list[tuple[str, int]] = []
    for token in tokens:
        if token.type == "link_open":
            links.append((str(token.attrGet("href") or ""), len(out)))
        elif token.type == "link_close":
            address, start = links.pop()
            label = "".join(out[start:])
            if address and address not in {label, "mailto:" + label}:
                out.append(f": {address}")
        elif token.type in {"softbreak"}:
            out.append(" ")
        elif token.type == "hardbreak":
            out.append("\n")
        elif token.type == "image":
            out.append(token.content)
        else:
            out.append(token.content)
    return "".join(out)
