"""Who is erased, leaves the network, wants no use of their data or is one with somebody else in the middle of a round."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app import clock
from app.database import db
from app.matching import group_meetings, seats
from app.matching.kinds import Reply
from app.matching.models import (
    MatchApart,
    MatchEnrolment,
    MatchGroup,
    MatchRound,
    MatchSeat,
    match_topics,
)
from app.network.models import Membership
from app.network.people.models import Person
from app.row_journal import RowJournal, select_rows

_ENROLMENTS, _SEATS = MatchEnrolment.__table__, MatchSeat.__table__


def stop_everywhere(person: Person) -> None:
    """Who is about to be erased, or wants no use of their data, stops; who is left alone by that hears it."""
    _stop_all(person.owns(MatchEnrolment.person_id))


def forget_person(person: Person) -> None:
    """Nothing of them stays."""
    for gone in (
        sa.delete(MatchEnrolment).where(person.owns(MatchEnrolment.person_id)),
        sa.delete(MatchApart).where(sa.or_(person.owns(MatchApart.first_id), person.owns(MatchApart.second_id))),
    ):
        db.session.execute(gone.execution_options(synchronize_session=False))


def leave_network(membership: Membership) -> None:
    """Who leaves a network stops in its rounds; what was not sent yet leaves them out by itself."""
    of_it = MatchRound.network_id == membership.network_id
    _stop_all(MatchEnrolment.person_id == membership.person_id, of_it)


def _stop_all(*conditions: sa.ColumnElement[bool]) -> None:
    for seat in _seats_in_use(*conditions):
        if seat.active:
            with seats.telling_group(seat.group):
                seat.left_at = clock.now()
                db.session.flush()
                group_meetings.leave_meetings(seat, quietly=True)


def come_back(membership: Membership, since: datetime) -> None:
    """Undo of leaving by mistake; who wants no use of their data by now does not take part again."""
    if membership.restricted_at is not None:
        return
    of_it = MatchRound.network_id == membership.network_id
    for seat in _seats_in_use(MatchEnrolment.person_id == membership.person_id, of_it):
        if seat.left_at is not None and seat.left_at >= since:
            seat.left_at = None


def _seats_in_use(*conditions: sa.ColumnElement[bool]) -> list[MatchSeat]:
    """Of rounds that were sent and go on."""
    wanted = sa.select(MatchSeat).join(MatchSeat.enrolment).join(MatchEnrolment.round)
    wanted = wanted.where(MatchRound.sent_at.is_not(None), MatchRound.ended_at.is_(None), *conditions)
    group = joinedload(MatchSeat.group).selectinload(MatchGroup.seats)
    return list(db.session.scalars(wanted.options(group).order_by(MatchSeat.id)))


def combine_enrolments(kept: Person, gone: Person, journal: RowJournal) -> None:
    """Two people who become one were both asked in a round: the one with a place stays, or else who said yes, or `kept`.

    A place that goes makes its group smaller; of two who were a pair nobody is left to meet.
    """
    own = {row["round_id"]: row for row in select_rows(_ENROLMENTS, _ENROLMENTS.c.person_id == kept.id)}
    for other in select_rows(_ENROLMENTS, _ENROLMENTS.c.person_id == gone.id):
        mine = own.get(other["round_id"])
        if mine is None:
            continue
        stays, goes = sorted((mine, other), key=lambda row: (_rank(row), row["person_id"] == kept.id), reverse=True)
        _drop(goes, journal)
        if stays is other:
            journal.update(_ENROLMENTS, {"id": other["id"]}, person_id=kept.id)
    db.session.expire_all()


def _rank(row: sa.RowMapping) -> tuple[bool, bool]:
    seated = bool(select_rows(_SEATS, _SEATS.c.enrolment_id == row["id"]))
    return seated, row["answer"] == Reply.YES


def _drop(row: sa.RowMapping, journal: RowJournal) -> None:
    for seat in select_rows(_SEATS, _SEATS.c.enrolment_id == row["id"]):
        journal.delete(_SEATS, {"id": seat["id"]})
    for topic in select_rows(match_topics, match_topics.c.enrolment_id == row["id"]):
        journal.delete(match_topics, {name: topic[name] for name in ("enrolment_id", "theme_id", "side")})
    journal.delete(_ENROLMENTS, {"id": row["id"]})
