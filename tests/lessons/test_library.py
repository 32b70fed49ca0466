"""The knowledge library: found in Dutch on both databases, narrowed, and told what else says the same."""

import pytest

from app.database import db
from app.lessons.impressions import impressions, library, stems
from app.lessons.impressions.library import LibraryFilter
from app.lessons.insights import insights
from app.lessons.insights.models import CommitmentState
from tests import factories


@pytest.fixture
def shelves(app):
    """Three reports of two networks."""
    digital, welfare = (
        factories.network(slug="digitaal", name="Digitaal"),
        factories.network(slug="welvaart", name="Welvaart"),
    )
    first, second, third = (
        factories.held(digital, days_ago=3),
        factories.held(digital, days_ago=4),
        factories.held(welfare, days_ago=400),
    )
    factories.attendance(first, factories.person(at="Oss"))
    factories.attendance(third, factories.person(at="Waterschap De Dommel"))
    one = factories.impression(
        first, "Kleine gemeenten missen capaciteit", "Begin met een gedeelde taal", published=False
    )
    one.themes = [factories.theme("Capaciteit")]
    insights.change_insight(
        one.insights[0],
        "Kleine gemeenten missen capaciteit",
        "Zij worden overvraagd.",
        ["Wissel medewerkers uit"],
        factories.account(digital),
    )
    for impression, event in ((one, first), (None, second), (None, third)):
        if impression:
            impressions.check_impression(impression, factories.account(event.network))
            impressions.publish_impression(impression)
    factories.impression(second, "De capaciteit van kleine gemeenten schiet tekort")
    factories.impression(third, "Meet wat inwoners belangrijk vinden")
    db.session.commit()
    return first, second, third


def _titles(**sought) -> list[str]:
    return [insight.title for insight in library.search_library(LibraryFilter(**sought)).insights]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("gemeente", {"Kleine gemeenten missen capaciteit", "De capaciteit van kleine gemeenten schiet tekort"}),
        ("gemeenten capaciteit missen", {"Kleine gemeenten missen capaciteit"}),
        ("medewerker", {"Kleine gemeenten missen capaciteit"}),
        ("inwoner", {"Meet wat inwoners belangrijk vinden"}),
        ("belangr", {"Meet wat inwoners belangrijk vinden"}),
        ("fietspad", set()),
        ("de het een", set()),
        ("'; DROP TABLE people; --", set()),
        ('" OR * NEAR( ) :*&|!', set()),
        ("ça vâ", set()),
    ],
)
def test_words_are_found_by_their_dutch_stem(shelves, text, found):
    assert set(_titles(text=text)) == found


def test_without_words_the_newest_first(shelves):
    assert _titles() == [
        "Meet wat inwoners belangrijk vinden",
        "De capaciteit van kleine gemeenten schiet tekort",
        "Begin met een gedeelde taal",
        "Kleine gemeenten missen capaciteit",
    ]


def test_narrowed_by_theme_network_year_and_kind(shelves):
    third = shelves[2]

    assert _titles(theme="capaciteit") == ["Begin met een gedeelde taal", "Kleine gemeenten missen capaciteit"]
    assert _titles(network="welvaart") == ["Meet wat inwoners belangrijk vinden"]
    assert _titles(year=third.starts_at.year) == ["Meet wat inwoners belangrijk vinden"]
    assert _titles(kind="waterschap") == ["Meet wat inwoners belangrijk vinden"]
    assert _titles(text="gemeente", kind="gemeente") == ["Kleine gemeenten missen capaciteit"]
    assert _titles(network="onzin") == []


def test_what_says_the_same_stands_side_by_side(shelves):
    first = library.search_library(LibraryFilter(text="missen")).insights[0]

    assert library.count_heard([first]) == {first.id: 2}
    assert [other.title for other in library.kindred_insights(first)] == [
        "De capaciteit van kleine gemeenten schiet tekort"
    ]
    repeated = library.repeated_insights(shelves[0].network)
    assert [(insight.title, count) for insight, count in repeated] == [
        ("De capaciteit van kleine gemeenten schiet tekort", 2)
    ]


def test_a_correction_changes_what_is_found(shelves):
    impression = impressions.impression_of_event(shelves[2])
    insights.change_insight(
        impression.insights[0], "Vraag het de jongeren", "", [], factories.account(shelves[2].network), "Scherper."
    )

    assert _titles(text="inwoners") == []
    assert _titles(text="jongere") == ["Vraag het de jongeren"]


def test_a_withdrawn_report_leaves_the_shelf_and_its_kin(client, shelves):
    impression = impressions.impression_of_event(shelves[1])
    number = impression.insights[0].id
    impressions.withdraw_impression(impression, "Fout")

    assert _titles(text="tekort") == []
    assert library.repeated_insights(shelves[0].network) == []
    assert client.get(f"/library/{number}").status_code == 404


def test_the_page_says_where_it_came_from_and_what_came_of_it(client, shelves):
    from app.lessons.insights import commitments

    impression = impressions.impression_of_event(shelves[0])
    suggestion = impression.insights[0].suggestions[0]
    made = factories.commitment(shelves[0], factories.person("An Ros"), "Een pool maken", suggestion=suggestion)
    commitments.settle_commitment(made, CommitmentState.DONE, "Tien gemeenten doen mee.")
    db.session.commit()

    index = client.get("/library?q=capaciteit").text
    assert "gehoord in 2 sessies" in index
    assert "1 suggestie · 1 afspraak, 1 gedaan" in index
    page = client.get(f"/library/{impression.insights[0].id}").text
    for words in ("Wissel medewerkers uit", "Een pool maken", "Tien gemeenten doen mee.", "Ook gehoord in", "Digitaal"):
        assert words in page


def test_the_page_takes_a_fixed_number_of_queries(client, shelves, queries):
    counts = []
    for size in (1, 15):
        factories.impression(factories.held(shelves[0].network), *(f"Gemeente les {number}" for number in range(size)))
        db.session.commit()
        with queries() as seen:
            client.get("/library?q=gemeente")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_an_empty_library_says_what_fills_it(client, app):
    assert "Nog geen inzichten." in client.get("/library").text
    assert "Niets gevonden." in client.get("/library?q=iets").text


def test_pages_of_twenty(client, app):
    factories.impression(factories.held(), *(f"Les nummer {number}" for number in range(25)))
    db.session.commit()

    assert client.get("/library").text.count('class="flow found"') == 20
    assert client.get("/library?page=2").text.count('class="flow found"') == 5
    assert client.get("/library?page=99").text.count('class="flow found"') == 5
    assert client.get("/library?page=-3").status_code == 200


def test_stems_bring_words_together():
    assert stems.stems_of("Bestuurders en het bestuurder, Köln") == [*stems.stems_of("bestuurder bestuurders"), "koln"]
