"""Commitments: who does what by when, told to its owner, reminded, and closed with a word why.

An owner who left the network or was erased gets no mail; organisers see that on the page.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import joinedload, selectinload

from app import addresses, clock, tokens, wording
from app.attendance.models import Attendance
from app.database import db
from app.events.models import Event
from app.invitations.models import Invitation
from app.lessons import facts, impressions
from app.lessons.models import Commitment, CommitmentState, Suggestion
from app.network import correspondence
from app.network.correspondence import Envelope
from app.network.models import EmailAddress, Membership, Network, Organisation, Person, Position, Standing
from app.outbox import queue
from app.outbox.composing import Suppressed
from app.outbox.letters import Block
from app.outbox.mime import Mail
from app.outbox.models import Message, Priority
from app.registration.models import Registration, RegistrationState
from app.tokens import Purpose
from app.web.labels import label

TOLD, REMINDER = "commitment", "commitment_reminder"
WEEK = timedelta(days=7)
_HOUR = time(9)


def make(
    event: Event,
    what: str,
    due_on: date,
    *,
    person: Person | None = None,
    organisation: Organisation | None = None,
    suggestion: Suggestion | None = None,
) -> Commitment:
    """Note what was agreed and tell its owner. Needs a person, an organisation or both."""
    commitment = Commitment(
        network_id=event.network_id,
        event_id=event.id,
        what=what,
        due_on=due_on,
        person=person,
        organisation=organisation,
        suggestion=suggestion,
    )
    db.session.add(commitment)
    db.session.flush()
    _tell(commitment)
    return commitment


def change(
    commitment: Commitment, what: str, due_on: date, person: Person | None, organisation: Organisation | None
) -> None:
    """Change what was agreed; a new owner is told, and the links of the old one no longer work."""
    before = commitment.person_id
    commitment.what, commitment.due_on = what, due_on
    commitment.person, commitment.organisation = person, organisation
    db.session.flush()
    if commitment.person_id != before:
        commitment.token_version = commitment.token_version % 255 + 1
        if commitment.open:
            _tell(commitment)


def close(commitment: Commitment, state: CommitmentState, note: str, in_event: Event | None = None) -> None:
    """Done or dropped, with a word why; `in_event` is the later session in which it was closed."""
    commitment.state, commitment.note = state, note
    commitment.closed_at = clock.now()
    commitment.closed_in = in_event


def reopen(commitment: Commitment) -> None:
    commitment.state, commitment.closed_at, commitment.closed_in = CommitmentState.OPEN, None, None


def page(commitment: Commitment) -> str:
    """Where its owner says how it stands."""
    return addresses.commitment_page(tokens.make(Purpose.COMMITMENT, commitment.id, commitment.token_version))


def find(token: str) -> Commitment | None:
    number, version = tokens.read(Purpose.COMMITMENT, token) or (0, 0)
    wanted = _with_owner().where(Commitment.id == number, Commitment.token_version == version)
    return db.session.scalar(wanted)


def of_event(event: Event) -> list[Commitment]:
    """What was agreed at an event, soonest first."""
    return list(db.session.scalars(_with_owner().where(Commitment.event_id == event.id).order_by(*_ORDER)))


def open_in(network: Network, before: Event | None = None) -> list[Commitment]:
    """What is still open in a network, soonest first; made before an event begins, when one is given."""
    wanted = _with_owner().where(Commitment.network_id == network.id, Commitment.state == CommitmentState.OPEN)
    if before is not None:
        wanted = wanted.where(Commitment.event_id != before.id, Event.starts_at < before.starts_at)
    return list(db.session.scalars(wanted.order_by(*_ORDER)))


def of_last_time(event: Event) -> list[Commitment]:
    """What was agreed at the last session of this event's series, or else of its network."""
    before = sa.select(Event.id, Event.series_id).where(
        Event.starts_at < event.starts_at, Event.network_id == event.network_id, Event.id != event.id
    )
    if event.series_id:
        before = before.where(Event.series_id == event.series_id)
    if not event.confidential:
        before = before.where(~Event.confidential)
    made = before.where(sa.select(Commitment.id).where(Commitment.event_id == Event.id).exists())
    last = db.session.execute(made.order_by(Event.starts_at.desc(), Event.id.desc()).limit(1)).first()
    if last is None:
        return []
    return list(db.session.scalars(_with_owner().where(Commitment.event_id == last.id).order_by(*_ORDER)))


