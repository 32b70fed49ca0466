"""What came after the demo's past sessions: attendance, evaluations, cards, impressions, commitments, a digest."""

import random
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app import clock
from app.accounts.models import Account
from app.attendance import presence
from app.attendance.models import Attendance, Entry
from app.database import db
from app.demo.lesson_content import CARDS, REPORTS, WORDS, DemoLesson, DemoReport
from app.digests import digest_letters, digest_selection, editions
from app.digests.models import Edition, OrganiserWord
from app.events import event_days
from app.events.models import Event
from app.invitations.models import Invitation
from app.lessons.board import boards, cards
from app.lessons.evaluations import evaluations
from app.lessons.evaluations.models import Evaluation, EvaluationKind, EvaluationSheet, EvaluationTicket
from app.lessons.impressions import impressions
from app.lessons.impressions.models import Impression
from app.lessons.insights import commitments, insights
from app.lessons.insights.models import CommitmentState
from app.network import digest_rhythm
from app.network.models import Membership, Network, Standing
from app.network.people.models import DigestFrequency, Person
from app.outbox import message_queue
from app.outbox.models import Message, MessageState
from app.registration.models import Registration, RegistrationState
from app.themes import themes

READERS = 40
"""People to whom the last digest of the demo went."""


def add_attendance(event: Event, by: Account) -> None:
    """Most people with a place came, and one person without."""
    wanted = (
        sa.select(Registration)
        .where(Registration.event_id == event.id, Registration.state == RegistrationState.CONFIRMED)
        .order_by(Registration.id)
        .options(selectinload(Registration.invitation).selectinload(Invitation.person).selectinload(Person.positions))
    )
    for number, registration in enumerate(db.session.scalars(wanted)):
        if number % 7 == 3:
            continue
        position = next(iter(registration.invitation.person.positions), None)
        db.session.add(
            Attendance(
                event_id=event.id,
                invitation_id=registration.invitation_id,
                day=event_days.dates_of_event(event)[0],
                organisation_id=position.organisation_id if position else None,
                role_code=position.role_code if position else None,
                mode=registration.mode,
                entry=Entry.LIST,
                account_id=by.id,
                at=event.starts_at - timedelta(minutes=15 - number % 15),
            )
        )
    db.session.flush()
    if stranger := _stranger(event):
        presence.check_in_person(event, stranger, by=by)


def add_evaluation(event: Event) -> None:
    """Two out of three people who were there answered."""
    pick = random.Random(event.slug)
    evaluation = evaluations.ensure_evaluation(event)
    evaluation.asked_at = event.ends_at + timedelta(hours=17)
    there = db.session.scalars(
        sa.select(Attendance.invitation_id).where(Attendance.event_id == event.id).order_by(Attendance.id)
    )
    for number, invitation_id in enumerate(there):
        answered = number % 3 != 2
        db.session.add(EvaluationTicket(invitation_id=invitation_id, evaluation_id=evaluation.id, answered=answered))
        if answered:
            db.session.add(_sheet(evaluation, pick, number))


def _sheet(evaluation: Evaluation, pick: random.Random, number: int) -> EvaluationSheet:
    words = iter(WORDS[number % len(WORDS)])
    values = {}
    for question in evaluation.questions:
        if question.kind == EvaluationKind.SCALE:
            values[str(question.id)] = str(pick.choices([2, 3, 4, 5], [1, 3, 6, 4])[0])
        elif number % 4 == 0:
            values[str(question.id)] = next(words)
    return EvaluationSheet(id=pick.randrange(2**53), evaluation_id=evaluation.id, values=values)


def add_impression(event: Event, writer: Account, reader: Account) -> Impression | None:
    """The cards and the impression of a session, published three days later unless it is a draft; gives what is public."""
    for text in CARDS.get(event.slug, ()):
        cards.catch_card(boards.open_board(event), text, by=None)
    told = REPORTS.get(event.slug)
    if told is None:
        return None
    for lesson in told.lessons:
        _lesson(event, lesson, writer)
    impression = impressions.ensure_impression(event)
    _write(impression, told, writer)
    if told.draft:
        return None
    impressions.check_impression(impression, reader)
    impressions.publish_impression(impression)
    last = max(each.ends_at for each in (impression.series.events if impression.series else [event]))
    impression.published_at, impression.followed_up_at = last + timedelta(days=3), last + timedelta(days=4)
    return impression


