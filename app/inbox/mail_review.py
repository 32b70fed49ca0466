"""Settling what the program could not: by an organiser, with one button each."""

from app import clock
from app.accounts.models import Account
from app.database import only_reading
from app.inbox import calendar_replies, mail_forwarding, mail_parsing
from app.inbox.models import IncomingMail, Outcome
from app.network.models import Network
from app.network.people import mail_addresses


def settle_mail(mail: IncomingMail, by: Account) -> None:
    """Somebody looked, and nothing more needs to be done."""
    mail.outcome, mail.settled_by_id, mail.settled_at = Outcome.SETTLED, by.id, clock.now()


def reopen_mail(mail: IncomingMail) -> None:
    """Undo of settling: it waits to be looked at again."""
    if mail.outcome == Outcome.SETTLED:
        mail.outcome, mail.settled_by_id, mail.settled_at = Outcome.REVIEW, None, None


def stop_mailing_sender(mail: IncomingMail, by: Account) -> None:
    """They have left: nothing goes to the address that answered any more."""
    mail_addresses.note_bounced_address(mail.sender, mail.subject)
    settle_mail(mail, by)


def take_answer_over(mail: IncomingMail, by: Account) -> None:
    """Let a calendar's answer count. Raises NotTakenOver."""
    calendar_replies.apply_doubtful_answer(mail, by)
    settle_mail(mail, by)


def forward_to_organisers(mail: IncomingMail, network: Network, by: Account) -> None:
    """Send it to whoever answers the questions of this network."""
    with only_reading():
        message = mail_parsing.parse_mail(mail.content or b"")
    mail_forwarding.forward_mail(mail, message, network)
    mail.network_id = network.id
    settle_mail(mail, by)
