"""Rounds of matching as tests want them: asked, answered, divided and sent."""

from collections.abc import Iterable
from datetime import timedelta

from app import clock
from app.database import db
from app.matching import enrolments, proposals, rounds
from app.matching.enrolments import Wishes
from app.matching.kinds import Daypart, RoundKind
from app.matching.models import MatchEnrolment, MatchRound
from app.matching.rounds import RoundDetails
from app.network.models import Network
from app.network.people.models import Person
from app.themes.models import Theme
from tests import factories


def round_of(network: Network | None = None, **values) -> MatchRound:
    """A round of pairs that is open for three weeks; nobody was asked yet."""
    defaults = {"kind": RoundKind.BUDDY, "title": "Buddy’s voorjaar", "closes_at": clock.now() + timedelta(weeks=3)}
    row = rounds.create_round(network or factories.network(), RoundDetails(**defaults | values))
    rounds.open_round(row)
    row.called_at = clock.now()
    return row


def takes_part(
    row: MatchRound,
    who: Person | str = "Sanne de Vries",
    *,
    at: str | None = None,
    offers: Iterable[Theme] = (),
    seeks: Iterable[Theme] = (),
    dayparts: Iterable[Daypart] = Daypart,
    **values,
) -> MatchEnrolment:
    """Somebody of the network who was asked and said yes."""
    person = factories.person(who, at=at, of=row.network) if isinstance(who, str) else who
    enrolment = enrolments.add_enrolment(row, person)
    offered, sought = (frozenset(each.id for each in some) for some in (offers, seeks))
    enrolments.say_yes(enrolment, Wishes(offered=offered, sought=sought, dayparts=frozenset(dayparts), **values))
    return enrolment


def close(row: MatchRound) -> None:
    row.closes_at = clock.now() - timedelta(minutes=1)
    db.session.flush()


def divide(row: MatchRound) -> list[set[int]]:
    """Close it and let the clockwork make a proposal; returns who are together, by their ids."""
    close(row)
    proposals.want_proposal(row)
    assert proposals.make_wanted_proposals() == 1
    db.session.expire_all()
    return groups_of(row)


def groups_of(row: MatchRound) -> list[set[int]]:
    db.session.expire_all()
    return [{seat.enrolment.person_id for seat in group.seats} for group in row.proposal.groups]


def send(row: MatchRound) -> None:
    divide(row)
    proposals.send_proposal(row)
