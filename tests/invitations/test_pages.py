"""Organisers plan waves over HTTP: moment, audience, words, preview, test, release, hold."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock
from app.database import db
from app.invitations.waves.models import Wave, WaveKind, WaveState
from app.outbox.models import Message
from tests import factories
from tests.helpers import mails, parsed, post, sign_in, text_of, work

pytestmark = pytest.mark.one_database


@pytest.fixture
def event(app, client):
    network = factories.network(slug="netwerk")
    sign_in(client, factories.account(network, name="Loes Verhoeven"))
    return factories.event(network, starts_at=factories.start(days=40))


@pytest.fixture
def waves_page(event) -> str:
    return f"/organise/events/{event.slug}/waves"


def _wave() -> Wave:
    return db.session.scalars(sa.select(Wave)).one()


def test_wave_is_planned_released_and_sent(client, event, waves_page):
    person = factories.person("Sanne de Vries", of=event.network)
    audience = factories.audience(event.network)
    response = post(
        client,
        f"{waves_page}/new",
        kind="invitation",
        audience=str(audience.id),
        parts="all",
        first_audience="",
        timing="before",
        days="14",
        hour="09:00",
        day="",
    )
    wave = _wave()
    assert (response.location, wave.state, wave.days_before) == (f"{waves_page}/{wave.id}", WaveState.DRAFT, 14)
    assert "nu 1 persoon" in client.get(response.location).text
    post(client, f"{response.location}/release", page=response.location)
    assert wave.state == WaveState.PLANNED
    with time_machine.travel(wave.due_at + timedelta(minutes=1)):
        work()
    assert [message.recipient for message in mails(Message.wave_id == wave.id)] == [person.email]


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"audience": ""}, "Kies een doelgroep."),
        ({"timing": "at", "day": ""}, "Vul dit in."),
        ({"timing": "at", "day": "2090-01-01"}, "Dit is na het begin van de sessie."),
        ({"days": ""}, "Vul dit in."),
        ({"days": "-3"}, "Kies een getal van 0 tot 365."),
        ({"days": "0", "hour": "23:00"}, "Dit is na het begin van de sessie."),
    ],
)
def test_impossible_waves_are_refused_at_their_field(client, event, waves_page, values, problem):
    audience = factories.audience(event.network)
    form = {
        "kind": "invitation",
        "audience": str(audience.id),
        "parts": "all",
        "first_audience": "",
        "timing": "before",
        "days": "14",
        "hour": "09:00",
        "day": "",
    } | values
    response = post(client, f"{waves_page}/new", **form)
    assert (response.status_code, problem in response.text) == (422, True)
    assert db.session.scalar(sa.select(sa.func.count(Wave.id))) == 0


def test_audience_of_another_network_is_refused(client, event, waves_page):
    other = factories.audience(factories.network())
    form = {
        "kind": "invitation",
        "audience": str(other.id),
        "parts": "all",
        "first_audience": "",
        "timing": "before",
        "days": "14",
        "hour": "09:00",
        "day": "",
    }
    assert post(client, f"{waves_page}/new", **form).status_code == 422


def test_send_now_leaves_a_minute_to_think_again(client, event, waves_page):
    factories.person(of=event.network)
    wave = factories.wave(
        event, to=factories.audience(event.network), state=WaveState.DRAFT, at=factories.start(days=10)
    )
    page = f"{waves_page}/{wave.id}"
    post(client, f"{page}/send", page=page)
    assert work() == {}
    assert "De mails vertrekken om" in client.get(page).text
    post(client, f"{page}/hold", page=page)
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        assert work() == {}
        post(client, f"{page}/send", page=page)
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        assert work()["sent"] == 1
        post(client, f"{page}/hold", page=page)
        assert "De mails zijn al vertrokken." in client.get(page).text


def test_draft_event_must_be_published_first(client, event, waves_page):
    from app.events import planning

    planning.withdraw_event(event)
    wave = factories.wave(
        event, to=factories.audience(event.network), state=WaveState.DRAFT, at=factories.start(days=10)
    )
    page = f"{waves_page}/{wave.id}"
    assert "Publiceer de sessie" in client.get(page).text
    post(client, f"{page}/release", page=page)
    assert wave.state == WaveState.DRAFT


def test_dropped_wave_can_be_restored(client, event, waves_page):
    wave = factories.wave(
        event, to=factories.audience(event.network), state=WaveState.DRAFT, at=factories.start(days=10)
    )
    page = f"{waves_page}/{wave.id}"
    post(client, f"{page}/drop", page=page)
    assert wave.state == WaveState.CANCELLED
    post(client, f"{page}/restore", page=page)
    assert wave.state == WaveState.DRAFT


def test_test_mail_goes_to_oneself_with_links_that_do_nothing(client, event, waves_page):
    wave = factories.wave(
        event, to=factories.audience(event.network), state=WaveState.DRAFT, at=factories.start(days=10)
    )
    page = f"{waves_page}/{wave.id}"
    post(client, f"{page}/test", page=page)
    work()
    (message,) = mails()
    text = text_of(parsed(message.body))
    link = next(word for word in text.split() if "/i/" in word).partition("?")[0].removeprefix("http://leerkring.test")
    assert (message.kind, text.startswith("Dag Loes,"), client.get(link).status_code) == ("test", True, 404)


def test_board_counts_what_became_of_each_wave(client, event, waves_page):
    factories.crowd(3, of=event.network)
    factories.wave(event, WaveKind.INVITATION, to=factories.audience(event.network))
    work()
    assert "Verstuurd: 3" in client.get(waves_page).text
