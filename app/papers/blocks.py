"""A text as blocks from its first line to its last, which every form of file writes in its own way."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup

from app import markdown
from app.markdown import markdown_to_html
from app.plain_text import storable_text


class Style(StrEnum):
    """What a block is; the value is the name of that style in Word."""

    TITLE = "Title"
    HEADING_1 = "Heading 1"
    HEADING_2 = "Heading 2"
    HEADING_3 = "Heading 3"
    TEXT = "Normal"
    BULLET = "List Bullet"
    BULLET_2 = "List Bullet 2"

    @property
    def level(self) -> int:
        """Of a heading or a bullet; 0 for what is neither."""
        return int(self[-1]) if self[-1].isdigit() else int(self == Style.BULLET)


HEADINGS = (Style.HEADING_1, Style.HEADING_2, Style.HEADING_3)
BULLETS = (Style.BULLET, Style.BULLET_2)


@dataclass(frozen=True)
class Block:
    """A paragraph, heading or item of a list."""

    style: Style
    text: str
    figure: str = ""
    """A number that stands large before the text."""
    address: str = ""
    """Where the text leads, in full."""
    note: str = ""
    """What stands small behind it."""


@dataclass(frozen=True)
class Prose:
    """Markdown that somebody wrote."""

    text: str

    @property
    def html(self) -> Markup:
        """For under a heading of ours: theirs would stand among those of the whole."""
        return Markup(  # noqa: S704 - cleaned
            _HEADING.sub(lambda tag: "</strong></p>" if tag[1] else "<p><strong>", markdown_to_html(self.text))
        )


_HEADING = re.compile(r"<(/?)h[2-4]>")


@dataclass(frozen=True)
class Cell:
    """What stands in a cell: its text, how that stands in a word or two, and lines that say more."""

    text: str
    badge: str = ""
    tone: str = "quiet"
    notes: tuple[str, ...] = ()

    @property
    def plain(self) -> str:
        """All of it, for where nothing but text can stand."""
        return "\n".join((": ".join(filter(None, (self.text, self.badge))), *self.notes))


@dataclass(frozen=True)
class Table:
    """Rows under a heading; the first cell of each names its row."""

    name: str
    heading: Sequence[str]
    rows: Sequence[Sequence[str | Cell]]
    figures: tuple[int, ...] = ()
    """Columns of figures, by their place from 0, which stand to the right."""

    @property
    def plain_rows(self) -> list[list[str]]:
        return [[each.plain if isinstance(each, Cell) else each for each in row] for row in self.rows]


@dataclass(frozen=True)
class About:
    """What the properties of a file say."""

    title: str
    author: str

    @classmethod
    def readable(cls, title: str, author: str) -> "About":
        return cls(readable(title), readable(author))


def markdown_blocks(text: str) -> Iterator[Block]:
    """Markdown as paragraphs; an item of a list stays one."""
    for line in markdown.tokens_to_text(markdown.parser.parse(text)).split("\n"):
        if line.strip():
            bullet = line.lstrip().startswith("- ")
            yield Block(Style.BULLET if bullet else Style.TEXT, line.strip().removeprefix("- "))


def readable(text: str) -> str:
    """Without what XML cannot hold (XML 1.0 section 2.2)."""
    return "".join(c for c in storable_text(text) if c >= " " or c in "\n\t")
