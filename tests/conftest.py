"""Every test runs on SQLite and on a real PostgreSQL, with tables made by the migrations."""

import contextvars
import gc
import os
from collections import Counter
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from zlib import adler32

import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from app import budget
from app.database import db
from app.extensions import limiter
from app.settings import ROOT
from tests import noting, watch
from tests.databases import KINDS, Databases, application
from tests.tables import Written

# Statements that are built once need all tables, whichever test is the first.
for file in sorted(ROOT.glob("app/**/models.py")):
    import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))

hypothesis.settings.register_profile(
    "any machine",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture, hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("any machine")

LONG = ("browser", "promises", "upkeep", "accounts")
"""Folders whose tests take longest, longest first."""


def pytest_xdist_auto_num_workers(config) -> int:
    """Two more than there are cores: there is always one that waits for a browser, a server or a process of its own."""
    return (os.cpu_count() or 1) + 2


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items) -> None:
    """Tests of one database are told apart before they are selected by their marks.

    Long files begin first, then those with many tests, so that no worker ends alone with one of them.
    """
    for item in items:
        if _is_not_its_turn(item):
            item.add_marker(pytest.mark.other_database)
    size = Counter(item.path for item in items)
    rank = {folder: place for place, folder in enumerate(LONG)}
    items.sort(key=lambda item: (rank.get(item.path.parent.name, len(LONG)), -size[item.path]))


def turn_of(file: Path) -> str:
    """The kind of database that a file of tests uses when what it tests is the same on both: half of them either."""
    return KINDS[adler32(str(file.relative_to(ROOT)).encode()) % len(KINDS)]


def _is_not_its_turn(item) -> bool:
    """Whether a test that says the same on either database is of a file that uses the other one."""
    kind = item.callspec.params.get("site") if hasattr(item, "callspec") else None
    return kind not in (None, turn_of(item.path)) and item.get_closest_marker("one_database") is not None


def pytest_collection_finish() -> None:
    """The thousands of tests and all that was imported stay: to look through them for rubbish takes a tenth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_configure(config) -> None:
    """What the tests go through is noted by the processes that run them."""
    if noting.WHERE in os.environ:
        noting.note_in_children()
        budget.KEPT.update({noting.WHERE, "PYTHONPATH"})


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """What was gone through is kept while the run still waits: a process that then takes long to leave is killed."""
    noting.keep()
    gc.freeze()  # else all that the run held is looked through five times once it is over


class Browser(FlaskClient):
    """A client whose requests are as far from the test as a real browser's.

    What the test did is committed first; each request has a session of its own; what it
    changed is read anew afterwards.
    """

    def open(self, *args, **options):
        db.session.commit()
        response = contextvars.Context().run(super().open, *args, **options)
        db.session.expire_all()
        return response


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory) -> Path:
    """A folder that is one for all processes of a run."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(shared_folder):
    """A template is compiled once in a run, not by every application of every process."""
    shared = shared_folder / "templates"
    shared.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(Flask.jinja_options, "bytecode_cache", FileSystemBytecodeCache(str(shared)))
        yield


@pytest.fixture(scope="session", autouse=True)
def watching():
    """From the first test on, what is slow is noted when it is done inside a transaction that may write."""
    watch.begin()


@pytest.fixture(autouse=True)
def nobody_waits(watching):
    """No test saw something slow inside a transaction that others wait for (tests/watch.py)."""
    watch.found.clear()
    yield
    assert watch.found == []


@pytest.fixture(scope="session")
def databases(request, tmp_path_factory):
    """Gives out new databases; what they are copied from is kept between runs."""
    store = Databases(request.config.cache.mkdir("databases"), tmp_path_factory.mktemp("databases"))
    yield store
    store.close()


@pytest.fixture(scope="session")
def sites(databases, tmp_path_factory):
    """The application on a kind of database, one for all tests, with the tables that they write to."""
    made: dict[str, tuple[Flask, Written]] = {}

    def on(kind: str) -> tuple[Flask, Written]:
        if kind not in made:
            made[kind] = _site(databases.with_tables(kind), tmp_path_factory.mktemp("instance"))
        return made[kind]

    yield on
    for app, _ in made.values():
        with app.app_context():
            db.engine.dispose()


def _site(url: str, folder: Path) -> tuple[Flask, Written]:
    app = application(url, folder, BASE_URL="http://leerkring.test", SITE_NAME="Leerkring")
    app.testing = True
    app.test_client_class = Browser
    limiter.enabled = False
    with app.app_context():
        written = Written(db.engine)
        written.empty()
    return app, written


@pytest.fixture(scope="session", params=KINDS)
def site(request, sites) -> Flask:
    """The application with its tables and reference data."""
    return sites(request.param)[0]


@pytest.fixture
def written(site, sites) -> Written:
    """The tables of the application that were written to."""
    with site.app_context():
        return sites(db.engine.dialect.name)[1]


@pytest.fixture
def app(site, written):
    """The application with empty tables but for the reference data; the test runs in its context."""
    with site.app_context():
        yield site
        db.session.rollback()
        db.session.remove()
        site.extensions.pop("access_tallies", None)
        written.empty()


@pytest.fixture(autouse=True)
def balanced(request):
    """After every test that used the database, everything in it still fits together; `unbalanced` lets one off."""
    app = request.getfixturevalue("app") if "app" in request.fixturenames else None
    yield
    if app and not request.node.get_closest_marker("unbalanced"):
        from app.upkeep import balance
        from tests import books

        db.session.flush()
        filled = request.getfixturevalue("written").filled()
        assert books.balance(filled) or [str(each) for each in balance.find_breaches()] == []


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def queries(app):
    """Counts the statements that a block sends: `with queries() as seen: …; len(seen)`."""

    @contextmanager
    def watch():
        seen: list[str] = []

        def note(connection, cursor, statement, *_):
            if not statement.startswith(("PRAGMA", "BEGIN", "SET TRANSACTION", "SELECT pg_catalog")):
                seen.append(statement)

        sa.event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", note)

    return watch
