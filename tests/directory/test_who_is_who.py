"""Who is who: each yes is one's own, and who did not give it is in no list, count, search, card or picture."""

from io import BytesIO

import pytest
import sqlalchemy as sa
from PIL import Image

from app import clock
from app.database import db
from app.directory import consents, listings, people_shown
from app.directory.models import Audience, Listing, ListingPicture, Shown, Visibility
from app.materials.models import ForWhom
from app.network import memberships
from app.network.finding import search
from app.network.imports import merges
from app.network.models import Joining, Standing
from app.network.organisations.models import ContactPerson
from app.network.people import job_positions, own_data, people
from tests import factories
from tests.directory.members import listed, number_of
from tests.helpers import hidden, post, sign_in_person

pytestmark = pytest.mark.usefixtures("app")
HIDDEN = (
    "Piet Weigering",
    "Anna Elders",
    "Gesloten Greet",
    "Vertrokken Vera",
    "Beperkte Bas",
    "Gewiste Gijs",
    "Gast Gerda",
)
"""Who refused, is of another network, of a closed one, left, asked to use nothing, was erased, or is a guest alone."""


@pytest.fixture(autouse=True)
def _findable(app):
    """Organisations are reference data, of which nothing was saved by a session."""
    search.rebuild_search_index()
    db.session.commit()


@pytest.fixture
def network():
    return factories.network(slug="kring", name="Kring")


@pytest.fixture
def closed():
    return factories.network(slug="geheim", name="Geheim", listed=False, joining=Joining.INVITED)


@pytest.fixture
def unseen(network, closed):
    """Everybody of HIDDEN, each with a way to be listed that ended or was never there."""
    other = factories.network(slug="anders")
    refused = factories.person("Piet Weigering", of=network, at="Oss")
    elsewhere = listed("Anna Elders", other, knows="water")
    greet = listed("Gesloten Greet", closed, knows="water")
    left = listed("Vertrokken Vera", network, knows="water")
    memberships.leave_network(memberships.find_membership(left.id, network.id))
    restricted = listed("Beperkte Bas", network, knows="water")
    memberships.restrict_use(restricted)
    erased = listed("Gewiste Gijs", network, knows="water")
    guest = listed("Gast Gerda", network, knows="water")
    memberships.find_membership(guest.id, network.id).standing = Standing.GUEST
    for each in (elsewhere, greet):
        memberships.join_network(each.id, network.id)
    people.erase_person(erased)
    db.session.flush()
    return [refused, elsewhere, greet, left, restricted, erased, guest]


def _names(network, text: str = "") -> list[str]:
    db.session.flush()
    return [card.name for card in people_shown.page_of_people(network, text).items]


_SENT = "multipart/form-data; boundary=xyz"


