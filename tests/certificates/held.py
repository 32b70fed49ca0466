"""A session that is over, with people who were there, for tests of what becomes of that."""

from datetime import timedelta

from app import clock
from app.attendance import closing, presence
from app.attendance.models import Entry
from app.database import db
from app.events.models import Event, Mode
from app.invitations.models import Invitation
from app.network.people.models import Person
from tests import factories


def session(**values) -> Event:
    """A session of three hours that was yesterday, at which nobody was noted yet."""
    event = factories.event(**values)
    return factories.move(event, hours=-27)


def visitor(event: Event, name: str = "Sanne de Vries", *, day=None, mode: Mode = Mode.ON_SITE, **values) -> Invitation:
    """Somebody who was there, with a place; `values` as of factories.person()."""
    invitation = expected(event, name, mode=mode, **values)
    presence.check_in_invitation(invitation, Entry.LIST, mode, day=day)
    return invitation


def expected(event: Event, name: str = "Jan Jansen", *, mode: Mode = Mode.ON_SITE, **values) -> Invitation:
    """Somebody with a place, of whom nothing is noted."""
    who: Person = factories.person(name, **values)
    length, starts_at = event.ends_at - event.starts_at, event.starts_at
    event.starts_at = event.closes_at = clock.now() + timedelta(days=1)
    event.ends_at = event.starts_at + length
    invitation = factories.registration(event, who, mode).invitation
    event.starts_at = event.closes_at = starts_at
    event.ends_at = starts_at + length
    db.session.flush()
    return invitation


def closed(event: Event, **values) -> Event:
    closing.close_attendance(event, None, **values)
    return event
