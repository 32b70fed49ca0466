"""Two themes become one with all that was about either, and can come apart again; words that were typed once are settled."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock
from app.agendas.models import Agenda, AgendaTheme
from app.database import db
from app.events import planning
from app.events.models import Event
from app.events.planning import EventDetails
from app.lessons.impressions import library
from app.lessons.impressions.library import LibraryFilter
from app.network.audiences import audiences
from app.network.audiences.audience_blocks import AudienceBlock
from app.network.organisations.models import ContactPerson
from app.network.people import people
from app.network.people.models import Person
from app.network.seeing import CLOCKWORK
from app.network.vocabulary import theme_uses
from app.network.vocabulary.theme_uses import CannotJoin, ThemeInUse
from app.row_journal import references_to
from app.themes import settling, themes
from app.themes.models import Theme
from tests import factories
from tests.helpers import post, sign_in
from tests.indicators import made


@pytest.fixture
def pair(app):
    return factories.theme("Kunst en vliegwerk"), factories.theme("Kunstwerk")


def _used(theme: Theme) -> tuple:
    """An event about it, somebody interested, a contact person and an audience."""
    network = factories.network()
    event, person = factories.event(network), factories.person("Jan", of=network)
    event.themes, person.themes = [theme], [theme]
    task = ContactPerson(organisation=factories.organisation("Oss"), person=person, theme=theme)
    db.session.add(task)
    audience = factories.audience(network, "Wie wil", {"block": AudienceBlock.THEME, "values": [theme.id]})
    db.session.flush()
    return event, person, task, audience


def _names(row) -> list[str]:
    return [theme.name_nl for theme in row.themes]


def test_all_that_is_about_one_is_about_the_other_and_back(app, pair):
    kept, gone = pair
    event, person, task, audience = _used(gone)
    both = factories.event(event.network)
    both.themes = [kept, gone]
    db.session.commit()
    kept_id, gone_id = kept.id, gone.id

    merge = theme_uses.join_themes(kept, gone)
    db.session.commit()
    assert [_names(each) for each in (event, both, person)] == [["Kunst en vliegwerk"]] * 3
    assert task.theme_id == kept_id
    assert audience.rule[0][0]["values"] == [kept_id]
    assert theme_uses.find_theme_of_old_address("kunstwerk").id == kept_id
    assert themes.find_theme_of_name("Kunstwerk") is None

    theme_uses.undo_join(merge)
    db.session.commit()
    assert [_names(each) for each in (event, person)] == [["Kunstwerk"]] * 2
    assert set(_names(both)) == {"Kunst en vliegwerk", "Kunstwerk"}
    assert (task.theme_id, audience.rule[0][0]["values"]) == (gone_id, [gone_id])
    assert theme_uses.find_theme_of_old_address("kunstwerk") is None
    assert (merge.journal, merge.undone_at is not None) == ([], True)


def test_an_audience_that_asks_for_both_asks_for_one(app, pair):
    kept, gone = pair
    network = factories.network()
    audience = factories.audience(network, "Beide", {"block": AudienceBlock.ABOUT, "values": [gone.id, kept.id]})
    theme_uses.join_themes(kept, gone)
    assert audience.rule[0][0]["values"] == [kept.id]


def test_an_indicator_counts_by_the_theme_that_was_kept_and_back(app, pair):
    kept, gone = pair
    agenda = made.agenda(factories.network())
    version = made.indicator(agenda, narrowing={"theme": [gone.id, kept.id], "format": ["online"]}).versions[0]
    kept_id, gone_id = kept.id, gone.id

    merge = theme_uses.join_themes(kept, gone)
    assert version.narrowing == {"theme": [kept_id], "format": ["online"]}

    theme_uses.undo_join(merge)
    assert version.narrowing == {"theme": [kept_id, gone_id], "format": ["online"]}


def test_who_was_erased_since_gets_no_interest_back(app, pair):
    kept, gone = pair
    person = factories.person("Jan", of=factories.network())
    person.themes = [kept, gone]
    db.session.commit()
    merge = theme_uses.join_themes(kept, gone)
    people.erase_person(person)
    theme_uses.undo_join(merge)
    assert person.themes == []


def test_what_cannot_be_one_is_refused(app, pair):
    kept, gone = pair
    with pytest.raises(CannotJoin, match="itself"):
        theme_uses.join_themes(kept, kept)
    gone.ends_on, gone.successor = clock.today(), kept
    db.session.flush()
    for two in ((kept, gone), (gone, kept)):
        with pytest.raises(CannotJoin, match="successor"):
            theme_uses.join_themes(*two)


def test_undoing_knows_its_bounds(app, pair):
    merge = theme_uses.join_themes(*pair)
    db.session.commit()
    with time_machine.travel(clock.now() + timedelta(days=31)), pytest.raises(CannotJoin, match="too_late"):
        theme_uses.undo_join(merge)
    again = factories.theme("Kunstwerk")
    db.session.commit()
    with pytest.raises(CannotJoin, match="overtaken"):
        theme_uses.undo_join(merge)
    db.session.rollback()
    theme_uses.remove_theme(again)
    theme_uses.undo_join(merge)
    with pytest.raises(CannotJoin, match="undone"):
        theme_uses.undo_join(merge)


def test_what_is_kept_to_undo_goes_after_a_month(app, pair):
    merge = theme_uses.join_themes(*pair)
    db.session.commit()
    assert theme_uses.forget_old_joins() == 0
    with time_machine.travel(clock.now() + timedelta(days=31)):
        assert theme_uses.forget_old_joins() == 1
    assert merge.journal == []


def test_every_table_that_names_a_theme_counts_as_use(app, pair):
    """A theme in use stays; of each reference there is a table that moves along."""
    theme = pair[0]
    assert {column.table.name for column in references_to("themes")} >= {
        "interests", "contact_persons", "network_themes", "series_themes", "event_themes", "impression_themes",
        "insight_themes", "commitments", "themes", "theme_merges",
    }  # fmt: skip
    _used(theme)
    assert theme_uses.count_uses(theme) == 4
    with pytest.raises(ThemeInUse):
        theme_uses.remove_theme(theme)


def test_the_library_finds_by_the_new_name(app):
    event = factories.held()
    impression = factories.impression(event)
    impression.themes = [factories.theme("Kerktorens")]
    library.index_impression(impression)
    theme = impression.themes[0]
    assert library.search_library(LibraryFilter("kerktorens")).total == len(impression.insights) > 0
    themes.change_theme(theme, themes.ThemeDetails("Vuurtorens", "Lighthouses"))
    assert library.search_library(LibraryFilter("kerktorens")).total == 0
    assert library.search_library(LibraryFilter("vuurtorens")).total == len(impression.insights)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("digitale tranformatie", "Digitale transformatie"),
        ("Klimaat-adaptatie", "Klimaatadaptatie"),
        ("data gedreven werken", "Datagedreven werken"),
        ("xyzzy", None),
    ],
)
def test_the_likeliest_theme_is_proposed(app, typed, meant):
    for name in ("Digitale transformatie", "Klimaatadaptatie", "Datagedreven werken"):
        factories.theme(name)
    theme = factories.theme(typed, unsettled=True)
    proposed = settling.propose_theme(theme, themes.list_themes())
    assert (proposed and proposed.name_nl) == meant


class TestPages:
    @pytest.fixture
    def admin(self, app, client):
        sign_in(client, factories.account(admin=True))
        return client

    def test_words_are_settled_by_one_press_each(self, admin, app):
        one = factories.theme("digitale tranformatie", unsettled=True)
        two = factories.theme("Xyzzy", unsettled=True)
        meant = factories.theme("Digitale transformatie")
        db.session.commit()
        page = "/organise/themes/settle"
        assert f'name="theme" value="{meant.id}"' in admin.get(page).text
        post(admin, f"/organise/themes/{one.id}/join", page=page, theme=str(meant.id))
        post(admin, f"/organise/themes/{two.id}/keep", page=page)
        assert themes.list_unsettled() == []
        post(admin, "/organise/undo", page=page)
        assert [each.name_nl for each in themes.list_unsettled()] == ["digitale tranformatie"]

    def test_a_theme_is_made_ended_moved_and_removed(self, admin, app):
        page, other = "/organise/themes", factories.theme("Vliegen")
        db.session.commit()
        said = {"name_nl": "Zweven", "name_en": "Floating"}
        post(admin, page, **said, mark="zw")
        theme = themes.find_theme_of_name("Zweven")
        assert (theme.slug, theme.mark) == ("zweven", "ZW")
        edit = f"{page}/{theme.id}"
        wrong = post(admin, edit, **said, successor=str(other.id))
        assert (wrong.status_code, "Vul ook in wanneer" in wrong.text) == (422, True)
        post(admin, edit, **said, successor=str(other.id), ends_on="2026-06-30")
        assert (theme.ends_on.isoformat(), theme.successor) == ("2026-06-30", other)
        before = themes.list_themes().index(theme)
        post(admin, f"{edit}/up", page=page)
        assert themes.list_themes().index(theme) == before - 1
        post(admin, f"{edit}/remove", page=edit)
        assert themes.find_theme_of_name("Zweven") is None
        post(admin, "/organise/undo", page=page)
        assert themes.find_theme_of_name("Zweven") is not None

    def test_the_old_addresses_lead_on(self, admin):
        for old in ("topics", "themes"):
            assert admin.get(f"/organise/words/{old}").location == "/organise/themes"


def test_who_came_to_a_session_about_it_also_before_it_went_over_in_another(app):
    network = factories.network()
    before, now = factories.theme("Toen"), factories.theme("Nu")
    before.ends_on, before.successor = clock.today(), now
    event = factories.held(network)
    event.themes = [before]
    anna, _ = factories.person("Anna", of=network), factories.person("Bram", of=network)
    factories.attendance(event, anna)
    db.session.commit()
    for block, names in ((AudienceBlock.ABOUT, ["Anna"]), (AudienceBlock.THEME, ["Anna"])):
        people.set_themes(anna, [before.id])
        audience = factories.audience(network, f"Wie {block}", {"block": block, "values": [now.id]})
        assert _who(audience) == names


def test_a_session_that_goes_to_another_theme_counts_there_from_then_on(app):
    network = factories.network()
    one, other = factories.theme("Een"), factories.theme("Ander")
    event = factories.held(network)
    event.themes = [one]
    factories.attendance(event, factories.person("Anna", of=network))
    db.session.commit()
    asked = {
        theme: factories.audience(network, theme.name_nl, {"block": AudienceBlock.ABOUT, "values": [theme.id]})
        for theme in (one, other)
    }
    planning.change_event(event, replace(_details_of(event), themes=[other]))
    assert {theme.name_nl: _who(audience) for theme, audience in asked.items()} == {"Een": [], "Ander": ["Anna"]}


def _details_of(event: Event) -> EventDetails:
    return EventDetails(**{name: getattr(event, name) for name in EventDetails.__dataclass_fields__})


def _who(audience) -> list[str]:
    chosen = audiences.select_people_of_audience(audience, CLOCKWORK).subquery().c[0]
    return list(
        db.session.scalars(sa.select(Person.name).where(Person.id.in_(sa.select(chosen))).order_by(Person.name))
    )


def test_two_themes_beside_each_other_on_an_agenda_stay_two(app, pair):
    kept, gone = pair
    agenda = _fill(Agenda.__table__, network_id=factories.network().id)
    for place, theme in enumerate(pair):
        _fill(AgendaTheme.__table__, agenda_id=agenda, theme_id=theme.id, place=place)
    with pytest.raises(CannotJoin, match="both"):
        theme_uses.join_themes(kept, gone)


def _fill(table: sa.Table, **values: object) -> int:
    """A row with something plain in whatever else it needs."""
    plain = {str: "x", int: 1, bool: False, datetime: clock.now(), date: clock.today()}
    for column in table.columns:
        if not (column.nullable or column.primary_key or column.default or column.name in values):
            values[column.name] = plain[column.type.python_type]
    return db.session.execute(sa.insert(table).values(values).returning(table.c.id)).scalar_one()
