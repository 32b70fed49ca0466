"""Planning a course: what an organiser fills in becomes days that hang together, and no page of one day gets past that."""

from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.courses import courses, editions, meetings
from app.courses.courses import AsksTooMuch, CourseDetails
from app.courses.editions import ClosesLate, EditionDetails, EditionKnown, QuotaTaken, SeatsTaken
from app.courses.meetings import EditionRefused, MeetingDetails, MeetingRefused
from app.courses.models import Course, CourseEdition, EditionState, Enrolment
from app.database import db
from app.events import chosen_sessions, planning
from app.events.chosen_sessions import LeftOut
from app.events.course_meetings import MeetingOfCourse, PartOfCourse, QuotaOfCourse
from app.events.models import Event, EventFormat
from app.events.planning import EventDetails
from app.invitations.waves import wave_proposals, waves
from app.invitations.waves.models import WaveKind
from app.invitations.waves.waves import UselessWave
from app.outbox.kinds import MessageKind
from app.outbox.models import Message
from app.registration import allotments, enrolments
from tests import factories
from tests.courses import planned
from tests.helpers import calendar_of, mails, parsed, post, sign_in, text_of, work


@pytest.fixture
def network(app):
    return factories.network(name="Weerbaar Brabant")


@pytest.fixture
def desk(client, network):
    sign_in(client, factories.account(network))
    return client


def _page(network, rest: str = "") -> str:
    return f"/organise/networks/{network.slug}/courses{rest}"


def _day(days_ahead: int) -> str:
    return (clock.today() + timedelta(days=days_ahead)).isoformat()


def _enrol(edition, person) -> Enrolment:
    return enrolments.enrol(factories.invitation(edition.meetings[0].event, person), {})


def test_a_course_of_three_days_is_planned_on_two_pages(desk, network):
    assert "Maak de eerste" in desk.get(_page(network)).text
    answer = post(
        desk, _page(network, "/new"), title=planned.TITLE, for_whom="Voor raadsleden", outcomes="- **kijken**"
    )
    course = db.session.scalars(sa.select(Course)).one()
    assert answer.location.endswith(_page(network, f"/{course.id}/editions/new"))
    days = {
        f"meetings-{number}-{name}": value
        for number, day in enumerate((40, 47, 54))
        for name, value in {"day": _day(day), "held": "on_site"}.items()
    }
    first = {"meetings-0-start": "09:30", "meetings-0-end": "16.30", "meetings-0-where": "Stadhuis, Tilburg"}
    answer = post(desk, answer.location, title="Voorjaar", seats="20", **days, **first)
    edition = db.session.scalars(sa.select(CourseEdition)).one()
    assert answer.location.endswith(_page(network, f"/editions/{edition.id}"))
    events = [meeting.event for meeting in edition.meetings]
    assert [event.title for event in events] == [f"{planned.TITLE}, dag {number}" for number in (1, 2, 3)]
    assert {(event.venue, event.town, event.format) for event in events} == {
        ("Stadhuis", "Tilburg", EventFormat.COURSE_MEETING)
    }
    assert [event.open_to_all for event in events] == [True, False, False]
    assert {clock.to_local(event.ends_at).strftime("%H:%M") for event in events} == {"16:30"}
    assert edition.closes_at == events[0].closes_at == editions.closing_for(None, events[0].starts_at)
    page = desk.get(answer.location).text
    assert "Publiceer alle 3 bijeenkomsten" in page
    assert "Nog niemand ingeschreven" in page


def test_days_are_pasted_from_a_spreadsheet(desk, network):
    course = courses.create_course(network, CourseDetails(planned.TITLE))
    page = _page(network, f"/{course.id}/editions/new")
    pasted = f"{_day(40)}\t9.30\t16u30\tStadhuis\tTilburg\n{_day(47)}\nmorgen misschien"
    answer = post(desk, page, title="Voorjaar", pasted=pasted)
    assert answer.status_code == 422
    assert "morgen misschien" in answer.text
    assert "De geplakte dagen staan in de regels." in answer.text
    assert 'value="Stadhuis, Tilburg"' in answer.text
    assert f'value="{_day(47)}"' in answer.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == 0


