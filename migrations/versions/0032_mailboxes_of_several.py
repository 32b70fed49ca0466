"""More people are reached through one mailbox; an address of one's own stays one person's."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

_WHERE = {"sqlite_where": sa.text("NOT through"), "postgresql_where": sa.text("NOT through")}
_IDS_ONCE = {"sqlite_autoincrement": True}
_SAID = (
    ("link_requests", "through"),
    ("join_requests", "through"),
    ("address_claims", "through"),
    ("address_proposals", "through"),
    ("invitations", "uid_apart"),
)


def upgrade() -> None:
    with op.batch_alter_table("email_addresses", table_kwargs=_IDS_ONCE) as batch_op:
        batch_op.add_column(sa.Column("through", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.drop_constraint("uq_email_addresses_key", type_="unique")
        batch_op.create_unique_constraint("uq_email_addresses_key_person_id", ["key", "person_id"])
        batch_op.create_index("uq_email_addresses_own", ["key"], unique=True, **_WHERE)
    for table, column in _SAID:
        op.add_column(table, sa.Column(column, sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Of several behind one mailbox its owner keeps it, else who was reached through it first; the others lose it."""
    addresses = sa.table("email_addresses", sa.column("id"), sa.column("key"), sa.column("through", sa.Boolean))
    other = addresses.alias()
    first = (other.c.key == addresses.c.key) & (
        (~other.c.through & addresses.c.through)
        | ((other.c.through == addresses.c.through) & (other.c.id < addresses.c.id))
    )
    lost = sa.select(addresses.c.id).where(sa.select(other.c.id).where(first).exists())
    for table in ("invitations", "voters"):
        refers = sa.table(table, sa.column("address_id"))
        op.execute(sa.update(refers).where(refers.c.address_id.in_(lost)).values(address_id=None))
    op.execute(sa.delete(addresses).where(addresses.c.id.in_(lost.alias().select())))
    for table, column in _SAID:
        op.drop_column(table, column)
    with op.batch_alter_table("email_addresses", table_kwargs=_IDS_ONCE) as batch_op:
        batch_op.drop_index("uq_email_addresses_own", **_WHERE)
        batch_op.drop_constraint("uq_email_addresses_key_person_id", type_="unique")
        batch_op.create_unique_constraint("uq_email_addresses_key", ["key"])
        batch_op.drop_column("through")
