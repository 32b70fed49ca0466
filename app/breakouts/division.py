"""Dividing the places of a round by wishes: the best for all together, and the same for the same seed.

A place by one's first wish costs nothing, by the second 1, another one 3; the sum is as low as it can be (shortest
augmenting paths over the slots). Everybody has a place as long as there is one that they may have. People come in the order
of the draw: where the sum is the same, who drew earlier goes before.
"""

import hashlib
import itertools
from collections.abc import Mapping, Sequence

FIRST, SECOND, OTHER = 0, 1, 3
Costs = Mapping[int, int]
"""What each slot that somebody may have costs, by its id."""
_NO_WAY = 1_000


def draw(seed: str, ids: Sequence[int], lost: Mapping[int, int]) -> list[int]:
    """The order of the draw: who lost most before comes first, and then chance, in whatever order the ids were given."""
    return sorted(ids, key=lambda each: (-lost.get(each, 0), hashlib.sha256(f"{seed}:{each}".encode()).digest()))


def divide(order: Sequence[int], costs: Mapping[int, Costs], seats: Mapping[int, int | None]) -> dict[int, int]:
    """The slot of each person for whom there is one. `seats` of None have no limit."""
    slots = sorted(seats)
    inside: dict[int, dict[int, None]] = {slot: {} for slot in slots}
    ways: dict[int, dict[int, tuple[int, int]]] = {slot: {} for slot in slots}
    for person in order:
        path = _shortest_path(costs[person], slots, inside, ways, seats)
        for mover, slot in _moves(person, path, ways):
            for left in slots:
                inside[left].pop(mover, None)
            inside[slot][mover] = None
        for slot in path:
            ways[slot] = _ways_out(slot, slots, inside[slot], costs)
    return {person: slot for slot in slots for person in inside[slot]}


def _shortest_path(
    costs: Costs,
    slots: Sequence[int],
    inside: Mapping[int, Mapping[int, None]],
    ways: Mapping[int, Mapping[int, tuple[int, int]]],
    seats: Mapping[int, int | None],
) -> list[int]:
    """The slots along which people move up, the first the newcomer's; none when there is no place to be had."""
    reach = {slot: (costs[slot], [slot]) for slot in slots if slot in costs}
    for _ in slots:
        before = dict(reach)
        for start, (so_far, path) in before.items():
            for slot, (further, _) in ways[start].items():
                if so_far + further < reach.get(slot, (_NO_WAY, []))[0] and slot not in path:
                    reach[slot] = so_far + further, [*path, slot]
        if reach == before:
            break
    free = [slot for slot in reach if (limit := seats[slot]) is None or len(inside[slot]) < limit]
    return min((reach[slot] for slot in free), key=lambda found: (found[0], len(found[1])), default=(0, []))[1]


def _ways_out(
    slot: int, slots: Sequence[int], people: Mapping[int, None], costs: Mapping[int, Costs]
) -> dict[int, tuple[int, int]]:
    """To each other slot the least that it costs to move somebody there, and who: of those the one who came last."""
    found: dict[int, tuple[int, int]] = {}
    for person in people:
        own = costs[person]
        here = own[slot]
        for other in slots:
            cost = own.get(other)
            if cost is not None and other != slot and (other not in found or cost - here <= found[other][0]):
                found[other] = cost - here, person
    return found


def _moves(
    person: int, path: Sequence[int], ways: Mapping[int, Mapping[int, tuple[int, int]]]
) -> list[tuple[int, int]]:
    """Who goes where along a path."""
    if not path:
        return []
    return [(person, path[0]), *((ways[start][slot][1], slot) for start, slot in itertools.pairwise(path))]
