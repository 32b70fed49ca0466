"""Names and addresses sought and replaced in the rows of a table, whatever their columns hold; and sought in a mail."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.database import db

NOBODY = "een deelnemer"
"""Stands where a name stood."""
Scrub = Callable[[str], str]


def make_scrubber(needles: Iterable[str]) -> Scrub:
    """Replaces each of these, as whole words and however its letters are cased, by NOBODY; the longest first."""
    words = "|".join(re.escape(needle) for needle in sorted(needles, key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
    return lambda text: pattern.sub(NOBODY, text)


def scrub_table(
    table: sa.Table, columns: list[sa.Column[Any]], needles: list[str], scrub: Scrub, *more: Any
) -> list[tuple[Any, ...]]:
    """Replace what is sought in these columns; returns the keys of the rows that had it."""
    changed = []
    for key, values, clean in rows_to_scrub(table, columns, needles, scrub, *more):
        where = [each == part for each, part in zip(table.primary_key, key, strict=True)]
        for column, value, new in zip(columns, values, clean, strict=True):
            if new != value:
                _write(sa.update(table).where(*where), column, new, "-".join(map(str, key)))
        changed.append(key)
    return changed


def rows_to_scrub(
    table: sa.Table, columns: list[sa.Column[Any]], needles: list[str], scrub: Scrub, *more: Any
) -> Iterator[tuple[tuple[Any, ...], list[Any], list[Any]]]:
    """Of the rows in which what is sought is replaced: their keys, what stands in these columns, and what will."""
    keys = list(table.primary_key)
    found = sa.or_(*(each for column in columns for each in _holds_one(column, needles)))
    for row in db.session.execute(sa.select(*keys, *columns).where(found, *more)).all():
        key, values = tuple(row[: len(keys)]), list(row[len(keys) :])
        clean = [_scrub_value(value, scrub) for value in values]
        if clean != values:
            yield key, values, clean


def _holds_one(column: sa.Column[Any], needles: list[str]) -> list[sa.ColumnElement[bool]]:
    is_json = isinstance(column.type, sa.JSON)
    text = sa.cast(column, sa.Text) if is_json else column
    return [text.icontains(_as_stored(needle, is_json), autoescape=True) for needle in needles]


def _write(update: sa.Update, column: sa.Column[Any], clean: Any, key: str) -> None:
    """Save a value that may have become too long for its column, or the same as that of another row."""
    longest = getattr(column.type, "length", None)
    if isinstance(clean, str):
        clean = clean[:longest]
    try:
        with db.session.begin_nested():
            db.session.execute(update.values({column: clean}))
    except IntegrityError:
        db.session.execute(update.values({column: f"{NOBODY} {key}"[:longest]}))


def _as_stored(needle: str, is_json: bool) -> str:
    return json.dumps(needle)[1:-1] if is_json else needle


def _scrub_value(value: Any, scrub: Scrub) -> Any:
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, list):
        return [_scrub_value(each, scrub) for each in value]
    if isinstance(value, dict):
        return {key: _scrub_value(each, scrub) for key, each in value.items()}
    return value


def is_mentioned_in_mail(content: bytes | None, needles: list[str]) -> bool:
    """Whether a mail holds one of these, decoded."""
    mail = message_from_bytes(content or b"", policy=policy.default)
    text = "\n".join(_texts_of(mail)).casefold()
    return any(needle.casefold() in text for needle in needles)


def _texts_of(mail: EmailMessage) -> Iterable[str]:
    for part in mail.walk():
        yield from (str(value) for value in part.values())
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            yield payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
