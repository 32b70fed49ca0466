"""Collaboration agendas: parties, themes, and who stands for each."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    op.create_table(
        "agendas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("ratified_on", sa.Date(), nullable=True),
        sa.Column("quality_label", sa.String(length=40), nullable=False),
        sa.Column("time_label", sa.String(length=40), nullable=False),
        sa.Column("money_label", sa.String(length=40), nullable=False),
        sa.Column("green_means", sa.String(length=200), nullable=False),
        sa.Column("orange_means", sa.String(length=200), nullable=False),
        sa.Column("red_means", sa.String(length=200), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_agendas_period")),
        sa.CheckConstraint("state IN ('draft', 'published')", name=op.f("ck_agendas_agendastate")),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_agendas_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agendas")),
        sa.UniqueConstraint("slug", name=op.f("uq_agendas_slug")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_agendas_network_id"), "agendas", ["network_id"])
    op.create_table(
        "agenda_parties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agenda_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agenda_id"], ["agendas.id"], name=op.f("fk_agenda_parties_agenda_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_parties")),
        sa.UniqueConstraint("agenda_id", "name", name=op.f("uq_agenda_parties_agenda_id_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "agenda_themes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agenda_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("ambition", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_agenda_themes_period")),
        sa.ForeignKeyConstraint(
            ["agenda_id"], ["agendas.id"], name=op.f("fk_agenda_themes_agenda_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_agenda_themes_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_themes")),
        sa.UniqueConstraint("agenda_id", "theme_id", name=op.f("uq_agenda_themes_agenda_id_theme_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_agenda_themes_theme_id"), "agenda_themes", ["theme_id"])
    op.create_table(
        "koppel_offices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agenda_theme_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("token_version", sa.Integer(), nullable=False),
        sa.Column("link_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_koppel_offices_period")),
        sa.CheckConstraint("token_version BETWEEN 1 AND 255", name=op.f("ck_koppel_offices_token_version")),
        sa.CheckConstraint("kind IN ('executive', 'official')", name=op.f("ck_koppel_offices_officekind")),
        sa.ForeignKeyConstraint(
            ["agenda_theme_id"],
            ["agenda_themes.id"],
            name=op.f("fk_koppel_offices_agenda_theme_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["agenda_parties.id"], name=op.f("fk_koppel_offices_party_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_koppel_offices_person_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_koppel_offices")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_koppel_offices_agenda_theme_id"), "koppel_offices", ["agenda_theme_id"])
    op.create_index(op.f("ix_koppel_offices_party_id"), "koppel_offices", ["party_id"])
    op.create_index(op.f("ix_koppel_offices_person_id"), "koppel_offices", ["person_id"])
    op.create_index(
        "uq_koppel_offices_held",
        "koppel_offices",
        ["agenda_theme_id", "party_id", "kind"],
        unique=True,
        sqlite_where=sa.text("ends_on IS NULL"),
        postgresql_where=sa.text("ends_on IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("koppel_offices")
    op.drop_table("agenda_themes")
    op.drop_table("agenda_parties")
    op.drop_table("agendas")
