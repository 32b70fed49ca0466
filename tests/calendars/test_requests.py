"""Calendar mails: the numbers that must rise per person, the shape that programs accept."""

import itertools
from datetime import date, time, timedelta

import icalendar
import pytest
import sqlalchemy as sa

from app import clock, tokens
from app.calendars import vevents
from app.database import db
from app.events import planning
from app.events.models import Event, Mode
from app.events.planning import EventDetails
from app.feeds import organiser_feed, personal_feed
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


def _outputs(client, event: Event) -> dict[str, dict]:
    """The VEVENT of everything that one event becomes in calendars, by what it is."""
    person, account = factories.person(of=event.network), factories.account(event.network)
    answers.accept_invitation(factories.invitation(event, person), event.modes[-1])
    work()
    found = {"request": calendar_of(mail_to(person, "confirmed")).to_ical()}
    pages = {
        "own feed": personal_feed.link_to_personal_feed(person, Purpose.FEED_ALL),
        "organiser's feed": organiser_feed.link_to_organiser_feed(account),
        "public feed": f"/networks/{event.network.slug}/calendar.ics",
        "file": f"/events/{event.slug}.ics",
    }
    found |= {name: client.get(page.removeprefix("http://leerkring.test")).data for name, page in pages.items()}
    planning.cancel_event(event, "Ziek")
    work()
    found["cancel"] = calendar_of(mail_to(person, "event_cancelled")).to_ical()
    return {name: icalendar.Calendar.from_ical(content).walk("VEVENT")[0] for name, content in found.items()}


@pytest.mark.parametrize("length", [255, 256, 500])
def test_a_join_link_stands_whole_in_the_place_or_in_the_description_alone(client, length):
    link = "https://teams.example/" + "a" * (length - 22)
    found = _outputs(client, factories.event(on_site=False, online=True, seats_online=9, join_url=link))
    places = {name: str(vevent["LOCATION"]) for name, vevent in found.items()}
    here = link if length <= 255 else "Online"
    assert places == dict.fromkeys(found, "Online") | {"request": here, "own feed": here}
    told = {name for name, vevent in found.items() if f"Deelnemen: {link}" in str(vevent["DESCRIPTION"])}
    assert told == {"request", "own feed"}


def test_a_long_room_is_shortened_between_words_in_every_calendar(client):
    event = factories.event(venue="Zaal " + "v" * 145, street="straat " * 21, town="https://kaart.example/" + "k" * 70)
    places = {str(vevent["LOCATION"]) for vevent in _outputs(client, event).values()}
    (place,) = places
    assert (place.endswith("straat…"), "https" in place, len(place) <= 255) == (True, False, True)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a" * 255, "a" * 255),
        ("a" * 256, "a" * 254 + "…"),
        ("a" * 250 + " bcde", "a" * 250 + " bcde"),
        ("a" * 250 + " bcdef", "a" * 250 + "…"),
        ("a" * 250 + ", bcdef", "a" * 250 + "…"),
        ("a" * 254 + " b", "a" * 254 + "…"),
        ("zaal " + "https://x.example/" + "a" * 250, "zaal…"),
        ("zaal (www.x.example/" + "a" * 250, "zaal…"),
        ("https://x.example/" + "a" * 500, "…"),
        ("https://x.example/a " + "b" * 500, "https://x.example/a…"),
        ("https://x.example/a " + "woord " * 50, "https://x.example/a " + "woord " * 38 + "woord…"),
    ],
)  # fmt: skip
def test_a_line_is_shortened_between_words_and_never_inside_a_link(text, kept):
    assert vevents.fit_calendar_line(text) == kept
    assert len(kept) <= 255
