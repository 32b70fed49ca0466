"""Who comes and who was there: the names of those who agreed, for whoever takes part too, and never of a confidential session."""

import pytest

from app.database import db
from app.directory import consents, participants
from app.invitations import invitation_links
from app.network import memberships
from app.network.imports import merges
from app.registration import answers
from tests import factories
from tests.helpers import post, sign_in_person

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def network():
    return factories.network()


@pytest.fixture
def event(network):
    return factories.event(network)


def _comes(event, name: str, *, shown: bool):
    person = factories.registration(event, factories.person(name, at="Oss", of=event.network)).invitation.person
    consents.show_at(person, event, shown=shown)
    db.session.flush()
    return person


def _names(event) -> list[str]:
    return [each.name for each in participants.list_participants(event).shown]


def _page(event) -> str:
    return f"/me/sessions/{event.slug}/participants"


def test_it_is_asked_in_one_line_when_somebody_registers_and_off_by_default(client, event):
    agrees, silent = (factories.invitation(event, factories.person(name)) for name in ("Wel Graag", "Liever Niet"))
    links = [
        invitation_links.link_to_invitation(each).removeprefix("http://leerkring.test") for each in (agrees, silent)
    ]
    page = client.get(links[0]).text
    assert 'name="shown"' in page
    assert "checked" not in page.partition('name="shown"')[2].partition("</label>")[0]
    post(client, links[0], answer="on_site", shown="y", asked_shown="y")
    post(client, links[1], answer="on_site", asked_shown="y")
    assert _names(event) == ["Wel Graag"]
    post(client, links[0], answer="no")
    post(client, links[0], answer="on_site", asked_shown="y")
    assert _names(event) == []


def test_who_wants_no_use_of_their_data_is_counted_and_not_named(event):
    alone, _ = _comes(event, "Laat Mij", shown=True), _comes(event, "Wel Graag", shown=True)
    assert _names(event) == ["Wel Graag", "Laat Mij"]
    memberships.restrict_use(alone)
    assert _names(event) == ["Wel Graag"]


def test_only_who_takes_part_sees_who_agreed_and_takes_their_name_off_at_any_moment(client, event):
    agrees, refuses = _comes(event, "Wel Graag", shown=True), _comes(event, "Liever Niet", shown=False)
    gone = factories.registration(event, factories.person("Toch Weg", of=event.network)).invitation
    left = gone.person
    consents.show_at(left, event, shown=True)
    answers.decline_invitation(gone)
    elsewhere = _comes(factories.event(event.network), "Andere Sessie", shown=True)
    asked = factories.person("Alleen Gevraagd", of=event.network)
    factories.invitation(event, asked)
    consents.show_at(asked, event, shown=True)
    db.session.commit()
    for person in (elsewhere, asked, left):
        sign_in_person(client, person)
        assert client.get(_page(event)).status_code == 404
    sign_in_person(client, refuses)
    page = client.get(_page(event)).text
    assert [name in page for name in ("Wel Graag", "Oss", "Toch Weg", "Andere Sessie", "Alleen Gevraagd")] == [True, True, False, False, False]  # fmt: skip
    assert "anderen" not in page.partition("<main")[2]
    sign_in_person(client, agrees)
    post(client, _page(event), shown="no")
    sign_in_person(client, refuses)
    assert "Wel Graag" not in client.get(_page(event)).text


def test_who_did_not_agree_is_counted_from_five_on(event):
    _comes(event, "Wel Graag", shown=True)
    for number in range(4):
        _comes(event, f"Persoon Nummer{number}", shown=False)
    assert participants.list_participants(event).others == 0
    _comes(event, "Vijfde Mens", shown=False)
    assert participants.list_participants(event).others == 5


def test_once_a_session_is_confidential_its_list_is_gone(client, event):
    agrees = _comes(event, "Wel Graag", shown=True)
    invitation = factories.invitation(event, factories.person("Nieuw Mens"))
    event.confidential = True
    db.session.commit()
    sign_in_person(client, agrees)
    assert (client.get(_page(event)).status_code, _names(event)) == (404, [])
    link = invitation_links.link_to_invitation(invitation).removeprefix("http://leerkring.test")
    assert 'name="shown"' not in client.get(link).text
    post(client, link, answer="on_site", shown="y", asked_shown="y")
    assert not consents.shows_at(invitation.person, event)


def test_afterwards_it_is_who_was_there(event):
    _comes(event, "Kwam Niet", shown=True)
    factories.move(event, hours=-48)
    was = factories.attendance(event, factories.person("Was Er", of=event.network)).invitation.person
    consents.show_at(was, event, shown=True)
    db.session.flush()
    assert _names(event) == ["Was Er"]


def test_the_yes_stays_with_whom_it_was_of(event):
    agrees = _comes(event, "Wel Graag", shown=True)
    merges.merge_people(factories.person("Ander Mens", of=event.network), agrees)
    assert _names(event) == []
