"""What organisers note about somebody belongs to a network, and no longer to all networks of that person."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

COPIED = """
INSERT INTO network_notes (person_id, network_id, text)
SELECT people.id, networks.id, people.notes FROM people CROSS JOIN networks WHERE people.notes <> '' AND (
    EXISTS (SELECT 1 FROM memberships
        WHERE memberships.person_id = people.id AND memberships.network_id = networks.id)
    OR EXISTS (SELECT 1 FROM invitations JOIN events ON events.id = invitations.event_id
        WHERE invitations.person_id = people.id AND events.network_id = networks.id))
"""
"""Each network whose organisers could read a note keeps it."""


def upgrade() -> None:
    op.create_table(
        "network_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"],
            ["networks.id"],
            name=op.f("fk_network_notes_network_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_network_notes_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_notes")),
        sa.UniqueConstraint("person_id", "network_id", name=op.f("uq_network_notes_person_id_network_id")),
    )
    with op.batch_alter_table("network_notes") as batch_op:
        batch_op.create_index(batch_op.f("ix_network_notes_network_id"), ["network_id"])
    op.execute(COPIED)
    with op.batch_alter_table("people") as batch_op:
        batch_op.drop_column("notes")


def downgrade() -> None:
    with op.batch_alter_table("people") as batch_op:
        batch_op.add_column(sa.Column("notes", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("people") as batch_op:
        batch_op.alter_column("notes", server_default=None)
    people = sa.table("people", sa.column("id"), sa.column("notes"))
    notes = sa.table("network_notes", sa.column("person_id"), sa.column("text"), sa.column("id"))
    texts: dict[int, list[str]] = {}
    for number, text in op.get_bind().execute(sa.select(notes.c.person_id, notes.c.text).order_by(notes.c.id)):
        if text not in texts.setdefault(number, []):
            texts[number].append(text)
    for number, mine in texts.items():
        op.execute(sa.update(people).where(people.c.id == number).values(notes="\n".join(mine)))
    op.drop_table("network_notes")
