"""Tables of what could not be done, and of when each job last got through."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.database import Condition, Model, Moment


class Setback(Model):
    """An item of a job that could not be done. Holds no text of the error, which may name people."""

    __tablename__ = "setbacks"

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(sa.String(60))
    item: Mapped[str] = mapped_column(sa.String(60))
    """What it is of the job: an id, or a few of them."""
    error: Mapped[str] = mapped_column(sa.String(200))
    """The kind of error and the line of the program where it was raised."""
    tries: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    next_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it is tried again; empty when it was set aside."""

    __table_args__ = (sa.UniqueConstraint("job", "item"),)

    @property
    def set_aside(self) -> bool:
        return self.next_at is None


class JobRun(Model):
    """How a job of the clockwork went last, on whichever machine."""

    __tablename__ = "job_runs"

    job: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    went_well_at: Mapped[datetime | None] = mapped_column(Moment)
    overdue_at: Mapped[datetime | None] = mapped_column(Moment)
    """By when it should have got through again."""
    failed_at: Mapped[datetime | None] = mapped_column(Moment)
    error: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")


SET_ASIDE: Condition = Setback.next_at.is_(None)
