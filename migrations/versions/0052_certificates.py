"""The attendance of a session is closed, and whoever was there gets a letter with a number that can be checked."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    for name in ("signatory_name", "signatory_function"):
        op.add_column("networks", sa.Column(name, sa.String(length=120), nullable=False, server_default=""))
    op.create_table(
        "attendance_closings",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("mails_letters", sa.Boolean(), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_attendance_closings_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_attendance_closings_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_attendance_closings")),
    )
    op.create_index(op.f("ix_attendance_closings_account_id"), "attendance_closings", ["account_id"])
    op.create_table(
        "certificates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=19), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_because", sa.String(length=32), nullable=True),
        sa.Column("asked_name", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "withdrawn_because IN ('not_there', 'other_person')", name=op.f("ck_certificates_withdrawnbecause")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_because IS NULL)", name=op.f("ck_certificates_withdrawn")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_certificates_event_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_certificates_network_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_certificates_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("event_id", "person_id", name=op.f("uq_certificates_event_id_person_id")),
        sa.UniqueConstraint("number", name=op.f("uq_certificates_number")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_certificates_network_id"), "certificates", ["network_id"])
    op.create_index(op.f("ix_certificates_person_id"), "certificates", ["person_id"])
    op.create_table(
        "certificate_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("network", sa.String(length=120), nullable=False),
        sa.Column("signatory_name", sa.String(length=120), nullable=False),
        sa.Column("signatory_function", sa.String(length=120), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("language IN ('nl', 'en')", name=op.f("ck_certificate_versions_language")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_certificate_versions_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_certificate_versions_certificate_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_versions")),
        sa.UniqueConstraint("certificate_id", "version", name=op.f("uq_certificate_versions_certificate_id_version")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_certificate_versions_account_id"), "certificate_versions", ["account_id"])


def downgrade() -> None:
    """The letters go, and the numbers on those that people have answer no more."""
    op.drop_table("certificate_versions")
    op.drop_table("certificates")
    op.drop_table("attendance_closings")
    with op.batch_alter_table("networks", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_column("signatory_function")
        batch_op.drop_column("signatory_name")
