"""Ticking sessions of a network: publishing, deleting, copying and taking them along, with what is left out and how it is undone."""

import io
import re
from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from openpyxl import load_workbook

from app import clock
from app.accounts.models import NetworkRole
from app.database import db
from app.events import planning
from app.events.models import Event, EventFormat, EventState
from app.network import archiving
from app.outbox.kinds import MessageKind
from app.outbox.models import Message, MessageState
from app.registration import allotments
from tests import factories
from tests.helpers import post, sign_in, work

LIST = "/organise/networks/netwerk"
CHOSEN = f"{LIST}/sessions/chosen"


@pytest.fixture
def network(app, client):
    network = factories.network(slug="netwerk")
    sign_in(client, factories.account(network))
    return network


@pytest.fixture
def three(network):
    """Two drafts and a published session."""
    drafts = [factories.event(network, title=title, published=False) for title in ("Archief", "Bodem")]
    return [*drafts, factories.event(network, title="Cijfers")]


def _address(do: str, *events, query: str = "") -> str:
    return f"{CHOSEN}?do={do}{''.join(f'&tick={event.id}' for event in events)}{query}"


def _send(client, act: str, *events, query: str = "", **fields):
    address = _address(act, *events, query=query)
    return post(client, address.replace("/chosen?", f"/chosen/{act}?"), page=LIST, **fields)


def _states(*events) -> list[EventState]:
    db.session.expire_all()
    return [event.state for event in events]


def _untold(event) -> Message:
    """A draft at which an organisation has seats of which its contact person does not know yet."""
    organisation = factories.organisation("Dongen")
    contact = factories.person("Karin Smit", at="Dongen", of=event.network)
    allotments.offer_seats(event, organisation, 2, event.starts_at, contact)
    db.session.execute(sa.delete(Message).where(Message.kind == MessageKind.SEATS_OFFERED))
    db.session.commit()
    return contact


def _offers() -> list[MessageState]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Message.state).where(Message.kind == MessageKind.SEATS_OFFERED)))


class TestTheList:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("?format=training", ["Bodem"]),
            ("?format=onzin", ["Archief", "Bodem", "Cijfers"]),
            ("?year=2031", ["Archief"]),
            ("?year=9999", ["Archief", "Bodem", "Cijfers"]),
            ("?year=2031&format=training", []),
        ],
    )
    def test_it_is_narrowed_by_format_and_year(self, client, network, three, query, expected):
        archief, bodem, _ = three
        archief.starts_at = archief.starts_at.replace(year=2031)
        archief.ends_at = archief.starts_at + timedelta(hours=3)
        bodem.format = EventFormat.TRAINING
        db.session.commit()
        assert (
            sorted(re.findall(r'name="tick" value="\d+" aria-label="([^"]+)"', client.get(LIST + query).text))
            == expected
        )

    def test_a_year_is_one_of_this_country(self, client, network):
        factories.event(network, title="Nieuwjaar", starts_at=clock.utc_moment(date(2031, 1, 1), time(0, 30)))
        factories.event(network, title="Ander")
        assert "Nieuwjaar" in client.get(f"{LIST}?year=2031").text
        assert "Nieuwjaar" not in client.get(f"{LIST}?year=2030").text

    def test_what_is_ticked_stays(self, client, three):
        archief, _, cijfers = three
        page = client.get(f"{LIST}?q=cijfers&tick={archief.id}&tick={cijfers.id}").text
        assert f'name="kept" value="{archief.id}"' in page
        assert re.search(rf'name="tick" value="{cijfers.id}"[^>]* checked', page)

    def test_pages_take_a_fixed_number_of_queries(self, client, network, three, queries):
        counted = []
        for more in (1, 60):
            for number in range(more):
                factories.registration(factories.event(network, title=f"Sessie {more} {number}"))
            client.get(LIST)
            with queries() as seen:
                client.get(LIST)
            counted.append(len(seen))
        assert counted[0] == counted[1]
        assert 'form="lijst" name="page" value="2"' in client.get(LIST).text

    def test_readers_get_no_boxes(self, client, app):
        network = factories.network(slug="netwerk")
        for _ in range(2):
            factories.event(network)
        sign_in(client, factories.account(network, NetworkRole.READER))
        page = client.get(LIST).text
        assert ("Sessie" in page, 'type="checkbox"' in page) == (True, False)


