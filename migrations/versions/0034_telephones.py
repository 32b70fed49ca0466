"""A telephone number is kept of a person, as it is written."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.add_column("people", sa.Column("phone", sa.String(length=60), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("people", "phone")
