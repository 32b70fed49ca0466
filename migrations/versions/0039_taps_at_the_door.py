"""Each tap at a door is kept with an id, so that phones that were apart come together; walk-ins wait as proposals."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def _common() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(32), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("mode", sa.String(32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("tapped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _constraints(table: str) -> list[sa.Constraint]:
    return [
        sa.CheckConstraint("mode IN ('on_site', 'online')", name=op.f(f"ck_{table}_mode")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f(f"fk_{table}_event_id")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f(f"fk_{table}_account_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("uuid", name=op.f(f"uq_{table}_uuid")),
    ]


def upgrade() -> None:
    op.create_table(
        "taps",
        *_common(),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        *_constraints("taps"),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitations.id"], name=op.f("fk_taps_invitation_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_taps_invitation_id", "taps", ["invitation_id"])
    op.create_index("ix_taps_event_id_day_received_at", "taps", ["event_id", "day", "received_at"])
    op.create_table(
        "walk_in_proposals",
        *_common(),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("organisation", sa.String(120), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        *_constraints("walk_in_proposals"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_walk_in_proposals_event_id", "walk_in_proposals", ["event_id"])


def downgrade() -> None:
    op.drop_table("walk_in_proposals")
    op.drop_table("taps")
