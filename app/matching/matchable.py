"""What a division rests on, without a database: who takes part, with which wishes, under which rules.

Everything is in the order of ids, so that the same comes out in whatever order it was given.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.matching.kinds import Daypart, Regions

ALL_DAYPARTS = (1 << len(Daypart)) - 1
Pair = tuple[int, int]
"""Two people by their ids, the lower one first."""


@dataclass(frozen=True)
class Seeker:
    """Somebody who takes part; `id` is of the person."""

    id: int
    organisations: frozenset[int] = frozenset()
    """Where they work today."""
    chain: frozenset[int] = frozenset()
    """Those, and what they are a part of."""
    region: str = ""
    size: str = ""
    """Of their organisation; empty where it has none."""
    dayparts: int = ALL_DAYPARTS
    """One bit for each Daypart, the first the lowest."""
    offers: frozenset[int] = frozenset()
    seeks: frozenset[int] = frozenset()
    facilitates: bool = False
    left_out: int = 0
    """The latest earlier round in which they waited, counted from the first; 0 for never."""


@dataclass(frozen=True)
class Rules:
    """What the groups of a round have to be like."""

    smallest: int
    largest: int
    apart_organisations: bool = True
    apart_hierarchy: bool = True
    regions: Regions = Regions.ANY
    mix_sizes: bool = False
    facilitator: bool = False
    trio: bool = False
    """Whether one pair may take a third, when somebody would be left."""

    @property
    def in_pairs(self) -> bool:
        return self.largest == 2


@dataclass(frozen=True)
class Given:
    """All that a division rests on. `apart` are pairs that an organiser named, `met` those of earlier rounds."""

    people: tuple[Seeker, ...]
    rules: Rules
    apart: frozenset[Pair] = frozenset()
    met: frozenset[Pair] = frozenset()

    @classmethod
    def of(
        cls, people: Iterable[Seeker], rules: Rules, apart: Iterable[Pair] = (), met: Iterable[Pair] = ()
    ) -> "Given":
        """In whatever order they come."""
        ordered = tuple(sorted(people, key=lambda each: each.id))
        return cls(ordered, rules, frozenset(map(make_pair, apart)), frozenset(map(make_pair, met)))

    @cached_property
    def by_id(self) -> dict[int, Seeker]:
        return {each.id: each for each in self.people}

    @cached_property
    def digest(self) -> str:
        """What tells whether a division rests on the same."""
        people = [
            (each.id, *(sorted(some) for some in (each.organisations, each.chain, each.offers, each.seeks)),
             each.region, each.size, each.dayparts, each.facilitates, each.left_out)
            for each in self.people
        ]  # fmt: skip
        known = {each.id for each in self.people}
        pairs = [sorted(pair for pair in some if known.issuperset(pair)) for some in (self.apart, self.met)]
        return hashlib.sha256(repr((people, sorted(vars(self.rules).items()), pairs)).encode()).hexdigest()


@dataclass(frozen=True)
class Found:
    """What came out: groups of people by id, in a fixed order, and who waits."""

    groups: tuple[tuple[int, ...], ...]
    waiting: tuple[int, ...]

    @classmethod
    def of(cls, groups: Iterable[Iterable[int]], waiting: Iterable[int]) -> "Found":
        return cls(tuple(sorted(tuple(sorted(each)) for each in groups)), tuple(sorted(waiting)))


def make_pair(two: Sequence[int]) -> Pair:
    first, second = sorted(two)
    return first, second


def draw(seed: str, person_id: int) -> bytes:
    """Chance, the same for the same seed: by which people are put in order where nothing else says who goes first."""
    return hashlib.sha256(f"{seed}:{person_id}".encode()).digest()


def order_to_wait(people: Iterable[Seeker], seed: str) -> list[Seeker]:
    """Who waits first when there is no place: who was left out longest ago or never, and then chance."""
    return sorted(people, key=lambda each: (each.left_out, draw(seed, each.id)))


def count_groups(people: int, rules: Rules) -> tuple[int, int]:
    """How many groups there are, as few as can be, and how many people wait because they fit in none."""
    for inside in range(people, rules.smallest - 1, -1):
        groups = -(-inside // rules.largest)
        if groups * rules.smallest <= inside:
            return groups, people - inside
    return 0, people


def lowest_same(kinds: Iterable[str], groups: int) -> int:
    """How many pairs of the same kind there are at least, however people are spread over so many groups.

    Each kind spread as evenly as it can be: of c people some groups have c // groups of them, others one more.
    """
    counts: dict[str, int] = {}
    for kind in kinds:
        if kind:
            counts[kind] = counts.get(kind, 0) + 1
    total = 0
    for count in counts.values() if groups else ():
        few, more = divmod(count, groups)
        total += (groups - more) * (few * (few - 1) // 2) + more * (few * (few + 1) // 2)
    return total
