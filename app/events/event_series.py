"""Series: events that belong together, named on the event's own form; their page shows what is public of them."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app import slugs
from app.database import db
from app.events import event_queries
from app.events.models import Event, Series
from app.network.models import Network
from app.themes.models import Theme


def series_of_network(network: Network) -> list[Series]:
    return list(db.session.scalars(sa.select(Series).where(Series.network_id == network.id).order_by(Series.title)))


def find_public_series(slug: str) -> Series | None:
    """A series of which something is for everybody to see who may know of its network."""
    wanted = sa.select(Series).where(Series.slug == slug, _has_public_events())
    return db.session.scalar(wanted.options(joinedload(Series.network), selectinload(Series.themes)))


def list_public_series(network: Network | None = None) -> list[Series]:
    """Those with a page, of one network or of all that are listed, by title."""
    of = Series.network_id == network.id if network else Series.network.has(Network.listed)
    return list(db.session.scalars(sa.select(Series).where(of, _has_public_events()).order_by(Series.title)))


def has_public_page(series: Series) -> bool:
    return db.session.scalar(sa.select(Series.id).where(Series.id == series.id, _has_public_events())) is not None


def put_in_series(
    event: Event, title: str, *, one_impression: bool = False, summary: str = "", about: Sequence[Theme] = ()
) -> None:
    """Put an event in the series with that title, created when there is none; an empty title takes it out.

    Who puts an event in a series that was there already adds themes to it, and changes its words only by writing others;
    an event without any themes gets those of the series.
    """
    if not title:
        event.series = None
        return
    before = event.series
    wanted = sa.select(Series).where(Series.network_id == event.network_id, Series.title == title)
    event.series = db.session.scalar(wanted) or create_series(event.network, title)
    event.series.one_impression = one_impression
    left = before.summary if before else ""  # which the form still holds
    if event.series is before or summary not in ("", left):
        event.series.summary = summary
    kept = [] if event.series is before else [theme for theme in event.series.themes if theme not in about]
    event.series.themes = [*kept, *about]
    event.themes = event.themes or list(event.series.themes)
    db.session.flush()


def create_series(network: Network, title: str) -> Series:
    series = Series(network=network, title=title, slug=slugs.free_slug(Series.slug, title, "reeks"), summary="")
    db.session.add(series)
    return series


def _has_public_events() -> sa.ColumnElement[bool]:
    public = event_queries.select_public_events().with_only_columns(Event.id)
    return public.where(Event.series_id == Series.id).exists()
