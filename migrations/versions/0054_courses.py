"""Courses with editions and meetings; people enrol in an edition, and a certificate may be of one."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    op.create_table(
        "courses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("for_whom", sa.String(length=300), nullable=False),
        sa.Column("outcomes", sa.Text(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("needed > 0", name=op.f("ck_courses_needed")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_courses_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses")),
        sa.UniqueConstraint("network_id", "title", name=op.f("uq_courses_network_id_title")),
        sa.UniqueConstraint("slug", name=op.f("uq_courses_slug")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "course_editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("seats_per_organisation", sa.Integer(), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancel_reason", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'cancelled')", name=op.f("ck_course_editions_editionstate")
        ),
        sa.CheckConstraint("seats > 0", name=op.f("ck_course_editions_seats")),
        sa.CheckConstraint("seats_per_organisation > 0", name=op.f("ck_course_editions_seats_per_organisation")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_course_editions_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_editions")),
        sa.UniqueConstraint("course_id", "title", name=op.f("uq_course_editions_course_id_title")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "course_meetings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("obligatory", sa.Boolean(), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("place > 0", name=op.f("ck_course_meetings_place")),
        sa.ForeignKeyConstraint(["edition_id"], ["course_editions.id"], name=op.f("fk_course_meetings_edition_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_course_meetings_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_meetings")),
        sa.UniqueConstraint("edition_id", "place", name=op.f("uq_course_meetings_edition_id_place")),
        sa.UniqueConstraint("event_id", name=op.f("uq_course_meetings_event_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "enrolments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("waiting_number", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('confirmed', 'waiting', 'cancelled')", name=op.f("ck_enrolments_enrolmentstate")),
        sa.CheckConstraint("(state = 'waiting') = (waiting_number IS NOT NULL)", name=op.f("ck_enrolments_waiting")),
        sa.ForeignKeyConstraint(["edition_id"], ["course_editions.id"], name=op.f("fk_enrolments_edition_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_enrolments_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_enrolments_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
        sa.UniqueConstraint("edition_id", "person_id", name=op.f("uq_enrolments_edition_id_person_id")),
        sa.UniqueConstraint("edition_id", "waiting_number", name=op.f("uq_enrolments_edition_id_waiting_number")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_enrolments_organisation_id"), "enrolments", ["organisation_id"])
    op.create_index(op.f("ix_enrolments_person_id"), "enrolments", ["person_id"])
    op.create_table(
        "enrolment_days",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolments.id"], name=op.f("fk_enrolment_days_enrolment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["course_meetings.id"], name=op.f("fk_enrolment_days_meeting_id")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_enrolment_days_registration_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_days")),
        sa.UniqueConstraint("enrolment_id", "meeting_id", name=op.f("uq_enrolment_days_enrolment_id_meeting_id")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_enrolment_days_registration_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_enrolment_days_meeting_id"), "enrolment_days", ["meeting_id"])
    last = _last_id()
    with op.batch_alter_table("certificates", table_kwargs={"sqlite_autoincrement": True}) as certificates:
        certificates.add_column(sa.Column("course_edition_id", sa.Integer(), nullable=True))
        certificates.create_foreign_key(
            certificates.f("fk_certificates_course_edition_id"),
            "course_editions",
            ["course_edition_id"],
            ["id"],
            ondelete="SET NULL",
        )
        certificates.create_unique_constraint(
            certificates.f("uq_certificates_course_edition_id_person_id"), ["course_edition_id", "person_id"]
        )
        certificates.create_check_constraint(
            certificates.f("ck_certificates_of_one_thing"), sa.text("event_id IS NULL OR course_edition_id IS NULL")
        )
    _keep_last_id(last)


def downgrade() -> None:
    """Courses go with who is enrolled; their meetings stay sessions with the registrations of each. Certificates of a course are of nothing."""
    last = _last_id()
    with op.batch_alter_table("certificates", table_kwargs={"sqlite_autoincrement": True}) as certificates:
        certificates.drop_constraint(certificates.f("ck_certificates_of_one_thing"), type_="check")
        certificates.drop_constraint(certificates.f("uq_certificates_course_edition_id_person_id"), type_="unique")
        certificates.drop_constraint(certificates.f("fk_certificates_course_edition_id"), type_="foreignkey")
        certificates.drop_column("course_edition_id")
    _keep_last_id(last)
    for table in ("enrolment_days", "enrolments", "course_meetings", "course_editions", "courses"):
        op.drop_table(table)


def _last_id() -> int | None:
    """The highest id that was ever given: SQLite forgets it with the table that it rebuilds."""
    if op.get_bind().dialect.name != "sqlite":
        return None
    return op.get_bind().scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'certificates'"))


def _keep_last_id(last: int | None) -> None:
    if last is not None:
        connection = op.get_bind()
        connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = 'certificates'"))
        connection.execute(
            sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES ('certificates', :last)"), {"last": last}
        )