def look_back(event: Event) -> Block:
    """What became of last time, for an invitation."""
    rows = [(each.what, label(each.state).lower()) for each in of_last_time(event)]
    return Block.render("look_back", commitments=rows)


def open_of(person_ids: Collection[int]) -> dict[int, list[Commitment]]:
    """The open commitments of each of these people, soonest first."""
    wanted = _with_owner().where(Commitment.person_id.in_(person_ids), Commitment.state == CommitmentState.OPEN)
    found: dict[int, list[Commitment]] = {}
    for commitment in db.session.scalars(wanted.order_by(*_ORDER)):
        found.setdefault(commitment.person_id, []).append(commitment)
    return found


def block(own: list[Commitment]) -> Block:
    """Somebody's own commitments in a mail, each with the link to say how it stands."""
    if not own:
        return Block("", "")
    return Block.render(
        "commitments", commitments=[(each.what, wording.short_day(each.due_on), page(each)) for each in own]
    )


def owner(commitment: Commitment, *, confidential: bool) -> str:
    """Who does it, in words; at a confidential event nobody is named."""
    if confidential:
        return gettext("een deelnemer")
    parts = [
        commitment.person.name if commitment.person and not commitment.person.erased_at else "",
        commitment.organisation.name if commitment.organisation else "",
    ]
    return ", ".join(part for part in parts if part) or gettext("onbekend")


def unreachable(commitments: list[Commitment]) -> set[int]:
    """Ids of the open commitments whose owner gets no mail: gone from the network, or without an address."""
    reachable = set(db.session.scalars(_reachable([each.id for each in commitments])))
    return {each.id for each in commitments if each.open and each.person_id and each.id not in reachable}


def plan_due(now: datetime | None = None) -> int:
    """Plan the reminders of a week before and of the day itself; returns how many."""
    wall = clock.local(now or clock.now())
    if wall.time() < _HOUR:
        return 0
    today = wall.date()
    window = Commitment.due_on.between(today - WEEK, today + WEEK)
    wanted = sa.select(Commitment.id, Commitment.due_on, Commitment.created_at).where(
        Commitment.state == CommitmentState.OPEN, Commitment.person_id.is_not(None), window
    )
    week, day = [], []
    for number, due_on, created_at in db.session.execute(wanted):
        made_on = clock.local(created_at).date()
        if due_on <= today and made_on < due_on:
            day.append(number)
        elif due_on > today and made_on < due_on - WEEK:
            week.append(number)
    planned = _remind(week, "week") + _remind(day, "day")
    db.session.commit()
    return planned


def compose(messages: list[Message]) -> list[Mail | Suppressed]:
    """Write what owners are told, less what was closed or whose owner left since."""
    numbers = [message.details["commitment"] for message in messages]
    found = {each.id: each for each in db.session.scalars(_with_owner().where(Commitment.id.in_(numbers)))}
    reachable = set(db.session.scalars(_reachable(numbers)))
    mails = []
    for message, number in zip(messages, numbers, strict=True):
        commitment = found.get(number)
        if commitment is None or not commitment.open or commitment.person_id != message.person_id:
            mails.append(Suppressed("closed or handed over"))
        elif number not in reachable:
            mails.append(Suppressed("its owner left the network"))
        else:
            mails.append(_letter(commitment, message.kind))
    return mails


def _letter(commitment: Commitment, kind: str) -> Mail:
    network = commitment.network
    envelope = Envelope(
        because="commitment",
        address=correspondence.preferred(commitment.person),
        network=network,
        reply_to=network.contact_address,
        feedback=f"{commitment.event_id}:{network.id}:{kind}",
    )
    return correspondence.write(commitment.person, f"lessons/{kind}", lambda: _fields(commitment), envelope)


