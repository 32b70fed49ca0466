"""What somebody's mail addresses were before a change, to take it back; and what organisers propose to change."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "address_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("undone_at", moment, nullable=True),
        sa.Column("merge_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["merges.id"], name=op.f("fk_address_changes_merge_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_address_changes_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_changes")),
    )
    with op.batch_alter_table("address_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_address_changes_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_address_changes_at"), ["at"], unique=False)
    op.create_table(
        "address_proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("confirmed_at", moment, nullable=True),
        sa.CheckConstraint("act IN ('add', 'prefer', 'remove')", name=op.f("ck_address_proposals_proposedact")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_address_proposals_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_address_proposals_network_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_address_proposals_account_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_proposals")),
    )
    with op.batch_alter_table("address_proposals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_address_proposals_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_address_proposals_created_at"), ["created_at"], unique=False)
