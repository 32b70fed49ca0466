"""A speaker may be a person, who is asked by a link of their own and answers, says who they are and sends slides."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"


def upgrade() -> None:
    op.create_table(
        "asked_speakers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("speaker_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_version", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Text(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=32), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.Column("about", sa.String(length=1000), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("thanked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_asked_speakers_answered")),
        sa.CheckConstraint("token_version BETWEEN 1 AND 255", name=op.f("ck_asked_speakers_token_version")),
        sa.CheckConstraint("answer IN ('yes', 'no')", name=op.f("ck_asked_speakers_speakeranswer")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_asked_speakers_event_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_asked_speakers_person_id")),
        sa.ForeignKeyConstraint(["picture_id"], ["pictures.id"], name=op.f("fk_asked_speakers_picture_id")),
        sa.ForeignKeyConstraint(
            ["speaker_id"], ["speakers.id"], name=op.f("fk_asked_speakers_speaker_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_speakers")),
        sa.UniqueConstraint("speaker_id", name=op.f("uq_asked_speakers_speaker_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_asked_speakers_event_id"), "asked_speakers", ["event_id"])
    op.create_index(op.f("ix_asked_speakers_person_id"), "asked_speakers", ["person_id"])
    op.create_index(op.f("ix_asked_speakers_picture_id"), "asked_speakers", ["picture_id"])
    op.create_table(
        "speaker_slides",
        sa.Column("asked_speaker_id", sa.Integer(), nullable=False),
        sa.Column("material_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_speaker_id"],
            ["asked_speakers.id"],
            name=op.f("fk_speaker_slides_asked_speaker_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["material_id"], ["materials.id"], name=op.f("fk_speaker_slides_material_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("asked_speaker_id", "material_id", name=op.f("pk_speaker_slides")),
    )
    op.create_index(op.f("ix_speaker_slides_material_id"), "speaker_slides", ["material_id"])


def downgrade() -> None:
    """What speakers answered and said goes; they are names again, and their slides stay with the session."""
    op.drop_table("speaker_slides")
    op.drop_table("asked_speakers")
