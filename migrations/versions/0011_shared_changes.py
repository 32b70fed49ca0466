"""Changes to what networks share: whom they touch, how to undo them, who waits for an administrator; and who read what."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    with op.batch_alter_table("audit_log") as batch_op:
        batch_op.add_column(sa.Column("count", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("once", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("change_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("step", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_audit_log_once"), ["once"])
        batch_op.create_index(batch_op.f("ix_audit_log_change_id"), ["change_id"], unique=False)
    with op.batch_alter_table("audit_log") as batch_op:
        batch_op.alter_column("count", server_default=None)

    op.create_table(
        "audit_networks",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_log.id"], name=op.f("fk_audit_networks_entry_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_id", "network_id", name=op.f("pk_audit_networks")),
    )
    op.create_index(op.f("ix_audit_networks_network_id"), "audit_networks", ["network_id"], unique=False)

    op.create_table(
        "organisation_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("rename", "succession", name="requestkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("new_name", sa.String(length=200), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.CheckConstraint("(kind = 'rename') = (new_name IS NOT NULL)", name=op.f("ck_organisation_requests_rename")),
        sa.CheckConstraint(
            "(kind = 'succession') = (successor_id IS NOT NULL AND day IS NOT NULL)",
            name=op.f("ck_organisation_requests_succession"),
        ),
        sa.CheckConstraint("(answered_at IS NULL) = (granted IS NULL)", name=op.f("ck_organisation_requests_answer")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_organisation_requests_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"],
            ["organisations.id"],
            name=op.f("fk_organisation_requests_successor_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["accounts.id"], name=op.f("fk_organisation_requests_asked_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["accounts.id"],
            name=op.f("fk_organisation_requests_answered_by_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_requests")),
    )
    op.create_index(
        op.f("ix_organisation_requests_organisation_id"), "organisation_requests", ["organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_organisation_requests_answered_at"), "organisation_requests", ["answered_at"], unique=False
    )
