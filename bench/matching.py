"""Matching: 400 people in groups of six with dayparts and wishes, and as many in pairs; the engine alone."""

import random
from collections.abc import Iterator
from itertools import combinations
from time import perf_counter

from app.matching import grouping, pairing, rule_checks
from app.matching.kinds import Regions
from app.matching.matchable import Found, Given, Rules, Seeker, lowest_same
from bench.measuring import Measuring
from tests.server import Server

PEOPLE, PLACES, EARLIER = 400, 62, 3
_SAME = ("region", "size")


def figures(server: Server, measuring: Measuring) -> None:
    given = _round(measuring.many(PEOPLE, 60))
    measuring.take(lambda: _groups(given))
    measuring.take(lambda: _pairs(given))


def _groups(given: Given) -> dict[str, float]:
    start = perf_counter()
    found = grouping.make_groups(given, "bench")
    taken = perf_counter() - start
    outcomes = {found, *(grouping.make_groups(_shuffled(given, each), "bench") for each in (1, 2))}
    groups = [[given.by_id[each] for each in group] for group in found.groups]
    lowest = sum(lowest_same([getattr(each, kind) for each in given.people], len(groups)) for kind in _SAME)
    wanting = rule_checks.who_may_have_a_wish_met(given)
    met = sum(each in wanting for group in groups for each in rule_checks.who_have_a_wish_met(group))
    return {
        "400 people in groups of six": taken,
        "rules that they break": sum(len(rule_checks.list_breaches(given, group)) for group in groups),
        "pairs of the same region or size, above the least there can be": 100 * (_count_same(groups) - lowest) / lowest,
        "people without a wish where one is possible": len(wanting) - met,
        "different outcomes of three runs in another order": len(outcomes),
    }


def _pairs(given: Given) -> dict[str, float]:
    rules = Rules(2, 2, regions=Regions.MIX, mix_sizes=True)
    start = perf_counter()
    found = pairing.make_pairs(Given(given.people, rules, given.apart, given.met), "bench")
    return {"400 people in pairs": perf_counter() - start, "of whom nobody is found for": _alone(found)}


def _alone(found: Found) -> int:
    return len(found.waiting)


def _count_same(groups: list[list[Seeker]]) -> int:
    return sum(
        getattr(one, kind) == getattr(other, kind)
        for group in groups
        for one, other in combinations(group, 2)
        for kind in _SAME
    )


def _shuffled(given: Given, seed: int) -> Given:
    people = list(given.people)
    random.Random(seed).shuffle(people)
    return Given.of(people, given.rules, given.apart, given.met)


def _round(number: int) -> Given:
    """Of 62 organisations in five regions and three sizes; a quarter wants to facilitate, everybody can on 4 to 7 of 10 dayparts."""
    pick = random.Random(1)
    places = [(each, pick.choice("abcde"), pick.choice("xyz")) for each in range(1, PLACES + 1)]
    people = []
    for each in range(1, number + 1):
        place, region, size = pick.choice(places)
        days = sum(1 << bit for bit in pick.sample(range(10), pick.randint(4, 7)))
        offers, seeks = (frozenset(pick.sample(range(30), pick.randint(few, 4 - (not few)))) for few in (1, 0))
        at, leads = frozenset([place]), pick.random() < 0.23
        people.append(Seeker(each, at, at, region, size, days, offers, seeks, leads))
    apart = [tuple(pick.sample(range(1, number + 1), 2)) for _ in range(number * 60 // PEOPLE)]
    rules = Rules(5, 6, regions=Regions.MIX, mix_sizes=True, facilitator=True)
    return Given.of(people, rules, apart, _met_before(number, pick))


def _met_before(number: int, pick: random.Random) -> Iterator[tuple[int, int]]:
    """Who was in one group of six in earlier rounds."""
    for _ in range(EARLIER):
        order = pick.sample(range(1, number + 1), number)
        for start in range(0, number, 6):
            yield from combinations(order[start : start + 6], 2)
