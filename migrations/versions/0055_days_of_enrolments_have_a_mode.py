"""A day of an enrolment says how somebody takes part, or wants to as long as they wait."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    with op.batch_alter_table("enrolment_days", table_kwargs={"sqlite_autoincrement": True}) as days:
        days.add_column(sa.Column("mode", sa.String(length=32), nullable=False, server_default="on_site"))
        days.create_check_constraint(days.f("ck_enrolment_days_mode"), sa.text("mode IN ('on_site', 'online')"))
    with op.batch_alter_table("enrolment_days", table_kwargs={"sqlite_autoincrement": True}) as days:
        days.alter_column("mode", existing_type=sa.String(length=32), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("enrolment_days", table_kwargs={"sqlite_autoincrement": True}) as days:
        days.drop_constraint(days.f("ck_enrolment_days_mode"), type_="check")
        days.drop_column("mode")
