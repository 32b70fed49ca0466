"""The pages of the day: at the door, by code, on paper, and the participant's own join page."""

import re

import pytest
import sqlalchemy as sa

from app.attendance import presence
from app.attendance.models import Attendance, Entry
from app.database import db
from app.events.models import Mode
from app.invitations import check_in_codes, invitation_links
from app.invitations.models import Invitation
from app.invitations.waves.models import WaveKind
from app.network.people.models import Person
from app.outbox import mail_parts
from tests import factories
from tests.helpers import html_of, mail_to, mails, post, sign_in, text_of, work

pytestmark = pytest.mark.one_database

LINK = "http://leerkring.test"


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
    sign_in(client, factories.account(event.network))
    return client


def _invitation(name: str) -> Invitation:
    return db.session.scalars(sa.select(Invitation).join(Invitation.person).where(Person.name == name)).one()


def test_a_tap_checks_in_and_an_undo_takes_it_back(door, event):
    day, sanne = f"/organise/events/{event.slug}/day", _invitation("Sanne de Vries")

    assert post(door, f"{day}/{sanne.id}/present", page=day, q="sanne").location == f"{day}?q=sanne"
    page = door.get(day).text
    assert "<strong>1</strong> van 2 aanwezig" in page
    assert (presence.attendance_of(sanne).mode, presence.attendance_of(sanne).entry) == (Mode.ON_SITE, Entry.LIST)

    post(door, f"{day}/{sanne.id}/undo", page=day)
    assert "<strong>0</strong> van 2 aanwezig" in door.get(day).text


def test_the_script_gets_only_the_rows(door, event):
    day, bram = f"/organise/events/{event.slug}/day", _invitation("Bram Bakker")
    presence.check_in_invitation(bram, Entry.LIST, by=factories.account(event.network, name="Els Mol"))
    token = re.search(r'name="csrf_token" value="([^"]+)"', door.get(day).text)[1]

    answer = door.post(
        f"{day}/{bram.id}/present", data={"csrf_token": token, "q": "bram"}, headers={"HX-Request": "true"}
    )

    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "Bram Bakker was al ingecheckt door Els Mol." in answer.text
    assert "Sanne" not in answer.text
    assert door.get(f"{day}/list?q=oss").text.count("<li") == 1


def test_somebody_registered_online_who_walks_in_is_counted_on_site(door, event):
    day, bram = f"/organise/events/{event.slug}/day", _invitation("Bram Bakker")
    assert "is er op locatie" in door.get(day).text

    post(door, f"{day}/{bram.id}/present", page=day, mode="on_site")

    assert presence.attendance_of(bram).mode == Mode.ON_SITE


def test_before_the_day_the_page_says_when(client, event):
    factories.move(event, hours=24 * 5)
    sign_in(client, factories.account(event.network))
    day, sanne = f"/organise/events/{event.slug}/day", _invitation("Sanne de Vries")

    page = client.get(day).text
    assert "Inchecken kan vanaf" in page
    assert "Aanwezig:" not in page
    post(client, f"{day}/{sanne.id}/present", page=day)
    assert presence.attendance_of(sanne) is None
    assert "Inchecken kan vanaf de dag zelf." in client.get(day).text


def test_the_other_events_people_are_not_checked_in_here(door, event):
    elsewhere = factories.registration(factories.event(event.network)).invitation
    day = f"/organise/events/{event.slug}/day"

    assert post(door, f"{day}/{elsewhere.id}/present", page=day).status_code == 404


class TestWalkIns:
    def test_a_stranger_is_added_and_present(self, door, event):
        page = f"/organise/events/{event.slug}/day/walk-in"
        assert 'value="Kees van Dam"' in door.get(f"{page}?name=Kees van Dam").text

        post(door, page, name="Kees van Dam", organisation=factories.organisation("Best").id, mode="on_site")

        assert "Kees van Dam staat op de lijst en is aanwezig." in door.get(f"/organise/events/{event.slug}/day").text
        assert presence.attendance_of(_invitation("Kees van Dam")).entry == Entry.WALK_IN

    def test_somebody_we_know_is_asked_about_first(self, door, event):
        known = factories.person("Kees van Dam", at="Best", of=event.network)
        day = f"/organise/events/{event.slug}/day"
        values = {"name": "Kees v. Dam", "organisation": factories.organisation("Best").id, "mode": "on_site"}

        asked = post(door, f"{day}/walk-in", **values)
        assert "Is het iemand die we al kennen?" in asked.text
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Attendance)) == 0

        post(door, f"{day}/known/{known.id}", page=f"{day}/walk-in", **values)
        assert presence.attendance_of(_invitation("Kees van Dam")).invitation.person_id == known.id

    def test_only_who_was_proposed_can_be_chosen(self, door, event):
        stranger = factories.person("Heel Anders")
        day = f"/organise/events/{event.slug}/day"

        answer = post(door, f"{day}/known/{stranger.id}", page=f"{day}/walk-in", name="Kees van Dam", mode="on_site")

        assert answer.status_code == 404

    def test_two_people_may_have_one_name(self, door, event):
        factories.person("Kees van Dam", at="Best")
        post(
            door,
            f"/organise/events/{event.slug}/day/walk-in",
            name="Kees van Dam",
            organisation="",
            mode="on_site",
            new="1",
        )

        assert db.session.scalar(sa.select(sa.func.count()).where(Person.name == "Kees van Dam")) == 2

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"name": " "}, "Vul dit in."),
            ({"name": "Kees", "address": "geen adres"}, "Dit is geen mailadres."),
            ({"name": "x" * 121}, "Gebruik hooguit 120 tekens."),
        ],
    )
    def test_mistakes_are_told_at_the_field(self, door, event, values, words):
        answer = post(door, f"/organise/events/{event.slug}/day/walk-in", **{"mode": "on_site"} | values)

        assert answer.status_code == 422
        assert words in answer.text


