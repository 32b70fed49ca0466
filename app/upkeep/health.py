"""Whether the installation is well: /healthz and 'flask check' say the same."""

import shutil
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.database import db
from app.outbox.models import CLAIMABLE, WRITABLE, Heartbeat, Message
from app.settings import ROOT

WORKER_SILENT = timedelta(minutes=2)
OVERDUE = timedelta(minutes=30)
LEAST_DISK = 200 * 1024 * 1024
"""Bytes that must be free where the instance lives."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `advice` says what to do when it is not well."""

    name: str
    well: bool
    detail: str
    advice: str = ""


def beat(worker: str) -> None:
    """Note that this worker lives; those silent for a day are forgotten."""
    db.session.merge(Heartbeat(worker=worker, at=clock.now()))
    db.session.execute(sa.delete(Heartbeat).where(Heartbeat.at < clock.now() - timedelta(days=1)))
    db.session.commit()


def findings() -> list[Finding]:
    """Look at the database, the clockwork, the outbox and the disk."""
    try:
        return [_database(), _worker(), _outbox(), _disk()]
    except SQLAlchemyError as error:
        db.session.rollback()
        return [
            Finding("database", False, f"{type(error).__name__}", "Start the database, or correct DATABASE_URL."),
            _disk(),
        ]


def revision() -> str | None:
    """The revision that the database has."""
    return MigrationContext.configure(db.session.connection()).get_current_revision()


def newest_revision() -> str:
    return ScriptDirectory(str(ROOT / "migrations")).get_current_head()


def behind() -> str | None:
    """What to do when the database does not have the tables of this version; None when it has."""
    if revision() == newest_revision():
        return None
    return "The database is behind this version of Leerkring. Make a backup and run: flask --app wsgi db upgrade"


def _database() -> Finding:
    advice = behind()
    return Finding("database", advice is None, revision() or "empty", advice or "")


def _worker() -> Finding:
    last = db.session.scalar(sa.select(sa.func.max(Heartbeat.at)))
    well = last is not None and clock.now() - last < WORKER_SILENT
    return Finding(
        "clockwork",
        well,
        last.isoformat(timespec="seconds") if last else "never seen",
        "" if well else "Start it: flask --app wsgi worker, or serve --clockwork.",
    )


def _outbox() -> Finding:
    first = sa.select(Message.due_at).order_by(Message.due_at).limit(1)
    waiting = [db.session.scalar(first.where(some)) for some in (WRITABLE, CLAIMABLE)]
    oldest = min((moment for moment in waiting if moment), default=None)
    late = oldest is not None and clock.now() - oldest > OVERDUE
    return Finding(
        "outbox",
        not late,
        f"oldest due message: {oldest.isoformat(timespec='seconds')}" if oldest else "nothing waits",
        "See whether the clockwork runs and the mail server answers." if late else "",
    )


def _disk() -> Finding:
    free = shutil.disk_usage(current_app.config["INSTANCE_PATH"]).free
    return Finding(
        "disk", free > LEAST_DISK, f"{free // 2**20} MB free", "" if free > LEAST_DISK else "Free some space."
    )
