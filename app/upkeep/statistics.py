"""What SQLite knows of its tables, by which it chooses how to find rows; PostgreSQL sees to that by itself."""

import sqlalchemy as sa

from app.database import db, only_reading

MANY = 1_000
"""Rows from which on the way matters. What is known of fewer would mislead once there are more."""
SAMPLE = 400
"""Rows of an index that are looked at (sqlite.org/lang_analyze.html, 'approximate ANALYZE'), which keeps nobody waiting."""


def gather_statistics() -> int:
    """Look at the large tables anew, each in a transaction of its own. Nothing goes, so it returns 0."""
    if db.session.get_bind().dialect.name == "sqlite":
        for name in _large_tables():
            db.session.execute(sa.text(f"PRAGMA analysis_limit={SAMPLE}"))
            db.session.execute(sa.text(f'ANALYZE "{name}"'))
            db.session.commit()
    return 0


def _large_tables() -> list[str]:
    """By their highest row number, which takes no time."""
    rowid: sa.ColumnClause[int] = sa.column("rowid")
    with only_reading():
        highest = {
            table.name: db.session.scalar(sa.select(sa.func.max(rowid)).select_from(table))
            for table in db.metadata.sorted_tables
        }
    return [name for name, number in highest.items() if (number or 0) >= MANY]
