"""The mail with a message from one member to another, written by us: no address, header or signature of theirs goes along."""

from datetime import timedelta

import sqlalchemy as sa
from flask_babel import force_locale, gettext

from app import clock, urls
from app.database import db, take_row, too_often
from app.directory import contacts
from app.directory.models import Contact, ContactState
from app.network import correspondence, memberships
from app.network.correspondence import Envelope
from app.network.models import Network
from app.network.people.models import EmailAddress
from app.outbox import letters
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_queue import plan_finished_mail
from app.outbox.mime import Mail
from app.outbox.models import Message
from app.setbacks import one_by_one

TOLD_EVERY = timedelta(days=1)
"""A team hears at most this often that something was reported."""


def mail_contacts() -> int:
    """Mail what was written since the last time; in the quiet hours of its network it waits. Returns how many."""
    now = clock.now()
    waiting = sa.select(Contact.id).join(Contact.network).where(Contact.state == ContactState.WAITING)
    if clock.next_sending_moment(now) > now:
        waiting = waiting.where(~Network.quiet_hours)
    return one_by_one.do_each("mail_contacts", db.session.scalars(waiting.order_by(Contact.id)).all(), _mail)


def tell_team(network: Network) -> None:
    """Mail the team of a network that a message was reported; not who wrote what, since that mail may be forwarded."""
    kind, since = MessageKind.CONTACT_REPORTED, clock.now() - TOLD_EVERY
    if too_often(Message.created_at, since, 1, Message.kind == kind, Message.network_id == network.id):
        return
    with force_locale("nl"):
        page = urls.absolute_url(f"/organise/networks/{network.slug}/reported")
        button = LetterBlock.render("button", link=page, label=gettext("Bekijk wat is gemeld"))
    layout = {"because": kind.because, "network": network}
    source, values = letters.letter_source(kind.letter, "nl"), {"netwerk": network.name, "knop": button}
    letter = letters.write_letter(source, values, "nl", layout)
    mail = Mail(letter, network.contact_address, network.contact_name, letters.site_name())
    plan_finished_mail(mail, kind, network_id=network.id)


def _mail(contact_id: int) -> int | None:
    contact = take_row(Contact, contact_id, Contact.state == ContactState.WAITING)
    if contact is None:
        return None
    address = correspondence.preferred_address(contact.recipient)
    if address is None or address.bounced_at or not contacts.may_be_mailed(contact):
        contact.state = ContactState.STOPPED
        return 0
    contact.state = ContactState.SENT
    _plan(contact, address)
    return 1


def _plan(contact: Contact, address: EmailAddress) -> None:
    reader, network, kind = contact.recipient, contact.network, MessageKind.MEMBER_MESSAGE
    sender, page, token = contacts.sender_of(contact), urls.own_message_url(contact.id), contacts.token_of(contact)
    own = correspondence.preferred_address(contact.sender) if contact.shows_address else None

    def fields() -> dict[str, object]:
        return {
            "voornaam": reader.call_name,
            "afzender": sender.name,
            "wie": f"{sender.name}, {sender.organisation}" if sender.organisation else sender.name,
            "netwerk": network.name,
            "antwoord": contact.answers_id is not None,
            "bericht": LetterBlock.render("quoted", text=contact.text),
            "adres": own.address if own else "",
            "knop": LetterBlock.render("button", link=page, label=gettext("Antwoord")),
            "met_adres": f"{page}?address=yes",
            "meld": f"{urls.message_url(token)}#report",
            "blokkeer": f"{urls.message_url(token)}#block",
        }

    stop = memberships.link_to_unsubscribe(reader, network.id)
    envelope = Envelope(
        kind.because,
        address,
        network,
        unsubscribe_url=stop,
        unsubscribe_address=memberships.unsubscribe_address(stop),
        preferences_url=correspondence.link_to_preferences(reader),
    )
    mail = correspondence.write_mail(reader, kind.letter, fields, envelope)
    plan_finished_mail(mail, kind, person_id=reader.id, network_id=network.id)
