"""The managed lists of words: roles that people have and themes that they are interested in."""

import re

import sqlalchemy as sa

from app import folding
from app.attendance.models import Attendance
from app.database import Condition, db
from app.network.audiences import rule_rows
from app.network.organisations.models import ContactPerson
from app.network.people.models import Position, interests
from app.network.vocabulary.models import Role
from app.rows import read_row_number
from app.themes import themes
from app.themes.models import Theme

_MODELS: dict[str, type[Role] | type[Theme]] = {"roles": Role, "themes": Theme}
Word = Role | Theme


def list_vocabulary_words(which: str) -> list[Word]:
    """The list, 'roles' or 'themes', in its order."""
    model = _MODELS[which]
    return list(db.session.scalars(sa.select(model).order_by(model.place, model.name_nl)))


def find_vocabulary_word(which: str, key: str) -> Word | None:
    if which == "themes":
        return db.session.get(Theme, read_row_number(key) or 0)
    return db.session.get(Role, key)


def add_vocabulary_word(which: str, name_nl: str, name_en: str) -> Word | None:
    """Add a word at the end of the list; None when the name is there already."""
    if _same_word(which, name_nl):
        return None
    if which == "themes":
        return themes.add_theme(name_nl, name_en)
    place = max((row.place for row in list_vocabulary_words(which)), default=-1) + 1
    row = Role(code=_free_code(name_nl), name_nl=name_nl, name_en=name_en, place=place)
    db.session.add(row)
    db.session.flush()
    return row


def rename_vocabulary_word(which: str, row: Word, name_nl: str, name_en: str) -> bool:
    """False when another word has that name."""
    if _same_word(which, name_nl) not in {None, row}:
        return False
    row.name_nl, row.name_en = name_nl, name_en
    return True


def count_uses(which: str, row: Word) -> int:
    """How many positions, attendances, people and contact persons have this word, and whether an audience asks for it."""
    asked = int(rule_rows.is_named(row.__tablename__, _key(row)))
    if which == "roles":
        return asked + _count_rows(Position.role_code == _key(row)) + _count_rows(Attendance.role_code == _key(row))
    return asked + _count_rows(interests.c.theme_id == _key(row)) + _count_rows(ContactPerson.theme_id == _key(row))


def move_vocabulary_word_up(which: str, row: Word) -> None:
    """Move a word one place up in the list."""
    order = list_vocabulary_words(which)
    at = order.index(row)
    if at:
        order[at - 1], order[at] = order[at], order[at - 1]
    for place, each in enumerate(order):
        each.place = place


def _key(row: Word) -> str | int:
    return row.code if isinstance(row, Role) else row.id


def _count_rows(condition: Condition) -> int:
    return db.session.scalars(sa.select(sa.func.count()).where(condition)).one()


def _same_word(which: str, name: str) -> Word | None:
    return next(
        (
            row
            for row in list_vocabulary_words(which)
            if folding.fold_accents(row.name_nl) == folding.fold_accents(name)
        ),
        None,
    )


def _free_code(name: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", folding.fold_accents(name)).strip("-")[:36] or "rol"
    taken = set(db.session.scalars(sa.select(Role.code)))
    return next(code for code in (base, *(f"{base}-{number}" for number in range(2, 1000))) if code not in taken)
