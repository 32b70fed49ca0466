"""The QR code that opens the check-in of one person for a signed-in organiser."""

import hashlib

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app import qr, tokens, urls
from app.database import db
from app.events.models import Event
from app.invitations.models import Invitation
from app.outbox.letters import LetterBlock
from app.tokens import Purpose


def link_to_check_in(invitation: Invitation) -> str:
    """What the code says."""
    return _link_of_code(invitation.id, invitation.token_version)


def _link_of_code(invitation_id: int, version: int) -> str:
    return urls.check_in_url(tokens.make_token(Purpose.CHECK_IN, invitation_id, version))


def print_of_code(invitation: Invitation) -> str:
    """What a phone without us knows a code by: who has this can make no code of it."""
    token = tokens.make_token(Purpose.CHECK_IN, invitation.id, invitation.token_version)
    return hashlib.sha256(token.encode()).hexdigest()[:16]


def invitation_of_code(token: str) -> Invitation | None:
    """The invitation that the code belongs to; None when it is wrong or revoked."""
    invitation_id, version = tokens.read_token(Purpose.CHECK_IN, token) or (0, 0)
    wanted = (
        sa.select(Invitation)
        .where(Invitation.id == invitation_id, Invitation.token_version == version)
        .options(joinedload(Invitation.event).joinedload(Event.network), joinedload(Invitation.person))
    )
    return db.session.scalar(wanted)


def write_code_block(invitation: Invitation) -> LetterBlock:
    """The code in a mail: an image of a few hundred bytes inside the mail itself, and its address in words."""
    link = link_to_check_in(invitation)
    return LetterBlock.render("check_in_code", {"toegangscode": qr.draw_code_png(link)}, link=link)
