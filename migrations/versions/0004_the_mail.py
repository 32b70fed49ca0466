"""The mail: states and history of messages, waves in parts, letters of a network, the inbox, alarms."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

STATES = (
    "planned", "paused", "due", "sending", "sent", "retrying",
    "failed", "bounced", "suppressed", "cancelled", "held", "bundled",
)  # fmt: skip
KINDS = ("save_the_date", "invitation", "reminder", "last_places", "last_information", "thank_you")
WAVE_STATES = ("draft", "awaiting", "planned", "going", "paused", "done", "cancelled")
CHECKS = (
    ("messages", "ck_messages_messagestate", f"state IN {STATES}"),
    (
        "messages",
        "ck_messages_finished",
        "state NOT IN ('due', 'sending', 'sent', 'retrying', 'bounced') OR message_id IS NOT NULL",
    ),
    ("waves", "ck_waves_wavekind", f"kind IN {KINDS}"),
    ("waves", "ck_waves_wavestate", f"state IN {WAVE_STATES}"),
    ("waves", "ck_waves_rest", "(first_audience_id IS NULL) = (rest_after IS NULL)"),
    ("waves", "ck_waves_parts", "first_audience_id IS NULL OR at_a_time IS NULL"),
    ("waves", "ck_waves_part_sizes", "rest_after > 0 AND at_a_time > 0"),
    ("waves", "ck_waves_four_eyes", "released_by_id <> asked_by_id"),
    ("networks", "ck_networks_four_eyes_from", "four_eyes_from > 0"),
)
REPLACED = ("ck_messages_messagestate", "ck_messages_finished", "ck_waves_wavekind", "ck_waves_wavestate")


def upgrade() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    with op.batch_alter_table("alarms", schema=None) as batch_op:
        batch_op.create_index(
            "uq_alarms_name",
            ["name"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "inbox_status",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=True),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("trouble_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.String(length=60), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_inbox_status_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_status")),
    )
    op.create_table(
        "mail_circuit",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_mail_circuit_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_circuit")),
    )
    op.create_table(
        "mail_totals",
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "paused",
                "due",
                "sending",
                "sent",
                "retrying",
                "failed",
                "bounced",
                "suppressed",
                "cancelled",
                "held",
                "bundled",
                name="messagestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_mail_totals")),
    )
    op.create_table(
        "letter_images",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("alt", sa.String(length=200), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.CheckConstraint("alt <> ''", name=op.f("ck_letter_images_alt")),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_letter_images_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_images")),
        sa.UniqueConstraint("network_id", "name", name=op.f("uq_letter_images_network_id_name")),
    )
    op.create_table(
        "letter_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column(
            "language",
            sa.Enum("nl", "en", name="language", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_letter_texts_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_letter_texts_network_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["wave_id"], ["waves.id"], name=op.f("fk_letter_texts_wave_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_texts")),
    )
    with op.batch_alter_table("letter_texts", schema=None) as batch_op:
        batch_op.create_index("ix_letter_texts_of_network", ["network_id", "kind", "language"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_texts_wave_id"), ["wave_id"], unique=False)

    op.create_table(
        "finished_messages",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_finished_messages_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_finished_messages")),
    )
    op.create_table(
        "incoming_mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("folder", sa.String(length=200), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.String(length=300), nullable=False),
        sa.Column("sender", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "shape",
            sa.Enum(
                "calendar",
                "bounce",
                "complaint",
                "receipt",
                "auto_reply",
                "unsubscribe",
                "probe",
                "human",
                "unreadable",
                name="shape",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "new",
                "handled",
                "set_aside",
                "review",
                "settled",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("outcome = 'new' OR shape IS NOT NULL", name=op.f("ck_incoming_mails_sorted")),
        sa.ForeignKeyConstraint(
            ["about_id"], ["messages.id"], name=op.f("fk_incoming_mails_about_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_incoming_mails_network_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_incoming_mails_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["accounts.id"], name=op.f("fk_incoming_mails_settled_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_mails")),
        sa.UniqueConstraint("folder", "uid_validity", "uid", name=op.f("uq_incoming_mails_folder_uid_validity_uid")),
    )
    with op.batch_alter_table("incoming_mails", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incoming_mails_about_id"), ["about_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incoming_mails_message_id"), ["message_id"], unique=False)
        batch_op.create_index("ix_incoming_mails_outcome", ["outcome", "network_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incoming_mails_person_id"), ["person_id"], unique=False)

    op.create_table(
        "mail_tests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply_id", sa.Integer(), nullable=False),
        sa.Column("bounce_id", sa.Integer(), nullable=False),
        sa.Column("reply_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bounce_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dkim_domain", sa.String(length=254), nullable=True),
        sa.Column("clock_difference", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bounce_id"], ["messages.id"], name=op.f("fk_mail_tests_bounce_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["reply_id"], ["messages.id"], name=op.f("fk_mail_tests_reply_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_tests")),
    )
    op.create_table(
        "message_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "paused",
                "due",
                "sending",
                "sent",
                "retrying",
                "failed",
                "bounced",
                "suppressed",
                "cancelled",
                "held",
                "bundled",
                name="messagestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_message_history_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_history_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_history")),
    )
    with op.batch_alter_table("message_history", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_history_message_id"), ["message_id"], unique=False)

    op.create_table(
        "sent_notes",
        sa.Column("message_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_sent_notes_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_sent_notes")),
    )
    op.create_table(
        "bounces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "hard",
                "soft",
                "policy",
                "delayed",
                name="bouncekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["incoming_mails.id"], name=op.f("fk_bounces_mail_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_bounces_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounces")),
        sa.UniqueConstraint("mail_id", name=op.f("uq_bounces_mail_id")),
    )
    with op.batch_alter_table("bounces", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bounces_address"), ["address"], unique=False)
        batch_op.create_index(batch_op.f("ix_bounces_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_bounces_message_id"), ["message_id"], unique=False)

    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("again_of_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("composed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_index(batch_op.f("ix_messages_due"))
        batch_op.drop_index(batch_op.f("ix_messages_wave_id"))
        batch_op.create_index(
            "ix_messages_again_of_id",
            ["again_of_id"],
            unique=False,
            sqlite_where=sa.text("again_of_id IS NOT NULL"),
            postgresql_where=sa.text("again_of_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_messages_claimable",
            ["priority", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('due', 'retrying')"),
            postgresql_where=sa.text("state IN ('due', 'retrying')"),
        )
        batch_op.create_index(
            "ix_messages_digests",
            ["due_at", "state"],
            unique=False,
            sqlite_where=sa.text("kind = 'digest'"),
            postgresql_where=sa.text("kind = 'digest'"),
        )
        batch_op.create_index(
            "ix_messages_in_hand",
            ["person_id"],
            unique=False,
            sqlite_where=sa.text("state = 'held'"),
            postgresql_where=sa.text("state = 'held'"),
        )
        batch_op.create_index(
            "ix_messages_leaving",
            ["claimed_until"],
            unique=False,
            sqlite_where=sa.text("state = 'sending'"),
            postgresql_where=sa.text("state = 'sending'"),
        )
        batch_op.create_index("ix_messages_of_wave", ["wave_id", "state"], unique=False)
        batch_op.create_index(
            "ix_messages_paced",
            ["sent_at", "domain"],
            unique=False,
            sqlite_where=sa.text("paced"),
            postgresql_where=sa.text("paced"),
        )
        batch_op.create_index("ix_messages_sent", ["sent_at"], unique=False)
        batch_op.create_index(
            "ix_messages_writable",
            ["priority", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'planned'"),
            postgresql_where=sa.text("state = 'planned'"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_messages_again_of_id"), "messages", ["again_of_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("networks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("four_eyes_from", sa.Integer(), nullable=True))

    with op.batch_alter_table("waves", schema=None) as batch_op:
        batch_op.add_column(sa.Column("first_audience_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("rest_after", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("at_a_time", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("asked_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("released_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_waves_asked_by_id"), "accounts", ["asked_by_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_waves_first_audience_id"), "audiences", ["first_audience_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_waves_released_by_id"), "accounts", ["released_by_id"], ["id"], ondelete="SET NULL"
        )

    _change_checks()
    _keep_texts()
    with op.batch_alter_table("waves") as batch_op:
        batch_op.drop_column("texts")
    with op.batch_alter_table("messages") as batch_op:
        batch_op.drop_column("body")


def _change_checks() -> None:
    """Constraints that now let more through, and new ones on tables that were there."""
    for table, name, condition in CHECKS:
        with op.batch_alter_table(table) as batch_op:
            if name in REPLACED:
                batch_op.drop_constraint(batch_op.f(name), type_="check")
            batch_op.create_check_constraint(batch_op.f(name), sa.text(condition))


def _keep_texts() -> None:
    """An organiser's own text of a wave becomes its first version; when a finished letter was written is about when it was planned."""
    connection = op.get_bind()
    connection.execute(sa.text("UPDATE messages SET composed_at = created_at WHERE message_id IS NOT NULL"))
    connection.execute(
        sa.text(
            "INSERT INTO finished_messages (message_id, content) SELECT id, body FROM messages WHERE body IS NOT NULL"
        )
    )
    waves = sa.table(
        "waves",
        sa.column("texts", sa.JSON),
        *(sa.column(name) for name in ("id", "event_id", "kind")),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    events = sa.table("events", sa.column("id"), sa.column("network_id"))
    texts = sa.table(
        "letter_texts",
        *(sa.column(name) for name in ("network_id", "wave_id", "kind", "language", "text")),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    wanted = sa.select(waves, events.c.network_id).join(events, events.c.id == waves.c.event_id)
    for wave in connection.execute(wanted).mappings().all():
        for language, text in (wave["texts"] or {}).items():
            row = {
                "network_id": wave["network_id"],
                "wave_id": wave["id"],
                "kind": f"invitations/{wave['kind']}",
                "language": language,
                "text": text,
                "created_at": wave["created_at"],
            }
            connection.execute(sa.insert(texts).values(row))
