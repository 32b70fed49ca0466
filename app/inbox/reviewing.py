"""Settling what the program could not: by an organiser, with one button each."""

from app import clock
from app.accounts.models import Account
from app.inbox import forwarding, mails, replies
from app.inbox.models import IncomingMail, Outcome
from app.inbox.replies import Refused
from app.network import people
from app.network.models import Network


def settle(mail: IncomingMail, by: Account) -> None:
    """Somebody looked, and nothing more needs to be done."""
    mail.outcome, mail.settled_by_id, mail.settled_at = Outcome.SETTLED, by.id, clock.now()


def reopen(mail: IncomingMail) -> None:
    """Undo of settle."""
    if mail.outcome == Outcome.SETTLED:
        mail.outcome, mail.settled_by_id, mail.settled_at = Outcome.REVIEW, None, None


def stop_mailing(mail: IncomingMail, by: Account) -> None:
    """They have left: nothing goes to the address that answered any more."""
    people.note_bounce(mail.sender, mail.subject)
    settle(mail, by)


def take_over(mail: IncomingMail, by: Account) -> Refused | None:
    """Let a calendar's answer count; returns why not, if so."""
    refused = replies.take_over(mail, by)
    if refused is None:
        settle(mail, by)
    return refused


def forward(mail: IncomingMail, network: Network, by: Account) -> None:
    """Send it to who answers the questions of this network."""
    forwarding.forward(mail, mails.parse(mail.content or b""), network)
    mail.network_id = network.id
    settle(mail, by)
