"""An event of several days: who was there on which day, and who was there at all, in every place that counts."""

import io
from datetime import date, time, timedelta

import openpyxl
import pytest
import sqlalchemy as sa

from app import clock
from app.accounts import accounts
from app.attendance import arrivals, presence
from app.attendance.models import Attendance, Entry
from app.attendance.presence import CheckInNotOpen, NotADay
from app.database import db
from app.events import event_days, planning
from app.events.models import Mode
from app.events.planning import EventDetails
from app.invitations import check_in_codes, invitation_queries
from app.invitations.waves import wave_recipients
from app.lessons.impressions import facts, follow_up_letters
from app.lessons.insights import commitments
from app.network.imports import merges
from app.network.people import own_data
from app.network.seeing import CLOCKWORK
from app.registration import cockpit, seats
from app.registration.models import RegistrationState
from app.reports import network_year
from app.upkeep import balance
from tests import factories
from tests.helpers import post, sign_in

FIRST, SECOND, THIRD = (date(2027, 3, 26) + timedelta(days=n) for n in range(3))
"""The clocks change in the last night."""


@pytest.fixture
def at(app, time_machine):
    """Moves the clock to an hour of a day."""

    def move(day: date, hour: int, minute: int = 0) -> None:
        db.session.commit()
        time_machine.move_to(clock.utc_moment(day, time(hour, minute)), tick=False)

    return move


@pytest.fixture
def event(app, at):
    """Three days of nine to five, with Sanne on site and Bram online."""
    at(date(2027, 3, 1), 12)
    made = factories.hybrid(
        starts_at=clock.utc_moment(FIRST, time(9)), ends_at=clock.utc_moment(THIRD, time(17)), title="Expeditie"
    )
    factories.registration(made, factories.person("Sanne de Vries", at="Oss"))
    factories.registration(made, factories.person("Bram Bakker", at="Tilburg"), Mode.ONLINE)
    db.session.commit()
    return made


@pytest.fixture
def sanne(event):
    return _invited(event, "Sanne de Vries")


@pytest.fixture
def bram(event):
    return _invited(event, "Bram Bakker")


@pytest.fixture
def came(event, sanne, bram, at):
    """Sanne was there on the first and the third day, once online; Bram on none. It is over."""
    at(FIRST, 9)
    presence.check_in_invitation(sanne, Entry.LIST)
    at(THIRD, 9)
    presence.check_in_invitation(sanne, Entry.LIST, Mode.ONLINE)
    at(THIRD, 18)
    return event


def _invited(event, name):
    lines = cockpit.list_invited(event, cockpit.InvitedFilter(), CLOCKWORK)
    return next(each.invitation for each in lines if each.invitation.person.name == name)


def _change(event, **changes):
    same = {name: getattr(event, name) for name in EventDetails.__dataclass_fields__}
    planning.change_event(event, EventDetails(**same | changes))


@pytest.mark.parametrize(
    ("hours", "length", "dates"),
    [
        ((9, 0), timedelta(days=2, hours=8), 3),
        ((9, 0), timedelta(hours=8), 1),
        ((20, 0), timedelta(hours=5), 1),
        ((13, 0), timedelta(hours=23), 2),
        ((9, 0), timedelta(hours=15), 1),
    ],
)
def test_days_hang_on_beginning_and_end_alone(app, hours, length, dates):
    starts_at = clock.utc_moment(date(2027, 6, 1), time(*hours))
    made = factories.event(starts_at=starts_at, ends_at=starts_at + length)
    assert event_days.dates_of_event(made) == [date(2027, 6, 1) + timedelta(days=n) for n in range(dates)]


def test_each_day_has_a_counter_of_its_own_and_opens_on_its_own_morning(event, sanne, bram, at):
    at(FIRST, 9)
    presence.check_in_invitation(sanne, Entry.LIST)
    presence.check_in_invitation(bram, Entry.LIST)
    with pytest.raises(CheckInNotOpen):
        presence.check_in_invitation(sanne, Entry.LIST, day=SECOND)
    with pytest.raises(NotADay):
        presence.check_in_invitation(sanne, Entry.LIST, day=FIRST - timedelta(days=1))
    at(SECOND, 0, 30)
    assert arrivals.count_present(event).all_present == 0
    assert presence.check_in_invitation(sanne, Entry.CODE).new
    assert not presence.check_in_invitation(sanne, Entry.LIST, day=SECOND).new
    assert not presence.check_in_invitation(bram, Entry.LIST, day=FIRST).new
    assert [arrivals.count_present(event, day).all_present for day in (FIRST, SECOND, THIRD)] == [2, 1, 0]
    assert arrivals.count_ever_present(event) == arrivals.PresenceCount({Mode.ON_SITE: 1, Mode.ONLINE: 1}, 2)
    assert list(balance.find_breaches()) == []


