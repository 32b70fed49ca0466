"""How often somebody was refused since they had tried too often, for monitoring."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "rate_refusals",
        sa.Column("page", sa.String(length=100), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("page", name=op.f("pk_rate_refusals")),
    )


def downgrade() -> None:
    op.drop_table("rate_refusals")
