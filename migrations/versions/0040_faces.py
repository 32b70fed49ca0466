"""Pictures and an own colour of networks and sessions; what to bring and who to call."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"

_COLOUR = sa.text("own_colour = '' OR length(own_colour) = 7")
_TEXTS = (("bring", 300), ("day_contact", 120), ("day_phone", 40))


def upgrade() -> None:
    op.create_table(
        "pictures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("alt", sa.String(length=200), nullable=False),
        sa.Column("logo", sa.Boolean(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("wide", sa.LargeBinary(), nullable=False),
        sa.Column("narrow", sa.LargeBinary(), nullable=False),
        sa.Column("mail", sa.LargeBinary(), nullable=False),
        sa.Column("shared", sa.LargeBinary(), nullable=False),
        sa.Column("people_shown", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("alt <> ''", name=op.f("ck_pictures_alt")),
        sa.CheckConstraint("people_shown IN ('nobody', 'agreed', 'unasked')", name=op.f("ck_pictures_peopleshown")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pictures")),
        sa.UniqueConstraint("key", name=op.f("uq_pictures_key")),
        sqlite_autoincrement=True,
    )
    _add_columns("networks", [("own_colour", 7)])
    _add_columns("events", list(_TEXTS))
    with op.batch_alter_table("networks", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.create_check_constraint(batch_op.f("ck_networks_own_colour"), _COLOUR)


def _add_columns(table: str, texts: list[tuple[str, int]]) -> None:
    """A picture and texts, which are empty."""
    with op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        for name, length in texts:
            batch_op.add_column(sa.Column(name, sa.String(length), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("picture_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f(f"ix_{table}_picture_id"), ["picture_id"])
        batch_op.create_foreign_key(batch_op.f(f"fk_{table}_picture_id"), "pictures", ["picture_id"], ["id"])
    with op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        for name, _ in texts:
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("networks", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_networks_own_colour"), type_="check")
    for table, names in (("events", [name for name, _ in _TEXTS]), ("networks", ["own_colour"])):
        with op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": True}) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"fk_{table}_picture_id"), type_="foreignkey")
            batch_op.drop_index(batch_op.f(f"ix_{table}_picture_id"))
            for name in ("picture_id", *names):
                batch_op.drop_column(name)
    op.drop_table("pictures")
