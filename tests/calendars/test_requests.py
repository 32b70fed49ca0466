"""Calendar mails: the numbers that must rise per person, the shape that programs accept."""

import itertools
from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa

from app import clock, tokens
from app.database import db
from app.events import planning
from app.events.models import Event, Mode
from app.events.planning import EventDetails
from app.invitations.waves.models import WaveKind
from app.outbox.models import Message, MessageState
from app.registration import answers
from app.tokens import Purpose
from tests import factories
from tests.calendars.independent import exchange_faults, times_in_each_by_ical_js
from tests.helpers import calendar_of, mail_to, mails, parsed, vevent_of, work

pytestmark = pytest.mark.usefixtures("app")


def _sent(person) -> list:
    """Sequence, stamp and method of every calendar mail to somebody, in order."""
    from app.outbox.models import Message

    out = []
    for message in mails(Message.person_id == person.id, Message.state != MessageState.SUPPRESSED):
        calendar = calendar_of(parsed(message.body))
        if calendar:
            vevent = calendar.walk("VEVENT")[0]
            out.append((calendar["method"], int(vevent["sequence"]), vevent["dtstamp"].dt))
    return out


def _moved(event: Event, **changes) -> EventDetails:
    values = {name: getattr(event, name) for name in EventDetails.__dataclass_fields__}
    return EventDetails(**values | changes)


def _invited(event: Event):
    person = factories.person(of=event.network)
    factories.wave(event, to=factories.audience(event.network))
    work()
    return person, make_invitation(event, person)


def make_invitation(event, person):
    from app.invitations import inviting

    return inviting.find_invitation(event, person)


def test_organizer_is_the_reply_token_and_the_one_attendee_is_the_invited_address():
    event = factories.event(factories.network(name="Digitale Transformatie"))
    person, invitation = _invited(event)
    vevent = vevent_of(mail_to(person))
    token = tokens.make_token(Purpose.REPLY, invitation.id)
    assert vevent["organizer"] == f"mailto:antwoord+{token}@leerkring.example"
    assert vevent["organizer"].params["CN"] == "Digitale Transformatie"
    assert vevent["attendee"] == f"mailto:{person.email}"
    assert dict(vevent["attendee"].params) == {
        "CN": person.name, "CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE",
    }  # fmt: skip


def test_sequence_rises_over_cancel_and_return_and_stamps_are_strictly_later():
    event = factories.event()
    person, invitation = _invited(event)
    for _ in range(2):
        answers.accept_invitation(invitation, Mode.ON_SITE)
        work()
        answers.decline_invitation(invitation)
        work()
    sent = _sent(person)
    assert [method for method, _, _ in sent] == ["REQUEST", "REQUEST", "CANCEL", "REQUEST", "CANCEL"]
    assert [sequence for _, sequence, _ in sent] == [0, 0, 1, 2, 3]
    stamps = [stamp for _, _, stamp in sent]
    assert all(later > earlier for earlier, later in itertools.pairwise(stamps))


def test_moving_the_event_raises_the_sequence_of_everybody_invited():
    event = factories.event()
    person, invitation = _invited(event)
    answers.accept_invitation(invitation, Mode.ON_SITE)
    work()
    planning.change_event(
        event, _moved(event, starts_at=event.starts_at + timedelta(days=1), ends_at=event.ends_at + timedelta(days=1))
    )
    work()
    assert [sequence for _, sequence, _ in _sent(person)] == [0, 0, 1]
    vevent = vevent_of(mail_to(person))
    assert (vevent["dtstart"].dt, vevent["attendee"].params["PARTSTAT"]) == (event.starts_at, "ACCEPTED")


def test_a_new_title_alone_is_told_to_nobody():
    event = factories.event()
    person, _ = _invited(event)
    assert planning.change_event(event, _moved(event, title="Andere titel")) is False
    work()
    assert len(_sent(person)) == 1
    assert event.sequence == 0


def test_save_the_date_is_tentative_and_leaves_the_time_free():
    event = factories.event()
    person = factories.person(of=event.network)
    factories.wave(event, WaveKind.SAVE_THE_DATE, to=factories.audience(event.network))
    work()
    vevent = vevent_of(mail_to(person))
    assert (vevent["status"], vevent["transp"]) == ("TENTATIVE", "TRANSPARENT")


