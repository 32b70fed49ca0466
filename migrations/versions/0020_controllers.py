"""Who is responsible for the personal data of a network."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

COLUMNS = {"controller": 200, "privacy_address": 254, "privacy_officer": 254, "joint_controllers": 300}


def upgrade() -> None:
    with op.batch_alter_table("networks") as batch_op:
        for name, length in COLUMNS.items():
            batch_op.add_column(sa.Column(name, sa.String(length), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("networks") as batch_op:
        for name in COLUMNS:
            batch_op.drop_column(name)
