"""The short form after an event: who is asked, what, and what came back without saying from whom.

Anonymous in the database itself: a sheet has a random number and no moment, and marking a
ticket as answered writes all tickets of the evaluation at once, so that neither the order
of rows on disk nor their versions tie an answer to a person.
"""

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from app import clock, tokens
from app.database import add_once, db, insert_new
from app.events.models import Event, EventState
from app.invitations import participation
from app.invitations.invitation_queries import load_invitations_for_letters, message_rows_for_invitations
from app.invitations.letters import invitation_mail
from app.invitations.models import Invitation
from app.invitations.waves import wave_recipients
from app.invitations.waves.models import Wave, WaveKind, WaveState
from app.lessons.evaluations.models import (
    Evaluation,
    EvaluationKind,
    EvaluationQuestion,
    EvaluationSheet,
    EvaluationTicket,
    StandardQuestion,
)
from app.network.people.models import EmailAddress
from app.outbox import message_queue
from app.outbox.kinds import MessageKind
from app.outbox.message_writing import Draft, Suppressed, Written
from app.outbox.models import Message, Reason
from app.setbacks import one_by_one
from app.tokens import Purpose
from app.words import Refusal

FEWEST = 5
"""Answers from which results are shown, so that nobody can be recognised."""
SCALE = range(1, 6)
_OPENS_AT = time(9)
_LATEST = timedelta(days=5)
"""After this an event is too long ago to ask about."""
_STANDARD = {
    StandardQuestion.USEFUL: EvaluationKind.SCALE,
    StandardQuestion.APPLICABLE: EvaluationKind.SCALE,
    StandardQuestion.ORGANISED: EvaluationKind.SCALE,
    StandardQuestion.LEARNED: EvaluationKind.OPEN,
    StandardQuestion.BETTER: EvaluationKind.OPEN,
}


class AlreadyAnswered(Refusal):
    """This link was used before, by its owner or by somebody it was sent on to."""

    says = _l("Met deze link is al geantwoord")


@dataclass(frozen=True)
class QuestionResult:
    """What came back on a question: how often each figure of the scale, or the texts."""

    question: EvaluationQuestion
    counts: list[int]
    texts: list[str]

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def mean(self) -> float:
        return sum(figure * count for figure, count in zip(SCALE, self.counts, strict=True)) / self.total


def evaluation_of_event(event: Event) -> Evaluation | None:
    return db.session.scalar(sa.select(Evaluation).where(Evaluation.event_id == event.id))


def ensure_evaluation(event: Event) -> Evaluation:
    """The evaluation of an event, with the standard questions when there is none yet."""
    evaluation = evaluation_of_event(event)
    if evaluation is None:
        evaluation = Evaluation(
            event=event,
            event_id=event.id,
            questions=[
                EvaluationQuestion(place=place, kind=kind, standard=standard)
                for place, (standard, kind) in enumerate(_STANDARD.items(), 1)
            ],
        )
        if not add_once(evaluation):
            return db.session.scalars(sa.select(Evaluation).where(Evaluation.event_id == event.id)).one()
    return evaluation


def copy_evaluation(event: Event, twin: Event) -> None:
    """Ask the same after a copy of an event, when that was settled for the event."""
    settled = evaluation_of_event(event)
    if settled is not None:
        same = ("place", "kind", "standard", "label")
        questions = [EvaluationQuestion(**{name: getattr(row, name) for name in same}) for row in settled.questions]
        db.session.add(Evaluation(event=twin, event_id=twin.id, wanted=settled.wanted, questions=questions))


def add_evaluation_question(evaluation: Evaluation, kind: EvaluationKind, label: str) -> EvaluationQuestion:
    last = max((each.place for each in evaluation.questions), default=0)
    question = EvaluationQuestion(evaluation_id=evaluation.id, place=last + 1, kind=kind, label=label)
    evaluation.questions.append(question)
    db.session.flush()
    return question


def evaluation_asked_at(event: Event) -> datetime:
    """Nine o'clock on the morning after the event."""
    return clock.moment_days_before(event.ends_at, -1, _OPENS_AT, event.zone)


