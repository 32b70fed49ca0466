"""A session has material: files, links and recordings, for everybody, for who takes part or for members."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    op.create_table(
        "materials",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("for_whom", sa.String(length=32), nullable=False),
        sa.Column("people_shown", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(length=150), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("scan", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("version_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(kind = 'file') = (size IS NOT NULL)", name=op.f("ck_materials_file")),
        sa.CheckConstraint("(kind = 'file') = (address = '')", name=op.f("ck_materials_address")),
        sa.CheckConstraint(
            "minutes IS NULL OR (minutes > 0 AND kind = 'recording')", name=op.f("ck_materials_minutes")
        ),
        sa.CheckConstraint("for_whom <> 'everybody' OR people_shown <> 'unasked'", name=op.f("ck_materials_asked")),
        sa.CheckConstraint("kind IN ('file', 'link', 'recording')", name=op.f("ck_materials_materialkind")),
        sa.CheckConstraint("for_whom IN ('everybody', 'participants', 'members')", name=op.f("ck_materials_forwhom")),
        sa.CheckConstraint("people_shown IN ('nobody', 'agreed', 'unasked')", name=op.f("ck_materials_peopleshown")),
        sa.CheckConstraint("scan IN ('not_scanned', 'clean', 'infected', 'too_large')", name=op.f("ck_materials_scan")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_materials_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name=op.f("fk_materials_slot_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_materials")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_materials_event_id"), "materials", ["event_id"])
    op.create_index(op.f("ix_materials_slot_id"), "materials", ["slot_id"])
    op.create_table(
        "material_contents",
        sa.Column("material_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["material_id"], ["materials.id"], name=op.f("fk_material_contents_material_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("material_id", name=op.f("pk_material_contents")),
    )


def downgrade() -> None:
    """The material goes."""
    op.drop_table("material_contents")
    op.drop_table("materials")
