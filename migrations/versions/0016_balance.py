"""What the nightly look at the balance found, and what a wave was before its event was cancelled."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "balance_reports",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("breaches", sa.JSON(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_balance_reports_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_balance_reports")),
    )
    with op.batch_alter_table("waves") as batch_op:
        batch_op.add_column(sa.Column("before_cancelling", sa.String(length=32), nullable=True))
