"""Rows in the values that JSON has, and back: for what is kept to be undone, copied or carried to another database.

Moments, days and hours are written as ISO 8601 says, bytes in base64, a choice as its value. Only the type of a
column says what a value was, so reading back needs it.
"""

import base64
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

import sqlalchemy as sa

from app.database import Exact, Listed

LARGEST_ID = 2**31 - 1
"""PostgreSQL refuses to compare with more."""


def plain(value: object) -> object:
    """One value as JSON has it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def typed(kind: Any, value: Any) -> object:
    """What `plain` made of a value, as a column of that type takes it."""
    if value is None:
        return None
    if isinstance(kind, Listed):
        return kind.member(value)
    if isinstance(kind, Exact):
        return Decimal(value)
    kind = kind.impl if isinstance(kind, sa.types.TypeDecorator) else kind
    match kind:
        case sa.DateTime():
            moment = datetime.fromisoformat(value)
            return moment if kind.timezone else moment.replace(tzinfo=None)
        case sa.Date():
            return date.fromisoformat(value)
        case sa.Time():
            return time.fromisoformat(value)
        case sa.LargeBinary():
            return base64.b64decode(value["base64"])
        case sa.Enum() if kind.enum_class:
            return kind.enum_class(value)
    return value


def plain_row(row: Mapping[str, Any] | sa.RowMapping) -> dict[str, object]:
    """Values by name of column, as JSON has them."""
    return {name: plain(value) for name, value in row.items()}


def typed_row(table: sa.Table, row: Mapping[str, object]) -> dict[str, Any]:
    """What `plain_row` made, as the table takes it; a column that it has no more is left out."""
    return {name: typed(table.c[name].type, value) for name, value in row.items() if name in table.c}


def kept_columns(row: Any, *names: str) -> dict[str, object]:
    """These columns of a row of a model, to bring back later with `bring_back`."""
    return plain_row({name: getattr(row, name) for name in names})


def bring_back(row: Any, values: Mapping[str, object]) -> None:
    """Give a row of a model the columns that were `kept_columns`."""
    for name, value in typed_row(row.__table__, values).items():
        setattr(row, name, value)


def read_row_number(text: str) -> int | None:
    """The id that a form or an address names; None of what is none: '²' is a digit too, and no id is that large."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_ID)) else 0
    return number if 0 < number <= LARGEST_ID else None
