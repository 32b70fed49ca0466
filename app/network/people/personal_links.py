"""The personal link under every mail: who is this. Valid until the person is erased or the version is raised."""

from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload

from app import tokens
from app.database import db
from app.network.models import Membership
from app.network.people.models import Person, Position
from app.tokens import Purpose


def person_of_link(token: str) -> Person | None:
    """The person whose link this is, with their networks; None when it is wrong or revoked."""
    person_id, version = tokens.read_token(Purpose.PREFERENCES, token) or (0, 0)
    return load_person(person_id, version)


def load_person(person_id: int, version: int) -> Person | None:
    """The person with this id, if this version of their link is valid; after a merge the person they became."""
    person = _read_anew(_of_link(), person_id=person_id, version=version)
    while person is not None and person.merged_into_id is not None:
        person = _read_anew(_not_erased(), person_id=person.merged_into_id)
    return person


def _read_anew(wanted: sa.Select[Person], **values: int) -> Person | None:
    found = db.session.scalars(wanted, values, execution_options={"populate_existing": True})
    return found.unique().one_or_none()


@cache
def _of_link() -> sa.Select[Person]:
    return _not_erased().where(Person.preferences_version == sa.bindparam("version"))


@cache
def _not_erased() -> sa.Select[Person]:
    """With their networks, which every page asks for; few ask for the rest, and those read it when they do."""
    return (
        sa.select(Person)
        .where(Person.erased_at.is_(None), Person.id == sa.bindparam("person_id"))
        .options(
            joinedload(Person.memberships).joinedload(Membership.network),
            lazyload(Person.positions).joinedload(Position.organisation),
        )
    )
