"""What goes by itself when its term is over: counted beforehand, ended in small steps, noted with how many.

Sessions that an archive has to keep lose nothing. Who counts as somebody without contact is in app/privacy/contact.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app import clock, step_sizes
from app.accounts.models import AuditEntry
from app.attendance.models import WalkInProposal
from app.contact_moments.models import ContactMoment
from app.database import db, only_reading, rows_changed
from app.events.models import Event, Question
from app.inbox.models import IncomingMail, Outcome
from app.invitations.models import Invitation
from app.network.imports.models import Import, ImportState
from app.network.models import JoinRequest
from app.network.people import people
from app.network.people.models import Person
from app.outbox.kinds import MessageKind
from app.outbox.message_states import OVER
from app.outbox.models import FinishedMessage, Message
from app.privacy import contact
from app.privacy.models import ArchiveHold, ChosenTerm, Sweep, Term
from app.registration.models import LinkRequest, NeedListMail, QuestionAnswer, Registration, SubstituteWish
from app.setbacks import one_by_one

STEP = 500
"""Rows that go in one transaction at most, so that others never wait long."""
STEP_OF_MAILS = 50
"""With how many rows that hold whole mails it begins."""

Ids = sa.Select[int]


@dataclass(frozen=True)
class Rule:
    """What of one table a term is about: the ids of what is past it, and how some of those end."""

    term: Term
    past: Callable[[datetime], Ids]
    end: Callable[[list[int]], Any] | None = None
    step: int = STEP
    each: Callable[[int], int | None] | None = None
    """How one ends by itself, where much hangs on it and one that cannot end may stop no other."""
    alike: tuple[Any, ...] = ()
    """Columns of joined tables with the same ids: said of each, PostgreSQL looks at no row of theirs that was passed."""


def load_terms() -> dict[Term, int]:
    """How many days each term is: what an administrator chose, or else what holds by itself."""
    chosen = {row.term: row.days for row in db.session.scalars(sa.select(ChosenTerm))}
    return {term: chosen.get(term, term.days) for term in Term}


def choose_terms(days: dict[Term, int]) -> None:
    """Let these terms hold from now on."""
    db.session.execute(sa.delete(ChosenTerm))
    db.session.add_all(ChosenTerm(term=term, days=number) for term, number in days.items() if number != term.days)


def list_holds() -> list[ArchiveHold]:
    """The sessions that an archive has to keep, the newest first."""
    return list(
        db.session.scalars(
            sa.select(ArchiveHold).options(joinedload(ArchiveHold.event)).order_by(ArchiveHold.at.desc())
        )
    )


def count_past(terms: dict[Term, int] | None = None) -> dict[Term, int]:
    """How many of each term would go now: with these terms, or with those that hold."""
    days, counts = terms or load_terms(), dict.fromkeys(Term, 0)
    for rule in RULES:
        past = rule.past(_before(days[rule.term])).order_by(None).subquery()
        counts[rule.term] += db.session.scalars(sa.select(sa.func.count()).select_from(past)).one()
    return counts


def sweep() -> dict[Term, int]:
    """End all that is past its term; returns how many of each went."""
    days, counts = load_terms(), dict.fromkeys(Term, 0)
    for rule in RULES:
        counts[rule.term] += _end_all_past(rule, _before(days[rule.term]))
    return counts


def sweep_old_data() -> int:
    """The same by the clockwork, where one rule that fails stops no other."""
    days, rules = load_terms(), {f"{number} {rule.term}": rule for number, rule in enumerate(RULES)}
    return one_by_one.do_each(
        "sweep_old_data", rules, lambda name: _end_all_past(rules[name], _before(days[rules[name].term]))
    )


def list_sweeps(most: int = 20) -> list[Sweep]:
    """What went lately."""
    return list(db.session.scalars(sa.select(Sweep).order_by(Sweep.id.desc()).limit(most)))


def _before(days: int) -> datetime:
    return clock.now() - timedelta(days=days)


def _end_all_past(rule: Rule, before: datetime) -> int:
    ended = _end_each(rule, before) if rule.each else _end_many(rule, before)
    if ended:
        db.session.add(Sweep(term=rule.term, count=ended))
        db.session.commit()
    return ended


def _end_many(rule: Rule, before: datetime) -> int:
    """By their ids upwards, so that what stays is looked at once; raises LookupError for a rule that ends each by itself."""
    if rule.end is None:
        raise LookupError(rule.term)
    ended, last, step = 0, 0, rule.step
    while ids := _find_next(rule, before, last, step):
        begun = monotonic()
        rule.end(ids)
        db.session.commit()
        ended, last, step = ended + len(ids), ids[-1], step_sizes.next_step(step, monotonic() - begun, STEP)
    return ended


def _find_next(rule: Rule, before: datetime, last: int, most: int) -> list[int]:
    past = rule.past(before)
    key = past.selected_columns[0]
    further = [column > last for column in (key, *rule.alike)]
    return _find_ids(past.where(*further).order_by(key).limit(most))


def _end_each(rule: Rule, before: datetime) -> int:
    """Each by itself, with what could not be done noted; raises LookupError for a rule that ends many at once."""
    if rule.each is None:
        raise LookupError(rule.term)
    return one_by_one.do_each(f"sweep_{rule.term}", _find_ids(rule.past(before)), rule.each)


def _find_ids(past: Ids) -> list[int]:
    """What is past its term, looked for while others may write."""
    with only_reading():
        return list(db.session.scalars(past))


def _delete(model: Any, key: Any) -> Callable[[list[int]], int]:
    def end(ids: list[int]) -> int:
        return rows_changed(sa.delete(model).where(key.in_(ids)).execution_options(synchronize_session=False))

    return end


def _held(event_id: Any) -> sa.Exists:
    return sa.select(ArchiveHold.event_id).where(ArchiveHold.event_id == event_id).exists()


def _past_answers(*, special: bool) -> Callable[[datetime], Ids]:
    def past(before: datetime) -> Ids:
        return (
            sa.select(QuestionAnswer.id)
            .join(Question, Question.id == QuestionAnswer.question_id)
            .join(Registration, Registration.id == QuestionAnswer.registration_id)
            .join(Event, Event.id == Registration.event_id)
            .where(Event.ends_at < before, Question.preset.is_not(None) if special else Question.preset.is_(None))
            .where(~_held(Event.id))
        )

    return past


def _past_mails(before: datetime) -> Ids:
    left = sa.func.coalesce(Message.sent_at, Message.created_at)
    past = sa.select(FinishedMessage.message_id).join(FinishedMessage.message)
    return past.where(Message.state.in_(OVER), left < before, ~_held(Message.event_id))


def _past_need_lists(before: datetime) -> Ids:
    """Of kitchen and access lists, to whom they were mailed."""
    past = sa.select(NeedListMail.id).join(Event, Event.id == NeedListMail.event_id)
    return past.where(Event.ends_at < before, ~_held(Event.id))


def _past_mailed_lists(before: datetime) -> Ids:
    """The same lists as mails: the answers stand in those too."""
    past = sa.select(FinishedMessage.message_id).join(FinishedMessage.message).join(Event, Event.id == Message.event_id)
    is_list = (Message.kind == MessageKind.NEED_LIST) & Message.state.in_(OVER)
    return past.where(is_list, Event.ends_at < before, ~_held(Event.id))


def _past_notes_of_talks(before: datetime) -> Ids:
    """Counted from the day of the talk; that it took place stays."""
    last = clock.to_local(before).date()
    return sa.select(ContactMoment.id).where(ContactMoment.note != "", ContactMoment.day < last)


def _blank_notes_of_talks(talk_ids: list[int]) -> int:
    blanked = sa.update(ContactMoment).where(ContactMoment.id.in_(talk_ids)).values(note="")
    return rows_changed(blanked.execution_options(synchronize_session=False))


def _past_people(condition: Callable[[datetime], sa.ColumnElement[bool]]) -> Callable[[datetime], Ids]:
    held = sa.select(Invitation.id).where(Invitation.person_id == Person.id, _held(Invitation.event_id)).exists()
    return lambda before: sa.select(Person.id).where(condition(before), ~held).order_by(Person.id)


def _erase_one(person_id: int) -> int | None:
    person = db.session.get(Person, person_id)
    return 1 if person and person.erased_at is None and people.erase_person(person) else None


_MAILS = (Message.id,)
RULES = (
    Rule(Term.SPECIAL, _past_answers(special=True), _delete(QuestionAnswer, QuestionAnswer.id)),
    Rule(Term.SPECIAL, _past_need_lists, _delete(NeedListMail, NeedListMail.id)),
    Rule(Term.SPECIAL, _past_mailed_lists, _delete(FinishedMessage, FinishedMessage.message_id), alike=_MAILS),
    Rule(Term.ANSWERS, _past_answers(special=False), _delete(QuestionAnswer, QuestionAnswer.id)),
    Rule(Term.MAIL, _past_mails, _delete(FinishedMessage, FinishedMessage.message_id), STEP_OF_MAILS, alike=_MAILS),
    Rule(
        Term.INCOMING,
        lambda before: sa.select(IncomingMail.id).where(
            IncomingMail.received_at < before, IncomingMail.outcome != Outcome.NEW
        ),
        _delete(IncomingMail, IncomingMail.id),
        STEP_OF_MAILS,
    ),
    Rule(
        Term.REQUESTS,
        lambda before: sa.select(JoinRequest.id).where(JoinRequest.created_at < before),
        _delete(JoinRequest, JoinRequest.id),
    ),
    Rule(
        Term.REQUESTS,
        lambda before: sa.select(SubstituteWish.id).where(SubstituteWish.created_at < before),
        _delete(SubstituteWish, SubstituteWish.id),
    ),
    Rule(
        Term.REQUESTS,
        lambda before: sa.select(Import.id).where(Import.state == ImportState.WAITING, Import.created_at < before),
        _delete(Import, Import.id),
        STEP_OF_MAILS,
    ),
    Rule(
        Term.REQUESTS,
        lambda before: sa.select(LinkRequest.id).where(LinkRequest.created_at < before),
        _delete(LinkRequest, LinkRequest.id),
    ),
    Rule(
        Term.REQUESTS,
        lambda before: sa.select(WalkInProposal.id).where(WalkInProposal.received_at < before),
        _delete(WalkInProposal, WalkInProposal.id),
    ),
    Rule(Term.TALKS, _past_notes_of_talks, _blank_notes_of_talks),
    Rule(Term.LEFT, _past_people(contact.left_before), each=_erase_one),
    Rule(Term.SILENT, _past_people(contact.silent_before), each=_erase_one),
    Rule(
        Term.LOG,
        lambda before: sa.select(AuditEntry.id).where(AuditEntry.at < before),
        _delete(AuditEntry, AuditEntry.id),
    ),
)
