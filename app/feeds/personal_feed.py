"""The calendar of one person: the sessions they registered for, with what holds for them."""

import sqlalchemy as sa
from flask_babel import force_locale, gettext
from sqlalchemy.orm import joinedload

from app import addresses, clock, tokens
from app.calendars import documents
from app.calendars.documents import Status
from app.database import db
from app.events.models import Event, EventState, Mode
from app.feeds.cache import Feed, State, remembered
from app.feeds.network_feed import CANCELLED_KEPT, KEPT, document
from app.invitations.models import Invitation
from app.network.models import Person
from app.registration.models import Registration, RegistrationState
from app.tokens import Purpose


def address(person: Person) -> str:
    return addresses.personal_feed(tokens.make(Purpose.FEED, person.id, person.feed_version))


def find(token: str) -> Person | None:
    """Whose feed this token opens; None when it is wrong or was renewed."""
    number, version = tokens.read(Purpose.FEED, token) or (0, 0)
    return db.session.scalar(sa.select(Person).where(Person.id == number, Person.feed_version == version))


def of(person: Person) -> Feed:
    """The feed as it is now."""
    return remembered(("person", person.id), _state(person), lambda: _body(person))


def _state(person: Person) -> State:
    shown = _shown(person).with_only_columns(
        sa.func.count(), sa.func.sum(Event.id), sa.func.max(Event.changed_at), sa.func.max(Registration.changed_at)
    )
    count, total, events, registrations = db.session.execute(shown.order_by(None)).one()
    latest = sa.select(sa.func.max(Registration.changed_at)).join(Invitation).where(Invitation.person_id == person.id)
    removed = db.session.scalar(latest)
    moments = [moment for moment in (events, registrations, removed, person.created_at) if moment]
    return State((count, total, events, registrations, person.language), max(moments))


def _shown(person: Person) -> sa.Select:
    today = clock.start_of_day(clock.today())
    return (
        sa.select(Registration)
        .join(Registration.invitation)
        .join(Event, Event.id == Registration.event_id)
        .where(Invitation.person_id == person.id, Registration.state != RegistrationState.CANCELLED, Event.ends_at > today - KEPT)
        .where(sa.or_(Event.state == EventState.PUBLISHED, (Event.state == EventState.CANCELLED) & (Event.ends_at > today - CANCELLED_KEPT)))
        .order_by(Event.starts_at, Event.id)
    )


def _body(person: Person) -> bytes:
    with force_locale(person.language):
        loading = joinedload(Registration.invitation).joinedload(Invitation.event).joinedload(Event.network)
        registrations = list(db.session.scalars(_shown(person).options(loading)))
        components = [_vevent(registration) for registration in registrations]
        return document(gettext("Mijn sessies"), None, components, {each.invitation.event.zone for each in registrations})


def _vevent(registration: Registration):
    event = registration.invitation.event
    waits = registration.state == RegistrationState.WAITING
    title = documents.title(event)
    if event.cancelled:
        status, summary = Status.CANCELLED, gettext("Geannuleerd: %(title)s", title=title)
    elif waits:
        status, summary = Status.TENTATIVE, gettext("Wachtlijst: %(title)s", title=title)
    else:
        status, summary = Status.CONFIRMED, title
    joins = registration.mode == Mode.ONLINE and status == Status.CONFIRMED and event.join_url
    first = [gettext("Deelnemen: %(link)s", link=event.join_url)] if joins else []
    return documents.vevent(
        event,
        status=status,
        sequence=event.sequence,
        stamp=max(event.changed_at, registration.changed_at).replace(microsecond=0),
        summary=summary,
        where=documents.location(event, registration.mode, with_link=bool(joins)),
        description=documents.description(event, first=first),
    )
