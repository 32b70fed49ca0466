"""Who wants to hear of the next edition of a course, and since when an edition is published."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"


def upgrade() -> None:
    op.create_table(
        "course_interests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mailed", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(person_id IS NULL) <> (address IS NULL)", name=op.f("ck_course_interests_who")),
        sa.CheckConstraint("told_at IS NULL OR confirmed_at IS NOT NULL", name=op.f("ck_course_interests_told")),
        sa.CheckConstraint("language IN ('nl', 'en')", name=op.f("ck_course_interests_language")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_course_interests_course_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_course_interests_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_interests")),
        sa.UniqueConstraint("course_id", "person_id", name=op.f("uq_course_interests_course_id_person_id")),
        sa.UniqueConstraint("course_id", "address", name=op.f("uq_course_interests_course_id_address")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_course_interests_person_id"), "course_interests", ["person_id"])
    op.add_column("course_editions", sa.Column("published_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Who waits to hear of a next edition is forgotten."""
    op.drop_column("course_editions", "published_at")
    op.drop_table("course_interests")
