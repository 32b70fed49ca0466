"""Making a proposal of who said yes, in the clockwork; showing it with why; moving people by hand; sending it."""

import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.database import Condition, db, lock_row, only_reading, take_row
from app.matching import dividing, enrolments, group_meetings, meetings_before, rounds, rule_checks, seats
from app.matching.dividing import Outcome
from app.matching.kinds import Daypart, News, Reply, Rule, Side
from app.matching.matchable import ALL_DAYPARTS, Given, Seeker
from app.matching.models import MatchApart, MatchEnrolment, MatchGroup, MatchProposal, MatchRound, MatchSeat
from app.matching.news import plan_news
from app.matching.obstacles import Obstacle, ObstacleKind
from app.matching.rounds import RoundRefused
from app.matching.rule_checks import Breach
from app.network.audiences.audience_blocks import current_positions
from app.network.models import Membership, Standing
from app.network.organisations.models import Organisation
from app.network.people.models import Person
from app.setbacks import one_by_one

MOST = 1_000
"""People that one round divides: time and memory go up with their square."""


@dataclass(frozen=True)
class Member:
    """Somebody in a group as a page shows them."""

    seat: MatchSeat
    seeker: Seeker
    organisation: str
    region: str
    wish_met: bool
    here: bool
    """Whether they take part still: not for who left the network before it was sent."""


@dataclass(frozen=True)
class ShownGroup:
    """A group with why it is one, and what it breaks."""

    group: MatchGroup
    members: list[Member]
    dayparts: list[Daypart]
    breaches: list[Breach]

    @property
    def wishes_met(self) -> int:
        return sum(each.wish_met for each in self.members)

    @property
    def wishes(self) -> int:
        return sum(bool(each.seeker.seeks) for each in self.members)

    @property
    def regions(self) -> list[str]:
        return sorted({each.region for each in self.members if each.region})


@dataclass(frozen=True)
class Shown:
    """A proposal as it is now, by the people and rules of now."""

    groups: list[ShownGroup] = field(default_factory=list)
    waiting: list[MatchEnrolment] = field(default_factory=list)


def want_proposal(row: MatchRound) -> None:
    """Let the clockwork make one, instead of the one that there is. Raises RoundRefused."""
    lock_row(row)
    _demand_adjustable(row)
    if (count := len(_who_take_part(row))) > MOST:
        raise RoundRefused("large", count=count, most=MOST)
    row.wanted_at = clock.now()


def make_wanted_proposals() -> int:
    """Make the proposals that organisers wait for; returns how many."""
    wanted = sa.select(MatchRound.id).where(*_WANTED).order_by(MatchRound.id)
    return one_by_one.do_each("make_wanted_proposals", db.session.scalars(wanted).all(), _make)


_WANTED: tuple[Condition, ...] = (
    MatchRound.wanted_at.is_not(None),
    MatchRound.sent_at.is_(None),
    MatchRound.ended_at.is_(None),
)


def _make(round_id: int) -> int | None:
    """Divided while others write; what changed meanwhile is taken along by doing it once more."""
    row = take_row(MatchRound, round_id, *_WANTED)
    if row is None:
        return None
    with only_reading():
        given = read_given(row)
        outcome = dividing.work_out(given, secrets.token_hex(8))
    row = take_row(MatchRound, round_id, *_WANTED)
    if row is None or read_given(row).digest != given.digest:
        return 0
    save_proposal(row, given, outcome)
    return 1


def save_proposal(row: MatchRound, given: Given, outcome: Outcome) -> MatchProposal:
    """Instead of the one that there is."""
    db.session.execute(sa.delete(MatchProposal).where(MatchProposal.round_id == row.id))
    db.session.expire_all()
    row.wanted_at = None
    proposal = MatchProposal(
        round_id=row.id,
        seed=outcome.seed,
        steps=outcome.steps,
        library=outcome.library,
        input_hash=given.digest,
        obstacles=[_keep(each) for each in outcome.obstacles],
        made_at=clock.now(),
    )
    theirs = {each.person_id: each.id for each in _who_take_part(row)}
    proposal.groups = [
        MatchGroup(number=number, seats=[MatchSeat(enrolment_id=theirs[each]) for each in people])
        for number, people in enumerate(outcome.found.groups, 1)
    ]
    db.session.add(proposal)
    db.session.flush()
    return proposal


