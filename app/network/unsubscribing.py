"""Stopping the mail of a network by the link under it, as one click or a mail does too: confirmed, with a way back."""

from datetime import timedelta

from flask_babel import gettext

from app import clock
from app.database import too_often
from app.network import correspondence, memberships
from app.network.correspondence import Envelope
from app.network.models import Membership
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_queue import plan_finished_mail
from app.outbox.models import Message

MOST_A_DAY = 3
"""Confirmations of one network to one person: whoever has the link can stop and resume as often as they like."""


def stop_mail(membership: Membership) -> None:
    """Stop all mail of a network to somebody and tell them by mail; a second time changes nothing.

    An address that bounced gets no mail.
    """
    if membership.unsubscribed_at is not None:
        return
    memberships.unsubscribe_member(membership)
    if not _told_too_often(membership):
        _plan_confirmation(membership)


def _told_too_often(membership: Membership) -> bool:
    return too_often(
        Message.created_at,
        clock.now() - timedelta(days=1),
        MOST_A_DAY,
        Message.kind == MessageKind.UNSUBSCRIBED,
        Message.person_id == membership.person_id,
        Message.network_id == membership.network_id,
    )


def _plan_confirmation(membership: Membership) -> None:
    person, network, kind = membership.person, membership.network, MessageKind.UNSUBSCRIBED
    address = correspondence.preferred_address(person)
    if address is None or address.bounced_at:
        return
    link = memberships.link_to_unsubscribe(person, network.id)

    def fields() -> dict[str, object]:
        button = LetterBlock.render("button", link=link, label=gettext("Toch weer mail ontvangen"))
        return {"voornaam": person.call_name, "netwerk": network.name, "knop": button}

    envelope = Envelope(kind.because, address, network, preferences_url=correspondence.link_to_preferences(person))
    mail = correspondence.write_mail(person, kind.letter, fields, envelope)
    plan_finished_mail(mail, kind, person_id=person.id, network_id=network.id)
