"""Indicators, their targets, readings, counts, signs and money; the role that somebody had on the day is kept with being there."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"

_GIVE_ROLES = """
UPDATE attendances SET role_code = (
    SELECT MIN(positions.role_code) FROM positions JOIN invitations ON invitations.person_id = positions.person_id
    WHERE invitations.id = attendances.invitation_id
    AND (positions.starts_on IS NULL OR positions.starts_on <= attendances.day)
    AND (positions.ends_on IS NULL OR positions.ends_on >= attendances.day)
    HAVING COUNT(*) = 1
)
"""
"""Where somebody held exactly one position on the day; which of two it was can be known no more."""


def upgrade() -> None:
    op.add_column("attendances", sa.Column("role_code", sa.String(length=40), nullable=True))
    op.execute(_GIVE_ROLES)
    last = _last_id()
    with op.batch_alter_table("attendances", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.create_foreign_key(batch_op.f("fk_attendances_role_code"), "roles", ["role_code"], ["code"])
        batch_op.create_index(batch_op.f("ix_attendances_role_code"), ["role_code"])
    _keep_last_id(last)
    op.create_table(
        "assessments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agenda_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("aspect", sa.String(length=32), nullable=False),
        sa.Column("sign", sa.String(length=32), nullable=False),
        sa.Column("cause", sa.String(length=1000), nullable=False),
        sa.Column("consequence", sa.String(length=1000), nullable=False),
        sa.Column("correction", sa.String(length=1000), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "sign = 'green' OR (cause <> '' AND consequence <> '' AND correction <> '')",
            name=op.f("ck_assessments_answers"),
        ),
        sa.CheckConstraint("aspect IN ('quality', 'time', 'money')", name=op.f("ck_assessments_aspect")),
        sa.CheckConstraint("sign IN ('green', 'orange', 'red')", name=op.f("ck_assessments_sign")),
        sa.ForeignKeyConstraint(
            ["agenda_id"], ["agendas.id"], name=op.f("fk_assessments_agenda_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["accounts.id"], name=op.f("fk_assessments_entered_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_assessments_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_assessments_agenda_id_day"), "assessments", ["agenda_id", "day"])
    op.create_index(op.f("ix_assessments_entered_by_id"), "assessments", ["entered_by_id"])
    op.create_index(op.f("ix_assessments_theme_id"), "assessments", ["theme_id"])
    op.create_table(
        "budgets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agenda_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=True),
        sa.Column("changed", sa.BigInteger(), nullable=True),
        sa.Column("realised", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["agenda_id"], ["agendas.id"], name=op.f("fk_budgets_agenda_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["accounts.id"], name=op.f("fk_budgets_entered_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_budgets_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budgets")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_budgets_agenda_id_year"), "budgets", ["agenda_id", "year"])
    op.create_index(op.f("ix_budgets_entered_by_id"), "budgets", ["entered_by_id"])
    op.create_index(op.f("ix_budgets_theme_id"), "budgets", ["theme_id"])
    op.create_table(
        "indicators",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agenda_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agenda_id"], ["agendas.id"], name=op.f("fk_indicators_agenda_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_indicators_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicators")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_indicators_agenda_id"), "indicators", ["agenda_id"])
    op.create_index(op.f("ix_indicators_theme_id"), "indicators", ["theme_id"])
    op.create_table(
        "indicator_counts",
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("whole", sa.BigInteger(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicators.id"], name=op.f("fk_indicator_counts_indicator_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("indicator_id", "year", name=op.f("pk_indicator_counts")),
    )
    op.create_table(
        "indicator_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("definition", sa.String(length=1000), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("result", sa.String(length=32), nullable=False),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.Column("direction", sa.String(length=32), nullable=False),
        sa.Column("combining", sa.String(length=32), nullable=False),
        sa.Column("measure", sa.String(length=32), nullable=False),
        sa.Column("narrowing", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("result IN ('output', 'effect')", name=op.f("ck_indicator_versions_result")),
        sa.CheckConstraint("direction IN ('at_least', 'at_most')", name=op.f("ck_indicator_versions_direction")),
        sa.CheckConstraint("combining IN ('per_year', 'once', 'latest')", name=op.f("ck_indicator_versions_combining")),
        sa.CheckConstraint(
            "measure IN ('sessions', 'people', 'organisations', 'contacted', 'reached', 'commitments', 'insights', 'by_hand')",
            name=op.f("ck_indicator_versions_measure"),
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicators.id"], name=op.f("fk_indicator_versions_indicator_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_versions")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_indicator_versions_indicator_id"), "indicator_versions", ["indicator_id"])
    op.create_table(
        "indicator_readings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("out_of", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("file_name", sa.String(length=150), nullable=False),
        sa.Column("file_content", sa.LargeBinary(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(file_name = '') = (file_content IS NULL)", name=op.f("ck_indicator_readings_file")),
        sa.CheckConstraint("source <> ''", name=op.f("ck_indicator_readings_source")),
        sa.CheckConstraint("out_of > 0", name=op.f("ck_indicator_readings_out_of")),
        sa.CheckConstraint(
            "kind IN ('baseline', 'realised', 'forecast')", name=op.f("ck_indicator_readings_readingkind")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["accounts.id"], name=op.f("fk_indicator_readings_entered_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicators.id"], name=op.f("fk_indicator_readings_indicator_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["indicator_readings.id"], name=op.f("fk_indicator_readings_replaces_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_readings")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_indicator_readings_replaces_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_indicator_readings_entered_by_id"), "indicator_readings", ["entered_by_id"])
    op.create_index(op.f("ix_indicator_readings_indicator_id"), "indicator_readings", ["indicator_id"])
    op.create_table(
        "indicator_targets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("aim", sa.String(length=32), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decision", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(aim = 'number') = (value IS NOT NULL)", name=op.f("ck_indicator_targets_value")),
        sa.CheckConstraint("aim <> 'not_applicable' OR reason <> ''", name=op.f("ck_indicator_targets_reason")),
        sa.CheckConstraint(
            "aim IN ('number', 'none', 'not_applicable', 'unknown')", name=op.f("ck_indicator_targets_aim")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["accounts.id"], name=op.f("fk_indicator_targets_entered_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicators.id"], name=op.f("fk_indicator_targets_indicator_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_targets")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_indicator_targets_entered_by_id"), "indicator_targets", ["entered_by_id"])
    op.create_index(op.f("ix_indicator_targets_indicator_id_year"), "indicator_targets", ["indicator_id", "year"])


def downgrade() -> None:
    op.drop_table("indicator_targets")
    op.drop_table("indicator_readings")
    op.drop_table("indicator_versions")
    op.drop_table("indicator_counts")
    op.drop_table("indicators")
    op.drop_table("budgets")
    op.drop_table("assessments")
    last = _last_id()
    with op.batch_alter_table("attendances", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attendances_role_code"))
        batch_op.drop_constraint(batch_op.f("fk_attendances_role_code"), type_="foreignkey")
        batch_op.drop_column("role_code")
    _keep_last_id(last)


def _last_id() -> int | None:
    """The highest id that was ever given: SQLite forgets it with the table that it rebuilds."""
    if op.get_bind().dialect.name != "sqlite":
        return None
    return op.get_bind().scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'attendances'"))


def _keep_last_id(last: int | None) -> None:
    if last is not None:
        connection = op.get_bind()
        connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = 'attendances'"))
        connection.execute(
            sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES ('attendances', :last)"), {"last": last}
        )
