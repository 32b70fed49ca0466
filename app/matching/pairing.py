"""Pairs: as many as there can be, and then the best together, by a matching of greatest weight (rustworkx).

Rules are never broken: who has nobody left waits, or comes as a third where that is allowed.
"""

from itertools import combinations

from app.matching.kinds import Regions
from app.matching.matchable import Found, Given, Seeker, draw, order_to_wait
from app.matching.rule_checks import is_met_by, may_be_together, shared_dayparts

_WISH, _LIKING = 8, 1
"""What a wish that is met is worth beside another region or size."""


def make_pairs(given: Given, seed: str) -> Found:
    """The same for the same people, rules and seed."""
    people = sorted(given.people, key=lambda each: draw(seed, each.id))
    matched = _match(given, people)
    inside = {each for pair in matched for each in pair}
    left = [each for each in people if each.id not in inside]
    if given.rules.trio:
        matched, left = _take_thirds(given, matched, left, seed)
    return Found.of(matched, [each.id for each in left])


def _match(given: Given, people: list[Seeker]) -> list[tuple[int, ...]]:
    import rustworkx

    patience = _worth_of_patience(people)
    graph: rustworkx.PyGraph[int, int] = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(len(people)))
    graph.add_edges_from(
        [
            (one, other, worth_of_pair(given, people[one], people[other]) + patience[one] + patience[other])
            for one, other in combinations(range(len(people)), 2)
            if may_be_together(given, people[one], people[other])
        ]
    )
    found = rustworkx.max_weight_matching(graph, max_cardinality=True, weight_fn=int)
    return [(people[one].id, people[other].id) for one, other in found]


def _worth_of_patience(people: list[Seeker]) -> list[int]:
    """Who was left out more lately goes before all that is liked of a pair."""
    ranks = {value: rank for rank, value in enumerate(sorted({each.left_out for each in people}))}
    step = (2 * _WISH + 2 * _LIKING) * (len(people) + 1)
    return [ranks[each.left_out] * step for each in people]


def worth_of_pair(given: Given, one: Seeker, other: Seeker) -> int:
    """How good these two are together."""
    wishes = is_met_by(one, other) + is_met_by(other, one)
    liked = 0
    if one.region and other.region:
        near = one.region == other.region
        liked += given.rules.regions == (Regions.NEAR if near else Regions.MIX)
    if given.rules.mix_sizes and one.size and other.size:
        liked += one.size != other.size
    return _WISH * wishes + _LIKING * liked


def _take_thirds(
    given: Given, pairs: list[tuple[int, ...]], left: list[Seeker], seed: str
) -> tuple[list[tuple[int, ...]], list[Seeker]]:
    """Let one of who is left come with a pair with which they may be; who was left out more lately goes first."""
    groups, waiting = sorted(tuple(sorted(pair)) for pair in pairs), []
    for third in reversed(order_to_wait(left, seed)):
        fitting = [group for group in groups if len(group) == 2 and _fits(given, third, group)]
        if not fitting or any(len(group) > 2 for group in groups):
            waiting.append(third)
            continue
        best = max(fitting, key=lambda group: sum(worth_of_pair(given, third, given.by_id[each]) for each in group))
        groups[groups.index(best)] = (*best, third.id)
    return groups, waiting


def _fits(given: Given, third: Seeker, pair: tuple[int, ...]) -> bool:
    two = [given.by_id[each] for each in pair]
    return bool(shared_dayparts([third, *two])) and all(may_be_together(given, third, each) for each in two)
