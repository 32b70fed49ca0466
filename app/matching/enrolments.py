"""Who was asked in a round, and what they say by their own link, until it closes."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from app import clock, tokens, urls
from app.database import db, lock_row
from app.matching.kinds import Daypart, Reply, Side
from app.matching.models import MatchEnrolment, MatchRound, match_topics
from app.network.models import Network
from app.network.people.models import Person
from app.themes import themes
from app.themes.models import Theme
from app.tokens import Purpose
from app.words import Refusal


class RoundClosed(Refusal):
    """It is too late to answer, or to change that."""

    says = _l("Antwoorden kan niet meer: deze ronde is dicht.")


@dataclass(frozen=True)
class Wishes:
    """What somebody says along with yes."""

    offers: str = ""
    seeks: str = ""
    offered: frozenset[int] = frozenset()
    """Ids of themes that they know about."""
    sought: frozenset[int] = frozenset()
    dayparts: frozenset[Daypart] = frozenset(Daypart)
    facilitates: bool = False


def link_of_enrolment(enrolment: MatchEnrolment) -> str:
    return urls.match_url(tokens.make_token(Purpose.MATCH, enrolment.id))


def enrolment_of_link(token: str) -> MatchEnrolment | None:
    """Whose link it is; None once they were erased or the round was forgotten."""
    enrolment_id, _ = tokens.read_token(Purpose.MATCH, token) or (0, 0)
    wanted = sa.select(MatchEnrolment).where(MatchEnrolment.id == enrolment_id)
    loading = joinedload(MatchEnrolment.round).joinedload(MatchRound.network)
    return db.session.scalar(wanted.options(loading, joinedload(MatchEnrolment.person)))


def add_enrolment(row: MatchRound, person: Person) -> MatchEnrolment:
    """Somebody is asked."""
    enrolment = MatchEnrolment(round=row, person=person)
    db.session.add(enrolment)
    db.session.flush()
    return enrolment


def say_yes(enrolment: MatchEnrolment, wishes: Wishes) -> None:
    """Take part, with these wishes. Raises RoundClosed."""
    _demand_open(enrolment)
    enrolment.answer, enrolment.answered_at = Reply.YES, clock.now()
    enrolment.offers, enrolment.seeks = wishes.offers, wishes.seeks
    enrolment.dayparts, enrolment.facilitates = write_dayparts(wishes.dayparts), wishes.facilitates
    _set_topics(enrolment, {Side.OFFERS: wishes.offered, Side.SEEKS: wishes.sought})


def say_no(enrolment: MatchEnrolment) -> None:
    """Take no part; nothing of what was said before is kept. Raises RoundClosed."""
    _demand_open(enrolment)
    enrolment.answer, enrolment.answered_at = Reply.NO, clock.now()
    enrolment.offers = enrolment.seeks = ""
    enrolment.dayparts, enrolment.facilitates = 0, False
    _set_topics(enrolment, {})


def _demand_open(enrolment: MatchEnrolment) -> None:
    lock_row(enrolment)
    if not enrolment.round.open:
        raise RoundClosed


def _set_topics(enrolment: MatchEnrolment, topics: Mapping[Side, Collection[int]]) -> None:
    db.session.execute(sa.delete(match_topics).where(match_topics.c.enrolment_id == enrolment.id))
    rows = [
        {"enrolment_id": enrolment.id, "theme_id": theme, "side": side}
        for side, chosen in topics.items()
        for theme in sorted(chosen)
    ]
    if rows:
        db.session.execute(sa.insert(match_topics), rows)
    db.session.flush()


def topics_of(enrolment_ids: Collection[int]) -> dict[int, dict[Side, set[int]]]:
    """Ids of themes that people know about and look for, by enrolment."""
    found: dict[int, dict[Side, set[int]]] = {}
    rows = sa.select(match_topics).where(match_topics.c.enrolment_id.in_(enrolment_ids))
    for enrolment_id, theme_id, side in db.session.execute(rows):
        found.setdefault(enrolment_id, {Side.OFFERS: set(), Side.SEEKS: set()})[side].add(theme_id)
    return found


def themes_to_choose(network: Network) -> list[Theme]:
    """What people say that they know about or look for: the themes of the network, or all where it has none."""
    return themes.go_on_today(network.themes) or themes.list_choosable()


def write_dayparts(chosen: Iterable[Daypart]) -> int:
    wanted = set(chosen)
    return sum(1 << place for place, daypart in enumerate(Daypart) if daypart in wanted)


def read_dayparts(bits: int) -> list[Daypart]:
    return [daypart for place, daypart in enumerate(Daypart) if bits >> place & 1]
