"""What a person wants to hear, and how often; changed by personal link, without an account."""

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app import clock, tokens
from app.database import db
from app.network.models import DigestFrequency, Language, Membership, Person
from app.tokens import Purpose


def find(token: str) -> Person | None:
    """Whose link this is, with their networks; None when it is wrong or revoked."""
    number, version = tokens.read(Purpose.PREFERENCES, token) or (0, 0)
    return load(number, version)


def load(number: int, version: int) -> Person | None:
    wanted = (
        sa.select(Person)
        .where(Person.id == number, Person.preferences_version == version, Person.erased_at.is_(None))
        .options(selectinload(Person.memberships).joinedload(Membership.network), selectinload(Person.addresses))
    )
    return db.session.scalar(wanted, execution_options={"populate_existing": True})


def change(person: Person, frequency: DigestFrequency, language: Language, mail: set[int], digest: set[int]) -> None:
    """Keep what a person wants: `mail` and `digest` are ids of networks for invitations and for news."""
    person.digest, person.language = frequency, language
    for membership in person.memberships:
        membership.in_digest = membership.network_id in digest
        if membership.network_id in mail:
            membership.unsubscribed_at = None
        elif membership.unsubscribed_at is None:
            membership.unsubscribed_at = clock.now()


def stop(person: Person) -> None:
    """No digest any more; invitations go on."""
    person.digest = DigestFrequency.NEVER
