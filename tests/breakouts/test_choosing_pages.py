"""Choosing on one's own page, what mails and calendars then say, and the organiser's pages of rounds."""

from datetime import timedelta

import pytest
import time_machine

from app import clock
from app.breakouts import slots_to_choose
from app.database import db
from app.events.models import Mode
from app.events.programme import Choosing
from app.invitations import invitation_links
from app.outbox.kinds import MessageKind
from app.outbox.models import Message
from app.places import places
from app.places.places import PlaceDetails, RoomLine
from tests import factories
from tests.breakouts import made
from tests.helpers import calendar_of, mail_to, mails, post, sign_in, text_of, work

pytestmark = pytest.mark.one_database


@pytest.fixture
def event(app):
    """Two rounds: 'Water' with one place, 'Wonen', and a bus trip that takes both."""
    event = made.day()
    made.slot(event, "Water", 1, seats=1, room="Statenzaal")
    made.slot(event, "Wonen", 1)
    made.slot(event, "Energie", 2)
    made.slot(event, "Bus", 1, 2, departs_at=event.starts_at)
    db.session.commit()
    return event


def _ids(event) -> dict[str, int]:
    return {slot.title: slot.id for slot in event.slots}


def _page(registration) -> str:
    return "/i/" + invitation_links.link_to_invitation(registration.invitation).rsplit("/", 1)[1]


def _choose(client, registration, event, was=("", ""), **chosen):
    rounds = [each.id for each in event.rounds]
    sent = {f"was_{each}": str(before) for each, before in zip(rounds, was, strict=True)}
    sent |= {f"round_{rounds[int(name[-1]) - 1]}": str(value) for name, value in chosen.items()}
    answer = post(client, _page(registration), answer="choose", **sent)
    return client.get(answer.location).text


def test_who_chooses_reads_it_on_the_page_in_the_mail_and_in_the_calendar(event, client):
    [a], ids = made.people(event, "A"), _ids(event)
    text = client.get(_page(a)).text
    assert "Kies je programma" in text
    assert "nog 1 plek" in text
    text = _choose(client, a, event, round1=ids["Water"], round2=ids["Energie"])
    assert "Je keuze is bewaard." in text
    assert "Jouw keuzes" in text
    assert text.count("jouw keuze") == 4
    _ten_minutes_later()
    mail = mail_to(a.invitation.person, "own_programme")
    assert "Water, Statenzaal" in text_of(mail)
    assert "Wonen" not in text_of(mail)
    [vevent] = calendar_of(mail).walk("VEVENT")
    assert "Water, Statenzaal" in vevent["description"]
    assert vevent["attendee"].params["PARTSTAT"] == "ACCEPTED"


def _ten_minutes_later():
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        work()


def test_what_is_chosen_in_short_order_is_one_mail(event, client):
    [a], ids = made.people(event, "A"), _ids(event)
    _choose(client, a, event, round1=ids["Wonen"])
    _choose(client, a, event, was=(ids["Wonen"], ""), round1=ids["Wonen"], round2=ids["Energie"])
    assert len(mails(Message.kind == MessageKind.OWN_PROGRAMME)) == 1


def test_full_is_said_and_the_line_can_be_left(event, client):
    a, b = made.people(event, "AB")
    ids = _ids(event)
    _choose(client, a, event, round1=ids["Water"])
    _choose(client, b, event, round1=ids["Wonen"])
    text = _choose(client, b, event, was=(ids["Wonen"], ""), round1=ids["Water"])
    assert "‘Water’ is vol. Je staat op de wachtlijst en houdt wat je had." in text
    assert "Je staat op plaats 1 van de wachtlijst voor ‘Water’." in text
    answer = post(client, _page(b), answer="leave_line", slot=ids["Water"])
    assert "Je staat niet meer op die wachtlijst." in client.get(answer.location).text
    assert made.standing(event) == {"Water": ["Deelnemer A"], "Wonen": ["Deelnemer B"]}


def test_a_tab_that_shows_what_was_undoes_nothing_of_another(event, client):
    [a], ids = made.people(event, "A"), _ids(event)
    _choose(client, a, event, round1=ids["Wonen"])
    _choose(client, a, event, round1="", round2=ids["Energie"])
    assert made.standing(event) == {"Wonen": ["Deelnemer A"], "Energie": ["Deelnemer A"]}


