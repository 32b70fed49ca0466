"""The engine alone: against trying everything on small rounds, and that nothing depends on the order or the day."""

import random
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given as given_by
from hypothesis import settings
from hypothesis import strategies as st

from app.matching import dividing, grouping, obstacles, pairing, rule_checks
from app.matching.kinds import Daypart, Regions, Rule
from app.matching.matchable import Given, Rules, Seeker, count_groups, lowest_same
from app.matching.obstacles import ObstacleKind

FEW_DAYS = (1 << len(Daypart)) - 1 & 0b111


@st.composite
def rounds(draw, pairs: bool):
    """A small round in which much is in the way."""
    number = draw(st.integers(2, 7 if pairs else 8))
    some = st.frozensets(st.integers(1, 3), max_size=2)
    people = [
        Seeker(
            id=each,
            organisations=(place := frozenset([draw(st.integers(1, 5))])),
            chain=place,
            region=draw(st.sampled_from(["", "west", "oost"])),
            size=draw(st.sampled_from(["", "B5", "M7"])),
            dayparts=draw(st.integers(1, FEW_DAYS)),
            offers=draw(some),
            seeks=draw(some),
            facilitates=draw(st.booleans()),
            left_out=draw(st.integers(0, 2)),
        )
        for each in draw(st.permutations(range(1, number + 1)))
    ]
    kept = st.lists(st.sampled_from(list(combinations(range(1, number + 1), 2))), max_size=3)
    sizes = (2, 2) if pairs else draw(st.sampled_from([(2, 3), (3, 3), (3, 4)]))
    rules = Rules(
        *sizes, regions=draw(st.sampled_from(Regions)), mix_sizes=draw(st.booleans()),
        facilitator=not pairs and draw(st.booleans()),
    )  # fmt: skip
    return Given.of(people, rules, draw(kept), draw(kept))


def _best_pairs(given, people):
    """The most pairs there can be, and of those the greatest worth, by trying all."""
    if len(people) < 2:
        return (0, 0)
    one, *others = people
    best = _best_pairs(given, others)
    for other in others:
        if rule_checks.may_be_together(given, one, other):
            number, worth = _best_pairs(given, [each for each in others if each is not other])
            best = max(best, (number + 1, worth + pairing.worth_of_pair(given, one, other)))
    return best


def _divisions(people, sizes):
    """Every way to put all of these in groups of these sizes."""
    if not people:
        yield []
        return
    for size in set(sizes):
        rest = list(sizes)
        rest.remove(size)
        for others in combinations(people[1:], size - 1):
            group = [people[0], *others]
            for further in _divisions([each for each in people if each not in group], rest):
                yield [group, *further]


def _breaches(given, groups):
    return [breach for group in groups for breach in rule_checks.list_breaches(given, group)]


def _seekers(given, found):
    return [[given.by_id[each] for each in group] for group in found.groups]


@settings(max_examples=60, deadline=None, derandomize=True)
@given_by(rounds(pairs=True))
def test_as_many_pairs_as_can_be_and_none_that_may_not_be(given):
    found = pairing.make_pairs(given, "s")
    assert len(found.groups) == _best_pairs(given, list(given.people))[0]
    assert _breaches(given, _seekers(given, found)) == []
    inside = {each for group in found.groups for each in group}
    assert sorted([*inside, *found.waiting]) == [each.id for each in given.people]
    if len({each.left_out for each in given.people}) == 1:
        worth = sum(pairing.worth_of_pair(given, *group) for group in _seekers(given, found))
        assert worth == _best_pairs(given, list(given.people))[1]


@settings(max_examples=40, deadline=None, derandomize=True)
@given_by(rounds(pairs=False))
def test_groups_break_no_rule_where_that_can_be(given):
    found = grouping.make_groups(given, "s", steps=100)
    number, waiting = count_groups(len(given.people), given.rules)
    assert (len(found.groups), len(found.waiting)) == (number, waiting)
    groups = _seekers(given, found)
    sizes = [len(group) for group in groups]
    inside = [each for group in groups for each in group]
    possible = [each for each in _divisions(inside, sizes) if not _breaches(given, each)]
    if possible:
        assert _breaches(given, groups) == []
        wanted = rule_checks.who_may_have_a_wish_met(given)
        fewest = min(sum(each.id in wanted for each in inside) - _met(groups_, wanted) for groups_ in possible)
        assert sum(each.id in wanted for each in inside) - _met(groups, wanted) <= fewest + 1


def _met(groups, wanted):
    return sum(each in wanted for group in groups for each in rule_checks.who_have_a_wish_met(group))


@settings(max_examples=25, deadline=None, derandomize=True)
@given_by(rounds(pairs=False), st.randoms())
def test_the_order_in_which_people_come_changes_nothing(given, chance):
    people, apart, met = list(given.people), list(given.apart), list(given.met)
    chance.shuffle(people)
    again = Given.of(people, given.rules, [pair[::-1] for pair in apart], met[::-1])
    assert again.digest == given.digest
    assert grouping.make_groups(again, "x", steps=10) == grouping.make_groups(given, "x", steps=10)
    pairs = [replace(each, rules=replace(given.rules, smallest=2, largest=2)) for each in (given, again)]
    assert pairing.make_pairs(pairs[0], "x") == pairing.make_pairs(pairs[1], "x")


def test_regions_are_mixed_to_the_bound_or_kept_together():
    people = [Seeker(each, region="abc"[each % 3]) for each in range(1, 13)]

    def same_pairs(regions):
        given = Given.of(people, Rules(3, 3, regions=regions))
        groups = _seekers(given, grouping.make_groups(given, "s"))
        return sum(one.region == other.region for group in groups for one, other in combinations(group, 2))

    assert same_pairs(Regions.MIX) == lowest_same([each.region for each in people], 4) == 0
    assert same_pairs(Regions.NEAR) == 9


