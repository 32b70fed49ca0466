"""What goes from invitations and registrations when a person is erased; that somebody was there stays counted."""

import sqlalchemy as sa

from app.database import db
from app.invitations import links
from app.invitations.models import Invitation
from app.network.models import Person
from app.registration.models import QuestionAnswer, Registration, RememberedAnswer


def forget(person: Person) -> None:
    invitations = list(db.session.scalars(sa.select(Invitation).where(Invitation.person_id == person.id)))
    for invitation in invitations:
        invitation.address = None
        links.revoke(invitation)
    db.session.flush()
    theirs = sa.select(Registration.id).where(Registration.invitation_id.in_([each.id for each in invitations]))
    db.session.execute(sa.delete(QuestionAnswer).where(QuestionAnswer.registration_id.in_(theirs)))
    db.session.execute(sa.delete(RememberedAnswer).where(RememberedAnswer.person_id == person.id))
