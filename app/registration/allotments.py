"""Seats for an organisation: its contact person is told how many there are and names who comes.

The seats are kept free until a day; people who are named get an invitation of their own and answer it.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, selectinload

from app import clock, tokens, urls, wording
from app.database import db
from app.events import capacity, course_meetings, hanging
from app.events.hanging import Move
from app.events.models import Event
from app.events.planning import AT_ONCE, Notice
from app.invitations import inviting
from app.invitations.letters.invitation_mail import event_letter_fields
from app.invitations.models import Answer, Invitation, Origin
from app.network import correspondence, memberships
from app.network.correspondence import Envelope
from app.network.organisations.models import ContactPerson, Organisation
from app.network.people import job_positions, name_reading, people
from app.network.people.models import EmailAddress, Person
from app.outbox import message_queue, message_states
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_writing import Draft, Suppressed, Written
from app.outbox.mime import Mail
from app.outbox.models import Message, MessageState, Reason
from app.registration import answers, registration_letters
from app.registration.models import Allotment, Registration, RegistrationState
from app.setbacks import one_by_one
from app.tokens import Purpose
from app.words import Refusal


class NamingRefused(Refusal):
    """This person cannot be named."""

    says = {
        "full": _l("Voor al jullie plekken is al iemand genoemd."),
        "known": _l("%(name)s is al uitgenodigd of komt al."),
        "closed": _l("De aanmelding is gesloten. Mail de organisator."),
    }
    field = "address"


class TooFewSeats(Refusal):
    """More people of the organisation come than the seats that it would get."""

    says = _l("Het aantal van deze organisatie dat al komt, is %(has)d. Kies minstens zoveel plekken.")
    field = "seats"


def offer_seats(event: Event, organisation: Organisation, seats: int, until: datetime, contact: Person) -> Allotment:
    """Give an organisation seats and tell its contact person; giving them again changes the number. Raises TooFewSeats or QuotaOfCourse."""
    course_meetings.demand_no_meeting(event)
    capacity.lock_event(event.id)
    if (has := capacity.ledger(event).has(organisation.id)) > seats:
        raise TooFewSeats(has=has)
    wanted = sa.select(Allotment).where(Allotment.event_id == event.id, Allotment.organisation_id == organisation.id)
    allotment = db.session.scalar(wanted)
    if allotment is None:
        allotment = Allotment(event=event, event_id=event.id, organisation=organisation)
        db.session.add(allotment)
    allotment.seats, allotment.until, allotment.contact = seats, until, contact
    db.session.flush()
    plan_seats_offer(allotment)
    _let_in(event)
    return allotment


def plan_seats_offer(allotment: Allotment, hold: timedelta = timedelta()) -> None:
    """Mail the contact person the page on which they name people."""
    address = correspondence.preferred_address(allotment.contact) if allotment.contact else None
    if address is not None:
        about = {"network_id": allotment.event.network_id, "event_id": allotment.event_id}
        details = {"allotment": allotment.id}
        message_queue.plan_message(
            MessageKind.SEATS_OFFERED,
            address,
            details=details,
            person_id=allotment.contact_id,
            due_at=clock.now() + hold,
            **about,
        )


def copy_kept_seats(event: Event, twin: Event) -> None:
    """Keep the same seats for the same organisations at a copy, until as many days before; nobody is told before it is public."""
    move, last = Move.of(event, twin.starts_at, twin.zone), hanging.last_kept(twin)
    for row in allotments_of_event(event):
        until = min(move.keep_hour(row.until), last)
        if until > clock.now():
            seats = {"organisation": row.organisation, "seats": row.seats, "until": until, "contact": row.contact}
            db.session.add(Allotment(event_id=twin.id, **seats))


def tell_untold_contacts(event: Event, notice: Notice = AT_ONCE) -> None:
    """Mail the contact persons whose organisation got seats while the event was a draft."""
    for allotment in list_untold([event.id]) if notice.send else ():
        plan_seats_offer(allotment, notice.hold)


def list_untold(events: Collection[int]) -> list[Allotment]:
    """Seats at these events whose contact person can be mailed and was not told yet."""
    told = sa.exists().where(
        Message.event_id == Allotment.event_id,
        Message.person_id == Allotment.contact_id,
        Message.kind == MessageKind.SEATS_OFFERED,
        Message.state.not_in(message_states.NEVER_LEFT),
    )
    untold = sa.select(Allotment).where(Allotment.event_id.in_(events), Allotment.until > clock.now(), ~told)
    addresses = joinedload(Allotment.contact, innerjoin=True).selectinload(Person.addresses)
    found = db.session.scalars(untold.where(Allotment.contact_id.is_not(None)).options(addresses))
    return [each for each in found if each.contact and correspondence.preferred_address(each.contact)]


def take_offers_back(event: Event) -> None:
    """The event is a draft again: who did not hear of their seats yet hears of them when it is public."""
    message_queue.take_messages_back(
        MessageState.CANCELLED,
        Reason.WITHDRAWN,
        Message.event_id == event.id,
        Message.kind == MessageKind.SEATS_OFFERED,
    )


def withdraw_seats(allotment: Allotment) -> None:
    """Give the seats to everybody again and let waiting people in; people who were named stay invited.

    Nobody loses a seat: an organisation that has more of them than others get keeps just those.
    """
    event = capacity.lock_event(allotment.event_id)
    has, quota = capacity.ledger(event).has(allotment.organisation_id), event.seats_per_organisation
    for invitation in named_people(allotment):
        invitation.allotment_id = None
    db.session.flush()
    if quota is not None and has > quota:
        allotment.seats, allotment.until = has, min(allotment.until, clock.now())
    else:
        db.session.delete(allotment)
    db.session.flush()
    _let_in(event)


def release_due_seats() -> int:
    """Let in people who wait for seats that are no longer kept free; returns how many came in."""
    waiting = sa.select(Registration.event_id).where(Registration.state == RegistrationState.WAITING)
    ended = (
        sa.select(Allotment.event_id).where(Allotment.until <= clock.now(), Allotment.event_id.in_(waiting)).distinct()
    )
    due = db.session.scalars(ended).all()
    return one_by_one.do_each("release_due_seats", due, lambda event_id: _let_in(capacity.lock_event(event_id)))


def _let_in(event: Event) -> int:
    return len(answers.let_in_waiting(event))


def restore_seats(event: Event, organisation: int, seats: int, contact: int | None, until: str) -> None:
    """Undo of withdrawing, without another mail."""
    capacity.lock_event(event.id)
    wanted = sa.select(Allotment).filter_by(event_id=event.id, organisation_id=organisation)
    kept = db.session.scalar(wanted) or Allotment(event_id=event.id, organisation_id=organisation)
    kept.seats = max(seats, capacity.ledger(event).has(organisation))
    kept.contact_id, kept.until = contact, min(datetime.fromisoformat(until), hanging.last_kept(event))
    db.session.add(kept)
    db.session.flush()
    _let_in(event)


def allotments_of_event(event: Event) -> list[Allotment]:
    """The seats of organisations at an event, by name of organisation."""
    wanted = (
        sa.select(Allotment)
        .join(Allotment.organisation)
        .where(Allotment.event_id == event.id)
        .order_by(Organisation.name)
        .options(joinedload(Allotment.organisation), joinedload(Allotment.contact))
    )
    return list(db.session.scalars(wanted))


def named_by_allotment(event: Event) -> dict[int, list[Invitation]]:
    """The people who were named for the seats of each organisation, by id of allotment."""
    found: dict[int, list[Invitation]] = {}
    wanted = sa.select(sa.NotNullable(Invitation.allotment_id), Invitation).where(
        Invitation.event_id == event.id, Invitation.allotment_id.is_not(None)
    )
    for allotment_id, invitation in db.session.execute(
        wanted.order_by(Invitation.id).options(joinedload(Invitation.person))
    ):
        found.setdefault(allotment_id, []).append(invitation)
    return found


def contact_persons() -> dict[int, Person]:
    """Whom to ask at each organisation, by its id: the contact person for all themes before those for one.

    Not who went to work elsewhere: the seats are of the organisation.
    """
    wanted = (
        sa.select(ContactPerson)
        .where(~job_positions.has_left(ContactPerson.person_id, ContactPerson.organisation_id))
        .order_by(ContactPerson.theme_id.is_(None), ContactPerson.id.desc())
        .options(joinedload(ContactPerson.person).selectinload(Person.addresses))
    )
    return {
        contact.organisation_id: contact.person
        for contact in db.session.scalars(wanted)
        if (address := correspondence.preferred_address(contact.person)) and not address.bounced_at
    }


def link_to_seats(allotment: Allotment) -> str:
    """Where the contact person names who comes."""
    return urls.seats_url(tokens.make_token(Purpose.SEATS, allotment.id, allotment.token_version))


def allotment_of_link(token: str) -> Allotment | None:
    """The allotment of a link; None when it is wrong or was withdrawn."""
    allotment_id, version = tokens.read_token(Purpose.SEATS, token) or (0, 0)
    return load_allotment(allotment_id, version)


def load_allotment(allotment_id: int, version: int) -> Allotment | None:
    """The seats of that id, if this version of the link still holds and who got it was not erased."""
    wanted = (
        sa.select(Allotment)
        .where(Allotment.id == allotment_id, Allotment.token_version == version)
        .where(~Allotment.contact.has(Person.erased_at.is_not(None)))
        .options(
            joinedload(Allotment.event).joinedload(Event.network),
            joinedload(Allotment.organisation),
            joinedload(Allotment.contact),
        )
    )
    return db.session.scalar(wanted)


def named_people(allotment: Allotment) -> list[Invitation]:
    """The invitations of people who were named, in that order."""
    wanted = sa.select(Invitation).where(Invitation.allotment_id == allotment.id).order_by(Invitation.id)
    return list(db.session.scalars(wanted.options(joinedload(Invitation.person))))


def names_as_named(named: Collection[Invitation]) -> dict[int, str]:
    """What the contact person called each of them, by id of invitation: whose an address is, they do not learn from us."""
    wanted = sa.select(sa.NotNullable(Message.invitation_id), Message.details).where(
        Message.kind == MessageKind.SEAT_NAMED, Message.invitation_id.in_([each.id for each in named])
    )
    called = {
        invitation_id: details.get("genoemd")
        for invitation_id, details in db.session.execute(wanted.order_by(Message.id))
    }
    return {each.id: called.get(each.id) or each.person.name for each in named}


def seats_left(allotment: Allotment, people_: Collection[Invitation]) -> int:
    """Seats for which nobody has been named who may still come."""
    return max(0, allotment.seats - sum(each.answer != Answer.NO for each in people_))


def name_for_seat(allotment: Allotment, name: str, address: str, *, through: bool = False) -> Invitation:
    """Name somebody for a seat: they get an invitation of their own. Raises NamingRefused or mail_addresses.BadAddress.

    At a confidential session who names somebody does not learn that they come already.
    """
    event = capacity.lock_event(allotment.event_id)
    if not event.open:
        raise NamingRefused("closed")
    if seats_left(allotment, named_people(allotment)) == 0:
        raise NamingRefused("full")
    person = people.find_or_add_person(
        name, address, language=allotment.contact.language if allotment.contact else "nl", through=through
    )
    db.session.flush()
    if not any(job_positions.is_held_on(each) for each in person.positions):
        job_positions.add_or_change_position(person, allotment.organisation)
    invitation = inviting.find_invitation(event, person)
    comes = invitation is not None and invitation.answer == Answer.YES
    if invitation is not None and (invitation.allotment_id or (comes and not event.confidential)):
        raise NamingRefused("known", name=name)
    invitation = invitation or inviting.add_invitation(event, person, Origin.NAMED)
    invitation.allotment_id = allotment.id
    if not comes:
        invitation.answer = invitation.answered_at = None
    db.session.flush()
    by = allotment.contact.name if allotment.contact else allotment.organisation.name
    registration_letters.plan_registration_letter(
        MessageKind.SEAT_NAMED,
        invitation,
        collega=by,
        organisatie=allotment.organisation.name,
        genoemd=name_reading.read_name(name).name,
        takes_part=comes,
    )
    return invitation


def take_name_back(allotment: Allotment, invitation: Invitation) -> None:
    """Take a name back, as long as they have not answered: the seat is free for somebody else.

    At a confidential session always, so that it does not tell; who answered keeps the answer.
    """
    if invitation.allotment_id != allotment.id or (invitation.answer and not allotment.event.confidential):
        return
    invitation.allotment_id = None
    if invitation.answer is None:
        message_queue.take_messages_back(
            MessageState.SUPPRESSED, Reason.ANOTHER_NAMED, Message.invitation_id == invitation.id
        )


def prepare_seats_offers(messages: list[Message]) -> None:
    """A contact person whom the network does not know becomes its guest, so that they can stop its mail."""
    for allotment in _allotments_of(messages).values():
        if allotment.contact and correspondence.preferred_address(allotment.contact) and allotment.event.open:
            memberships.make_known(allotment.contact, allotment.event.network_id)


def _allotments_of(messages: list[Message]) -> dict[int, Allotment]:
    allotment_ids = {message.details["allotment"] for message in messages}
    wanted = sa.select(Allotment).where(Allotment.id.in_(allotment_ids))
    options = [
        joinedload(Allotment.event).joinedload(Event.network),
        joinedload(Allotment.event).selectinload(Event.slots),
        joinedload(Allotment.organisation),
        joinedload(Allotment.contact).options(selectinload(Person.addresses), selectinload(Person.memberships)),
    ]
    return {allotment.id: allotment for allotment in db.session.scalars(wanted.options(*options))}


def write_seats_offers(messages: list[Message]) -> list[Written]:
    """Write the letters to contact persons, unless the seats were withdrawn or the event cannot be answered any more."""
    found = _allotments_of(messages)
    mails: list[Written] = []
    for message in messages:
        allotment = found.get(message.details["allotment"])
        contact = allotment.contact if allotment else None
        address = correspondence.preferred_address(contact) if contact else None
        if contact and address is None:
            mails.append(Suppressed(Reason.NO_RECIPIENT))
        elif allotment and contact and address and allotment.event.open:
            rows = allotment, allotment.event, contact, *contact.addresses, *contact.memberships
            mails.append(Draft(_write_seats_offer(allotment, contact, address), rows))
        else:
            mails.append(Suppressed(Reason.SEATS_WITHDRAWN))
    return mails


def _write_seats_offer(allotment: Allotment, contact: Person, address: EmailAddress) -> Mail:
    event = allotment.event
    stop = memberships.link_to_unsubscribe(contact, event.network_id)
    envelope = Envelope(
        because=MessageKind.SEATS_OFFERED.because,
        address=address,
        network=event.network,
        reply_to=event.network.contact_address,
        unsubscribe_url=stop,
        unsubscribe_address=memberships.unsubscribe_address(stop),
        preferences_url=correspondence.link_to_preferences(contact),
        feedback=f"{event.id}:{event.network_id}:seats-offered",
    )

    def fields() -> dict[str, Any]:
        return {
            **event_letter_fields(event),
            "voornaam": contact.call_name,
            "organisatie": allotment.organisation.name,
            "plekken": allotment.seats,
            "tot": wording.format_until(min(allotment.until, event.closes_at), event.zone),
            "knop": LetterBlock.render("button", link=link_to_seats(allotment), label=gettext("Wie komt er?")),
        }

    with force_locale(contact.language):
        return correspondence.write_mail(contact, MessageKind.SEATS_OFFERED.letter, fields, envelope)
