"""The page of a course: one form with all days, what holds, and one day behind it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.attendance import presence
from app.attendance.models import Entry
from app.certificates.models import Certificate, CertificateVersion, WithdrawnBecause
from app.courses.models import Enrolment, EnrolmentState
from app.database import db
from app.events.models import Mode
from app.invitations import invitation_links
from app.invitations.models import Answer, Invitation
from app.invitations.waves.models import WaveKind
from app.outbox.models import Message
from app.registration import answers, enrolments
from app.registration.models import Registration, RegistrationState
from tests import factories
from tests.helpers import mail_to, mails, post, sign_in, text_of, work
from tests.registration import made_courses as made

pytestmark = pytest.mark.one_database


def _path(invitation: Invitation) -> str:
    db.session.commit()
    return invitation_links.link_to_invitation(invitation).removeprefix("http://leerkring.test")


def _enrolment(invitation: Invitation) -> Enrolment:
    db.session.expire_all()
    return db.session.scalars(sa.select(Enrolment).filter_by(person_id=invitation.person_id)).one()


def _seats(invitation: Invitation) -> list[int]:
    wanted = sa.select(Registration.event_id).join(Registration.invitation)
    mine = wanted.where(Invitation.person_id == invitation.person_id)
    return sorted(db.session.scalars(mine.where(Registration.state == RegistrationState.CONFIRMED)))


@pytest.fixture
def edition(app):
    return made.edition(event={"seats_on_site": 2})


def test_one_form_has_all_days_one_yes_and_one_no(client, edition):
    invitation = made.invited(edition)
    page = client.get(_path(invitation)).text
    assert "doe je mee?" in page
    assert [event.title in page for event in made.events(edition)] == [True] * 3
    assert page.count("Ik kan deze dag niet") == 3
    assert page.count("Ja, ik doe mee") == page.count("Nee, ik doe niet mee") == 1


def test_any_link_of_any_meeting_opens_the_course(client, edition):
    page = client.get(_path(made.invited(edition, day=3))).text
    assert "doe je mee?" in page
    assert edition.meetings[0].event.title in page


def test_yes_with_a_day_absent_enrols_in_the_others(client, edition):
    invitation = made.invited(edition)
    skipped = {f"day_{edition.meetings[1].id}": "absent"}
    response = post(client, _path(invitation), answer="enrol", **skipped)
    assert response.status_code == 303
    page = client.get(response.location).text
    assert "je bent ingeschreven" in page
    assert "je bent er niet" in page
    assert _seats(invitation) == [edition.meetings[0].event_id, edition.meetings[2].event_id]


def test_no_is_one_to_the_course(client, edition):
    invitation = made.invited(edition)
    page = client.get(post(client, _path(invitation), answer="decline").location).text
    assert "je doet niet mee" in page
    db.session.refresh(invitation)
    assert invitation.answer == Answer.NO


def test_who_waits_sees_which_day_blocks_and_can_go_around_it(client):
    course = made.course()
    edition, other = made.edition(course), made.edition(course, begins=40)
    edition.meetings[1].event.seats_on_site = 1
    made.enrolled(edition)
    invitation = made.invited(edition)
    path = _path(invitation)
    page = client.get(post(client, path, answer="enrol").location).text
    assert "je staat op plaats 1 van de wachtlijst" in page
    assert "Vol: " in page
    assert edition.meetings[1].event.title in page
    assert "Schrijf me zo in" in page
    post(client, path, answer="around")
    assert _enrolment(invitation).state == EnrolmentState.CONFIRMED
    assert other.meetings[1].event_id in _seats(invitation)
    assert "je haalt deze dag in" in client.get(path).text


def test_one_day_is_changed_and_the_course_left(client, edition):
    invitation = made.invited(edition)
    path = _path(invitation)
    post(client, path, answer="enrol")
    meeting = edition.meetings[1]
    post(client, path, answer="day", meeting=str(meeting.id), **{f"day_{meeting.id}": "absent"})
    assert meeting.event_id not in _seats(invitation)
    post(client, path, answer="day", meeting=str(meeting.id), **{f"day_{meeting.id}": "on_site"})
    assert len(_seats(invitation)) == 3
    page = client.get(post(client, path, answer="leave").location).text
    assert "je doet niet mee" in page
    assert _seats(invitation) == []


def test_forged_choices_change_nothing(client, edition):
    invitation, other = made.invited(edition), factories.event()
    path, first = _path(invitation), edition.meetings[0].id
    for forged in (str(other.id), "9" * 11, "online"):
        post(client, path, answer="enrol", **{f"day_{first}": forged})
        assert _seats(invitation) == []
    post(client, path, answer="enrol", **{f"day_{first}": "‮'; --"})
    for meeting in ("", "x", "99999"):
        assert post(client, path, answer="day", meeting=meeting).status_code == 303


def test_the_page_of_a_day_stays(client, edition):
    invitation = made.invited(edition)
    path = _path(invitation)
    post(client, path, answer="enrol")
    page = client.get(path).text
    assert "?dag=ja" in page
    day = client.get(f"{path}?dag=ja").text
    assert "Dit is een dag van de leergang" in day
    assert "je komt" in day
    assert "Ik stuur een collega" not in day
    own = client.get(f"/my/{edition.meetings[2].event.slug}?dag=ja")
    assert own.status_code == 200
    assert edition.meetings[2].event.title in own.text


def test_a_colleague_is_asked_for_the_whole(client, edition):
    invitation = made.invited(edition)
    path = _path(invitation)
    post(client, path, answer="enrol")
    post(client, path, answer="substitute", name="Bo Bakker", address="bo@oss.example")
    work()
    theirs = db.session.scalars(sa.select(Invitation).where(Invitation.substitute_for_id == invitation.id)).one()
    assert "voor alle dagen" in " ".join(text_of(mail_to(theirs.person)).split())
    their_page = _path(theirs)
    post(client, their_page, answer="enrol")
    assert len(_seats(theirs)) == 3
    assert _seats(invitation) == []
    assert "je collega gaat in jouw plaats" in client.get(path).text


def test_a_cancelled_edition_says_so(client, edition):
    invitation = made.invited(edition)
    enrolments.enrol(invitation, {})
    enrolments.cancel_edition(edition)
    assert "Deze leergang gaat niet door" in client.get(_path(invitation)).text


def test_the_page_asks_the_same_number_of_queries_for_six_days_as_for_three(client, queries):
    numbers = []
    for days in (3, 6):
        invitation = made.invited(made.edition(days=days))
        enrolments.enrol(invitation, {})
        path = _path(invitation)
        client.get(path)
        with queries() as asked:
            client.get(path)
        numbers.append(len(asked))
    assert numbers[0] == numbers[1] <= 12


def _opens(client, invitation: Invitation) -> bool:
    return client.get(_path(invitation)).status_code == 200


def test_a_link_lives_as_long_as_the_course_and_where_somebody_catches_up(client, edition):
    """Thirty days after the first of three meetings that are weeks apart, its link is the one in every letter."""
    other = made.edition(edition.course)
    mine, theirs = made.invited(edition), made.invited(edition)
    for who in (mine, theirs):
        enrolments.enrol(who, {})
    for meeting, days in zip(edition.meetings, (40, 35, 20), strict=True):
        factories.move(meeting.event, hours=-24 * days)
    assert _opens(client, mine)

    factories.move(edition.meetings[2].event, hours=-24 * 31)
    assert not _opens(client, mine)
    made.invited(other, mine.person, day=2)
    assert [_opens(client, mine), _opens(client, theirs)] == [True, False]


def test_a_link_lives_for_thirty_days_after_a_certificate_that_came_late(client, edition):
    mine, theirs = made.invited(edition), made.invited(edition)
    elsewhere = factories.invitation(factories.event(), mine.person)
    for event in (*made.events(edition), elsewhere.event):
        factories.move(event, hours=-24 * 60)
    certificate = Certificate(
        number="AAAA-AAAA-AAAA-AAAA", network=edition.course.network, course_edition_id=edition.id, person=mine.person
    )
    version = CertificateVersion(
        version=1, name="Sanne", language="nl", title="x", confidential=False, days=[], place="", network="x",
        signatory_name="x", signatory_function="", attended=3, needed=3, held=3, obligatory=0,
    )  # fmt: skip
    certificate.versions.append(version)
    db.session.add(certificate)
    assert [_opens(client, each) for each in (mine, theirs, elsewhere)] == [True, False, False]

    version.issued_at = clock.now() - timedelta(days=31)
    assert not _opens(client, mine)
    certificate.withdrawn_at, certificate.withdrawn_because = clock.now(), WithdrawnBecause.NOT_THERE
    assert _opens(client, mine)


def test_a_mail_that_asks_for_a_yes_names_the_course_and_not_its_first_day(client, edition):
    first, person = edition.meetings[0].event, factories.person(of=edition.course.network)
    factories.wave(first, WaveKind.INVITATION, to=factories.audience(first.network))
    work()
    mail = mail_to(person, "invitation")
    assert mail["Subject"].startswith(f"Uitnodiging: {edition.course.title}, ")
    assert f"nodigt je uit voor {edition.course.title}." in " ".join(text_of(mail).split())
    assert "dag 1" not in mail["Subject"]


@pytest.mark.parametrize("said_so", [True, False])
def test_a_day_that_was_missed_is_caught_up_from_the_page_as_long_as_it_is_taught_elsewhere(client, said_so):
    course = made.course()
    edition, other = made.edition(course), made.edition(course, begins=60)
    invitation = made.invited(edition)
    enrolments.enrol(invitation, {}, absent=[edition.meetings[0].id] if said_so else ())
    factories.move(edition.meetings[0].event, hours=-24)
    path = _path(invitation)
    assert client.get(path).text.count("Was je er niet? Haal deze dag in") == 1
    choice = {f"day_{edition.meetings[0].id}": str(other.meetings[0].event_id)}
    post(client, path, answer="day", meeting=str(edition.meetings[0].id), **choice)

    page = client.get(path).text
    assert "je haalt deze dag in" in page
    assert "Was je er niet?" not in page
    assert other.meetings[0].event_id in _seats(invitation)
    post(client, path, answer="day", meeting=str(edition.meetings[0].id), **dict.fromkeys(choice, "absent"))
    assert other.meetings[0].event_id not in _seats(invitation)


def test_who_was_there_has_nothing_to_catch_up(client):
    course = made.course()
    edition, other = made.edition(course), made.edition(course, begins=60)
    invitation = made.invited(edition)
    enrolments.enrol(invitation, {})
    factories.move(edition.meetings[0].event, hours=-24)
    presence.check_in_invitation(invitation, Entry.LIST, Mode.ON_SITE)
    path = _path(invitation)
    assert "Was je er niet?" not in client.get(path).text
    choice = {f"day_{edition.meetings[0].id}": str(other.meetings[0].event_id)}
    post(client, path, answer="day", meeting=str(edition.meetings[0].id), **choice)
    assert other.meetings[0].event_id not in _seats(invitation)


def test_who_waits_sees_what_they_wish_and_changes_it(client):
    course = made.course()
    edition, other = made.edition(course, seats=1), made.edition(course, begins=60)
    made.enrolled(edition)
    invitation = made.invited(edition)
    first, second, third = (f"day_{each.id}" for each in edition.meetings)
    choice = {second: str(other.meetings[1].event_id), third: "absent"}
    path = _path(invitation)
    page = client.get(post(client, path, answer="enrol", **choice).location).text
    assert "dan haal je die dag in waar je koos als daar dan nog plek is" in page
    assert "je wilt deze dag inhalen" in page
    assert _enrolment(invitation).state == EnrolmentState.WAITING
    assert "Bewaar mijn dagen" in client.get(f"{path}?antwoord=dagen").text
    post(client, path, answer="enrol", **{first: "on_site", second: "on_site", third: "on_site"})
    waiting = _enrolment(invitation)
    assert [each.catch_up_event_id for each in waiting.days] == [None] * 3
    assert waiting.waiting_number == 1


def test_a_colleague_finds_the_days_as_they_stood_and_has_them_as_they_choose(client):
    course = made.course()
    edition, other = made.edition(course, event={"seats_on_site": 1}), made.edition(course, begins=60)
    first, second, third = edition.meetings
    giver = enrolments.enrol(made.invited(edition), {}, catch_up={third.id: other.meetings[2].event_id})
    asked = db.session.scalars(sa.select(Invitation).filter_by(person_id=giver.person_id, event_id=first.event_id))
    theirs = answers.ask_substitute(asked.one(), "Bo Bakker", "bo@oss.example")
    path = _path(theirs)
    page = client.get(path).text
    assert "vol: kies je dit" not in page
    refused = post(client, path, answer="enrol", **{f"day_{each.id}": "absent" for each in edition.meetings})
    assert "Dit is je enige dag" in client.get(refused.location or path).text
    assert _seats(theirs) == []
    post(client, path, answer="enrol", **{f"day_{second.id}": "absent", f"day_{third.id}": "on_site"})
    assert _seats(theirs) == [first.event_id, third.event_id]
    work()
    letters = [each.kind.value for each in mails(Message.person_id == theirs.person_id, Message.sent_at.is_not(None))]
    assert letters.count("course") == 1


def test_the_overview_of_a_day_says_how_many_wait_for_the_course_and_the_press_that_they_are_passed(client):
    edition = made.edition(seats=1)
    leaving = made.enrolled(edition)
    made.enrolled(edition)
    newcomer = made.invited(edition, day=2)
    factories.move(edition.meetings[0].event, hours=-30)
    organiser = factories.account(edition.course.network)
    enrolments.leave(leaving, by=organiser)
    sign_in(client, organiser)
    page = f"/organise/events/{newcomer.event.slug}"
    assert "1 wacht op een plek in de leergang" in client.get(page).text
    theirs = f"{page}/people/{newcomer.id}"
    assert "1 mens wacht al op een plek die er is" in client.get(theirs).text
    post(client, f"{theirs}/register", page=theirs, mode="on_site")
    assert _seats(newcomer) == []
    post(client, f"{theirs}/register", page=theirs, mode="on_site", past_line="yes")
    assert len(_seats(newcomer)) == 2