def test_the_door_shows_a_day_and_a_tap_counts_for_the_day_that_its_page_showed(client, event, sanne, at):
    door = f"/organise/events/{event.slug}/day"
    at(SECOND, 9)
    sign_in(client, factories.account(event.network))
    shown = client.get(door).text
    assert ["vr 26 maart" in shown, "za 27 maart" in shown, "zo 28 maart" in shown] == [True] * 3
    tapped = post(client, f"{door}/{sanne.id}/present", page=door, on=FIRST.isoformat(), q="")
    assert tapped.location == f"{door}?on=2027-03-26"
    assert "<strong>1</strong> van 2 aanwezig" in client.get(tapped.location).text
    assert "<strong>0</strong> van 2 aanwezig" in client.get(door).text
    post(client, f"{door}/{sanne.id}/present", page=door, on=SECOND.isoformat())
    post(client, f"{door}/{sanne.id}/present", page=door, on=THIRD.isoformat())
    post(client, f"{door}/{sanne.id}/undo", page=door, on=FIRST.isoformat())
    assert [each.day for each in db.session.scalars(sa.select(Attendance))] == [SECOND]
    assert "zo 28 maart 2027" in client.get(f"{door}?on=2027-03-28").text
    assert client.get(f"{door}/paper").text.count("✓") == 1


def test_a_code_counts_for_today(client, event, sanne, at):
    account = factories.account(event.network)
    code = check_in_codes.link_to_check_in(sanne).removeprefix("http://leerkring.test")
    for day in (FIRST, SECOND):
        at(day, 10)
        sign_in(client, account)
        assert "Aanwezig sinds" not in client.get(code).text
        post(client, code, page=code)
        assert "Aanwezig sinds" in client.get(code).text
    assert db.session.scalars(sa.select(Attendance.day).order_by(Attendance.day)).all() == [FIRST, SECOND]


def test_who_walked_in_keeps_the_place_until_the_last_day_is_undone(event, at):
    at(FIRST, 9)
    first = presence.check_in_walk_in(event, "Nieuw Mens", None)
    invitation = first.attendance.invitation
    at(SECOND, 9)
    presence.check_in_invitation(invitation, Entry.LIST)
    presence.undo_check_in(invitation, FIRST)
    assert seats.registration_of(invitation).state == RegistrationState.CONFIRMED
    presence.undo_check_in(invitation, SECOND)
    assert seats.registration_of(invitation).state == RegistrationState.CANCELLED
    assert list(balance.find_breaches()) == []


def test_who_was_there_on_two_days_was_there_once(came, sanne, bram):
    network, viewer = came.network, CLOCKWORK
    impression = factories.impression(came, published=False)
    year = network_year.load_network_year(network, 2027, viewer)
    assert (cockpit.count_funnel(came).present, cockpit.count_funnel(came).invited) == (1, 2)
    assert [(each.on_site, each.online, each.organisations) for each in year.sessions] == [(1, 0, 1)]
    assert [(tile.attendances, tile.sessions) for tile in year.reached] == [(1, 1)]
    assert facts.count_figures([came]) == {facts.Figure.MUNICIPALITIES: 1, facts.Figure.ON_SITE: 1}
    assert db.session.scalars(follow_up_letters._select_present(impression)).all() == [sanne.person_id]
    assert len(commitments.candidate_owners(came)) == 2
    assert len(invitation_queries.invitations_of_person(sanne.person, network, viewer)) == 1
    took_part = sa.select(sa.func.count()).where(wave_recipients.took_part(came))
    assert db.session.scalar(took_part) == 1
    assert [each.person.name for each in arrivals.list_absent(came, viewer)] == ["Bram Bakker"]
    assert len(arrivals.list_absent(came, viewer, SECOND)) == 2
    assert len(own_data.copy_own_data(sanne.person)["attendances"]) == 2


