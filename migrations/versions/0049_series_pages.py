"""A series has a page of its own: an address, and a few words about it."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0049"
down_revision = "0048"

_series = sa.table("series", *(sa.column(name) for name in ("id", "title", "slug")))


def upgrade() -> None:
    with _rebuilt() as batch_op:
        batch_op.add_column(sa.Column("summary", sa.String(length=300), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("slug", sa.String(length=100), nullable=True))
    _give_addresses()
    with _rebuilt() as batch_op:
        batch_op.alter_column("summary", server_default=None, existing_type=sa.String(length=300))
        batch_op.alter_column("slug", nullable=False, existing_type=sa.String(length=100))
        batch_op.create_unique_constraint(batch_op.f("uq_series_slug"), ["slug"])


def downgrade() -> None:
    with _rebuilt() as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_series_slug"), type_="unique")
        batch_op.drop_column("slug")
        batch_op.drop_column("summary")


def _give_addresses() -> None:
    connection, used = op.get_bind(), set[str]()
    for row in connection.execute(sa.select(_series.c.id, _series.c.title).order_by(_series.c.id)).all():
        base = _in_address(row.title)[:70].strip("-") or "reeks"
        slug = base if base not in used else next(f"{base}-{n}" for n in count(2) if f"{base}-{n}" not in used)
        used.add(slug)
        connection.execute(sa.update(_series).where(_series.c.id == row.id).values(slug=slug))


def _in_address(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


@contextmanager
def _rebuilt() -> Iterator[BatchOperations]:
    """The table of series, to be changed; SQLite remembers which ids were given out before it was built anew."""
    connection = op.get_bind()
    last = None
    if connection.dialect.name == "sqlite":
        last = connection.scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'series'"))
    with op.batch_alter_table("series", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        yield batch_op
    if last is not None:
        connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = 'series'"))
        connection.execute(sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES ('series', :last)"), {"last": last})
