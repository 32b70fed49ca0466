"""What a frozen figure counted is one row with a list of ids, no longer a row for each."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
_KINDS = "kind IN ('session', 'person', 'organisation', 'commitment', 'insight')"
_OF = ("edition_id", "indicator_id", "year")


def upgrade() -> None:
    op.rename_table("progress_members", "progress_members_before")
    _free_names("progress_members_before")
    before = sa.table("progress_members_before", *map(sa.column, (*_OF, "kind", "member_id")))
    after = _create_table(sa.Column("ids", sa.JSON(), nullable=False), _OF)
    connection = op.get_bind()
    figures = sa.select(*(before.c[name] for name in _OF), before.c.kind).distinct()
    for figure in connection.execute(figures).mappings().all():
        of = [before.c[name] == figure[name] for name in _OF]
        ids = list(connection.scalars(sa.select(before.c.member_id).where(*of).order_by(before.c.member_id)))
        connection.execute(sa.insert(after).values(**figure, ids=ids))
    op.drop_table("progress_members_before")


def downgrade() -> None:
    op.rename_table("progress_members", "progress_members_after")
    _free_names("progress_members_after")
    columns = [sa.column(name) for name in (*_OF, "kind")]
    lists = sa.table("progress_members_after", *columns, sa.column("ids", sa.JSON()))
    rows = _create_table(sa.Column("member_id", sa.Integer(), nullable=False), (*_OF, "member_id"))
    connection = op.get_bind()
    for figure in connection.execute(sa.select(lists)).mappings().all():
        about = {name: figure[name] for name in (*_OF, "kind")}
        if figure["ids"]:
            connection.execute(sa.insert(rows), [{**about, "member_id": each} for each in figure["ids"]])
    op.drop_table("progress_members_after")


def _create_table(last: sa.Column, key: tuple[str, ...]) -> sa.Table:
    table = op.create_table(
        "progress_members",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        last,
        sa.CheckConstraint(_KINDS, name=op.f("ck_progress_members_memberkind")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["progress_editions.id"], name=op.f("fk_progress_members_edition_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicators.id"], name=op.f("fk_progress_members_indicator_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_progress_members")),
    )
    op.create_index(op.f("ix_progress_members_indicator_id"), "progress_members", ["indicator_id"])
    return table


def _free_names(table: str) -> None:
    """Those that a table keeps when it is renamed, and that are unique in the database: of its indexes."""
    op.drop_index("ix_progress_members_indicator_id", table_name=table)
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("pk_progress_members", table)
