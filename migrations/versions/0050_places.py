"""A book of places with their rooms, filled from the sessions that are there; a session says in which room it is."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"

_LETTERS = str.maketrans(
    {"đ": "d", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ħ": "h", "ı": "i", "ŋ": "n", "ŧ": "t"}
)
_FILLED = ("name", "street", "town", "key", "route", "accessibility", "contact", "phone")
_places = sa.table("places", *(sa.column(name) for name in _FILLED))
_HELD = """
SELECT events.venue, events.street, events.town, events.directions
FROM events JOIN networks ON networks.id = events.network_id
WHERE events.on_site AND NOT events.confidential AND networks.listed AND events.venue <> '' AND events.town <> ''
ORDER BY events.starts_at DESC, events.id DESC
"""
"""Where sessions were that all organisers may know of, the newest first."""


def upgrade() -> None:
    op.create_table(
        "places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("street", sa.String(length=150), nullable=False),
        sa.Column("town", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("accessibility", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
        sa.UniqueConstraint("key", name=op.f("uq_places_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "rooms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_rooms_capacity")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_rooms_place_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("place_id", "key", name=op.f("uq_rooms_place_id_key")),
        sqlite_autoincrement=True,
    )
    op.add_column("events", sa.Column("room", sa.String(length=150), nullable=False, server_default=""))
    _fill_the_book()


def downgrade() -> None:
    """The book goes, with what was written in it alone; sessions keep all but their room."""
    op.drop_column("events", "room")
    op.drop_table("rooms")
    op.drop_table("places")


def _fill_the_book() -> None:
    found: dict[str, dict[str, str]] = {}
    for venue, street, town, directions in op.get_bind().execute(sa.text(_HELD)):
        key = f"{_fold(venue)}|{_fold(town)}"[:300]
        row = dict.fromkeys(_FILLED, "") | {"name": venue, "street": street, "town": town, "route": directions}
        found.setdefault(key, row | {"key": key})
    if found:
        op.bulk_insert(_places, list(found.values()))


def _fold(text: str) -> str:
    """As the program compares names: without capitals, accents, and signs between words."""
    plain = text.casefold().translate(_LETTERS)
    plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", plain)) or text.strip()
