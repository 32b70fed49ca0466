"""Who may read which material: on pages, in mails, in the library, and at the address of a file itself."""

from datetime import timedelta

import pytest

from app import clock
from app.database import db
from app.events import programme
from app.invitations import invitation_links
from app.invitations.waves.models import WaveKind
from app.lessons.impressions import follow_up_letters
from app.materials import materials, reading
from app.materials.models import ForWhom, MaterialKind, Scan
from app.network import memberships
from app.registration import answers, course_seats, enrolments
from app.uploads.people_shown import PeopleShown
from tests import factories
from tests.helpers import html_of, links_in, mail_to, post, sign_in_person, text_of, work
from tests.registration import made_courses

SITE = "http://leerkring.test"


@pytest.fixture
def event(app):
    return factories.event(title="Datagedreven werken")


@pytest.fixture
def shelf(event):
    """Something for each."""
    made = {each: factories.material(event, f"Stuk voor {each.value}", each) for each in ForWhom}
    db.session.commit()
    return made


def page_of(invitation) -> str:
    return invitation_links.link_to_invitation(invitation).removeprefix(SITE)


def seen_in(text: str) -> set[str]:
    return {each.value for each in ForWhom if f"Stuk voor {each.value}" in text}


def opened(client, page: str, shelf) -> set[str]:
    """What comes out at the address of each."""
    answers = {each.value: client.get(f"{page}/materials/{row.id}") for each, row in shelf.items()}
    return {name for name, answer in answers.items() if answer.data == f"%PDF-1.7 Stuk voor {name}".encode()}


class TestPublic:
    def test_everybody_reads_what_is_for_everybody(self, client, event, shelf):
        page = f"/events/{event.slug}"
        assert seen_in(client.get(page).text) == {"everybody"}
        assert opened(client, page, shelf) == {"everybody"}

    def test_who_came_by_an_own_link_reads_theirs_there_too(self, client, event, shelf):
        page, invitation = f"/events/{event.slug}", factories.invitation(event)
        post(client, page_of(invitation), answer="on_site")
        assert seen_in(client.get(page).text) == {"everybody", "participants"}
        assert opened(client, page, shelf) == {"everybody", "participants"}
        assert "no-store" in client.get(page).headers["Cache-Control"]

    def test_a_member_who_was_not_invited_reads_it_when_signed_in_and_not_by_an_invitation_to_another(
        self, app, event, shelf
    ):
        client, member = app.test_client(), factories.person(of=event.network)
        db.session.commit()
        other = factories.invitation(factories.event(event.network), member)
        post(client, page_of(other), answer="no")
        assert seen_in(client.get(f"/events/{event.slug}").text) == {"everybody"}
        sign_in_person(client, member)
        assert seen_in(client.get(f"/events/{event.slug}").text) == {"everybody", "members"}

    def test_of_a_session_that_is_not_public_nothing_comes_out(self, client, event, shelf):
        event.confidential = True
        db.session.commit()
        assert opened(client, f"/events/{event.slug}", shelf) == set()

    def test_of_a_hidden_network_nothing_comes_out(self, client, event, shelf):
        event.network.listed = False
        db.session.commit()
        assert opened(client, f"/events/{event.slug}", shelf) == set()

    def test_of_another_session_nothing_comes_out(self, client, event, shelf):
        other = factories.event(event.network)
        db.session.commit()
        assert opened(client, f"/events/{other.slug}", shelf) == set()

    def test_what_was_removed_or_has_a_virus_does_not_come_out(self, client, event, shelf):
        page, row = f"/events/{event.slug}", shelf[ForWhom.EVERYBODY]
        row.scan = Scan.INFECTED
        db.session.commit()
        assert (seen_in(client.get(page).text), opened(client, page, shelf)) == (set(), set())
        row.scan = Scan.CLEAN
        materials.remove_material(row)
        db.session.commit()
        assert (seen_in(client.get(page).text), opened(client, page, shelf)) == (set(), set())

    def test_it_stands_with_its_part_of_the_programme(self, client, event):
        slot = programme.save_slot(
            event, None, starts_at=event.starts_at, ends_at=None, title="Lezing", description="", speakers=[]
        )
        db.session.flush()
        factories.material(event, "Sheets van de lezing", slot_id=slot.id)
        db.session.commit()
        text = client.get(f"/events/{event.slug}").text
        assert text.index("Lezing") < text.index("Sheets van de lezing") < text.index("</ol>")

    def test_a_link_goes_on_to_where_it_is(self, client, event):
        said = materials.Details("Opname", ForWhom.EVERYBODY, PeopleShown.AGREED)
        row = materials.add_link(event, said, MaterialKind.RECORDING, materials.Link("https://video.example/7", 75))
        db.session.commit()
        page = f"/events/{event.slug}"
        assert "(Opname, 75 minuten)" in client.get(page).text
        assert client.get(f"{page}/materials/{row.id}").location == "https://video.example/7"


