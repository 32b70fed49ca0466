"""What everybody reads of a theme: only what is public, of networks that are listed, in both languages."""

from datetime import timedelta

import pytest

from app import clock
from app.database import db
from app.lessons.insights import commitment_queries
from app.lessons.insights.models import Suggestion
from app.network.vocabulary import theme_uses
from app.themes import themes
from tests import factories


@pytest.fixture
def theme(app):
    return factories.theme("Veren", summary_nl="Alles over veren.", summary_en="All about feathers.")


def _session(theme, title: str, *, past: bool = False, confidential: bool = False, listed: bool = True):
    network = factories.network(listed=listed, name=f"Netwerk van {title}")
    network.themes = [theme]
    make = factories.held if past else factories.event
    event = make(network, title=title, confidential=confidential)
    event.themes = [theme]
    return event


def test_a_theme_shows_what_is_public_of_it_and_nothing_else(client, theme):
    _session(theme, "Straks")
    was = _session(theme, "Geweest", past=True)
    for number, hidden in enumerate(({"confidential": True}, {"listed": False})):
        for past in (True, False):
            event = _session(theme, f"Verborgen {number} {past}", past=past, **hidden)
            if past:
                report = factories.impression(event, "Open inzicht" if event.confidential else "Verborgen inzicht")
                report.title = "Open verslag" if event.confidential else report.title
                factories.commitment(event, what=f"Verborgen afspraak {number}", organisation=factories.organisation())
    report = factories.impression(was, "Veren vliegen")
    owner = factories.person("Wendelmoet Zwijger", at="Oss", of=was.network)
    factories.commitment(was, owner, "Veren plukken")
    db.session.commit()
    page = client.get("/themes/veren").text
    for said in ("Alles over veren.", "Straks", "Geweest", "Netwerk van Straks", "Veren plukken", report.title):
        assert said in page
    assert "Veren vliegen" in page
    assert "Verborgen" not in page.replace("Netwerk van Verborgen 0", "")
    assert "Wendelmoet" not in page
    assert "All about feathers." in client.get("/themes/veren?lang=en").text


def test_a_theme_that_ended_says_so_and_leads_on(client, theme):
    after = factories.theme("Vleugels")
    theme.ends_on, theme.successor = clock.today() - timedelta(days=1), after
    db.session.commit()
    page = client.get("/themes/veren").text
    assert "Dit thema liep tot en met" in page
    assert "/themes/vleugels" in page
    assert "/themes/veren" in client.get("/themes/vleugels").text
    assert "Afgeronde thema’s" in client.get("/themes").text


def test_the_address_of_a_theme_that_went_up_in_another_leads_there(client, theme):
    theme_uses.join_themes(theme, factories.theme("Pluimen"))
    db.session.commit()
    assert client.get("/themes/pluimen").location == "/themes/veren"
    assert client.get("/themes/onzin").status_code == 404


def test_agenda_and_library_are_narrowed_down_to_a_theme(client, theme):
    _session(theme, "Over veren")
    factories.event(factories.network(), title="Over iets anders")
    was = _session(theme, "Toen", past=True)
    factories.impression(was, "Veren vliegen")
    db.session.commit()
    page = client.get("/?theme=veren").text
    assert ("Over veren" in page, "Over iets anders" in page) == (True, False)
    assert "Veren vliegen" in client.get("/library?theme=veren").text


def test_words_that_are_to_be_settled_have_no_public_page(client, theme):
    theme.unsettled = True
    db.session.commit()
    assert "/themes/veren" not in client.get("/themes").text
    assert client.get("/themes/veren").status_code == 404
    assert "/themes/veren" not in client.get("/?theme=veren").text


def test_a_commitment_is_about_its_own_theme_else_its_insights_else_its_sessions(app):
    own, insights_, sessions_ = (factories.theme(name) for name in ("Eigen", "Inzicht", "Sessie"))
    event = factories.held()
    event.themes = [sessions_]
    report = factories.impression(event, "Iets geleerd")
    report.themes = []
    insight = report.insights[0]
    insight.themes = [insights_]
    suggestion = Suggestion(insight=insight, text="Doe het", place=1)
    db.session.add(suggestion)
    place = factories.organisation()
    made = {
        "Eigen": factories.commitment(event, what="a", organisation=place, suggestion=suggestion, theme_id=own.id),
        "Inzicht": factories.commitment(event, what="b", organisation=place, suggestion=suggestion),
        "Sessie": factories.commitment(event, what="c", organisation=place),
    }
    for name, commitment in made.items():
        assert commitment_queries.public_commitments_about(themes.find_theme_of_name(name)) == [commitment]
