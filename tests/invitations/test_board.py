"""The delivery board: what became of every mail, found in two clicks, mailed again to a corrected address."""

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from openpyxl import load_workbook

from app import clock
from app.accounts.models import NetworkRole
from app.database import db
from app.invitations import inviting
from app.invitations.deliveries import delivery_board
from app.invitations.waves.models import WaveKind
from app.network.people import mailboxes, people
from app.outbox import circuit_breaker, delivery, message_states
from app.outbox.models import Message, MessageState
from tests import factories
from tests.helpers import mail_to, post, sign_in, vevent_of, work
from tests.outbox.sink import Sink, listening, mail_server


@pytest.fixture
def event(app):
    return factories.event(factories.network(slug="netwerk"))


@pytest.fixture
def organiser(client, event):
    sign_in(client, factories.account(event.network, name="Loes Verhoeven"))
    return client


@pytest.fixture
def page(event) -> str:
    return f"/organise/events/{event.slug}/mails"


def _lost(event, name: str = "Jan Jansen", at: str = "Dongen") -> Message:
    """An invitation that a mail server did not take."""
    person = factories.person(name, at=at, role="bestuurder", of=event.network, address="jan.jansen@verkeerd.example")
    factories.wave(event, to=factories.audience(event.network))
    sink = Sink(rcpt={"jan.jansen@verkeerd.example": "550 5.1.1 no such user"})
    from flask import current_app

    with listening(sink) as port, mail_server(current_app, port):
        work()
    return db.session.scalars(sa.select(Message).where(Message.person_id == person.id)).one()


def test_did_the_alderman_of_dongen_get_the_reminder_and_when(organiser, event, page):
    """Two clicks: the tab, then the place in the search box."""
    factories.person("Karin Smit", at="Dongen", role="bestuurder", of=event.network)
    factories.person("Piet Pietersen", at="Oss", of=event.network)
    factories.wave(event, to=factories.audience(event.network))
    work()
    factories.wave(event, WaveKind.REMINDER)
    sent_at = clock.utc_moment(
        clock.to_local(factories.start(days=1)).date(),
        clock.to_local(clock.now()).time().replace(hour=9, minute=3, second=0),
    )
    with time_machine.travel(sent_at):
        work()
    found = organiser.get(f"{page}?q=Dongen&kind=reminder").text
    assert ("Karin Smit" in found, "Piet Pietersen" in found) == (True, False)
    assert "Verstuurd" in found
    assert ", 09.03 uur" in found


def test_states_are_counted_and_filtered(organiser, event, page):
    _lost(event)
    factories.crowd(2, of=event.network)
    factories.wave(event, to=factories.audience(event.network))
    work()
    everything = organiser.get(page).text
    assert ("Niet aangekomen: 1" in everything, "Verstuurd: 2" in everything) == (True, True)
    lost = organiser.get(f"{page}?state=lost").text
    assert ("Jan Jansen" in lost, "550 5.1.1 no such user" in lost, "Persoon Nummer000" in lost) == (True, True, False)


def test_a_message_tells_its_whole_life_and_shows_the_mail(organiser, event, page):
    message = _lost(event)
    shown = organiser.get(f"{page}/{message.id}").text
    assert all(word in shown for word in ("Gepland", "Geschreven", "Niet aangenomen", "550 5.1.1 no such user"))
    assert message.message_id.strip("<>") in shown
    assert event.title in organiser.get(f"{page}/{message.id}/html").text


def test_a_corrected_address_gets_the_mail_and_becomes_the_persons(organiser, event, page):
    message = _lost(event)
    answer = post(organiser, f"{page}/{message.id}/again", page=f"{page}/{message.id}", address="jan@dongen.example")
    fresh = db.session.scalars(sa.select(Message).where(Message.again_of_id == message.id)).one()
    assert answer.location == f"{page}/{fresh.id}"
    work()
    person = fresh.person
    assert (fresh.state, fresh.recipient, person.email) == (
        MessageState.SENT,
        "jan@dongen.example",
        "jan@dongen.example",
    )
    mail = mail_to(person)
    assert vevent_of(mail)["ATTENDEE"] == "mailto:jan@dongen.example"
    assert inviting.find_invitation(event, person).address.address == "jan@dongen.example"
    assert "Later opnieuw verstuurd" in organiser.get(f"{page}/{message.id}").text


