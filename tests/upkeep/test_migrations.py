"""An update keeps what is there: every released version, filled, goes forward on both databases."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa

from app.database import db
from app.network.people import names
from app.network.people.name_reading import read_name
from app.upkeep import tables
from tests.databases import KINDS, application

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
ROWS = {
    "networks": {"id": 1, "slug": "n", "name": "N", "letters": "N", "colour": "violet", "contact_name": "team", "contact_address": "t@n.example"},
    "people": {"id": 1, "name": "Jan", "call_name": "Jan", "sort_name": "Jan", "search_text": "jan", "language": "nl"},
    "email_addresses": {"id": 1, "person_id": 1, "address": "j@n.example", "key": "j@n.example", "domain": "n.example"},
    "memberships": {"id": 1, "person_id": 1, "network_id": 1, "standing": "member"},
    "audiences": {"id": 1, "network_id": 1, "name": "Iedereen", "kinds": [], "regions": [], "roles": []},
    "events": {"id": 1, "network_id": 1, "slug": "e", "uid": "event-1@n.example", "title": "E", "format": "session", "state": "published"},
    "slots": {"id": 1, "event_id": 1, "title": "Opening"},
    "questions": {"id": 1, "event_id": 1, "kind": "text", "label": "Wat?", "choices": []},
    "waves": {"id": 1, "event_id": 1, "kind": "invitation", "state": "done", "audience_id": 1, "texts": {"nl": "Subject: Kom\n\nDag"}},
    "invitations": {"id": 1, "event_id": 1, "person_id": 1, "address_id": 1, "origin": "wave"},
    "invitation_history": {"id": 1, "invitation_id": 1, "step": "registered"},
    "registrations": {"id": 1, "event_id": 1, "invitation_id": 1, "state": "confirmed", "mode": "on_site"},
    "question_answers": {"id": 1, "registration_id": 1, "question_id": 1, "value": "Dit"},
    "messages": {"id": 1, "kind": "invitation", "state": "sent", "event_id": 1, "invitation_id": 1, "wave_id": 1, "recipient": "j@n.example", "domain": "n.example", "message_id": "<1@n>"},
}  # fmt: skip
"""A row of each table that others refer to, in the first released version."""
SINCE = {
    "digest": "weekly",
    "in_digest": False,
    "unreached_in": 2025,
    "delivery": "no_news",
    "rule": [[{"block": "unreached", "values": [2025], "not": False}]],
    "counts": True,
    "joining": "open",
}
"""What columns of later versions hold."""
_REST = {
    sa.Boolean: False,
    sa.Integer: 1,
    sa.Date: NOW.date(),
    sa.String: "",
    sa.Text: "",
    sa.DateTime: NOW,
    sa.JSON: {},
}


@pytest.fixture(params=KINDS, scope="module")
def at(request, databases, tmp_path_factory):
    """Gives new databases of each kind at a version; it is reached once, from the version before it that was asked for."""
    kept: dict[str, str] = {}

    def give(version: str) -> str:
        if version not in kept:
            before = max((known for known in kept if known < version), default="")
            kept[version] = databases.copy(kept[before]) if before else databases.empty(request.param)
            _move(tmp_path_factory.mktemp("instance"), tables.upgrade, kept[version], version)
        return databases.copy(kept[version])

    return give


@pytest.fixture
def forward(tmp_path):
    """Brings a database forward to a revision."""
    return partial(_move, tmp_path / "instance", tables.upgrade)


@pytest.fixture
def back(tmp_path):
    """Brings a database back to a revision."""
    return partial(_move, tmp_path / "instance", flask_migrate.downgrade)


def _move(folder: Path, go: Callable[..., None], url: str, revision: str) -> None:
    with application(url, folder).app_context():
        tables.commands()
        go(revision=revision)
        db.engine.dispose()


def _fill(engine: sa.Engine, number: int = 1) -> None:
    """One row a table, under this number; required columns that it does not name get something plain."""
    tables = sa.MetaData()
    tables.reflect(engine)
    with engine.begin() as connection:
        for name, given in ROWS.items():
            row = {
                column: _numbered(column, value, number)
                for column, value in given.items()
                if column in tables.tables[name].columns
            }
            for column in tables.tables[name].columns:
                if column.name in SINCE:
                    row.setdefault(column.name, SINCE[column.name])
                if column.name not in row and not column.nullable and not column.primary_key:
                    row[column.name] = next(value for kind, value in _REST.items() if isinstance(column.type, kind))
            row |= {"ends_at": NOW.replace(hour=15), "on_site": True} if name == "events" else {}
            row |= {"at": NOW} if name == "waves" else {}
            connection.execute(sa.insert(tables.tables[name]).values({k: _plain(v, engine) for k, v in row.items()}))


def _numbered(column: str, value: object, number: int) -> object:
    """Ids are the number; what may be there once only is told apart by it, as of the second row on."""
    if column == "id" or (column.endswith("_id") and isinstance(value, int)):
        return number
    once = column in {"slug", "name", "uid", "address", "key", "message_id"} and number > 1
    return f"{value}{number}" if once else value


def _plain(value, engine: sa.Engine):
    return value.replace(tzinfo=None) if isinstance(value, datetime) and engine.dialect.name == "sqlite" else value


def _counts(engine: sa.Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {name: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) for name in ROWS}


VERSIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0011", "0015")
"""Each filled on the way of one database to the newest version, which a database of its own for each would go again."""


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_filled_in_any_version_goes_forward_with_all_its_rows(databases, forward, kind):
    url = databases.empty(kind)
    engine = sa.create_engine(url)
    for number, version in enumerate(VERSIONS, 1):
        forward(url, version)
        _fill(engine, number)

    forward(url, "head")

    assert _counts(engine) == dict.fromkeys(ROWS, len(VERSIONS))
    with engine.connect() as connection:
        if kind == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
        assert set(connection.scalars(sa.text("SELECT digest FROM people"))) == {"weekly"}
        rules = connection.scalars(sa.text("SELECT rule FROM audiences ORDER BY id"))
        kept = [json.loads(rule) if isinstance(rule, str) else rule for rule in rules]
        unreached = [[{"block": "unreached", "values": [2025], "not": False}]]
        assert kept == [[], *[unreached] * (len(VERSIONS) - 1)]
        deliveries = list(connection.scalars(sa.text("SELECT delivery FROM memberships ORDER BY id")))
        assert deliveries == ["at_once", *["no_news"] * (len(VERSIONS) - 1)]
        assert all(connection.scalars(sa.text("SELECT counts FROM messages")))
        own = connection.execute(sa.text("SELECT wave_id, kind, language, text FROM letter_texts ORDER BY wave_id"))
        old = [number for number, version in enumerate(VERSIONS, 1) if version < "0004"]
        assert own.all() == [(number, "invitations/invitation", "nl", "Subject: Kom\n\nDag") for number in old]
    engine.dispose()


def test_reasons_in_words_become_values(at, forward):
    url = at("0005")
    engine = sa.create_engine(url)
    _fill(engine)
    calendar = sa.Table("outside_calendars", sa.MetaData(), autoload_with=engine, resolve_fks=False)
    same = {
        "network_id": 1,
        "address": "",
        "created_at": _plain(NOW, engine),
        "etag": "",
        "last_modified": "",
        "skipped": 0,
    }
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE messages SET response = 'answered already'"))
        step = "INSERT INTO message_history (message_id, at, state, words) VALUES (1, '2026-11-01', 'failed', :words)"
        for words in ("could not be written: KeyError", "550 5.1.1 no such user", "closed or handed over"):
            connection.execute(sa.text(step), {"words": words})
        for name, trouble in (("Goed", ""), ("Weg", "gone")):
            connection.execute(sa.insert(calendar).values(**same, name=name, trouble=trouble))

    forward(url, "0006")

    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT response FROM messages")) == "answered"
        steps = connection.scalars(sa.text("SELECT words FROM message_history ORDER BY id"))
        assert list(steps) == ["not_written", "550 5.1.1 no such user", "closed"]
        troubles = connection.scalars(sa.text("SELECT trouble FROM outside_calendars ORDER BY id"))
        assert list(troubles) == [None, "gone"]
    engine.dispose()


def test_a_note_goes_to_each_network_whose_organisers_read_it(at, forward):
    url = at("0006")
    engine = sa.create_engine(url)
    _fill(engine)
    tables = sa.MetaData()
    tables.reflect(engine, only=["people", "networks", "memberships"])
    people, networks, memberships = (tables.tables[name] for name in ("people", "networks", "memberships"))
    with engine.begin() as connection:
        connection.execute(sa.update(people).values(notes="Belt liever"))
        first = dict(connection.execute(sa.select(networks)).mappings().one())
        for number, name in ((2, "Leden"), (3, "Niemand")):
            connection.execute(sa.insert(networks).values(first | {"id": number, "slug": name, "name": name}))
        member = dict(connection.execute(sa.select(memberships)).mappings().one())
        connection.execute(sa.insert(memberships).values(member | {"id": 2, "network_id": 2}))
        connection.execute(sa.delete(memberships).where(memberships.c.network_id == 1))

    forward(url, "0007")

    with engine.connect() as connection:
        notes = connection.execute(sa.text("SELECT person_id, network_id, text FROM network_notes ORDER BY network_id"))
        assert notes.all() == [(1, 1, "Belt liever"), (1, 2, "Belt liever")]
    engine.dispose()


def test_who_stood_in_public_is_named_no_more_but_for_speakers_of_announced_sessions(at, forward):
    url = at("0015")
    engine = sa.create_engine(url)
    _fill(engine)
    found = sa.MetaData()
    found.reflect(engine)
    events, slots, speakers, attachments = (
        found.tables[name] for name in ("events", "slots", "speakers", "attachments")
    )
    with engine.begin() as connection:
        event = dict(connection.execute(sa.select(events)).mappings().one())
        draft = event | {"id": 2, "slug": "d", "uid": "d", "state": "draft"}
        connection.execute(sa.insert(events).values(draft))
        slot = dict(connection.execute(sa.select(slots)).mappings().one())
        connection.execute(sa.insert(slots).values(slot | {"id": 2, "event_id": 2}))
        for slot_id, name in ((1, "Aangekondigd"), (2, "Nog niet")):
            connection.execute(sa.insert(speakers).values(slot_id=slot_id, name=name, affiliation=""))
        impression = {"network_id": 1, "event_id": 1, "slug": "i", "state": "draft", "title": "I"}
        connection.execute(
            sa.insert(found.tables["impressions"]).values(id=1, **_whole("impressions", impression, found, engine))
        )
        for name in ("groep.JPG", "verslag.pdf"):
            connection.execute(sa.insert(attachments).values(impression_id=1, name=name, size=1, content=b"x"))

    forward(url, "0018")

    with engine.connect() as connection:
        agreed = connection.execute(sa.text("SELECT name, agreed FROM speakers ORDER BY id"))
        assert [(name, bool(said)) for name, said in agreed] == [("Aangekondigd", True), ("Nog niet", False)]
        shown = connection.execute(sa.text("SELECT name, people_shown FROM attachments ORDER BY id"))
        assert shown.all() == [("groep.JPG", "unasked"), ("verslag.pdf", "nobody")]
    engine.dispose()


def _whole(table: str, given: dict, found: sa.MetaData, engine: sa.Engine) -> dict:
    """A row with something plain in each column that needs it."""
    needed = [each for each in found.tables[table].columns if not each.nullable and not each.primary_key]
    rest = {each.name: next(value for kind, value in _REST.items() if isinstance(each.type, kind)) for each in needed}
    return {name: _plain(value, engine) for name, value in (rest | given).items()}


def test_people_of_before_are_listed_and_found_as_new_ones(at, forward):
    url = at("0030")
    engine = sa.create_engine(url)
    _fill(engine)
    people = sa.Table("people", sa.MetaData(), autoload_with=engine)
    written = ["Søren Ødegård", "Karin van den Berg", "Eva d'Hondt", "Sinéad O’Neill", "J.A. de la Cruz", "Wim"]
    with engine.begin() as connection:
        first = dict(connection.execute(sa.select(people)).mappings().one())
        for number, name in enumerate(written, 2):
            values = {"id": number, "name": name, "call_name": "X", "sort_name": name, "search_text": name}
            connection.execute(sa.insert(people).values(first | values))

    forward(url, "0031")

    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT name, sort_name, search_text, titles FROM people WHERE id > 1"))
        assert {tuple(row) for row in rows} == {
            (name, read_name(name).sort_key, names.fold_name(f"{name} X"), "") for name in written
        }
    engine.dispose()


def test_presence_keeps_its_day_and_its_people_both_ways(at, forward, back):
    """The day of the check-in; a night is of the day on which it began, and afterwards counts for the first day."""
    url = at("0031")
    engine = sa.create_engine(url)
    _fill(engine)
    found = sa.MetaData()
    found.reflect(engine, only=["events", "people", "invitations", "attendances", "merges"])
    spans = {
        1: ("2027-03-26 08:00", "2027-03-28 15:00", "Europe/Amsterdam"),
        2: ("2027-03-26 21:00", "2027-03-27 02:00", "Europe/Amsterdam"),
        3: ("2027-03-26 08:00", "2027-03-27 15:00", "Europe/London"),
    }
    checked_in = {  # number: the event, the moment, the day that it becomes
        1: (1, "2027-03-26 08:05", "2027-03-26"),
        2: (1, "2027-03-27 23:30", "2027-03-28"),
        3: (1, "2027-04-02 10:00", "2027-03-26"),
        4: (2, "2027-03-27 00:30", "2027-03-26"),
        5: (3, "2027-03-26 23:30", "2027-03-26"),
    }
    with engine.begin() as connection:
        first = {
            name: dict(connection.execute(sa.select(found.tables[name])).mappings().one())
            for name in ("events", "people", "invitations")
        }
        for number, (begin, end, zone) in spans.items():
            own = {
                "id": number,
                "slug": f"e{number}",
                "uid": f"u{number}",
                "starts_at": _utc(begin, engine),
                "ends_at": _utc(end, engine),
                "zone": zone,
            }
            change = (
                sa.update(found.tables["events"]).where(found.tables["events"].c.id == 1)
                if number == 1
                else sa.insert(found.tables["events"])
            )
            connection.execute(change.values(first["events"] | own))
        for number, (event, at, _) in checked_in.items():
            if number > 1:
                connection.execute(sa.insert(found.tables["people"]).values(first["people"] | {"id": number}))
                connection.execute(
                    sa.insert(found.tables["invitations"]).values(
                        first["invitations"] | {"id": number, "person_id": number, "event_id": event}
                    )
                )
            row = {
                "id": number,
                "event_id": event,
                "invitation_id": number,
                "mode": "on_site",
                "entry": "list",
                "at": _utc(at, engine),
            }
            connection.execute(sa.insert(found.tables["attendances"]).values(row))
        gone = {
            "id": 9,
            "event_id": 1,
            "invitation_id": 9,
            "mode": "online",
            "entry": "list",
            "at": "2027-03-27T09:00:00+00:00",
        }
        journal = [{"table": "attendances", "key": {"id": 9}, "row": gone}]
        connection.execute(
            sa.insert(found.tables["merges"]).values(
                id=1, kept_id=1, gone_id=2, at=_utc("2027-03-28 09:00", engine), journal=journal
            )
        )

    forward(url, "0033")
    after = sa.MetaData()
    after.reflect(engine, only=["attendances"])
    attendances = after.tables["attendances"]
    with engine.begin() as connection:
        days = connection.execute(sa.select(attendances.c.id, attendances.c.day).order_by(attendances.c.id))
        assert {number: day.isoformat() for number, day in days} == {
            number: day for number, (_, _, day) in checked_in.items()
        }
        assert connection.scalar(sa.select(found.tables["merges"].c.journal))[0]["row"]["day"] == "2027-03-27"
        again = {
            name: value
            for name, value in connection.execute(sa.select(attendances).where(attendances.c.id == 1))
            .mappings()
            .one()
            .items()
            if name != "id"
        }
        connection.execute(
            sa.insert(attendances).values(again | {"id": 7, "day": datetime(2027, 3, 27).date(), "entry": "walk_in"})
        )

    back(url, "0031")
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT id, entry FROM attendances ORDER BY id")).all()
        assert [tuple(row) for row in rows] == [(1, "walk_in"), *((number, "list") for number in (2, 3, 4, 5))]
        assert connection.scalar(sa.select(found.tables["merges"].c.journal)) == journal
    engine.dispose()


def test_back_from_shared_mailboxes_each_address_is_one_persons_again(at, forward, back):
    url = at("0031")
    engine = sa.create_engine(url)
    _fill(engine)
    forward(url, "0032")
    found = sa.MetaData()
    found.reflect(engine, only=["people", "email_addresses", "invitations"])
    people, addresses, invitations = (found.tables[name] for name in ("people", "email_addresses", "invitations"))
    with engine.begin() as connection:
        first = {
            each.name: dict(connection.execute(sa.select(each)).mappings().one())
            for each in (people, addresses, invitations)
        }
        for number in (2, 3, 4):
            connection.execute(sa.insert(people).values(first["people"] | {"id": number}))
        behind = [(2, 2, "j@n.example", True), (3, 3, "griffie@n.example", True), (4, 4, "griffie@n.example", True)]
        for number, person, key, through in behind:
            row = {"id": number, "person_id": person, "key": key, "address": key, "through": through}
            connection.execute(sa.insert(addresses).values(first["email_addresses"] | row))
            row = {"id": number, "person_id": person, "address_id": number, "uid_apart": True}
            connection.execute(sa.insert(invitations).values(first["invitations"] | row))

    back(url, "0031")
    with engine.connect() as connection:
        kept = connection.execute(sa.text("SELECT id, person_id, key FROM email_addresses ORDER BY id")).all()
        assert [tuple(row) for row in kept] == [(1, 1, "j@n.example"), (3, 3, "griffie@n.example")]
        invited = connection.execute(sa.text("SELECT id, address_id FROM invitations ORDER BY id")).all()
        assert [tuple(row) for row in invited] == [(1, 1), (2, None), (3, 3), (4, None)]
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
    forward(url, "0032")
    assert _counts(engine)["email_addresses"] == 2
    engine.dispose()


def _utc(text: str, engine: sa.Engine):
    return _plain(datetime.fromisoformat(text).replace(tzinfo=UTC), engine)


def test_free_words_and_topics_become_one_list_of_themes_both_ways(at, forward, back):
    """Words that fold alike join; journals and audiences name the other table, and an impression keeps what it was about."""
    url = at("0042")
    engine = sa.create_engine(url)
    _fill(engine)
    found = sa.MetaData()
    found.reflect(engine)
    impression = {"network_id": 1, "event_id": 1, "slug": "i", "state": "draft", "title": "I"}
    words = ["klimaat adaptatie", "Klimaatadaptatie", "KLIMAATADAPTATIE", "AI", "ai ", "…", "één  ding", "A" * 60]
    gone = {"person_id": 1, "topic_id": 1}
    journal = [
        {"table": "interests", "key": gone, "row": gone},
        {"table": "memberships", "key": {"id": 1}, "row": {"topic_id": 3}},
    ]
    removed = {"id": 9, "name_nl": "Weg", "name_en": "Gone", "place": 9}
    step = {"table": "topics", "key": {"id": 9}, "row": removed, "deleted": True}
    log = {"at": NOW, "action": "deleted", "subject": "topics", "changes": {}, "step": step, "count": 1, "label": "Weg"}
    rule = [[{"block": "topic", "values": [1], "not": False}, {"block": "kind", "values": ["gemeente"], "not": True}]]
    with engine.begin() as connection:
        for row in (
            {"id": 1, "name_nl": "Klimaatadaptatie", "name_en": "Climate adaptation", "place": 0},
            {"id": 7, "name_nl": "Zorg", "name_en": "Care", "place": 1},
        ):
            connection.execute(sa.insert(found.tables["topics"]).values(row))
        connection.execute(
            sa.insert(found.tables["impressions"]).values(id=1, **_whole("impressions", impression, found, engine))
        )
        for word in words:
            connection.execute(sa.insert(found.tables["themes"]).values(impression_id=1, name=word))
        connection.execute(sa.insert(found.tables["interests"]).values(gone))
        connection.execute(sa.update(found.tables["audiences"]).values(rule=rule))
        merge = {"id": 1, "kept_id": 1, "gone_id": 2, "at": _plain(NOW, engine), "journal": journal}
        connection.execute(sa.insert(found.tables["people"]).values(_second(connection, found.tables["people"])))
        connection.execute(sa.insert(found.tables["merges"]).values(merge))
        connection.execute(
            sa.insert(found.tables["audit_log"]).values({name: _plain(value, engine) for name, value in log.items()})
        )

    forward(url, "0043")
    after = sa.MetaData()
    after.reflect(engine, only=["themes", "interests", "impression_themes", "audiences", "merges", "audit_log"])
    themes, turned = after.tables["themes"], after.tables["audit_log"]
    with engine.connect() as connection:
        rows = connection.execute(sa.select(themes.c.id, themes.c.name_nl, themes.c.slug, themes.c.unsettled))
        listed = {name: (theme_id, slug, bool(unsettled)) for theme_id, name, slug, unsettled in rows}
        assert listed["Klimaatadaptatie"] == (1, "klimaatadaptatie", False)
        assert listed["Zorg"] == (7, "zorg", False)
        assert {name: each[1:] for name, each in listed.items() if each[2]} == {
            "AI": ("ai", True),
            "klimaat adaptatie": ("klimaat-adaptatie", True),
            "één ding": ("een-ding", True),
            "…": ("thema", True),
            "A" * 60: ("a" * 60, True),
        }
        about = connection.scalars(sa.select(after.tables["impression_themes"].c.theme_id))
        assert len(list(about)) == 6
        assert connection.execute(sa.select(after.tables["interests"])).all() == [(1, 1)]
        kept = connection.scalar(sa.select(after.tables["audiences"].c.rule))
        assert [each["block"] for each in kept[0]] == ["theme", "kind"]
        interest = {"person_id": 1, "theme_id": 1}
        said = [{"table": "interests", "key": interest, "row": interest}, journal[1]]
        assert connection.scalar(sa.select(after.tables["merges"].c.journal)) == said
        subject, step_now = connection.execute(sa.select(turned.c.subject, turned.c.step)).one()
        assert (subject, step_now["table"], step_now["row"]["slug"]) == ("themes", "themes", "weg")
        assert step_now["row"].keys() == {each.name for each in themes.columns}
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
    with engine.begin() as connection:
        new = {"slug": "nieuw", "name_nl": "Nieuw", "name_en": "New", "summary_nl": "", "summary_en": "", "mark": "NI"}
        connection.execute(sa.insert(themes).values(place=99, unsettled=False, **new))

    back(url, "0042")
    with engine.connect() as connection:
        topics = connection.execute(sa.text("SELECT id, name_nl FROM topics WHERE id IN (1, 7) ORDER BY id")).all()
        assert [tuple(row) for row in topics] == [(1, "Klimaatadaptatie"), (7, "Zorg")]
        assert connection.scalar(sa.text("SELECT count(*) FROM themes")) == 6
        assert connection.scalar(sa.select(found.tables["audiences"].c.rule)) == rule
        assert connection.scalar(sa.select(found.tables["merges"].c.journal)) == journal
        assert connection.scalar(sa.select(found.tables["audit_log"].c.step)) == step
    forward(url, "0043")
    engine.dispose()


def _second(connection: sa.Connection, table: sa.Table) -> dict:
    """The first row once more, as another one."""
    return dict(connection.execute(sa.select(table)).mappings().one()) | {"id": 2}


def test_the_book_of_places_begins_with_where_sessions_were(at, forward, back):
    """The newest words of each building; nothing of confidential sessions, hidden networks or without a building."""
    url = at("0048")
    engine = sa.create_engine(url)
    _fill(engine)
    found = sa.MetaData()
    found.reflect(engine, only=["events", "networks"])
    events, networks = found.tables["events"], found.tables["networks"]
    held = (
        {"venue": "De Schuur", "town": "Oss", "street": "Oud 1", "starts_at": NOW.replace(day=1)},
        {"venue": "De schuur", "town": "OSS", "street": "Nieuw 2", "directions": "Achterom", "starts_at": NOW.replace(day=3)},
        {"venue": "de Schuur", "town": "Uden", "starts_at": NOW.replace(day=2)},
        {"venue": "Kelder", "town": "Oss", "confidential": True},
        {"venue": "Zolder", "town": "Oss", "network_id": 2},
        {"venue": "Online", "town": "Oss", "on_site": False, "online": True},
        {"venue": "", "town": "Oss"},
    )  # fmt: skip
    with engine.begin() as connection:
        network = dict(connection.execute(sa.select(networks)).mappings().one())
        connection.execute(sa.update(networks).values(listed=True))
        hidden = {"id": 2, "slug": "h", "name": "H", "listed": False}
        connection.execute(sa.insert(networks).values(network | hidden))
        first = dict(connection.execute(sa.select(events)).mappings().one())
        for number, values in enumerate(held, 2):
            own = {
                "id": number,
                "slug": f"e{number}",
                "uid": f"u{number}",
                "confidential": False,
                "ends_at": NOW.replace(day=9),
            }
            plain = {name: _plain(value, engine) for name, value in (own | values).items()}
            connection.execute(sa.insert(events).values(first | plain))

    forward(url, "0050")

    with engine.connect() as connection:
        book = connection.execute(sa.text("SELECT name, town, street, route, contact FROM places ORDER BY id")).all()
        assert [tuple(each) for each in book] == [
            ("De schuur", "OSS", "Nieuw 2", "Achterom", ""),
            ("de Schuur", "Uden", "", "", ""),
        ]
        assert set(connection.scalars(sa.text("SELECT room FROM events"))) == {""}

    back(url, "0048")
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM events")) == 1 + len(held)
    forward(url, "0050")
    engine.dispose()


def test_every_series_gets_an_address_of_its_own(at, forward, back):
    url = at("0048")
    engine = sa.create_engine(url)
    _fill(engine)
    series = sa.table("series", *(sa.column(name) for name in ("id", "network_id", "title", "one_impression")))
    found = sa.MetaData()
    found.reflect(engine, only=["networks"])
    table = found.tables["networks"]
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM series"))
        first = dict(connection.execute(sa.select(table)).mappings().one())
        connection.execute(sa.insert(table).values(first | {"id": 2, "slug": "m", "name": "M"}))
        titles = ((11, 1, "Één reeks!"), (12, 2, "Één reeks!"), (13, 1, "Een reeks 2"), (14, 1, "???"))
        rows = [
            {"id": number, "network_id": network, "title": title, "one_impression": False}
            for number, network, title in titles
        ]
        connection.execute(sa.insert(series), rows)

    forward(url, "0049")

    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT id, slug, summary FROM series ORDER BY id")).all()
    assert [tuple(each) for each in found] == [
        (11, "een-reeks", ""), (12, "een-reeks-2", ""), (13, "een-reeks-2-2", ""), (14, "reeks", "")
    ]  # fmt: skip
    back(url, "0048")
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM series")) == len(titles)
    engine.dispose()


def test_what_a_frozen_figure_counted_becomes_one_list_both_ways(at, forward, back):
    url = at("0048")
    engine = sa.create_engine(url)
    _fill(engine)
    forward(url, "0053")
    parents = {
        "agendas": {"id": 1, "slug": "a", "title": "A", "state": "draft"},
        "indicators": {"id": 1, "agenda_id": 1, "name": "Bereikt"},
        "progress_reports": {"id": 1, "agenda_id": 1, "kind": "interim", "scope": "all", "readers": "internal"},
        "progress_editions": {"id": 1, "report_id": 1, "number": 1, "readers": "public"},
    }
    found = sa.MetaData()
    found.reflect(engine, only=[*parents, "progress_members"])
    of = {"edition_id": 1, "indicator_id": 1}
    rows = [of | {"year": year, "kind": "person", "member_id": each} for year, each in ((0, 3), (0, 1), (2026, 30))]
    with engine.begin() as connection:
        for table, given in parents.items():
            connection.execute(sa.insert(found.tables[table]).values(_whole(table, given, found, engine)))
        connection.execute(sa.insert(found.tables["progress_members"]), rows)

    forward(url, "0058")

    lists = sa.text("SELECT year, kind, ids FROM progress_members ORDER BY year").columns(ids=sa.JSON)
    with engine.connect() as connection:
        kept = [tuple(each) for each in connection.execute(lists)]
    assert kept == [(0, "person", [1, 3]), (2026, "person", [30])]
    back(url, "0053")
    with engine.connect() as connection:
        order = sa.text("SELECT year, kind, member_id FROM progress_members ORDER BY year, member_id")
        again = [tuple(each) for each in connection.execute(order)]
    assert again == [(0, "person", 1), (0, "person", 3), (2026, "person", 30)]
    engine.dispose()
