"""An indicator may count people who completed a course."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"

_BEFORE = ("sessions", "people", "organisations", "contacted", "reached", "commitments", "insights", "by_hand")


def upgrade() -> None:
    _allow((*_BEFORE[:-1], "completed", _BEFORE[-1]))


def downgrade() -> None:
    _allow(_BEFORE)


def _allow(measures: tuple[str, ...]) -> None:
    words = ", ".join(f"'{each}'" for each in measures)
    last = _last_id()
    with op.batch_alter_table("indicator_versions", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_indicator_versions_measure"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_indicator_versions_measure"), sa.text(f"measure IN ({words})"))
    _keep_last_id(last)


def _last_id() -> int | None:
    """The highest id that was ever given: SQLite forgets it with the table that it rebuilds."""
    if op.get_bind().dialect.name != "sqlite":
        return None
    return op.get_bind().scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'indicator_versions'"))


def _keep_last_id(last: int | None) -> None:
    if last is not None:
        connection = op.get_bind()
        connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = 'indicator_versions'"))
        connection.execute(
            sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES ('indicator_versions', :last)"), {"last": last}
        )
