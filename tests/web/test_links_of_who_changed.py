"""Links that were mailed before somebody was erased, or turned out to be somebody we knew already."""

import pytest
import sqlalchemy as sa

from app import tokens
from app.agendas import koppels
from app.database import db
from app.events import programme
from app.feeds import personal_feed
from app.invitations import check_in_codes, invitation_links
from app.invitations.models import Answer, Invitation
from app.lessons.insights import commitment_letters
from app.me import sign_ins
from app.network import correspondence, memberships
from app.network.imports import merges
from app.network.people import own_data, people
from app.network.people.models import AddressClaim, Departure, PersonSignIn
from app.polls import polls
from app.registration import allotments, substitute_wishes
from app.speakers import asking
from app.tokens import Purpose
from tests import factories
from tests.agendas import made
from tests.helpers import post

pytestmark = pytest.mark.usefixtures("app")
HERE = "http://leerkring.test"


@pytest.fixture
def event(app):
    return factories.hybrid(factories.network())


@pytest.fixture
def person(event):
    return factories.person("Sanne de Vries", at="Oss", of=event.network, address="sanne@gemeente.example")


@pytest.fixture
def links(event, person) -> dict[str, str]:
    """A link of every purpose that somebody gets, by what it is for."""
    invitation = factories.registration(event, person).invitation
    wish = substitute_wishes.note_wish(invitation, "Bob", "bob@gemeente.example")
    poll = polls.create_poll(event.network, "Wanneer?", "", [(event.starts_at, event.ends_at)], holds=False)
    polls.ask_voters(poll, [person])
    values = {"starts_at": event.starts_at, "ends_at": None, "title": "Lezing", "description": ""}
    slot = programme.save_slot(event, None, speakers=programme.read_speakers(person.name), **values)
    db.session.flush()
    seats = allotments.offer_seats(event, factories.organisation("Oss"), 2, event.closes_at, person)
    own_data.claim_address(person, "sanne@nieuw.example")
    claim = db.session.scalars(sa.select(AddressClaim.id)).one()
    sign_ins.ask_of(person, person.addresses[0])
    asked = db.session.scalars(sa.select(PersonSignIn)).one()
    departure = Departure(person_id=person.id, kept=[])
    db.session.add(departure)
    db.session.flush()
    db.session.expire_all()
    preferences = correspondence.link_to_preferences(person)
    found = {
        "invitation": invitation_links.link_to_invitation(invitation),
        "joining": invitation_links.link_to_joining(invitation),
        "check_in": check_in_codes.link_to_check_in(invitation),
        "instead": substitute_wishes.link_to_instead(wish),
        "poll": polls.link_to_poll(poll.voters[0]),
        "speaker": asking.link_of_speaker(asking.ask_speaker(event, slot.speakers[0], person.addresses[0].address, "")),
        "koppel": koppels.link_to_office(made.office(made.theme_on(made.agenda(event.network)), person)),
        "seats": allotments.link_to_seats(seats),
        "commitment": commitment_letters.link_to_commitment(factories.commitment(event, person)),
        "feed": personal_feed.link_to_personal_feed(person, Purpose.FEED),
        "unsubscribe": memberships.link_to_unsubscribe(person, event.network_id),
        "preferences": preferences,
        "stop": f"{preferences}/stop",
        "file": f"{preferences}/data",
        "leave": f"{preferences}/leave",
        "address": f"/address/{tokens.make_token(Purpose.ADDRESS, claim)}",
        "own pages": sign_ins.link_of_request(asked),
        "come back": f"/come-back/{tokens.make_token(Purpose.DEPARTURE, departure.id)}",
    }
    return {name: link.removeprefix(HERE) for name, link in found.items()}


def _opened(client, links) -> dict[str, int]:
    return {name: client.get(link).status_code for name, link in links.items()}


def test_all_links_open(client, links):
    assert _opened(client, links) == dict.fromkeys(links, 200)


def test_none_opens_of_who_was_erased(client, links, person):
    people.erase_person(person)
    assert _opened(client, links) == dict.fromkeys(links, 404)


def test_of_who_was_merged_they_lead_to_who_is_kept_but_for_signing_in(client, links, event, person):
    """The own pages ask for a mail to who is kept; mails to the old address sign nobody in and confirm nothing any more."""
    kept = factories.person("S. de Vries", of=event.network, address="s.devries@provincie.example")
    merges.merge_people(kept, person)
    dead = {"address": 404, "own pages": 404, "come back": 404}
    assert _opened(client, links) == {name: dead.get(name, 200) for name in links}
    post(client, links["invitation"], answer="no")
    invitation = db.session.scalars(sa.select(Invitation)).one()
    assert (invitation.person_id, invitation.answer) == (kept.id, Answer.NO)


def test_of_who_was_merged_and_then_erased_none_opens(client, links, event, person):
    kept = factories.person("S. de Vries", of=event.network, address="s.devries@provincie.example")
    merges.merge_people(kept, person)
    people.erase_person(kept)
    assert _opened(client, links) == dict.fromkeys(links, 404)
