"""Door mode on the site's side: the list that a phone takes along, and the taps of phones that were apart."""

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from app import clock
from app.attendance import door_join, presence, taps
from app.attendance.models import Attendance, Entry, Tap, WalkInProposal
from app.database import db
from app.events.models import EventState, Mode
from app.invitations import check_in_codes
from app.invitations.models import Invitation
from app.network.people.models import Person
from app.network.seeing import Viewer
from app.registration import seats
from app.registration.models import Registration, RegistrationState
from tests import factories
from tests.helpers import post, sign_in

ID = "{:032x}".format


@pytest.fixture
def event(app):
    """A session that began an hour ago with Sanne from Oss registered on site and Bram from Tilburg online."""
    event = factories.hybrid()
    factories.registration(event, factories.person("Sanne de Vries", at="Oss"))
    factories.registration(event, factories.person("Bram Bakker", at="Tilburg"), Mode.ONLINE)
    return factories.move(event, hours=-1)


@pytest.fixture
def door(client, event):
    """A client of an organiser at the door."""
    sign_in(client, factories.account(event.network, name="Els Mol"))
    return client


def _invitation(name: str) -> Invitation:
    return db.session.scalars(sa.select(Invitation).join(Invitation.person).where(Person.name == name)).one()


def _address(event, rest: str = "") -> str:
    return f"/organise/events/{event.slug}/day/door{rest}"


def _list(door, event, **query) -> dict:
    return door.get(_address(event, "/list"), query_string=query).json


def _rows(door, event, **query) -> dict[str, list]:
    return {row[1]: row for row in _list(door, event, **query)["people"]}


def _moment(minutes: float = 0) -> int:
    return int((clock.now() + timedelta(minutes=minutes)).timestamp() * 1000)


def _tap(number: int, who: Invitation, present=True, seen=(), minutes: float = -5, mode="on_site") -> dict:
    seen = [ID(each) for each in seen]
    return {"id": ID(number), "number": who.id, "present": present, "mode": mode, "seen": seen, "at": _moment(minutes)}


def _send(door, event, *sent, walk_ins=(), **other):
    message = {"day": presence.day_of_door(event).isoformat(), "at": _moment(), "taps": sent, "walk_ins": walk_ins}
    token = _list(door, event)["csrf"]
    return door.post(_address(event, "/taps"), json=message | other, headers={"X-CSRFToken": token})


def test_the_page_names_nobody_and_alone_may_use_the_camera(door, event):
    page = door.get(_address(event))
    assert "camera=(self)" in page.headers["Permissions-Policy"]
    assert "Sanne" not in page.text
    assert "site-header" not in page.text
    assert f'href="/organise/events/{event.slug}/day"' in page.text
    assert "camera=()" in door.get(f"/organise/events/{event.slug}/day").headers["Permissions-Policy"]


def test_a_phone_that_cannot_open_the_door_is_led_to_the_plain_page(door, event):
    page = door.get(f"/organise/events/{event.slug}/day/door").text
    assert f'Gebeurt er niets? <a href="/organise/events/{event.slug}/day">Check in op de gewone pagina</a>' in page


def test_the_worker_rules_the_door_alone(door, event):
    worker = door.get(_address(event, "/worker.js"))
    assert worker.mimetype == "text/javascript"
    assert worker.headers["Service-Worker-Allowed"] == _address(event)


def test_the_list_has_names_organisations_and_what_a_code_is_known_by(door, event):
    sanne = _invitation("Sanne de Vries")
    token = check_in_codes.link_to_check_in(sanne).rpartition("/")[2]
    known_by = hashlib.sha256(token.encode()).hexdigest()[:16]

    assert _rows(door, event)["Sanne de Vries"] == [sanne.id, "Sanne de Vries", "Oss", "", "on_site", known_by, []]
    assert "@" not in json.dumps(_list(door, event)["people"])
    assert token not in json.dumps(_list(door, event))


def test_who_has_no_place_is_on_the_list_with_how_they_stand(door, event):
    factories.invitation(event, factories.person("Kim Jansen"))
    assert _rows(door, event)["Kim Jansen"][3] == "Nog geen antwoord"


