"""What is erased from the inbox with a person: all their mail, and what was reported on their addresses."""

import sqlalchemy as sa

from app.database import db
from app.inbox.models import Bounce, IncomingMail
from app.network.people import mailboxes
from app.network.people.models import Person
from app.outbox.models import Message


def erase_incoming_mail(person: Person) -> None:
    keys = mailboxes.keys_that_go(person)
    theirs = sa.select(Message.id).where(Message.person_id == person.id)
    for gone in (
        sa.delete(Bounce).where(sa.or_(Bounce.message_id.in_(theirs), Bounce.address.in_(keys))),
        sa.delete(IncomingMail).where(sa.or_(IncomingMail.person_id == person.id, IncomingMail.sender.in_(keys))),
    ):
        db.session.execute(gone.execution_options(synchronize_session=False))