def _sent(fields: dict[str, str], content: bytes) -> bytes:
    """A form with a file as a browser sends it, in memory: the client of the tests would leave a file open."""
    parts = [
        f'--xyz\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    ]
    head = '--xyz\r\nContent-Disposition: form-data; name="picture"; filename="ik.png"\r\n\r\n'
    return "".join([*parts, head]).encode() + content + b"\r\n--xyz--\r\n"


def _rows(person, **where) -> list[Visibility]:
    wanted = sa.select(Visibility).filter_by(person_id=person.id, **where).order_by(Visibility.id)
    return list(db.session.scalars(wanted, execution_options={"populate_existing": True}))


def test_only_who_said_yes_is_in_the_list_the_count_the_search_and_the_card(network, unseen):
    seen = listed("Sanne de Vries", network, knows="water")
    assert _names(network) == ["Sanne de Vries"]
    assert [card.name for card in people_shown.first_people(network)] == ["Sanne de Vries"]
    assert people_shown.count_people(network) == 1
    assert _names(network, "water") == _names(network, "Oss") == ["Sanne de Vries"]
    for name in HIDDEN:
        assert _names(network, name) == []
    numbers = db.session.scalars(sa.select(Listing.id)).all()
    found = [people_shown.find_card(network, number) for number in numbers]
    assert [card.name for card in found if card] == ["Sanne de Vries"]
    assert people_shown.find_card(network, number_of(seen, network)).knows == "water"


def test_what_somebody_does_not_show_is_not_on_their_card_and_finds_nobody(network):
    theme = factories.theme("Woonopgave")
    shy, open_ = (
        listed(name, network, *fields, role="griffier")
        for name, fields in (("Sanne Stil", ()), ("Olga Open", (Shown.ROLE, Shown.THEMES)))
    )
    for each in (shy, open_):
        each.themes = [theme]
    job_positions.add_or_change_position(factories.person("Ander Mens", of=network), factories.organisation("Best"))
    db.session.flush()
    cards = {card.name: card for card in people_shown.first_people(network)}
    assert (cards["Sanne Stil"].role, list(cards["Sanne Stil"].themes)) == ("", [])
    assert (cards["Olga Open"].role, list(cards["Olga Open"].themes)) == ("Griffier", [theme])
    assert _names(network, "griffier") == _names(network, "woonopgave") == ["Olga Open"]
    assert _names(network, "olga griffier") == ["Olga Open"]
    assert _names(network, "sanne griffier") == []


def test_a_name_is_found_in_spite_of_a_letter_and_the_organisation_is_that_of_today(network):
    sanne = listed("Sanne de Vries", network)
    assert _names(network, "sane") == ["Sanne de Vries"]
    job_positions.take_position(sanne, factories.organisation("Best"), instead=True)
    db.session.flush()
    db.session.expire_all()
    assert people_shown.own_card(network, sanne).organisation == "Best"
    assert (_names(network, "Best"), _names(network, "Oss")) == (["Sanne de Vries"], [])


def test_others_are_counted_from_five_on_and_never_named(network):
    listed("Sanne de Vries", network)
    for number in range(4):
        factories.person(f"Ander Mens{number}", of=network)
    assert people_shown.count_others(network) == 0
    factories.person("Vijfde Mens", of=network)
    assert people_shown.count_others(network) == 5


class TestAYes:
    def test_it_is_a_row_with_its_words_that_stays_as_it_was_given(self, network):
        sanne = listed("Sanne de Vries", network)
        before = _rows(sanne, network_id=network.id)
        assert [(row.field, row.audience) for row in before] == [(Shown.NAME, Audience.MEMBERS)]
        assert before[0].wording == str(Shown.NAME.asks)
        before[0].wording = "Zo vroegen we het vroeger."
        listings.keep_listing(sanne, network, {Shown.NAME, Shown.ROLE}, "", "")
        after = _rows(sanne, network_id=network.id)
        assert [(row.field, row.wording) for row in after] == [
            (Shown.NAME, "Zo vroegen we het vroeger."),
            (Shown.ROLE, str(Shown.ROLE.asks)),
        ]
        assert after[0].given_at == before[0].given_at

    def test_taken_back_it_is_gone_at_once_with_all_that_hung_on_it(self, network):
        sanne = listed("Sanne de Vries", network, Shown.ROLE, knows="water")
        listings.withdraw_listing(sanne, network)
        assert (_names(network), people_shown.count_people(network)) == ([], 0)
        assert all(row.withdrawn_at for row in _rows(sanne))
        assert listings.find_listing(sanne, network) is None
        listings.keep_listing(sanne, network, {Shown.NAME}, "", "")
        assert people_shown.own_card(network, sanne).knows == ""

    def test_without_the_name_nothing_is_shown(self, network):
        sanne = factories.person("Sanne de Vries", of=network)
        listings.keep_listing(sanne, network, {Shown.ROLE, Shown.THEMES}, "water", "")
        assert (_rows(sanne), listings.find_listing(sanne, network)) == ([], None)

    def test_leaving_ends_it_and_only_a_leaving_that_was_a_mistake_brings_it_back(self, network):
        sanne = listed("Sanne de Vries", network, knows="water")
        kept = memberships.leave_all_networks(sanne)
        assert _names(network) == []
        memberships.rejoin_networks(sanne, kept)
        assert people_shown.own_card(network, sanne).knows == "water"
        memberships.leave_network(memberships.find_membership(sanne.id, network.id))
        memberships.join_network(sanne.id, network.id)
        db.session.flush()
        assert _names(network) == []

    @pytest.mark.parametrize("leaves_again", [False, True])
    def test_coming_back_by_a_mail_of_old_brings_no_yes_that_was_taken_back_since(self, network, leaves_again):
        sanne = listed("Sanne de Vries", network, knows="water")
        kept = memberships.leave_all_networks(sanne)
        membership = memberships.join_network(sanne.id, network.id)
        listings.keep_listing(sanne, network, {Shown.NAME}, "", "")
        consents.show(sanne, network, ())
        if leaves_again:
            memberships.leave_network(membership)
        memberships.rejoin_networks(sanne, kept)
        db.session.flush()
        assert (membership.standing, _names(network)) == (Standing.MEMBER, [])

    def test_it_does_not_pass_to_whom_somebody_is_merged_with(self, network):
        kept, gone = factories.person("Sanne de Vries", of=network), listed("Sanne de Vries", network)
        row = merges.merge_people(kept, gone)
        assert _names(network) == []
        merges.undo_merge(row)
        assert _names(network) == ["Sanne de Vries"]

    def test_who_is_erased_leaves_none_also_as_whom_they_were_before(self, network):
        kept, gone = listed("Sanne de Vries", network, knows="water"), listed("S. de Vries", network, knows="lucht")
        merges.merge_people(kept, gone)
        people.erase_person(kept)
        for table in (Visibility, Listing, ListingPicture):
            assert db.session.scalars(sa.select(table)).all() == []

    def test_old_ones_that_were_taken_back_are_forgotten(self, network):
        sanne, ria = listed("Sanne de Vries", network), listed("Ria Jansen", network)
        memberships.leave_network(memberships.find_membership(sanne.id, network.id))
        assert consents.forget_old_consents() == 0
        for row in _rows(sanne):
            row.withdrawn_at = clock.now() - consents.KEPT * 2
        listings.find_listing(sanne, network).changed_at = clock.now() - consents.FORGOTTEN * 2
        db.session.flush()
        assert consents.forget_old_consents() == 2
        assert (_rows(sanne), len(_rows(ria))) == ([], 1)

    def test_it_is_in_the_copy_of_ones_own_data(self, network):
        sanne = listed("Sanne de Vries", network, knows="water")
        copy = own_data.copy_own_data(sanne)
        assert copy["visibilities"][0]["wording"] == str(Shown.NAME.asks)
        assert copy["listings"][0]["knows"] == "water"


class TestThePages:
    def test_a_member_finds_people_material_and_contact_persons(self, client, network):
        me = factories.person("Ik Zelf", of=network)
        asked = listed("Sanne de Vries", network, Shown.ROLE, Shown.CONTACT, knows="water", address="sanne@oss.example")
        silent = listed("Stille Stan", network)
        oss = factories.organisation("Oss")
        oss.contacts = [ContactPerson(person=each) for each in (asked, silent)]
        held = factories.held(network, title="Al geweest")
        paper = factories.material(held, "Voor leden alleen", ForWhom.MEMBERS)
        factories.material(factories.held(network, confidential=True), "Besloten stuk", ForWhom.MEMBERS)
        factories.material(factories.held(factories.network()), "Stuk van elders", ForWhom.MEMBERS)
        sign_in_person(client, me)

        page = client.get("/members/kring").text
        assert ("Voor leden alleen" in page, "Besloten stuk" in page, "Stuk van elders" in page) == (True, False, False)
        assert client.get(f"/events/{held.slug}/materials/{paper.id}").status_code == 200
        found = client.get("/members/kring/people?q=water").text
        assert ("Sanne de Vries" in found, "Stille Stan" in found, "sanne@oss.example" in found) == (True, False, False)
        contacts = client.get("/members/kring/contacts").text
        assert ("Sanne de Vries" in contacts, "Stille Stan" in contacts) == (True, False)
        job_positions.take_position(asked, factories.organisation("Best"), instead=True)
        db.session.commit()
        assert "Sanne de Vries" not in client.get("/members/kring/contacts").text, "works elsewhere now"
        assert client.get("/networks/kring/members").headers["Location"].endswith("/members/kring")
        questions = f"/networks/{network.slug}/questions"
        assert f'href="{questions}"' in client.get(f"/members/{network.slug}").text
        assert f'href="/members/{network.slug}/people"' in client.get(questions).text

    def test_who_is_no_member_reads_how_to_join_and_of_a_closed_network_nothing(self, client, network, closed, unseen):
        listed("Sanne de Vries", network)
        door = client.get("/networks/kring/members")
        assert ("Log in met je mailadres" in door.text, "Sanne de Vries" in door.text) == (True, False)
        assert client.get("/networks/kring/members").headers.get("Cache-Control") != "public"
        assert "/networks/kring/members" in client.get("/networks/kring").text
        assert client.get("/networks/geheim/members").status_code == 404
        for slug in ("kring", "geheim", "bestaat-niet"):
            assert "/me/sign-in" in client.get(f"/members/{slug}/people").headers["Location"]
        stranger = factories.person("Vreemde Vos", of=factories.network())
        sign_in_person(client, stranger)
        for rest in ("", "/people", "/contacts", "/listing", "/people/1/picture", "/people/1/write"):
            answer = client.get(f"/members/kring{rest}")
            assert (answer.status_code, answer.headers["Location"]) == (303, "/networks/kring/members")
            assert {client.get(f"/members/{slug}{rest}").status_code for slug in ("geheim", "bestaat-niet")} == {404}
        assert "Word lid" in client.get("/networks/kring/members").text
        assert client.get("/networks/geheim/members").status_code == 404

    def test_somebody_chooses_what_to_show_sees_it_and_takes_it_away(self, client, network):
        sanne = factories.person("Sanne de Vries", of=network, at="Oss", role="griffier")
        sign_in_person(client, sanne)
        page = "/members/kring/listing"
        assert "contactpersoon" not in client.get(page).text
        assert "De rest is pas te zien" in post(client, page, role="y", knows="water").text
        assert _rows(sanne) == []
        post(client, page, name="y", role="y", knows="water")
        assert [row.field for row in _rows(sanne)] == [Shown.NAME, Shown.ROLE, Shown.KNOWS]
        assert "Zo zien leden je nu" in client.get(page).text
        post(client, page, name="y", knows="")
        assert people_shown.own_card(network, sanne).role == ""
        assert _names(network, "water") == []
        post(client, f"{page}/withdraw", page=page)
        assert (_names(network), "Je staat niet in de lijst" in client.get(page).text) == ([], True)

    def test_a_picture_is_small_bare_for_members_alone_and_gone_when_taken_away(self, client, network):
        sanne, other = listed("Sanne de Vries", network), factories.person("Ander Mens", of=network)
        sign_in_person(client, sanne)
        page, file = "/members/kring/listing", BytesIO()
        exif = Image.Exif()
        exif[0x0112], exif[0x010E] = 6, "GPS geheim"
        Image.new("RGB", (1200, 600), "teal").save(file, "JPEG", exif=exif)
        sent = post(client, f"{page}/picture", page=page, picture=(BytesIO(file.getvalue()), "ik.jpg"))
        assert sent.status_code == 303
        address = f"/members/kring/people/{number_of(sanne, network)}/picture"
        sign_in_person(client, other)
        shown = client.get(address)
        with Image.open(BytesIO(shown.data)) as picture:
            assert (picture.size, b"geheim" in shown.data) == ((240, 480), False)
        assert shown.headers["Cache-Control"] == "no-store"
        assert address in client.get("/members/kring/people").text
        sign_in_person(client, factories.person("Vreemde Vos"))
        assert client.get(address).status_code == 303
        sign_in_person(client, sanne)
        post(client, f"{page}/picture/delete", page=page)
        assert (client.get(address).status_code, db.session.scalars(sa.select(ListingPicture)).all()) == (404, [])
        assert _names(network) == ["Sanne de Vries"]

    @pytest.mark.parametrize(("content", "why"), [(b"\x89PNG" + bytes(40 * 2**20), "groter dan 10 MB"), (b"GIF89a", "geen PNG of JPEG"), (b"", "Kies een bestand")])  # fmt: skip
    def test_a_picture_that_cannot_be_is_refused_at_its_field(self, client, network, content, why):
        sanne = listed("Sanne de Vries", network)
        sign_in_person(client, sanne)
        page = "/members/kring/listing"
        answer = client.post(f"{page}/picture", data=_sent(hidden(client, page), content), content_type=_SENT)
        assert (answer.status_code, why in answer.text, "picture-error" in answer.text) == (422, True, True)

    def test_many_take_as_many_queries_as_few(self, client, network, queries):
        def count() -> int:
            with queries() as seen:
                assert client.get("/members/kring/people").status_code == 200
            return len(seen)

        sign_in_person(client, listed("Sanne de Vries", network, Shown.ROLE))
        few = count()
        for number in range(8):
            listed(f"Persoon Nummer{number}", network, Shown.ROLE, knows="water")
        db.session.commit()
        assert count() <= few