def test_a_later_list_has_only_who_changed(door, event):
    first = _list(door, event)
    before = clock.now() - timedelta(days=2)
    db.session.execute(sa.update(Invitation).values(created_at=before))
    db.session.execute(sa.update(Registration).values(changed_at=before))
    db.session.commit()
    _send(door, event, _tap(1, _invitation("Bram Bakker")))

    later = _list(door, event, since=datetime.fromtimestamp(first["at"] / 1000, UTC).isoformat())

    assert not later["whole"]
    assert [row[1] for row in later["people"]] == ["Bram Bakker"]
    assert [tap[0] for tap in later["people"][0][6]] == [ID(1)]


def test_a_tap_from_a_phone_counts_from_when_it_was_tapped(door, event):
    answer = _send(door, event, _tap(1, _invitation("Bram Bakker"), minutes=-30))

    assert answer.json == {"kept": [ID(1)], "unknown": [], "clock_off": False}
    there = presence.attendance_of(_invitation("Bram Bakker"))
    assert (there.mode, there.account.name) == (Mode.ON_SITE, "Els Mol")
    assert abs(there.at - (clock.now() - timedelta(minutes=30))) < timedelta(seconds=20)


def test_a_tap_sent_twice_is_one_tap(door, event):
    tap = _tap(1, _invitation("Bram Bakker"))
    _send(door, event, tap)
    assert _send(door, event, tap, tap).json["kept"] == [ID(1), ID(1)]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Tap)) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Attendance)) == 1


def test_an_undo_takes_away_what_it_saw_and_nothing_else(door, event):
    bram = _invitation("Bram Bakker")
    _send(door, event, _tap(2, bram, present=False, seen=[1]))
    assert presence.attendance_of(bram) is None
    _send(door, event, _tap(1, bram))
    assert presence.attendance_of(bram) is None

    _send(door, event, _tap(3, bram, minutes=-20))

    assert presence.attendance_of(bram) is not None
    assert [tap[1] for tap in _rows(door, event)["Bram Bakker"][6]] == [True, False]
    _send(door, event, _tap(4, bram, seen=[2, 3]))
    assert [tap[0] for tap in _rows(door, event)["Bram Bakker"][6]] == [ID(4)]


def test_what_was_done_on_the_page_is_a_tap_too(door, event):
    bram, day = _invitation("Bram Bakker"), f"/organise/events/{event.slug}/day"
    post(door, f"{day}/{bram.id}/present", page=day)
    (held,) = _rows(door, event)["Bram Bakker"][6]
    assert held[1:3] == [True, "online"]

    _send(door, event, _tap(1, bram, present=False) | {"seen": [held[0]]})
    assert presence.attendance_of(bram) is None

    post(door, f"{day}/{bram.id}/present", page=day)
    post(door, f"{day}/{bram.id}/undo", page=day)
    assert [tap[1] for tap in _rows(door, event)["Bram Bakker"][6]] == [False]


def test_who_was_there_before_there_were_taps_can_be_taken_off(door, event):
    bram = _invitation("Bram Bakker")
    presence.check_in_invitation(bram, Entry.LIST)
    db.session.execute(sa.delete(Tap))
    db.session.commit()
    (held,) = _rows(door, event)["Bram Bakker"][6]

    _send(door, event, _tap(1, bram, present=False) | {"seen": [held[0]]})

    assert presence.attendance_of(bram) is None


def test_who_had_no_place_gets_one_by_a_tap_and_gives_it_up_by_an_undo(door, event):
    factories.invitation(event, factories.person("Kim Jansen"))
    kim = _invitation("Kim Jansen")
    _send(door, event, _tap(1, kim))
    assert seats.registration_of(kim).state == RegistrationState.CONFIRMED
    _send(door, event, _tap(2, kim, present=False, seen=[1]))
    assert seats.registration_of(kim).state == RegistrationState.CANCELLED


def test_a_tap_about_nobody_of_this_session_is_told_apart(door, event):
    elsewhere = factories.invitation(factories.event(), factories.person("Kim Jansen"))
    db.session.commit()
    assert _send(door, event, _tap(1, elsewhere), _tap(2, _invitation("Bram Bakker"))).json == {
        "kept": [ID(2)],
        "unknown": [ID(1)],
        "clock_off": False,
    }
    assert db.session.scalars(sa.select(Tap.invitation_id)).all() == [_invitation("Bram Bakker").id]


def test_a_phone_hears_that_its_clock_is_off_and_its_taps_count(door, event):
    answer = _send(door, event, _tap(1, _invitation("Bram Bakker"), minutes=120), at=_moment(120))
    assert answer.json["clock_off"]
    assert presence.attendance_of(_invitation("Bram Bakker")).at <= clock.now()


