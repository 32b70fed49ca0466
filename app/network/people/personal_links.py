"""The personal link under every mail: who is this. Valid until the person is erased or the version is raised."""

from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app import tokens
from app.database import db
from app.network.models import Membership
from app.network.people.models import Person, Position
from app.tokens import Purpose


def person_of_link(token: str) -> Person | None:
    """The person whose link this is, with their networks; None when it is wrong or revoked."""
    number, version = tokens.read_token(Purpose.PREFERENCES, token) or (0, 0)
    return load_person(number, version)


def load_person(number: int, version: int) -> Person | None:
    """The person with this id, if this version of their link is valid; after a merge the person they became."""
    fresh = {"populate_existing": True}
    person = db.session.scalar(_of_link(), {"number": number, "version": version}, execution_options=fresh)
    while person is not None and person.merged_into_id is not None:
        person = db.session.scalar(_not_erased(), {"number": person.merged_into_id}, execution_options=fresh)
    return person


@cache
def _of_link() -> sa.Select[Person]:
    return _not_erased().where(Person.preferences_version == sa.bindparam("version"))


@cache
def _not_erased() -> sa.Select[Person]:
    return (
        sa.select(Person)
        .where(Person.erased_at.is_(None), Person.id == sa.bindparam("number"))
        .options(
            selectinload(Person.memberships).joinedload(Membership.network),
            selectinload(Person.addresses),
            selectinload(Person.positions).joinedload(Position.organisation),
            selectinload(Person.topics),
        )
    )
