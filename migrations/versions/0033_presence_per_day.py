"""Somebody is present on a day of an event; who was there keeps the day on which they were checked in. A vote for a date knows when it was given."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

_STEP = 1_000
_NIGHT = timedelta(hours=12)
_attendances = sa.table(
    "attendances",
    *(sa.column(name) for name in ("id", "event_id", "invitation_id", "entry")),
    sa.column("day", sa.Date()),
    sa.column("at", sa.DateTime(timezone=True)),
)
_events = sa.table(
    "events",
    *(sa.column(name) for name in ("id", "zone")),
    *(sa.column(name, sa.DateTime(timezone=True)) for name in ("starts_at", "ends_at")),
)
_merges = sa.table("merges", sa.column("id"), sa.column("journal", sa.JSON()))


def upgrade() -> None:
    op.add_column("poll_votes", sa.Column("given_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("poll_votes", sa.Column("given_sequence", sa.Integer(), nullable=True))
    op.add_column("attendances", sa.Column("day", sa.Date(), nullable=True))
    _give_days()
    _rewrite_journals(_with_day)
    last = _last_id()
    with op.batch_alter_table("attendances", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.alter_column("day", existing_type=sa.Date(), nullable=False)
        batch_op.drop_constraint(batch_op.f("uq_attendances_invitation_id"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_attendances_invitation_id_day"), ["invitation_id", "day"])
        batch_op.drop_index("ix_attendances_event_id_mode")
        batch_op.create_index("ix_attendances_event_id_day_mode", ["event_id", "day", "mode"])
    _keep_last_id(last)


def downgrade() -> None:
    """Of somebody who was there on several days the first stays; who walked in on any of them walked in."""
    _join_days()
    _rewrite_journals(_without_day)
    last = _last_id()
    with op.batch_alter_table("attendances", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_index("ix_attendances_event_id_day_mode")
        batch_op.create_index("ix_attendances_event_id_mode", ["event_id", "mode"])
        batch_op.drop_constraint(batch_op.f("uq_attendances_invitation_id_day"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_attendances_invitation_id"), ["invitation_id"])
        batch_op.drop_column("day")
    _keep_last_id(last)
    op.drop_column("poll_votes", "given_sequence")
    op.drop_column("poll_votes", "given_at")


def _give_days() -> None:
    """The day of the check-in, else the first day of the event; a step of rows at a time."""
    connection, last = op.get_bind(), 0
    wanted = (
        sa.select(_attendances.c.id, _attendances.c.at, _events.c.starts_at, _events.c.ends_at, _events.c.zone)
        .join(_events, _events.c.id == _attendances.c.event_id)
        .order_by(_attendances.c.id)
        .limit(_STEP)
    )
    change = sa.update(_attendances).where(_attendances.c.id == sa.bindparam("number")).values(day=sa.bindparam("when"))
    while rows := connection.execute(wanted.where(_attendances.c.id > last)).all():
        connection.execute(change, [{"number": row.id, "when": _day_of(row.at, row)} for row in rows])
        last = rows[-1].id


def _day_of(moment: datetime, event: sa.Row) -> date:
    zone, at, start, end = ZoneInfo(event.zone), *(_aware(each) for each in (moment, event.starts_at, event.ends_at))
    first, last = (each.astimezone(zone).date() for each in (start, end - timedelta(microseconds=1)))
    day = at.astimezone(zone).date()
    return day if end - start > _NIGHT and first <= day <= last else first


def _aware(moment: datetime) -> datetime:
    """SQLite keeps moments in UTC, without saying so."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _rewrite_journals(rewrite: Callable[[dict], dict]) -> None:
    """What a merge deleted comes back when it is undone, in the columns of that time."""
    connection = op.get_bind()
    named = sa.cast(_merges.c.journal, sa.Text).like('%"attendances"%')
    for row in connection.execute(sa.select(_merges).where(named)).all():
        journal = [rewrite(each) if each["table"] == "attendances" and "row" in each else each for each in row.journal]
        connection.execute(sa.update(_merges).where(_merges.c.id == row.id).values(journal=journal))


def _with_day(entry: dict) -> dict:
    wanted = sa.select(_events.c.starts_at, _events.c.ends_at, _events.c.zone).where(
        _events.c.id == entry["row"]["event_id"]
    )
    event = op.get_bind().execute(wanted).one()
    day = _day_of(datetime.fromisoformat(entry["row"]["at"]), event)
    return entry | {"row": entry["row"] | {"day": day.isoformat()}}


def _without_day(entry: dict) -> dict:
    return entry | {"row": {name: value for name, value in entry["row"].items() if name != "day"}}


def _join_days() -> None:
    other = _attendances.alias()
    same = other.c.invitation_id == _attendances.c.invitation_id
    walked_in = sa.select(other.c.id).where(same, other.c.entry == "walk_in").exists()
    earlier = sa.select(other.c.id).where(same, other.c.day < _attendances.c.day).exists()
    op.execute(sa.update(_attendances).where(walked_in).values(entry="walk_in"))
    op.execute(sa.delete(_attendances).where(earlier))


def _last_id() -> int | None:
    """The highest id that was ever given: SQLite forgets it with the table that it rebuilds."""
    if op.get_bind().dialect.name != "sqlite":
        return None
    return op.get_bind().scalar(sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'attendances'"))


def _keep_last_id(last: int | None) -> None:
    if last is not None:
        connection = op.get_bind()
        connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = 'attendances'"))
        connection.execute(
            sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES ('attendances', :last)"), {"last": last}
        )