def _keep(obstacle: Obstacle) -> dict[str, object]:
    kept = {"kind": obstacle.kind.value, "numbers": dict(obstacle.numbers)}
    about = {"person": obstacle.person, "organisation": obstacle.organisation, "rule": obstacle.rule}
    return kept | {name: value for name, value in about.items() if value is not None}


def read_given(row: MatchRound) -> Given:
    """Who takes part as they are today, and what they may not do."""
    theirs = _who_take_part(row)
    topics = enrolments.topics_of([each.id for each in theirs])
    places = _places_of([each.person_id for each in theirs])
    waited = meetings_before.left_out_before(row)
    none: dict[Side, set[int]] = {Side.OFFERS: set(), Side.SEEKS: set()}
    people = []
    for each in theirs:
        at, about = places.get(each.person_id, []), topics.get(each.id, none)
        first = next((place for place in at if place.region or place.size_class), None)
        people.append(
            Seeker(
                id=each.person_id,
                organisations=frozenset(place.id for place in at),
                chain=frozenset(higher for place in at for higher in _chain(place)),
                region=(first.region or "") if first else "",
                size=str(first.size_class or "") if first else "",
                dayparts=each.dayparts or ALL_DAYPARTS,
                offers=frozenset(about[Side.OFFERS]),
                seeks=frozenset(about[Side.SEEKS]),
                facilitates=each.facilitates,
                left_out=waited.get(each.person_id, 0),
            )
        )
    apart = sa.select(MatchApart.first_id, MatchApart.second_id).where(MatchApart.round_id == row.id)
    pairs = [(first, second) for first, second in db.session.execute(apart)]
    return Given.of(people, rounds.rules_of(row), pairs, meetings_before.pairs_that_met(row))


def _who_take_part(row: MatchRound) -> list[MatchEnrolment]:
    """Who said yes and is in the network still, and does not ask to leave their data alone."""
    there = sa.and_(
        Membership.person_id == MatchEnrolment.person_id,
        Membership.network_id == row.network_id,
        Membership.standing != Standing.LEFT,
        Membership.restricted_at.is_(None),
    )
    wanted = sa.select(MatchEnrolment).join(Membership, there).join(MatchEnrolment.person)
    wanted = wanted.where(MatchEnrolment.round_id == row.id, MatchEnrolment.answer == Reply.YES)
    alive = (Person.erased_at.is_(None), Person.merged_into_id.is_(None))
    loading = joinedload(MatchEnrolment.person).selectinload(Person.addresses)
    return list(db.session.scalars(wanted.where(*alive).options(loading).order_by(MatchEnrolment.person_id)))


def list_people(row: MatchRound) -> list[Person]:
    """Who take part, by name."""
    return sorted((each.person for each in _who_take_part(row)), key=lambda each: (each.sort_name, each.id))


def _places_of(person_ids: Sequence[int]) -> dict[int, list[Organisation]]:
    """Where people work today, by their ids; the organisations of organisations come along."""
    now = current_positions()
    wanted = sa.select(now.c.person_id, Organisation).join(Organisation, Organisation.id == now.c.organisation_id)
    wanted = wanted.where(now.c.person_id.in_(person_ids)).order_by(now.c.person_id, Organisation.id)
    found: dict[int, list[Organisation]] = {}
    for person_id, place in db.session.execute(wanted.options(joinedload(Organisation.parent))):
        found.setdefault(person_id, []).append(place)
    return found


