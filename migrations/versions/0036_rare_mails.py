"""Mails of the kinds that may name others, and people of one name or who were erased, are found without reading all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0034"

_PLENTY = (
    "save_the_date", "invitation", "reminder", "last_places", "last_information", "thank_you", "confirmed",
    "event_changed", "event_cancelled", "evaluation", "thanks", "missed", "digest",
)  # fmt: skip
_RARE = sa.text(f"kind NOT IN ({', '.join(repr(kind) for kind in _PLENTY)})")
_ERASED = sa.text("erased_at IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_messages_rare", "messages", ["kind"], sqlite_where=_RARE, postgresql_where=_RARE)
    op.create_index("ix_people_name", "people", ["name"])
    op.create_index("ix_people_erased", "people", ["erased_at"], sqlite_where=_ERASED, postgresql_where=_ERASED)


def downgrade() -> None:
    op.drop_index("ix_people_erased", "people")
    op.drop_index("ix_people_name", "people")
    op.drop_index("ix_messages_rare", "messages")
