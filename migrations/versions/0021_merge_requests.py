"""Merges of people who are in other networks too: they wait for an administrator."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "merge_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("gone_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.CheckConstraint("kept_id <> gone_id", name=op.f("ck_merge_requests_two")),
        sa.CheckConstraint("(answered_at IS NULL) = (granted IS NULL)", name=op.f("ck_merge_requests_answer")),
        sa.ForeignKeyConstraint(["kept_id"], ["people.id"], name=op.f("fk_merge_requests_kept_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["gone_id"], ["people.id"], name=op.f("fk_merge_requests_gone_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["accounts.id"], name=op.f("fk_merge_requests_asked_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["accounts.id"], name=op.f("fk_merge_requests_answered_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_requests")),
    )
    for column in ("kept_id", "gone_id", "answered_at"):
        op.create_index(op.f(f"ix_merge_requests_{column}"), "merge_requests", [column], unique=False)


def downgrade() -> None:
    op.drop_table("merge_requests")
