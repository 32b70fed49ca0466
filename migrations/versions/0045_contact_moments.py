"""Talks with organisations."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"

_TERMS = ("special", "answers", "mail", "incoming", "requests", "left", "silent", "log")


def upgrade() -> None:
    _allow_terms((*_TERMS, "talks"))
    op.create_table(
        "contact_moments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('talk', 'progress_talk', 'assessment', 'work_visit', 'phone', 'advice')",
            name=op.f("ck_contact_moments_contactkind"),
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["accounts.id"], name=op.f("fk_contact_moments_entered_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_contact_moments_network_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_contact_moments_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_moments")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_contact_moments_entered_by_id"), "contact_moments", ["entered_by_id"])
    op.create_index(op.f("ix_contact_moments_network_id_day"), "contact_moments", ["network_id", "day"])
    op.create_index(op.f("ix_contact_moments_theme_id"), "contact_moments", ["theme_id"])
    op.create_table(
        "contact_moment_organisations",
        sa.Column("contact_moment_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_moment_id"],
            ["contact_moments.id"],
            name=op.f("fk_contact_moment_organisations_contact_moment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_contact_moment_organisations_organisation_id")
        ),
        sa.PrimaryKeyConstraint("contact_moment_id", "organisation_id", name=op.f("pk_contact_moment_organisations")),
    )
    op.create_index(
        op.f("ix_contact_moment_organisations_organisation_id"), "contact_moment_organisations", ["organisation_id"]
    )
    op.create_table(
        "contact_moment_people",
        sa.Column("contact_moment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_moment_id"],
            ["contact_moments.id"],
            name=op.f("fk_contact_moment_people_contact_moment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_contact_moment_people_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contact_moment_id", "person_id", name=op.f("pk_contact_moment_people")),
    )
    op.create_index(op.f("ix_contact_moment_people_person_id"), "contact_moment_people", ["person_id"])


def downgrade() -> None:
    """What was chosen and swept of notes of talks goes with them."""
    op.execute(sa.text("DELETE FROM chosen_terms WHERE term = 'talks'"))
    op.execute(sa.text("DELETE FROM sweeps WHERE term = 'talks'"))
    _allow_terms(_TERMS)
    op.drop_table("contact_moment_people")
    op.drop_table("contact_moment_organisations")
    op.drop_table("contact_moments")


def _allow_terms(terms: tuple[str, ...]) -> None:
    for table in ("chosen_terms", "sweeps"):
        with op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": table == "sweeps"}) as batch_op:
            batch_op.drop_constraint(op.f(f"ck_{table}_term"), type_="check")
            batch_op.create_check_constraint(op.f(f"ck_{table}_term"), f"term IN {terms}")
