"""PostgreSQL's driver with what every statement and every page pays for made short."""

import select
from time import monotonic
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import InvalidatePoolError

PINGED_AFTER = 30
"""Seconds of rest after which a connection is asked whether it lives: something between may have dropped it in silence."""


def engine_options() -> dict[str, Any]:
    """What an engine of PostgreSQL is made with."""
    return {"pool_size": 10, "max_overflow": 10, "connect_args": {"cursor_factory": _cursor_class()}}


def _cursor_class() -> type[Any]:
    import psycopg
    from psycopg.pq import ExecStatus

    with_rows = {ExecStatus.TUPLES_OK, ExecStatus.SINGLE_TUPLE, ExecStatus.TUPLES_CHUNK}

    class Cursor(psycopg.Cursor[Any]):
        @property
        def description(self) -> Any:
            """Name and type of each column; the driver's own tells more of it, in five calls for each."""
            result = self.pgresult
            if result is None or not (result.nfields or result.status in with_rows):
                return None
            name, kind, rest = result.fname, result.ftype, (None,) * 5
            return [((name(n) or b"").decode(), kind(n), *rest) for n in range(result.nfields)]

    return Cursor


def watch_connections(engine: sa.Engine) -> None:
    """Let go of connections that PostgreSQL closed, before they are used.

    A server that stops or drops us says so on the line, which is looked at without asking it anything.
    """
    if engine.dialect.name == "postgresql":
        sa.event.listen(engine, "checkout", _be_alive)


def _be_alive(connection: Any, record: Any, _: object) -> None:
    now = monotonic()
    last = record.info.get("taken_at", now)
    record.info["taken_at"] = now
    if (now - last > PINGED_AFTER or _has_news(connection)) and not _answers(connection):
        raise InvalidatePoolError()


def _has_news(connection: Any) -> bool:
    """Whether the server said something unasked, its farewell perhaps."""
    if connection.closed:
        return True
    line = select.poll()
    line.register(connection.pgconn.socket, select.POLLIN)
    return bool(line.poll(0))


def _answers(connection: Any) -> bool:
    import psycopg

    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error:
        return False
    return True
