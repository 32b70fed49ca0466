"""The sessions of a group that was matched: its first one, and those that follow."""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0067"


def upgrade() -> None:
    op.create_table(
        "match_meetings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["match_groups.id"], name=op.f("fk_match_meetings_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_match_meetings_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_meetings")),
        sa.UniqueConstraint("event_id", name=op.f("uq_match_meetings_event_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_match_meetings_group_id"), "match_meetings", ["group_id"])
    op.execute(
        "INSERT INTO match_meetings (group_id, event_id) SELECT match_groups.id, polls.event_id FROM match_groups"
        " JOIN polls ON polls.id = match_groups.poll_id WHERE polls.event_id IS NOT NULL"
    )


def downgrade() -> None:
    """Sessions stay, and are of no group."""
    op.drop_table("match_meetings")