def _chain(place: Organisation) -> Iterable[int]:
    seen: set[int] = set()
    higher: Organisation | None = place
    while higher is not None and higher.id not in seen:
        seen.add(higher.id)
        higher = higher.parent
    return seen


def show_proposal(row: MatchRound, given: Given) -> Shown:
    """Every group with why it is one, by what holds today."""
    wanted = sa.select(MatchGroup).join(MatchProposal).where(MatchProposal.round_id == row.id)
    whole = selectinload(MatchGroup.seats).joinedload(MatchSeat.enrolment).joinedload(MatchEnrolment.person)
    groups = list(db.session.scalars(wanted.options(whole, joinedload(MatchGroup.poll)).order_by(MatchGroup.number)))
    places = _places_of([seat.enrolment.person_id for group in groups for seat in group.seats])
    inside = {seat.enrolment_id for group in groups for seat in group.seats}
    waiting = [each for each in _who_take_part(row) if each.id not in inside] if groups or row.proposal else []
    return Shown([_show(group, given, places) for group in groups], waiting)


def _show(group: MatchGroup, given: Given, places: dict[int, list[Organisation]]) -> ShownGroup:
    there = [seat for seat in group.seats if seat.active and seat.enrolment.person_id in given.by_id]
    seekers = [given.by_id[seat.enrolment.person_id] for seat in there]
    met = set(rule_checks.who_have_a_wish_met(seekers))
    members = []
    for seat in group.seats:
        at = places.get(seat.enrolment.person_id, [])
        seeker = given.by_id.get(seat.enrolment.person_id) or Seeker(seat.enrolment.person_id)
        names, region = ", ".join(each.name for each in at), next((each.region for each in at if each.region), None)
        members.append(Member(seat, seeker, names, region or "", seeker.id in met, seeker.id in given.by_id))
    return ShownGroup(
        group,
        members,
        rule_checks.shared_dayparts(seekers) if seekers else [],
        rule_checks.list_breaches(given, seekers),
    )


def move_person(row: MatchRound, enrolment: MatchEnrolment, group: MatchGroup | None) -> None:
    """Put somebody in another group, in a new one (None), before or after it was sent. Raises RoundRefused.

    Where it was sent, they hear of their new group and are asked anew, and whoever is left alone by it hears that.
    """
    lock_row(row)
    proposal = _demand_proposal(row)
    if row.ended_at is not None:
        raise RoundRefused("not_open")
    target = group or _add_group(proposal)
    seat = db.session.scalar(sa.select(MatchSeat).where(MatchSeat.enrolment_id == enrolment.id))
    if seat is not None and seat.group_id == target.id:
        return
    _give_up(row, seat)
    if row.sent_at is not None and row.in_pairs:
        _ask_anew(target)
    db.session.add(MatchSeat(group_id=target.id, enrolment_id=enrolment.id))
    db.session.flush()
    _tell(row, proposal, enrolment, News.PROPOSAL)


def take_out(row: MatchRound, enrolment: MatchEnrolment) -> None:
    """Somebody is in no group any more; where it was sent they hear that they wait. Raises RoundRefused."""
    lock_row(row)
    proposal = _demand_proposal(row)
    _give_up(row, db.session.scalar(sa.select(MatchSeat).where(MatchSeat.enrolment_id == enrolment.id)))
    _tell(row, proposal, enrolment, News.WAITS)


def _give_up(row: MatchRound, seat: MatchSeat | None) -> None:
    """Nobody has this place any more; where it was sent, who was with them hears what that leaves them."""
    if seat is None:
        return
    lock_row(seat.group)
    with seats.telling_group(seat.group) if row.sent_at is not None else nullcontext():
        group_meetings.leave_meetings(seat)
        db.session.delete(seat)
        db.session.flush()


def _ask_anew(group: MatchGroup) -> None:
    """A yes was one to who was in it: with somebody else everybody says so again, and until then shows no address."""
    lock_row(group)
    for seat in group.seats:
        if seat.active:
            seat.answer, seat.answered_at = None, None
            plan_news(seat.enrolment, News.PROPOSAL)