class TestCodes:
    def test_the_confirmation_shows_the_code_and_says_its_address(self, event):
        mail = mail_to(_invitation("Sanne de Vries").person, "confirmed")
        address = check_in_codes.link_to_check_in(_invitation("Sanne de Vries"))

        related = mail.get_payload()[0].get_payload()[1]
        assert related.get_content_type() == "multipart/related"
        html, image = related.iter_parts()
        assert 'src="cid:toegangscode"' in html.get_content()
        assert (image.get_content_type(), image["Content-ID"]) == ("image/png", "<toegangscode>")
        assert image.get_content().startswith(b"\x89PNG")
        assert address in text_of(mail)
        db.session.commit()
        assert mail_parts.read_mail_parts(mail.as_bytes()).html.count("data:image/png;base64,") == 1

    def test_who_takes_part_online_gets_no_code(self, event):
        mail = mail_to(_invitation("Bram Bakker").person, "confirmed")

        assert "/c/" not in html_of(mail)
        assert [part for part in mail.walk() if part.get_content_maintype() == "image"] == []

    def test_an_organiser_who_scans_checks_in_with_one_press(self, door, event):
        sanne = _invitation("Sanne de Vries")
        page = check_in_codes.link_to_check_in(sanne).removeprefix(LINK)

        assert "Oss" in door.get(page).text
        assert presence.attendance_of(sanne) is None
        assert "Aanwezig sinds" in door.get(post(door, page).location).text
        assert presence.attendance_of(sanne).entry == Entry.CODE

    def test_anybody_else_sees_whom_to_show_it(self, client, event):
        page = check_in_codes.link_to_check_in(_invitation("Sanne de Vries")).removeprefix(LINK)

        assert "Laat deze code zien bij de ingang" in client.get(page).text
        sign_in(client, factories.account(factories.network()))
        assert "Laat deze code zien bij de ingang" in client.get(page).text
        assert "Sanne" not in client.get(page).text

    def test_a_wrong_or_revoked_code_opens_nothing(self, door, event):
        sanne = _invitation("Sanne de Vries")
        page = check_in_codes.link_to_check_in(sanne).removeprefix(LINK)
        invitation_links.revoke_link(sanne)

        assert [
            door.get(each).status_code
            for each in (page, "/c/onzin", invitation_links.link_to_invitation(sanne).replace(LINK + "/i/", "/c/"))
        ] == [404] * 3


class TestJoining:
    def test_opening_the_session_counts_and_the_link_appears(self, client, event):
        bram = _invitation("Bram Bakker")
        page = invitation_links.link_to_joining(bram).removeprefix(LINK)

        assert client.get(page).status_code == 200
        assert presence.attendance_of(bram) is None
        joined = client.get(post(client, page).location)
        assert "Fijn dat je er bent, Bram." in joined.text
        assert "https://vergaderen.example/kamer" in joined.text
        assert (presence.attendance_of(bram).entry, presence.attendance_of(bram).mode) == (Entry.JOINED, Mode.ONLINE)

    def test_who_has_no_place_online_is_not_let_in(self, client, event):
        sanne = _invitation("Sanne de Vries")
        page = invitation_links.link_to_joining(sanne).removeprefix(LINK)

        answer = client.get(page).text
        assert "Je doet niet online mee" in answer
        assert "vergaderen.example" not in answer
        assert client.get("/i/onzin/join").status_code == 404

    def test_too_early_the_link_is_not_there_yet(self, client, event):
        factories.move(event, hours=24 * 5)
        page = invitation_links.link_to_joining(_invitation("Bram Bakker")).removeprefix(LINK)

        assert "Op de dag zelf open je hier de online sessie." in client.get(page).text


def test_the_paper_has_everybody_with_a_place(door, event):
    presence.check_in_walk_in(event, "Kees van Dam", None)

    page = door.get(f"/organise/events/{event.slug}/day/paper").text

    assert re.findall(r'<th scope="row">([^<]+)', page) == ["Bram Bakker", "Kees van Dam", "Sanne de Vries"]


def test_who_stayed_away_is_known_after_the_end(door, event):
    page = f"/organise/events/{event.slug}/day/absent"
    assert "De sessie is nog niet geweest." in door.get(page).text

    factories.move(event, hours=-20)
    assert "Er is nog niemand ingecheckt." in door.get(page).text
    presence.check_in_invitation(_invitation("Sanne de Vries"), Entry.LIST)
    away = door.get(page).text
    assert "1 van de 2 mensen met een plek kwam niet." in away
    assert "Bram Bakker" in away
    assert "Sanne" not in away


def test_the_cockpit_counts_and_narrows_to_who_was_there(door, event):
    presence.check_in_invitation(_invitation("Sanne de Vries"), Entry.LIST)
    cockpit = f"/organise/events/{event.slug}"

    assert "<strong>1</strong> aanwezig" in door.get(cockpit).text
    assert _names(door.get(f"{cockpit}?standing=present").text) == ["Sanne de Vries"]
    assert _names(door.get(f"{cockpit}?standing=absent").text) == ["Bram Bakker"]


def _names(page: str) -> list[str]:
    return re.findall(r'/people/\d+">([^<]+)</a>', page)


@pytest.mark.unbalanced
def test_who_walked_in_without_an_address_is_never_mailed(event, client):
    invitation = presence.check_in_walk_in(event, "Kees van Dam", None).attendance.invitation
    factories.move(event, hours=30)
    factories.wave(event, WaveKind.LAST_INFORMATION)
    work()

    assert [row.recipient for row in mails() if row.person_id == invitation.person_id] == []
