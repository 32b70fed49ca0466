"""Acting on what a page sent: a rule that goes well is saved, one that refuses says so in one way.

with acting(form) as act:
    allotments.name_for_seat(allotment, form.name.data, form.address.data)
    act.say(gettext("Opgeslagen."))
return _page(form) if act.refused else redirect(...)
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import flash
from flask_babel.speaklater import LazyString

from app.database import db
from app.web.forms import Form
from app.words import Refusal

OtherWords = Mapping[type[Refusal], str | LazyString | tuple[str, str]]
"""What a page says instead of a refusal's own words, with another tone or in the same; nothing, where the page shows it."""


class Act:
    """What a page does, and why the rule refused it, if so."""

    refused: Refusal | None = None

    def __init__(self) -> None:
        self._said: list[tuple[str, str]] = []

    def say(self, message: str, tone: str = "ok") -> None:
        """Tell the reader, once all is saved."""
        self._said.append((tone, message))

    def tell(self) -> None:
        for tone, message in self._said:
            flash(message, tone)


@contextmanager
def acting(form: Form | None = None, *, at: str = "", words: OtherWords | None = None) -> Iterator[Act]:
    """Save what is done in it; a Refusal takes all of it back and stands at its field of the form, else above the page.

    `at` names the field when that depends on what was filled in.
    """
    act = Act()
    try:
        yield act
        db.session.commit()
    except Refusal as refused:
        db.session.rollback()
        act.refused = refused
        _show(refused, form, at or refused.field, words or {})
    else:
        act.tell()


def _show(refused: Refusal, form: Form | None, field: str, words: OtherWords) -> None:
    other = next((said for kind, said in words.items() if isinstance(refused, kind)), refused.words)
    message, tone = other if isinstance(other, tuple) else (other, refused.tone)
    if form is not None and field in form:
        form.reject(field, str(message))
    elif message:
        flash(str(message), tone)
