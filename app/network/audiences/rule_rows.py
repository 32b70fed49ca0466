"""Which rows the rules of audiences and indicators name: they stand in JSON, so no foreign key keeps them from being removed."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import sqlalchemy as sa

from app.database import db
from app.indicators.models import NAMED_BY, IndicatorVersion
from app.network.audiences.audience_blocks import OF_EVENTS, AudienceBlock, Rule
from app.network.audiences.models import Audience

NAMED = {
    **dict.fromkeys(OF_EVENTS, "events"),
    AudienceBlock.ROLE: "roles",
    AudienceBlock.ORGANISATION: "organisations",
    AudienceBlock.THEME: "themes",
    AudienceBlock.ABOUT: "themes",
    AudienceBlock.NETWORK: "networks",
    AudienceBlock.EVER: "networks",
    AudienceBlock.INTERESTED: "courses",
    AudienceBlock.IMPORTED: "imports",
    AudienceBlock.PERSON: "people",
}
"""The table whose keys are the values of a block."""
NAMES_NOTHING = {AudienceBlock.KIND, AudienceBlock.REGION, AudienceBlock.SIZE, AudienceBlock.UNREACHED}
"""Blocks of which the values are words, or years."""


def rows_of_rule(rule: Rule) -> Iterator[tuple[str, int | str]]:
    """Table and key of each row that a rule names."""
    for each in (each for group in rule for each in group if each.get("block") in NAMED):
        for value in each["values"]:
            yield NAMED[AudienceBlock(each["block"])], value


def rows_of_narrowing(narrowing: dict[str, list[Any]]) -> Iterator[tuple[str, int | str]]:
    """Table and key of each row by which an indicator narrows what it counts."""
    for narrow, table in NAMED_BY.items():
        for value in narrowing.get(narrow, ()):
            yield table, value


def is_named(table: str, key: int | str) -> bool:
    """Whether an audience asks for this row, or an indicator counts by it; then it has to stay."""
    rules = db.session.scalars(sa.select(Audience.rule))
    narrowings = db.session.scalars(sa.select(IndicatorVersion.narrowing))
    named = chain.from_iterable([*map(rows_of_rule, rules), *map(rows_of_narrowing, narrowings)])
    return (table, key) in named
