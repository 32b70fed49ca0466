"""Who takes part in a network: joining, leaving, unsubscribing by one click."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app import clock, tokens, urls
from app.database import db
from app.network.models import Membership, Standing
from app.network.people.models import DigestFrequency, Person
from app.outbox import errands
from app.outbox.models import Errand, ErrandKind
from app.signals import Signal
from app.tokens import Purpose

FEW = 5
"""People whose places and calendars are settled in one transaction at first."""
left = Signal("Somebody left a network; sent with the membership.")
restricted = Signal("Somebody asked to leave their data alone; sent with the person. What names them lets go of it.")
came_back = Signal(
    "Somebody who left everything by mistake is back; sent with a membership, and since when it was left."
)


def join_network(person_id: int, network_id: int, standing: Standing = Standing.MEMBER) -> Membership:
    """Make somebody a member or guest; a guest becomes a member, a member never a guest."""
    membership = find_membership(person_id, network_id)
    if membership is None:
        alone = _asked_to_leave_alone([person_id]).get(person_id)
        membership = Membership(person_id=person_id, network_id=network_id, standing=standing, restricted_at=alone)
        db.session.add(membership)
    elif standing == Standing.MEMBER and membership.standing != Standing.MEMBER:
        membership.standing = Standing.MEMBER
        membership.since = clock.now()
    return membership


def join_all(people: Collection[int], network_id: int) -> None:
    """Make all of these members, in a fixed number of queries."""
    known = sa.select(Membership).where(Membership.network_id == network_id, Membership.person_id.in_(people))
    standing = {membership.person_id: membership for membership in db.session.scalars(known)}
    alone = _asked_to_leave_alone([each for each in people if each not in standing])
    for person_id in dict.fromkeys(people):
        membership = standing.get(person_id)
        if membership is None:
            restricted_at = alone.get(person_id)
            db.session.add(Membership(person_id=person_id, network_id=network_id, restricted_at=restricted_at))
        elif membership.standing != Standing.MEMBER:
            membership.standing, membership.since = Standing.MEMBER, clock.now()


def _asked_to_leave_alone(people: Collection[int]) -> dict[int, datetime]:
    """Since when each of these wants no use of their data, which holds in a network that they come into later as well."""
    since = sa.NotNullable(sa.func.min(Membership.restricted_at))
    wanted = sa.select(Membership.person_id, since).where(
        Membership.person_id.in_(people), Membership.restricted_at.is_not(None)
    )
    return dict(db.session.execute(wanted.group_by(Membership.person_id)).all()) if people else {}


def may_be_named(person: Person, network_id: int) -> bool:
    """Whether other members of a network read somebody's name: of a member, unless they want no use of their data."""
    return any(
        each.network_id == network_id and each.standing == Standing.MEMBER and each.restricted_at is None
        for each in person.memberships
    )


def join_new(people: Collection[int], network_id: int) -> None:
    """The same of people who are new and belong to nothing yet."""
    if people:
        rows = [{"person_id": person_id, "network_id": network_id} for person_id in people]
        db.session.execute(sa.insert(Membership).returning(Membership.id), rows)


def leave_network(membership: Membership) -> None:
    """No longer take part in this network, nor in what it has coming up."""
    membership.standing = Standing.LEFT
    left.send(membership)


def leave_together(leaving: Sequence[Membership]) -> dict[str, Any]:
    """The same for many of one network; returns what `come_back_together` needs."""
    kept: dict[str, Any] = {"since": clock.now().isoformat(), "memberships": [each.id for each in leaving]}
    if leaving:
        errands.carry_out(ErrandKind.LEAVE, kept["memberships"], network_id=leaving[0].network_id)
    return kept


def come_back_together(network_id: int, kept: dict[str, Any]) -> int:
    """Undo `leave_together` for who did not come back by themselves; returns for how many."""
    errands.call_off(ErrandKind.LEAVE, kept["memberships"], network_id)
    errands.finish_earlier(network_id=network_id)
    gone = sa.select(Membership.id).where(Membership.network_id == network_id, Membership.standing == Standing.LEFT)
    back = db.session.scalars(gone.where(Membership.id.in_(kept["memberships"])).order_by(Membership.id)).all()
    return errands.carry_out(ErrandKind.COME_BACK, back, network_id=network_id, details={"since": kept["since"]})


def wire() -> None:
    errands.register_errand(ErrandKind.LEAVE, _leave_some, FEW)
    errands.register_errand(ErrandKind.COME_BACK, _come_back_some, FEW)


def _leave_some(_: Errand, membership_ids: Sequence[int]) -> None:
    for membership in _of_ids(membership_ids, Membership.standing != Standing.LEFT):
        leave_network(membership)


def _come_back_some(errand: Errand, membership_ids: Sequence[int]) -> None:
    since = datetime.fromisoformat(errand.details["since"])
    for membership in _of_ids(membership_ids, Membership.standing == Standing.LEFT):
        membership.standing = Standing.MEMBER
        came_back.send(membership, since=since)


def _of_ids(membership_ids: Sequence[int], *conditions: sa.ColumnElement[bool]) -> Sequence[Membership]:
    """Those of these, with their people kept from being erased until the transaction ends.

    All people first, as erasing and answering do, so that none waits for a session that another has, who waits for them.
    """
    theirs = sa.select(Person.id).join(Membership, Membership.person_id == Person.id)
    theirs = theirs.where(Membership.id.in_(membership_ids)).order_by(Person.id)
    db.session.execute(theirs.with_for_update(of=Person, read=True, key_share=True))
    wanted = sa.select(Membership).where(Membership.id.in_(membership_ids), *conditions)
    return db.session.scalars(wanted.order_by(Membership.id)).all()


