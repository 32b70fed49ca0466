"""The book of places: what it learns, what it fills in, and that two sessions in one room are told of."""

import ast
import html
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.calendars.vevents import calendar_location
from app.database import db
from app.events import date_clashes, place_use, planning
from app.events.models import Event
from app.events.place_use import Wish
from app.places import places
from app.places.models import Place, Room
from app.places.places import PlaceDetails, PlaceKnown, RoomLine
from app.polls import polls
from app.settings import ROOT
from app.wording import format_day
from tests import factories
from tests.helpers import post, sign_in

BOOK = "/organise/places"
NEW = {"title": "Overleg", "day": "2027-06-10", "start": "13:00", "end": "16:00", "on_site": "y", "zone": clock.AMSTERDAM, "format": "session"}  # fmt: skip


GIVES_A_ROOM = {
    "planning.create_event", "planning.change_event", "planning.copy_event", "planning.publish_event",
    "chosen_sessions.publish_together", "polls.choose_date",
}  # fmt: skip
COUNTED_ALREADY = {
    "events/list_views.py: publish_chosen": "drafts, which have their room as it is",
    "invitations/path_views.py: _release": "a draft as well",
}
"""Views that need not say that a room has two sessions, and why."""


def _called_in(function: ast.FunctionDef) -> set[str]:
    return {ast.unparse(each.func) for each in ast.walk(function) if isinstance(each, ast.Call)}


@pytest.fixture
def network(app):
    return factories.network()


@pytest.fixture
def hall(app) -> Place:
    return places.add_place(
        PlaceDetails(
            "Provinciehuis", "'s-Hertogenbosch", "Brabantlaan 1", "Vijf minuten van de halte.", "Er is een lift."
        ),
        [RoomLine("Statenzaal", 120), RoomLine("Bois le Duc")],
    )


@pytest.fixture
def organiser(client, network):
    return sign_in(client, factories.account(network))


def _create(client, network, **values) -> Event:
    answer = post(client, f"/organise/networks/{network.slug}/events/new", **NEW | values)
    assert answer.status_code == 303, answer.text
    return db.session.scalars(sa.select(Event).order_by(Event.id.desc())).first()


