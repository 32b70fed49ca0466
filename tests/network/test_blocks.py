"""The building blocks of audiences, and that page, wave and API give the same people."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.accounts import accounts
from app.database import db
from app.invitations import recipients
from app.network import audiences, importing, imports, memberships, merging, people
from app.network.audiences import only
from app.network.blocks import Block
from app.network.models import Membership, Person, Topic
from app.network.seeing import CLOCKWORK
from app.registration import answers
from tests import factories as make
from tests.helpers import sign_in, work

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def network(app):
    return make.network(slug="netwerk")


def _names(network, *groups: list[dict]) -> list[str]:
    chosen = sa.select(list(audiences.people(groups, network.id, CLOCKWORK).subquery().c)[0])
    return list(db.session.scalars(sa.select(Person.name).where(Person.id.in_(chosen)).order_by(Person.name)))


class TestSessions:
    @pytest.fixture
    def event(self, network):
        """A session that was held: Anna was there, Bram stayed away, Cor said no, Dirk did not answer."""
        event = make.event(network)
        for name in ("Bram", "Cor", "Dirk"):
            invitation = make.invitation(event, make.person(name, at="Oss", of=network))
            if name == "Bram":
                answers.accept(invitation, event.modes[0])
            elif name == "Cor":
                answers.decline(invitation)
        make.move(event, hours=-48)
        make.attendance(event, make.person("Anna", at="Best", of=network))
        make.person("Eva", at="Deurne", of=network)
        return event

    @pytest.mark.parametrize(
        ("block", "expected"),
        [
            (Block.ATTENDED, ["Anna"]),
            (Block.ABSENT, ["Bram"]),
            (Block.DECLINED, ["Cor"]),
            (Block.SILENT, ["Dirk"]),
            (Block.COMING, ["Anna", "Bram"]),
            (Block.MISSING, ["Eva"]),
        ],
    )
    def test_what_somebody_did_at_a_session(self, network, event, block, expected):
        assert _names(network, [only(block, event.id)]) == expected

    def test_who_never_was_at_a_session_of_the_network(self, network, event):
        assert _names(network, [only(Block.EVER, network.id, but=True)]) == ["Bram", "Cor", "Dirk", "Eva"]

    def test_an_organisation_that_was_not_reached_this_year(self, network, event):
        assert _names(network, [only(Block.UNREACHED, clock.today().year)]) == ["Bram", "Cor", "Dirk", "Eva"]

    def test_groups_are_joined_by_or(self, network, event):
        groups = ([only(Block.ATTENDED, event.id)], [only(Block.ORGANISATION, make.organisation("Deurne").id)])
        assert _names(network, *groups) == ["Anna", "Eva"]

    def test_guests_are_reached_by_what_they_did(self, network, event):
        make.invitation(event, make.person("Gast"))
        assert _names(network, [only(Block.SILENT, event.id)]) == ["Dirk", "Gast"]
        assert "Gast" not in _names(network)


def test_themes_lists_networks_and_single_people(network):
    anna, bram = make.person("Anna", of=network), make.person("Bram", of=network)
    other = make.network()
    cor = make.person("Cor", of=other)
    topic = db.session.scalars(sa.select(Topic)).first() or Topic(name_nl="Water", name_en="Water", place=0)
    db.session.add(topic)
    db.session.flush()
    people.set_topics(anna, [topic.id])
    content = f"Naam;E-mail\nBram;{bram.email}\n".encode()
    kept = imports.keep(network, "lijst.csv", content)
    imports.queue(kept, importing.plan(network, kept.file_name, content))
    imports.carry_out(kept)

    assert _names(network, [only(Block.TOPIC, topic.id)]) == ["Anna"]
    assert _names(network, [only(Block.IMPORTED, kept.id)]) == ["Bram"]
    assert _names(network, [only(Block.NETWORK, other.id)]) == ["Cor"]
    assert _names(network, [only(Block.PERSON, anna.id, cor.id)]) == ["Anna", "Cor"]
    assert _names(network, [only(Block.PERSON, anna.id, but=True)]) == ["Bram"]


def test_who_left_was_erased_or_merged_is_in_no_audience(network):
    left, erased, double, stays = make.crowd(4, of=network)
    memberships.leave(db.session.scalar(sa.select(Membership).filter_by(person_id=left.id)))
    people.erase(erased)
    merging.merge(stays, double)
    everybody = [only(Block.PERSON, left.id, erased.id, double.id, stays.id)]
    assert _names(network, everybody) == [stays.name]


def test_page_wave_and_api_give_the_same_people(client, network):
    for name, place in (("Anna", "Oosterhout"), ("Bram", "Oss"), ("Cor", "Best")):
        make.person(name, at=place, role="bestuurder", of=network)
    stopped = make.person("Dirk", at="Oss", role="bestuurder", of=network)
    memberships.unsubscribe(db.session.scalar(sa.select(Membership).filter_by(person_id=stopped.id)))
    audience = make.audience(
        network,
        "M7",
        only(Block.SIZE, "M7"),
        only(Block.ROLE, "bestuurder"),
        only(Block.REGION, "Midden-Brabant", but=True),
    )
    wave = make.wave(make.event(network), to=audience)
    account = make.account(network)
    token = {"Authorization": f"Bearer {accounts.make_api_token(account)}"}
    sign_in(client, account)

    page = client.get(f"/organise/networks/netwerk/audiences/{audience.id}/people").text
    told = client.get(f"/api/v1/audiences/{audience.id}/people", headers=token).json
    left_out = client.get(f"/api/v1/audiences/{audience.id}/people?left_out=1", headers=token).json
    in_wave = {number for number, _ in db.session.execute(recipients.select(wave))}

    assert [(each["name"], each["organisation"]) for each in told] == [("Anna", "Oosterhout"), ("Bram", "Oss")]
    assert [(each["name"], each["left_out"]) for each in left_out] == [("Dirk", "unsubscribed")]
    assert {each["id"] for each in told} == in_wave
    assert [name in page for name in ("Anna", "Bram", "Cor", "Dirk")] == [True, True, False, False]
    assert "Wil geen mail van dit netwerk: 1" in page
    work()
    assert {each.id for each in (stopped,)} & in_wave == set()


def test_the_form_builds_groups_without_a_script(client, network):
    make.person("Anna", at="Oss", of=network)
    sign_in(client, make.account(network))
    page = "/organise/networks/netwerk/audiences/new"
    from tests.helpers import post

    kinds = {"0-block": ["kind", "region"], "0-0-values": "gemeente"}
    more = post(client, page, name="", add="0", **{"block-0": "size"}, **kinds).text
    assert ("Grootte van de gemeente</legend>" in more, 'value="gemeente" checked' in more) == (True, True)
    group = post(client, page, name="", group="1", **kinds).text
    assert group.count('class="rule-group') == 2

    chosen = {**kinds, "1-block": ["role"], "1-0-values": ["griffier", "strateeg"], "1-0-not": "1", "save": "1"}
    post(client, page, name="Twee groepen", **chosen)
    assert audiences.ensure(network, "Los", []).rule == []
    saved = db.session.query(audiences.Audience).filter_by(name="Twee groepen").one()
    assert saved.rule == [
        [{"block": "kind", "values": ["gemeente"], "not": False}],
        [{"block": "role", "values": ["griffier", "strateeg"], "not": True}],
    ]


def test_values_that_are_not_offered_are_not_taken(client, network):
    from tests.helpers import post

    stranger, elsewhere = make.person("Vreemd", of=make.network()), make.network()
    sign_in(client, make.account(network))
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

    anna, bram = make.person("Anna", of=network), make.person("Bram", of=network)
    sign_in(client, make.account(network))
    chosen = {"0-block": "person", "0-0-addresses": f"{anna.email.upper()}\n{bram.email}", "save": "1"}
    answer = post(client, "/organise/networks/netwerk/audiences/new", name="Twee", **chosen)
    assert answer.status_code == 303
    assert _names(network, *db.session.query(audiences.Audience).one().rule) == ["Anna", "Bram"]


def test_an_audience_is_removed_and_put_back_unless_a_wave_needs_it(client, network):
    from tests.helpers import post

    free, used = make.audience(network, "Los"), make.audience(network, "Vast")
    make.wave(make.event(network), to=used, at=clock.now() + timedelta(days=3))
    sign_in(client, make.account(network))
    index = "/organise/networks/netwerk/audiences"
    for audience in (free, used):
        post(client, f"{index}/{audience.id}/remove", page=f"{index}/{audience.id}/people")
    assert [each.name for each in db.session.query(audiences.Audience)] == ["Vast"]
    post(client, "/organise/undo", page=index)
    assert sorted(each.name for each in db.session.query(audiences.Audience)) == ["Los", "Vast"]


def test_lists_of_an_audience_take_a_fixed_number_of_queries(client, network, queries):
    audience = make.audience(network)
    sign_in(client, make.account(network))
    counts = []
    for size in (2, 30):
        make.crowd(size, at="Oss", of=network)
        db.session.commit()
        with queries() as seen:
            client.get(f"/organise/networks/netwerk/audiences/{audience.id}/people")
        counts.append(len(seen))
    assert counts[0] == counts[1]
