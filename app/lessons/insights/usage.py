"""By whom suggestions were used, as everybody may read it.

An organisation stands by name with the yes of somebody who works there. Of the others there stands how many of which kind
in which region once they are five; fewer are 'some', with their kind and region only where there are so many like them that
it points at none. What is shown of a few could otherwise be worked out from a small body's neighbours.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext, ngettext
from sqlalchemy.orm import joinedload

from app.database import Condition, db
from app.events.models import Event
from app.lessons.impressions.models import Impression, ImpressionState
from app.lessons.insights.models import Insight, Suggestion, SuggestionUse, UseAnswer
from app.lessons.insights.uses import Response
from app.network.organisations import lineage, organisations
from app.network.organisations.models import Organisation, OrganisationKind
from app.network.people import job_positions
from app.network.people.models import Person, Position
from app.words import ngettext_l

FEWEST = 5
"""Organisations, or people, of which the number is shown."""
MANY = 10
"""Organisations of a kind in a region among which 'some' points at none of them."""
Place = tuple[OrganisationKind, str | None]
_KINDS: dict[OrganisationKind, Callable[[int], str]] = {
    OrganisationKind.MUNICIPALITY: ngettext_l("gemeente", "gemeenten"),
    OrganisationKind.WATER_BOARD: ngettext_l("waterschap", "waterschappen"),
    OrganisationKind.PROVINCE: ngettext_l("provincie", "provincies"),
    OrganisationKind.STATE: ngettext_l("rijksorganisatie", "rijksorganisaties"),
    OrganisationKind.ASSOCIATION: ngettext_l("vereniging", "verenigingen"),
    OrganisationKind.PARTNERSHIP: ngettext_l("samenwerkingsverband", "samenwerkingsverbanden"),
    OrganisationKind.KNOWLEDGE_INSTITUTE: ngettext_l("kennisinstelling", "kennisinstellingen"),
    OrganisationKind.HOUSING_CORPORATION: ngettext_l("woningcorporatie", "woningcorporaties"),
    OrganisationKind.CIVIL_SOCIETY: ngettext_l("maatschappelijke organisatie", "maatschappelijke organisaties"),
    OrganisationKind.COMPANY: ngettext_l("bedrijf", "bedrijven"),
}


@dataclass(frozen=True)
class Group:
    """Organisations without a name: how many (None: some), of which kind and where, as far as that may be told."""

    count: int | None
    kind: OrganisationKind | None = None
    region: str | None = None
    elsewhere: bool = False
    """Whether others of its kind were told of already, in a region."""

    def words(self, *, others: bool) -> str:
        """As a part of a sentence; `others` says that more stands before it."""
        number = str(self.count) if self.count else gettext("enkele")
        if self.kind is None:
            what = ngettext("organisatie", "organisaties", self.count or 2)
            return gettext("%(number)s andere %(what)s", number=number, what=what) if others else f"{number} {what}"
        words = f"{number} {_KINDS[self.kind](self.count or 2)}"
        if self.elsewhere:
            return gettext("%(what)s elders", what=words)
        return gettext("%(what)s in %(region)s", what=words, region=self.region) if self.region else words


@dataclass
class Usage:
    """Who used something: organisations by name with their yes, and the others as groups."""

    named: list[str] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)

    @property
    def words(self) -> str:
        """The whole in a sentence."""
        parts = [*self.named]
        for group in self.groups:
            parts.append(group.words(others=bool(parts)))
        *first, last = parts
        who = gettext("%(first)s en %(last)s", first=", ".join(first), last=last) if first else last
        return gettext("Gebruikt door %(who)s", who=who)


@dataclass(frozen=True)
class Askable:
    """Somebody who said that colleagues may ask them."""

    name: str
    organisation: str


def usage_of_suggestions(suggestion_ids: Collection[int]) -> dict[int, Usage]:
    """By whom each of these suggestions was used, of those that were; a fixed number of queries."""
    return _usage(SuggestionUse.suggestion_id, suggestion_ids)


def usage_of_insights(insight_ids: Collection[int]) -> dict[int, Usage]:
    """By whom any suggestion of each of these insights was used, of those of which one was."""
    return _usage(Suggestion.insight_id, insight_ids)


def select_used_insights() -> sa.Select[int]:
    """Insights of which everybody may know that a suggestion was used."""
    used = sa.select(Suggestion.insight_id).join(SuggestionUse, SuggestionUse.suggestion_id == Suggestion.id)
    return used.join(Insight, Insight.id == Suggestion.insight_id).where(_IS_USED, is_told_of())


def is_told_of() -> Condition:
    """The condition on Insight that everybody may know what was done with it: its report is public and nothing in it confidential."""
    session = sa.select(Event.id).where(
        Event.confidential, sa.or_(Event.id == Impression.event_id, Event.series_id == Impression.series_id)
    )
    open_reports = sa.select(Impression.id).where(
        Impression.state == ImpressionState.PUBLISHED, ~session.correlate(Impression).exists()
    )
    return Insight.impression_id.in_(open_reports)


def list_askable(suggestion_ids: Collection[int]) -> dict[int, list[Askable]]:
    """Whom one may ask about each of these suggestions, as long as they work where they said yes for, by name."""
    wanted = (
        sa.select(SuggestionUse)
        .join(SuggestionUse.suggestion)
        .join(Suggestion.insight)
        .join(SuggestionUse.person)
        .where(SuggestionUse.suggestion_id.in_(suggestion_ids), SuggestionUse.askable_at.is_not(None), is_told_of())
        .where(Person.erased_at.is_(None))
        .order_by(Person.sort_name, Person.id)
    )
    works = joinedload(SuggestionUse.person).selectinload(Person.positions).joinedload(Position.organisation)
    found: dict[int, list[Askable]] = {}
    for use in db.session.scalars(wanted.options(works, joinedload(SuggestionUse.organisation))):
        if still_holds(use):
            place = lineage.organisation_today(use.organisation).name if use.organisation else ""
            found.setdefault(use.suggestion_id, []).append(Askable(use.person.name, place))
    return found


def still_holds(use: SuggestionUse) -> bool:
    """Whether somebody works where they did when they answered, or what that is today."""
    if use.organisation is None:
        return True
    place = lineage.organisation_today(use.organisation)
    held = [each for each in use.person.positions if job_positions.is_held_on(each)]
    return not use.person.positions or any(lineage.organisation_today(each.organisation) is place for each in held)


def response_in_words(response: Response) -> str:
    """How many answered, as everybody may read it; nothing of a handful that was asked."""
    if response.asked < FEWEST or not response.answered:
        return ""
    number = str(response.answered) if response.answered >= FEWEST else gettext("Enkele")
    return gettext("%(number)s van %(asked)s gevraagde deelnemers antwoordden", number=number, asked=response.asked)


_IS_USED = SuggestionUse.answer == UseAnswer.USED
_TODAY = lineage.organisation_id_today(SuggestionUse.organisation_id)


def _usage(key: Any, ids: Collection[int]) -> dict[int, Usage]:
    """Who has no organisation counts as one without a name."""
    wanted = (
        sa.select(key, SuggestionUse.person_id, SuggestionUse.shown_at.is_not(None), _TODAY)
        .select_from(SuggestionUse)
        .join(Suggestion, Suggestion.id == SuggestionUse.suggestion_id)
        .join(Insight, Insight.id == Suggestion.insight_id)
        .where(key.in_(ids), _IS_USED, is_told_of())
    )
    rows = db.session.execute(wanted).all() if ids else []
    if not rows:
        return {}
    places = {each.id: each for each in organisations.load_organisations({row[3] for row in rows if row[3]})}
    crowds = _count_alike()
    users: dict[int, dict[object, bool]] = {}
    for about, person_id, shown, organisation_id in rows:
        who = places.get(organisation_id) or person_id
        mine = users.setdefault(about, {})
        mine[who] = shown or mine.get(who, False)
    return {about: _tell(mine, crowds) for about, mine in users.items()}


def _count_alike() -> Counter[Place]:
    """How many organisations of each kind there are in each region today."""
    wanted = sa.select(Organisation.kind, Organisation.region, sa.func.count()).where(organisations.exists_today())
    rows = db.session.execute(wanted.group_by(Organisation.kind, Organisation.region))
    return Counter({(kind, region): count for kind, region, count in rows})


def _tell(users: dict[object, bool], crowds: Counter[Place]) -> Usage:
    named = sorted(each.name for each, shown in users.items() if shown and isinstance(each, Organisation))
    silent = [each for each, shown in users.items() if not (shown and isinstance(each, Organisation))]
    return Usage(named, list(_group(silent, crowds)))


def _group(silent: Sequence[object], crowds: Counter[Place]) -> Iterable[Group]:
    """The most that may be told of these: by kind and region, then by kind alone, then how many are left or that it is some."""
    left = Counter((each.kind, each.region) for each in silent if isinstance(each, Organisation))
    unknown = len(silent) - left.total()
    told = [(place, count) for place, count in left.items() if count >= FEWEST]
    for place, count in sorted(told, key=lambda each: (-each[1], str(each[0]))):
        yield Group(count, *place)
        del left[place]
    for kind in OrganisationKind:
        places = [place for place in left if place[0] == kind]
        if (count := sum(left[place] for place in places)) >= FEWEST:
            yield Group(count, kind, elsewhere=kind in {place[0] for place, _ in told})
            for place in places:
                del left[place]
    if (rest := left.total() + unknown) >= FEWEST:
        yield Group(rest)
    elif rest:
        alone = next(iter(left)) if len(left) == 1 and not unknown else None
        yield Group(None, *alone) if alone and crowds[alone] >= MANY else Group(None)
