"""An organiser sees that a partner's calendar is still being fetched."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0023"


def upgrade() -> None:
    with op.batch_alter_table("outside_calendars") as batch_op:
        batch_op.add_column(sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("outside_calendars") as batch_op:
        batch_op.drop_column("asked_at")
