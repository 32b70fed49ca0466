"""Who may join a network, and whether it is listed; who waits for a yes."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

RULES = ("open", "approval", "named", "invited")
VERDICTS = ("yes", "no")


def upgrade() -> None:
    with op.batch_alter_table("networks") as batch_op:
        batch_op.add_column(sa.Column("joining", sa.String(32), server_default="open", nullable=False))
        batch_op.add_column(sa.Column("joining_domains", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("listed", sa.Boolean(), server_default=sa.true(), nullable=False))
    with op.batch_alter_table("networks") as batch_op:
        batch_op.create_check_constraint(batch_op.f("ck_networks_joining"), sa.text(f"joining IN {RULES}"))
        for column, kind in (("joining", sa.String(32)), ("joining_domains", sa.JSON()), ("listed", sa.Boolean())):
            batch_op.alter_column(column, existing_type=kind, existing_nullable=False, server_default=None)
    op.create_table(
        "joining_organisations",
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"],
            ["networks.id"],
            name=op.f("fk_joining_organisations_network_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_joining_organisations_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("network_id", "organisation_id", name=op.f("pk_joining_organisations")),
    )
    with op.batch_alter_table("joining_organisations") as batch_op:
        batch_op.create_index(batch_op.f("ix_joining_organisations_organisation_id"), ["organisation_id"])
    with op.batch_alter_table("join_requests") as batch_op:
        batch_op.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("verdict", sa.String(32), nullable=True))
        batch_op.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("told", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("join_requests") as batch_op:
        batch_op.create_check_constraint(batch_op.f("ck_join_requests_verdict"), sa.text(f"verdict IN {VERDICTS}"))
        batch_op.create_foreign_key(
            batch_op.f("fk_join_requests_organisation_id"),
            "organisations",
            ["organisation_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_index(batch_op.f("ix_join_requests_network_id"), ["network_id"])
        batch_op.alter_column("told", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
