"""What members ask their network, who got it in a digest, and what was answered."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"


def upgrade() -> None:
    op.create_table(
        "network_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("short", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("helped", sa.String(length=500), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("before_leaving", sa.String(length=32), nullable=True),
        sa.Column("insight_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('closed', 'withdrawn')) = (closed_at IS NOT NULL)", name=op.f("ck_network_questions_closed")
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'sent_back', 'open', 'closed', 'withdrawn')",
            name=op.f("ck_network_questions_questionstate"),
        ),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_network_questions_network_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_network_questions_person_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["insight_id"], ["insights.id"], name=op.f("fk_network_questions_insight_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_questions")),
        sqlite_autoincrement=True,
    )
    for column in ("network_id", "person_id", "insight_id"):
        op.create_index(op.f(f"ix_network_questions_{column}"), "network_questions", [column])
    op.create_index("ix_network_questions_state_closes_on", "network_questions", ["state", "closes_on"])
    op.create_table(
        "question_deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["network_questions.id"],
            name=op.f("fk_question_deliveries_question_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_question_deliveries_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_deliveries")),
        sa.UniqueConstraint("question_id", "person_id", name=op.f("uq_question_deliveries_question_id_person_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_question_deliveries_person_id"), "question_deliveries", ["person_id"])
    op.create_table(
        "network_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("cut", sa.Text(), nullable=False),
        sa.Column("named_yes", sa.Boolean(), nullable=True),
        sa.Column("named_before_leaving", sa.Boolean(), nullable=False),
        sa.Column("helps", sa.Boolean(), nullable=False),
        sa.Column("thanked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_team", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("removed_at IS NOT NULL OR NOT by_team", name=op.f("ck_network_answers_removed")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["network_questions.id"], name=op.f("fk_network_answers_question_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_network_answers_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_answers")),
        sqlite_autoincrement=True,
    )
    for column in ("question_id", "person_id"):
        op.create_index(op.f(f"ix_network_answers_{column}"), "network_answers", [column])


def downgrade() -> None:
    """Questions and answers go."""
    op.drop_table("network_answers")
    op.drop_table("question_deliveries")
    op.drop_table("network_questions")
