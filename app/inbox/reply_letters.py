"""What is written because of a calendar's message that changed nothing itself: to its sender, to the organisers.

A sender gets at most one such answer per event and day, or per participation where several share a mailbox, so that two machines never talk for long (RFC 3834 section 2).
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale, gettext

from app import clock, wording
from app.database import too_often
from app.events.models import Event
from app.invitations.models import Invitation
from app.network.people import mail_addresses
from app.outbox import letters, message_queue
from app.outbox.kinds import AUTOMATIC, MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.mime import Mail
from app.outbox.models import Message
from app.registration import substitute_wishes
from app.registration.calendar_answers import plan_reply_letter
from app.registration.models import SubstituteWish

INSTEAD, NOTE = MessageKind.INSTEAD, MessageKind.CALENDAR_NOTE


def plan_asked_again_letter(invitation: Invitation) -> None:
    """Ask again, since they said yes to a date that has moved."""
    _tell_once(MessageKind.ASKED_AGAIN, invitation)


def plan_too_late_letter(invitation: Invitation) -> None:
    _tell_once(MessageKind.TOO_LATE, invitation)


def plan_passed_on_letter(invitation: Invitation, starts_at: datetime) -> None:
    """Say that the time they proposed is with the organisers."""
    with force_locale(invitation.person.language):
        proposal = wording.format_day_and_hour(starts_at, invitation.event.zone)
    _tell_once(MessageKind.TIME_PROPOSED, invitation, voorstel=proposal)


def plan_instead_letter(wish: SubstituteWish) -> None:
    """Tell the person who answered somebody else's invitation how to come instead; nothing about the event itself."""
    invitation = wish.invitation
    if not _may_answer(wish.address, invitation.event):
        return
    language = invitation.person.language
    with force_locale(language):
        button = LetterBlock.render(
            "button", link=substitute_wishes.link_to_instead(wish), label=gettext("Vraag of ik in de plaats kan komen")
        )
    fields = {"naam": wish.name, "voor": invitation.person.name, "knop": button}
    layout = {"because": INSTEAD.because, "network": invitation.event.network}
    letter = letters.write_letter(letters.letter_source(INSTEAD.letter, language), fields, language, layout)
    mail = Mail(letter, wish.address, wish.name, invitation.event.network.name)
    message_queue.plan_finished_mail(
        mail, INSTEAD, network_id=invitation.event.network_id, event_id=invitation.event_id
    )


def plan_note_to_organisers(invitation: Invitation, words: str, proposal: str = "") -> None:
    """Pass on what somebody wrote in their calendar, or the time that they propose."""
    network, person = invitation.event.network, invitation.person
    address = invitation.address.address if invitation.address else ""
    fields = {
        "naam": person.name,
        "adres": address,
        "titel": invitation.event.title,
        "voorstel": proposal,
        "tekst": LetterBlock.render("quoted", text=words) if words else LetterBlock("", ""),
    }
    with force_locale("nl"):
        layout = {"because": NOTE.because, "network": network}
        letter = letters.write_letter(letters.letter_source(NOTE.letter, "nl"), fields, "nl", layout)
    mail = Mail(letter, network.contact_address, network.contact_name, letters.site_name(), reply_to=address or None)
    message_queue.plan_finished_mail(mail, NOTE, network_id=network.id, event_id=invitation.event_id)


def _tell_once(kind: MessageKind, invitation: Invitation, **details: Any) -> None:
    own = Message.invitation_id == invitation.id
    if invitation.address and _may_answer(invitation.letter_address.address, invitation.event, own):
        plan_reply_letter(kind, invitation, **details)


def _may_answer(address: str, event: Event, *about_whom: sa.ColumnElement[bool]) -> bool:
    about = Message.kind.in_(AUTOMATIC) & (Message.event_id == event.id)
    to_them = mail_addresses.is_address(Message.recipient, address)
    return not too_often(Message.created_at, clock.start_of_day(clock.today()), 1, about, to_them, *about_whom)
