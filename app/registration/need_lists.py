"""The kitchen list and the access list of a session: what people need, counted, without who needs it.

The ready-made questions ask for what is nobody's business but the kitchen's and that of whoever opens the door. So their
answers stand in no list beside names. Who must meet somebody's need asks for the names of one answer, and the log says so.
"""

import hmac
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from app.database import db
from app.events.models import Event, Mode, Preset, Question
from app.invitations.models import Invitation
from app.network import seeing
from app.network.seeing import Viewer
from app.registration.models import NeedListMail, QuestionAnswer, Registration, RegistrationState
from app.registration.own_names import leave_out_name

_AROUND = " .,;:!?-–—"
"""What may stand around an answer without making it another one."""


@dataclass(frozen=True)
class CountedAnswer:
    """An answer as its first writer put it, and how many people gave it."""

    key: str
    text: str
    people: int
    before: int | None = None
    """How many the mailed list said; None when no list was mailed."""

    @property
    def changed(self) -> bool:
        return self.before is not None and self.before != self.people

    @property
    def change(self) -> str:
        return gettext("was %(num)s", num=self.before) if self.before else gettext("nieuw")


@dataclass(frozen=True)
class NeedList:
    """What a session knows of one ready-made question."""

    preset: Preset
    question: Question | None
    """None when the session does not ask it."""
    answers: list[CountedAnswer]
    asked: int
    """How many people have a seat for which it is asked."""
    mailed: NeedListMail | None
    gone: int = 0
    """How many answers of the mailed list nobody gives any more."""

    @property
    def without(self) -> int:
        """How many of them need nothing, or did not say."""
        return self.asked - sum(answer.people for answer in self.answers)

    @property
    def changed(self) -> bool:
        """Whether it is another list than the one that was mailed."""
        return self.mailed is not None and self.counts != self.mailed.counts

    @property
    def counts(self) -> dict[str, int]:
        """The list in a form that shows whether it changed, and can be kept: it can be read by nobody."""
        return {"": self.asked, **{answer.key: answer.people for answer in self.answers}}

    @property
    def seal(self) -> str:
        """Which list this is: another one as soon as an answer changes or it is mailed."""
        sent = self.mailed.sent_at.isoformat() if self.mailed else ""
        return _digest(repr((self.preset.value, sorted(self.counts.items()), sent)))


def load_need_list(event: Event, preset: Preset, viewer: Viewer) -> NeedList:
    """The counted answers of people with a seat, the most given first."""
    question = next((each for each in event.questions if each.preset == preset), None)
    mailed = db.session.scalar(sa.select(NeedListMail).filter_by(event_id=event.id, preset=preset))
    if question is None:
        return NeedList(preset, None, [], 0, mailed)
    before = mailed.counts if mailed else None
    given = _group_by_key(question, viewer)
    answers = [
        CountedAnswer(key, texts[0], len(texts), before.get(key, 0) if before is not None else None)
        for key, texts in given.items()
    ]
    answers.sort(key=lambda answer: (-answer.people, answer.text.casefold()))
    gone = len((before or {}).keys() - given.keys() - {""})
    return NeedList(preset, question, answers, _count_asked(question, viewer), mailed, gone)


def list_who_answered(question: Question, key: str, viewer: Viewer) -> list[QuestionAnswer]:
    """The answers behind one line of the list, with whose they are, by name."""
    found = [answer for answer, text in _texts(question, viewer) if _key_of(text) == key]
    return sorted(found, key=lambda answer: answer.registration.invitation.person.sort_name)


def _group_by_key(question: Question, viewer: Viewer) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = defaultdict(list)
    for _, text in _texts(question, viewer):
        grouped[_key_of(text)].append(text)
    return grouped


def _texts(question: Question, viewer: Viewer) -> Iterator[tuple[QuestionAnswer, str]]:
    """Each answer that says something, with its text without the name of its writer."""
    wanted = (
        sa.select(QuestionAnswer)
        .join(QuestionAnswer.registration)
        .join(Registration.invitation)
        .where(QuestionAnswer.question_id == question.id, *_asked(question, viewer))
        .order_by(QuestionAnswer.id)
        .options(
            joinedload(QuestionAnswer.registration).joinedload(Registration.invitation).joinedload(Invitation.person)
        )
    )
    for answer in db.session.scalars(wanted):
        if text := leave_out_name(answer.value, answer.registration.invitation.person).strip(_AROUND):
            yield answer, text


def _count_asked(question: Question, viewer: Viewer) -> int:
    wanted = sa.select(sa.func.count(Registration.id)).join(Registration.invitation).where(*_asked(question, viewer))
    return db.session.scalars(wanted).one()


def _asked(question: Question, viewer: Viewer) -> Iterator[sa.ColumnElement[bool]]:
    """Registrations with a seat to which the question is put."""
    yield Registration.event_id == question.event_id
    yield Registration.state == RegistrationState.CONFIRMED
    yield seeing.invitations(viewer)
    if question.only_on_site:
        yield Registration.mode == Mode.ON_SITE


def _key_of(text: str) -> str:
    return _digest(text.casefold())


def _digest(text: str) -> str:
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, f"need-list {text}".encode(), "sha256").hexdigest()[:24]
