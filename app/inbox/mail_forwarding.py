"""What people write by hand reaches the organisers of the network it is about."""

from email.message import Message

from flask import current_app
from flask_babel import force_locale, gettext

from app import urls
from app.inbox import mail_parsing
from app.inbox.models import IncomingMail
from app.network.models import Network
from app.outbox import letters, message_queue
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.mime import Mail

KIND = MessageKind.FORWARDED
LONGEST = 20_000
"""Characters of the text that stand in the forwarded mail itself; the whole mail is attached."""


def can_forward(network: Network, message: Message) -> bool:
    """Whether forwarding makes no loop: not to our own mailbox, and nothing that we sent ourselves."""
    own = {urls.reply_address().lower(), current_app.config["MAIL_DEFAULT_SENDER"].lower()}
    return network.contact_address.lower() not in own and mail_parsing.sender_of(message)[1] not in own


def forward_mail(mail: IncomingMail, message: Message, network: Network) -> None:
    """Send it on to whoever answers the network's questions; an answer to that goes to the person."""
    name, address = mail_parsing.sender_of(message)
    with force_locale("nl"):
        letter = letters.write_letter(
            letters.letter_source(KIND.letter, "nl"),
            {
                "naam": name or address,
                "adres": address,
                "onderwerp": mail.subject or gettext("zonder onderwerp"),
                "tekst": _quoted(mail_parsing.written_text(message)[:LONGEST]),
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
    message_queue.plan_finished_mail(forwarded, KIND, network_id=network.id)


def _quoted(text: str) -> LetterBlock:
    return LetterBlock.render("quoted", text=text)
