"""The list of themes: names, days, order, what goes on in what; what networks, series and sessions are about."""

from datetime import date, timedelta

import pytest
from lxml.html import document_fromstring
from werkzeug.datastructures import MultiDict

from app import clock
from app.database import db
from app.events import event_series, planning
from app.network.finding import search
from app.themes import themes
from app.themes.themes import EndsTooEarly, GoesInCircles, NameTaken, ThemeDetails
from tests import factories
from tests.helpers import sign_in


def _ended(name: str, successor=None):
    return factories.theme(name, ends_on=clock.today() - timedelta(days=1), successor=successor)


def _details(theme, **values) -> ThemeDetails:
    return ThemeDetails(**{"name_nl": theme.name_nl, "name_en": theme.name_en} | values)


def test_a_theme_is_chosen_from_its_first_day_to_its_last_and_whoever_has_it_keeps_it(app):
    today = clock.today()
    now = factories.theme("Nu", starts_on=today, ends_on=today)
    soon = factories.theme("Straks", starts_on=today + timedelta(days=1))
    over = _ended("Voorbij")
    offered = themes.list_choosable()
    assert (now in offered, soon in offered, over in offered) == (True, False, False)
    assert over in themes.list_choosable([over])


def test_what_went_over_in_another_is_meant_with_it(app):
    last = factories.theme("Derde")
    middle = _ended("Tweede", last)
    first = _ended("Eerste", middle)
    lost = _ended("Kwijt")
    assert themes.with_predecessors([last.id]) == {first.id, middle.id, last.id}
    assert themes.go_on_today([first, lost]) == [last]


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"name_nl": "INKOOP"}, NameTaken),
        ({"starts_on": date(2026, 3, 2), "ends_on": date(2026, 3, 1)}, EndsTooEarly),
        ({"successor_id": "other"}, EndsTooEarly),
        ({"successor_id": "other", "ends_on": date(2026, 3, 2)}, GoesInCircles),
    ],
)
def test_a_theme_that_cannot_be_like_this_is_refused(app, values, refusal):
    other = factories.theme("Inkoop")
    theme = factories.theme("Water en land")
    if refusal is GoesInCircles:
        themes.change_theme(other, _details(other, ends_on=clock.today(), successor_id=theme.id))
    given = {name: other.id if value == "other" else value for name, value in values.items()}
    with pytest.raises(refusal):
        themes.change_theme(theme, _details(theme, **given))


def test_a_copy_goes_on_in_the_successor(app):
    event = factories.event(factories.network())
    event.themes = [_ended("Oud", factories.theme("Nieuw"))]
    db.session.flush()
    twin = planning.copy_event(event, event.starts_at + timedelta(days=700))
    assert [each.name_nl for each in twin.themes] == ["Nieuw"]


def test_who_joins_a_series_adds_to_its_themes_and_gets_them_when_it_has_none(app):
    network = factories.network()
    data, water = factories.theme("Data"), factories.theme("Water")
    first, second = factories.event(network), factories.event(network)
    event_series.put_in_series(first, "Reeks", about=[data])
    second.themes = [water]
    event_series.put_in_series(second, "Reeks", about=[water])
    assert (first.themes, second.themes) == ([data], [water])
    assert set(first.series.themes) == {data, water}
    event_series.put_in_series(second, "Reeks", about=[water])
    assert second.series.themes == [water]


def test_a_new_session_is_about_what_its_network_is_about(app, client):
    network = factories.network(slug="netwerk")
    sign_in(client, factories.account(network))
    theme = factories.theme("Inkoop")
    network.themes = [theme]
    db.session.commit()
    for page, name in (("settings", "named_themes"), ("events/new", "themes")):
        form = client.get(f"/organise/networks/netwerk/{page}").text
        assert f'name="{name}" value="{theme.id}" checked' in form


def test_the_settings_of_a_network_with_themes_are_saved_again(app, client):
    network = factories.network(slug="netwerk")
    sign_in(client, factories.account(network))
    network.themes = [factories.theme("Inkoop"), factories.theme("Verkoop")]
    db.session.commit()
    page = "/organise/networks/netwerk/settings"
    shown = document_fromstring(client.get(page).text).xpath("//form[.//*[@name='summary']]")[0]
    shown.fields["summary"] = "Over inkopen"
    assert client.post(page, data=MultiDict(shown.form_values())).status_code == 303
    assert (network.summary, len(network.themes)) == ("Over inkopen", 2)


def test_the_search_box_finds_themes_in_either_language(app):
    factories.theme("Veren en dons", name_en="Feathers")
    for sought in ("dons veren", "FEATHER"):
        assert [each.name_nl for each in search.search_everywhere(sought).themes] == ["Veren en dons"]
    assert search.search_everywhere("dons vleugel").themes == []
