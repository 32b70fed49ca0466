"""Who takes part in a network: joining, leaving, unsubscribing by one click."""

import sqlalchemy as sa

from app import addresses, clock, tokens
from app.database import db
from app.network.models import Membership, Person, Standing
from app.tokens import Purpose


def join(person_id: int, network_id: int, standing: Standing = Standing.MEMBER) -> Membership:
    """Make somebody a member or guest; a guest becomes a member, a member never a guest."""
    membership = _find(person_id, network_id)
    if membership is None:
        membership = Membership(person_id=person_id, network_id=network_id, standing=standing)
        db.session.add(membership)
    elif standing == Standing.MEMBER and membership.standing != Standing.MEMBER:
        membership.standing = Standing.MEMBER
        membership.since = clock.now()
    return membership


def leave(membership: Membership) -> None:
    membership.standing = Standing.LEFT


def unsubscribe_page(person: Person, network_id: int) -> str:
    """Address at which this person stops all mail of this network; makes a guest of who is not known there.

    Works by one click from the mail program (RFC 8058), for years.
    """
    membership = next((each for each in person.memberships if each.network_id == network_id), None)
    if membership is None:
        membership = join(person.id, network_id, Standing.GUEST)
        db.session.flush()
        db.session.expire(person, ["memberships"])
    return addresses.unsubscribe_page(tokens.make(Purpose.UNSUBSCRIBE, membership.id))


def by_unsubscribe_token(token: str) -> Membership | None:
    number, _ = tokens.read(Purpose.UNSUBSCRIBE, token) or (0, 0)
    return db.session.get(Membership, number)


def unsubscribe(membership: Membership) -> None:
    membership.unsubscribed_at = membership.unsubscribed_at or clock.now()


def resubscribe(membership: Membership) -> None:
    membership.unsubscribed_at = None


def _find(person_id: int, network_id: int) -> Membership | None:
    return db.session.scalar(sa.select(Membership).filter_by(person_id=person_id, network_id=network_id))


def of_network(network_id: int):
    """The condition that a membership is one of this network's members."""
    return sa.and_(Membership.network_id == network_id, Membership.standing == Standing.MEMBER)