def test_a_script_that_sends_what_is_not_there_changes_nothing(event, client):
    [a], ids = made.people(event, "A"), _ids(event)
    other = made.slot(made.day(), "Elders", 1)
    for sent in ({"round1": other.id}, {"round1": ids["Energie"]}, {"round1": 10**12}, {"round1": "x"}):
        _choose(client, a, event, **sent)
    assert made.standing(event) == {}


def test_who_chose_what_is_cancelled_hears_it_and_nobody_else(event, client):
    a, b = made.people(event, "AB")
    ids = _ids(event)
    _choose(client, a, event, round1=ids["Water"])
    _choose(client, b, event, round1=ids["Wonen"])
    _ten_minutes_later()
    sign_in(client, factories.account(event.network))
    post(
        client,
        f"/organise/events/{event.slug}/programme/{ids['Water']}/cancel",
        page=f"/organise/events/{event.slug}/programme",
    )
    _ten_minutes_later()
    assert len(mails(Message.kind == MessageKind.OWN_PROGRAMME)) == 3
    assert "‘Water’ gaat niet door. Kies iets anders" in text_of(mail_to(a.invitation.person, "own_programme"))
    assert "‘Water’ gaat niet door. Kies iets anders." in client.get(_page(a)).text


def test_who_waits_for_another_reads_too_that_what_they_had_is_cancelled(event, client):
    a, b = made.people(event, "AB")
    water, wonen = event.slots[:2]
    made.take(a, water)
    made.take(b, wonen)
    made.take(b, water)
    slots_to_choose.cancel_slot(event, wonen)
    db.session.commit()
    text = client.get(_page(b)).text
    assert "‘Wonen’ gaat niet door. Kies iets anders." in text
    assert "Je staat op plaats 1 van de wachtlijst voor ‘Water’." in text
    assert f'value="{water.id}" checked' in text


def test_what_moved_and_moved_back_is_told_nobody(event, client):
    [a], ids = made.people(event, "A"), _ids(event)
    _choose(client, a, event, round1=ids["Water"])
    _ten_minutes_later()
    slot = next(each for each in event.slots if each.title == "Water")
    for room in ("Brabantzaal", "Statenzaal"):
        _save(event, slot, room)
    _ten_minutes_later()
    assert [each.state for each in mails(Message.kind == MessageKind.OWN_PROGRAMME)][1:] == ["suppressed"]
    _save(event, slot, "Brabantzaal")
    _ten_minutes_later()
    assert "De tijd of plek van ‘Water’ is veranderd." in text_of(mail_to(a.invitation.person, "own_programme"))


def _save(event, slot, room):
    same = {name: getattr(slot, name) for name in ("starts_at", "ends_at", "departs_at", "title", "description")}
    seats = {name: getattr(slot, name) for name in ("on_site", "online", "seats_on_site", "seats_online")}
    slots_to_choose.save_slot(
        event, slot, speakers=[], room=room, choosing=Choosing(list(slot.rounds), **seats), **same
    )


def test_who_comes_in_from_the_line_hears_it(event, client):
    a, b = made.people(event, "AB")
    ids = _ids(event)
    _choose(client, a, event, round1=ids["Water"])
    _choose(client, b, event, round1=ids["Water"])
    _choose(client, a, event, was=(ids["Water"], ""), round1=ids["Bus"])
    _ten_minutes_later()
    assert "Er is een plek voor je bij ‘Water’." in text_of(mail_to(b.invitation.person, "own_programme"))
    assert "vertrek" in text_of(mail_to(a.invitation.person, "own_programme"))


def test_the_page_takes_a_fixed_number_of_queries(event, client, queries):
    for number in range(20):
        made.slot(event, f"Nog een {number}", number % 2 + 1, seats=2)
    registrations = made.people(event, "ABCDEF")
    full = next(each for each in event.slots if each.title == "Water")
    for registration in registrations:
        made.take(registration, full)
    page = _page(registrations[-1])
    client.get(page)
    with queries() as seen:
        assert "wachtlijst, plaats 5" in client.get(page).text
    assert len(seen) == 10


def test_a_page_with_24_slots_of_which_some_are_wished_takes_one_query_more(app, client, queries):
    event = made.day(3)
    event.rounds[2].by_wish = True
    tables = [made.slot(event, f"Tafel {number}", number % 3 + 1, seats=1) for number in range(24)]
    a, b = made.people(event, "AB")
    made.take(a, tables[0], tables[1])
    made.take(b, tables[0], tables[4])
    made.wish(b, tables[2], tables[5])
    page = _page(b)
    client.get(page)
    with queries() as seen:
        text = client.get(page).text
    assert "wachtlijst, plaats 1" in text
    assert text.count('" selected>') == 2
    assert len(seen) == 11


