"""The .ics file of one public event: nobody's name in it, no METHOD."""

import sqlalchemy as sa
from flask_babel import force_locale

from app.calendars import documents
from app.database import db
from app.events import queries
from app.events.models import Event
from app.feeds.cache import Feed, State, remembered

_STATE = queries.public().where(Event.slug == sa.bindparam("slug")).with_only_columns(Event.uid, Event.changed_at)


def of(slug: str) -> Feed | None:
    """The file as it is now; None when there is no such event for everybody to see."""
    event = db.session.execute(_STATE, {"slug": slug}).one_or_none()
    if event is None:
        return None
    return remembered(("event", event.uid), State(event.changed_at, event.changed_at), lambda: _body(slug))


def _body(slug: str) -> bytes:
    event = db.session.scalars(queries.public().where(Event.slug == slug)).one()
    with force_locale("nl"):
        content: bytes = documents.vcalendar([documents.public_vevent(event)], [event.zone]).to_ical()
    return content
