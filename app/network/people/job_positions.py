"""Where people work, since when and until when."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app import clock
from app.database import db
from app.network.organisations.models import Organisation
from app.network.people.models import Person, Position
from app.network.vocabulary.models import Role


def add_or_change_position(
    person: Person, organisation: Organisation, role: Role | None = None, title: str = "", **period: date | None
) -> Position:
    """Give somebody a position; the same organisation and role is changed rather than doubled."""
    role_code = role.code if role else None
    position = next(
        (
            each
            for each in person.positions
            if each.organisation_id == organisation.id and each.ends_on is None and each.role_code in {role_code, None}
        ),
        None,
    )
    if position is None:
        position = Position(organisation_id=organisation.id)
        person.positions.append(position)
    position.role_code = role_code or position.role_code
    position.title = title or position.title
    for name, day in period.items():
        setattr(position, name, day or getattr(position, name))
    return position


def add_positions(rows: Collection[Mapping[str, Any]]) -> None:
    """Give people who have none yet a position each, by the columns of it."""
    if rows:
        db.session.execute(sa.insert(Position).returning(Position.id), [dict(row) for row in rows])


def take_position(
    person: Person,
    organisation: Organisation,
    role: Role | None = None,
    title: str = "",
    starts_on: date | None = None,
    *,
    instead: bool = False,
) -> Position:
    """Give somebody a position; `instead` ends what they hold now, which stays as history."""
    if instead:
        for held in person.positions:
            same = held.organisation_id == organisation.id and held.role_code in {role.code if role else None, None}
            if is_held_on(held) and not same:
                end_position_before(held, starts_on or clock.today())
    return add_or_change_position(
        person, organisation, role, title, starts_on=starts_on or (clock.today() if instead else None)
    )


def end_position_before(position: Position, day: date) -> None:
    """A position ends the day before somebody begins elsewhere; what they did there stays where it was."""
    position.ends_on = max(day - timedelta(days=1), position.starts_on or date.min)


def is_held_on(position: Position, day: date | None = None) -> bool:
    """Whether somebody has this position on a day, today by default."""
    day = day or clock.today()
    return (position.starts_on is None or position.starts_on <= day) and (
        position.ends_on is None or position.ends_on >= day
    )


def has_left(
    person_id: sa.SQLColumnExpression[int], organisation_id: sa.SQLColumnExpression[int]
) -> sa.ColumnElement[bool]:
    """The condition that somebody worked at an organisation and does so no more; not of who never did, as far as we know."""
    there = (Position.person_id == person_id, Position.organisation_id == organisation_id)
    past = Position.ends_on < clock.today()
    lasts = sa.or_(Position.ends_on.is_(None), Position.ends_on >= clock.today())
    return sa.and_(sa.exists().where(*there, past), ~sa.exists().where(*there, lasts))


def workplace_id(person_id: int, day: date | None = None) -> int | None:
    """Id of the organisation where somebody works on a day, today by default; the latest when there are more."""
    return db.session.scalar(WORKPLACE, {"person_id": person_id, "day": day or clock.today()})


def post_on(person_id: int, day: date) -> tuple[int | None, str | None]:
    """Where somebody works on a day, as `workplace_id` has it, and the role that they have there."""
    found = db.session.execute(_POST, {"person_id": person_id, "day": day}).one_or_none()
    return (found.organisation_id, found.role_code) if found else (None, None)


_POST = (
    sa.select(Position.organisation_id, Position.role_code)
    .where(Position.person_id == sa.bindparam("person_id"))
    .where(sa.or_(Position.starts_on.is_(None), Position.starts_on <= sa.bindparam("day", type_=sa.Date)))
    .where(sa.or_(Position.ends_on.is_(None), Position.ends_on >= sa.bindparam("day", type_=sa.Date)))
    .order_by(Position.starts_on.desc().nulls_last(), Position.id.desc())
    .limit(1)
)
"""Of the person `person_id` on a `day`."""
WORKPLACE = _POST.with_only_columns(Position.organisation_id)
"""The same without the role."""


_OTHER = aliased(Position)
IS_CURRENT = (
    Position.id
    == sa.select(sa.func.max(_OTHER.id))
    .where(_OTHER.person_id == Person.id)
    .where(sa.or_(_OTHER.starts_on.is_(None), _OTHER.starts_on <= sa.bindparam("day", type_=sa.Date)))
    .where(sa.or_(_OTHER.ends_on.is_(None), _OTHER.ends_on >= sa.bindparam("day", type_=sa.Date)))
    .scalar_subquery()
)
"""Whether it is what `current_position` gives, of a Person on a `day`."""


def current_position(person: Person) -> Position | None:
    """The position somebody has now, the latest when there are more."""
    return next((each for each in reversed(person.positions) if is_held_on(each)), None)