PEOPLE = {
    "invited": {"everybody"},
    "waits": {"everybody"},
    "comes": {"everybody", "participants"},
    "came": {"everybody", "participants"},
    "cancelled": {"everybody"},
    "member": {"everybody", "members"},
    "member who comes": {"everybody", "members", "participants"},
    "left": {"everybody"},
}


def somebody(event, who: str):
    member = factories.person(of=event.network) if who.startswith(("member", "left")) else factories.person()
    if who == "came":
        return factories.attendance(event, member).invitation
    if who in {"comes", "member who comes"}:
        return factories.registration(event, member).invitation
    if who == "waits":
        event.seats_on_site = 1
        factories.registration(event)
        return factories.registration(event, member).invitation
    invitation = factories.invitation(event, member)
    if who == "cancelled":
        answers.accept_invitation(invitation, event.modes[0])
        answers.decline_invitation(invitation)
    if who == "left":
        memberships.leave_network(invitation.person.memberships[0])
    return invitation


class TestOwnPage:
    @pytest.mark.parametrize("who", PEOPLE)
    def test_somebody_reads_what_is_theirs_and_no_more(self, client, event, shelf, who):
        if who == "came":
            factories.move(event, hours=-1)
        invitation = somebody(event, who)
        db.session.commit()
        page = page_of(invitation)
        assert seen_in(client.get(page).text) == PEOPLE[who]
        assert opened(client, page, shelf) == PEOPLE[who]

    def test_a_confidential_session_gives_it_to_who_is_there(self, client, event):
        event.confidential = True
        row = factories.material(event, "Stuk voor participants", ForWhom.PARTICIPANTS)
        page = page_of(factories.registration(event).invitation)
        db.session.commit()
        assert opened(client, page, {ForWhom.PARTICIPANTS: row}) == {"participants"}

    def test_a_scanner_of_mail_that_tries_the_link_gets_nothing(self, client, event, shelf):
        page = page_of(factories.invitation(event))
        db.session.commit()
        assert client.head(f"{page}/materials/{shelf[ForWhom.EVERYBODY].id}").status_code == 200

    def test_without_the_link_it_is_not_there(self, client, event, shelf):
        assert opened(client, f"/my/{event.slug}", shelf) == set()
        assert opened(client, "/i/onzin", shelf) == set()


class TestMails:
    @pytest.mark.parametrize("kind", [WaveKind.LAST_INFORMATION, WaveKind.THANK_YOU])
    def test_each_reader_gets_links_to_their_own(self, client, event, shelf, kind):
        if kind == WaveKind.THANK_YOU:
            factories.move(event, hours=-30)
        come = factories.attendance if kind == WaveKind.THANK_YOU else factories.registration
        member, guest = factories.person("Mia Lid", of=event.network), factories.person("Gijs Gast")
        for person in (member, guest):
            come(event, person)
        factories.wave(event, kind)
        db.session.commit()
        work()
        mail = mail_to(member, kind.value)
        assert seen_in(text_of(mail)) == seen_in(html_of(mail)) == {"everybody", "participants", "members"}
        assert seen_in(text_of(mail_to(guest, kind.value))) == {"everybody", "participants"}
        links = [link for link in links_in(mail) if "/materials/" in link]
        assert [client.get(link.removeprefix(SITE)).data for link in links] == [
            f"%PDF-1.7 Stuk voor {each.value}".encode() for each in ForWhom
        ]

    def test_the_thanks_with_the_report_have_it_too(self, event, shelf):
        factories.move(event, hours=-72)
        there = factories.attendance(event, factories.person("Gijs Gast")).invitation
        factories.impression(event)
        follow_up_letters.plan_due_follow_ups(clock.now() + timedelta(days=2))
        assert seen_in(text_of(mail_to(there.person, "thanks"))) == {"everybody", "participants"}