def _tell(row: MatchRound, proposal: MatchProposal, enrolment: MatchEnrolment, news: News) -> None:
    """Where it was sent, they hear this."""
    db.session.expire_all()
    if row.sent_at is not None:
        plan_news(enrolment, news)
    _drop_empty_groups(proposal)


def _add_group(proposal: MatchProposal) -> MatchGroup:
    number = db.session.scalar(sa.select(sa.func.max(MatchGroup.number)).where(MatchGroup.proposal_id == proposal.id))
    group = MatchGroup(proposal_id=proposal.id, number=(number or 0) + 1)
    db.session.add(group)
    db.session.flush()
    return group


def _drop_empty_groups(proposal: MatchProposal) -> None:
    taken = sa.select(MatchSeat.group_id)
    empty = sa.delete(MatchGroup).where(MatchGroup.proposal_id == proposal.id, MatchGroup.id.not_in(taken))
    db.session.execute(empty.execution_options(synchronize_session=False))
    db.session.expire_all()


def send_proposal(row: MatchRound) -> int:
    """Tell everybody with whom they are, or that they wait; returns how many mails. Raises RoundRefused."""
    lock_row(row)
    _demand_adjustable(row)
    there = _who_take_part(row)
    inside = _keep_places(rounds.seats_of(row), {each.id for each in there})
    if not inside:
        raise RoundRefused("nobody")
    row.sent_at, row.wanted_at = clock.now(), None
    _drop_empty_groups(_demand_proposal(row))
    told = [plan_news(each, News.PROPOSAL if each.id in inside else News.WAITS) for each in there]
    return sum(told)


def _keep_places(placed: Sequence[MatchSeat], staying: Collection[int]) -> set[int]:
    """Delete the places of who is gone, and of whoever would meet nobody; returns the ids of the enrolments that keep one."""
    together = Counter(seat.group_id for seat in placed if seat.enrolment_id in staying)
    kept = {seat.enrolment_id for seat in placed if seat.enrolment_id in staying and together[seat.group_id] > 1}
    for seat in placed:
        if seat.enrolment_id not in kept:
            db.session.delete(seat)
    db.session.flush()
    return kept


def _demand_adjustable(row: MatchRound) -> None:
    if row.sent_at is not None:
        raise RoundRefused("sent")
    if not row.closed:
        raise RoundRefused("not_closed")


def _demand_proposal(row: MatchRound) -> MatchProposal:
    proposal = db.session.scalar(sa.select(MatchProposal).where(MatchProposal.round_id == row.id))
    if proposal is None:
        raise RoundRefused("nobody")
    return proposal


def obstacles_of(proposal: MatchProposal) -> list[str]:
    """Why not all rules could hold, in sentences with names; what is about somebody who is gone is left out."""
    names: dict[str, dict[int, str]] = {}
    for about, model in (("person", Person), ("organisation", Organisation)):
        ids = [each[about] for each in proposal.obstacles if about in each]
        named = sa.select(model.id, model.name).where(model.id.in_(ids))
        rows = db.session.execute(named.where(Person.erased_at.is_(None)) if model is Person else named)
        names[about] = dict(rows.all())
    return [said for each in proposal.obstacles if (said := _say(each, names))]


def _say(kept: dict[str, object], names: dict[str, dict[int, str]]) -> str | None:
    numbers = kept["numbers"]
    details: dict[str, object] = dict(numbers) if isinstance(numbers, dict) else {}
    for about, known in names.items():
        if about in kept:
            row_id = kept[about]
            if not isinstance(row_id, int) or row_id not in known:
                return None
            details[about] = known[row_id]
    if "rule" in kept:
        details["rule"] = Rule(str(kept["rule"])).words
    return str(ObstacleKind(str(kept["kind"])).words) % details
