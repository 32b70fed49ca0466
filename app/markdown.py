"""Markdown of organisers: as cleaned HTML for pages and mails, and as plain text beside it."""

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
def to_html(text: str) -> Markup:
    """Markdown as HTML that can stand on a page: no scripts, images or styles, headings from h2 down."""
    source = "\n".join("#" + line if line.startswith("# ") else line for line in text.split("\n"))
    rendered = parser.render(source)
    return Markup(nh3.clean(rendered, tags=_TAGS, attributes={"a": {"href"}}, url_schemes=_SCHEMES, link_rel="noopener noreferrer"))


WIDTH = 72
_LEAD = re.compile(r"(\s*(- |\d+\. |> ))*\s*")


def to_text(tokens: list[Token]) -> str:
    """Set parsed Markdown as plain text, each paragraph on one line; wrap() makes lines of it."""
    lines: list[str] = []
    prefixes: list[str] = []
    counters: list[int | None] = []
    bullet = ""
    for token in tokens:
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            counters.append(int(token.attrGet("start") or 1) if token.type.startswith("ordered") else None)
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            counters.pop()
            if not counters:
                lines.append("")
        elif token.type == "list_item_open":
            bullet = "- " if counters[-1] is None else f"{counters[-1]}. "
            counters[-1] = None if counters[-1] is None else counters[-1] + 1
            prefixes.append(" " * len(bullet))
        elif token.type == "list_item_close":
            prefixes.pop()
        elif token.type == "blockquote_open":
            prefixes.append("> ")
        elif token.type == "blockquote_close":
            prefixes.pop()
        elif token.type == "inline":
            text = _inline(token.children or [])
            indent = "".join(prefixes)
            first = indent[: len(indent) - len(bullet)] + bullet if bullet else indent
            for part in text.split("\n"):
                lines.append(first + part)
                first = indent
            bullet = ""
        elif token.type in {"paragraph_close", "heading_close"} and not counters:
            lines.append("")
        elif token.type == "hr":
            lines += ["-" * 20, ""]
        elif token.type in {"fence", "code_block"}:
            lines += [*token.content.rstrip("\n").split("\n"), ""]
    return "\n".join(lines).strip()


def wrap(text: str) -> str:
    """Break long lines at WIDTH, under the text of a list item; addresses stay whole."""
    out = []
    for line in re.sub(r"\n{3,}", "\n\n", text).split("\n"):
        indent = " " * len(_LEAD.match(line)[0])
        out += textwrap.wrap(line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False) or [""]
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
