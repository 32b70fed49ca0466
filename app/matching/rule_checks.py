"""What a group breaks and what it has, as a page says beside it; by the same rules as a division is made by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from app.matching.kinds import Daypart, Rule
from app.matching.matchable import Given, Seeker, make_pair


@dataclass(frozen=True)
class Breach:
    """A rule that a group breaks, and by whom; by nobody in particular when it is about all of it."""

    rule: Rule
    who: tuple[int, ...] = ()


def list_breaches(given: Given, members: Sequence[Seeker]) -> list[Breach]:
    """All that a group breaks, by its members."""
    members = sorted(members, key=lambda each: each.id)
    found = [
        Breach(rule, (one.id, other.id))
        for one, other in combinations(members, 2)
        for rule in breaks_of_pair(given, one, other)
    ]
    if not rules_allow_size(given, len(members)):
        found.append(Breach(Rule.SIZE))
    if len(members) > 1 and not shared_dayparts(members):
        found.append(Breach(Rule.DAYPART))
    if members and given.rules.facilitator and not any(each.facilitates for each in members):
        found.append(Breach(Rule.FACILITATOR))
    return found


def breaks_of_pair(given: Given, one: Seeker, other: Seeker) -> list[Rule]:
    """The rules by which these two may not be together."""
    rules, pair = given.rules, make_pair((one.id, other.id))
    found = []
    same = bool(one.organisations & other.organisations)
    if rules.apart_organisations and same:
        found.append(Rule.ORGANISATION)
    if rules.apart_hierarchy and not same and (one.organisations & other.chain or other.organisations & one.chain):
        found.append(Rule.HIERARCHY)
    if pair in given.apart:
        found.append(Rule.APART)
    if pair in given.met:
        found.append(Rule.REPEAT)
    return found


def rules_allow_size(given: Given, size: int) -> bool:
    rules = given.rules
    return rules.smallest <= size <= rules.largest or (rules.in_pairs and rules.trio and size == 3)


def shared_dayparts(members: Iterable[Seeker]) -> list[Daypart]:
    """When all of these can."""
    together = ~0
    for each in members:
        together &= each.dayparts
    return [daypart for place, daypart in enumerate(Daypart) if together >> place & 1]


def is_met_by(one: Seeker, other: Seeker) -> bool:
    """Whether the other knows something that somebody looks for."""
    return bool(one.seeks & other.offers)


def who_have_a_wish_met(members: Sequence[Seeker]) -> list[int]:
    """Ids of those of a group of whom somebody in it knows what they look for."""
    return [one.id for one in members if any(other is not one and is_met_by(one, other) for other in members)]


def who_may_have_a_wish_met(given: Given) -> set[int]:
    """Ids of those whose wish can be met at all: by somebody with whom they may be, and at a time at which both can."""
    return {
        one.id
        for one in given.people
        if one.seeks and any(is_met_by(one, other) and may_be_together(given, one, other) for other in given.people)
    }


def may_be_together(given: Given, one: Seeker, other: Seeker) -> bool:
    return one is not other and bool(one.dayparts & other.dayparts) and not breaks_of_pair(given, one, other)
