"""Public pages kept as bytes: what changes is changed at the next request, in every process, and nobody's own gets in."""

import os
import re
import signal
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, Thread
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.exc import IntegrityError

from app import clock
from app.breakouts import rounds
from app.database import db
from app.elsewhere.models import OutsideCalendar, OutsideEvent
from app.events import planning, programme
from app.events.models import Event
from app.lessons.impressions import impressions
from app.lessons.impressions.models import Attachment, Correction
from app.lessons.insights import insights
from app.network.models import Network
from app.network.organisations.models import Organisation
from app.network.people import people
from app.network.vocabulary.models import Role
from app.outbox.models import Heartbeat
from app.page_stamps import APART, StampReader, may_show
from app.registration import enrolments
from app.uploads.people_shown import PeopleShown
from app.web import kept_pages
from app.web.kept_pages import KeptPage, Shelf
from tests import factories
from tests.courses import planned
from tests.databases import application
from tests.helpers import sign_in

SESSION = {"Cookie": "leerkring=nobody-signed-this"}
"""Makes a visitor somebody who may have a session: their page is always built anew."""
SHOWN = {
    "attachments", "commitments", "corrections", "events", "insights", "networks", "organisations", "outside_calendars",
    "outside_events", "people", "pictures", "roles", "rounds", "slots", "speakers", "suggestions", "themes",
}  # fmt: skip
"""Tables whose words stand on a public page, all of which the walk below must have come by."""


@pytest.fixture(scope="module")
def others(tmp_path_factory):
    """A second application, as another server process has it, by the database that it shares."""
    made = {}

    def of(app):
        url = app.config["DATABASE_URL"]
        if url not in made:
            settings = {name: app.config[name] for name in ("BASE_URL", "SITE_NAME")}
            made[url] = application(url, tmp_path_factory.mktemp("other"), **settings)
            made[url].test_client_class = app.test_client_class
        return made[url]

    yield of
    for app in made.values():
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def other(app, others):
    return others(app)


@pytest.fixture
def pages(app, other):
    """What a visitor gets at an address, the same from both processes."""

    def get(path: str, **headers: str) -> SimpleNamespace:
        here, there = (each.test_client(use_cookies=False).get(path, headers=headers) for each in (app, other))
        assert (here.status, here.data) == (there.status, there.data)
        return SimpleNamespace(status=there.status_code, text=there.text, headers=there.headers)

    return get


@pytest.fixture
def world(app) -> SimpleNamespace:
    """A session to come and one that was, with something of everything that public pages show."""
    network = factories.network(slug="kring", name="Kring")
    told = {"summary": "Kort", "description": "Lang", "directions": "Trein"}
    coming = factories.hybrid(network, title="Wat komt", seats_on_site=1, seats_online=1, looks_back=True, **told)
    factories.picture(coming)
    coming.roles = [db.session.scalars(sa.select(Role)).first()]
    _slot(coming)
    was = factories.held(network, title="Wat was")
    writer, reader = factories.account(network), factories.account(network, name="Bram van Gestel")
    insight = insights.add_insight(was, "Samen inkopen", writer)
    suggestion = insights.add_suggestion(insight, "Maak een lijst", writer)
    owner = factories.person("Wendelmoet Zwijger", at="Oss", of=network)
    factories.attendance(was, owner)
    promise = factories.commitment(
        was, owner, "De lijst maken", suggestion=suggestion, organisation=factories.organisation("Oss")
    )
    promise.named_at = clock.now()
    report = impressions.ensure_impression(was)
    impressions.note_impression_change(report, writer)
    impressions.check_impression(report, reader)
    impressions.publish_impression(report)
    file = {"name": "blad.pdf", "size": 1, "content": b"x", "people_shown": PeopleShown.NOBODY}
    db.session.add_all(
        [Attachment(impression_id=report.id, **file), Correction(impression_id=report.id, note="Rechtgezet")]
    )
    report.themes = [factories.theme("Inkoop")]
    coming.series = factories.series(network)
    _enrolled(network)
    calendar = OutsideCalendar(network=network, name="Partner")
    begin = factories.start(30)
    calendar.events = [OutsideEvent(uid="u", starts_at=begin, ends_at=begin + timedelta(hours=1), title="Elders")]
    db.session.add(calendar)
    db.session.commit()
    return SimpleNamespace(network=network, coming=coming, was=was, report=report, insight=insight, owner=owner)


def _enrolled(network) -> None:
    """A course in which somebody is enrolled and somebody waits."""
    edition = planned.published(network, seats=1)
    for _ in range(2):
        enrolments.enrol(factories.invitation(edition.meetings[0].event), {})