def _fields(commitment: Commitment) -> dict[str, object]:
    event = commitment.event
    left = (commitment.due_on - clock.today()).days
    return {
        "voornaam": commitment.person.call_name,
        "wat": commitment.what,
        "dag": wording.short_day(commitment.due_on),
        "titel": gettext("een vertrouwelijke sessie") if event.confidential else event.title,
        "sessiedag": wording.day(event.starts_at, event.zone),
        "netwerk": commitment.network.name,
        "vandaag": left <= 0,
        "antwoord": Block.render("button", link=page(commitment), label=gettext("Laat weten hoe het staat")),
    }


def _tell(commitment: Commitment) -> None:
    address = correspondence.preferred(commitment.person) if commitment.person else None
    if address is None:
        return
    queue.promise(
        TOLD,
        address,
        details={"commitment": commitment.id},
        network_id=commitment.network_id,
        event_id=commitment.event_id,
        person_id=commitment.person_id,
    )


def _remind(numbers: list[int], when: str) -> int:
    """Plan the reminders of these commitments that are not planned yet; returns how many."""
    keys = {f"{REMINDER}:{number}:{when}": number for number in numbers}
    known = set(db.session.scalars(sa.select(Message.key).where(Message.key.in_(keys)))) if keys else set()
    planned = 0
    for key, number in keys.items():
        if key in known:
            continue
        wanted = (
            sa.select(
                sa.literal(key).label("key"),
                Commitment.person_id,
                Commitment.network_id,
                Commitment.event_id,
                EmailAddress.address.label("recipient"),
                EmailAddress.domain,
            )
            .join(EmailAddress, (EmailAddress.person_id == Commitment.person_id) & EmailAddress.preferred)
            .where(Commitment.id == number)
        )
        planned += queue.plan(
            wanted,
            kind=REMINDER,
            details={"commitment": number},
            due_at=clock.now(),
            paced=False,
            priority=int(Priority.CHANGE),
        )
    return planned


def _reachable(numbers: Collection[int]) -> sa.Select:
    """Ids of those commitments whose owner has an address and has not left the network."""
    left = sa.select(Membership.id).where(
        Membership.person_id == Commitment.person_id,
        Membership.network_id == Commitment.network_id,
        Membership.standing == Standing.LEFT,
    )
    return (
        sa.select(Commitment.id)
        .join(EmailAddress, (EmailAddress.person_id == Commitment.person_id) & EmailAddress.preferred)
        .where(Commitment.id.in_(numbers), ~left.exists())
    )


_ORDER = (Commitment.due_on, Commitment.id)


def _with_owner() -> sa.Select:
    return (
        sa.select(Commitment)
        .join(Commitment.event)
        .options(
            joinedload(Commitment.event),
            joinedload(Commitment.closed_in),
            joinedload(Commitment.network),
            joinedload(Commitment.organisation),
            joinedload(Commitment.suggestion),
            joinedload(Commitment.person).selectinload(Person.addresses),
        )
    )


def candidates(event: Event) -> list[Person]:
    """Who may take a commitment: who was at the event or has a place, with where they work."""
    wanted = (
        sa.select(Person)
        .join(Invitation, Invitation.person_id == Person.id)
        .outerjoin(Attendance, Attendance.invitation_id == Invitation.id)
        .outerjoin(Registration, Registration.invitation_id == Invitation.id)
        .where(Invitation.event_id.in_([each.id for each in _together(event)]), Person.erased_at.is_(None))
        .where(sa.or_(Attendance.id.is_not(None), Registration.state == RegistrationState.CONFIRMED))
        .order_by(Person.sort_name, Person.id)
        .options(selectinload(Person.positions).joinedload(Position.organisation))
    )
    return list(db.session.scalars(wanted).unique())


def _together(event: Event) -> list[Event]:
    impression = impressions.of(event)
    return facts.events_of(impression) if impression else [event]
