"""Impressions as ODT too; a network that came to its end is archived; who was reminded of a date poll."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

_KIND = "ck_documents_documentkind"


def upgrade() -> None:
    op.add_column("networks", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("voters", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
    _allow_kinds("pdf", "docx", "odt")
    # Published impressions get the new file as well; the clockwork makes it.
    op.execute(
        "INSERT INTO documents (impression_id, kind, wanted_at, problem) "
        "SELECT impression_id, 'odt', wanted_at, '' FROM documents WHERE kind = 'docx'"
    )


def downgrade() -> None:
    op.execute("DELETE FROM documents WHERE kind = 'odt'")
    _allow_kinds("pdf", "docx")
    op.drop_column("voters", "reminded_at")
    op.drop_column("networks", "archived_at")


def _allow_kinds(*kinds: str) -> None:
    with op.batch_alter_table("documents", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_constraint(batch_op.f(_KIND), type_="check")
        batch_op.create_check_constraint(batch_op.f(_KIND), sa.text(f"kind IN {kinds}"))
