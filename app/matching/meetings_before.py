"""Who met whom in earlier rounds of a network, and who waited: read from the seats, so that it goes with a person and two who
are one have what both had."""

from itertools import combinations

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app import clock
from app.database import db
from app.matching.kinds import Reply
from app.matching.matchable import Pair, make_pair
from app.matching.models import MatchEnrolment, MatchGroup, MatchProposal, MatchRound, MatchSeat


def pairs_that_met(row: MatchRound) -> set[Pair]:
    """Who was in one group in as many earlier rounds as this one looks back to, but for who said no or was not there."""
    before = [each for each, _ in _earlier(row)][-row.no_repeats :] if row.no_repeats else []
    wanted = (
        sa.select(MatchSeat.group_id, MatchEnrolment.person_id)
        .join(MatchEnrolment, MatchEnrolment.id == MatchSeat.enrolment_id)
        .join(MatchGroup, MatchGroup.id == MatchSeat.group_id)
        .join(MatchProposal, MatchProposal.id == MatchGroup.proposal_id)
        .where(MatchProposal.round_id.in_(before), MatchSeat.absent_at.is_(None))
        .where(sa.or_(MatchSeat.answer.is_(None), MatchSeat.answer != Reply.NO))
    )
    groups: dict[int, set[int]] = {}
    for group_id, person_id in db.session.execute(wanted):
        groups.setdefault(group_id, set()).add(person_id)
    return {make_pair(two) for people in groups.values() for two in combinations(people, 2)}


def left_out_before(row: MatchRound) -> dict[int, int]:
    """Of who said yes in an earlier round and got no place, in which of them last: 1 for the first of the network."""
    order = {round_id: number for number, (round_id, _) in enumerate(_earlier(row), 1)}
    seat = aliased(MatchSeat)
    wanted = (
        sa.select(MatchEnrolment.person_id, MatchEnrolment.round_id)
        .outerjoin(seat, seat.enrolment_id == MatchEnrolment.id)
        .where(MatchEnrolment.round_id.in_(order), MatchEnrolment.answer == Reply.YES, seat.id.is_(None))
    )
    found: dict[int, int] = {}
    for person_id, round_id in db.session.execute(wanted):
        found[person_id] = max(found.get(person_id, 0), order[round_id])
    return found


def _earlier(row: MatchRound) -> list[tuple[int, object]]:
    """Ids of the rounds of this network that were sent before this one, the first first."""
    until = row.sent_at or clock.now()
    wanted = sa.select(MatchRound.id, MatchRound.sent_at).where(
        MatchRound.network_id == row.network_id, MatchRound.sent_at <= until, MatchRound.id != row.id
    )
    return [(each, at) for each, at in db.session.execute(wanted.order_by(MatchRound.sent_at, MatchRound.id))]