def test_cancelled_event_leaves_every_calendar_with_a_higher_sequence():
    event = factories.event()
    person, invitation = _invited(event)
    answers.accept_invitation(invitation, Mode.ON_SITE)
    planning.cancel_event(event, "De zaal is weg.")
    work()
    vevent = vevent_of(mail_to(person))
    assert (calendar_of(mail_to(person))["method"], vevent["status"], int(vevent["sequence"])) == (
        "CANCEL",
        "CANCELLED",
        2,
    )
    assert vevent["summary"] == f"Geannuleerd: {event.title}"
    assert vevent["dtstart"].dt == event.starts_at


def test_revived_event_comes_back_above_its_cancel():
    event = factories.event()
    person, invitation = _invited(event)
    answers.accept_invitation(invitation, Mode.ON_SITE)
    planning.cancel_event(event, "")
    work()
    planning.publish_event(event)
    work()
    sequences = [sequence for _, sequence, _ in _sent(person)]
    vevent = vevent_of(mail_to(person))
    assert (calendar_of(mail_to(person))["method"], vevent["attendee"].params["PARTSTAT"]) == ("REQUEST", "ACCEPTED")
    assert sequences[-1] > sequences[-2]
    assert "gaat toch door" in mail_to(person).get_body(("plain",)).get_content()


def test_who_declined_hears_nothing_of_moves_and_cancellation():
    event = factories.event()
    person, invitation = _invited(event)
    answers.decline_invitation(invitation)
    planning.change_event(
        event, _moved(event, starts_at=event.starts_at + timedelta(days=1), ends_at=event.ends_at + timedelta(days=1))
    )
    planning.cancel_event(event, "")
    work()
    assert [method for method, _, _ in _sent(person)] == ["REQUEST", "CANCEL"]


def test_two_changes_before_the_clockwork_runs_are_told_once():
    event = factories.event()
    person, _ = _invited(event)
    for days in (1, 2):
        planning.change_event(
            event,
            _moved(
                event, starts_at=event.starts_at + timedelta(days=days), ends_at=event.ends_at + timedelta(days=days)
            ),
        )
    work()
    assert [sequence for _, sequence, _ in _sent(person)] == [0, 2]


def test_constant_organizer_is_a_setting(app):
    app.config["CALENDAR_ORGANIZER"] = "constant"
    try:
        registration = factories.registration(factories.event())
        work()
        assert vevent_of(mail_to(registration.invitation.person))["organizer"] == "mailto:antwoord@leerkring.example"
    finally:
        app.config["CALENDAR_ORGANIZER"] = "token"


def test_exchange_would_accept_every_calendar_mail():
    event = factories.hybrid(title="Titel; met, tekens \\ en “aanhalingstekens”", seats_on_site=1)
    _, invitation = _invited(event)
    factories.person('Jan "de Man" O\'Brien, jr.', of=event.network)
    answers.accept_invitation(invitation, Mode.ON_SITE)
    answers.accept_invitation(factories.invitation(event), Mode.ON_SITE)
    answers.accept_invitation(factories.invitation(event), Mode.ONLINE)
    answers.ask_substitute(invitation, "Đỗ Thị Hồng", "do.thi@gemeente.example")
    work()
    answers.decline_invitation(invitation)
    work()
    planning.cancel_event(event, "Ziek")
    work()
    all_mails = [parsed(message.body) for message in mails() if message.body]
    assert len(all_mails) >= 9
    assert [fault for mail in all_mails for fault in exchange_faults(mail)] == []


def test_an_independent_reader_gets_forty_dates_around_both_clock_changes_right():
    """Of the request, and of the cancel after it."""
    person, wanted = factories.person(), {}
    for year, month, day in ((2027, 3, 28), (2027, 10, 31)):
        for number in range(-10, 10):
            begin = clock.utc_moment(date(year, month, day) + timedelta(days=number), time(9))
            event = factories.event(starts_at=begin, ends_at=begin + timedelta(hours=2))
            factories.registration(event, person)
            wanted[event.uid] = (begin, event.ends_at)
    work()
    for event in db.session.scalars(sa.select(Event)):
        planning.cancel_event(event, "")
    work()
    calendars = [
        next(part for part in parsed(message.body).walk() if part.get_content_type() == "text/calendar")
        for message in mails(Message.person_id == person.id)
    ]
    read: dict[str, list] = {}
    for events in times_in_each_by_ical_js([calendar.get_payload(decode=True) for calendar in calendars]):
        for uid, times in events.items():
            read.setdefault(uid, []).append(times)
    assert (len(wanted), read) == (40, {uid: [times, times] for uid, times in wanted.items()})
