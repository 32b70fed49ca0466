"""Nothing of a confidential session shows to who may not see it: every page, export and API answer, by every role.

Canaries are planted where they would show if a page forgot to ask: a guest who is no member (any
trace is a leak), and a member who must not stand beside the session's name. Pages come from the
table of rights, which names every route of organisers, so that a new page takes part by itself.
"""

import itertools
import re

import pytest
import sqlalchemy as sa

from app import tokens
from app.accounts import accounts
from app.attendance import presence
from app.attendance.models import Entry
from app.database import db
from app.events import event_questions
from app.events.models import Mode, Preset
from app.invitations.waves.models import WaveState
from app.lessons.insights.models import Insight
from app.network.audiences import audiences
from app.network.audiences.audience_blocks import OF_EVENTS, AudienceBlock
from app.network.models import Network
from app.network.organisations.models import Organisation, OrganisationKind
from app.network.people import job_positions
from app.network.people.models import Person
from app.network.seeing import Viewer
from app.outbox import message_writing
from app.outbox.models import Message
from app.registration.models import QuestionAnswer
from app.tokens import Purpose
from tests import factories
from tests.accounts.test_rights import PAGES, world  # noqa: F401
from tests.helpers import sign_in

TITLE = "Intervisie in vertrouwen"
CANARIES = ("Wendelmoet", "kanarie.example", "zingt alleen", "Motie kanarie", "geen zaad")
"""Name, address, note, insight and diet of the guest; nobody without the right meets them anywhere."""


@pytest.fixture
def closed(world) -> dict:  # noqa: F811
    """The world with a confidential session that was held, to which a guest and a member came."""
    network = db.session.query(Network).filter_by(slug=world["n"]).one()
    member = db.session.get(Person, world["p"])
    place = Organisation(name="Test Gemeente Kanarie", kind=OrganisationKind.MUNICIPALITY, grid_row=90, grid_col=90)
    guest = factories.person("Wendelmoet Kanarie", address="wendelmoet@kanarie.example")
    db.session.add(place)
    db.session.flush()
    job_positions.add_or_change_position(guest, place, None)
    guest.notes = "zingt alleen in de kooi"
    event = factories.event(network, title=TITLE, confidential=True)
    event.questions = [event_questions.make_preset_question(Preset.DIETARY)]
    audience = factories.audience(network, "Wie komt er", audiences.make_condition(AudienceBlock.COMING, event.id))
    wave = factories.wave(event, to=audience, state=WaveState.DRAFT, at=factories.start(days=10))
    registrations = [factories.registration(event, person) for person in (guest, member)]
    db.session.add(QuestionAnswer(registration_id=registrations[0].id, question=event.questions[0], value="geen zaad"))
    message_writing.write_due_messages()
    factories.move(event, hours=-72)
    for registration in registrations:
        presence.check_in_invitation(registration.invitation, Entry.LIST, Mode.ON_SITE)
    factories.impression(event, "Motie kanarie vrij", published=False)
    factories.commitment(event, guest)
    db.session.flush()
    return world | {
        "e": event.slug,
        "closed": event.id,
        "guest": guest.id,
        "i": registrations[0].invitation_id,
        "w": wave.id,
        "a": audience.id,
        "x": db.session.query(Insight).filter_by(title="Motie kanarie vrij").one().id,
        "mail": db.session.query(Message).filter_by(invitation_id=registrations[0].invitation_id).first().id,
    }


def _enter(client, closed, role: str) -> None:
    if role != "nobody":
        sign_in(client, closed["accounts"][role])


def leaks(client, pages: list[str]) -> dict[str, list[str]]:
    """The canaries that each page shows, of pages that show any."""
    found = {page: [canary for canary in CANARIES if canary.encode() in client.get(page).data] for page in pages}
    return {page: canaries for page, canaries in found.items() if canaries}


@pytest.mark.parametrize("role", ["nobody", "outsider", "reader"])
@pytest.mark.parametrize("of", ["session", "guest"])
def test_nobody_without_the_right_meets_anything_of_a_confidential_session(client, closed, role, of):
    _enter(client, closed, role)
    ids = closed if of == "session" else closed | {"p": closed["guest"], "b": closed["guest"]}
    assert leaks(client, [page.format(**ids) for page in PAGES]) == {}


def test_organisers_meet_all_of_it(client, closed):
    _enter(client, closed, "organiser")
    seen = leaks(
        client,
        [page.format(**closed) for page in PAGES] + [f"/organise/networks/{closed['n']}/people/{closed['guest']}"],
    )
    assert set(itertools.chain(*seen.values())) == set(CANARIES)


def _member_of_people(closed) -> str:
    return f"/organise/networks/{closed['n']}/people/{closed['p']}"


@pytest.mark.parametrize(("role", "sees"), [("reader", False), ("organiser", True)])
def test_the_page_of_a_member_keeps_silent_about_it(client, closed, role, sees):
    _enter(client, closed, role)
    assert (TITLE in client.get(_member_of_people(closed)).text) == sees


def _count(client, closed, *conditions: tuple[AudienceBlock, int]) -> int:
    """How many people the live count of an audience gives for a group of conditions."""
    query = [("0-block", block.value) for block, _ in conditions]
    query += [(f"0-{place}-values", str(value)) for place, (_, value) in enumerate(conditions)]
    text = client.get(f"/organise/networks/{closed['n']}/audiences/count", query_string=query).text
    return sum(int(number) for number in re.findall(r">(\d+) (?:persoon|mensen)", text)[:1])


