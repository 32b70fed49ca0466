"""The .ics file of one public event: nobody's name in it, no METHOD."""

import sqlalchemy as sa
from flask_babel import force_locale

from app.calendars import vevents
from app.database import db
from app.events import event_queries
from app.events.models import Event
from app.feeds.feed_cache import Feed, FeedState, cached_feed

_STATE = (
    event_queries.select_public_events()
    .where(Event.slug == sa.bindparam("slug"))
    .with_only_columns(Event.uid, Event.changed_at)
)


def load_event_file(slug: str) -> Feed | None:
    """The file as it is now; None when there is no such event for everybody to see."""
    event = db.session.execute(_STATE, {"slug": slug}).one_or_none()
    if event is None:
        return None
    return cached_feed(
        ("event", event.uid), FeedState(event.changed_at, event.changed_at), lambda: _event_file_bytes(slug)
    )


def _event_file_bytes(slug: str) -> bytes:
    event = db.session.scalars(event_queries.select_public_events().where(Event.slug == slug)).one()
    with force_locale("nl"):
        content: bytes = vevents.build_vcalendar(vevents.build_public_vevents(event), [event.zone]).to_ical()
    return content
