"""Series: events that belong together, named on the event's own form."""

import sqlalchemy as sa

from app.database import db
from app.events.models import Event, Series
from app.network.models import Network


def series_of_network(network: Network) -> list[Series]:
    return list(db.session.scalars(sa.select(Series).where(Series.network_id == network.id).order_by(Series.title)))


def put_in_series(event: Event, title: str, *, one_impression: bool = False) -> None:
    """Put an event in the series with that title, created when there is none; an empty title takes it out."""
    if not title:
        event.series = None
        return
    wanted = sa.select(Series).where(Series.network_id == event.network_id, Series.title == title)
    event.series = db.session.scalar(wanted) or Series(network_id=event.network_id, title=title)
    event.series.one_impression = one_impression
    db.session.flush()