def test_days_that_cannot_be_are_refused_in_words(desk, network):
    course = courses.create_course(network, CourseDetails(planned.TITLE))
    page = _page(network, f"/{course.id}/editions/new")
    row = {"meetings-0-day": _day(40), "meetings-0-start": "10:00", "meetings-0-end": "09:00"}
    answer = post(desk, page, title="Voorjaar", **row, **{"meetings-0-held": "on_site", "meetings-0-where": "Tilburg"})
    assert "Het einde ligt voor het begin" in answer.text
    assert "met een komma ertussen" in answer.text
    gone = {"meetings-0-day": _day(-4), "meetings-0-start": "10:00", "meetings-0-end": "12:00"}
    answer = post(desk, page, title="Voorjaar", **gone, **{"meetings-0-held": "online"})
    assert "is al geweest" in answer.text
    assert "Vul minstens één bijeenkomst in" in post(desk, page, title="Voorjaar").text


def test_days_that_overlap_or_are_too_few_make_no_edition(network):
    course = courses.create_course(network, CourseDetails(planned.TITLE, needed=3))
    first, second, third = planned.days()
    with pytest.raises(AsksTooMuch):
        editions.plan_edition(course, EditionDetails("Voorjaar"), [first, second])
    same = MeetingDetails(first.starts_at, first.ends_at, venue="Raadhuis", town="Breda")
    with pytest.raises(MeetingRefused):
        editions.plan_edition(course, EditionDetails("Voorjaar"), [first, second, third, same])
    late = EditionDetails("Voorjaar", closes_at=first.ends_at)
    with pytest.raises(ClosesLate):
        editions.plan_edition(course, late, [first, second, third])


def test_publishing_shows_all_days_and_taking_back_hides_them(desk, network):
    edition = planned.edition(network)
    page = _page(network, f"/editions/{edition.id}")
    post(desk, f"{page}/publish", page=page)
    assert edition.state == EditionState.PUBLISHED
    assert all(each.event.published for each in edition.meetings)
    post(desk, f"{page}/withdraw", page=page)
    assert edition.state == EditionState.DRAFT
    assert not any(each.event.published for each in edition.meetings)


def test_an_edition_with_invited_people_does_not_become_a_draft_again(network):
    edition = planned.published(network)
    factories.invitation(edition.meetings[0].event)
    with pytest.raises(EditionRefused):
        editions.withdraw_edition(edition)


@pytest.mark.parametrize(
    "act",
    [
        planning.publish_event,
        planning.withdraw_event,
        lambda event: planning.cancel_event(event, ""),
        lambda event: planning.copy_event(event, clock.now() + timedelta(days=90)),
    ],
)
def test_no_rule_does_with_one_day_what_is_done_with_all(network, act):
    with pytest.raises(PartOfCourse):
        act(planned.published(network).meetings[1].event)


def test_a_meeting_is_not_called_another_kind_of_session(network):
    event = planned.published(network).meetings[1].event
    with pytest.raises(MeetingOfCourse):
        planning.change_event(event, _details_of(event, format=EventFormat.SESSION))
    planning.change_event(event, _details_of(event, title="Dag 2, over durven"))
    assert (event.title, event.format) == ("Dag 2, over durven", EventFormat.COURSE_MEETING)


def test_who_gets_how_many_seats_is_said_of_the_edition_alone(network):
    event = planned.published(network).meetings[0].event
    with pytest.raises(QuotaOfCourse):
        planning.change_event(event, _details_of(event, seats_per_organisation=2))
    with pytest.raises(QuotaOfCourse):
        allotments.offer_seats(event, factories.organisation("Oss"), 2, clock.now(), factories.person())


def _details_of(event: Event, **changed) -> EventDetails:
    return EventDetails(**{name: getattr(event, name) for name in EventDetails.__dataclass_fields__} | changed)


@pytest.mark.parametrize("act", ["publish", "withdraw", "cancel", "copy", "delete"])
def test_pages_of_one_day_lead_to_the_edition(desk, network, act):
    edition = planned.edition(network)
    event = edition.meetings[1].event
    answer = post(desk, f"/organise/events/{event.slug}/{act}", page=f"/organise/events/{event.slug}/edit")
    assert answer.location == _page(network, f"/editions/{edition.id}")
    assert event.state == EditionState.DRAFT
    assert db.session.get(Event, event.id) is not None
    page = desk.get(f"/organise/events/{event.slug}/edit").text
    assert f"{planned.TITLE}, Voorjaar" in page
    assert f"/events/{event.slug}/{act}" not in page