def _slot(event: Event) -> None:
    values = {"starts_at": event.starts_at, "ends_at": None, "title": "Opening", "description": "Begin"}
    ends_at = event.starts_at + timedelta(hours=1)
    ronde = rounds.save_round(event, None, title="Ronde", starts_at=event.starts_at, ends_at=ends_at)
    values |= {"ends_at": ends_at, "choosing": programme.Choosing([ronde])}
    slot = programme.save_slot(event, None, speakers=programme.read_speakers("Kanarie, Provincie"), **values)
    for speaker in slot.speakers:
        speaker.agreed = True


def _paths(world) -> list[str]:
    event, was, network = world.coming.slug, world.was.slug, world.network.slug
    return [
        "/themes", "/themes/inkoop", "/series/reeks", "/calendars/series/reeks.ics", "/subscribe/series/reeks", "/?theme=inkoop", "/courses/vergroting-weerbaarheid",
        "/", f"/?month={clock.to_local(world.coming.starts_at):%Y-%m}", "/library", "/library?q=inkopen", "/privacy",
        "/subscribe", "/subscribe/all/all", "/calendars/all/all.ics", f"/events/{event}", f"/events/{event}.ics", f"/events/{event}/programme",
        f"/events/{was}", f"/networks/{network}", f"/networks/{network}/calendar.ics", "/accessibility",
        "/help", "/help/at-the-door", f"/impressions/{world.report.slug}", f"/library/{world.insight.id}",
    ]  # fmt: skip


def _tables_read(anew, paths: list[str]) -> dict[str, set[str]]:
    """The tables that the pages read, and which pages do."""
    read: dict[str, set[str]] = {}

    def note(connection, cursor, statement, *_):
        for name in re.findall(r"(?:FROM|JOIN|,) (\w+)", statement):
            read.setdefault(name, set()).add(path)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    for path in paths:
        assert anew(path).status_code == 200, path
    sa.event.remove(db.engine, "before_cursor_execute", note)
    return {name: found for name, found in read.items() if name in db.metadata.tables}


def _words_of(table: sa.Table) -> list[sa.Column]:
    """What readers may see, no address and no key."""
    keys = {"key", "slug", "zone", "region", "uid", "letters", "mark", "town", "code", "kind"}
    words = [column for column in table.columns if type(column.type) in (sa.String, sa.Text)]
    return [column for column in words if not column.foreign_keys and column.name not in keys]


def _change_words(table: sa.Table) -> None:
    """Change every word in a table, by statements that pass the session by."""
    with db.engine.begin() as connection:
        for column in _words_of(table):
            with suppress(IntegrityError), connection.begin_nested():
                connection.execute(sa.update(table).values({column.name: column + "~"}))


@pytest.fixture
def words_of_reference_data(app):
    """Brings back those that no test makes anew."""
    yield
    with db.engine.begin() as connection:
        for table in (Organisation.__table__, Role.__table__):
            back = {column.name: sa.func.replace(column, "~", "") for column in _words_of(table)}
            connection.execute(sa.update(table).values(back))


def test_every_word_that_a_page_shows_is_changed_in_the_other_process(words_of_reference_data, app, other, world):
    visitor, paths = other.test_client(), _paths(world)

    def anew(path: str):
        return app.test_client(use_cookies=False).get(path, headers=SESSION)

    read, differ = _tables_read(anew, paths), set()
    assert read.keys() & APART == set()
    for name, on in sorted(read.items()):
        before = {path: visitor.get(path).data for path in on}
        _change_words(db.metadata.tables[name])
        for path in on:
            after = visitor.get(path).data
            assert after == anew(path).data, (name, path)
            if after != before[path]:
                differ.add(name)
    assert sorted(SHOWN - differ) == []


def test_no_row_goes_along_with_one_of_a_table_apart():
    for table in db.metadata.tables.values():
        along = {key.column.table.name for key in table.foreign_keys if key.ondelete}
        assert table.name in APART or not along & APART, table.name


