"""The material of sessions in the library: what everybody may open, found by its title."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from app import clock, folding
from app.database import db
from app.events import event_queries
from app.events.models import Event
from app.lessons.impressions import stems
from app.lessons.impressions.library import LibraryFilter
from app.materials import reading
from app.materials.models import Material
from app.network.models import Network
from app.themes.models import Theme

MOST = 20
"""Pieces of material on a page."""
_LOOKED_AT = 5000
"""The newest ones, whose titles are read: few words each, and nowhere near so many."""


def search_materials(sought: LibraryFilter) -> list[Material]:
    """Material whose title or session has all these words, newest first; none without words."""
    words = stems.stems_of(sought.text)[:10]
    if not words or sought.kind or sought.used:
        return []
    titles = sa.select(Material.id, Material.title, Event.title).join(Material.event)
    titles = titles.where(Material.id.in_(_narrowed(sought).with_only_columns(Material.id)))
    rows = db.session.execute(titles.order_by(Material.version_at.desc(), Material.id.desc()).limit(_LOOKED_AT))
    found = [material_id for material_id, *texts in rows if _has_all(words, " ".join(texts))][:MOST]
    wanted = (
        sa.select(Material).join(Material.event).where(Material.id.in_(found)).options(contains_eager(Material.event))
    )
    return sorted(db.session.scalars(wanted), key=lambda each: found.index(each.id)) if found else []


def _has_all(words: list[str], text: str) -> bool:
    folded = folding.fold_accents(text)
    return all(word in folded for word in words)


def _narrowed(sought: LibraryFilter) -> sa.Select[Material]:
    wanted = reading.select_public_materials().join(Material.event)
    if sought.network:
        wanted = wanted.join(Event.network).where(Network.slug == sought.network)
    if sought.theme:
        theme = db.session.scalar(sa.select(Theme.id).where(Theme.slug == sought.theme))
        wanted = wanted.where(event_queries.about([theme or 0]))
    if sought.year is not None:
        if not date.min.year < sought.year < date.max.year:
            return wanted.where(sa.false())
        begin, end = (clock.start_of_day(date(year, 1, 1)) for year in (sought.year, sought.year + 1))
        wanted = wanted.where(Event.starts_at >= begin, Event.starts_at < end)
    return wanted
