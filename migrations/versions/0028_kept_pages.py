"""Public pages are kept until something in them changes: the numbers by which every process knows that."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.create_table(
        "page_stamps",
        sa.Column("shard", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shard", name=op.f("pk_page_stamps")),
    )


def downgrade() -> None:
    op.drop_table("page_stamps")
