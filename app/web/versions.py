"""Two who change one thing at the same time: a form says what it was opened with, and nobody's words are lost.

A form that changes a stored row carries a digest of every field as it was opened. When it comes back, three are
compared: opened, now and sent. What only others changed is taken over, what only the sender changed is kept, and where
both did the sender chooses, field by field. The digests are keyed, so they tell nothing about what they were made of.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from enum import Enum
from typing import Any, cast

import sqlalchemy as sa
from flask import current_app, flash, request
from flask_babel import gettext
from itsdangerous.encoding import want_bytes
from wtforms import Field

from app.database import SAFE_METHODS, Model, wait_for_others

OPENED = "opened"
"""The name of the hidden field with the digests."""
_PASSED_OVER = {"CSRFTokenField", "FieldList", "FileField", "MultipleFileField"}
_LENGTH = 9
"""Bytes of a digest: enough to see a difference, where nobody gains by forging one."""


@dataclass(frozen=True)
class Difference:
    """What something was and will be, in words."""

    label: str
    was: str
    will_be: str


class Version:
    """The fields of a form as they are stored at this moment, beside what was sent."""

    def __init__(self, about: str, fields: Iterable[Field]) -> None:
        """`about` is what is changed; the fields hold what is stored, and what was sent if something was."""
        self.about = about
        self.fields = [field for field in fields if field.type not in _PASSED_OVER]
        self.now = {field.name: self._digest(field, _stored(field)) for field in self.fields}
        self.opened = dict(self.now)
        self.both: list[Field] = []

    def compare(self, opened: str) -> None:
        """Bring together what was sent and what others stored since the form was opened."""
        sent = dict(pair.split(":", 1) for pair in opened.split() if ":" in pair)
        taken = []
        for field in self.fields:
            before, now = sent.get(field.name), self.now[field.name]
            mine = self._digest(field, field.data)
            if before in (None, now) or mine == now:
                continue
            if mine == before or request.form.get(f"keep-{field.name}") == f"theirs.{now}":
                taken += [field] if mine == before else []
                _take_over(field)
            elif request.form.get(f"keep-{field.name}") != f"mine.{now}":
                self._ask(field, before or "")
        if taken:
            names = ", ".join(str(field.label.text) for field in taken)
            flash(gettext("Iemand anders veranderde intussen: %(names)s. Dat blijft zo staan.", names=names), "info")

    def differences(self) -> list[Difference]:
        """What the form would change."""
        return [
            Difference(str(field.label.text), words_of(field, _stored(field)), words_of(field, field.data))
            for field in self.fields
            if self._digest(field, field.data) != self.now[field.name]
        ]

    def write(self) -> str:
        """The digests for the hidden field."""
        return " ".join(f"{name}:{digest}" for name, digest in self.opened.items())

    def _ask(self, field: Field, before: str) -> None:
        self.opened[field.name] = before
        asked = cast(Any, field)
        asked.theirs, asked.theirs_digest = words_of(field, _stored(field)), self.now[field.name]
        self.both.append(field)

    def _digest(self, field: Field, value: Any) -> str:
        return make_digest(self.about, field.name, write_value(value))


def make_digest(*told: str) -> str:
    """A keyed digest of these words: it shows a difference, and nothing of what it was made of."""
    words = "\0".join(told).encode()
    digest = hmac.new(want_bytes(current_app.secret_key or ""), words, hashlib.sha256).digest()[:_LENGTH]
    return urlsafe_b64encode(digest).decode()


def wait_for_turn() -> None:
    """Before anything is read for a form that says what it was opened with: one after the other, so that none is passed over."""
    if request.method not in SAFE_METHODS and OPENED in request.form:
        wait_for_others(request.path)


def subject_of(row: Any) -> str:
    """What a form is about, as its digests know it: the table and id of a row, or the name that it was given."""
    if isinstance(row, str):
        return row
    return ".".join([row.__tablename__, *map(str, sa.inspect(row).identity or ())])


def words_of(field: Field, value: Any) -> str:
    """A value of a field, as its reader would say it."""
    if isinstance(value, bool):
        return gettext("ja") if value else gettext("nee")
    told = getattr(field, "choices", None)
    if told:
        chosen = {write_value(each) for each in (value if isinstance(value, list | tuple) else [value])}
        return ", ".join(str(label) for each, label, *_ in told if write_value(each) in chosen) or gettext("niets")
    return write_value(value) or gettext("niets")


def _stored(field: Field) -> Any:
    """What a row has in a field, cleaned as what is sent is."""
    value = field.object_data
    for clean in field.filters:
        value = clean(value)
    return bool(value) if field.type == "BooleanField" else value


def write_value(value: Any) -> str:
    """A value as text, such that what means the same is written the same. Raises TypeError for a row: give its id."""
    if isinstance(value, Model):
        raise TypeError(f"a {type(value).__name__} is another one in each request")
    if value is None or value is False:
        return ""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | set):
        return "\n".join(sorted(write_value(each) for each in value))
    return str(value)


def _take_over(field: Field) -> None:
    """Let a field hold what is stored, as if that had been sent."""
    if hasattr(field, "take_over"):
        field.take_over()
        return
    value = _stored(field)
    field.process_errors, field.raw_data = [], None
    field.process_data(value)
    if field.type not in {"BooleanField", "SelectMultipleField", "CheckboxesField"}:
        field.raw_data = [field._value() if hasattr(field, "_value") else write_value(value)]