def plan_due_evaluations(now: datetime | None = None) -> int:
    """Plan the mails of the evaluations whose morning has come; returns how many."""
    now = now or clock.now()
    wanted = (
        sa.select(Event)
        .outerjoin(Evaluation, Evaluation.event_id == Event.id)
        .where(Event.state == EventState.PUBLISHED, Event.ends_at.between(now - _LATEST, now))
        .where(Evaluation.asked_at.is_(None), sa.or_(Evaluation.id.is_(None), Evaluation.wanted))
        .where(~_select_thank_you_waves().exists())
    )

    def plan(event_id: int) -> int | None:
        locked = wanted.where(Event.id == event_id).with_for_update(of=Event, skip_locked=True)
        event = db.session.scalar(locked)
        if event is None:
            return None
        return plan_evaluation_mails(event) if evaluation_asked_at(event) <= now else 0

    due = db.session.scalars(wanted.with_only_columns(Event.id).order_by(Event.id)).all()
    return one_by_one.do_each("plan_due_evaluations", due, plan)


def _select_thank_you_waves() -> sa.Select[Any]:
    """A wave of thanks of an Event that asks the questions too; then they need no mail of their own."""
    going = [WaveState.AWAITING, WaveState.PLANNED, WaveState.GOING, WaveState.DONE]
    return sa.select(Wave.id).where(Wave.event_id == Event.id, Wave.kind == WaveKind.THANK_YOU, Wave.state.in_(going))


def ask_along(event: Event) -> None:
    """The letters of thanks ask the questions: whoever was there gets a ticket, unless the questions are not wanted."""
    evaluation = ensure_evaluation(event)
    if evaluation.wanted and evaluation.asked_at is None:
        _give_tickets(evaluation)
        evaluation.asked_at = clock.now()


def forget_asking(event: Event, **_: object) -> None:
    """An event that was not held and is still to come is asked about after its new date."""
    if not event.over:
        earlier = sa.update(Evaluation).where(Evaluation.event_id == event.id, Evaluation.asked_at.is_not(None))
        db.session.execute(earlier.values(asked_at=None))


def plan_evaluation_mails(event: Event) -> int:
    """Give everybody who was there a ticket and a mail; without an attendance list, everybody with a place.

    Done once it is noted that they were asked: one that broke off begins anew, which adds nothing for who has theirs.
    """
    evaluation = ensure_evaluation(event)
    _give_tickets(evaluation)
    mails = (
        message_rows_for_invitations(f"{MessageKind.EVALUATION}:{event.id}:{event.sequence}:")
        .join(EvaluationTicket, EvaluationTicket.invitation_id == Invitation.id)
        .where(EvaluationTicket.evaluation_id == evaluation.id)
    )
    planned = message_queue.plan_messages_in_steps(
        mails,
        Invitation.id,
        kind=MessageKind.EVALUATION,
        network_id=event.network_id,
        event_id=event.id,
        due_at=message_queue.mailing_leaves_at(clock.now(), event.network.quiet_hours),
        paced=event.network.paced,
    )
    evaluation.asked_at = clock.now()
    return planned


def _give_tickets(evaluation: Evaluation) -> None:
    people = (
        sa.select(Invitation.id, sa.literal(evaluation.id), sa.literal(False))
        .join(EmailAddress, EmailAddress.id == Invitation.address_id)
        .where(Invitation.event_id == evaluation.event_id, wave_recipients.took_part(evaluation.event))
    )
    columns = ["invitation_id", "evaluation_id", "answered"]
    db.session.execute(insert_new(EvaluationTicket.__table__, "invitation_id").from_select(columns, people))


def write_evaluation_mails(messages: list[Message]) -> list[Written]:
    """Write the mails with the personal link, except to people who answered in the meantime."""
    invitations = load_invitations_for_letters({message.invitation_id for message in messages})
    answered = sa.select(EvaluationTicket.invitation_id).where(
        EvaluationTicket.invitation_id.in_(invitations), EvaluationTicket.answered
    )
    done = set(db.session.scalars(answered))
    return [
        Suppressed(Reason.ANSWERED)
        if message.invitation_id in done
        else _draft_evaluation_mail(invitations[message.invitation_id])
        for message in messages
    ]


