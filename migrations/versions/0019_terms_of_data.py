"""How long data stays, where an administrator chose, and sessions that an archive has to keep."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

TERMS = ("special", "answers", "mail", "incoming", "requests", "left", "silent", "log")


def upgrade() -> None:
    op.create_table(
        "chosen_terms",
        sa.Column("term", sa.String(32), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"term IN {TERMS}", name=op.f("ck_chosen_terms_term")),
        sa.CheckConstraint("days > 0", name=op.f("ck_chosen_terms_days")),
        sa.PrimaryKeyConstraint("term", name=op.f("pk_chosen_terms")),
    )
    op.create_table(
        "archive_holds",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_archive_holds_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_archive_holds_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_archive_holds")),
    )
    op.create_table(
        "sweeps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("term", sa.String(32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"term IN {TERMS}", name=op.f("ck_sweeps_term")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweeps")),
    )
    op.create_table(
        "stay_requests",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stays_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_stay_requests_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_stay_requests")),
    )


def downgrade() -> None:
    op.drop_table("stay_requests")
    op.drop_table("sweeps")
    op.drop_table("archive_holds")
    op.drop_table("chosen_terms")
