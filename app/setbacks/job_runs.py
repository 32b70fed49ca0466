"""How the jobs of the clockwork went: when each last got through, on whichever machine."""

from collections.abc import Mapping
from datetime import timedelta
from time import monotonic

import sqlalchemy as sa

from app import clock
from app.database import db, insert_new, rows_changed
from app.setbacks.models import JobRun
from app.setbacks.one_by_one import describe_error

NOTED_EVERY = 60
"""Seconds between two notes that a job goes well; it may run every two."""
SILENT = timedelta(minutes=30)
"""How long after its next run was due a job may not have got through; after that, something holds it."""
_noted: dict[str, float] = {}


def expect_jobs(intervals: Mapping[str, int]) -> None:
    """A worker begins: from now on these, by name with the seconds between two runs, should get through.

    What is no job any more is forgotten.
    """
    db.session.execute(sa.delete(JobRun).where(JobRun.job.not_in(intervals)))
    for name, seconds in intervals.items():
        note_good_run(name, seconds)


def note_good_run(job: str, seconds: int) -> None:
    """A job that begins every so many seconds got through."""
    last = _noted.get(job)
    if last is None or monotonic() - last > NOTED_EVERY:
        now = clock.now()
        _note(job, went_well_at=now, overdue_at=now + timedelta(seconds=seconds) + SILENT, error="")
        _noted[job] = monotonic()


def note_failed_run(job: str, error: BaseException) -> None:
    """A job failed as a whole; its next run may go well."""
    _note(job, failed_at=clock.now(), error=describe_error(error))
    _noted.pop(job, None)


def list_troubled_jobs() -> list[JobRun]:
    """Jobs that failed when they last ran, or should have got through by now."""
    failed = JobRun.failed_at >= sa.func.coalesce(JobRun.went_well_at, JobRun.failed_at)
    overdue = JobRun.overdue_at < clock.now()
    return list(db.session.scalars(sa.select(JobRun).where(sa.or_(overdue, failed)).order_by(JobRun.job)))


def is_job_overdue(job: str) -> bool:
    """Whether a job was expected and did not get through since."""
    return any(run.job == job for run in list_troubled_jobs())


def _note(job: str, **values: object) -> None:
    changed = sa.update(JobRun).where(JobRun.job == job).values(**values)
    if not rows_changed(changed.execution_options(synchronize_session=False)):
        db.session.execute(insert_new(JobRun.__table__, "job").values({"job": job, **values}))
    db.session.commit()
