"""Who was erased, as numbers in a file beside the database: a backup from before is erased again when it is restored.

A line is the id of a person and the moment at which their row was made, which together name a row of this installation
and nobody to whoever reads the file.
"""

from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.database import db
from app.network.people import people
from app.network.people.models import Person

_KEY = "erased_numbers"


def connect() -> None:
    """Write a number down once its erasing is committed, and not when it is taken back."""
    people.erased.connect(_remember)
    for name, listener in (("after_commit", _write_down), ("after_rollback", _forget)):
        if not event.contains(Session, name, listener):
            event.listen(Session, name, listener)


def erase_again() -> int:
    """Erase whoever a restored backup brought back; returns how many. Commits."""
    lines = set(_lines())
    person_ids = [int(line.split()[0]) for line in lines]
    known = sa.select(Person).where(Person.id.in_(person_ids), Person.erased_at.is_(None))
    back = [person for person in db.session.scalars(known) if _line_of(person) in lines]
    for person in back:
        people.erase_person(person)
    db.session.commit()
    return len(back)


def _path() -> Path:
    return Path(current_app.instance_path) / "erased-people.txt"


def _lines() -> list[str]:
    return _path().read_text().splitlines() if _path().exists() else []


def _line_of(person: Person) -> str:
    return f"{person.id} {person.created_at:%Y%m%dT%H%M%S%f}"


def _remember(person: Person) -> None:
    db.session().info.setdefault(_KEY, []).append(_line_of(person))


def _write_down(session: Session) -> None:
    lines = [line for line in session.info.pop(_KEY, ()) if line not in _lines()]
    if lines:
        with _path().open("a") as out:
            out.write("".join(f"{line}\n" for line in lines))


def _forget(session: Session) -> None:
    session.info.pop(_KEY, None)
