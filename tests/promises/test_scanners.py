"""Scanners change nothing: every link of every kind of mail is opened by GET and HEAD, twice, before anybody clicks."""

from datetime import time, timedelta

import sqlalchemy as sa

from app import clock
from app.accounts import sign_in
from app.database import db
from app.digests import editions
from app.events import planning
from app.events.models import Mode
from app.events.planning import Details
from app.inbox import reply_letters
from app.invitations.models import WaveKind
from app.lessons import commitment_letters, evaluations, follow_up
from app.network import joining, own_data
from app.network.models import DigestFrequency, Language
from app.outbox.kinds import MessageKind
from app.outbox.models import Message
from app.polls import polls
from app.polls.models import Vote
from app.registration import allotments, answers, calendar_answers, link_requests, wishes
from tests import factories as make
from tests.calendars.independent import exchange_faults
from tests.helpers import links_in, mails, parsed, work
from tests.tables import everything


def _mails_of_every_kind() -> set[str]:
    """Let everything happen that sends a mail; returns the kinds."""
    network = make.network()
    event = make.hybrid(network, seats_on_site=1)
    person = make.person(of=network)
    audience = make.audience(network)
    for kind in WaveKind:
        make.wave(event, kind, to=audience)
    work()
    first, second = make.registration(event), make.registration(event)
    asker = make.registration(event, mode=Mode.ONLINE).invitation
    one, other = (answers.ask_substitute(asker, f"Collega {number}", f"c{number}@oss.example") for number in (1, 2))
    answers.decline(other)
    answers.ask_substitute(asker, "Nog een", "c3@oss.example")
    work()
    answers.accept(one, Mode.ONLINE)
    answers.decline(first.invitation)
    answers.decline(make.invitation(event))
    make.wave(event, WaveKind.LAST_INFORMATION)
    link_requests.ask(event, "Nieuw", "nieuw@oss.example")
    sign_in.ask(make.account(network).email)
    work()
    values = {name: getattr(event, name) for name in Details.__dataclass_fields__} | {"town": "Oss"}
    planning.change(event, Details(**values))
    work()
    planning.cancel(event, "Ziek")
    work()
    assert (person.id, second.id) != (0, 0)
    _mails_of_the_network(network)
    _mails_from_calendars(network)
    _mails_of_polls(network)
    _mails_of_the_day_and_after(network)
    return {message.kind for message in mails(Message.composed_at.is_not(None))}


def _mails_of_the_network(network) -> None:
    """Somebody asks to join, somebody gives a new address, an organisation gets seats and names who comes."""
    joining.ask(network, "Nieuw Lid", "lid@oss.example", Language.NL)
    contact, event = make.person(at="Oss", of=network), make.event(network)
    own_data.claim_address(contact, "anders@oss.example")
    seats = allotments.offer(event, make.organisation("Oss"), 2, event.closes_at, contact)
    work()
    allotments.name_person(seats, "Genoemd", "genoemd@oss.example")
    work()


def _mails_from_calendars(network) -> None:
    """People answer in their calendar: maybe, to an old date, too late, with another time, for somebody else."""
    event = make.event(network)
    answers.may_come(make.invitation(event), answers.FROM_CALENDAR)
    for kind in (MessageKind.ASKED_AGAIN, MessageKind.TOO_LATE, MessageKind.TIME_PROPOSED):
        calendar_answers.tell(kind, make.invitation(event), voorstel="morgen")
    undone = make.registration(event).invitation
    work()
    answers.take_back(undone)
    wish = wishes.note(undone, "Piet", "piet@oss.example")
    reply_letters.offer_instead(wish)
    wishes.ask(wish)
    reply_letters.tell_organisers(undone, "Ik kom wat later")
    work()


def _mails_of_polls(network) -> None:
    """A small group is asked which date suits, two dates are kept free, one is chosen."""
    spans = [(make.start(days), make.start(days) + timedelta(hours=2)) for days in (20, 27)]
    poll = polls.propose(network, "Overleg", "Kort", spans, holds=True)
    polls.ask(poll, [make.person()])
    work()
    polls.answer(poll.voters[0], {date.id: Vote.YES for date in poll.dates}, "")
    work()
    polls.choose(poll, poll.dates[0])
    work()


def _mails_of_the_day_and_after(network) -> None:
    """A session that was held: questions, commitments, the impression, a digest."""
    held, missed = make.event(network), make.person()
    answers.decline(make.invitation(held, missed))
    make.move(held, hours=-72)
    there = make.person(of=network)
    make.attendance(held, there)
    make.commitment(held, there, days=30)
    make.event(network)
    make.impression(held)
    thanked = make.held(network, days_ago=1)
    make.attendance(thanked, there)
    make.wave(thanked, WaveKind.THANK_YOU)
    soon = clock.now() + timedelta(days=2)
    evaluations.plan_due()
    follow_up.plan_due(soon)
    commitment_letters.plan_due(clock.moment(clock.today() + timedelta(days=30), time(10)))
    day = editions.due_on(DigestFrequency.WEEKLY, clock.today()) - timedelta(days=7)
    editions.begin(DigestFrequency.WEEKLY, day)
    editions.plan_due(editions.moment(day) + timedelta(days=60))
    work()


def test_opening_every_link_of_every_mail_changes_nothing(client, app, monkeypatch):
    monkeypatch.setitem(app.config, "MAILS_PER_WEEK", 9)
    kinds = _mails_of_every_kind()
    assert kinds == {
        "save_the_date", "invitation", "reminder", "last_places", "last_information", "thank_you", "confirmed", "waiting", "promoted", "cancelled", "declined", "substitute_invitation",
        "substitute_asked", "substitute_comes", "substitute_declined", "requested", "event_changed", "event_cancelled", "sign_in",
        "evaluation", "commitment", "commitment_reminder", "thanks", "missed", "digest",
        "join", "own_address", "seats_offered", "seat_named",
        "maybe", "asked_again", "too_late", "time_proposed", "answer_undone", "substitute_wanted", "instead", "calendar_note", "poll", "poll_date", "poll_chosen",
    }  # fmt: skip
    bodies = [parsed(message.body) for message in mails(Message.composed_at.is_not(None))]
    assert [fault for mail in bodies for fault in exchange_faults(mail)] == []
    before = everything()
    links = {link for message in mails(Message.composed_at.is_not(None)) for link in links_in(parsed(message.body))}
    paths = {link.split("/")[1] for link in links}
    assert {
        "address",
        "c",
        "commitments",
        "evaluation",
        "impressions",
        "instead",
        "join",
        "poll",
        "preferences",
        "seats",
    } <= paths
    assert len(links) > 40
    for link in sorted(links):
        for _ in range(2):
            assert client.get(link).status_code == client.head(link).status_code == 200
    assert everything() == before


def test_the_database_itself_refuses_writes_of_a_get(app):
    import pytest
    from flask import request

    with app.test_request_context("/", method="GET"):
        assert request.method == "GET"
        db.session.add(make.Person(name="x", call_name="x", sort_name="x", search_text="x"))
        with pytest.raises(sa.exc.DBAPIError):
            db.session.commit()
        db.session.rollback()
