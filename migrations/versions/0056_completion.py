"""The certificates of an edition of a course go out once an organiser says so, and say by which rule."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"

_RULE = ("attended", "needed", "held", "obligatory")


def upgrade() -> None:
    op.create_table(
        "certificates_wanted",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_certificates_wanted_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["course_editions.id"], name=op.f("fk_certificates_wanted_edition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_certificates_wanted")),
    )
    op.create_index(op.f("ix_certificates_wanted_account_id"), "certificates_wanted", ["account_id"])
    for name in _RULE:
        op.add_column("certificate_versions", sa.Column(name, sa.Integer(), nullable=True))


def downgrade() -> None:
    for name in _RULE:
        op.drop_column("certificate_versions", name)
    op.drop_table("certificates_wanted")