def test_lists_and_the_api_name_the_days(client, came, sanne):
    account = factories.account(came.network)
    sign_in(client, account)
    cockpit_page = f"/organise/events/{came.slug}"
    content = post(client, f"{cockpit_page}/people.xlsx", page=cockpit_page).data
    book = openpyxl.load_workbook(io.BytesIO(content)).active
    heading, *rows = book.iter_rows(values_only=True)
    days = [index for index, name in enumerate(heading) if str(name).startswith("Aanwezig ")]
    row = next(each for each in rows if each[0] == "Sanne de Vries")
    assert [(heading[index], row[index]) for index in days] == [
        ("Aanwezig 2027-03-26", "Op locatie"),
        ("Aanwezig 2027-03-27", None),
        ("Aanwezig 2027-03-28", "Online"),
    ]
    assert "(vr 26 maart: 1, zo 28 maart: 1)" in client.get(cockpit_page).text
    key = accounts.make_api_token(account)
    db.session.commit()
    people = client.get(f"/api/v1/events/{came.slug}/participants", headers={"Authorization": f"Bearer {key}"}).json
    assert {each["name"]: each["present_on"] for each in people} == {
        "Sanne de Vries": ["2027-03-26", "2027-03-28"],
        "Bram Bakker": [],
    }
    person = client.get(f"/organise/events/{came.slug}/people/{sanne.id}").text
    assert "vr 26 maart · Op locatie<br>zo 28 maart · Online" in person
    missed = f"{cockpit_page}/day/absent"
    for address in (missed, f"{missed}?on=2027-03-26"):
        page = client.get(address).text
        assert ("Bram Bakker" in page, "Sanne de Vries" in page) == (True, False)
    assert "nog niemand ingecheckt" in client.get(f"{missed}?on=2027-03-27").text


def test_a_day_on_which_somebody_was_stays_a_day_of_the_event(event, sanne, at):
    at(SECOND, 9)
    presence.check_in_invitation(sanne, Entry.LIST)
    _change(event, ends_at=clock.utc_moment(SECOND, time(16)))
    assert event_days.dates_of_event(event) == [FIRST, SECOND]
    for changes in (
        {"ends_at": clock.utc_moment(FIRST, time(16))},
        {"starts_at": clock.utc_moment(THIRD, time(9)), "ends_at": clock.utc_moment(THIRD, time(16))},
    ):
        with pytest.raises(planning.DayAttended):
            _change(event, **changes)
    twin = planning.copy_event(event, clock.utc_moment(date(2027, 6, 1), time(9)))
    assert event_days.dates_of_event(twin) == [date(2027, 6, 1), date(2027, 6, 2)]
    assert arrivals.count_ever_present(twin).all_present == 0


def test_what_was_cancelled_after_a_day_took_place_on_that_day(event, sanne, at):
    at(FIRST, 9)
    presence.check_in_invitation(sanne, Entry.LIST)
    at(SECOND, 8)
    planning.cancel_event(event, "Ziek")
    year = network_year.load_network_year(event.network, 2027, CLOCKWORK)
    assert [each.on_site for each in year.sessions] == [1]
    assert list(balance.find_breaches()) == []


def test_days_of_two_people_who_become_one_come_together_and_apart(event, sanne, at):
    double = factories.registration(event, factories.person("S. de Vries")).invitation
    for day, who in ((FIRST, sanne), (FIRST, double), (SECOND, double), (THIRD, sanne)):
        at(day, 9)
        presence.check_in_invitation(who, Entry.LIST)
    kept = sanne.person
    merge = merges.merge_people(kept, double.person)
    days = sa.select(Attendance.day).order_by(Attendance.day)
    assert db.session.scalars(days).all() == [FIRST, SECOND, THIRD]
    assert list(balance.find_breaches()) == []
    merges.undo_merge(merge)
    assert db.session.scalars(days).all() == [FIRST, FIRST, SECOND, THIRD]
    assert list(balance.find_breaches()) == []


def test_who_had_a_place_keeps_it_when_a_double_that_walked_in_is_undone(event, sanne, at):
    at(FIRST, 9)
    double = presence.check_in_walk_in(event, "S. de Vries", None).attendance.invitation
    at(SECOND, 9)
    presence.check_in_invitation(sanne, Entry.LIST)
    merge = merges.merge_people(sanne.person, double.person)
    (kept,) = {each.invitation for each in db.session.scalars(sa.select(Attendance))}
    entries = sa.select(Attendance.entry).order_by(Attendance.day)
    assert db.session.scalars(entries).all() == [Entry.LIST, Entry.LIST]
    for day in (FIRST, SECOND):
        presence.undo_check_in(kept, day)
    assert seats.registration_of(kept).state == RegistrationState.CONFIRMED
    merges.undo_merge(merge)


def test_presence_on_no_day_of_the_event_is_a_breach(event, sanne, at):
    at(THIRD, 9)
    presence.check_in_invitation(sanne, Entry.LIST)
    event.ends_at = clock.utc_moment(SECOND, time(17))
    db.session.flush()
    assert [each.invariant for each in balance.find_breaches()] == ["presence_is_of_days_of_the_event"]
    event.ends_at = clock.utc_moment(THIRD, time(17))
    db.session.commit()


def test_the_database_keeps_one_row_a_person_and_day(event, sanne, at):
    at(FIRST, 9)
    row = presence.check_in_invitation(sanne, Entry.LIST).attendance
    same = {"event_id": event.id, "invitation_id": sanne.id, "day": FIRST, "mode": row.mode, "entry": row.entry}
    with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
        db.session.execute(sa.insert(Attendance).values(**same, at=row.at))
