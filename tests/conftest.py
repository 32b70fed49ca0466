"""Every test runs on SQLite and on a real PostgreSQL, with tables made by the migrations."""

import contextvars
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.database import db
from tests.databases import KINDS, Databases, application
from tests.tables import Written


def pytest_collection_modifyitems(items) -> None:
    """The long walks in a browser begin first, so that no worker ends alone with one of them."""
    items.sort(key=lambda item: "browser" not in item.path.parts)


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
def databases(request, tmp_path_factory):
    """Gives out new databases; what they are copied from is kept between runs."""
    store = Databases(request.config.cache.mkdir("databases"), tmp_path_factory.mktemp("databases"))
    yield store
    store.close()


@pytest.fixture(scope="session")
def instance_path(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("instance")


@pytest.fixture(scope="session", params=KINDS)
def site(request, databases, instance_path):
    """The application with its tables and reference data, one for all tests on a database."""
    app = application(
        databases.with_tables(request.param),
        instance_path,
        BASE_URL="http://leerkring.test",
        SITE_NAME="Leerkring",
    )
    app.testing = True
    app.test_client_class = Browser
    app.config["RATELIMIT_ENABLED"] = False
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def written(site) -> Written:
    with site.app_context():
        written = Written(db.engine)
        written.empty()
    return written


@pytest.fixture
def app(site, written):
    """The application with empty tables but for the reference data; the test runs in its context."""
    with site.app_context():
        yield site
        db.session.rollback()
        db.session.remove()
        written.empty()


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
