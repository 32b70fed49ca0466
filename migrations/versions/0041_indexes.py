"""Indexes that only repeat the first column of a unique one go: they cost each write, and misled PostgreSQL."""

from alembic import op

revision = "0041"
down_revision = "0040"

_REPEATED = {
    "audiences": "network_id",
    "contact_persons": "organisation_id",
    "invitations": "event_id",
    "questions": "event_id",
    "substitute_wishes": "invitation_id",
}


def upgrade() -> None:
    for table, column in _REPEATED.items():
        op.drop_index(op.f(f"ix_{table}_{column}"), table)


def downgrade() -> None:
    for table, column in _REPEATED.items():
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
