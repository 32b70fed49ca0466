"""Somebody answered an invitation that was forwarded to them: they may ask to come in the invited person's place.

Nobody is registered by it; the invited person decides, and asks them as any colleague.
"""

import sqlalchemy as sa

from app import clock, tokens, urls
from app.database import db, insert_new, rows_changed
from app.invitations import invitation_history
from app.invitations.models import Invitation, Step
from app.network.people import name_reading
from app.outbox.kinds import MessageKind
from app.registration import registration_letters
from app.registration.models import SubstituteWish
from app.tokens import Purpose


def note_wish(invitation: Invitation, name: str, address: str) -> SubstituteWish:
    """Remember who answered somebody else's invitation."""
    values = {
        "invitation_id": invitation.id,
        "name": name_reading.read_name(name).name[:120] or address[:120],
        "address": address,
    }
    row = insert_new(SubstituteWish.__table__, "invitation_id", "address").values(values | {"created_at": clock.now()})
    if rows_changed(row):
        invitation_history.note_invitation_step(invitation, Step.FORWARDED, from_calendar=True, by_address=address)
    wanted = sa.select(SubstituteWish).filter_by(invitation_id=invitation.id, address=address)
    return db.session.scalars(wanted).one()


def link_to_instead(wish: SubstituteWish) -> str:
    """Where they ask to come in the place of the invited person."""
    return urls.instead_url(tokens.make_token(Purpose.INSTEAD, wish.id))


def wish_of_link(token: str) -> SubstituteWish | None:
    substitute_wish_id, _ = tokens.read_token(Purpose.INSTEAD, token) or (0, 0)
    return db.session.get(SubstituteWish, substitute_wish_id) if substitute_wish_id else None


def ask_invited_person(wish: SubstituteWish) -> bool:
    """Ask the invited person, once; False when the event takes no more answers."""
    if not wish.invitation.event.open:
        return False
    if wish.asked_at is None:
        wish.asked_at = clock.now()
        registration_letters.plan_registration_letter(
            MessageKind.SUBSTITUTE_WANTED, wish.invitation, collega=wish.name, adres=wish.address
        )
    return True


def latest_wish(invitation: Invitation) -> SubstituteWish | None:
    """The last person who asked to come in this person's place."""
    asked = sa.select(SubstituteWish).where(
        SubstituteWish.invitation_id == invitation.id, SubstituteWish.asked_at.is_not(None)
    )
    return db.session.scalar(asked.order_by(SubstituteWish.asked_at.desc()).limit(1))
