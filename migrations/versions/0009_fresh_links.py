"""Requests to show by mail who one is, before a personal link opens more than its mail was about."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "proof_requests",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("browser_digest", sa.String(length=64), nullable=False),
        sa.Column("mailed", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_proof_requests_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof_requests")),
    )
    with op.batch_alter_table("proof_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proof_requests_person_id"), ["person_id"], unique=False)
