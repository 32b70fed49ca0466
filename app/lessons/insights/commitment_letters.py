"""What owners of commitments are mailed: what they promised, a week before and on the day; closed ones stay silent."""

from datetime import datetime, time, timedelta

import sqlalchemy as sa
from flask_babel import gettext

from app import clock, tokens, urls, wording
from app.database import db
from app.lessons.insights import commitment_queries
from app.lessons.insights.models import Commitment, CommitmentState
from app.network import correspondence
from app.network.correspondence import Envelope
from app.network.people.models import EmailAddress, Person
from app.outbox import message_queue
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_writing import Draft, Suppressed, Written
from app.outbox.mime import Mail
from app.outbox.models import Message, Reason
from app.setbacks import one_by_one
from app.tokens import Purpose

TOLD, REMINDER = MessageKind.COMMITMENT, MessageKind.COMMITMENT_REMINDER
WEEK = timedelta(days=7)
_HOUR = time(9)


def link_to_commitment(commitment: Commitment) -> str:
    """Where its owner says how it stands."""
    return urls.commitment_url(tokens.make_token(Purpose.COMMITMENT, commitment.id, commitment.token_version))


def plan_commitment_letter(commitment: Commitment) -> None:
    """Promise its owner a mail, if they have an address."""
    address = correspondence.preferred_address(commitment.person) if commitment.person else None
    if address is None:
        return
    message_queue.plan_message(
        TOLD,
        address,
        details={"commitment": commitment.id},
        network_id=commitment.network_id,
        event_id=commitment.event_id,
        person_id=commitment.person_id,
    )


def plan_due_reminders(now: datetime | None = None) -> int:
    """Plan the reminders a week ahead and on the day itself; returns how many."""
    wall = clock.to_local(now or clock.now())
    if wall.time() < _HOUR:
        return 0
    today = wall.date()
    window = Commitment.due_on.between(today - WEEK, today + WEEK)
    wanted = sa.select(Commitment.id, Commitment.due_on, Commitment.created_at).where(
        Commitment.state == CommitmentState.OPEN, Commitment.person_id.is_not(None), window
    )
    week, day = [], []
    for commitment_id, due_on, created_at in db.session.execute(wanted):
        made_on = clock.to_local(created_at).date()
        if due_on <= today and made_on < due_on:
            day.append(commitment_id)
        elif due_on > today and made_on < due_on - WEEK:
            week.append(commitment_id)
    return _plan_reminders(week, "week") + _plan_reminders(day, "day")


def write_commitment_mails(messages: list[Message]) -> list[Written]:
    """Write the mails to owners, except about commitments that were closed or whose owner has left."""
    commitment_ids = [message.details["commitment"] for message in messages]
    found = {
        each.id: each
        for each in db.session.scalars(commitment_queries.select_commitments().where(Commitment.id.in_(commitment_ids)))
    }
    reachable = set(db.session.scalars(commitment_queries.reachable_commitments(commitment_ids)))
    mails: list[Written] = []
    for message, commitment_id in zip(messages, commitment_ids, strict=True):
        commitment = found.get(commitment_id)
        person = commitment.person if commitment else None
        if commitment is None or person is None or not commitment.open or commitment.person_id != message.person_id:
            mails.append(Suppressed(Reason.CLOSED))
        elif commitment_id not in reachable:
            mails.append(Suppressed(Reason.OWNER_LEFT))
        else:
            mail = _write_commitment_mail(commitment, person, message.kind)
            mails.append(Draft(mail, [commitment, person, *person.addresses]))
    return mails


def write_commitments_block(own: list[Commitment]) -> LetterBlock:
    """Somebody's own commitments in a mail, each with the link to say how it stands."""
    if not own:
        return LetterBlock("", "")
    return LetterBlock.render(
        "commitments",
        commitments=[(each.what, wording.format_short_day(each.due_on), link_to_commitment(each)) for each in own],
    )


def _write_commitment_mail(commitment: Commitment, person: Person, kind: MessageKind) -> Mail:
    network = commitment.network
    envelope = Envelope(
        because=kind.because,
        address=correspondence.address_of(person),
        network=network,
        reply_to=network.contact_address,
        preferences_url=correspondence.link_to_preferences(person),
        feedback=f"{commitment.event_id}:{network.id}:{kind}",
    )
    return correspondence.write_mail(person, kind.letter, lambda: _commitment_fields(commitment, person), envelope)


def _commitment_fields(commitment: Commitment, person: Person) -> dict[str, object]:
    event = commitment.event
    left = (commitment.due_on - clock.today()).days
    return {
        "voornaam": person.call_name,
        "wat": commitment.what,
        "dag": wording.format_short_day(commitment.due_on),
        "titel": gettext("een vertrouwelijke sessie") if event.confidential else event.title,
        "sessiedag": wording.format_day(event.starts_at, event.zone),
        "netwerk": commitment.network.name,
        "vandaag": left <= 0,
        "openbaar": not event.confidential,
        "genoemd": commitment.named_at is not None,
        "antwoord": LetterBlock.render(
            "button", link=link_to_commitment(commitment), label=gettext("Laat weten hoe het staat")
        ),
    }


def _plan_reminders(commitment_ids: list[int], when: str) -> int:
    """Plan the reminders of these commitments that are not planned yet, each by itself; returns how many."""
    keys = {f"{REMINDER}:{commitment_id}:{when}": commitment_id for commitment_id in commitment_ids}
    known = set(db.session.scalars(sa.select(Message.key).where(Message.key.in_(keys)))) if keys else set()

    def plan(key: str) -> int:
        commitment_id = keys[key]
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
            .where(Commitment.id == commitment_id)
        )
        return message_queue.plan_messages(
            wanted,
            kind=REMINDER,
            details={"commitment": commitment_id},
            due_at=clock.now(),
            paced=False,
        )

    return one_by_one.do_each(f"plan_due_reminders_{when}", [key for key in keys if key not in known], plan)
