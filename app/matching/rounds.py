"""Rounds of matching, from draft to their end: what they are, and for whom."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.database import db, lock_row, rows_changed
from app.matching.kinds import Regions, Reply, RoundKind
from app.matching.matchable import Rules, make_pair
from app.matching.models import MatchApart, MatchEnrolment, MatchGroup, MatchProposal, MatchRound, MatchSeat
from app.network import archiving
from app.network.models import Network
from app.network.people.models import Person
from app.words import Refusal

KEPT = timedelta(days=3 * 365)
"""How long a round stays after it closed: as long as it may matter who met whom."""


class RoundRefused(Refusal):
    """A round is not in the state for what is asked."""

    says = {
        "closing": _l("Kies een moment in de toekomst. Tot dan kunnen mensen antwoorden."),
        "audience": _l("De doelgroep van deze ronde is er niet meer. Kies een andere."),
        "open": _l("Deze ronde loopt al. Soort en doelgroep liggen nu vast."),
        "sent": _l("Het voorstel is al verstuurd."),
        "not_closed": _l("Mensen kunnen nog antwoorden. Dit kan daarna."),
        "not_open": _l("Deze ronde loopt niet."),
        "nobody": _l("Er is nog geen voorstel om te versturen."),
        "large": _l(
            "Deze ronde is te groot: %(count)d van hooguit %(most)d. Maak er meer, bijvoorbeeld een per regio."
        ),
        "itself": _l("Kies twee verschillende mensen."),
    }


class ClosesEarly(RoundRefused):
    """The moment until which people answer is at fault."""

    field = "closes_on"


@dataclass(frozen=True)
class RoundDetails:
    """What an organiser fills in about a round; `audience_id` of None: all members."""

    kind: RoundKind
    title: str
    closes_at: datetime
    explanation: str = ""
    audience_id: int | None = None
    smallest: int = 2
    largest: int = 2
    trio: bool = False
    apart_organisations: bool = True
    apart_hierarchy: bool = True
    regions: Regions = Regions.ANY
    mix_sizes: bool = False
    no_repeats: int = 0
    facilitator: bool = False


@dataclass(frozen=True)
class Tally:
    """How many were asked and what they said; nobody is named."""

    asked: int = 0
    yes: int = 0
    no: int = 0
    placed: int = 0
    """How many have a place in a proposal that was sent."""
    matches: int = 0
    """Groups and pairs of which everybody said yes."""

    @property
    def silent(self) -> int:
        return self.asked - self.yes - self.no


def list_rounds(network: Network) -> list[MatchRound]:
    """The latest first."""
    wanted = sa.select(MatchRound).where(MatchRound.network_id == network.id)
    return list(db.session.scalars(wanted.order_by(MatchRound.id.desc())))


def find_round(network: Network, match_round_id: int) -> MatchRound | None:
    wanted = sa.select(MatchRound).where(MatchRound.id == match_round_id, MatchRound.network_id == network.id)
    return db.session.scalar(wanted.options(joinedload(MatchRound.audience), joinedload(MatchRound.proposal)))


def find_group(network: Network, match_round_id: int, match_group_id: int) -> MatchGroup | None:
    wanted = sa.select(MatchGroup).join(MatchProposal).join(MatchRound)
    wanted = wanted.where(MatchGroup.id == match_group_id, MatchRound.id == match_round_id)
    return db.session.scalar(wanted.where(MatchRound.network_id == network.id))


def create_round(network: Network, details: RoundDetails) -> MatchRound:
    """A draft, of which nobody heard. Raises archiving.Archived or ClosesEarly."""
    archiving.demand_open(network)
    row = MatchRound(network=network)
    _fill(row, details)
    db.session.add(row)
    db.session.flush()
    return row


def change_round(row: MatchRound, details: RoundDetails) -> None:
    """Change it while nothing was sent. Raises RoundRefused."""
    lock_row(row)
    if row.sent_at is not None:
        raise RoundRefused("sent")
    everybody = row.everybody
    if row.opened_at and (row.kind, row.audience_id) != (details.kind, details.audience_id):
        raise RoundRefused("open")
    _fill(row, details)
    if row.opened_at:
        row.everybody = everybody
    db.session.flush()


def _fill(row: MatchRound, details: RoundDetails) -> None:
    if details.closes_at <= clock.now() and details.closes_at != row.closes_at:
        raise ClosesEarly("closing")
    for name, value in asdict(details).items():
        setattr(row, name, value)
    row.everybody = details.audience_id is None


def open_round(row: MatchRound) -> None:
    """Let the clockwork ask everybody. Raises archiving.Archived or RoundRefused."""
    lock_row(row)
    archiving.demand_open(row.network)
    if row.closes_at <= clock.now():
        raise RoundRefused("closing")
    if not row.everybody and row.audience_id is None:
        raise RoundRefused("audience")
    row.opened_at, row.ended_at = row.opened_at or clock.now(), None


def close_round(row: MatchRound) -> None:
    """Nobody answers any more, from now on. Raises RoundRefused."""
    lock_row(row)
    if not row.open:
        raise RoundRefused("not_open")
    row.closes_at = clock.now()


def end_round(row: MatchRound) -> None:
    """Nobody is asked or told anything more."""
    lock_row(row)
    row.ended_at = row.ended_at or clock.now()


def resume_round(row: MatchRound) -> None:
    """Undo of ending it."""
    lock_row(row)
    row.ended_at = None


def keep_apart(row: MatchRound, first: Person, second: Person) -> None:
    """These two come in no group together. Raises RoundRefused."""
    if first.id == second.id:
        raise RoundRefused("itself")
    one, other = make_pair((first.id, second.id))
    known = sa.select(MatchApart.id).where(
        MatchApart.round_id == row.id, MatchApart.first_id == one, MatchApart.second_id == other
    )
    if db.session.scalar(known) is None:
        db.session.add(MatchApart(round_id=row.id, first_id=one, second_id=other))
        db.session.flush()


def find_apart(network: Network, match_round_id: int, match_apart_id: int) -> MatchApart | None:
    wanted = sa.select(MatchApart).join(MatchRound, MatchRound.id == MatchApart.round_id)
    wanted = wanted.where(MatchApart.id == match_apart_id, MatchRound.id == match_round_id)
    return db.session.scalar(wanted.where(MatchRound.network_id == network.id))


def remove_apart(apart: MatchApart) -> dict[str, int]:
    """They may be together again; returns what `restore_apart` brings it back with."""
    db.session.delete(apart)
    return {name: getattr(apart, name) for name in ("id", "round_id", "first_id", "second_id")}


def restore_apart(network: Network, kept: dict[str, int]) -> MatchApart | None:
    """What was removed, unless the round is gone or one of the two took no part since."""
    row = find_round(network, kept["round_id"])
    both = sa.select(sa.func.count()).where(
        MatchEnrolment.round_id == kept["round_id"],
        MatchEnrolment.person_id.in_([kept["first_id"], kept["second_id"]]),
    )
    return MatchApart(**kept) if row and db.session.scalar(both) == 2 else None


def list_aparts(row: MatchRound) -> list[MatchApart]:
    wanted = sa.select(MatchApart).where(MatchApart.round_id == row.id).order_by(MatchApart.id)
    return list(db.session.scalars(wanted.options(joinedload(MatchApart.first), joinedload(MatchApart.second))))


def rules_of(row: MatchRound) -> Rules:
    return Rules(
        row.smallest,
        row.largest,
        row.apart_organisations,
        row.apart_hierarchy,
        row.regions,
        row.mix_sizes,
        row.facilitator,
        row.trio,
    )


def count_rounds(rows: Collection[MatchRound]) -> dict[int, Tally]:
    """The figures of these rounds, by their ids."""
    round_ids = [row.id for row in rows]
    said = sa.select(MatchEnrolment.round_id, MatchEnrolment.answer, sa.func.count())
    said = said.where(MatchEnrolment.round_id.in_(round_ids)).group_by(MatchEnrolment.round_id, MatchEnrolment.answer)
    counts: dict[int, dict[Reply | None, int]] = {}
    for round_id, answer, number in db.session.execute(said):
        counts.setdefault(round_id, {})[answer] = number
    placed = _count_placed([row.id for row in rows if row.sent_at])
    return {
        row.id: Tally(
            sum(counts.get(row.id, {}).values()),
            counts.get(row.id, {}).get(Reply.YES, 0),
            counts.get(row.id, {}).get(Reply.NO, 0),
            *placed.get(row.id, (0, 0)),
        )
        for row in rows
    }


def _count_placed(round_ids: list[int]) -> dict[int, tuple[int, int]]:
    groups = sa.select(MatchGroup).join(MatchProposal).where(MatchProposal.round_id.in_(round_ids))
    loading = (selectinload(MatchGroup.seats), joinedload(MatchGroup.proposal))
    found: dict[int, tuple[int, int]] = {}
    for group in db.session.scalars(groups.options(*loading)):
        people, matches = found.get(group.proposal.round_id, (0, 0))
        found[group.proposal.round_id] = people + len(group.seats), matches + is_agreed(group)
    return found


def is_agreed(group: MatchGroup) -> bool:
    """Whether everybody in it said yes; who stopped afterwards did, who stopped before does not count."""
    staying = [seat for seat in group.seats if seat.active or (seat.left_at and seat.answer == Reply.YES)]
    return len(staying) > 1 and all(seat.answer == Reply.YES for seat in staying)


def seats_of(row: MatchRound) -> list[MatchSeat]:
    """All seats of its proposal, by group."""
    wanted = sa.select(MatchSeat).join(MatchGroup).join(MatchProposal).where(MatchProposal.round_id == row.id)
    wanted = wanted.options(joinedload(MatchSeat.enrolment).joinedload(MatchEnrolment.person))
    return list(db.session.scalars(wanted.order_by(MatchGroup.number, MatchSeat.id)))


def forget_old_rounds() -> int:
    """Delete rounds that closed long ago, with all who were in them. Returns how many."""
    old = sa.delete(MatchRound).where(MatchRound.closes_at < clock.now() - KEPT)
    return rows_changed(old.execution_options(synchronize_session=False))
