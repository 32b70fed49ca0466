"""A file on offer has a version, which rises when another one takes its place."""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"

_IDS_ONCE = {"sqlite_autoincrement": True}


def upgrade() -> None:
    op.add_column("catalogue_items", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("catalogue_items", table_kwargs=_IDS_ONCE) as table:
        table.alter_column("version", server_default=None)


def downgrade() -> None:
    """Versions go, files stay."""
    with op.batch_alter_table("catalogue_items", table_kwargs=_IDS_ONCE) as table:
        table.drop_column("version")
