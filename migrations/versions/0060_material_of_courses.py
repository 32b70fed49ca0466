"""Material may be of all days of a course, by the day with which it stands."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"

_IDS_ONCE = {"sqlite_autoincrement": True}


def upgrade() -> None:
    with op.batch_alter_table("materials", table_kwargs=_IDS_ONCE) as table:
        table.add_column(sa.Column("of_course", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_check_constraint(op.f("ck_materials_of_course"), "NOT of_course OR slot_id IS NULL")
    with op.batch_alter_table("materials", table_kwargs=_IDS_ONCE) as table:
        table.alter_column("of_course", server_default=None)


def downgrade() -> None:
    """What was of a course is of the day with which it stands."""
    with op.batch_alter_table("materials", table_kwargs=_IDS_ONCE) as table:
        table.drop_constraint(op.f("ck_materials_of_course"), type_="check")
        table.drop_column("of_course")
