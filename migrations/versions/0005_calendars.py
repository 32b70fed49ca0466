"""Calendars both ways: answers from calendars, days to avoid, partners' calendars, date polls."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

STEPS = (
    "registered", "waiting", "promoted", "changed_mode", "declined", "cancelled", "substitute_asked",
    "substitute_came", "substitute_declined", "walked_in", "maybe", "commented", "proposed_time", "forwarded", "undone",
)  # fmt: skip
OUTCOMES = ("new", "handled", "review", "settled")
CHECKS = (
    ("invitation_history", "ck_invitation_history_step", f"step IN {STEPS}"),
    ("incoming_mails", "ck_incoming_mails_outcome", f"outcome IN {OUTCOMES}"),
)


def upgrade() -> None:
    op.create_table(
        "busy_days",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "school_holiday",
                "council",
                "other",
                name="busykind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(kind = 'council') = (organisation_id IS NOT NULL)", name=op.f("ck_busy_days_council")),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_busy_days_order")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_busy_days_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_days")),
        sa.UniqueConstraint("kind", "first_day", "name", name=op.f("uq_busy_days_kind_first_day_name")),
    )
    with op.batch_alter_table("busy_days", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_busy_days_first_day"), ["first_day"], unique=False)
        batch_op.create_index(batch_op.f("ix_busy_days_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "outside_calendars",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=1000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("etag", sa.String(length=200), nullable=False),
        sa.Column("last_modified", sa.String(length=60), nullable=False),
        sa.Column("trouble", sa.String(length=60), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_outside_calendars_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_calendars")),
    )
    with op.batch_alter_table("outside_calendars", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outside_calendars_network_id"), ["network_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outside_calendars_next_at"), ["next_at"], unique=False)

    op.create_table(
        "outside_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=255), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("all_day", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("place", sa.String(length=255), nullable=False),
        sa.Column("link", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["outside_calendars.id"], name=op.f("fk_outside_events_calendar_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_events")),
        sa.UniqueConstraint(
            "calendar_id", "uid", "starts_at", name=op.f("uq_outside_events_calendar_id_uid_starts_at")
        ),
    )
    with op.batch_alter_table("outside_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outside_events_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "event_roles",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("role_code", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_roles_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["role_code"], ["roles.code"], name=op.f("fk_event_roles_role_code")),
        sa.PrimaryKeyConstraint("event_id", "role_code", name=op.f("pk_event_roles")),
    )
    with op.batch_alter_table("event_roles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_roles_role_code"), ["role_code"], unique=False)

    op.create_table(
        "polls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "chosen", "stopped", name="pollstate", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_polls_event_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_polls_network_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls")),
    )
    with op.batch_alter_table("polls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_polls_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_polls_network_id"), ["network_id"], unique=False)

    op.create_table(
        "poll_dates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_poll_dates_order")),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_poll_dates_poll_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_dates")),
        sa.UniqueConstraint("poll_id", "starts_at", name=op.f("uq_poll_dates_poll_id_starts_at")),
    )
    with op.batch_alter_table("poll_dates", schema=None) as batch_op:
        batch_op.create_index(
            "uq_poll_dates_chosen",
            ["poll_id"],
            unique=True,
            sqlite_where=sa.text("chosen"),
            postgresql_where=sa.text("chosen"),
        )

    op.create_table(
        "voters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("address_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["address_id"], ["email_addresses.id"], name=op.f("fk_voters_address_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_voters_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["poll_id"], ["polls.id"], name=op.f("fk_voters_poll_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voters")),
        sa.UniqueConstraint("poll_id", "person_id", name=op.f("uq_voters_poll_id_person_id")),
    )
    with op.batch_alter_table("voters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_voters_person_id"), ["person_id"], unique=False)

    op.create_table(
        "calendar_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "answer",
            sa.Enum(
                "accepted",
                "tentative",
                "declined",
                name="calendaranswer",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "before_answer",
            sa.Enum("yes", "no", "substitute", name="answer", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column(
            "before_mode",
            sa.Enum("on_site", "online", name="mode", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name=op.f("fk_calendar_replies_invitation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_replies")),
        sa.UniqueConstraint(
            "invitation_id",
            "sequence",
            "stamp",
            "answer",
            name=op.f("uq_calendar_replies_invitation_id_sequence_stamp_answer"),
        ),
    )
    op.create_table(
        "poll_votes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("voter_id", sa.Integer(), nullable=False),
        sa.Column("date_id", sa.Integer(), nullable=False),
        sa.Column(
            "vote",
            sa.Enum("yes", "if_need_be", "no", name="vote", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("hold_sequence", sa.Integer(), nullable=True),
        sa.Column("hold_stamp", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["date_id"], ["poll_dates.id"], name=op.f("fk_poll_votes_date_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["voter_id"], ["voters.id"], name=op.f("fk_poll_votes_voter_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_votes")),
        sa.UniqueConstraint("voter_id", "date_id", name=op.f("uq_poll_votes_voter_id_date_id")),
    )
    with op.batch_alter_table("poll_votes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_poll_votes_date_id"), ["date_id"], unique=False)

    op.create_table(
        "substitute_wishes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name=op.f("fk_substitute_wishes_invitation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitute_wishes")),
        sa.UniqueConstraint("invitation_id", "address", name=op.f("uq_substitute_wishes_invitation_id_address")),
    )
    with op.batch_alter_table("substitute_wishes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_substitute_wishes_invitation_id"), ["invitation_id"], unique=False)

    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("feed_version", sa.Integer(), server_default="1", nullable=False))

    with op.batch_alter_table("incoming_mails", schema=None) as batch_op:
        batch_op.add_column(sa.Column("invitation_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_incoming_mails_invitation_id"), ["invitation_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_incoming_mails_invitation_id"), "invitations", ["invitation_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("invitation_history", schema=None) as batch_op:
        batch_op.add_column(sa.Column("from_calendar", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("by_address", sa.String(length=254), server_default="", nullable=False))
        batch_op.add_column(sa.Column("words", sa.Text(), server_default="", nullable=False))

    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("maybe_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("mail_tests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("calendars", sa.String(length=60), server_default="", nullable=False))
    _read_set_aside()
    for table, name, condition in CHECKS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(batch_op.f(name), type_="check")
            batch_op.create_check_constraint(batch_op.f(name), sa.text(condition))


def _read_set_aside() -> None:
    """Answers from calendars that were kept until they could be read are looked at now."""
    op.execute("UPDATE incoming_mails SET outcome = 'new', shape = NULL WHERE outcome = 'set_aside'")