class TestLibrary:
    def test_what_is_public_is_found_by_its_title(self, client, event, shelf):
        text = client.get("/library?q=stukken").text
        assert seen_in(text) == {"everybody"}
        assert f"/events/{event.slug}/materials/{shelf[ForWhom.EVERYBODY].id}" in text

    @pytest.mark.parametrize("hide", ["confidential", "unlisted", "draft", "removed"])
    def test_what_is_not_public_is_not(self, client, event, shelf, hide):
        match hide:
            case "confidential":
                event.confidential = True
            case "unlisted":
                event.network.listed = False
            case "draft":
                event.state = "draft"
            case "removed":
                materials.remove_material(shelf[ForWhom.EVERYBODY])
        db.session.commit()
        assert seen_in(client.get("/library?q=stuk").text) == set()

    @pytest.mark.parametrize("narrow", ["year=2001", "network=ander", "theme=ander", "kind=gemeente", "year=99999"])
    def test_it_is_narrowed_down_as_the_rest(self, client, event, shelf, narrow):
        assert seen_in(client.get(f"/library?q=stuk&{narrow}").text) == set()


class TestCourse:
    """Material of a whole course, which stands with its first day."""

    @pytest.fixture
    def edition(self, app):
        made = made_courses.edition()
        for each in ForWhom:
            factories.material(made.meetings[0].event, f"Stuk voor {each.value}", each, of_course=True)
        db.session.commit()
        return made

    @pytest.fixture
    def shelf(self, edition):
        return {each.for_whom: each for each in materials.list_materials(edition.meetings[0].event)}

    def test_it_stands_with_every_day_and_is_opened_there(self, client, edition, shelf):
        for event in made_courses.events(edition):
            page = f"/events/{event.slug}"
            assert seen_in(client.get(page).text) == {"everybody"}
            assert opened(client, page, shelf) == {"everybody"}
        assert seen_in(client.get(f"/courses/{edition.course.slug}").text) == {"everybody"}

    def test_who_is_absent_on_a_day_reads_it_on_their_own_page_as_who_has_a_seat_there(self, client, edition, shelf):
        invitation = made_courses.invited(edition)
        enrolments.enrol(invitation, {}, absent=[edition.meetings[0].id])
        db.session.commit()
        page = page_of(invitation)
        assert seen_in(client.get(page).text) == {"everybody", "participants"}
        assert opened(client, page, shelf) == {"everybody", "participants"}

    def test_who_waits_or_left_does_not_read_what_is_for_participants(self, client, edition, shelf):
        edition.seats = 1
        leaves, waits = made_courses.enrolled(edition), made_courses.invited(edition)
        enrolments.enrol(waits, {})
        db.session.commit()
        assert seen_in(client.get(page_of(waits)).text) == {"everybody"}
        left = course_seats.anchor(leaves)
        enrolments.leave(leaves)
        db.session.commit()
        assert opened(client, page_of(left), shelf) == {"everybody"}
        assert opened(client, page_of(waits), shelf) == {"everybody", "participants"}

    def test_another_course_and_a_day_made_confidential_show_nothing_of_it(self, client, edition, shelf):
        other = made_courses.edition(edition.course, begins=60)
        db.session.commit()
        assert seen_in(client.get(f"/events/{made_courses.events(other)[0].slug}").text) == set()
        made_courses.events(edition)[0].confidential = True
        db.session.commit()
        page = f"/events/{made_courses.events(edition)[1].slug}"
        assert seen_in(client.get(page).text) == set()
        assert opened(client, page, shelf) == set()

    def test_a_mail_about_each_day_names_it(self, edition, shelf):
        enrolment = made_courses.enrolled(edition)
        db.session.commit()
        seats = [day.registration.invitation_id for day in enrolment.days]
        found = reading.materials_of_invited(seats)
        titles = {"Stuk voor everybody", "Stuk voor participants"}
        assert {each: {row.title for row in rows} for each, rows in found.items()} == dict.fromkeys(seats, titles)
