"""Series: events that belong together, named on the event's own form."""

from collections.abc import Sequence

import sqlalchemy as sa

from app.database import db
from app.events.models import Event, Series
from app.network.models import Network
from app.themes.models import Theme


def series_of_network(network: Network) -> list[Series]:
    return list(db.session.scalars(sa.select(Series).where(Series.network_id == network.id).order_by(Series.title)))


def put_in_series(event: Event, title: str, *, one_impression: bool = False, about: Sequence[Theme] = ()) -> None:
    """Put an event in the series with that title, created when there is none; an empty title takes it out.

    Who puts an event in a series that was there already adds themes to it; an event without any gets those of the series.
    """
    if not title:
        event.series = None
        return
    before = event.series
    wanted = sa.select(Series).where(Series.network_id == event.network_id, Series.title == title)
    event.series = db.session.scalar(wanted) or Series(network_id=event.network_id, title=title)
    event.series.one_impression = one_impression
    kept = [] if event.series is before else [theme for theme in event.series.themes if theme not in about]
    event.series.themes = [*kept, *about]
    event.themes = event.themes or list(event.series.themes)
    db.session.flush()
