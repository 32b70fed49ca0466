"""What is on offer without a date, courses on offer, for whom and about what, and roles with a way in of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"

_IDS_ONCE = {"sqlite_autoincrement": True}
_DOORS = "('volksvertegenwoordiger', 'bestuurder', 'ambtenaar')"
_ABOUT = (
    ("course_roles", "course_id", "courses", "role_code", "roles.code", sa.String(length=40)),
    ("course_themes", "course_id", "courses", "theme_id", "themes.id", sa.Integer()),
    ("item_roles", "item_id", "catalogue_items", "role_code", "roles.code", sa.String(length=40)),
    ("item_themes", "item_id", "catalogue_items", "theme_id", "themes.id", sa.Integer()),
)


def upgrade() -> None:
    _create_items()
    for table, key, of, other, points_at, kind in _ABOUT:
        op.create_table(
            table,
            sa.Column(key, sa.Integer(), nullable=False),
            sa.Column(other, kind, nullable=False),
            sa.ForeignKeyConstraint([key], [f"{of}.id"], name=op.f(f"fk_{table}_{key}"), ondelete="CASCADE"),
            sa.ForeignKeyConstraint([other], [points_at], name=op.f(f"fk_{table}_{other}")),
            sa.PrimaryKeyConstraint(key, other, name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_{other}"), table, [other])
    op.add_column("courses", sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("courses", sa.Column("in_company", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("roles", sa.Column("door", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(f"UPDATE roles SET door = {_true()} WHERE code IN {_DOORS}")  # noqa: S608 - words of our own
    for table in ("courses", "roles"):
        options = _IDS_ONCE if table == "courses" else {}
        with op.batch_alter_table(table, table_kwargs=options) as batch:
            batch.alter_column("in_company" if table == "courses" else "door", server_default=None)


def downgrade() -> None:
    """What was on offer without a date is gone."""
    op.drop_column("roles", "door")
    op.drop_column("courses", "in_company")
    op.drop_column("courses", "offered_at")
    for table, *_ in reversed(_ABOUT):
        op.drop_table(table)
    op.drop_table("catalogue_files")
    op.drop_table("catalogue_items")


def _create_items() -> None:
    op.create_table(
        "catalogue_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("file_name", sa.String(length=150), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("scan", sa.String(length=32), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("maker", sa.String(length=150), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("link_state", sa.String(length=32), nullable=False),
        sa.Column("link_checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(address = '') = (size IS NOT NULL)", name=op.f("ck_catalogue_items_link_or_file")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_catalogue_items_minutes")),
        sa.CheckConstraint(
            "kind IN ('podcast', 'video', 'e_learning', 'guide')", name=op.f("ck_catalogue_items_itemkind")
        ),
        sa.CheckConstraint(
            "scan IN ('not_scanned', 'clean', 'infected', 'too_large')", name=op.f("ck_catalogue_items_scan")
        ),
        sa.CheckConstraint(
            "link_state IN ('unknown', 'works', 'unsure', 'missing', 'dead')",
            name=op.f("ck_catalogue_items_linkstate"),
        ),
        sa.ForeignKeyConstraint(["network_id"], ["networks.id"], name=op.f("fk_catalogue_items_network_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_items")),
        sa.UniqueConstraint("slug", name=op.f("uq_catalogue_items_slug")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_catalogue_items_network_id"), "catalogue_items", ["network_id"])
    op.create_table(
        "catalogue_files",
        sa.Column("item_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["catalogue_items.id"], name=op.f("fk_catalogue_files_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_catalogue_files")),
    )


def _true() -> str:
    return "true" if op.get_bind().dialect.name == "postgresql" else "1"