class TestPublishing:
    def test_it_says_for_which_and_why_not_for_others(self, client, network, three):
        begun = factories.event(network, title="Gisteren", published=False)
        factories.move(begun, hours=-24 * 30)
        page = client.get(_address("publish", *three, begun)).text
        assert "Je koos 4 sessies. Bij 2 kan dit:" in page
        assert "Cijfers: staat al gepubliceerd" in page
        assert "Gisteren: is al begonnen" in page
        assert "Niemand krijgt hierover een mail." in page

    def test_drafts_are_published_and_can_be_made_drafts_again(self, client, three):
        answer = _send(client, "publish", *three)
        assert _states(*three) == [EventState.PUBLISHED] * 3
        assert "2 sessies zijn gepubliceerd." in client.get(answer.location).text
        post(client, "/organise/undo", page=LIST)
        assert _states(*three) == [EventState.DRAFT, EventState.DRAFT, EventState.PUBLISHED]

    def test_one_to_which_somebody_was_invited_meanwhile_stays_public(self, client, three):
        _send(client, "publish", *three)
        factories.invitation(three[0])
        post(client, "/organise/undo", page=LIST)
        assert _states(*three[:2]) == [EventState.PUBLISHED, EventState.DRAFT]

    def test_it_asks_before_it_mails_and_the_mail_can_be_held_back_for_a_minute(self, client, three):
        _untold(three[0])
        assert "1 contactpersoon hoort dan per mail" in client.get(_address("publish", *three)).text
        _send(client, "publish", *three, notice="send")
        work()
        assert _offers() == [MessageState.PLANNED]
        post(client, "/organise/undo", page=LIST)
        with time_machine.travel(clock.now() + timedelta(minutes=2)):
            work()
        assert _offers() == [MessageState.CANCELLED]

    def test_after_that_minute_it_goes(self, client, three):
        _untold(three[0])
        _send(client, "publish", *three, notice="send")
        with time_machine.travel(clock.now() + timedelta(minutes=2)):
            work()
        assert _offers() == [MessageState.SENT]

    @pytest.mark.parametrize("fields", [{"notice": "silent"}, {}])
    def test_without_a_yes_nobody_is_mailed(self, client, three, fields):
        _untold(three[0])
        _send(client, "publish", *three, **fields)
        assert (_states(three[0]), _offers()) == ([EventState.PUBLISHED], [])

    def test_in_an_archived_network_nothing_is_published(self, client, network):
        drafts = [factories.event(network, published=False) for _ in range(2)]
        archiving.archive_network(network)
        db.session.commit()
        answer = _send(client, "publish", *drafts)
        assert "Dit netwerk is gearchiveerd." in client.get(answer.location).text
        assert _states(*drafts) == [EventState.DRAFT] * 2

    def test_contacts_of_a_draft_again_hear_of_their_seats_once_it_is_public(self, three):
        event = three[0]
        _untold(event)
        for act in (planning.publish_event, planning.withdraw_event, planning.publish_event):
            act(event)
            db.session.commit()
        assert sorted(_offers()) == [MessageState.CANCELLED, MessageState.PLANNED]


class TestDeleting:
    def test_only_drafts_of_which_nobody_knows_go(self, client, network, three):
        used = factories.event(network, title="Met genodigde", published=False)
        factories.invitation(used)
        page = client.get(_address("delete", *three, used)).text
        assert "Bij 2 kan dit:" in page
        assert "Met genodigde: er horen al mensen of mails bij" in page
        assert "Cijfers: is geen concept" in page
        assert "Dit kun je niet ongedaan maken." in page
        answer = _send(client, "delete", *three, used)
        assert "2 concepten zijn verwijderd." in client.get(answer.location).text
        assert sorted(db.session.scalars(sa.select(Event.title))) == ["Cijfers", "Met genodigde"]

    def test_none_that_can_go_is_said(self, client, three):
        assert "Bij geen enkele kan dit." in client.get(_address("delete", three[2])).text
        answer = _send(client, "delete", three[2])
        assert "Vink eerst aan wat je bedoelt." in client.get(answer.location).text

    def test_which_can_go_takes_one_query(self, three, queries):
        with queries() as seen:
            planning.list_deletable(three)
        assert len(seen) == 1

    def test_all_go_or_none(self, three):
        with pytest.raises(planning.NotEmpty):
            planning.delete_drafts(three)
        assert _states(*three) == [EventState.DRAFT, EventState.DRAFT, EventState.PUBLISHED]


class TestEither:
    @pytest.mark.parametrize("act", ["publish", "delete"])
    def test_more_than_can_be_looked_over_is_refused(self, client, network, three, monkeypatch, act):
        from app.events import list_views

        monkeypatch.setattr(list_views, "MOST", 2)
        assert "hoogstens 2 tegelijk" in client.get(f"{CHOSEN}?do={act}&all=1").text
        answer = _send(client, act, query="&all=1")
        assert "hoogstens 2 tegelijk" in client.get(answer.location).text
        assert _states(*three) == [EventState.DRAFT, EventState.DRAFT, EventState.PUBLISHED]

    @pytest.mark.parametrize("act", ["publish", "delete"])
    def test_none_ticked_means_not_all(self, client, three, act):
        assert "Vink eerst aan wat je bedoelt." in client.get(client.get(f"{CHOSEN}?do={act}").location).text
        _send(client, act)
        assert _states(*three) == [EventState.DRAFT, EventState.DRAFT, EventState.PUBLISHED]

    @pytest.mark.parametrize("act", ["publish", "delete"])
    def test_a_session_of_another_network_is_chosen_by_no_number(self, client, network, act):
        elsewhere = factories.event(published=False)
        _send(client, act, elsewhere)
        assert _states(elsewhere) == [EventState.DRAFT]

    def test_all_that_meet_the_filter(self, client, three):
        _send(client, "publish", query="&all=1&q=bodem")
        assert _states(*three[:2]) == [EventState.DRAFT, EventState.PUBLISHED]


class TestCopying:
    def test_one_goes_to_the_page_of_a_copy(self, client, three):
        assert client.get(_address("copy", three[0])).location == f"/organise/events/{three[0].slug}/copy"

    def test_of_more_one_is_asked(self, client, three):
        page = client.get(_address("copy", *three)).text
        assert "Kopiëren gaat per sessie" in page
        assert f"/organise/events/{three[1].slug}/copy" in page


class TestTakingAlong:
    def _rows(self, client, *events, **fields):
        address = _address("export", *events)
        answer = post(client, address.replace("/chosen?", ".xlsx?"), page=LIST, **fields)
        return list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))

    def test_the_ticked_ones_with_the_columns_that_were(self, client, three):
        factories.registration(three[2])
        assert "Uitgenodigd" in client.get(_address("export", *three)).text
        rows = self._rows(client, three[2], column=["1", "2", "7", "8"])
        assert rows == [("Titel", "Stand", "Uitgenodigd", "Komt"), ("Cijfers", "Gepubliceerd", 1, 1)]

    def test_without_a_tick_the_whole_list(self, client, three):
        assert len(self._rows(client)) == 4