def test_nothing_counts_of_a_session_that_is_cancelled_and_the_phone_hears_why(door, event):
    event.state = EventState.CANCELLED
    db.session.commit()
    answer = _send(door, event, _tap(1, _invitation("Bram Bakker")))
    assert answer.status_code == 409
    assert answer.json["refused"].startswith("Inchecken kan niet")


@pytest.mark.parametrize(
    "sent",
    [
        {"taps": "no list"},
        {"taps": [1]},
        {"taps": [{"id": "x"}]},
        {"taps": [{"id": ID(1), "number": "1", "mode": "on_site", "seen": [], "at": 1}]},
        {"taps": [{"id": ID(1), "number": 1, "mode": "by boat", "seen": [], "at": 1}]},
        {"taps": [{"id": ID(1), "number": 1, "mode": "online", "seen": ["x"], "at": 1}]},
        {"taps": [{"id": ID(1), "number": 1, "mode": "online", "seen": [], "at": 10**18}]},
        {"taps": [], "walk_ins": [{"id": ID(1), "name": " ", "organisation": "", "mode": "online", "at": 1}]},
        {"taps": [], "day": "yesterday"},
    ],
)
def test_what_no_phone_sends_is_refused_whole(door, event, sent):
    assert _send(door, event, **{"walk_ins": [], "taps": []} | sent).status_code == 400
    assert not db.session.scalar(sa.select(sa.func.count()).select_from(Tap))


def test_somebody_who_walked_in_waits_until_an_organiser_says_who_it_is(door, event):
    walked_in = {"id": ID(9), "name": "Noor Smit", "organisation": "oss", "mode": "on_site", "at": _moment(-9)}
    assert _send(door, event, walk_ins=[walked_in, walked_in]).json["kept"] == [ID(9), ID(9)]
    assert _list(door, event)["waiting"] == 1
    page = door.get(_address(event, "/waiting"))
    assert page.text.count("Noor Smit</strong>") == 1
    proposal = db.session.scalars(sa.select(WalkInProposal)).one()
    walk_in = f"/organise/events/{event.slug}/day/walk-in?proposal={proposal.id}"
    form = door.get(walk_in).text
    assert 'value="Noor Smit"' in form
    oss = factories.organisation("Oss")
    assert re.search(rf'<option (value="{oss.id}" selected|selected value="{oss.id}")>', form)

    post(door, walk_in, page=walk_in, name="Noor Smit", organisation=oss.id, mode="on_site", proposal=proposal.id)

    assert presence.attendance_of(_invitation("Noor Smit")) is not None
    assert _list(door, event)["waiting"] == 0
    _send(door, event, walk_ins=[walked_in])
    assert _list(door, event)["waiting"] == 0
    db.session.refresh(proposal)
    assert (proposal.name, proposal.organisation) == ("", "")


def test_a_proposal_with_a_number_that_no_row_has_is_none(door, event):
    walk_in = f"/organise/events/{event.slug}/day/walk-in"
    assert post(door, walk_in, page=walk_in, proposal="9" * 12).status_code == 422


def test_a_proposal_can_be_taken_away(door, event):
    walked_in = {"id": ID(9), "name": "Noor Smit", "organisation": "", "mode": "on_site", "at": _moment(-9)}
    _send(door, event, walk_ins=[walked_in])
    waiting = _address(event, "/waiting")
    number = db.session.scalars(sa.select(WalkInProposal.id)).one()
    post(door, _address(event, f"/proposals/{number}/away"), page=waiting)
    assert "Niemand wacht." in door.get(waiting).text


def test_signing_out_empties_what_the_phone_keeps(door, event):
    door.get(_address(event))
    answer = post(door, "/sign-out", page="/organise/")
    assert answer.headers["Clear-Site-Data"] == '"storage"'


def test_signing_out_elsewhere_leaves_drafts_alone(door, event):
    assert "Clear-Site-Data" not in post(door, "/sign-out", page="/organise/").headers


# What holds follows from which taps there are: any order, any number of times, in any pieces.


@st.composite
def histories(draw):
    """Taps of up to five phones about three people; each tap answers some of what its phone could have seen."""
    made = []
    for number in range(draw(st.integers(1, 14))):
        who = draw(st.integers(0, 2))
        about = [tap["number"] for tap in made if tap["who"] == who]
        seen = draw(st.lists(st.sampled_from(about), unique=True)) if about else []
        present, mode = draw(st.booleans()), draw(st.sampled_from(list(Mode)))
        minutes = draw(st.integers(0, 3))
        made.append({"number": number, "who": who, "seen": seen, "present": present, "mode": mode, "minutes": minutes})
    return made


