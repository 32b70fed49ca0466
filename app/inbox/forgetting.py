"""What goes from the inbox when a person is erased: every mail of theirs, and what was reported on their addresses."""

import sqlalchemy as sa

from app.database import db
from app.inbox.models import Bounce, IncomingMail
from app.network.models import Person
from app.outbox.models import Message


def forget(person: Person) -> None:
    keys = [address.key for address in person.addresses]
    theirs = sa.select(Message.id).where(Message.person_id == person.id)
    for gone in (
        sa.delete(Bounce).where(sa.or_(Bounce.message_id.in_(theirs), Bounce.address.in_(keys))),
        sa.delete(IncomingMail).where(sa.or_(IncomingMail.person_id == person.id, IncomingMail.sender.in_(keys))),
    ):
        db.session.execute(gone.execution_options(synchronize_session=False))
