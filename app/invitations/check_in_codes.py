"""The QR code that opens the check-in of one person for a signed-in organiser."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app import addresses, qr, tokens
from app.database import db
from app.events.models import Event
from app.invitations.models import Invitation
from app.outbox.letters import Block
from app.tokens import Purpose


def address(invitation: Invitation) -> str:
    """What the code says."""
    return addresses.check_in_page(tokens.make(Purpose.CHECK_IN, invitation.id, invitation.token_version))


def find(token: str) -> Invitation | None:
    """Whose code this is; None when it is wrong or revoked."""
    number, version = tokens.read(Purpose.CHECK_IN, token) or (0, 0)
    wanted = (
        sa.select(Invitation)
        .where(Invitation.id == number, Invitation.token_version == version)
        .options(joinedload(Invitation.event).joinedload(Event.network), joinedload(Invitation.person))
    )
    return db.session.scalar(wanted)


def block(invitation: Invitation) -> Block:
    """The code in a mail: an image of a few hundred bytes inside the mail itself, and its address in words."""
    link = address(invitation)
    return Block.render("check_in_code", {"toegangscode": qr.picture(link)}, link=link)
