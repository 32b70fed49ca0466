"""Why the rules of a round cannot all hold: counted, and said plainly with the numbers. Quick, and done before dividing."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from flask_babel import lazy_gettext as _l

from app.matching.kinds import Daypart, Rule
from app.matching.matchable import ALL_DAYPARTS, Found, Given, Seeker, count_groups
from app.matching.rule_checks import Breach, breaks_of_pair, list_breaches
from app.words import Worded


class ObstacleKind(Worded):
    """What stands in the way, in sentences with its numbers; a number comes last, so that one reads well too."""

    TOO_FEW = "too_few", _l("Wie ja zei: %(people)s. Voor één groep nodig: %(needed)s.")
    SIZES = (
        "sizes",
        _l("Wie ja zei: %(people)s. Dat past niet in groepen van %(smallest)s tot %(largest)s. Wie wacht: %(left)s."),
    )
    ODD = "odd", _l("Wie ja zei: %(people)s, een oneven aantal. Eén iemand wacht, of maakt een groep van drie.")
    ORGANISATION = (
        "organisation",
        _l("Van %(organisation)s: %(people)s. Groepen: %(groups)s. Bij een collega komt minstens: %(left)s."),
    )
    ORGANISATION_PAIRS = (
        "organisation_pairs",
        _l(
            "Van %(organisation)s: %(people)s. Van elders: %(others)s. Zonder iemand van elders blijft minstens: %(left)s."
        ),
    )
    FACILITATORS = (
        "facilitators",
        _l("Wie wil begeleiden: %(people)s. Groepen: %(groups)s. Zonder begeleider blijft minstens: %(left)s."),
    )
    PARTNERS = "partners", _l("Met hoeveel anderen %(person)s samen mag: %(people)s. Nodig: %(needed)s.")
    DAYPARTS = (
        "dayparts",
        _l("%(person)s kan op geen dagdeel met genoeg anderen. Hooguit: %(people)s. Nodig: %(needed)s."),
    )
    TOGETHER = "together", _l("Alle regels samen kunnen niet. Zonder ‘%(rule)s’ lukt het wel.")
    UNKNOWN = "unknown", _l("Alle regels samen kunnen niet, ook niet als er één af gaat.")


@dataclass(frozen=True)
class Obstacle:
    """One reason; `person` and `organisation` are ids, for whoever says it with their names."""

    kind: ObstacleKind
    numbers: Mapping[str, int]
    person: int | None = None
    organisation: int | None = None
    rule: Rule | None = None


def find_obstacles(given: Given) -> list[Obstacle]:
    """What counting shows; nothing shown is no promise that all rules hold."""
    groups, left = count_groups(len(given.people), given.rules)
    if not groups:
        numbers = {"people": len(given.people), "needed": given.rules.smallest}
        return [Obstacle(ObstacleKind.TOO_FEW, numbers)]
    return [
        *_of_sizes(given, left),
        *_of_organisations(given, groups),
        *_of_facilitators(given, groups),
        *_of_each(given),
    ]


def name_culprits(given: Given, found: Found, divide: Callable[[Given], Found]) -> list[Obstacle]:
    """Of rules that are broken though counting shows nothing: those without which all others hold, by trying each."""
    broken = {breach.rule for breach in _breaches(given, found)}
    if not broken:
        return []
    named = [
        Obstacle(ObstacleKind.TOGETHER, {}, rule=rule)
        for rule, eased in _eased(given)
        if rule in broken and not any(breach.rule != rule for breach in _breaches(eased, divide(eased)))
    ]
    return named or [Obstacle(ObstacleKind.UNKNOWN, {})]


def _breaches(given: Given, found: Found) -> Iterator[Breach]:
    for group in found.groups:
        yield from list_breaches(given, [given.by_id[each] for each in group])


def _eased(given: Given) -> Iterator[tuple[Rule, Given]]:
    """The same without one of its rules, for each."""
    rules = given.rules
    yield Rule.ORGANISATION, replace(given, rules=replace(rules, apart_organisations=False))
    yield Rule.HIERARCHY, replace(given, rules=replace(rules, apart_hierarchy=False))
    yield Rule.APART, replace(given, apart=frozenset())
    yield Rule.REPEAT, replace(given, met=frozenset())
    yield Rule.FACILITATOR, replace(given, rules=replace(rules, facilitator=False))
    always = tuple(replace(each, dayparts=ALL_DAYPARTS) for each in given.people)
    yield Rule.DAYPART, replace(given, people=always)


def _of_sizes(given: Given, left: int) -> Iterator[Obstacle]:
    rules, people = given.rules, len(given.people)
    if left and rules.in_pairs:
        yield Obstacle(ObstacleKind.ODD, {"people": people})
    elif left:
        sizes = {"smallest": rules.smallest, "largest": rules.largest}
        yield Obstacle(ObstacleKind.SIZES, {"people": people, "left": left, **sizes})


def _of_organisations(given: Given, groups: int) -> Iterator[Obstacle]:
    if not given.rules.apart_organisations:
        return
    counts = Counter(each for person in given.people for each in person.organisations)
    for organisation, people in sorted(counts.items()):
        others = sum(organisation not in each.organisations for each in given.people)
        if given.rules.in_pairs and people > others + 1:
            numbers = {"people": people, "others": others, "left": people - others}
            yield Obstacle(ObstacleKind.ORGANISATION_PAIRS, numbers, organisation=organisation)
        elif not given.rules.in_pairs and people > groups:
            numbers = {"people": people, "groups": groups, "left": people - groups}
            yield Obstacle(ObstacleKind.ORGANISATION, numbers, organisation=organisation)


def _of_facilitators(given: Given, groups: int) -> Iterator[Obstacle]:
    willing = sum(each.facilitates for each in given.people)
    if given.rules.facilitator and willing < groups:
        numbers = {"people": willing, "groups": groups, "left": groups - willing}
        yield Obstacle(ObstacleKind.FACILITATORS, numbers)


def _of_each(given: Given) -> Iterator[Obstacle]:
    """Those with whom too few others may be, or too few at one time."""
    needed = given.rules.smallest - 1
    for one in given.people:
        allowed = [each for each in given.people if each is not one and not breaks_of_pair(given, one, each)]
        if len(allowed) < needed:
            yield Obstacle(ObstacleKind.PARTNERS, {"people": len(allowed), "needed": needed}, person=one.id)
        elif (most := _most_at_once(one, allowed)) < needed:
            yield Obstacle(ObstacleKind.DAYPARTS, {"people": most, "needed": needed}, person=one.id)


def _most_at_once(one: Seeker, others: list[Seeker]) -> int:
    """With how many of these somebody can on their best daypart."""
    theirs = [bit for bit in range(len(Daypart)) if one.dayparts >> bit & 1]
    return max((sum(each.dayparts >> bit & 1 for each in others) for bit in theirs), default=0)
