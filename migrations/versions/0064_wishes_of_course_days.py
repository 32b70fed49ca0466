"""Who waits for a course keeps where they would catch up; who found no seat on a day that was added has the next one."""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"

_IDS_ONCE = {"sqlite_autoincrement": True}


def upgrade() -> None:
    with op.batch_alter_table("enrolment_days", table_kwargs=_IDS_ONCE) as table:
        table.add_column(sa.Column("catch_up_event_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("unseated", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_foreign_key(
            op.f("fk_enrolment_days_catch_up_event_id"),
            "events",
            ["catch_up_event_id"],
            ["id"],
            ondelete="SET NULL",
        )
        table.create_index(op.f("ix_enrolment_days_catch_up_event_id"), ["catch_up_event_id"])
    with op.batch_alter_table("enrolment_days", table_kwargs=_IDS_ONCE) as table:
        table.alter_column("unseated", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("enrolment_days", table_kwargs=_IDS_ONCE) as table:
        table.drop_index(op.f("ix_enrolment_days_catch_up_event_id"))
        table.drop_constraint(op.f("fk_enrolment_days_catch_up_event_id"), type_="foreignkey")
        table.drop_column("unseated")
        table.drop_column("catch_up_event_id")
