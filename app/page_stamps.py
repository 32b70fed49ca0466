"""Whether anything that a public page may show has changed, known to every process through the database.

A row of `page_stamps` gets a new random number in the transaction of every change to a table that counts, so that it
is there for all exactly when the change is, and goes with it when that is taken back. A listener of the connection sees
every statement, by whatever way it was sent; a new table counts until it is in APART. Numbers are random since one that
counts would come again after a backup was restored, with other pages behind it.
"""

import os
import re
import secrets
from collections import deque
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, as_database_error, db

SHARDS = 8
"""Rows among which writers choose: on PostgreSQL two that take the same one wait for each other's commit."""
APART = {
    "account_sessions", "alarms", "api_tokens", "api_token_networks", "audit_log", "audit_networks", "balance_reports",
    "blocks", "bounces", "contacts", "course_interests", "departures", "digest_seen", "doubles", "editions", "evaluation_sheets", "evaluation_tickets", "finished_messages",
    "heartbeats", "imported_people", "inbox_status", "incoming_mails", "invitation_history", "job_runs",
    "link_requests", "listing_pictures", "listings", "mail_circuit", "mail_tests", "mail_totals", "message_history", "messages", "need_list_mails",
    "match_aparts", "match_enrolments", "match_groups", "match_meetings", "match_proposals", "match_rounds", "match_seats", "match_topics",
    "network_answers", "network_questions", "question_deliveries",
    "page_stamps", "person_sessions", "person_sign_ins", "progress_members", "rate_counts", "rate_refusals", "remembered_answers", "search_entries",
    "search_variants", "search_words", "sent_notes", "setbacks", "sign_ins", "sweeps",
    "taps", "visibilities", "walk_in_proposals", "writing_stops",
}  # fmt: skip
"""Tables that no public page reads, and that are written while nothing for visitors changes."""

READ = "SELECT stamp FROM page_stamps ORDER BY shard"
_WRITE = (
    "INSERT INTO page_stamps (shard, stamp) VALUES ({}, {}) ON CONFLICT (shard) DO UPDATE SET stamp = excluded.stamp"
)
_WRITTEN = re.compile(
    r'\b(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM|MERGE\s+INTO)\s+(?:ONLY\s+)?(?:"?\w+"?\.)?"?(\w+)',
    re.IGNORECASE,
)
_READING = ("SELECT", "BEGIN", "PRAGMA", "SET ")
"""How nearly all statements begin that write nothing."""
_QUIET = re.compile(
    r"\s*(?:SELECT|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|PRAGMA|SET|SHOW|EXPLAIN|VALUES|LOCK|DISCARD|ANALYZE|VACUUM|"
    r"CREATE|ALTER|DROP)\b",
    re.IGNORECASE,
)
"""Of these too; tables themselves change with the version, for which the processes begin anew."""
_CHANGED = "shown_changed"


class PageStamp(Model):
    """One of the numbers that stand for what public pages show."""

    __tablename__ = "page_stamps"

    shard: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stamp: Mapped[int] = mapped_column(sa.BigInteger)


@lru_cache(500)
def may_show(statement: str) -> bool:
    """Whether a statement writes to a table that counts; so does one that says in no way we know what it writes to."""
    if statement.startswith(_READING) or _QUIET.match(statement):
        return False
    written = {name.lower() for name in _WRITTEN.findall(statement)}
    if not written:
        return statement.lstrip()[:4].upper() != "WITH"
    return bool((written & db.metadata.tables.keys()) - APART)


def wire() -> None:
    """Watch every connection of this process."""
    event.listen(Engine, "after_cursor_execute", _note_change)
    event.listen(Engine, "commit", _stamp_changes)
    event.listen(Engine, "rollback", _forget_changes)


def _note_change(connection: sa.Connection, cursor: Any, statement: str, *_: Any) -> None:
    if not may_show(statement):
        return
    if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
        _write_stamp(connection, alone=True)
    else:
        connection.info[_CHANGED] = True


def _stamp_changes(connection: sa.Connection) -> None:
    if connection.info.pop(_CHANGED, False):
        _write_stamp(connection)


def _forget_changes(connection: sa.Connection) -> None:
    """After a rollback; of a connection that was lost everything is forgotten, and asking it is an error."""
    if not connection.invalidated:
        connection.info.pop(_CHANGED, None)


def _write_stamp(connection: sa.Connection, *, alone: bool = False) -> None:
    """The last statement of a transaction, so that its lock lasts as long as the commit alone.

    Tables from before this one, in an old backup or half-way through the migrations, have no pages to keep.
    """
    number = secrets.randbits(62)
    write = _WRITE.format(number % SHARDS, number)
    driver: Any = connection.connection.driver_connection
    try:
        if connection.dialect.name == "sqlite" or alone:
            _unless_missing(driver, write)
        elif not _unless_missing(driver, f"SAVEPOINT page_stamp; {write}; RELEASE page_stamp"):
            driver.execute("ROLLBACK TO page_stamp")
    except connection.dialect.loaded_dbapi.Error as error:
        raise as_database_error(connection, write, error) from error


def _unless_missing(driver: Any, statement: str) -> bool:
    try:
        driver.execute(statement)
    except Exception as error:
        if getattr(error, "sqlstate", None) == "42P01" or "no such table: page_stamps" in str(error):
            return False
        raise
    return True


class StampReader:
    """Reads the numbers over connections of its own that stay open: a tenth of what one of the pool costs each time."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._engine: sa.Engine | None = None
        self._idle: deque[Any] = deque()
        self._process = os.getpid()
        self._of_parent: deque[Any] = deque()

    def read(self) -> list[Any] | None:
        """What they are now; None when the database cannot tell. Instead of a connection that broke there is a new one."""
        if self._process != os.getpid():
            self._begin_anew()
        while self._idle:
            try:
                cursor = self._idle.pop()
                return self._ask(cursor)
            except IndexError:
                break
            except self._errors:
                self.close()
        try:
            return self._ask(self._connect())
        except sa.exc.SQLAlchemyError:
            return None
        except self._errors:
            return None

    def close(self) -> None:
        """Let go of the connections that nobody uses at the moment."""
        while self._idle:
            self._idle.pop().connection.close()

    def _ask(self, cursor: Any) -> list[Any]:
        try:
            cursor.execute(READ, **self._options)
            numbers: list[Any] = cursor.fetchall()
        except BaseException:
            cursor.connection.close()
            raise
        self._idle.append(cursor)
        return numbers

    def _connect(self) -> Any:
        """A cursor of the driver on a connection that the pool knows nothing of."""
        if self._engine is None:
            with self._app.app_context():
                self._engine = db.engine
            event.listen(self._engine, "engine_disposed", lambda _: self.close())
        connection = self._engine.raw_connection()
        driver: Any = connection.driver_connection
        connection.detach()
        if self._engine.dialect.name == "postgresql":
            driver.autocommit = True
        return driver.cursor()

    @property
    def _options(self) -> dict[str, bool]:
        return {"prepare": True} if self._engine and self._engine.dialect.name == "postgresql" else {}

    @property
    def _errors(self) -> tuple[type[Exception], ...]:
        return (self._engine.dialect.loaded_dbapi.Error,) if self._engine else ()

    def _begin_anew(self) -> None:
        """After a fork: the connections are the parent's, and to close them would close them there."""
        self._of_parent, self._idle, self._process = self._idle, deque(), os.getpid()
        if self._engine is not None:
            self._engine.dispose(close=False)
