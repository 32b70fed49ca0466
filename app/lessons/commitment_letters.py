"""What owners of commitments are mailed: what they promised, a week before and on the day; closed ones stay silent."""

from datetime import datetime, time, timedelta

import sqlalchemy as sa
from flask_babel import gettext

from app import addresses, clock, tokens, wording
from app.database import db
from app.lessons import queries
from app.lessons.models import Commitment, CommitmentState
from app.network import correspondence
from app.network.correspondence import Envelope
from app.network.models import EmailAddress
from app.outbox import queue
from app.outbox.composing import Suppressed
from app.outbox.kinds import MessageKind
from app.outbox.letters import Block
from app.outbox.mime import Mail
from app.outbox.models import Message, Reason
from app.tokens import Purpose

TOLD, REMINDER = MessageKind.COMMITMENT, MessageKind.COMMITMENT_REMINDER
WEEK = timedelta(days=7)
_HOUR = time(9)


def page(commitment: Commitment) -> str:
    """Where its owner says how it stands."""
    return addresses.commitment_page(tokens.make(Purpose.COMMITMENT, commitment.id, commitment.token_version))


def tell(commitment: Commitment) -> None:
    """Promise its owner a mail, if they have an address."""
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
    found = {each.id: each for each in db.session.scalars(queries.with_owner().where(Commitment.id.in_(numbers)))}
    reachable = set(db.session.scalars(queries.reachable(numbers)))
    mails = []
    for message, number in zip(messages, numbers, strict=True):
        commitment = found.get(number)
        if commitment is None or not commitment.open or commitment.person_id != message.person_id:
            mails.append(Suppressed(Reason.CLOSED))
        elif number not in reachable:
            mails.append(Suppressed(Reason.OWNER_LEFT))
        else:
            mails.append(_letter(commitment, message.kind))
    return mails


def block(own: list[Commitment]) -> Block:
    """Somebody's own commitments in a mail, each with the link to say how it stands."""
    if not own:
        return Block("", "")
    return Block.render(
        "commitments", commitments=[(each.what, wording.short_day(each.due_on), page(each)) for each in own]
    )


def _letter(commitment: Commitment, kind: MessageKind) -> Mail:
    network = commitment.network
    envelope = Envelope(
        because=kind.because,
        address=correspondence.preferred(commitment.person),
        network=network,
        reply_to=network.contact_address,
        preferences_url=correspondence.preferences_page(commitment.person),
        feedback=f"{commitment.event_id}:{network.id}:{kind}",
    )
    return correspondence.write(commitment.person, kind.letter, lambda: _fields(commitment), envelope)


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
        )
    return planned
