"""The knowledge library: published insights of all networks, searched in Dutch, with what came of them.

Stems stand in library_entries; PostgreSQL searches them by the column `vector` that it keeps
itself (tsvector), SQLite by the FTS5 table library_search that triggers keep up.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app import clock
from app.database import db, insert_new
from app.lessons.impressions import facts, stems
from app.lessons.impressions.models import Impression, ImpressionKind, ImpressionState
from app.lessons.insights.about_themes import insight_is_about
from app.lessons.insights.models import Insight, Kinship, LibraryEntry, Suggestion
from app.network.models import Network
from app.themes.models import Theme, impression_themes, insight_themes

if TYPE_CHECKING:
    from app.lessons.insights.usage import Usage

PER_PAGE = 20
_CANDIDATES = 30
_ALIKE = 80
"""Likeness of two insights' words, of 100, from which they say the same."""


@dataclass(frozen=True)
class LibraryFilter:
    """What the library is narrowed down to; empty values narrow nothing."""

    text: str = ""
    theme: str = ""
    network: str = ""
    year: int | None = None
    kind: str = ""
    used: bool = False
    """Only what people said they used."""


@dataclass
class LibraryPage:
    """A page of insights; `sessions` says in how many reports each was heard, `used` by whom it was used."""

    insights: list[Insight]
    total: int
    page: int
    sessions: dict[int, int] = field(default_factory=dict)
    used: "dict[int, Usage]" = field(default_factory=dict)

    @property
    def pages(self) -> int:
        return -(-self.total // PER_PAGE)

    has_prev = property(lambda self: self.page > 1)
    has_next = property(lambda self: self.page < self.pages)
    prev_num = property(lambda self: self.page - 1)
    next_num = property(lambda self: self.page + 1)


def search_library(sought: LibraryFilter, page: int = 1) -> LibraryPage:
    """Insights that fit, the best first, without words the newest; a fixed number of queries."""
    from app.lessons.insights import usage

    words = stems.stems_of(sought.text)[:10]
    if sought.text and not words:
        return LibraryPage([], 0, 1)
    hits = _listed(_narrowed(_matching(words) if words else sa.select(LibraryEntry.insight_id), sought))
    total = db.session.scalars(sa.select(sa.func.count()).select_from(hits.order_by(None).subquery())).one()
    page = max(1, min(page, -(-total // PER_PAGE)))
    order = _rank(words) if words else LibraryEntry.insight_id.desc()
    insight_ids = list(
        db.session.scalars(
            hits.order_by(order, LibraryEntry.insight_id.desc()).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
        )
    )
    found = load_insights(insight_ids)
    return LibraryPage(found, total, page, count_heard(found), usage.usage_of_insights(insight_ids))


def load_insights(insight_ids: list[int]) -> list[Insight]:
    """Insights in this order with where they come from and what came of their suggestions."""
    wanted = (
        sa.select(Insight)
        .join(Insight.impression)
        .where(Insight.id.in_(insight_ids))
        .options(
            contains_eager(Insight.impression).options(
                joinedload(Impression.network),
                joinedload(Impression.event),
                joinedload(Impression.series),
                selectinload(Impression.themes),
            ),
            selectinload(Insight.suggestions).selectinload(Suggestion.commitments),
        )
    )
    found = {insight.id: insight for insight in db.session.scalars(wanted)}
    return [found[insight_id] for insight_id in insight_ids if insight_id in found]


def count_heard(insights: list[Insight]) -> dict[int, int]:
    """In how many reports each of these was heard, for those in more than one."""
    other = sa.orm.aliased(Insight)
    wanted = (
        sa.select(Kinship.insight_id, sa.func.count(sa.distinct(other.impression_id)))
        .join(other, other.id == Kinship.other_id)
        .where(Kinship.insight_id.in_([insight.id for insight in insights]))
        .group_by(Kinship.insight_id)
    )
    return {insight_id: count + 1 for insight_id, count in db.session.execute(wanted)}


def kindred_insights(insight: Insight) -> list[Insight]:
    """The published insights of other reports, of networks that are listed, that say nearly the same, newest first."""
    wanted = _listed(sa.select(Kinship.other_id).join(LibraryEntry, LibraryEntry.insight_id == Kinship.other_id))
    wanted = wanted.where(Kinship.insight_id == insight.id).order_by(Kinship.other_id.desc())
    return load_insights(list(db.session.scalars(wanted)))


def repeated_insights(network: Network, most: int = 5) -> list[tuple[Insight, int]]:
    """Insights of a network that were heard in more than one session, most often first; each saying stands once."""
    wanted = (
        sa.select(Kinship.insight_id)
        .join(LibraryEntry, LibraryEntry.insight_id == Kinship.insight_id)
        .where(LibraryEntry.network_id == network.id)
        .group_by(Kinship.insight_id)
        .order_by(sa.func.count().desc(), Kinship.insight_id.desc())
        .limit(most * 4)
    )
    candidates = load_insights(list(db.session.scalars(wanted)))
    counts = count_heard(candidates)
    chosen, said = [], set()
    pairs = sa.select(Kinship).where(Kinship.insight_id.in_([insight.id for insight in candidates]))
    others: dict[int, set[int]] = {}
    for pair in db.session.scalars(pairs):
        others.setdefault(pair.insight_id, set()).add(pair.other_id)
    for insight in candidates:
        if insight.id not in said:
            chosen.append((insight, counts[insight.id]))
            said |= {insight.id, *others[insight.id]}
    return chosen[:most]


def themes_of_library() -> list[Theme]:
    """Themes that published impressions and their insights have."""
    published = sa.select(Impression.id).where(Impression.state == ImpressionState.PUBLISHED)
    public = published.where(Impression.network_id.in_(sa.select(Network.id).where(Network.listed)))
    insights = sa.select(Insight.id).where(Insight.impression_id.in_(public))
    had = sa.union(
        sa.select(impression_themes.c.theme_id).where(impression_themes.c.impression_id.in_(public)),
        sa.select(insight_themes.c.theme_id).where(insight_themes.c.insight_id.in_(insights)),
    )
    return list(db.session.scalars(sa.select(Theme).where(Theme.id.in_(had)).order_by(Theme.place)))


def years_of_library() -> list[int]:
    wanted = _listed(sa.select(LibraryEntry.year)).distinct().order_by(LibraryEntry.year.desc())
    return list(db.session.scalars(wanted))


def index_impression(impression: Impression, **_: object) -> None:
    """Put the insights of a published impression in the library, replacing what was there."""
    remove_from_library(impression)
    year = max(clock.to_local(event.starts_at, event.zone).year for event in facts.events_of_impression(impression))
    db.session.add_all(
        LibraryEntry(
            insight_id=insight.id,
            impression_id=impression.id,
            network_id=impression.network_id,
            year=year,
            stems=_stems_of_insight(insight),
        )
        for insight in impression.insights
    )
    db.session.flush()
    for insight in impression.insights:
        _relate(insight)


def index_theme(theme: Theme) -> None:
    """Let what is about a theme be found by what it is called now."""
    entries = sa.select(LibraryEntry).join(LibraryEntry.insight).where(insight_is_about([theme.id]))
    for entry in db.session.scalars(entries.options(joinedload(LibraryEntry.insight))):
        entry.stems = _stems_of_insight(entry.insight)


def _stems_of_insight(insight: Insight) -> str:
    about = insight.themes or insight.impression.themes
    words = [insight.title, insight.explanation, *(each.text for each in insight.suggestions)]
    return " ".join(stems.stems_of(" ".join([*words, *(theme.name_nl for theme in about)])))


def remove_from_library(impression: Impression, **_: object) -> None:
    """Take the insights of an impression out of the library."""
    mine = sa.select(Insight.id).where(Insight.impression_id == impression.id)
    db.session.execute(sa.delete(Kinship).where(Kinship.insight_id.in_(mine) | Kinship.other_id.in_(mine)))
    db.session.execute(sa.delete(LibraryEntry).where(LibraryEntry.impression_id == impression.id))


def _relate(insight: Insight) -> None:
    """Note which insights of other reports say nearly the same: candidates by shared words, then by likeness."""
    from rapidfuzz import fuzz

    words = stems.stems_of(insight.title)
    if not words:
        return
    candidates = (
        sa.select(Insight.id, Insight.title)
        .join(LibraryEntry, LibraryEntry.insight_id == Insight.id)
        .where(Insight.id.in_(_sharing(words)), Insight.impression_id != insight.impression_id)
    )
    for insight_id, title in db.session.execute(candidates):
        if fuzz.token_set_ratio(" ".join(words), " ".join(stems.stems_of(title))) >= _ALIKE:
            pairs = [(insight.id, insight_id), (insight_id, insight.id)]
            rows = [{"insight_id": one, "other_id": other} for one, other in pairs]
            db.session.execute(insert_new(Kinship.__table__, "insight_id", "other_id").values(rows))


def _sharing(words: list[str]) -> sa.Select[Any]:
    """Ids of the entries that share most of these words."""
    if _postgres():
        query = sa.func.to_tsquery("simple", " | ".join(words))
        rank = sa.func.ts_rank(_vector, query).desc()
        return sa.select(LibraryEntry.insight_id).where(_vector.bool_op("@@")(query)).order_by(rank).limit(_CANDIDATES)
    return (
        sa.select(_fts.c.rowid)
        .where(_FTS_MATCH.bindparams(words=" OR ".join(f'"{word}"' for word in words)))
        .order_by(sa.literal_column("rank"))
        .limit(_CANDIDATES)
    )


def _matching(words: list[str]) -> sa.Select[Any]:
    """Entries that have all these stems, the last one perhaps still being typed."""
    if _postgres():
        return sa.select(LibraryEntry.insight_id).where(_vector.bool_op("@@")(_query(words)))
    match = " ".join(f'"{word}"' for word in words) + "*"
    return (
        sa.select(LibraryEntry.insight_id)
        .join(_fts, _fts.c.rowid == LibraryEntry.insight_id)
        .where(_FTS_MATCH.bindparams(words=match))
    )


def _rank(words: list[str]) -> sa.ColumnElement[Any]:
    if _postgres():
        return sa.func.ts_rank(_vector, _query(words)).desc()
    return sa.literal_column("library_search.rank")


def _query(words: list[str]) -> sa.ColumnElement[Any]:
    return sa.func.to_tsquery("simple", " & ".join(words) + ":*")


_fts = sa.table("library_search", sa.column("rowid"))
_FTS_MATCH = sa.text("library_search MATCH :words")
_vector: sa.ColumnClause[Any] = sa.literal_column("library_entries.vector")


def _postgres() -> bool:
    return db.session.get_bind().dialect.name == "postgresql"


def _listed(entries: sa.Select[Any]) -> sa.Select[Any]:
    """Of networks that everybody may know of."""
    return entries.where(LibraryEntry.network_id.in_(sa.select(Network.id).where(Network.listed)))


def _narrowed(hits: sa.Select[Any], sought: LibraryFilter) -> sa.Select[Any]:
    if sought.network:
        network = sa.select(Network.id).where(Network.slug == sought.network).scalar_subquery()
        hits = hits.where(LibraryEntry.network_id == network)
    if sought.year:
        hits = hits.where(LibraryEntry.year == sought.year)
    if sought.theme:
        theme = sa.select(Theme.id).where(Theme.slug == sought.theme)
        insights = sa.select(Insight.id).where(insight_is_about(theme))
        hits = hits.where(LibraryEntry.insight_id.in_(insights))
    if sought.kind:
        of_kind = sa.select(ImpressionKind.impression_id).where(ImpressionKind.kind == sought.kind)
        hits = hits.where(LibraryEntry.impression_id.in_(of_kind))
    if sought.used:
        from app.lessons.insights import usage

        hits = hits.where(LibraryEntry.insight_id.in_(usage.select_used_insights()))
    return hits
