"""Why a mail did not leave, and why a partner's calendar could not be read, are values and no longer sentences."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

REASONS = {
    "closed or handed over": "closed",
    "its owner left the network": "owner_left",
    "the seats were withdrawn or answering has closed": "seats_withdrawn",
    "wants no digest": "no_digest",
    "no longer among the recipients": "no_recipient",
    "no longer holds": "no_longer_holds",
    "overtaken by a later letter": "overtaken",
    "had enough mail this week": "enough_mail",
    "event cancelled": "event_cancelled",
    "another colleague was named": "another_named",
    "answered or closed before the digest": "too_late_for_digest",
    "withdrawn by an organiser": "withdrawn",
    "the person was erased": "erased",
    "the worker ended while sending": "interrupted",
    "answered already": "answered",
    "the impression was withdrawn": "impression_withdrawn",
    "wants no mail of this network": "unsubscribed",
    "nothing new": "nothing_new",
}
TROUBLE = ("no_address", "inside", "no_answer", "refused", "gone", "too_big", "no_calendar")


def upgrade() -> None:
    for table, column in (("messages", "response"), ("message_history", "words")):
        words = sa.column(column)
        kept = sa.table(table, words)
        unwritten = words.like("could not be written: %")
        new = sa.case(REASONS, value=words, else_="not_written")
        op.execute(sa.update(kept).where(sa.or_(words.in_(list(REASONS)), unwritten)).values({column: new}))
    with op.batch_alter_table("outside_calendars") as batch_op:
        batch_op.alter_column("trouble", existing_type=sa.String(60), type_=sa.String(32), nullable=True)
    op.execute("UPDATE outside_calendars SET trouble = NULL WHERE trouble = ''")
    with op.batch_alter_table("outside_calendars") as batch_op:
        batch_op.create_check_constraint(batch_op.f("ck_outside_calendars_trouble"), sa.text(f"trouble IN {TROUBLE}"))
