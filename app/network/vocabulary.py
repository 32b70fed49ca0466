"""The managed lists of words: roles that people have and themes that they are interested in."""

import re

import sqlalchemy as sa

from app.database import Condition, db
from app.network import names
from app.network.models import ContactPerson, Position, Role, Topic, interests

_MODELS: dict[str, type[Role] | type[Topic]] = {"roles": Role, "topics": Topic}
Word = Role | Topic


def rows(which: str) -> list[Word]:
    """The list, 'roles' or 'topics', in its order."""
    model = _MODELS[which]
    return list(db.session.scalars(sa.select(model).order_by(model.place, model.name_nl)))


def find(which: str, key: str) -> Word | None:
    if which == "topics":
        return db.session.get(Topic, int(key)) if key.isdigit() else None
    return db.session.get(Role, key)


def add(which: str, name_nl: str, name_en: str) -> Word | None:
    """A word at the end of the list; None when the name stands there already."""
    if _same(which, name_nl):
        return None
    place = max((row.place for row in rows(which)), default=-1) + 1
    row = Topic(place=place) if which == "topics" else Role(code=_code(name_nl), place=place)
    row.name_nl, row.name_en = name_nl, name_en
    db.session.add(row)
    db.session.flush()
    return row


def rename(which: str, row: Word, name_nl: str, name_en: str) -> bool:
    """False when another word has that name."""
    if _same(which, name_nl) not in {None, row}:
        return False
    row.name_nl, row.name_en = name_nl, name_en
    return True


def used(which: str, row: Word) -> int:
    """How many positions, people and contact persons have this word."""
    if which == "roles":
        return _count(Position.role_code == _key(row))
    return _count(interests.c.topic_id == _key(row)) + _count(ContactPerson.topic_id == _key(row))


def move_up(which: str, row: Word) -> None:
    """One place up in the list."""
    order = rows(which)
    at = order.index(row)
    if at:
        order[at - 1], order[at] = order[at], order[at - 1]
    for place, each in enumerate(order):
        each.place = place


def restore(which: str, key: str, name_nl: str, name_en: str, place: int) -> None:
    """Bring back a word that was removed."""
    if find(which, key) is None and not _same(which, name_nl):
        own = {"id": int(key)} if which == "topics" else {"code": key}
        db.session.add(_MODELS[which](**own, name_nl=name_nl, name_en=name_en, place=place))


def _key(row: Word) -> str | int:
    return row.code if isinstance(row, Role) else row.id


def _count(condition: Condition) -> int:
    return db.session.scalars(sa.select(sa.func.count()).where(condition)).one()


def _same(which: str, name: str) -> Word | None:
    return next((row for row in rows(which) if names.plain(row.name_nl) == names.plain(name)), None)


def _code(name: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", names.plain(name)).strip("-")[:36] or "rol"
    taken = set(db.session.scalars(sa.select(Role.code)))
    return next(code for code in (base, *(f"{base}-{number}" for number in range(2, 1000))) if code not in taken)
