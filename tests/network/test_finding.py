"""The one search box: typing errors, accents, parts of words; and nobody finds what is not theirs."""

import pytest

from app.accounts.models import NetworkRole
from app.database import db
from app.network.finding import search
from app.network.imports import merges
from app.network.organisations.models import Organisation, OrganisationKind
from app.network.people import people
from tests import factories, watch
from tests.helpers import sign_in

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def network(app):
    network = factories.network(slug="netwerk")
    for name in ("Sanne de Vries", "Đặng O'Brien", "Yılmaz Özdemir", "Sander Vriesema", "Jan Jansen"):
        factories.person(name, at="Oss", of=network)
    factories.event(network, title="Datagedreven werken in de praktijk")
    search.rebuild_search_index()
    watch.found.clear()  # all is found by the words of before, or all by those of now: one transaction
    return network


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sanne", ["Sanne de Vries"]),
        ("Sanne de Vries", ["Sanne de Vries"]),
        ("vries sanne", ["Sanne de Vries"]),
        ("vreis sane", ["Sanne de Vries"]),
        ("sa vri", ["Sanne de Vries", "Sander Vriesema"]),
        ("vries", ["Sanne de Vries", "Sander Vriesema"]),
        ("dang obrien", ["Đặng O'Brien"]),
        ("ozdemir", ["Yılmaz Özdemir"]),
        ("özdmir", ["Yılmaz Özdemir"]),
        ("jansen pietersen", []),
        ("de", []),
        ("%_", []),
    ],
)
def test_people_are_found_in_spite_of_accents_and_typing_errors(network, text, expected):
    assert [person.name for person in search.search_everywhere(text).people] == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [("den bosch", "'s-Hertogenbosch"), ("hertogenbosh", "'s-Hertogenbosch"), ("oosterhuot", "Oosterhout")],
)
def test_organisations_by_what_people_call_them(network, text, name):
    assert name in [organisation.name for organisation in search.search_everywhere(text).organisations]


def test_events_by_a_word_of_their_title(network):
    assert [event.title for event in search.search_everywhere("datagedrevn").events] == [
        "Datagedreven werken in de praktijk"
    ]


def test_an_address_finds_its_person(network):
    person = factories.person("Piet", of=network, address="P.Post@oss.example")
    assert [each.id for each in search.search_everywhere("p.post@").people] == [person.id]
    assert search.search_everywhere("p%@").people == []


def test_names_that_change_are_found_by_the_new_one_alone(network):
    person = factories.person("Oude Naam", of=network)
    db.session.flush()
    people.rename_person(person, "Nieuwe Achternaam")
    db.session.flush()
    assert (
        [each.id for each in search.search_everywhere("achternaam").people],
        search.search_everywhere("oude").people,
    ) == ([person.id], [])


def test_the_erased_and_the_merged_are_found_no_more(network):
    gone, double, kept = (
        factories.person("Wegmans", of=network),
        factories.person("Dubbelmans", of=network),
        factories.person("Echtmans"),
    )
    db.session.flush()
    people.erase_person(gone)
    row = merges.merge_people(kept, double)
    assert [search.search_everywhere(name).people for name in ("wegmans", "dubbelmans", "onbekende")] == [[], [], []]
    merges.undo_merge(row)
    assert [each.id for each in search.search_everywhere("dubbelmans").people] == [double.id]


def test_deleted_rows_are_found_no_more(network):
    organisation = Organisation(name="Test Verdwijnt", kind=OrganisationKind.COMPANY)
    db.session.add(organisation)
    db.session.flush()
    assert len(search.search_everywhere("verdwijnt").organisations) == 1
    db.session.delete(organisation)
    db.session.flush()
    assert search.search_everywhere("verdwijnt").organisations == []


def test_nobody_finds_people_and_events_of_other_networks(client, network):
    other = factories.network()
    factories.person("Sanne Geheim", of=other, address="sanne.geheim@elders.example")
    factories.event(other, title="Geheim beraad")
    sign_in(client, factories.account(network, NetworkRole.READER))
    for text in ("geheim", "sanne.geheim@elders.example", "sanne"):
        page = client.get(f"/organise/search?q={text}").text
        assert ("Sanne Geheim" in page, "Geheim beraad" in page, "sanne.geheim@elders.example</" in page) == (
            False,
        ) * 3
    assert "Sanne de Vries" in client.get("/organise/search?q=sanne").text


def test_readers_find_nobody_by_address(client, network):
    factories.person("Piet Post", of=network, address="p.post@oss.example")
    sign_in(client, factories.account(network, NetworkRole.READER))
    assert "Piet Post" not in client.get("/organise/search?q=p.post@oss").text


def test_a_piece_of_the_page_for_who_types(client, network):
    sign_in(client, factories.account(network))
    piece = client.get("/organise/search?q=sanne", headers={"HX-Request": "true"}).text
    assert ("<html" in piece, "Sanne de Vries" in piece) == (False, True)
    assert "Niets gevonden voor ‘xyzzy’." in client.get("/organise/search?q=xyzzy").text


def test_searching_takes_a_fixed_number_of_queries(client, network, queries):
    sign_in(client, factories.account(network))
    counts = []
    for size in (1, 40):
        factories.crowd(size, of=network)
        db.session.commit()
        with queries() as seen:
            client.get("/organise/search?q=persoon nummer")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_saving_many_names_takes_a_fixed_number_of_queries(app, queries):
    counts = []
    for size in (5, 50):
        with queries() as seen:
            for number in range(size):
                people.add_person(f"Naam{size} Nummer{number}", f"n{size}-{number}@oss.example")
            db.session.flush()
        counts.append(len([each for each in seen if "search_w" in each or "search_v" in each or "search_e" in each]))
    assert counts[0] == counts[1]


def test_a_database_of_an_earlier_version_gets_its_words_once(network):
    from app.network.finding.models import SearchEntry, SearchVariant, SearchWord

    for table in (SearchEntry, SearchVariant, SearchWord):
        db.session.query(table).delete()
    assert search.search_everywhere("sanne").people == []
    search.demand_search_index()
    assert [person.name for person in search.search_everywhere("sanne").people] == ["Sanne de Vries"]
