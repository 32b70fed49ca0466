"""What somebody ticked in a list, over its pages: by number, or as everything that meets the filter.

The list's own form carries it along: the numbers of this page as boxes, those of other pages in one field. So it is
kept for as long as the page is open, also in another tab and by the browser's 'back', and nothing of it is stored.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa

from app.rows import read_row_number

MOST = 300
"""How many may be ticked one by one: an address has room for no more. Beyond it the filter chooses."""


class Fields(Protocol):
    """What a form sent."""

    def getlist(self, key: str) -> list[str]:
        """All values of a name."""


@dataclass(frozen=True)
class Choice:
    """Which rows of a list somebody means."""

    ticked: tuple[int, ...] = ()
    everything: bool = False
    """All that meet the filter, rather than those that were ticked."""
    too_many: bool = False
    """More was ticked than is kept."""

    def __bool__(self) -> bool:
        return self.everything or bool(self.ticked)

    def takes(self, column: Any) -> sa.ColumnElement[bool]:
        """The condition that a row, by its id, is one of them."""
        return sa.true() if self.everything else column.in_(self.ticked)

    def elsewhere(self, shown: Collection[int]) -> list[int]:
        """What was ticked and does not stand on this page."""
        return [row_id for row_id in self.ticked if row_id not in shown]


EVERYTHING = Choice(everything=True)


def read_choice(sent: Fields) -> Choice:
    """The choice that came in: the boxes of the page, `tick`, and what the field `kept` carried."""
    row_ids = dict.fromkeys(_numbers(sent))
    return Choice(tuple(row_ids)[:MOST], bool(sent.getlist("all")), len(row_ids) > MOST)


def write_numbers(row_ids: Iterable[int]) -> str:
    """Numbers as the field `kept` has them."""
    return ".".join(map(str, row_ids))


def _numbers(sent: Fields) -> Iterator[int]:
    kept = (text for field in sent.getlist("kept") for text in field.split("."))
    for text in (*kept, *sent.getlist("tick")):
        if row_id := read_row_number(text):
            yield row_id
