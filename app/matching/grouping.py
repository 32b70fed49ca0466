"""Groups: again and again one of every group is taken out, and all of these are put back as well as can be at once.

Since each group gets exactly one back, what a group costs with somebody depends on nothing but those two: an optimal
assignment (rustworkx) makes the whole no worse. A fixed number of steps, so that the same comes out for the same seed.
What is worse counts so much more that it goes first: broken rules, then wishes that nobody in the group can meet, then
what is liked of regions and sizes. All are whole numbers far below 2 ** 53, which floats add in any order alike.
"""

import random
from itertools import combinations
from typing import TYPE_CHECKING, Any

from app.matching.kinds import Daypart, Regions
from app.matching.matchable import Found, Given, Seeker, count_groups, draw, lowest_same, order_to_wait
from app.matching.rule_checks import (
    breaks_of_pair,
    is_met_by,
    list_breaches,
    who_have_a_wish_met,
    who_may_have_a_wish_met,
)

if TYPE_CHECKING:
    import numpy as np

    Table = np.ndarray[Any, np.dtype[np.float64]]

STEPS = 600
"""As many at most; it ends sooner at the least that there can be, or where so many in a row made nothing better."""
IDLE = 120
STARTS = 4
"""How often it begins anew while rules are broken, or wishes not met that could be."""
_BROKEN, _WISH, _LIKING = 1_000_000.0, 40.0, 1.0


def make_groups(given: Given, seed: str, steps: int = STEPS) -> Found:
    """The best of what was found: rules are broken only where nothing better was found, which rule_checks says."""
    number, too_many = count_groups(len(given.people), given.rules)
    waiting = order_to_wait(given.people, seed)[:too_many]
    people = [each for each in given.people if each not in waiting]
    work = _Dividing(given, people, number) if number else None
    best: tuple[float, list[list[int]]] = (0.0, [])
    for start in range(STARTS if work else 0):
        found = work.divide(f"{seed}:{start}", steps) if work else best
        if not start or found[0] < best[0]:
            best = found
        if work and work.is_good(best[1]):
            break
    groups = [[people[each].id for each in group] for group in best[1]]
    return Found.of(groups, [each.id for each in waiting])


class _Dividing:
    """People by their place in the list; groups by number."""

    def __init__(self, given: Given, people: list[Seeker], number: int) -> None:
        import numpy as np

        self.given, self.people, self.number = given, people, number
        self.wanted = who_may_have_a_wish_met(given)
        self.pair = np.zeros((len(people), len(people)))
        for (first, one), (second, other) in combinations(enumerate(people), 2):
            self.pair[first, second] = self.pair[second, first] = _cost_of_pair(given, one, other)
        self.meets = np.array(
            [[float(one is not other and is_met_by(one, other)) for other in people] for one in people]
        )
        self.wanting = np.array([each.id in self.wanted for each in people])
        self.can = np.array([[float(each.dayparts >> bit & 1) for bit in range(len(Daypart))] for each in people])
        self.leads = np.array([each.facilitates for each in people])
        self.needs_leader = given.rules.facilitator
        self.lowest = _lowest_cost(given, people, number)
        self.groups: list[list[int]] = []
        self.random = random.Random()

    def divide(self, seed: str, steps: int) -> tuple[float, list[list[int]]]:
        """What the groups cost in the end, and who is in each."""
        order = sorted(range(len(self.people)), key=lambda place: draw(seed, self.people[place].id))
        self.groups = [sorted(order[first :: self.number]) for first in range(self.number)]
        self.random.seed(seed)
        cost, idle = self._cost(), 0
        for _ in range(steps if self.number > 1 else 0):
            if cost <= self.lowest or idle > IDLE:
                break
            before, cost = cost, self._step()
            idle = 0 if cost < before else idle + 1
        return cost, self.groups

    def is_good(self, groups: list[list[int]]) -> bool:
        """Whether no rule is broken, and everybody has a wish met who may have one."""
        there = [[self.people[each] for each in group] for group in groups]
        met = {each for group in there for each in who_have_a_wish_met(group)}
        return not any(list_breaches(self.given, group) for group in there) and met.issuperset(
            self.wanted & {each.id for each in self.people}
        )

    def _step(self) -> float:
        taken = [group.pop(self.random.randrange(len(group))) for group in self.groups]
        costs = self._costs(taken)
        total = 0.0
        for place, group in _assign(costs):
            self.groups[group].append(taken[place])
            total += float(costs[place, group])
        return total

    def _cost(self) -> float:
        """What all groups cost as they are."""
        taken = [group.pop() for group in self.groups]
        costs = self._costs(taken)
        for group, place in zip(self.groups, taken, strict=True):
            group.append(place)
        return sum(float(costs[each, each]) for each in range(self.number))

    def _costs(self, taken: list[int]) -> "Table":
        """What each group (a column) costs with each of these (a row)."""
        import numpy as np

        rest = np.zeros((self.number, len(self.people)))
        unmet = np.zeros((len(self.people), self.number))
        of_rest = np.zeros(self.number)
        for number, group in enumerate(self.groups):
            inside = np.ix_(group, group)
            rest[number, group] = 1.0
            of_rest[number] = self.pair[inside].sum() / 2
            unmet[group, number] = (self.meets[inside].sum(axis=1) == 0) & self.wanting[group]
        costs = self.pair[taken] @ rest.T + of_rest
        together = (rest @ self.can)[None, :, :] + self.can[taken][:, None, :]
        costs += _BROKEN * (rest.sum(axis=1) + 1 - together.max(axis=2))
        if self.needs_leader:
            led = (rest @ self.leads > 0)[None, :] | self.leads[taken][:, None]
            costs += _BROKEN * ~led
        costs += _WISH * ((self.meets[taken] @ rest.T == 0) & self.wanting[taken][:, None])
        costs += _WISH * (unmet.sum(axis=0)[None, :] - self.meets[:, taken].T @ unmet)
        return costs


def _cost_of_pair(given: Given, one: Seeker, other: Seeker) -> float:
    """What two cost who are together; _lowest_cost knows what is liked of it."""
    rules, cost = given.rules, _BROKEN * len(breaks_of_pair(given, one, other))
    if one.region and other.region:
        cost += _LIKING * (rules.regions == (Regions.MIX if one.region == other.region else Regions.NEAR))
    if rules.mix_sizes and one.size and one.size == other.size:
        cost += _LIKING
    return cost


def _lowest_cost(given: Given, people: list[Seeker], number: int) -> float:
    """Below this nothing can come, so that it need not go on."""
    rules, lowest = given.rules, 0
    if rules.regions == Regions.MIX:
        lowest += lowest_same((each.region for each in people), number)
    if rules.mix_sizes:
        lowest += lowest_same((each.size for each in people), number)
    return _LIKING * lowest


def _assign(costs: "Table") -> list[tuple[int, int]]:
    """Each of the taken (a row) to one group (a column), so that all together costs as little as it can."""
    import rustworkx

    size = len(costs)
    worth = (costs.max() - costs + 1).astype("int64").tolist()
    graph: rustworkx.PyGraph[int, int] = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(2 * size))
    graph.add_edges_from([(row, size + column, worth[row][column]) for row in range(size) for column in range(size)])
    found = rustworkx.max_weight_matching(graph, max_cardinality=True, weight_fn=int)
    return sorted((min(pair), max(pair) - size) for pair in found)
