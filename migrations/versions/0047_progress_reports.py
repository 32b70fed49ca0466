"""Progress reports: what is due, the words in them, editions with their members and files."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    op.create_table(
        "progress_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agenda_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("readers", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("reference_day", sa.Date(), nullable=False),
        sa.Column("words_due_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('interim', 'yearly')", name=op.f("ck_progress_reports_reportkind")),
        sa.CheckConstraint("scope IN ('all', 'network')", name=op.f("ck_progress_reports_scope")),
        sa.CheckConstraint("readers IN ('internal', 'public')", name=op.f("ck_progress_reports_readers")),
        sa.CheckConstraint("words_due_on <= due_on AND reference_day <= due_on", name=op.f("ck_progress_reports_days")),
        sa.ForeignKeyConstraint(
            ["agenda_id"], ["agendas.id"], name=op.f("fk_progress_reports_agenda_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_reports")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_progress_reports_agenda_id"), "progress_reports", ["agenda_id"])

    op.create_table(
        "progress_editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("reference_day", sa.Date(), nullable=False),
        sa.Column("readers", sa.String(length=32), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contents", sa.JSON(), nullable=False),
        sa.Column("frozen_by_id", sa.Integer(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("readers IN ('internal', 'public')", name=op.f("ck_progress_editions_readers")),
        sa.CheckConstraint("number = 1 OR reason <> ''", name=op.f("ck_progress_editions_reason")),
        sa.CheckConstraint("checked_at IS NULL OR counted_at IS NOT NULL", name=op.f("ck_progress_editions_checked")),
        sa.CheckConstraint("checked_by_id <> frozen_by_id", name=op.f("ck_progress_editions_second_pair_of_eyes")),
        sa.CheckConstraint(
            "published_at IS NULL OR checked_at IS NOT NULL", name=op.f("ck_progress_editions_published")
        ),
        sa.ForeignKeyConstraint(
            ["checked_by_id"], ["accounts.id"], name=op.f("fk_progress_editions_checked_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["frozen_by_id"], ["accounts.id"], name=op.f("fk_progress_editions_frozen_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["progress_reports.id"], name=op.f("fk_progress_editions_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_editions")),
        sa.UniqueConstraint("report_id", "number", name=op.f("uq_progress_editions_report_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_progress_editions_checked_by_id"), "progress_editions", ["checked_by_id"])
    op.create_index(op.f("ix_progress_editions_frozen_by_id"), "progress_editions", ["frozen_by_id"])

    op.create_table(
        "progress_files",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("problem", sa.String(length=40), nullable=False),
        sa.CheckConstraint("kind IN ('pdf', 'docx', 'odt')", name=op.f("ck_progress_files_documentkind")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["progress_editions.id"], name=op.f("fk_progress_files_edition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", "kind", name=op.f("pk_progress_files")),
    )
    op.create_table(
        "progress_members",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('session', 'person', 'organisation', 'commitment', 'insight')",
            name=op.f("ck_progress_members_memberkind"),
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["progress_editions.id"], name=op.f("fk_progress_members_edition_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicators.id"], name=op.f("fk_progress_members_indicator_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", "indicator_id", "year", "member_id", name=op.f("pk_progress_members")),
    )
    op.create_index(op.f("ix_progress_members_indicator_id"), "progress_members", ["indicator_id"])
    op.create_table(
        "progress_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("agenda_theme_id", sa.Integer(), nullable=True),
        sa.Column("part", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("part IN ('happened', 'next', 'koppel')", name=op.f("ck_progress_words_part")),
        sa.CheckConstraint("part <> 'koppel' OR agenda_theme_id IS NOT NULL", name=op.f("ck_progress_words_koppel")),
        sa.ForeignKeyConstraint(
            ["agenda_theme_id"],
            ["agenda_themes.id"],
            name=op.f("fk_progress_words_agenda_theme_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["koppel_offices.id"], name=op.f("fk_progress_words_office_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["progress_reports.id"], name=op.f("fk_progress_words_report_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["accounts.id"], name=op.f("fk_progress_words_written_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_words")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_progress_words_agenda_theme_id"), "progress_words", ["agenda_theme_id"])
    op.create_index(op.f("ix_progress_words_office_id"), "progress_words", ["office_id"])
    op.create_index(
        "ix_progress_words_report_id_agenda_theme_id_part", "progress_words", ["report_id", "agenda_theme_id", "part"]
    )
    op.create_index(op.f("ix_progress_words_written_by_id"), "progress_words", ["written_by_id"])


def downgrade() -> None:
    op.drop_table("progress_words")
    op.drop_table("progress_members")
    op.drop_table("progress_files")
    op.drop_table("progress_editions")
    op.drop_table("progress_reports")