_BEGIN = datetime(2026, 11, 2, 12, tzinfo=UTC)


def _row(tap: dict) -> Tap:
    return Tap(
        uuid=ID(tap["number"]),
        present=tap["present"],
        mode=tap["mode"],
        seen=[ID(each) for each in tap["seen"]],
        tapped_at=_BEGIN + timedelta(minutes=tap["minutes"]),
    )


@given(histories(), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_any_order_of_arrival_comes_to_the_same(made, random):
    rows = [_row(tap) for tap in made]
    again = rows + random.choices(rows, k=3)
    random.shuffle(again)

    one, other = taps.judge_taps(rows), taps.judge_taps(again)

    assert [tap.uuid for tap in one.holds] == [tap.uuid for tap in other.holds]
    assert (one.first and one.first.uuid, one.differs) == (other.first and other.first.uuid, other.differs)
    assert one.holds  # somebody's last word always stands


_rounds = count(1)


@given(histories(), st.lists(st.randoms(use_true_random=False), min_size=2, max_size=2), st.integers(1, 4))
@settings(max_examples=3)
def test_the_site_holds_the_same_whoever_comes_back_first(app, made, orders, size):
    """The same taps reach two sessions, each in an order and pieces of its own, some twice."""
    held = []
    for random in orders:
        round_ = next(_rounds)
        event = factories.hybrid()
        by = factories.account(event.network)
        invited = [factories.registration(event).invitation for _ in range(2)] + [factories.invitation(event)]
        factories.move(event, hours=-1)
        db.session.commit()
        sent = [
            door_join.SentTap(
                ID(tap["number"] + round_ * 1000),
                invited[tap["who"]].id,
                tap["present"],
                tap["mode"],
                [ID(each + round_ * 1000) for each in tap["seen"]],
                event.starts_at + timedelta(minutes=tap["minutes"]),
            )
            for tap in made
        ]
        sent += random.choices(sent, k=3)
        random.shuffle(sent)
        day = presence.day_of_door(event)
        for start in range(0, len(sent), size):
            door_join.join_taps(event, day, sent[start : start + size], _organiser(event), by)
            db.session.commit()
        there = [presence.attendance_of(each) for each in invited]
        held.append([(each.mode, each.at - event.starts_at) if each else None for each in there])
    assert held[0] == held[1]


def _organiser(event):
    return Viewer(frozenset({event.network_id}))


def test_five_phones_that_were_apart_for_an_hour_lose_no_tap(app):
    """Each of five desks saw its own taps alone; all of them are in the log, and every person got the last word of each desk."""
    event = factories.event()
    by = factories.account(event.network)
    invited = [factories.registration(event).invitation for _ in range(20)]
    factories.move(event, hours=-2)
    db.session.commit()
    numbers, desks = count(1), []
    for desk in range(5):
        own: dict[int, list[str]] = {}
        sent = []
        for minute in range(60):
            who = invited[(minute * (desk + 3)) % 20]
            uuid, seen = ID(next(numbers)), own.get(who.id, [])
            present = (minute + desk) % 4 != 0 or not seen
            at = event.starts_at + timedelta(minutes=minute, seconds=desk)
            sent.append(door_join.SentTap(uuid, who.id, present, Mode.ON_SITE, seen, at))
            own[who.id] = [uuid]
        desks.append((sent, own))
    day = presence.day_of_door(event)
    for sent, _ in reversed(desks):
        assert len(door_join.join_taps(event, day, sent, _organiser(event), by).kept) == 60
    db.session.commit()

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Tap)) == 300
    verdicts = taps.judge_day(event, day)
    for who in invited:
        last = {uuid for _, own in desks for uuid in own.get(who.id, [])}
        assert {tap.uuid for tap in verdicts[who.id].holds} == last
        assert (presence.attendance_of(who) is not None) == (verdicts[who.id].first is not None)


def test_brackets_within_brackets_are_no_message(door, event):
    token = _list(door, event)["csrf"]
    headers = {"X-CSRFToken": token, "Content-Type": "application/json"}
    assert door.post(_address(event, "/taps"), data="[" * 100_000, headers=headers).status_code == 400
