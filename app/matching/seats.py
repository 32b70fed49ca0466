"""What people do with their place: yes or no, stop without giving a reason, and two questions afterwards."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.database import db, lock_row
from app.matching import group_meetings, rounds
from app.matching.kinds import News, Reply
from app.matching.models import MatchEnrolment, MatchGroup, MatchProposal, MatchRound, MatchSeat
from app.matching.news import plan_news
from app.network import correspondence
from app.network.models import Network
from app.network.people import job_positions
from app.network.people.models import Person, Position
from app.words import Refusal


class NoPlace(Refusal):
    """There is no place to say something of."""

    says = _l("Er is geen voorstel voor je, of de ronde is gestopt.")


@dataclass(frozen=True)
class Companion:
    """Somebody of the same group, as another one of it reads of them."""

    name: str
    organisation: str
    offers: str
    seeks: str
    agreed: bool
    address: str
    """Only where both of a pair said yes."""


@dataclass(frozen=True)
class Ratings:
    """What came of the two questions; nobody is named."""

    asked: int
    answered: int
    useful: int
    again: int


def seat_of(enrolment: MatchEnrolment) -> MatchSeat | None:
    """Their place, once the proposal was sent."""
    if enrolment.round.sent_at is None or enrolment.round.ended_at is not None:
        return None
    group = joinedload(MatchSeat.group)
    loading = (
        group.selectinload(MatchGroup.seats)
        .joinedload(MatchSeat.enrolment)
        .joinedload(MatchEnrolment.person)
        .options(selectinload(Person.addresses), selectinload(Person.positions).joinedload(Position.organisation))
    )
    wanted = sa.select(MatchSeat).where(MatchSeat.enrolment_id == enrolment.id)
    return db.session.scalar(wanted.options(loading, group.joinedload(MatchGroup.poll)))


def find_seat(network: Network, match_round_id: int, match_seat_id: int) -> MatchSeat | None:
    wanted = sa.select(MatchSeat).join(MatchGroup).join(MatchProposal).join(MatchRound)
    wanted = wanted.where(MatchSeat.id == match_seat_id, MatchRound.id == match_round_id)
    return db.session.scalar(wanted.where(MatchRound.network_id == network.id))


def list_companions(seat: MatchSeat) -> list[Companion]:
    """The others who are in it still, by name."""
    others = [each for each in seat.group.seats if each.id != seat.id and each.active]
    reached = seat.active and len(others) == 1 and rounds.is_agreed(seat.group) and seat.enrolment.round.in_pairs
    trio = seat.enrolment.round.in_pairs and len(others) == 2 and seat.active and rounds.is_agreed(seat.group)
    shown = [_companion(each, reached or trio) for each in others]
    return sorted(shown, key=lambda each: each.name)


def _companion(seat: MatchSeat, reached: bool) -> Companion:
    enrolment, person = seat.enrolment, seat.enrolment.person
    address = correspondence.preferred_address(person) if reached else None
    at = ", ".join(dict.fromkeys(each.organisation.name for each in person.positions if job_positions.is_held_on(each)))
    said_yes = seat.answer == Reply.YES
    return Companion(person.name, at, enrolment.offers, enrolment.seeks, said_yes, address.address if address else "")


def answer_seat(enrolment: MatchEnrolment, reply: Reply) -> None:
    """Say yes or no to the proposal; the answer may change until somebody stopped. Raises NoPlace."""
    seat = _demand_seat(enrolment)
    if seat.answer == reply:
        return
    with telling_group(seat.group):
        seat.answer, seat.answered_at = reply, clock.now()
        db.session.flush()
        if reply == Reply.NO:
            group_meetings.leave_meetings(seat)
        else:
            group_meetings.rejoin_meetings(seat)


def stop(enrolment: MatchEnrolment) -> None:
    """Stop, with no reason; a second time changes nothing. Raises NoPlace."""
    seat = _demand_seat(enrolment)
    with telling_group(seat.group):
        seat.left_at = clock.now()
        db.session.flush()
        group_meetings.leave_meetings(seat)


@contextmanager
def telling_group(group: MatchGroup) -> Iterator[None]:
    """Who is left alone by what the block does hears so, and so do two or three who all said yes by now; of a group that
    goes on the page says it."""
    many, agreed = _count_active(group), rounds.is_agreed(group)
    yield
    db.session.refresh(group)
    left = [each for each in group.seats if each.active]
    if len(left) == 1 < many:
        plan_news(left[0].enrolment, News.STOPPED)
    elif group.proposal.round.in_pairs and rounds.is_agreed(group) and not agreed:
        for each in left:
            plan_news(each.enrolment, News.AGREED)


def _count_active(group: MatchGroup) -> int:
    return sum(each.active for each in group.seats)


def _demand_seat(enrolment: MatchEnrolment) -> MatchSeat:
    """Their place, locked with its group: two who answer at once see each other's answer."""
    seat = seat_of(enrolment)
    if seat is None:
        raise NoPlace
    lock_row(seat.group)
    for each in seat.group.seats:
        db.session.refresh(each)
    if seat.left_at is not None:
        raise NoPlace
    return seat


def note_absent(seat: MatchSeat, absent: bool) -> None:
    """Whether somebody did not turn up; in a later round they have not met the others then."""
    seat.absent_at = (seat.absent_at or clock.now()) if absent else None


def ask_afterwards(row: MatchRound) -> int:
    """Mail the two questions to everybody who takes part and did not answer them; returns how many. Raises RoundRefused."""
    lock_row(row)
    if row.sent_at is None or row.ended_at is not None:
        raise rounds.RoundRefused("not_open")
    row.rated_from = row.rated_from or clock.now()
    wanted = [each for each in rounds.seats_of(row) if each.answer == Reply.YES and each.rated_at is None]
    return sum(plan_news(each.enrolment, News.AFTER) for each in wanted)


def rate(enrolment: MatchEnrolment, useful: bool, again: bool) -> None:
    """Answer the two questions, also for who stopped. Raises NoPlace."""
    seat = seat_of(enrolment)
    if seat is None or enrolment.round.rated_from is None:
        raise NoPlace
    seat.useful, seat.again, seat.rated_at = useful, again, clock.now()


def count_ratings(seats: Iterable[MatchSeat]) -> Ratings:
    """What was answered afterwards, by who said yes to the proposal."""
    asked = [each for each in seats if each.answer == Reply.YES]
    answered = [each for each in asked if each.rated_at]
    useful, again = (sum(bool(getattr(each, name)) for each in answered) for name in ("useful", "again"))
    return Ratings(len(asked), len(answered), useful, again)
