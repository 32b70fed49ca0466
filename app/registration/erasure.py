"""What is erased from invitations and registrations with a person; a place in what is to come goes to others, attendance stays counted."""

import sqlalchemy as sa

from app.database import db
from app.invitations import invitation_links
from app.invitations.models import HistoryEntry, Invitation
from app.network.people import mailboxes
from app.network.people.models import Person
from app.registration import answers
from app.registration.models import (
    Allotment,
    CalendarReply,
    NeedListMail,
    QuestionAnswer,
    Registration,
    RememberedAnswer,
    SubstituteWish,
)


def leave_ahead(person: Person) -> None:
    """Give up somebody's places one by one, each saved: erasing them holds nobody up for long."""
    answers.leave_courses(person)
    db.session.commit()
    for invitation in answers.places_to_come(person):
        answers.drop_out(invitation)
        db.session.commit()


def erase_registrations(person: Person) -> None:
    theirs = Invitation.person_id == person.id
    answers.leave_courses(person)
    for invitation in answers.places_to_come(person):
        answers.drop_out(invitation)
    db.session.flush()
    invitation_links.revoke_links_and_addresses(theirs)
    invitation_ids = list(db.session.scalars(sa.select(Invitation.id).where(theirs)))
    keys = mailboxes.keys_that_go(person)
    registered = sa.select(Registration.id).where(Registration.invitation_id.in_(invitation_ids))
    wishes = sa.or_(SubstituteWish.invitation_id.in_(invitation_ids), SubstituteWish.address.in_(keys))
    blank = sa.update(HistoryEntry).values(words="", by_address="")
    theirs_or_by_them = sa.or_(HistoryEntry.invitation_id.in_(invitation_ids), HistoryEntry.by_address.in_(keys))
    contact = sa.update(Allotment).where(Allotment.contact_id == person.id)
    for change in (
        contact.values(contact_id=None, token_version=Allotment.token_version % 255 + 1),
        sa.delete(SubstituteWish).where(wishes),
        sa.delete(NeedListMail).where(sa.func.lower(NeedListMail.address).in_(keys)),
        sa.delete(CalendarReply).where(CalendarReply.invitation_id.in_(invitation_ids)),
        blank.where(theirs_or_by_them),
    ):
        db.session.execute(change.execution_options(synchronize_session=False))
    db.session.execute(sa.delete(QuestionAnswer).where(QuestionAnswer.registration_id.in_(registered)))
    db.session.execute(sa.delete(RememberedAnswer).where(RememberedAnswer.person_id == person.id))
