"""Removing what has history gives an answer in words, or keeps the history: never an error.

To each row that a page removes is tied whatever may refer to its table, one foreign key after the other, by what the
models say. So a new table that refers to something takes part by itself.
"""

import re

import pytest
import sqlalchemy as sa

from app.accounts import sessions
from app.accounts.models import ApiToken, Grant
from app.agendas.models import AgendaTheme, Office
from app.catalogue.models import CatalogueItem
from app.contact_moments.models import ContactMoment
from app.courses.models import Course, CourseEdition
from app.database import db
from app.digests.models import OrganiserWord
from app.elsewhere.models import OutsideCalendar
from app.events import event_queries
from app.events.models import BusyDays, Event, Question, Round, Slot
from app.invitations.letters.models import LetterImage
from app.invitations.waves.models import WaveFile
from app.lessons.evaluations.models import EvaluationQuestion
from app.lessons.impressions.models import Attachment
from app.lessons.insights.models import Insight
from app.matching.models import MatchApart
from app.materials.models import Material
from app.network import network_queries
from app.network.audiences.models import Audience
from app.network.faces.models import Picture
from app.network.imports import import_plans, import_runs
from app.network.imports.models import ImportState
from app.network.organisations.models import ContactPerson
from app.network.people import mailboxes
from app.network.people.models import EmailAddress, Person, Position
from app.network.vocabulary.models import Role
from app.places.models import Place
from app.progress.models import Part, Report, ReportWords
from app.questions.models import NetworkAnswer
from app.setbacks import one_by_one
from app.themes.models import Theme
from tests import factories
from tests.accounts.test_rights import world  # noqa: F401

REMOVALS = {
    "/organise/accounts/{c}/keys/{key}/revoke": (ApiToken, "key"),
    "/organise/days/{busy}/remove": (BusyDays, "busy"),
    "/organise/places/{hall}/remove": (Place, "hall"),
    "/organise/events/{draft}/delete": (Event, "draft_id"),
    "/organise/events/{e}/evaluation/questions/{y}/remove": (EvaluationQuestion, "y"),
    "/organise/events/{e}/face/delete": (Picture, "face"),
    "/organise/events/{e}/impression/attachments/{z}/remove": (Attachment, "z"),
    "/organise/events/{e}/learned/insights/{x}/remove": (Insight, "x"),
    "/organise/events/{e}/letters/{own}/files/remove": (WaveFile, "file"),
    "/organise/events/{e}/materials/{stuff}/remove": (Material, "stuff"),
    "/organise/events/{e}/programme/{s}/remove": (Slot, "s"),
    "/organise/events/{e}/programme/rounds/{round}/remove": (Round, "round"),
    "/organise/events/{e}/questions/{q}/remove": (Question, "q"),
    "/organise/networks/{n}/audiences/{a}/remove": (Audience, "a"),
    "/organise/networks/{n}/agendas/{agreed}/themes/{agenda_theme}/koppel/{office}/remove": (Office, "office"),
    "/organise/networks/{n}/agendas/{agreed}/themes/{empty_theme}/remove": (AgendaTheme, "empty_theme"),
    "/organise/networks/{n}/agendas/{agreed}/reports/{report}/remove": (Report, "report"),
    "/organise/networks/{n}/contact-moments/{talk}/remove": (ContactMoment, "talk"),
    "/organise/networks/{n}/catalogue/{item}/remove": (CatalogueItem, "item"),
    "/organise/networks/{n}/courses/{idea}/remove": (Course, "idea"),
    "/organise/networks/{n}/courses/editions/{edition}/delete": (CourseEdition, "edition"),
    "/organise/networks/{n}/matching/{match}/aparts/{apart}/remove": (MatchApart, "apart"),
    "/organise/networks/{n}/digest/words/{d}/remove": (OrganiserWord, "d"),
    "/organise/networks/{n}/elsewhere/{outside}/remove": (OutsideCalendar, "outside"),
    "/organise/networks/{n}/face/delete": (Picture, "face"),
    "/organise/networks/{n}/letters/pictures/{picture}/delete": (LetterImage, "picture"),
    "/organise/networks/{n}/questions/answers/{answered}/remove": (NetworkAnswer, "answered"),
    "/organise/networks/{n}/sessions/chosen/delete?tick={draft_id}": (Event, "draft_id"),
    "/organise/networks/{n}/people/{p}/addresses/{f}/remove": (EmailAddress, "f"),
    "/organise/networks/{n}/people/chosen/remove?tick={p}": (Person, "p"),
    "/organise/networks/{n}/people/{p}/positions/{o}/remove": (Position, "o"),
    "/organise/networks/{n}/team/{g}/remove": (Grant, "g"),
    "/organise/organisations/{r}/contacts/{h}/remove": (ContactPerson, "h"),
    "/organise/words/roles/griffier/remove": (Role, "griffier"),
    "/organise/themes/{theme}/remove": (Theme, "theme"),
}


def referring(model: type) -> list[sa.Column]:
    """The columns of other tables that hold rows of this model."""
    table = model.__table__
    columns = (column for each in db.metadata.tables.values() for column in each.columns)
    return [column for column in columns if any(key.column.table is table for key in column.foreign_keys)]


def tie(column: sa.Column, number) -> bool:
    """Let the first row of a table refer to this one; False when it has none or that does not go."""
    key = next(iter(column.table.primary_key.columns))
    first = db.session.scalar(sa.select(sa.func.min(key)))
    if first is None:
        return False
    try:
        with db.session.begin_nested():
            db.session.execute(sa.update(column.table).where(key == first).values({column.name: number}))
    except sa.exc.IntegrityError:
        return False
    return True


