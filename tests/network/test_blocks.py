"""The building blocks of audiences, and that page, wave and API give the same people."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.accounts import accounts, rights
from app.accounts.models import NetworkRole
from app.courses import courses, interests
from app.courses.courses import CourseDetails, CourseHeld
from app.database import db
from app.invitations.waves import wave_recipients
from app.network import memberships
from app.network.audiences import audiences
from app.network.audiences.audience_blocks import AudienceBlock
from app.network.audiences.audiences import make_condition
from app.network.imports import import_plans, import_runs, merges
from app.network.models import Membership
from app.network.people import people
from app.network.people.models import Person
from app.network.seeing import CLOCKWORK
from app.registration import answers
from tests import factories
from tests.helpers import sign_in, work

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def network(app):
    return factories.network(slug="netwerk")


def _names(network, *groups: list[dict]) -> list[str]:
    chosen = sa.select(list(audiences.select_people_to_mail(groups, network.id, CLOCKWORK).subquery().c)[0])
    return list(db.session.scalars(sa.select(Person.name).where(Person.id.in_(chosen)).order_by(Person.name)))


class TestSessions:
    @pytest.fixture
    def event(self, network):
        """A session that was held: Anna was there, Bram stayed away, Cor said no, Dirk did not answer."""
        event = factories.event(network)
        for name in ("Bram", "Cor", "Dirk"):
            invitation = factories.invitation(event, factories.person(name, at="Oss", of=network))
            if name == "Bram":
                answers.accept_invitation(invitation, event.modes[0])
            elif name == "Cor":
                answers.decline_invitation(invitation)
        factories.move(event, hours=-48)
        factories.attendance(event, factories.person("Anna", at="Best", of=network))
        factories.person("Eva", at="Deurne", of=network)
        return event

    @pytest.mark.parametrize(
        ("block", "expected"),
        [
            (AudienceBlock.ATTENDED, ["Anna"]),
            (AudienceBlock.ABSENT, ["Bram"]),
            (AudienceBlock.DECLINED, ["Cor"]),
            (AudienceBlock.SILENT, ["Dirk"]),
            (AudienceBlock.COMING, ["Anna", "Bram"]),
            (AudienceBlock.MISSING, ["Eva"]),
        ],
    )
    def test_what_somebody_did_at_a_session(self, network, event, block, expected):
        assert _names(network, [make_condition(block, event.id)]) == expected

    def test_who_never_was_at_a_session_of_the_network(self, network, event):
        assert _names(network, [make_condition(AudienceBlock.EVER, network.id, but=True)]) == [
            "Bram",
            "Cor",
            "Dirk",
            "Eva",
        ]

    def test_an_organisation_that_was_not_reached_this_year(self, network, event):
        assert _names(network, [make_condition(AudienceBlock.UNREACHED, clock.today().year)]) == [
            "Bram",
            "Cor",
            "Dirk",
            "Eva",
        ]

    def test_groups_are_joined_by_or(self, network, event):
        groups = (
            [make_condition(AudienceBlock.ATTENDED, event.id)],
            [make_condition(AudienceBlock.ORGANISATION, factories.organisation("Deurne").id)],
        )
        assert _names(network, *groups) == ["Anna", "Eva"]

    def test_guests_are_reached_by_what_they_did(self, network, event):
        factories.invitation(event, factories.person("Gast"))
        assert _names(network, [make_condition(AudienceBlock.SILENT, event.id)]) == ["Dirk", "Gast"]
        assert "Gast" not in _names(network)


def test_themes_lists_networks_and_single_people(network):
    anna, bram = factories.person("Anna", of=network), factories.person("Bram", of=network)
    other = factories.network()
    cor = factories.person("Cor", of=other)
    theme = factories.theme("Stilte")
    people.set_themes(anna, [theme.id])
    content = f"Naam;E-mail\nBram;{bram.email}\n".encode()
    kept = import_runs.keep_list(network, "lijst.csv", content)
    import_runs.queue_import(kept, import_plans.plan_import(network, kept.file_name, content))
    import_runs.carry_out_import(kept)

    assert _names(network, [make_condition(AudienceBlock.THEME, theme.id)]) == ["Anna"]
    assert _names(network, [make_condition(AudienceBlock.IMPORTED, kept.id)]) == ["Bram"]
    assert _names(network, [make_condition(AudienceBlock.NETWORK, other.id)]) == ["Cor"]
    assert _names(network, [make_condition(AudienceBlock.PERSON, anna.id, cor.id)]) == ["Anna", "Cor"]
    assert _names(network, [make_condition(AudienceBlock.PERSON, anna.id, but=True)]) == ["Bram"]


def test_who_left_was_erased_or_merged_is_in_no_audience(network):
    left, erased, double, stays = factories.crowd(4, of=network)
    memberships.leave_network(db.session.scalar(sa.select(Membership).filter_by(person_id=left.id)))
    people.erase_person(erased)
    merges.merge_people(stays, double)
    everybody = [make_condition(AudienceBlock.PERSON, left.id, erased.id, double.id, stays.id)]
    assert _names(network, everybody) == [stays.name]


def test_page_wave_and_api_give_the_same_people(client, network):
    for name, place in (("Anna", "Oosterhout"), ("Bram", "Oss"), ("Cor", "Best")):
        factories.person(name, at=place, role="bestuurder", of=network)
    stopped = factories.person("Dirk", at="Oss", role="bestuurder", of=network)
    memberships.unsubscribe_member(db.session.scalar(sa.select(Membership).filter_by(person_id=stopped.id)))
    audience = factories.audience(
        network,
        "M7",
        make_condition(AudienceBlock.SIZE, "M7"),
        make_condition(AudienceBlock.ROLE, "bestuurder"),
        make_condition(AudienceBlock.REGION, "Midden-Brabant", but=True),
    )
    wave = factories.wave(factories.event(network), to=audience)
    account = factories.account(network)
    token = {"Authorization": f"Bearer {accounts.make_api_token(account)}"}
    sign_in(client, account)

    page = client.get(f"/organise/networks/netwerk/audiences/{audience.id}/people").text
    told = client.get(f"/api/v1/audiences/{audience.id}/people", headers=token).json
    left_out = client.get(f"/api/v1/audiences/{audience.id}/people?left_out=1", headers=token).json
    in_wave = {number for number, _ in db.session.execute(wave_recipients.select_recipients(wave))}

    assert [(each["name"], each["organisation"]) for each in told] == [("Anna", "Oosterhout"), ("Bram", "Oss")]
    assert [(each["name"], each["left_out"]) for each in left_out] == [("Dirk", "unsubscribed")]
    assert {each["id"] for each in told} == in_wave
    assert [f">{name}" in page for name in ("Anna", "Bram", "Cor", "Dirk")] == [True, True, False, False]
    assert "Wil geen mail van dit netwerk: 1" in page
    work()
    assert {each.id for each in (stopped,)} & in_wave == set()


def test_the_form_builds_groups_without_a_script(client, network):
    factories.person("Anna", at="Oss", of=network)
    sign_in(client, factories.account(network))
    page = "/organise/networks/netwerk/audiences/new"
    from tests.helpers import post

    kinds = {"0-block": ["kind", "region"], "0-0-values": "gemeente"}
    more = post(client, page, name="", add="0", **{"block-0": "size"}, **kinds).text
    assert ("Grootte van de gemeente</legend>" in more, 'value="gemeente" checked' in more) == (True, True)
    group = post(client, page, name="", group="1", **kinds).text
    assert group.count('class="rule-group') == 2

    chosen = {**kinds, "1-block": ["role"], "1-0-values": ["griffier", "strateeg"], "1-0-not": "1", "save": "1"}
    post(client, page, name="Twee groepen", **chosen)
    assert audiences.ensure_audience(network, "Los", []).rule == []
    saved = db.session.query(audiences.Audience).filter_by(name="Twee groepen").one()
    assert saved.rule == [
        [{"block": "kind", "values": ["gemeente"], "not": False}],
        [{"block": "role", "values": ["griffier", "strateeg"], "not": True}],
    ]


def test_values_that_are_not_offered_are_not_taken(client, network):
    from tests.helpers import post

    stranger, elsewhere = factories.person("Vreemd", of=factories.network()), factories.network()
    sign_in(client, factories.account(network))
    chosen = {
        "0-block": ["network", "person", "role", "onzin"],
        "0-0-values": str(elsewhere.id),
        "0-1-values": str(stranger.id),
        "0-1-addresses": stranger.email,
        "0-2-values": "keizer",
        "save": "1",
    }
    answer = post(client, "/organise/networks/netwerk/audiences/new", name="Te veel", **chosen)
    assert (answer.status_code, f"Niemand in je netwerken heeft dit adres: {stranger.email}." in answer.text) == (
        422,
        True,
    )
    assert "Vreemd" not in answer.text
    assert db.session.query(audiences.Audience).count() == 0


def test_people_are_chosen_by_their_addresses(client, network):
    from tests.helpers import post

    anna, bram = factories.person("Anna", of=network), factories.person("Bram", of=network)
    sign_in(client, factories.account(network))
    chosen = {"0-block": "person", "0-0-addresses": f"{anna.email.upper()}\n{bram.email}", "save": "1"}
    answer = post(client, "/organise/networks/netwerk/audiences/new", name="Twee", **chosen)
    assert answer.status_code == 303
    assert _names(network, *db.session.query(audiences.Audience).one().rule) == ["Anna", "Bram"]


def test_an_audience_is_removed_and_put_back_unless_a_wave_needs_it(client, network):
    from tests.helpers import post

    free, used = factories.audience(network, "Los"), factories.audience(network, "Vast")
    factories.wave(factories.event(network), to=used, at=clock.now() + timedelta(days=3))
    sign_in(client, factories.account(network))
    index = "/organise/networks/netwerk/audiences"
    for audience in (free, used):
        post(client, f"{index}/{audience.id}/remove", page=f"{index}/{audience.id}/people")
    assert [each.name for each in db.session.query(audiences.Audience)] == ["Vast"]
    post(client, "/organise/undo", page=index)
    assert sorted(each.name for each in db.session.query(audiences.Audience)) == ["Los", "Vast"]


def test_lists_of_an_audience_take_a_fixed_number_of_queries(client, network, queries):
    audience = factories.audience(network)
    sign_in(client, factories.account(network))
    counts = []
    for size in (2, 30):
        factories.crowd(size, at="Oss", of=network)
        db.session.commit()
        with queries() as seen:
            client.get(f"/organise/networks/netwerk/audiences/{audience.id}/people")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_who_waits_for_a_course_is_found_by_its_organisers_alone(network):
    course = courses.create_course(network, CourseDetails("Integriteit", offered=True))
    anna, bram = factories.person("Anna", of=network), factories.person("Bram", of=network)
    for person in (anna, bram):
        interests.press(course, person)
    interests.stop_for(course, bram)
    waits = [make_condition(AudienceBlock.INTERESTED, course.id)]
    assert _names(network, waits) == ["Anna"]
    reader = rights.viewer(factories.account(network, NetworkRole.READER))
    found = audiences.select_fitting_people([waits], network.id, reader)
    assert db.session.execute(found).all() == []
    factories.audience(network, "Wachten", *waits)
    with pytest.raises(CourseHeld):
        courses.remove_course(course)
