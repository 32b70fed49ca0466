"""Indicators, their targets, readings, counts, signs and money."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
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
        sa.Column("budget", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("changed", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("realised", sa.Numeric(precision=14, scale=2), nullable=True),
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
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("agenda_id", sa.Integer(), nullable=True),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agenda_id"], ["agendas.id"], name=op.f("fk_indicators_agenda_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_indicators_network_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_indicators_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicators")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_indicators_agenda_id"), "indicators", ["agenda_id"])
    op.create_index(op.f("ix_indicators_network_id"), "indicators", ["network_id"])
    op.create_index(op.f("ix_indicators_theme_id"), "indicators", ["theme_id"])
    op.create_table(
        "indicator_counts",
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("value", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
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
            "measure IN ('sessions', 'people', 'organisations', 'completed', 'contacted', 'reached', 'commitments', 'insights', 'by_hand')",
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
        "readings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("out_of", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("file_name", sa.String(length=150), nullable=False),
        sa.Column("file_content", sa.LargeBinary(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(file_name = '') = (file_content IS NULL)", name=op.f("ck_readings_file")),
        sa.CheckConstraint("source <> ''", name=op.f("ck_readings_source")),
        sa.CheckConstraint("out_of > 0", name=op.f("ck_readings_out_of")),
        sa.CheckConstraint("kind IN ('baseline', 'realised', 'forecast')", name=op.f("ck_readings_readingkind")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["accounts.id"], name=op.f("fk_readings_entered_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicators.id"], name=op.f("fk_readings_indicator_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["replaces_id"], ["readings.id"], name=op.f("fk_readings_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_readings_replaces_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_readings_entered_by_id"), "readings", ["entered_by_id"])
    op.create_index(op.f("ix_readings_indicator_id"), "readings", ["indicator_id"])
    op.create_table(
        "targets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("aim", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decision", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(aim = 'number') = (value IS NOT NULL)", name=op.f("ck_targets_value")),
        sa.CheckConstraint("aim <> 'not_applicable' OR reason <> ''", name=op.f("ck_targets_reason")),
        sa.CheckConstraint("aim IN ('number', 'none', 'not_applicable', 'unknown')", name=op.f("ck_targets_aim")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["accounts.id"], name=op.f("fk_targets_entered_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicators.id"], name=op.f("fk_targets_indicator_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_targets")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_targets_entered_by_id"), "targets", ["entered_by_id"])
    op.create_index(op.f("ix_targets_indicator_id_year"), "targets", ["indicator_id", "year"])


def downgrade() -> None:
    op.drop_table("targets")
    op.drop_table("readings")
    op.drop_table("indicator_versions")
    op.drop_table("indicator_counts")
    op.drop_table("indicators")
    op.drop_table("budgets")
    op.drop_table("assessments")