def prepare(app, world, act):  # noqa: F811
    """What an act removes, with whatever may refer to it; its number, who removes it, and what was tied to it."""
    model, name = REMOVALS[act]
    theme = factories.theme("Stilte")
    network = network_queries.find_network(world["n"])
    draft = factories.event(network, published=False)
    file = WaveFile(wave_id=world["own"], name="x.pdf", content=b"x", size=1)
    db.session.add(file)
    face = network.picture = event_queries.find_event(world["e"]).picture = factories.picture(network)
    db.session.flush()
    world |= {"theme": theme.id, "draft": draft.slug, "draft_id": draft.id, "file": file.id, "face": face.id}
    number = world.get(name, name)
    if model is Office:
        about = {"report_id": world["report"], "agenda_theme_id": world["agenda_theme"], "part": Part.KOPPEL}
        db.session.add(ReportWords(**about, text="Het loopt", office_id=number))
    tied = [column for column in referring(model) if tie(column, number)]
    db.session.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        session["account"] = sessions.open_session(world["accounts"]["admin"])
    return number, client, tied


WRITTEN_BESIDE = {"audit_log", "audit_networks", "page_stamps", "address_changes", "messages", "finished_messages"}
"""Tables in which it is written down that something was removed and brought back, and what is mailed because of it."""
OTHERWISE = {("events", "changed_at"), ("invitations", "address_id")}
"""Columns that change for good: the preferred address is written to from then on."""


def all_rows():
    """Everything else that the database holds, by table."""
    db.session.expire_all()
    tables = [each for each in db.metadata.sorted_tables if each.name not in WRITTEN_BESIDE]
    return {each.name: sorted(map(repr, db.session.execute(_select_kept(each)))) for each in tables}


def _select_kept(table: sa.Table) -> sa.Select:
    return sa.select(*(each for each in table.c if (table.name, each.name) not in OTHERWISE))


@pytest.mark.unbalanced
@pytest.mark.parametrize("act", REMOVALS)
def test_what_is_brought_back_is_what_it_was_with_all_that_refers_to_it(app, monkeypatch, world, act):  # noqa: F811
    """Under its own number, which is in links that were mailed; where the page offers that."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    number, client, _ = prepare(app, world, act)
    before = all_rows()
    client.post(act.format(**world), data={REMOVALS[act][1]: number})
    with client.session_transaction() as session:
        offered = "undo" in session
        cookie = dict(session)
    removed = all_rows()
    if not offered:
        return
    with client.session_transaction() as session:
        session["undo"] = {**cookie["undo"], "form": 1}
    assert (client.post("/organise/undo").status_code, all_rows()) == (303, removed)
    with client.session_transaction() as session:
        session.update(cookie)
    assert removed != before
    client.post("/organise/undo")
    assert all_rows() == before
    with client.session_transaction() as session:
        session.update(cookie)
    twice = client.post("/organise/undo")
    assert (twice.status_code, all_rows()) == (303, before)


@pytest.mark.unbalanced
@pytest.mark.parametrize("act", REMOVALS)
def test_what_has_history_is_removed_or_refused_in_words(app, monkeypatch, world, act):  # noqa: F811
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    model, name = REMOVALS[act]
    number, client, tied = prepare(app, world, act)
    answer = client.post(act.format(**world), data={name: number})
    assert answer.status_code in {303, 409}, [str(column) for column in tied]
    if answer.status_code == 303:
        db.session.expire_all()
        said = client.get(answer.location).text
        assert db.session.get(model, number) is None or 'class="messages"' in said


def test_every_page_that_removes_a_row_is_in_the_list(app):
    rules = {each.rule for each in app.url_map.iter_rules() if each.rule.startswith("/organise")}
    removing = {rule for rule in rules if re.search(r"/(remove|delete)$|\bremove\b", rule)}
    routes = app.url_map.bind("leerkring.test")
    known = {
        routes.match(re.sub(r"{\w+}", "1", act.partition("?")[0]), method="POST", return_rule=True)[0].rule
        for act in REMOVALS
    }
    assert removing - known == set()


@pytest.mark.unbalanced
def test_a_list_is_taken_back_around_whoever_has_history_since(world):  # noqa: F811
    """Somebody of the list for each column that may refer to a person: who is referred to stays, the others go."""
    network = network_queries.find_network(world["n"])
    columns = referring(Person)
    lines = "".join(f"Persoon {place};p{place}@lijst.example\n" for place in range(len(columns) + 1))
    content = f"Naam;E-mail\n{lines}".encode()
    kept = import_runs.keep_list(network, "lijst.csv", content)
    import_runs.queue_import(kept, import_plans.plan_import(network, "lijst.csv", content, kept.mapping))
    db.session.commit()
    import_runs.carry_on_imports()
    brought = [mailboxes.find_owner(f"p{place}@lijst.example") for place in range(len(columns) + 1)]
    assert all(brought)
    for column, person in zip(columns, brought, strict=False):
        tie(column, person.id)
    db.session.commit()
    import_runs.ask_import_undo(kept)
    db.session.commit()
    import_runs.carry_on_imports()
    assert [each.job for each in one_by_one.list_setbacks() if each.job == "carry_on_imports"] == []
    assert kept.state == ImportState.UNDONE
    assert mailboxes.find_owner(brought[-1].email) is None
