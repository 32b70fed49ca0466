"""Letters in an organiser's own words, with the files that travel along."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"

_KINDS = ("save_the_date", "invitation", "reminder", "last_places", "last_information", "thank_you")
_OWN = ("own_letter", "own_mailing")
_SAME = "(letter_to IS NOT NULL) = (kind IN ('own_letter', 'own_mailing'))"


def upgrade() -> None:
    _allow_kinds(_KINDS + _OWN, added=True)
    op.create_table(
        "wave_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["waves.id"], name=op.f("fk_wave_files_wave_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave_files")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_wave_files_wave_id"), "wave_files", ["wave_id"])


def downgrade() -> None:
    op.drop_table("wave_files")
    # The kinds are written out: a statement is never put together.
    op.execute(
        "UPDATE messages SET wave_id = NULL "
        "WHERE wave_id IN (SELECT id FROM waves WHERE kind IN ('own_letter', 'own_mailing'))"
    )
    op.execute("DELETE FROM messages WHERE kind IN ('own_letter', 'own_mailing') AND state IN ('planned', 'paused')")
    op.execute(
        "DELETE FROM letter_texts WHERE wave_id IN (SELECT id FROM waves WHERE kind IN ('own_letter', 'own_mailing'))"
    )
    op.execute("DELETE FROM waves WHERE kind IN ('own_letter', 'own_mailing')")
    _allow_kinds(_KINDS, added=False)


def _allow_kinds(kinds: tuple[str, ...], *, added: bool) -> None:
    with op.batch_alter_table("waves", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_waves_wavekind"), type_="check")
        if added:
            batch_op.add_column(sa.Column("letter_to", sa.String(length=32), nullable=True))
            batch_op.create_check_constraint(batch_op.f("ck_waves_letter_to"), sa.text(_SAME))
        else:
            batch_op.drop_constraint(batch_op.f("ck_waves_letter_to"), type_="check")
            batch_op.drop_column("letter_to")
        batch_op.create_check_constraint(batch_op.f("ck_waves_wavekind"), sa.text(f"kind IN {kinds}"))