def restore_standing(membership: Membership, standing: Standing) -> None:
    """Somebody is to the network what they were before, which may be that they had left."""
    if standing == Standing.LEFT:
        leave_network(membership)
    else:
        membership.standing = standing


def make_known(person: Person, network_id: int) -> None:
    """Make somebody a guest of a network that is about to mail them and does not know them: they can stop it."""
    if all(each.network_id != network_id for each in person.memberships):
        join_network(person.id, network_id, Standing.GUEST)
        db.session.flush()
        db.session.expire(person, ["memberships"])


def link_to_unsubscribe(person: Person, network_id: int) -> str:
    """Address at which this person, who is known in this network, stops all mail of it.

    Works by one click from the mail program (RFC 8058), for years.
    """
    membership = next(each for each in person.memberships if each.network_id == network_id)
    return urls.unsubscribe_url(tokens.make_token(Purpose.UNSUBSCRIBE, membership.id))


def unsubscribe_address(unsubscribe_page_: str) -> str:
    """The mail address that does the same as the page, for programs that unsubscribe by mail (RFC 2369)."""
    return urls.reply_address(unsubscribe_page_.rpartition("/")[2])


def membership_of_link(token: str) -> Membership | None:
    membership_id, _ = tokens.read_token(Purpose.UNSUBSCRIBE, token) or (0, 0)
    return membership_today(membership_id)


def membership_today(membership_id: int) -> Membership | None:
    """The membership of this id, or of who its person went up in."""
    membership = db.session.get(Membership, membership_id)
    while membership and membership.person.merged_into_id:
        membership = find_membership(membership.person.merged_into_id, membership.network_id)
    return membership


def unsubscribe_member(membership: Membership) -> None:
    membership.unsubscribed_at = membership.unsubscribed_at or clock.now()


def resubscribe_member(membership: Membership) -> None:
    membership.unsubscribed_at = None


def is_out_of_reach(
    person_id: sa.SQLColumnExpression[Any], network_id: sa.SQLColumnExpression[int]
) -> sa.ColumnElement[bool]:
    """The condition that somebody is not mailed about what they do in a network: they left it, or want no use of their data.

    Who only stopped its mail is: it is about themselves.
    """
    left = sa.and_(Membership.network_id == network_id, Membership.standing == Standing.LEFT)
    gone = sa.or_(left, Membership.restricted_at.is_not(None))
    return sa.exists().where(Membership.person_id == person_id, gone)


def has_stopped_mail(network_id: int) -> sa.ColumnElement[bool]:
    """The condition that a membership is of somebody who gets no mailing of this network: they left, or said so."""
    return sa.and_(Membership.network_id == network_id, ~Membership.gets_mail)


def restrict_use(person: Person) -> None:
    """Keep somebody's data and use it for nothing, until they say otherwise (GDPR article 18)."""
    for membership in person.memberships:
        membership.restricted_at = membership.restricted_at or clock.now()
    restricted.send(person)


def lift_restriction(person: Person) -> None:
    for membership in person.memberships:
        membership.restricted_at = None


def leave_all_networks(person: Person) -> list[dict[str, Any]]:
    """Leave every network and all mail of it; returns what `rejoin_networks` needs."""
    kept: list[dict[str, Any]] = [{"at": clock.now().isoformat()}]
    for membership in person.memberships:
        if membership.standing != Standing.LEFT:
            kept.append(
                {
                    "network": membership.network_id,
                    "standing": membership.standing.value,
                    "mail": membership.unsubscribed_at is None,
                }
            )
            unsubscribe_member(membership)
            leave_network(membership)
    kept.append({"digest": person.digest.value})
    person.digest = DigestFrequency.NEVER
    return kept


def rejoin_networks(person: Person, kept: list[dict[str, Any]]) -> None:
    """Undo `leave_all_networks`. Where somebody became a member again meanwhile, what they chose since then stays."""
    since = next((datetime.fromisoformat(each["at"]) for each in kept if "at" in each), clock.now())
    for each in kept:
        if "digest" in each:
            if person.digest == DigestFrequency.NEVER:
                person.digest = DigestFrequency(each["digest"])
        elif "network" in each and (membership := find_membership(person.id, each["network"])):
            if each["mail"]:
                resubscribe_member(membership)
            if membership.standing != Standing.MEMBER:
                membership.standing = Standing(each["standing"])
                came_back.send(membership, since=since)


def welcome_back(person_id: int, network_id: int) -> None:
    """Who left and takes part in something of the network after all is its guest; mail that they stopped stays so."""
    membership = db.session.scalar(_LEFT, {"person_id": person_id, "network_id": network_id})
    if membership:
        membership.standing = Standing.GUEST


def find_membership(person_id: int, network_id: int) -> Membership | None:
    return db.session.scalar(_MEMBERSHIP, {"person_id": person_id, "network_id": network_id})


def has_left(person: Person, network_id: int) -> bool:
    return any(each.network_id == network_id and each.standing == Standing.LEFT for each in person.memberships)


_MEMBERSHIP = sa.select(Membership).where(
    Membership.person_id == sa.bindparam("person_id"), Membership.network_id == sa.bindparam("network_id")
)
_LEFT = _MEMBERSHIP.where(Membership.standing == Standing.LEFT)


def is_member_of_network(network_id: int) -> sa.ColumnElement[bool]:
    """The condition that a membership is one of this network's members."""
    return sa.and_(Membership.network_id == network_id, Membership.standing == Standing.MEMBER)
