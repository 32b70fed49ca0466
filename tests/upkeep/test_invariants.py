"""Each invariant of the balance finds what it is there for: one that finds nothing would hold for ever.

Everything in one world, that fits together, is put wrong by a statement that no rule would send, and then back again.
"""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from app import clock
from app.agendas.models import Office
from app.attendance.models import Attendance
from app.breakouts.models import Choice
from app.certificates.models import CertificateVersion
from app.courses import course_certificates
from app.courses.models import CourseEdition, CourseMeeting, Enrolment, EnrolmentDay, EnrolmentState
from app.database import db
from app.events.models import Event, EventFormat, EventState, Mode, Round, Slot, slot_rounds
from app.invitations.models import FormerInvitation, Invitation, Origin
from app.invitations.waves.models import Wave, WaveState
from app.network.models import Membership, Standing
from app.network.people.models import Person
from app.outbox.kinds import MessageKind
from app.outbox.models import Message, MessageState, MessageStep
from app.registration import allotments
from app.registration.models import Allotment, Registration, RegistrationState
from app.upkeep import balance, invariants
from tests import books, factories
from tests.agendas import made
from tests.breakouts import made as made_day
from tests.courses import taught
from tests.helpers import work
from tests.registration import made_courses

IN_TEST_IDS_IN_JSON = {
    "ids_in_json_are_of_rows_that_are_there",
    "journals_name_nobody_who_was_erased",
    "details_say_what_their_numbers_are",
}


@pytest.fixture
def world(app) -> SimpleNamespace:
    """A session that is full, to which a round invited; another that goes on, with somebody in the room."""
    network = factories.network()
    event = factories.event(network, seats_on_site=3, seats_per_organisation=2)
    factories.person("Lid", of=network)
    ran = factories.wave(event, to=factories.audience(network))
    coming = factories.wave(event, to=factories.audience(network), days_before=3, hour=clock.time(9))
    work()
    mine, other, waiting = (factories.registration(event, factories.person(at="Oss", of=network)) for _ in range(3))
    kept = allotments.offer_seats(
        event, factories.organisation("Breda"), 1, event.closes_at - timedelta(days=2), mine.invitation.person
    )
    work()
    row = made.theme_on(made.agenda(network))
    stands, follows = made.office(row), made.office(row, starts_on=clock.today())
    rounds_day = made_day.day()
    slot = made_day.slot(rounds_day, "Een", 1, 2, seats=2)
    first, second = made_day.people(rounds_day, "YZ")
    for each in (first, second):
        made_day.take(each, slot)
    today = factories.move(factories.event(network), hours=-1)
    there = factories.attendance(today)
    edition = made_courses.edition(days=2, seats=1, seats_per_organisation=2)
    meeting = edition.meetings[0]
    enrolled = made_courses.enrolled(edition, factories.person(at="Oss"))
    in_line = made_courses.enrolled(edition)
    day_seat = sorted(enrolled.days, key=lambda each: each.meeting_id)[0].registration
    enrolment = taught.completed(of=taught.edition(taught.course(network)))
    completed = course_certificates.issue_certificate(enrolment.edition, enrolment.person)
    gone = factories.person("Weg")
    gone.erased_at = clock.now()
    db.session.commit()
    return SimpleNamespace(**{name: value.id for name, value in locals().items() if hasattr(value, "id")})


def _set(model, number: int, **values) -> sa.Update:
    return sa.update(model).where(model.id == number).values(**values)


