"""A suggestion has a state with a why, and who was there says whether they did something with it."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"

_IDS_ONCE = {"sqlite_autoincrement": True}
_VERDICT = "verdict IN ('declined', 'done')"


def upgrade() -> None:
    with op.batch_alter_table("suggestions", table_kwargs=_IDS_ONCE) as table:
        table.add_column(sa.Column("verdict", sa.String(length=32), nullable=True))
        table.add_column(sa.Column("why", sa.String(length=500), nullable=False, server_default=""))
        table.create_check_constraint(op.f("ck_suggestions_suggestionverdict"), _VERDICT)
        table.create_check_constraint(op.f("ck_suggestions_why"), "(verdict IS NULL) = (why = '')")
    with op.batch_alter_table("suggestions", table_kwargs=_IDS_ONCE) as table:
        table.alter_column("why", server_default=None)
    op.create_table(
        "suggestion_uses",
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=False),
        sa.Column("because", sa.String(length=300), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("askable_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("answer IN ('used', 'tried', 'not_yet', 'no')", name=op.f("ck_suggestion_uses_useanswer")),
        sa.CheckConstraint(
            "shown_at IS NULL OR (answer = 'used' AND organisation_id IS NOT NULL)",
            name=op.f("ck_suggestion_uses_shown"),
        ),
        sa.CheckConstraint(
            "askable_at IS NULL OR answer IN ('used', 'tried')", name=op.f("ck_suggestion_uses_askable")
        ),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["suggestions.id"], name=op.f("fk_suggestion_uses_suggestion_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_suggestion_uses_person_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_suggestion_uses_organisation_id")
        ),
        sa.PrimaryKeyConstraint("suggestion_id", "person_id", name=op.f("pk_suggestion_uses")),
    )
    op.create_index(op.f("ix_suggestion_uses_person_id"), "suggestion_uses", ["person_id"])
    op.create_index(op.f("ix_suggestion_uses_organisation_id"), "suggestion_uses", ["organisation_id"])
    op.create_table(
        "use_questions",
        sa.Column("impression_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["impression_id"], ["impressions.id"], name=op.f("fk_use_questions_impression_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_use_questions_person_id")),
        sa.PrimaryKeyConstraint("impression_id", "person_id", name=op.f("pk_use_questions")),
    )
    op.create_index(op.f("ix_use_questions_person_id"), "use_questions", ["person_id"])


def downgrade() -> None:
    """What people said they did with suggestions goes, and what organisers said became of them."""
    op.drop_table("use_questions")
    op.drop_table("suggestion_uses")
    with op.batch_alter_table("suggestions", table_kwargs=_IDS_ONCE) as table:
        table.drop_constraint(op.f("ck_suggestions_why"), type_="check")
        table.drop_constraint(op.f("ck_suggestions_suggestionverdict"), type_="check")
        table.drop_column("why")
        table.drop_column("verdict")
