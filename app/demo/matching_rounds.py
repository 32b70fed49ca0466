"""Rounds of matching of the demo: buddies of last season, and intervision of which the proposal lies ready."""

import random
from datetime import datetime, time, timedelta

import sqlalchemy as sa

from app import clock
from app.database import db
from app.matching import dividing, enrolments, proposals, rounds, seats
from app.matching.enrolments import Wishes
from app.matching.kinds import Daypart, Regions, Reply, RoundKind
from app.matching.models import MatchEnrolment, MatchRound
from app.matching.rounds import RoundDetails
from app.network.models import Membership, Network, Standing
from app.network.people.models import Person

_OFFERS = ("Tien jaar griffie", "Vergaderen zonder papier", "Gesprekken met inwoners", "Begroten met de raad", "")
_SEEKS = ("Iemand om tegenaan te praten", "Hoe een ander het doet", "Een frisse blik op mijn werk", "")


def add_rounds(network: Network) -> None:
    """Once: 17 people of whom one waits, and 34 of whom six make a group."""
    if rounds.list_rounds(network):
        return
    pick = random.Random(27)
    members = sa.select(Person).join(Membership, Membership.person_id == Person.id)
    members = members.where(Membership.network_id == network.id, Membership.standing == Standing.MEMBER)
    people = list(db.session.scalars(members.order_by(Person.id).limit(60)))
    buddies = _open(
        network, RoundDetails(RoundKind.BUDDY, "Buddy’s najaar", _soon(), "Een jaar lang elkaars klankbord.")
    )
    _answer(buddies, people[:24], 17, pick)
    _divide(buddies)
    proposals.send_proposal(buddies)
    for number, seat in enumerate(rounds.seats_of(buddies)):
        if number % 7:
            seats.answer_seat(seat.enrolment, Reply.YES)
    details = RoundDetails(
        RoundKind.INTERVISION,
        "Intervisie voor griffiers en raadsleden",
        _soon(),
        "Zes keer bij elkaar, met een begeleider. Wat je bespreekt, blijft in de groep.",
        smallest=5,
        largest=6,
        regions=Regions.MIX,
        no_repeats=3,
        facilitator=True,
    )
    circle = _open(network, details)
    _answer(circle, people, 34, pick)
    _divide(circle)


def _soon() -> datetime:
    return clock.now() + timedelta(hours=1)


def _open(network: Network, details: RoundDetails) -> MatchRound:
    """Its people were asked already."""
    row = rounds.create_round(network, details)
    rounds.open_round(row)
    row.opened_at, row.called_at = clock.now() - timedelta(weeks=3), clock.now() - timedelta(weeks=3)
    return row


def _answer(row: MatchRound, people: list[Person], willing: int, pick: random.Random) -> None:
    themes = [each.id for each in enrolments.themes_to_choose(row.network)]
    for number, person in enumerate(people):
        enrolment: MatchEnrolment = enrolments.add_enrolment(row, person)
        if number >= willing:
            if number % 3:
                enrolments.say_no(enrolment)
            continue
        wishes = Wishes(
            pick.choice(_OFFERS),
            pick.choice(_SEEKS),
            frozenset(pick.sample(themes, min(2, len(themes)))),
            frozenset(pick.sample(themes, min(1, len(themes)))),
            frozenset(pick.sample(list(Daypart), 6)),
            facilitates=number % 4 == 0,
        )
        enrolments.say_yes(enrolment, wishes)


def _divide(row: MatchRound) -> None:
    row.closes_at = clock.utc_moment(clock.today() - timedelta(days=1), time(17))
    db.session.flush()
    given = proposals.read_given(row)
    proposals.save_proposal(row, given, dividing.work_out(given, "demo"))
