"""SQLite gives the id of a deleted row to no other row any more, as PostgreSQL never did: old links hold ids."""

import re

from alembic import op

revision = "0022"
down_revision = "0021"

_ID = re.compile(r"^(\s*id INTEGER NOT NULL)\s*,", re.MULTILINE)
_KEY = re.compile(r",\s*(?:CONSTRAINT \"?\w+\"? )?PRIMARY KEY \(id\)")

_OF_ONE_ROW = {"balance_reports", "inbox_status", "mail_circuit"}
"""Tables whose only row has the id 1."""

_GAP = 10_000
"""Ids that are passed over: some of the newest may have been deleted before, and stand in links."""


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    described = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql LIKE '%PRIMARY KEY (id)%'"
    for name, sql in connection.exec_driver_sql(described).fetchall():
        if name in _OF_ONE_ROW or not _ID.search(sql):
            continue
        others = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL"
        kept = [row[0] for row in connection.exec_driver_sql(others, (name,)).fetchall()]
        body = _KEY.sub("", _ID.sub(r"\1 PRIMARY KEY AUTOINCREMENT,", sql, count=1), count=1)
        made = re.sub(rf'^CREATE TABLE "?{name}"?', f'CREATE TABLE "new_{name}"', body, count=1)
        connection.exec_driver_sql(made)
        connection.exec_driver_sql(f'INSERT INTO "new_{name}" SELECT * FROM "{name}"')  # noqa: S608, names of our own tables
        connection.exec_driver_sql(f'DROP TABLE "{name}"')
        connection.exec_driver_sql(f'ALTER TABLE "new_{name}" RENAME TO "{name}"')
        for each in kept:
            connection.exec_driver_sql(each)
    gap = "UPDATE sqlite_sequence SET seq = seq + ? WHERE name NOT IN ('organisations', 'topics')"
    connection.exec_driver_sql(gap, (_GAP,))


def downgrade() -> None:
    """Ids that are given once may stay so."""
