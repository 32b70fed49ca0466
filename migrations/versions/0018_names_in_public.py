"""Who agreed to stand in public: the owner of a commitment, a speaker, people on a picture.

Nobody was asked before. So owners are named nowhere until they say yes, and the files of published impressions are made
anew without them. Speakers of sessions that were announced stand there already and keep their name; those of drafts
are asked. A picture that comes with an impression is out of public sight until its organiser says who is on it; other
attachments stay. What is in a letter has been sent, and stays.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

PEOPLE_SHOWN = ("nobody", "agreed", "unasked")
_OF_PICTURES = ("attachments", "letter_images")


def upgrade() -> None:
    with op.batch_alter_table("commitments") as batch_op:
        batch_op.add_column(sa.Column("named_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE documents SET content = NULL, made_at = NULL")
    with op.batch_alter_table("speakers") as batch_op:
        batch_op.add_column(sa.Column("agreed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(
        "UPDATE speakers SET agreed = true WHERE slot_id IN"
        " (SELECT slots.id FROM slots JOIN events ON events.id = slots.event_id WHERE events.state <> 'draft')"
    )
    with op.batch_alter_table("speakers") as batch_op:
        batch_op.alter_column("agreed", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
    for table in _OF_PICTURES:
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("people_shown", sa.String(32), server_default="nobody", nullable=False))
    op.execute(
        "UPDATE attachments SET people_shown = 'unasked'"
        " WHERE lower(name) LIKE '%.png' OR lower(name) LIKE '%.jpg' OR lower(name) LIKE '%.jpeg'"
    )
    op.execute("UPDATE letter_images SET people_shown = 'unasked'")
    for table in _OF_PICTURES:
        with op.batch_alter_table(table) as batch_op:
            batch_op.create_check_constraint(
                batch_op.f(f"ck_{table}_peopleshown"), sa.text(f"people_shown IN {PEOPLE_SHOWN}")
            )
            batch_op.alter_column(
                "people_shown", existing_type=sa.String(32), existing_nullable=False, server_default=None
            )


def downgrade() -> None:
    for table in _OF_PICTURES:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"ck_{table}_peopleshown"), type_="check")
            batch_op.drop_column("people_shown")
    with op.batch_alter_table("speakers") as batch_op:
        batch_op.drop_column("agreed")
    with op.batch_alter_table("commitments") as batch_op:
        batch_op.drop_column("named_at")