def test_the_list_of_sessions_leaves_days_of_courses_out(network):
    events = [meeting.event for meeting in planned.edition(network).meetings]
    for ready in (chosen_sessions.sort_to_publish(events), chosen_sessions.sort_to_delete(events)):
        assert ready.events == []
        assert {why for _, why in ready.left_out} == {LeftOut.COURSE}


def test_people_are_invited_by_the_first_day_only(desk, network):
    edition = planned.published(network)
    first, second, _ = (meeting.event for meeting in edition.meetings)
    kinds = [{wave.kind for wave in wave_proposals.propose_waves(event)} for event in (first, second)]
    assert WaveKind.INVITATION in kinds[0]
    assert kinds[1] == {WaveKind.LAST_INFORMATION}
    audience = factories.audience(network)
    with pytest.raises(UselessWave):
        waves.check_wave(factories.wave(second, WaveKind.INVITATION, to=audience))
    waves.check_wave(factories.wave(first, WaveKind.INVITATION, to=audience))
    assert desk.get(f"/organise/events/{second.slug}/path/who").status_code == 302


def test_seats_do_not_go_below_who_is_in(desk, network):
    edition = planned.published(network, seats=10)
    for _ in range(3):
        _enrol(edition, factories.person(at="Tilburg"))
    with pytest.raises(SeatsTaken):
        editions.change_edition(edition, EditionDetails("Voorjaar", seats=2))
    with pytest.raises(QuotaTaken):
        editions.change_edition(edition, EditionDetails("Voorjaar", seats_per_organisation=2))
    page = _page(network, f"/editions/{edition.id}/edit")
    answer = post(desk, page, title="Voorjaar", seats="2")
    assert answer.status_code == 422
    assert "al 3 mensen ingeschreven" in answer.text
    editions.change_edition(edition, EditionDetails("Najaar", seats=3))
    assert (edition.title, edition.seats) == ("Najaar", 3)


def test_two_editions_of_one_course_have_names_of_their_own(network):
    first, second = planned.edition(network), planned.edition(network, "Najaar")
    with pytest.raises(EditionKnown):
        planned.edition(network)
    with pytest.raises(EditionKnown):
        editions.change_edition(second, EditionDetails("Voorjaar"))
    assert first.course is second.course


def test_a_copy_has_other_days_and_the_same_places(desk, network):
    edition = planned.edition(network, seats=12)
    meetings.drop_meeting(edition.meetings[1])
    answer = post(
        desk,
        _page(network, f"/editions/{edition.id}/copy"),
        **{"title": "Najaar", "meetings-0-day": _day(100), "meetings-1-day": _day(110)},
    )
    twin = db.session.scalars(sa.select(CourseEdition).where(CourseEdition.title == "Najaar")).one()
    assert answer.location.endswith(f"/editions/{twin.id}")
    assert [each.place for each in twin.meetings] == [1, 3]
    assert twin.seats == 12
    assert [clock.to_local(each.event.starts_at).date().isoformat() for each in twin.meetings] == [_day(100), _day(110)]
    assert twin.state == EditionState.DRAFT
    assert twin.closes_at <= twin.meetings[0].event.starts_at


def test_a_day_is_added_dropped_and_taken_back(desk, network):
    edition = planned.published(network)
    page = _page(network, f"/editions/{edition.id}")
    row = {"day": _day(80), "start": "10:00", "end": "12:00", "held": "online"}
    post(desk, f"{page}/meetings/new", **{f"meeting-{name}": value for name, value in row.items()})
    added = edition.meetings[-1]
    assert (added.place, added.event.title) == (4, f"{planned.TITLE}, dag 4")
    assert added.event.published
    factories.registration(edition.meetings[1].event)
    post(desk, f"{page}/meetings/{edition.meetings[1].id}/drop", page=page)
    assert edition.meetings[1].dropped_at
    assert edition.meetings[1].event.cancelled
    assert "vervalt" in desk.get(page).text
    post(desk, "/organise/undo", page=page)
    assert edition.meetings[1].dropped_at is None
    assert edition.meetings[1].event.published


def test_when_the_first_day_falls_away_people_come_in_by_the_next(network):
    edition = planned.published(network)
    first, second, third = edition.meetings
    meetings.drop_meeting(first)
    assert second.event.open_to_all
    assert not third.event.open_to_all
    meetings.drop_meeting(second)
    with pytest.raises(MeetingRefused):
        meetings.drop_meeting(third)