@pytest.mark.parametrize(("role", "tells"), [("reader", False), ("organiser", True)])
def test_no_count_answers_whether_somebody_came(client, closed, role, tells):
    """A reader's questions give the same for who came and for who was never asked."""
    stranger = factories.person(
        "Iemand Anders", at="Oss", of=db.session.query(Network).filter_by(slug=closed["n"]).one()
    )
    db.session.commit()
    _enter(client, closed, role)
    told = {
        block
        for block in OF_EVENTS
        if _count(client, closed, (block, closed["closed"]), (AudienceBlock.PERSON, closed["p"]))
        != _count(client, closed, (block, closed["closed"]), (AudienceBlock.PERSON, stranger.id))
    }
    assert told == ({AudienceBlock.COMING, AudienceBlock.ATTENDED} if tells else set())


def test_no_rule_answers_whether_somebody_came(closed):
    """Also when the form is left out: what the viewer may not know makes nobody fit."""
    network_id = db.session.query(Network).filter_by(slug=closed["n"]).one().id
    reader, organiser = Viewer(frozenset(), frozenset([network_id])), Viewer(frozenset([network_id]))
    events = [
        audiences.make_condition(block, closed["closed"]) for block in OF_EVENTS if block != AudienceBlock.MISSING
    ]
    asked = [*events, audiences.make_condition(AudienceBlock.EVER, network_id)]

    def fits(viewer: Viewer, *group: dict) -> bool:
        rule = [[*group, audiences.make_condition(AudienceBlock.PERSON, closed["p"])]]
        return db.session.scalar(sa.select(audiences.select_people_to_mail(rule, network_id, viewer).exists()))

    assert [each["block"] for each in asked if fits(reader, each)] == []
    assert {each["block"] for each in asked if fits(organiser, each)} == {
        AudienceBlock.COMING,
        AudienceBlock.ATTENDED,
        AudienceBlock.EVER,
    }


@pytest.mark.parametrize(
    ("role", "statuses"), [("reader", (403, 403)), ("organiser", (200, 200)), ("outsider", (404, 404))]
)
def test_an_audience_that_an_organiser_saved_about_it_opens_to_organisers_alone(client, closed, role, statuses):
    _enter(client, closed, role)
    page = f"/organise/networks/{closed['n']}/audiences/{closed['a']}/people"
    assert tuple(client.get(page + left).status_code for left in ("", "?left=1")) == statuses


@pytest.mark.parametrize(("role", "sees"), [("reader", False), ("organiser", True)])
@pytest.mark.parametrize("page", ["/organise/events/{e}", "/organise/networks/{n}/year"])
def test_no_map_shows_where_who_came_is_from(client, closed, role, sees, page):
    _enter(client, closed, role)
    text = client.get(page.format(**closed)).text
    tile = re.search(r"Test Gemeente Kanarie[^<]*", text)
    assert bool(tile and re.search(r"\d", tile[0])) == sees


@pytest.mark.parametrize(("role", "sees"), [("reader", False), ("organiser", True)])
def test_an_organisation_does_not_tell_that_its_people_were_there(client, closed, role, sees):
    _enter(client, closed, role)
    organisation = db.session.query(Organisation).filter_by(name="Test Gemeente Kanarie").one()
    text = client.get(f"/organise/organisations/{organisation.id}").text
    assert (db.session.query(Network).filter_by(slug=closed["n"]).one().name in text) == sees


@pytest.mark.parametrize("role", ["outsider", "reader"])
def test_the_api_keeps_silent_too(app, client, closed, role):
    account = closed["accounts"][role]
    token = accounts.make_api_token(account)
    db.session.commit()
    answers = [
        client.get(rule.format(**closed), headers={"Authorization": f"Bearer {token}"}).text
        for rule in (
            "/api/v1/networks", "/api/v1/events", "/api/v1/events/{e}", "/api/v1/events/{e}/figures",
            "/api/v1/events/{e}/participants", "/api/v1/audiences", "/api/v1/audiences/{a}/people",
            "/api/v1/audiences/{a}/people?left_out=1",
        )
    ]  # fmt: skip
    assert [answer for answer in answers if any(canary in answer for canary in CANARIES)] == []


def test_no_personal_link_of_somebody_else_opens_anything_of_it(app, client, closed):
    """Every address with a token, with every kind of link of a member who was not asked."""
    member = db.session.get(Person, closed["b"])
    session = factories.event(db.session.query(Network).filter_by(slug=closed["n"]).one())
    invitation, commitment = factories.invitation(session, member), factories.commitment(session, member)
    db.session.commit()
    own = {Purpose.COMMITMENT: commitment.id}
    own |= dict.fromkeys((Purpose.FEED, Purpose.FEED_ALL, Purpose.PREFERENCES, Purpose.DIGEST_STOP), member.id)
    rules = [rule for rule in app.url_map.iter_rules() if "<token>" in rule.rule and "GET" in rule.methods]
    addresses = [
        re.sub(
            r"<(?:\w+:)?\w+>",
            "1",
            rule.rule.replace("<token>", tokens.make_token(purpose, own.get(purpose, invitation.id))),
        )
        for rule in rules
        for purpose in Purpose
    ]
    assert leaks(client, addresses) == {}