def _draft_evaluation_mail(invitation: Invitation) -> Draft:
    with force_locale(invitation.person.language):
        button = invitation_mail.questions_button(invitation)
    mail = invitation_mail.write_invitation_mail(invitation, MessageKind.EVALUATION, extra={"formulier": button})
    return participation.draft(invitation, mail)


def ticket_of_link(token: str) -> EvaluationTicket | None:
    """The ticket of a personal link; None when the link is wrong or revoked."""
    invitation_id, version = tokens.read_token(Purpose.EVALUATION, token) or (0, 0)
    wanted = (
        sa.select(EvaluationTicket)
        .join(Invitation, Invitation.id == EvaluationTicket.invitation_id)
        .where(Invitation.id == invitation_id, Invitation.token_version == version)
    )
    return db.session.scalar(wanted)


def language_of_ticket(ticket: EvaluationTicket) -> str:
    """The language of the person who got it."""
    return db.session.get_one(Invitation, ticket.invitation_id).person.language


def evaluation_of(ticket: EvaluationTicket) -> Evaluation:
    """The form that a ticket gives access to."""
    options = [joinedload(Evaluation.event).joinedload(Event.network)]
    return db.session.get_one(Evaluation, ticket.evaluation_id, options=options)


def keep_evaluation_answers(ticket: EvaluationTicket, values: dict[str, str]) -> None:
    """Keep what somebody answered. Raises AlreadyAnswered.

    All tickets of the evaluation are locked in one order and written at once.
    """
    same = EvaluationTicket.evaluation_id == ticket.evaluation_id
    locked = sa.select(EvaluationTicket).where(same).order_by(EvaluationTicket.invitation_id).with_for_update()
    rows = db.session.scalars(locked.execution_options(populate_existing=True)).all()
    if next(row for row in rows if row.invitation_id == ticket.invitation_id).answered:
        raise AlreadyAnswered
    mine = EvaluationTicket.invitation_id == ticket.invitation_id
    changed = sa.update(EvaluationTicket).where(same).values(answered=EvaluationTicket.answered | mine)
    db.session.execute(changed.execution_options(synchronize_session=False))
    db.session.expire_all()
    given = {question_id: value for question_id, value in values.items() if value}
    db.session.add(EvaluationSheet(id=secrets.randbelow(2**53), evaluation_id=ticket.evaluation_id, values=given))
    db.session.flush()


def count_response(evaluation: Evaluation) -> tuple[int, int]:
    """How many answered, and how many were asked."""
    wanted = sa.select(sa.func.count().filter(EvaluationTicket.answered), sa.func.count())
    answered, asked = db.session.execute(wanted.where(EvaluationTicket.evaluation_id == evaluation.id)).one()
    return answered, asked


def evaluation_results(evaluation: Evaluation) -> list[QuestionResult] | None:
    """What came back on each question; None below FEWEST answers.

    A question that fewer than FEWEST people answered shows nothing of itself.
    """
    wanted = (
        sa.select(EvaluationSheet).where(EvaluationSheet.evaluation_id == evaluation.id).order_by(EvaluationSheet.id)
    )
    sheets = [sheet.values for sheet in db.session.scalars(wanted)]
    return [_result(question, sheets) for question in evaluation.questions] if len(sheets) >= FEWEST else None


def count_evaluation_answers(question: EvaluationQuestion) -> int:
    wanted = sa.select(EvaluationSheet.values).where(EvaluationSheet.evaluation_id == question.evaluation_id)
    return sum(str(question.id) in values for values in db.session.scalars(wanted))


def _result(question: EvaluationQuestion, sheets: list[dict[str, str]]) -> QuestionResult:
    given = [sheet[str(question.id)] for sheet in sheets if str(question.id) in sheet]
    if len(given) < FEWEST:
        return QuestionResult(question, [0] * len(SCALE), [])
    if question.kind == EvaluationKind.OPEN:
        return QuestionResult(question, [0] * len(SCALE), given)
    counted = Counter(given)
    return QuestionResult(question, [counted[str(figure)] for figure in SCALE], [])