def test_an_organiser_makes_rounds_and_slots_in_them(app, client):
    event = factories.event(venue="Provinciehuis", town="Den Bosch")
    places.add_place(PlaceDetails("Provinciehuis", "Den Bosch"), [RoomLine("Statenzaal", 20)])
    sign_in(client, factories.account(event.network))
    base = f"/organise/events/{event.slug}/programme"
    hour = clock.to_local(event.starts_at).hour
    post(client, f"{base}/rounds/new", title="Ronde 1", start=f"{hour}:00", end=f"{hour + 1}:00")
    [ronde] = event.rounds
    assert "Ronde 1" in client.get(f"{base}/new?round={ronde.id}").text
    sent = {"start": f"{hour}:00", "end": f"{hour + 1}:00", "chosen_in": ronde.id, "room": "statenzaal"}
    answer = post(client, f"{base}/new", title="Water", seats_on_site=25, **sent)
    text = client.get(answer.location).text
    assert "In Statenzaal passen 20 mensen." in text
    answer = post(client, f"{base}/new", title="Wonen", seats_on_site=5, **sent)
    assert "‘Water’ is op dat moment ook in statenzaal." in client.get(answer.location).text
    refused = post(client, f"{base}/new", title="Te lang", **sent | {"end": f"{hour + 2}:00"})
    assert (refused.status_code, "Dit valt buiten ‘Ronde 1’." in refused.text) == (422, True)
    refused = post(client, f"{base}/rounds/new", title="Ronde 2", start=f"{hour}:30", end=f"{hour + 2}:00")
    assert (refused.status_code, "Deze ronde valt samen met ‘Ronde 1’." in refused.text) == (422, True)
    assert [(slot.title, slot.seats_on_site, slot.rounds) for slot in event.slots] == [
        ("Water", 25, [ronde]), ("Wonen", 5, [ronde]),
    ]  # fmt: skip


def test_a_removed_round_comes_back_with_its_slots(event, client):
    sign_in(client, factories.account(event.network))
    base, second = f"/organise/events/{event.slug}/programme", made.round_of(event, 2)
    post(client, f"{base}/rounds/{second.id}/remove", page=base)
    assert [len(each.rounds) for each in event.slots] == [1, 1, 1, 0]
    post(client, "/organise/undo", page=base)
    assert sorted(len(each.rounds) for each in event.slots) == [1, 1, 1, 2]


def test_a_round_in_which_people_chose_stays(event, client):
    made.take(made.people(event, "A", Mode.ONLINE)[0], next(each for each in event.slots if each.title == "Wonen"))
    sign_in(client, factories.account(event.network))
    base = f"/organise/events/{event.slug}/programme"
    answer = post(client, f"{base}/rounds/{made.round_of(event, 1).id}/remove", page=base)
    assert "Mensen kozen al iets in deze ronde." in client.get(answer.location).text
    assert len(event.rounds) == 2


def test_everybody_reads_what_there_is_to_choose(event, client):
    text = client.get(f"/events/{event.slug}").text
    assert "te kiezen: Ronde 1, Ronde 2" in text
    assert "Statenzaal" in text


def test_an_organiser_reads_figures_and_lists_per_room(event, client):
    a, b, _c = made.people(event, "ABC")
    ids = _ids(event)
    for each in (a, b):
        _choose(client, each, event, round1=ids["Water"])
    sign_in(client, factories.account(event.network))
    text = " ".join(client.get(f"/organise/events/{event.slug}/choices").text.split())
    assert "2 mensen met een plek hebben hier nog niets gekozen" in text
    assert "1 van 1" in text
    text = client.get(f"/organise/events/{event.slug}/choices/lists?slot={ids['Water']}").text
    assert "Deelnemer A</th>" in text
    assert "in deze volgorde:</strong> Deelnemer B" in text
    assert "Wonen" not in text
    assert client.get(f"/organise/events/{event.slug}/choices/lists?slot=999999").status_code == 404
    table = post(client, f"/organise/events/{event.slug}/people.csv", page=f"/organise/events/{event.slug}").text
    head, first, *_ = table.splitlines()
    assert "Ronde 1" in head
    assert "Ronde 2" in head
    assert "Water" in first