def _lesson(event: Event, lesson: DemoLesson, writer: Account) -> None:
    insight = insights.add_insight(event, lesson.title, writer)
    own = [theme for theme in map(themes.find_theme_of_name, lesson.themes) if theme]
    insights.change_insight(insight, lesson.title, lesson.explanation, list(lesson.suggestions), writer, themes=own)
    for promise in lesson.promises:
        commitment = commitments.make_commitment(
            event,
            promise.what,
            clock.today() + timedelta(days=promise.due),
            person=_owner(event, promise.what),
            suggestion=insight.suggestions[promise.suggestion],
            named=promise.named,
        )
        commitment.created_at = event.ends_at
        if promise.state != CommitmentState.OPEN:
            commitments.settle_commitment(commitment, CommitmentState(promise.state), promise.note)
            commitment.closed_at = min(clock.now(), clock.start_of_day(commitment.due_on) + timedelta(hours=12))


def _write(impression: Impression, told: DemoReport, writer: Account) -> None:
    impression.intro, impression.set_up, impression.next_steps = told.intro, told.set_up, told.next_steps
    impression.pitches = told.pitches or impression.pitches
    impression.by_hand = told.by_hand
    impression.themes = [theme for theme in map(themes.find_theme_of_name, told.themes) if theme]
    impressions.note_impression_change(impression, writer)


def add_last_digest(networks: dict[str, Network]) -> None:
    """An organiser's word, and a last digest that went out, so that nothing of the kind is due now."""
    db.session.add(
        OrganiserWord(
            network_id=networks["digitale-transformatie"].id,
            text="Heb je een voorbeeld dat anderen kan helpen? Laat het weten, dan krijg je een plek in het programma.",
            until=clock.today() + timedelta(days=30),
        )
    )
    db.session.flush()
    for frequency in (DigestFrequency.WEEKLY, DigestFrequency.MONTHLY):
        day = digest_rhythm.last_digest_day(frequency, clock.today())
        if not db.session.scalar(sa.select(Edition.id).filter_by(frequency=frequency, day=day)):
            edition = Edition(frequency=frequency, day=day, done_at=clock.now())
            db.session.add(edition)
            db.session.flush()
            if frequency == DigestFrequency.WEEKLY:
                _last_digest(edition)


def _last_digest(edition: Edition) -> None:
    wanted = (
        sa.select(Person)
        .where(Person.memberships.any(Membership.standing == Standing.MEMBER))
        .order_by(Person.id)
        .limit(READERS)
        .options(selectinload(Person.memberships), selectinload(Person.addresses))
    )
    people = db.session.scalars(wanted, execution_options={"populate_existing": True}).all()
    digests = [digest for digest in digest_selection.gather_digests(people).values() if digest.sections]
    moment = digest_rhythm.digest_moment(edition.day)
    for digest in digests:
        message = Message(
            key=f"{editions.KIND}:{edition.id}:{digest.person.id}",
            kind=editions.KIND,
            state=MessageState.SENT,
            priority=editions.KIND.priority,
            person_id=digest.person.id,
            details={"edition": edition.id},
            created_at=moment,
            due_at=moment,
            sent_at=min(moment, clock.now()),
            response="demo",
        )
        message_queue.give_bytes(message, message_queue.finish_mail(digest_letters.write_digest(digest)))
        message.composed_at = message.sent_at
        db.session.add(message)
    digest_selection.remember_told(digests)


def _owner(event: Event, seed: str) -> Person:
    """Somebody who was there."""
    there = sa.select(Invitation.person_id).join(Attendance, Attendance.invitation_id == Invitation.id)
    person_ids = list(db.session.scalars(there.where(Attendance.event_id == event.id).order_by(Attendance.id)))
    return db.session.get_one(Person, random.Random(seed).choice(person_ids), options=[selectinload(Person.addresses)])


def _stranger(event: Event) -> Person | None:
    """A member who was not invited."""
    invited = sa.select(Invitation.person_id).where(Invitation.event_id == event.id)
    wanted = (
        sa.select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.network_id == event.network_id, Person.id.not_in(invited))
        .order_by(Person.id.desc())
        .limit(1)
    )
    return db.session.scalar(wanted.options(selectinload(Person.addresses)))