@pytest.mark.parametrize(
    ("statement", "counts"),
    [
        ("UPDATE events SET title=?", True),
        ('INSERT INTO "networks" (name) VALUES (?)', True),
        ("DELETE FROM people", True),
        ("WITH gone AS (DELETE FROM slots RETURNING id) SELECT id FROM gone", True),
        ("WITH due AS (SELECT id FROM events FOR UPDATE) UPDATE messages SET state=?", False),
        ("SELECT id FROM events FOR UPDATE OF events", False),
        ("UPDATE messages SET state=?", False),
        ("CREATE TABLE events (id INTEGER)", False),
        ("UPDATE alembic_version SET version_num=?", False),
        ("-- by hand\nUPDATE events SET title=?", True),
        ('UPDATE public."events" SET title=?', True),
        ("DELETE\n  FROM people", True),
        ("REPLACE INTO people (id) VALUES (?)", True),
        ("COPY people FROM STDIN", True),
        ("TRUNCATE messages, people", True),
        ("WITH due AS (SELECT 1) SELECT * FROM due", False),
        ("SET LOCAL lock_timeout = 0", False),
    ],
)
def test_a_statement_counts_by_the_table_that_it_writes(statement, counts):
    assert may_show(statement) is counts


def test_it_changes_with_the_transaction_and_not_before(app, pages, world):
    path = f"/events/{world.coming.slug}"
    before = pages(path)
    world.coming.title = "Toch niet"
    db.session.flush()
    db.session.rollback()
    reader = StampReader(app)
    stamps = reader.read()
    assert pages(path).text == before.text
    db.session.add(Heartbeat(worker="x", at=clock.now()))
    db.session.commit()
    assert reader.read() == stamps
    db.session.execute(sa.update(Event).values(title="In het groot"))
    db.session.commit()
    assert reader.read() != stamps
    assert "In het groot" in pages(path).text
    reader.close()


def test_who_registers_changes_the_seats_that_others_see(pages, world):
    path = f"/events/{world.coming.slug}"
    assert "vol, met wachtlijst" not in pages(path).text
    factories.registration(world.coming)
    db.session.commit()
    assert "vol, met wachtlijst" in pages(path).text


def test_what_is_withdrawn_hidden_or_erased_is_gone_at_the_next_request(pages, world):
    event, report = f"/events/{world.coming.slug}", f"/impressions/{world.report.slug}"
    assert world.owner.name in pages(report).text
    assert "Oss" in pages(report).text
    people.erase_person(world.owner)
    db.session.commit()
    assert "Wendelmoet" not in pages(report).text
    world.was.confidential = True
    db.session.commit()
    assert "Oss" not in pages(report).text
    impressions.withdraw_impression(world.report, "Een fout")
    db.session.commit()
    assert pages(report).status == 410
    planning.cancel_event(world.coming, "Ziek")
    db.session.commit()
    assert "Ziek" in pages(event).text
    db.session.execute(sa.update(Network).values(listed=False))
    db.session.commit()
    assert [pages(path).status for path in (event, f"{event}.ics", f"/networks/{world.network.slug}")] == [404] * 3
    assert "Wat komt" not in pages("/").text


def test_who_has_a_session_is_given_nothing_kept_and_gives_nothing(client, pages, world):
    world.network.listed = False
    account = factories.account(world.network)
    sign_in(client, account)
    path = f"/events/{world.coming.slug}"
    assert client.get(path).headers["Cache-Control"] == "no-store"
    assert pages(path).status == 404
    world.network.listed = True
    db.session.commit()
    assert pages(path).headers["Cache-Control"] == "public, no-cache"
    own = client.get(path)
    assert (own.headers["Cache-Control"], own.headers.get("ETag")) == ("private, no-cache", None)
    assert set(own.vary) == set(pages(path).headers["Vary"].split(", ")) == {"Accept-Language", "Cookie"}


def test_each_language_has_its_own_and_a_choice_is_not_kept(client, pages, world):
    path = f"/events/{world.coming.slug}"
    dutch, english = pages(path), pages(path, **{"Accept-Language": "de, en;q=0.8"})
    assert ('lang="nl"' in dutch.text, 'lang="en"' in english.text) == (True, True)
    assert dutch.headers["ETag"] != english.headers["ETag"]
    assert pages(path, Cookie="language=en").text == english.text
    assert pages(path, Cookie='a=b; language="nl"', **{"Accept-Language": "en"}).text == dutch.text
    chosen = client.get(f"{path}?lang=en")
    assert ("language=en" in chosen.headers["Set-Cookie"], "public" in chosen.headers["Cache-Control"]) == (True, False)


def test_only_what_the_page_knows_of_a_query_counts(app, pages, world):
    plain = pages("/")
    size = app.extensions["kept_pages"].size
    assert pages("/?utm_source=evil&format=&x=%00").text == plain.text
    assert app.extensions["kept_pages"].size == size
    found = pages("/?region=nowhere&format=on_site&format=online")
    assert found.text == pages("/?x=1&format=on_site&region=nowhere").text != plain.text


