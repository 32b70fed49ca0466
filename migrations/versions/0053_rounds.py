"""Rounds with parallel slots that people choose from or wish; a slot has a room, a departure, seats of its own, and can be cancelled."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    op.create_table(
        "rounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_wish", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("divided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_rounds_period")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_rounds_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_rounds_event_id"), "rounds", ["event_id"])
    op.create_table(
        "slot_rounds",
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_slot_rounds_round_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name=op.f("fk_slot_rounds_slot_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("slot_id", "round_id", name=op.f("pk_slot_rounds")),
    )
    op.create_index(op.f("ix_slot_rounds_round_id"), "slot_rounds", ["round_id"])
    op.create_table(
        "slot_choices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("waiting_number", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_slot_choices_registration_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_slot_choices_round_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name=op.f("fk_slot_choices_slot_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_choices")),
        sa.UniqueConstraint(
            "slot_id", "round_id", "waiting_number", name=op.f("uq_slot_choices_slot_id_round_id_waiting_number")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_slot_choices_round_id"), "slot_choices", ["round_id"])
    for name, where in (("held", "waiting_number IS NULL"), ("line", "waiting_number IS NOT NULL")):
        op.create_index(
            f"uq_slot_choices_{name}",
            "slot_choices",
            ["registration_id", "round_id"],
            unique=True,
            postgresql_where=sa.text(where),
            sqlite_where=sa.text(where),
        )
    op.create_table(
        "slot_wishes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("rank IN (1, 2)", name=op.f("ck_slot_wishes_rank")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_slot_wishes_registration_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_slot_wishes_round_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name=op.f("fk_slot_wishes_slot_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_wishes")),
        sa.UniqueConstraint(
            "registration_id", "round_id", "rank", name=op.f("uq_slot_wishes_registration_id_round_id_rank")
        ),
        sa.UniqueConstraint(
            "registration_id", "round_id", "slot_id", name=op.f("uq_slot_wishes_registration_id_round_id_slot_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_slot_wishes_round_id"), "slot_wishes", ["round_id"])
    op.create_index(op.f("ix_slot_wishes_slot_id"), "slot_wishes", ["slot_id"])
    op.create_table(
        "divisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("input_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_divisions_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_divisions")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_divisions_event_id"), "divisions", ["event_id"])
    last = _last_id()
    with op.batch_alter_table("slots", table_kwargs={"sqlite_autoincrement": True}) as slots:
        slots.add_column(sa.Column("room", sa.String(length=150), nullable=False, server_default=""))
        slots.add_column(sa.Column("departs_at", sa.DateTime(timezone=True), nullable=True))
        slots.add_column(sa.Column("on_site", sa.Boolean(), nullable=False, server_default=sa.true()))
        slots.add_column(sa.Column("online", sa.Boolean(), nullable=False, server_default=sa.true()))
        slots.add_column(sa.Column("seats_on_site", sa.Integer(), nullable=True))
        slots.add_column(sa.Column("seats_online", sa.Integer(), nullable=True))
        slots.add_column(sa.Column("cancelled", sa.Boolean(), nullable=False, server_default=sa.false()))
        slots.create_check_constraint(slots.f("ck_slots_somewhere"), sa.text("on_site OR online"))
        slots.create_check_constraint(slots.f("ck_slots_seats_on_site"), sa.text("seats_on_site > 0"))
        slots.create_check_constraint(slots.f("ck_slots_seats_online"), sa.text("seats_online > 0"))
    _keep_last_id(last)


def downgrade() -> None:
    """Rounds go with what people chose in them; their slots stay parts of the programme."""
    op.drop_table("divisions")
    op.drop_table("slot_wishes")
    op.drop_table("slot_choices")
    op.drop_table("slot_rounds")
    op.drop_table("rounds")
    last = _last_id()
    with op.batch_alter_table("slots", table_kwargs={"sqlite_autoincrement": True}) as slots:
        for name in ("ck_slots_somewhere", "ck_slots_seats_on_site", "ck_slots_seats_online"):
            slots.drop_constraint(slots.f(name), type_="check")
        for name in ("cancelled", "seats_online", "seats_on_site", "online", "on_site", "departs_at", "room"):
            slots.drop_column(name)
    _keep_last_id(last)


def _last_id() -> int | None:
    """The highest id that was ever given: SQLite forgets it with the table that it rebuilds."""
    if op.get_bind().dialect.name != "sqlite":
        return None
    return op.get_bind().scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'slots'"))


def _keep_last_id(last: int | None) -> None:
    if last is not None:
        connection = op.get_bind()
        connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = 'slots'"))
        connection.execute(sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES ('slots', :last)"), {"last": last})