def test_who_was_left_out_last_time_does_not_wait_again():
    people = [Seeker(each, left_out=each == 2) for each in (1, 2, 3)]
    assert all(2 not in pairing.make_pairs(Given.of(people, Rules(2, 2)), seed).waiting for seed in "abcdefgh")
    people = [Seeker(each, left_out=int(each < 4)) for each in range(1, 6)]
    assert all(grouping.make_groups(Given.of(people, Rules(4, 4)), seed).waiting[0] > 3 for seed in "abcdefgh")


def test_an_odd_one_makes_a_trio_where_that_is_allowed():
    given = Given.of([Seeker(each) for each in (1, 2, 3)], Rules(2, 2, trio=True))
    assert pairing.make_pairs(given, "s").groups == ((1, 2, 3),)
    apart = Given.of([Seeker(each) for each in (1, 2, 3)], Rules(2, 2, trio=True), apart=[(1, 3), (1, 2)])
    assert pairing.make_pairs(apart, "s") == pairing.Found(((2, 3),), (1,))


def test_one_pair_at_most_becomes_a_trio():
    """Two times three people of whom nobody may be with one of the others: each three would make a trio."""
    apart = [(one, other) for one in (1, 2, 3) for other in (4, 5, 6)]
    given = Given.of([Seeker(each) for each in range(1, 7)], Rules(2, 2, trio=True), apart=apart)
    found = pairing.make_pairs(given, "s")
    assert (sorted(map(len, found.groups)), len(found.waiting)) == ([2, 3], 1)


def _kinds(given):
    return [each.kind for each in dividing.work_out(given, "s").obstacles]


def test_what_cannot_be_is_counted_out():
    at_one = frozenset([7])
    people = [Seeker(each, at_one, at_one) for each in (1, 2, 3)] + [Seeker(each) for each in (4, 5, 6)]
    (found,) = obstacles.find_obstacles(Given.of(people, Rules(3, 3)))
    assert (found.kind, found.organisation, found.numbers) == (
        ObstacleKind.ORGANISATION,
        7,
        {"people": 3, "groups": 2, "left": 1},
    )
    assert _kinds(Given.of([Seeker(1)], Rules(2, 2))) == [ObstacleKind.TOO_FEW]
    assert _kinds(Given.of([Seeker(each) for each in range(1, 8)], Rules(5, 6))) == [ObstacleKind.SIZES]
    assert _kinds(Given.of([Seeker(each) for each in range(1, 7)], Rules(3, 3, facilitator=True))) == [
        ObstacleKind.FACILITATORS
    ]
    lonely = Given.of([Seeker(each) for each in range(1, 5)], Rules(4, 4), apart=[(1, 2)])
    assert _kinds(lonely) == [ObstacleKind.PARTNERS] * 2
    early = [Seeker(1, dayparts=1), *(Seeker(each, dayparts=2) for each in (2, 3))]
    assert ObstacleKind.DAYPARTS in _kinds(Given.of(early, Rules(3, 3)))


def test_what_counting_does_not_show_is_found_by_leaving_a_rule_out():
    """Everybody has two whom they did not meet, who met each other: they stand in a ring."""
    people = [Seeker(each) for each in range(1, 7)]
    ring = {tuple(sorted((each, each % 6 + 1))) for each in range(1, 7)}
    given = Given.of(people, Rules(3, 3), met=[two for two in combinations(range(1, 7), 2) if two not in ring])
    assert obstacles.find_obstacles(given) == []
    (found,) = dividing.work_out(given, "s").obstacles
    assert (found.kind, found.rule) == (ObstacleKind.TOGETHER, Rule.REPEAT)


def test_four_hundred_people_with_everything_at_once():
    """As make bench measures it, a tenth of the size here."""
    given = crowded(60, seed=3)
    found = grouping.make_groups(given, "s")
    groups = _seekers(given, found)
    assert [breach.rule for breach in _breaches(given, groups)] == []
    assert found == grouping.make_groups(given, "s")
    wanted = rule_checks.who_may_have_a_wish_met(given)
    assert _met(groups, wanted) == len(wanted)


def crowded(number: int, seed: int) -> Given:
    """People of many organisations with wishes and dayparts, who met in two earlier rounds."""
    pick = random.Random(seed)
    places = [(each, pick.choice("abcde"), pick.choice("xyz")) for each in range(1, 40)]
    people = []
    for each in range(1, number + 1):
        place, region, size = pick.choice(places)
        days = sum(1 << bit for bit in pick.sample(range(10), pick.randint(4, 7)))
        offers, seeks = (frozenset(pick.sample(range(20), pick.randint(1, 3))) for _ in range(2))
        people.append(
            Seeker(each, frozenset([place]), frozenset([place]), region, size, days, offers, seeks, pick.random() < 0.3)
        )
    met = [tuple(sorted(pick.sample(range(1, number + 1), 2))) for _ in range(number * 2)]
    return Given.of(people, Rules(5, 6, regions=Regions.MIX, mix_sizes=True, facilitator=True), met=met)


@pytest.mark.parametrize(
    ("people", "sizes", "expected"),
    [(400, (5, 6), (67, 0)), (7, (5, 6), (1, 1)), (13, (5, 6), (2, 1)), (4, (5, 6), (0, 4)), (5, (2, 2), (2, 1))],
)
def test_as_few_groups_as_can_be(people, sizes, expected):
    assert count_groups(people, Rules(*sizes)) == expected
