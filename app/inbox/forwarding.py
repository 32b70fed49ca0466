"""What people write by hand reaches the organisers of the network it is about."""

from email.message import Message

from flask import current_app
from flask_babel import force_locale, gettext

from app import addresses
from app.inbox import mails
from app.inbox.models import IncomingMail
from app.network.models import Network
from app.outbox import letters, queue
from app.outbox.kinds import MessageKind
from app.outbox.letters import Block
from app.outbox.mime import Mail

KIND = MessageKind.FORWARDED
LONGEST = 20_000
"""Characters of the text that stand in the forwarded mail itself; the whole mail is attached."""


def can_reach(network: Network, message: Message) -> bool:
    """Whether forwarding makes no circle: not to our own mailbox, and not what we sent ourselves."""
    own = {addresses.reply().lower(), current_app.config["MAIL_DEFAULT_SENDER"].lower()}
    return network.contact_address.lower() not in own and mails.sender(message)[1] not in own


def forward(mail: IncomingMail, message: Message, network: Network) -> None:
    """Send it on to who answers the network's questions; an answer to that goes to the person."""
    name, address = mails.sender(message)
    with force_locale("nl"):
        letter = letters.write(
            letters.source(KIND.letter, "nl"),
            {
                "naam": name or address,
                "adres": address,
                "onderwerp": mail.subject or gettext("zonder onderwerp"),
                "tekst": _quoted(mails.text(message)[:LONGEST]),
            },
            "nl",
            {"because": KIND.because, "network": network},
        )
    forwarded = Mail(
        letter=letter,
        recipient=network.contact_address,
        recipient_name=network.contact_name,
        sender_name=letters.site_name(),
        reply_to=address or None,
        forwarded=mail.content,
    )
    queue.enqueue(forwarded, KIND, network_id=network.id)


def _quoted(text: str) -> Block:
    return Block.render("quoted", text=text)
