"""Who shows themselves to whom, and what members write to each other through us."""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0061"


def _key(table: str, column: str, other: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))


def upgrade() -> None:
    op.create_table(
        "visibilities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("audience", sa.String(length=32), nullable=False),
        sa.Column("wording", sa.String(length=300), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(network_id IS NULL) <> (event_id IS NULL)", name=op.f("ck_visibilities_where")),
        sa.CheckConstraint("(field = 'comes') = (event_id IS NOT NULL)", name=op.f("ck_visibilities_comes")),
        sa.CheckConstraint(
            "(audience = 'participants') = (event_id IS NOT NULL)", name=op.f("ck_visibilities_to_whom")
        ),
        sa.CheckConstraint(
            "field IN ('name', 'role', 'themes', 'knows', 'seeks', 'picture', 'contact', 'comes')",
            name=op.f("ck_visibilities_shown"),
        ),
        sa.CheckConstraint("audience IN ('members', 'participants')", name=op.f("ck_visibilities_audience")),
        _key("visibilities", "event_id", "events"),
        _key("visibilities", "network_id", "networks"),
        _key("visibilities", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visibilities")),
        sqlite_autoincrement=True,
    )
    _index("visibilities", "person_id")
    for name, columns in (
        ("uq_visibilities_of_network", ["network_id", "field", "person_id"]),
        ("uq_visibilities_of_event", ["event_id", "person_id"]),
    ):
        holds = sa.text("withdrawn_at IS NULL")
        op.create_index(name, "visibilities", columns, unique=True, sqlite_where=holds, postgresql_where=holds)
    op.create_table(
        "listings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("knows", sa.String(length=200), nullable=False),
        sa.Column("seeks", sa.String(length=200), nullable=False),
        sa.Column("found_by", sa.String(length=420), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        _key("listings", "network_id", "networks"),
        _key("listings", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings")),
        sa.UniqueConstraint("person_id", "network_id", name=op.f("uq_listings_person_id_network_id")),
        sqlite_autoincrement=True,
    )
    _index("listings", "network_id")
    op.create_table(
        "listing_pictures",
        sa.Column("listing_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        _key("listing_pictures", "listing_id", "listings"),
        sa.PrimaryKeyConstraint("listing_id", name=op.f("pk_listing_pictures")),
    )
    _create_messages()


def _create_messages() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("sender_id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("answers_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("shows_address", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("sender_id <> recipient_id", name=op.f("ck_contacts_two")),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'stopped')", name=op.f("ck_contacts_contactstate")),
        _key("contacts", "answers_id", "contacts", "SET NULL"),
        _key("contacts", "network_id", "networks"),
        _key("contacts", "recipient_id", "people"),
        _key("contacts", "sender_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sqlite_autoincrement=True,
    )
    for columns in (
        ("answers_id",),
        ("created_at",),
        ("recipient_id",),
        ("sender_id", "created_at"),
        ("network_id", "reported_at"),
    ):
        _index("contacts", *columns)
    op.create_table(
        "blocks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("blocked_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("person_id <> blocked_id", name=op.f("ck_blocks_two")),
        _key("blocks", "blocked_id", "people"),
        _key("blocks", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocks")),
        sa.UniqueConstraint("person_id", "blocked_id", name=op.f("uq_blocks_person_id_blocked_id")),
        sqlite_autoincrement=True,
    )
    _index("blocks", "blocked_id")
    op.create_table(
        "writing_stops",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _key("writing_stops", "account_id", "accounts", "SET NULL"),
        _key("writing_stops", "network_id", "networks"),
        _key("writing_stops", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_writing_stops")),
        sa.UniqueConstraint("network_id", "person_id", name=op.f("uq_writing_stops_network_id_person_id")),
        sqlite_autoincrement=True,
    )
    _index("writing_stops", "account_id")
    _index("writing_stops", "person_id")


def downgrade() -> None:
    """Nobody is in a list any more; every yes and message is forgotten."""
    for table in ("writing_stops", "blocks", "contacts", "listing_pictures", "listings", "visibilities"):
        op.drop_table(table)