def test_a_mail_is_repeated_once(organiser, event, page):
    message = _lost(event)
    for _ in range(2):
        db.session.expire_all()
        if delivery_board.can_repeat(db.session.get(Message, message.id)):
            delivery_board.repeat_message(db.session.get(Message, message.id), "jan@dongen.example")
    assert db.session.scalar(sa.select(sa.func.count()).where(Message.again_of_id == message.id)) == 1


def test_what_arrived_is_not_repeated(organiser, event, page):
    person = factories.person(of=event.network)
    factories.wave(event, to=factories.audience(event.network))
    work()
    message = db.session.scalars(sa.select(Message).where(Message.person_id == person.id)).one()
    assert "Verbeter het adres" not in organiser.get(f"{page}/{message.id}").text
    with pytest.raises(delivery_board.NothingToRepeat):
        delivery_board.repeat_message(message, "ander@dongen.example")


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("geen adres", "Dit is geen mailadres."),
        ("bezet@oss.example", "Dit adres is van iemand anders."),
        ("", "Vul dit in."),
    ],
)
def test_a_bad_correction_is_refused_at_its_field(organiser, event, page, address, problem):
    factories.person("Iemand Anders", address="bezet@oss.example")
    message = _lost(event)
    answer = post(organiser, f"{page}/{message.id}/again", page=f"{page}/{message.id}", address=address)
    assert (answer.status_code, problem in answer.text) == (422, True)
    assert mailboxes.find_owner("jan.jansen@verkeerd.example").email == "jan.jansen@verkeerd.example"


def test_the_list_is_exported_as_it_is_narrowed_down(organiser, event, page):
    factories.person("=HYPERLINK(1)", of=event.network)
    _lost(event)
    answer = post(organiser, f"{page}/export.xlsx?state=lost", page=page)
    rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert [row[:5] for row in rows[1:]] == [
        ("Jan Jansen", "Dongen", "jan.jansen@verkeerd.example", "Uitnodiging", "Niet aangenomen")
    ]


@pytest.mark.unbalanced
def test_it_says_when_sending_stands_still(organiser, event, page):
    for number in range(circuit_breaker.LIMIT):
        circuit_breaker.note_refusal(number, "550 5.7.60 not allowed")
    assert "Het versturen staat stil" in organiser.get(page).text


def test_it_follows_along_while_mails_leave(organiser, event, page):
    factories.person(of=event.network)
    factories.wave(event, to=factories.audience(event.network), at=clock.now() + timedelta(hours=1))
    assert "every 3s" not in organiser.get(page).text
    factories.registration(event)
    assert "every 3s" in organiser.get(page).text
    part = organiser.get(page, headers={"HX-Request": "true"}).text
    assert ("<html" in part, "Bevestiging" in part) == (False, True)


def test_an_empty_board_says_what_to_do(organiser, page):
    assert "Zodra de eerste vertrekt" in organiser.get(page).text


def test_readers_see_no_addresses_and_change_nothing(client, event, page):
    message = _lost(event)
    sign_in(client, factories.account(event.network, NetworkRole.READER))
    shown = client.get(f"{page}/{message.id}").text
    assert ("Jan Jansen" in shown, "jan.jansen@verkeerd.example" in shown, "Verbeter het adres" in shown) == (
        True,
        False,
        False,
    )
    assert client.get(f"{page}/{message.id}/html").status_code == 403
    event.confidential = True
    assert client.get(page).status_code == 403


def test_messages_of_other_events_are_not_found(organiser, event, page):
    message = _lost(factories.event())
    assert organiser.get(f"{page}/{message.id}").status_code == 404


def test_the_board_takes_a_fixed_number_of_queries(organiser, event, page, queries):
    counts = []
    for size in (2, 30):
        for number in range(size):
            factories.person(f"Persoon {size} {number}", at="Oss", of=event.network)
        factories.wave(event, to=factories.audience(event.network))
        work()
        with queries() as seen:
            organiser.get(page)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_erased_are_in_no_mail_and_no_history(organiser, event, page):
    message = _lost(event)
    person = message.person
    people.erase_person(person)
    db.session.commit()
    db.session.expire_all()
    assert (message.recipient, message.subject, message.response, message.body) == ("", "", "", None)
    from app.outbox import message_history

    assert {step.words for step in message_history.list_message_steps(message)} == {""}
    assert "Jan Jansen" not in organiser.get(page).text
    assert message.state in message_states.LOST
    assert delivery.deliver_due_messages() == {}
