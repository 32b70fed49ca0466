"""The last mails to somebody who is erased: that it was done, and what leaves their calendar. Once they left, they go too."""

from collections.abc import Callable

import sqlalchemy as sa

from app.database import db, only_reading
from app.network import correspondence
from app.network.correspondence import Envelope
from app.network.people.models import EmailAddress, Person
from app.outbox import letters, message_queue
from app.outbox.kinds import MessageKind
from app.outbox.message_queue import plan_finished_mail
from app.outbox.message_states import OVER
from app.outbox.models import RARE, Message
from app.registration import calendar_entries


def prepare_last_letters(person: Person) -> Callable[[Person], None]:
    """Write what takes somebody's sessions out of their calendar, while others may write; returns what plans all of it."""
    with only_reading():
        clearings = calendar_entries.write_last_clearings(person)

    def plan_all(person: Person) -> None:
        for finished in clearings:
            message_queue.plan_written_mail(finished, MessageKind.CALENDAR_CLEARED)
        plan_last_letter(person)

    return plan_all


def plan_last_letter(person: Person) -> bool:
    """Tell somebody that they are about to be erased, as long as there is an address; False when there is none."""
    address, kind = _address_that_works(person), MessageKind.ERASED
    if address is None:
        return False

    def fields() -> dict[str, object]:
        return {"voornaam": person.call_name, "site": letters.site_name()}

    plan_finished_mail(correspondence.write_mail(person, kind.letter, fields, Envelope(kind.because, address)), kind)
    return True


def is_told(person: Person) -> bool:
    """Whether there is an address for a last letter."""
    return _address_that_works(person) is not None


def _address_that_works(person: Person) -> EmailAddress | None:
    address = correspondence.preferred_address(person)
    return None if address is None or address.bounced_at else address


def forget_last_letters() -> int:
    """Take name and address out of last letters that left, or cannot; returns how many."""
    last = Message.kind.in_([MessageKind.ERASED, MessageKind.CALENDAR_CLEARED]), Message.person_id.is_(None)
    over = (RARE, *last, Message.state.in_(OVER), Message.recipient != "")
    found = db.session.scalars(sa.select(sa.func.count()).select_from(Message).where(*over)).one()
    message_queue.blank_messages(*over)
    return found
