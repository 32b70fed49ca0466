"""What is erased from talks with a person: that they took part, and what was noted of a talk with them."""

import sqlalchemy as sa

from app.contact_moments.models import ContactMoment, contact_moment_people
from app.database import db
from app.network.people.models import Person


def erase_from_talks(person: Person) -> None:
    """The fact of a talk stays; its note was in their own copy, so it goes."""
    theirs = contact_moment_people.c.person_id == person.id
    talks = sa.select(contact_moment_people.c.contact_moment_id).where(theirs)
    blanked = sa.update(ContactMoment).where(ContactMoment.id.in_(talks)).values(note="")
    for gone in (blanked, sa.delete(contact_moment_people).where(theirs)):
        db.session.execute(gone.execution_options(synchronize_session=False))
