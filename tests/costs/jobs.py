"""What goes by itself, made ready for one mail, so that what it takes can be counted."""

from collections.abc import Callable

from app import clock
from app.database import db
from app.inbox import mailbox_reading
from app.inbox.models import IncomingMail
from app.invitations import invitation_links, inviting
from app.invitations.models import Invitation
from app.outbox import delivery, message_queue, message_writing
from app.outbox.kinds import MessageKind
from tests.inbox import answers
from tests.inbox.answers import Request


def empty_outbox() -> None:
    """Let leave what earlier rounds caused."""
    message_writing.write_due_messages()
    delivery.deliver_due_messages()


def _let_answer(invitation: Invitation) -> Callable[[], object]:
    """An acceptance as Exchange writes it, stored and not looked at yet."""
    event, address = invitation.event, invitation.address
    reply = invitation_links.invitation_reply_address(invitation)
    asked = Request(event.uid, 0, reply, address.address, event.starts_at, event.ends_at, event.title)
    content = answers.exchange(asked, "ACCEPTED")
    number = {"folder": "INBOX", "uid_validity": 1, "uid": invitation.id}
    db.session.add(IncomingMail(**number, sender=address.address, received_at=clock.now(), content=content))
    return mailbox_reading.handle_stored_mails


def _plan_letter(invitation: Invitation) -> Callable[[], object]:
    inviting.plan_invitation_again(invitation)
    return message_writing.write_due_messages


def _write_letter(invitation: Invitation) -> Callable[[], object]:
    _plan_letter(invitation)()
    return delivery.deliver_due_messages


def _plan_digest(invitation: Invitation) -> Callable[[], object]:
    message_queue.plan_message(MessageKind.DIGEST, invitation.address, details={}, person_id=invitation.person_id)
    return message_writing.write_due_messages


JOBS = {
    "answer from a calendar": _let_answer,
    "letter written": _plan_letter,
    "letter sent": _write_letter,
    "digest written": _plan_digest,
}
"""What makes each ready, and gives what is then done and counted."""