def _text(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def _said(client) -> str:
    return _text(client.get("/organise").text)


class TestFinding:
    @pytest.mark.parametrize(
        ("name", "town"),
        [("provinciehuis", "'s-hertogenbosch"), ("Provinciehuis ", "s Hertogenbosch"), ("PROVINCIEHUIS", "")],
    )
    def test_looks_past_capitals_accents_and_signs(self, hall, name, town):
        assert places.find_place(name, town) is hall

    @pytest.mark.parametrize(("name", "town"), [("Provinciehuis", "Zwolle"), ("Provincie", ""), ("", ""), ("%", "")])
    def test_finds_no_other(self, hall, name, town):
        assert places.find_place(name, town) is None

    def test_a_name_of_two_needs_its_town(self, hall):
        places.add_place(PlaceDetails("Provinciehuis", "Zwolle"))
        assert places.find_place("Provinciehuis") is None
        assert places.find_offered("Provinciehuis, 's-Hertogenbosch") is hall


class TestRooms:
    @pytest.mark.parametrize(
        ("line", "room"),
        [
            ("Statenzaal, 120", RoomLine("Statenzaal", 120)),
            ("Statenzaal ,120 mensen", RoomLine("Statenzaal", 120)),
            ("Zaal 3", RoomLine("Zaal 3")),
            ("Zaal A, eerste verdieping", RoomLine("Zaal A, eerste verdieping")),
            ("Zaal A, eerste verdieping, 40", RoomLine("Zaal A, eerste verdieping", 40)),
            ("120", RoomLine("120")),
            (", 120", None),
            ("Zaal, 0", None),
            ("Zaal, 100001", None),
            ("Z" * 151, None),
        ],
    )
    def test_a_line_is_a_name_and_perhaps_a_number(self, line, room):
        assert places.read_room(line) == room

    def test_what_is_written_is_read_as_it_was(self, hall):
        lines = places.write_rooms(hall.rooms).splitlines()
        assert [places.read_room(line) for line in lines] == [RoomLine("Bois le Duc"), RoomLine("Statenzaal", 120)]

    def test_a_room_that_stays_keeps_its_row(self, hall):
        kept = places.find_room(hall, "statenzaal").id
        details = PlaceDetails("Provinciehuis", "'s-Hertogenbosch")
        places.change_place(hall, details, [RoomLine("Statenzaal", 90), RoomLine("Nieuw")])
        rows = db.session.execute(sa.select(Room.id, Room.name, Room.capacity).order_by(Room.name)).all()
        assert [(name, capacity) for _, name, capacity in rows] == [("Nieuw", None), ("Statenzaal", 90)]
        assert rows[1].id == kept


class TestOnePlaceInATown:
    def test_adding_it_again_is_refused(self, hall):
        with pytest.raises(PlaceKnown):
            places.add_place(PlaceDetails("provinciehuis", "s-Hertogenbosch"))

    def test_so_is_giving_another_its_name(self, hall):
        other = places.add_place(PlaceDetails("Stadhuis", "Oss"))
        with pytest.raises(PlaceKnown):
            places.change_place(other, PlaceDetails("Provinciehuis", "'s-Hertogenbosch"), [])
        assert other.name == "Stadhuis"


class TestRemembering:
    def test_a_new_building_and_room_are_in_the_book_after_saving(self, client, network, organiser):
        _create(client, network, venue="Raadhuis", town="Uden", street="Markt 1", room="Zolder", directions="Achterom.")
        place = db.session.scalars(sa.select(Place)).one()
        assert (place.name, place.town, place.street, place.route) == ("Raadhuis", "Uden", "Markt 1", "Achterom.")
        assert [room.name for room in place.rooms] == ["Zolder"]

    def test_what_was_taken_out_of_it_stays_out_until_a_session_goes_there(self, client, network, organiser):
        made = _create(client, network, venue="Raadhuis", town="Uden")
        places.remove_place(places.find_place("Raadhuis", "Uden"))
        values = NEW | {"venue": "Raadhuis", "town": "Uden"}
        post(client, f"/organise/events/{made.slug}/edit", **values | {"title": "Anders"})
        assert places.find_place("Raadhuis", "Uden") is None
        post(client, f"/organise/events/{made.slug}/edit", **values | {"room": "Zolder"})
        assert [room.name for room in places.find_place("Raadhuis", "Uden").rooms] == ["Zolder"]

    def test_what_is_there_stays_as_it_is(self, client, network, organiser, hall):
        _create(client, network, venue="provinciehuis", town="'s-Hertogenbosch", street="Elders 2", room="STATENZAAL")
        assert (hall.name, hall.street, len(hall.rooms)) == ("Provinciehuis", "Brabantlaan 1", 2)

    @pytest.mark.parametrize(
        ("listed", "more"), [(True, {"confidential": "y"}), (False, {}), (True, {"on_site": "", "online": "y"})]
    )
    def test_where_others_may_not_know_of_it_is_not_remembered(self, client, listed, more):
        network = factories.network(listed=listed)
        sign_in(client, factories.account(network))
        _create(client, network, venue="Schuilplaats", town="Uden", **more)
        assert db.session.scalars(sa.select(Place)).all() == []


class TestFillingIn:
    def test_what_is_empty_comes_from_the_book(self, client, network, organiser, hall):
        made = _create(client, network, venue="provinciehuis", room="Statenzaal")
        assert (made.street, made.town, made.seats_on_site) == ("Brabantlaan 1", "'s-Hertogenbosch", 120)
        assert made.directions == "Vijf minuten van de halte.\n\nEr is een lift."

    def test_what_was_typed_stays(self, client, network, organiser, hall):
        made = _create(
            client, network, venue="Provinciehuis", street="Achteringang", town="'s-Hertogenbosch", room="Statenzaal",
            directions="Bel aan.", seats_on_site="30",
        )  # fmt: skip
        assert (made.street, made.directions, made.seats_on_site) == ("Achteringang", "Bel aan.", 30)

    def test_choosing_from_the_list_brings_town_and_street_also_where_last_time_was_elsewhere(
        self, client, network, organiser, hall
    ):
        last = factories.event(network, directions="Bij de kerk.", seats_on_site=50)
        shown = {"street": last.street, "town": last.town, "directions": last.directions, "seats_on_site": "50"}
        made = _create(client, network, venue="Provinciehuis, 's-Hertogenbosch", room="Statenzaal", **shown)
        assert (made.venue, made.town, made.street) == ("Provinciehuis", "'s-Hertogenbosch", "Brabantlaan 1")
        assert (made.directions[:4], made.seats_on_site) == ("Vijf", 120)

    def test_a_new_building_does_not_get_street_route_and_room_of_last_time(self, client, network, organiser):
        last = factories.event(network, directions="Bij de kerk.", room="Raadzaal", seats_on_site=50)
        shown = {"street": last.street, "directions": last.directions, "room": "Raadzaal", "seats_on_site": "50"}
        made = _create(client, network, venue="Elders", town="Oss", **shown)
        assert (made.street, made.directions, made.room, made.seats_on_site) == ("", "", "", 50)
        again = _create(client, network, venue="Elders", town="Oss", **shown | {"street": "Plein 1", "room": "Kelder"})
        assert (again.street, again.room) == ("Plein 1", "Kelder")

    def test_another_room_of_last_times_building_brings_its_seats(self, client, network, organiser, hall):
        shown = {"venue": "Provinciehuis", "town": "'s-Hertogenbosch", "street": "Brabantlaan 1"}
        _create(client, network, **shown, room="Bois le Duc")
        made = _create(client, network, **shown, room="Statenzaal")
        assert (made.room, made.seats_on_site) == ("Statenzaal", 120)

    def test_a_building_elsewhere_of_that_name_is_another(self, client, network, organiser, hall):
        made = _create(client, network, venue="Provinciehuis", town="Zwolle")
        assert (made.town, made.street) == ("Zwolle", "")

    def test_without_town_an_unknown_building_is_refused_at_the_field(self, client, network, organiser):
        page = post(client, f"/organise/networks/{network.slug}/events/new", **NEW, venue="Nergens")
        assert (page.status_code, "Vul de plaats in." in page.text) == (422, True)

    def test_what_was_emptied_later_stays_empty_and_seats_are_left_alone(self, client, network, organiser, hall):
        made = _create(client, network, venue="Provinciehuis", room="Statenzaal")
        same = NEW | {"venue": "Provinciehuis", "town": made.town, "street": "", "directions": ""}
        post(client, f"/organise/events/{made.slug}/edit", **same, room="Statenzaal")
        assert (made.street, made.directions, made.seats_on_site) == ("", "", None)

    def test_the_form_offers_the_book(self, client, network, organiser, hall):
        page = client.get(f"/organise/networks/{network.slug}/events/new").text
        assert '<option value="Provinciehuis, &#39;s-Hertogenbosch" label="Brabantlaan 1">' in page
        assert '<option value="Statenzaal" label="Provinciehuis, 120 mensen">' in page


def test_the_room_stands_in_the_calendar_and_on_the_page_and_not_in_the_address_for_a_map(client, network):
    event = factories.event(network, room="Raadzaal")
    words = "Stadhuis, Raadzaal, Slotjesveld 1, Oosterhout"
    page = client.get(f"/events/{event.slug}").text
    assert calendar_location(event) == words
    assert words in page
    assert "query=Stadhuis%2C%20Slotjesveld%201%2C%20Oosterhout" in page


class TestOneRoomTwice:
    @pytest.mark.parametrize(
        ("wish", "said"),
        [
            (Wish("STADHUIS", "Oosterhout", "raadzaal"), True),
            (Wish("Stadhuis", "", "Raadzaal"), True),
            (Wish("Stadhuis", "Oosterhout", ""), False),
            (Wish("Stadhuis", "Oss", "Raadzaal"), False),
            (Wish("", "", ""), False),
        ],
    )
    def test_is_the_same_building_and_room(self, network, wish, said):
        day = factories.event(network, room="Raadzaal").starts_at.date()
        assert bool(place_use.others_in_room(wish, day, day)) == said

    @pytest.mark.parametrize("days", [-1, 1])
    def test_only_on_that_day(self, network, days):
        day = factories.event(network).starts_at.date() + timedelta(days=days)
        assert place_use.others_in_room(Wish("Stadhuis"), day, day) == []

    @pytest.mark.parametrize("change", [{"on_site": False, "online": True}, {"state": "cancelled"}])
    def test_not_of_who_does_not_come(self, network, change):
        event = factories.event(network)
        for name, value in change.items():
            setattr(event, name, value)
        db.session.flush()
        assert place_use.others_in_room(Wish("Stadhuis"), event.starts_at.date(), event.starts_at.date()) == []

    def test_is_a_heavy_reason_to_choose_another_day(self, network):
        other = factories.event(network, room="Raadzaal", title="Schouw")
        day = other.starts_at.date()
        clash = date_clashes.find_clashes(factories.network(), day, day, None, Wish("Stadhuis", "", "Raadzaal"))[0]
        assert (clash.heavy, clash.words[:56]) == (True, "Raadzaal (Stadhuis) is die dag ook van: Schouw, 13.00–16")

    @pytest.mark.parametrize(("listed", "confidential"), [(True, True), (False, False)])
    def test_names_no_session_that_is_hidden(self, app, listed, confidential):
        other = factories.event(factories.network(listed=listed), title="Geheim", confidential=confidential)
        day = other.starts_at.date()
        clash = date_clashes.find_clashes(factories.network(), day, day, None, Wish("Stadhuis"))[0]
        assert ("Geheim" in clash.words, "een besloten bijeenkomst" in clash.words, clash.link) == (False, True, "")

    def test_is_said_when_one_looks_and_after_saving(self, client, network, organiser):
        first = _create(client, network, venue="Stadhuis", town="Oss", room="Raadzaal", title="Schouw")
        values = NEW | {"venue": "Stadhuis", "town": "Oss", "room": "raadzaal"}
        look = post(client, f"/organise/networks/{network.slug}/events/new", **values, look="1")
        assert "Raadzaal (Stadhuis) is die dag ook van: Schouw" in _text(look.text)
        _said(client)
        second = _create(client, network, **values)
        assert "Raadzaal (Stadhuis) is die dag ook van: Schouw" in _said(client)
        post(client, f"/organise/events/{second.slug}/edit", **values | {"title": "Anders"})
        assert "is die dag ook van" not in _said(client)
        post(client, f"/organise/events/{second.slug}/edit", **values | {"room": "Kelder"})
        assert "is die dag ook van" not in _said(client)
        post(client, f"/organise/events/{second.slug}/edit", **values)
        assert f"is die dag ook van: {first.title}" in _said(client)

    def test_is_said_when_a_poll_moves_a_session_there(self, client, network, organiser):
        other = factories.event(network, room="Raadzaal", title="Schouw")
        moved = factories.event(network, room="Raadzaal", starts_at=factories.start(70), published=False)
        spans = [(other.starts_at, other.ends_at)]
        poll = polls.create_poll(network, moved.title, "", spans, holds=False, event=moved)
        page = f"/organise/networks/{network.slug}/polls/{poll.id}"
        post(client, f"{page}/choose/{poll.dates[0].id}", page=page)
        assert "Raadzaal (Stadhuis) is die dag ook van: Schouw" in _said(client)

    def test_is_said_when_a_cancelled_session_takes_place_after_all(self, client, network, organiser):
        event = factories.event(network, room="Raadzaal")
        planning.cancel_event(event, "")
        factories.event(network, room="Raadzaal", title="Schouw")
        page = f"/organise/events/{event.slug}"
        post(client, f"{page}/publish", page=page)
        assert "Raadzaal (Stadhuis) is die dag ook van: Schouw" in _said(client)

    def test_every_page_that_gives_a_session_a_day_or_a_room_says_it(self):
        silent = {
            f"{path.relative_to(ROOT / 'app')}: {function.name}"
            for path in (ROOT / "app").rglob("*views.py")
            for function in ast.walk(ast.parse(path.read_text()))
            if isinstance(function, ast.FunctionDef) and (called := _called_in(function)) & GIVES_A_ROOM
            if "warn_of_room" not in called
        }
        assert silent == set(COUNTED_ALREADY)

    @pytest.mark.parametrize(
        ("seats", "said"),
        [("150", "In Statenzaal passen 120 mensen. Deze sessie heeft 150 plekken."), ("120", ""), ("", "")],
    )
    def test_more_seats_than_fit_is_said(self, client, network, organiser, hall, seats, said):
        _create(client, network, venue="Provinciehuis", room="Statenzaal", seats_on_site=seats)
        page = _said(client)
        assert said in page
        assert bool(said) == ("passen 120 mensen" in page)


class TestBook:
    VALUES = {"name": "Raadhuis", "town": "Uden", "room_lines": "Zaal 1, 40\nZaal 2", "phone": "0413 123456"}

    def test_is_kept_by_every_organiser(self, client, organiser):
        assert post(client, f"{BOOK}/new", **self.VALUES).status_code == 303
        page = _text(client.get(BOOK).text)
        assert "Raadhuis , Uden" in page
        assert "Zaal 1 (40), Zaal 2" in page
        place = db.session.scalars(sa.select(Place)).one()
        post(client, f"{BOOK}/{place.id}", **self.VALUES | {"name": "Gemeentehuis", "room_lines": "Zaal 2, 25"})
        assert (place.name, [(room.name, room.capacity) for room in place.rooms]) == ("Gemeentehuis", [("Zaal 2", 25)])
        assert places.find_place("Gemeentehuis", "Uden") is place

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"room_lines": "Zaal 1, 40\nZaal 2, 0"}, "‘Zaal 2, 0’ is geen zaal."),
            ({"room_lines": "Zaal, 40\nzaal"}, "‘zaal’ staat er twee keer."),
            ({"name": ""}, "Vul dit in."),
            ({"town": ""}, "Vul dit in."),
            ({"phone": "balie"}, "Schrijf het nummer in cijfers"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(self, client, organiser, change, message):
        page = post(client, f"{BOOK}/new", **self.VALUES | change)
        assert (page.status_code, message in page.text) == (422, True)
        assert db.session.scalars(sa.select(Place)).all() == []

    def test_the_same_building_twice_is_refused_at_the_name(self, client, organiser, hall):
        page = post(client, f"{BOOK}/new", name="provinciehuis", town="'s-Hertogenbosch")
        assert (page.status_code, "staat al in het boek" in page.text) == (422, True)
        other = places.add_place(PlaceDetails("Stadhuis", "Oss"))
        db.session.commit()
        page = post(client, f"{BOOK}/{other.id}", name="Provinciehuis", town="'s-Hertogenbosch")
        assert (page.status_code, "staat al in het boek" in page.text) == (422, True)
        assert other.name == "Stadhuis"

    def test_says_how_often_and_when_next(self, client, network, organiser, hall):
        at = {"venue": "provinciehuis", "town": "'s Hertogenbosch"}
        factories.move(factories.event(network, **at), hours=-48)
        coming = factories.event(network, **at)
        factories.event(network, **at, starts_at=factories.start(40)).state = "cancelled"
        assert f"2 sessies · de volgende op {format_day(coming.starts_at)}" in _text(client.get(BOOK).text)

    def test_what_was_removed_comes_back_with_its_rooms_and_sessions_stay(self, client, network, organiser, hall):
        event = factories.event(network, venue="Provinciehuis", town="'s-Hertogenbosch", room="Statenzaal")
        db.session.commit()
        post(client, f"{BOOK}/{hall.id}/remove", page=BOOK)
        assert db.session.scalars(sa.select(Place)).all() == []
        assert (event.venue, event.room) == ("Provinciehuis", "Statenzaal")
        post(client, "/organise/undo", page=BOOK)
        back = db.session.scalars(sa.select(Place)).one()
        assert [(room.name, room.capacity) for room in back.rooms] == [("Bois le Duc", None), ("Statenzaal", 120)]