def test_moving_one_day_leaves_the_others_and_is_said_when_it_passes_one(desk, network):
    edition = planned.published(network)
    first, second, _ = (meeting.event for meeting in edition.meetings)
    before = first.starts_at
    factories.move(second, hours=24 * 20)
    assert first.starts_at == before
    assert "eerder dan de bijeenkomst ervoor" in desk.get(_page(network, f"/editions/{edition.id}")).text


def test_a_cancelled_edition_is_told_once(desk, network):
    edition = planned.published(network)
    person = factories.person()
    _enrol(edition, person)
    work()
    before = len(mails())
    page = _page(network, f"/editions/{edition.id}/cancel")
    post(desk, page, reason="De spreker is ziek.")
    db.session.execute(sa.update(Message).values(due_at=clock.now()))
    assert edition.state == EditionState.CANCELLED
    assert all(each.event.cancelled for each in edition.meetings)
    letter, *cancels = mails()[before:]
    assert (letter.kind, letter.person_id) == (MessageKind.COURSE, person.id)
    assert "De spreker is ziek." in text_of(parsed(letter.finished.content))
    assert [(each.kind, each.person_id) for each in cancels] == [(MessageKind.COURSE_DAY, person.id)] * 3
    methods = [calendar_of(parsed(each.finished.content))["method"] for each in cancels]
    assert methods == ["CANCEL"] * 3


def test_a_cancelled_edition_goes_on_by_one_press_and_one_that_passed_says_what_to_do(desk, network):
    edition = planned.published(network)
    person = factories.person()
    _enrol(edition, person)
    editions.cancel_edition(edition, "De spreker is ziek.")
    db.session.commit()
    page = _page(network, f"/editions/{edition.id}")
    assert "Laat de uitvoering toch doorgaan" in desk.get(page).text
    post(desk, f"{page}/revive")
    assert edition.state == EditionState.PUBLISHED
    assert all(each.event.published for each in edition.meetings)
    assert edition.meetings[0].event.open_to_all
    editions.cancel_edition(edition, "")
    for meeting in edition.meetings:
        factories.move(meeting.event, hours=-300)
    text = desk.get(page).text
    assert "Plan haar nog een keer, op andere dagen" in text
    assert "Laat de uitvoering toch doorgaan" not in text
    assert desk.get(f"{page}/revive").status_code == 404


def test_enrolling_closes_at_its_own_hour_over_a_change_of_the_clocks_too(network):
    """A week before the last of March the clocks have not changed yet."""
    first = clock.moment_on_wall(date(clock.today().year + 1, 3, 31), time(9))
    closes = clock.to_local(editions.closing_for(None, first))
    assert (closes.day, closes.hour) == (24, 9)
    details = EditionDetails("Voorjaar", closes_at=first - timedelta(days=20))
    course = courses.create_course(network, CourseDetails("Leergang"))
    edition = editions.plan_edition(course, details, [MeetingDetails(first, first + timedelta(hours=3))])
    twin = editions.copy_edition(edition, "Najaar", {edition.meetings[0].id: first + timedelta(weeks=10)})
    before, after = clock.to_local(edition.closes_at), clock.to_local(twin.closes_at)
    assert (after.date() - before.date(), after.hour) == (timedelta(weeks=10), before.hour)


def test_a_draft_is_deleted_with_its_days_and_a_course_without_editions_with_undo(desk, network):
    edition = planned.edition(network)
    course = edition.course
    page = _page(network, f"/editions/{edition.id}/delete")
    post(desk, _page(network, f"/{course.id}/remove"), page=page)
    post(desk, page)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == 0
    post(desk, _page(network, f"/{course.id}/remove"), page=_page(network, f"/{course.id}"))
    assert db.session.scalar(sa.select(Course.id)) is None
    post(desk, "/organise/undo", page=_page(network))
    assert db.session.scalars(sa.select(Course.title)).all() == [planned.TITLE]


def test_readers_of_a_confidential_course_see_nobody(client, network):
    edition = planned.published(network)
    _enrol(edition, factories.person("Sanne de Vries"))
    sign_in(client, factories.account(network, factories.NetworkRole.READER))
    page = _page(network, f"/editions/{edition.id}")
    assert "Sanne de Vries" in client.get(page).text
    edition.meetings[2].event.confidential = True
    assert "Sanne de Vries" not in client.get(page).text
