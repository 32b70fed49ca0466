"""Who takes part in a network: joining, leaving, unsubscribing by one click."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from app import addresses, clock, tokens
from app.database import db
from app.network.models import DigestFrequency, Membership, Person, Standing
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


def join_all(people: Collection[int], network_id: int) -> None:
    """Make all of these members, in a fixed number of queries."""
    known = sa.select(Membership).where(Membership.network_id == network_id, Membership.person_id.in_(people))
    standing = {membership.person_id: membership for membership in db.session.scalars(known)}
    for number in dict.fromkeys(people):
        membership = standing.get(number)
        if membership is None:
            db.session.add(Membership(person_id=number, network_id=network_id))
        elif membership.standing != Standing.MEMBER:
            membership.standing, membership.since = Standing.MEMBER, clock.now()


def leave(membership: Membership) -> None:
    membership.standing = Standing.LEFT


def make_known(person: Person, network_id: int) -> None:
    """Make a guest of who is not known in a network that is about to mail them: they can stop it."""
    if all(each.network_id != network_id for each in person.memberships):
        join(person.id, network_id, Standing.GUEST)
        db.session.flush()
        db.session.expire(person, ["memberships"])


def unsubscribe_page(person: Person, network_id: int) -> str:
    """Address at which this person, who is known in this network, stops all mail of it.

    Works by one click from the mail program (RFC 8058), for years.
    """
    membership = next(each for each in person.memberships if each.network_id == network_id)
    return addresses.unsubscribe_page(tokens.make(Purpose.UNSUBSCRIBE, membership.id))


def unsubscribe_address(unsubscribe_page_: str) -> str:
    """The mail address that does the same as the page, for programs that unsubscribe by mail (RFC 2369)."""
    return addresses.reply(unsubscribe_page_.rpartition("/")[2])


def by_unsubscribe_token(token: str) -> Membership | None:
    number, _ = tokens.read(Purpose.UNSUBSCRIBE, token) or (0, 0)
    membership = db.session.get(Membership, number)
    while membership and membership.person.merged_into_id:
        membership = _find(membership.person.merged_into_id, membership.network_id)
    return membership


def unsubscribe(membership: Membership) -> None:
    membership.unsubscribed_at = membership.unsubscribed_at or clock.now()


def resubscribe(membership: Membership) -> None:
    membership.unsubscribed_at = None


def leave_all(person: Person) -> list[dict[str, Any]]:
    """Leave every network and all mail of it; returns what `come_back` needs."""
    left = []
    for membership in person.memberships:
        if membership.standing != Standing.LEFT:
            left.append(
                {
                    "network": membership.network_id,
                    "standing": membership.standing.value,
                    "mail": membership.unsubscribed_at is None,
                }
            )
            unsubscribe(membership)
            leave(membership)
    left.append({"digest": person.digest.value})
    person.digest = DigestFrequency.NEVER
    return left


def come_back(person: Person, left: list[dict[str, Any]]) -> None:
    """Undo `leave_all`."""
    for each in left:
        if "digest" in each:
            person.digest = DigestFrequency(each["digest"])
        elif membership := _find(person.id, each["network"]):
            membership.standing = Standing(each["standing"])
            if each["mail"]:
                resubscribe(membership)


def _find(person_id: int, network_id: int) -> Membership | None:
    return db.session.scalar(sa.select(Membership).filter_by(person_id=person_id, network_id=network_id))


def of_network(network_id: int) -> sa.ColumnElement[bool]:
    """The condition that a membership is one of this network's members."""
    return sa.and_(Membership.network_id == network_id, Membership.standing == Standing.MEMBER)
