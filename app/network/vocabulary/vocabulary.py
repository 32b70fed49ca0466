"""The managed list of roles that people have."""

import re

import sqlalchemy as sa

from app import folding
from app.database import db
from app.network import network_queries
from app.network.audiences import rule_rows
from app.network.vocabulary.models import Role
from app.row_journal import references_to


def add_role(name_nl: str, name_en: str, *, door: bool = False) -> Role | None:
    """Add a role at the end of the list; None when the name is there already."""
    if _same_role(name_nl):
        return None
    place = max((row.place for row in network_queries.list_roles()), default=-1) + 1
    row = Role(code=_free_code(name_nl), name_nl=name_nl, name_en=name_en, place=place, door=door)
    db.session.add(row)
    db.session.flush()
    return row


def change_role(row: Role, name_nl: str, name_en: str, *, door: bool = False) -> bool:
    """Another name, and whether the home has a way in for it. False when another role has that name."""
    if _same_role(name_nl) not in {None, row}:
        return False
    row.name_nl, row.name_en, row.door = name_nl, name_en, door
    return True


def count_uses(row: Role) -> int:
    """How often something names this role: positions, attendances, what is meant for it, and whether an audience asks for it."""
    uses = [
        sa.select(sa.func.count()).select_from(column.table).where(column == row.code).scalar_subquery()
        for column in references_to("roles")
    ]
    return sum(db.session.execute(sa.select(*uses)).one()) + int(rule_rows.is_named("roles", row.code))


def move_role_up(row: Role) -> None:
    """Move a role one place up in the list."""
    order = network_queries.list_roles()
    at = order.index(row)
    if at:
        order[at - 1], order[at] = order[at], order[at - 1]
    for place, each in enumerate(order):
        each.place = place


def _same_role(name: str) -> Role | None:
    wanted = folding.fold_accents(name)
    return next((row for row in network_queries.list_roles() if folding.fold_accents(row.name_nl) == wanted), None)


def _free_code(name: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", folding.fold_accents(name)).strip("-")[:36] or "rol"
    taken = set(db.session.scalars(sa.select(Role.code)))
    return next(code for code in (base, *(f"{base}-{number}" for number in range(2, 1000))) if code not in taken)
