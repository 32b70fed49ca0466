"""Stopping the mail of a network, or the digest, by the link under it, as one click or a mail does too: confirmed, with a way back."""

from datetime import timedelta

from flask_babel import gettext

from app import clock
from app.database import db, too_often
from app.network import correspondence, memberships
from app.network.correspondence import Envelope
from app.network.models import Delivery, Membership, Network
from app.network.people.models import DigestFrequency, Person
from app.outbox import letters
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_queue import plan_finished_mail
from app.outbox.models import Message

MOST_A_DAY = 3
"""Confirmations of one kind and network to one person: whoever has the link can stop and resume as often as they like."""


def stop_mail(membership: Membership) -> None:
    """Stop all mail of a network to somebody and tell them by mail; a second time changes nothing.

    An address that bounced gets no mail.
    """
    if membership.unsubscribed_at is not None:
        return
    memberships.unsubscribe_member(membership)
    link = memberships.link_to_unsubscribe(membership.person, membership.network_id)
    _confirm(MessageKind.UNSUBSCRIBED, membership.person, link, membership.network)


def stop_digest(person: Person) -> None:
    """No digest any more, and tell them by mail; invitations go on, at once. A second time changes nothing."""
    db.session.refresh(person, ["digest"], with_for_update=True)  # two presses at once are told once
    if not gets_digest(person):
        return
    person.digest = DigestFrequency.NEVER
    for membership in _in_digest(person):
        membership.delivery = Delivery.NO_NEWS
    confirm_digest_stopped(person)


def gets_digest(person: Person) -> bool:
    return person.digest != DigestFrequency.NEVER or bool(_in_digest(person))


def _in_digest(person: Person) -> list[Membership]:
    return [each for each in person.memberships if each.delivery == Delivery.DIGEST]


def confirm_digest_stopped(person: Person) -> None:
    """Tell somebody by mail that they get no digest from now on."""
    _confirm(MessageKind.DIGEST_STOPPED, person, correspondence.link_to_preferences(person))


def _confirm(kind: MessageKind, person: Person, link: str, network: Network | None = None) -> None:
    address, network_id = correspondence.preferred_address(person), network.id if network else None
    if address is None or address.bounced_at or _told_too_often(kind, person.id, network_id):
        return

    def fields() -> dict[str, object]:
        button = LetterBlock.render("button", link=link, label=gettext("Toch weer mail ontvangen"))
        about = network.name if network else letters.site_name()
        return {"voornaam": person.call_name, "netwerk": about, "knop": button}

    envelope = Envelope(kind.because, address, network, preferences_url=correspondence.link_to_preferences(person))
    mail = correspondence.write_mail(person, kind.letter, fields, envelope)
    plan_finished_mail(mail, kind, person_id=person.id, network_id=network_id)


def _told_too_often(kind: MessageKind, person_id: int, network_id: int | None) -> bool:
    return too_often(
        Message.created_at,
        clock.now() - timedelta(days=1),
        MOST_A_DAY,
        Message.kind == kind,
        Message.person_id == person_id,
        Message.network_id.is_not_distinct_from(network_id),
    )