def _wrongs(of: SimpleNamespace):
    """What is put wrong, by the invariant that has to find it and a part of its words."""
    now, hour = clock.now(), timedelta(hours=1)
    event, message, mine = (
        of.event,
        db.session.scalars(sa.select(Message.id).where(Message.wave_id == of.ran)).one(),
        of.mine,
    )
    invited = sa.select(Registration.invitation_id).where(Registration.id == mine).scalar_subquery()
    person = sa.select(Invitation.person_id).where(Invitation.id == invited).scalar_subquery()
    called = sa.select(CourseMeeting.event_id).where(CourseMeeting.id == of.meeting).scalar_subquery()
    yield (
        "meetings_are_called_so",
        "another kind of session",
        sa.update(Event).where(Event.id == called).values(format=EventFormat.SESSION),
    )
    yield (
        "enrolled_have_every_day",
        f"meeting {of.meeting}",
        sa.delete(EnrolmentDay).where(EnrolmentDay.enrolment_id == of.enrolled, EnrolmentDay.meeting_id == of.meeting),
    )
    absent = sa.update(EnrolmentDay).where(EnrolmentDay.registration_id == of.day_seat)
    yield (
        "seats_at_meetings_are_days_of_the_enrolled",
        f"registration {of.day_seat}",
        absent.values(registration_id=None),
    )
    yield (
        "who_found_no_seat_on_a_day_has_the_next_one",
        "where one is free",
        absent.values(registration_id=None, unseated=True),
    )
    given_up = {"state": RegistrationState.CANCELLED}
    yield "days_have_seats_of_their_own", f"enrolment {of.enrolled}", _set(Registration, of.day_seat, **given_up)
    in_line = {"state": EnrolmentState.WAITING, "waiting_number": 9}
    yield "only_the_enrolled_have_seats", "is waiting", _set(Enrolment, of.enrolled, **in_line)
    confirmed = {"state": EnrolmentState.CONFIRMED, "waiting_number": None}
    yield "enrolled_within_seats", "2 are enrolled", _set(Enrolment, of.in_line, **confirmed)
    workplace = sa.select(Enrolment.organisation_id).where(Enrolment.id == of.enrolled).scalar_subquery()
    another = sa.insert(Enrolment).from_select(
        ["edition_id", "person_id", "organisation_id", "state", "created_at", "changed_at"],
        sa.select(
            sa.literal(of.edition), Person.id, workplace, sa.literal("confirmed"), Person.created_at, Person.created_at
        )
        .where(Person.id.not_in(sa.select(Enrolment.person_id)))
        .limit(2),
    )
    yield "enrolled_within_quota", "it gets 2", another
    yield "nobody_waits_for_a_course_that_has_room", f"enrolment {of.in_line}", _set(CourseEdition, of.edition, seats=9)
    later = _set(Office, of.follows, starts_on=clock.today() - timedelta(days=9))
    yield "places_of_koppels_have_one_person", f"offices {of.stands} and {of.follows}", later
    yield "seats_within_capacity", "2 have a seat", _set(Event, event, seats_on_site=1)
    yield "seats_within_quota", "it gets 1", _set(Event, event, seats_per_organisation=1)
    yield "modes_are_offered", "is online", _set(Registration, mine, mode=Mode.ONLINE)
    yield "gone_take_no_part", "", sa.update(Person).where(Person.id == person).values(erased_at=now)
    yield (
        "gone_take_no_part",
        "",
        sa.update(Membership).where(Membership.person_id == person).values(standing=Standing.LEFT),
    )
    yield (
        "present_take_part",
        "",
        sa.update(Registration).where(Registration.event_id == of.today).values(state=RegistrationState.CANCELLED),
    )
    yield "one_event_each", "registration", _set(Registration, mine, event_id=of.today)
    yield "one_event_each", "attendance", _set(Attendance, of.there, event_id=event)
    yield "one_event_each", "message", _set(Message, message, event_id=of.today)
    yield "waves_ran_when_they_say", "never ran", _set(Wave, of.ran, ran_at=None)
    yield "waves_ran_when_they_say", "has run", _set(Wave, of.coming, ran_at=now)
    yield "waves_ran_when_they_say", "has messages", _set(Wave, of.ran, state=WaveState.DRAFT, ran_at=None)
    yield "waves_of_what_goes_on", "would go out", _set(Event, event, state=EventState.CANCELLED)
    yield (
        "invited_are_mailed",
        "",
        sa.update(Invitation).where(Invitation.event_id == of.today).values(origin=Origin.WAVE),
    )
    yield "erased_get_no_mail", "", _set(Message, message, state=MessageState.DUE, person_id=of.gone, sent_at=None)
    yield "messages_agree_with_their_moments", "at any moment", _set(Message, message, sent_at=None)
    yield "messages_agree_with_their_moments", "was sent", _set(Message, message, state=MessageState.FAILED)
    yield "messages_agree_with_their_moments", "before it was written", _set(Message, message, sent_at=now - 99 * hour)
    yield (
        "messages_agree_with_their_moments",
        "by nobody",
        _set(Message, message, state=MessageState.SENDING, sent_at=None),
    )
    yield "messages_agree_with_their_moments", "still claimed", _set(Message, message, claimed_by="dood")
    yield (
        "messages_agree_with_their_moments",
        "was written",
        _set(Message, message, state=MessageState.PLANNED, sent_at=None),
    )
    yield "choices_within_seats_of_slots", "2 chose", _set(Slot, of.slot, seats_on_site=1)
    yield "who_chooses_has_a_seat", "", _set(Registration, of.first, state=RegistrationState.CANCELLED)
    some = sa.select(sa.func.min(Choice.id)).where(Choice.registration_id == of.first).scalar_subquery()
    yield "slots_are_chosen_in_all_their_rounds", "", sa.delete(Choice).where(Choice.id == some)
    short = sa.update(CertificateVersion).where(CertificateVersion.held.is_not(None)).values(attended=1)
    yield "certificates_of_courses_say_that_the_rule_was_met", f"certificate {of.completed}", short
    yield "choices_are_in_rounds_of_their_slots", "", sa.delete(slot_rounds).where(slot_rounds.c.slot_id == of.slot)
    yield "rounds_lie_within_their_events", "", sa.update(Round).values(closes_at=Round.ends_at)
    yield "what_hangs_on_a_date", "closing", _set(Event, event, closes_at=now + timedelta(days=99))
    yield "what_hangs_on_a_date", "wave", _set(Wave, of.coming, due_at=now + timedelta(days=99))
    yield (
        "calendars_are_told_all_or_nothing",
        "",
        sa.update(Invitation).values(calendar_sequence=1, calendar_stamp=None),
    )
    told = {"kind": MessageKind.EVENT_CHANGED, "details": {"sequence": 99}}
    yield "sequence_never_goes_back", "told 99", _set(Message, message, **told)
    former = sa.insert(FormerInvitation).from_select(
        ["number", "version", "invitation_id"], sa.select(Invitation.id, 1, Invitation.id)
    )
    yield "merged_invitations_are_gone", "", former
    yield "nobody_waits_while_there_is_room", "1 wait", _set(Event, event, seats_on_site=9, seats_per_organisation=None)
    yield "nobody_is_there_before_the_day", "", _set(Attendance, of.there, at=now - 99 * hour)
    yield "presence_is_of_days_of_the_event", "", _set(Attendance, of.there, day=clock.today() - timedelta(days=9))
    yield (
        "counters_are_sums_of_rows",
        "the door counts",
        sa.delete(Registration).where(Registration.event_id == of.today),
    )
    yield "seats_are_kept_until_closing_at_most", "", _set(Allotment, of.kept, until=now + timedelta(days=99))
    yield "waves_are_due_when_they_say", "", _set(Wave, of.coming, due_at=now + hour)
    past = {"state": MessageState.BOUNCED, "message_id": message, "at": now, "words": ""}
    yield "messages_have_a_lawful_past", "from bounced to sent", sa.insert(MessageStep).values(past)


def test_each_finds_what_is_put_wrong(world, written):
    assert books.balance()
    missed, tried = [], set(IN_TEST_IDS_IN_JSON)
    for name, words, statement in _wrongs(world):
        tried.add(name)
        wrong = db.session.begin_nested()
        db.session.execute(statement, execution_options={"synchronize_session": False})
        db.session.expire_all()
        found = [each.words for each in balance.find_breaches() if each.invariant == name]
        is_found = any(words in each and "could not be asked" not in each for each in found)
        if not is_found or books.balance(written.filled()):
            missed.append((name, words, found))
        wrong.rollback()
        db.session.expire_all()
    assert missed == []
    assert tried == {each.__name__ for each in invariants.INVARIANTS}
    assert books.balance()