def test_who_asks_for_a_thousand_things_fills_no_memory(app, client, world, monkeypatch):
    monkeypatch.setattr(kept_pages, "MOST_BYTES", 40_000)
    front = client.get("/").data
    for number in range(30):
        client.get(f"/library?year={number}")
    assert 20_000 < app.extensions["kept_pages"].size <= 40_000
    assert client.get("/").data == front
    assert client.get(f"/library?q={'x' * 400}").headers.get("ETag") is None


def test_a_page_ends_when_the_clock_says_so(pages, world):
    path = f"/events/{world.coming.slug}"
    planned = f"/?month={clock.today():%Y-%m}"
    assert "Meld je aan" in pages(path).text or "uitnodiging" in pages(path).text
    today = pages(planned).text
    with time_machine.travel(world.coming.closes_at, tick=False):
        assert "Aanmelden kan niet meer" in pages(path).text
    with time_machine.travel(world.coming.ends_at, tick=False):
        assert "Aanmelden kan niet meer" not in pages(path).text
        assert "Wat komt" not in pages("/").text
    assert "Wat komt" in pages("/").text, "the clock was put back"
    with time_machine.travel(clock.start_of_day(clock.today() + timedelta(days=1)), tick=False):
        assert pages(planned).text != today


def test_who_has_the_page_hears_that_it_holds(client, world):
    path = f"/events/{world.coming.slug}"
    page = client.get(path)
    head = client.head(path)
    assert (head.headers["Content-Length"], head.headers["ETag"], head.data) == (
        str(len(page.data)),
        page.headers["ETag"],
        b"",
    )
    for known in (page.headers["ETag"], f'"other", W/{page.headers["ETag"]}', "*"):
        held = client.get(path, headers={"If-None-Match": known})
        assert (held.status_code, held.data, held.headers.get("Content-Length")) == (304, b"", None)
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    assert page.headers.get("Last-Modified") is None, "another may come in the same second"
    with time_machine.travel(clock.now() + timedelta(seconds=3), tick=False):
        seen = client.get(path).headers["Last-Modified"]
        assert client.get(path, headers={"If-Modified-Since": seen}).status_code == 304
        assert client.get(path, headers={"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}).status_code == 200
        assert client.get(path, headers={"If-Modified-Since": "soon"}).status_code == 200


def test_of_many_who_ask_at_once_one_builds(world):
    shelf, built, begin = Shelf([], clock.now(), clock.now()), [], Barrier(4)
    served = []

    def build() -> KeptPage:
        built.append(1)
        return KeptPage.of_answer("200 OK", [("Cache-Control", "public")], b"page", clock.now())

    def ask() -> None:
        begin.wait()
        served.append(shelf.page(("/", "", "nl"), build).body)

    threads = [Thread(target=ask) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (len(built), served) == (1, [b"page"] * 4)


def test_a_connection_that_broke_is_made_anew(app, client, world):
    path = f"/events/{world.coming.slug}"
    first = client.get(path).data
    if db.engine.dialect.name == "postgresql":
        others = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        db.session.execute(sa.text(others))
        db.session.commit()
    world.coming.title = "Na de storing"
    db.session.commit()
    assert (b"Na de storing" in client.get(path).data, b"Na de storing" in first) == (True, False)


def test_a_child_leaves_the_connections_of_its_parent_alone(app, world):
    db.session.commit()
    db.engine.dispose()  # what other tests left in the pool
    reader = StampReader(app)
    stamps = reader.read()
    with db.engine.connect(), db.engine.connect():
        pass  # two more wait in the pool
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        try:
            os.write(writing, b"the same" if reader.read() == stamps else b"something else")
        finally:  # whatever happened, it does not go on as if it were this process
            os.kill(os.getpid(), signal.SIGKILL)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as told:
        assert told.read() == b"the same"
    assert reader.read() == stamps
    reader.close()
    if db.engine.dialect.name == "postgresql":
        count = sa.text("SELECT count(*) FROM pg_prepared_statements")
        with db.engine.connect() as one, db.engine.connect() as other:
            assert (one.scalar(count), other.scalar(count)) == (0, 0), "the child asked over a connection of its parent"


def test_without_the_table_pages_are_built_each_time(app, client, world):
    path = f"/events/{world.coming.slug}"
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE page_stamps RENAME TO away")
    try:
        world.coming.title = "Toch veranderd"
        db.session.commit()
        page = client.get(path)
        assert ("Toch veranderd" in page.text, page.headers.get("ETag")) == (True, None)
    finally:
        with db.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO page_stamps")
