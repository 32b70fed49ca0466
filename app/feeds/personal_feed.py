"""The calendars of one person, each with a secret address.

- `Purpose.FEED`, the default: sessions of one's networks and own registrations that no mail
  has put in the calendar yet; whoever accepts our mails sees nothing twice.
- `Purpose.FEED_ALL`: every own registration, with what holds for it.
What one cancelled oneself disappears from both.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask_babel import force_locale, gettext
from sqlalchemy.orm import joinedload

from app import clock, tokens, urls
from app.breakouts import own_programme
from app.calendars import vevents
from app.calendars.vevents import VeventStatus
from app.database import db
from app.events import event_queries
from app.events.models import Event, EventState, Mode
from app.feeds.feed_cache import Feed, FeedState, cached_feed
from app.feeds.feed_writing import CANCELLED_KEPT, KEPT, cached_piece, write_feed
from app.feeds.public_feed import public_event_piece
from app.invitations.models import Invitation
from app.network import visits
from app.network.models import Membership, Network, Standing
from app.network.people.models import Person
from app.registration.models import Registration, RegistrationState
from app.tokens import Purpose

if TYPE_CHECKING:
    import icalendar

KINDS = (Purpose.FEED, Purpose.FEED_ALL)


def link_to_personal_feed(person: Person, kind: Purpose) -> str:
    return urls.personal_feed_url(tokens.make_token(kind, person.id, person.feed_version))


def renew_personal_feeds(person: Person) -> None:
    """Make the addresses given out so far worthless; versions wrap around from 255 to 1."""
    person.feed_version = person.feed_version % 255 + 1


def person_of_feed_link(token: str) -> tuple[Person, Purpose] | None:
    """Whose feed this token opens and which one; None when it is wrong, was renewed, or they were erased."""
    for kind in KINDS:
        person_id, version = tokens.read_token(kind, token) or (0, 0)
        person = (
            db.session.scalar(sa.select(Person).where(Person.id == person_id, Person.feed_version == version))
            if person_id
            else None
        )
        while person and person.merged_into_id:
            person = db.session.get(Person, person.merged_into_id)
        if person and person.erased_at is None:
            return person, kind
    return None


def load_personal_feed(person: Person, kind: Purpose) -> Feed:
    """The feed as it is now; made again only when something in it changed, came or went."""
    return cached_feed(
        ("person", kind, person.id), _personal_state(person, kind), lambda: _personal_feed_bytes(person, kind)
    )


def _personal_state(person: Person, kind: Purpose) -> FeedState:
    registrations = _select_registrations(person, kind).with_only_columns(
        sa.func.count(), sa.func.sum(Event.id), sa.func.max(Event.changed_at), sa.func.max(Registration.changed_at)
    )
    key = [tuple(db.session.execute(registrations.order_by(None)).one()), person.language, person.feed_version]
    if kind == Purpose.FEED:
        others = _select_other_sessions(person).with_only_columns(
            sa.func.count(), sa.func.sum(Event.id), sa.func.max(Event.changed_at)
        )
        key.append(tuple(db.session.execute(others.order_by(None)).one()))
    hidden = sa.select(Membership.network_id).join(Network).where(Membership.person_id == person.id, ~Network.listed)
    key.append(tuple(db.session.scalars(hidden.order_by(Membership.network_id))))
    answered = sa.select(sa.func.max(Registration.changed_at)).join(Invitation).where(Invitation.person_id == person.id)
    moments = [moment for part in key if isinstance(part, tuple) for moment in part if isinstance(moment, datetime)]
    return FeedState(tuple(key), max([*moments, db.session.scalar(answered) or person.created_at]))


def _is_recent() -> sa.ColumnElement[bool]:
    """Events that a feed still shows: those of the last year, cancelled ones until the day after."""
    today = clock.start_of_day(clock.today())
    kept = (Event.state == EventState.PUBLISHED) & (Event.ends_at > today - KEPT)
    return sa.or_(kept, (Event.state == EventState.CANCELLED) & (Event.ends_at > today - CANCELLED_KEPT))


def _select_registrations(person: Person, kind: Purpose) -> sa.Select[Any]:
    mine = (
        sa.select(Registration)
        .join(Registration.invitation)
        .join(Event, Event.id == Registration.event_id)
        .where(Invitation.person_id == person.id, Registration.state != RegistrationState.CANCELLED, _is_recent())
        .order_by(Event.starts_at, Event.id)
    )
    return mine if kind == Purpose.FEED_ALL else mine.where(Invitation.calendar_status.is_(None))


def _select_other_sessions(person: Person) -> sa.Select[Any]:
    """Coming public sessions of one's networks that one was not invited to by mail and does not take part in."""
    networks = sa.select(Membership.network_id).where(
        Membership.person_id == person.id, Membership.standing == Standing.MEMBER
    )
    known = sa.select(Invitation.id).outerjoin(Registration, Registration.invitation_id == Invitation.id)
    known = known.where(Invitation.event_id == Event.id, Invitation.person_id == person.id)
    known = known.where(sa.or_(Invitation.calendar_status.is_not(None), Registration.id.is_not(None)))
    return (
        event_queries.select_public_events()
        .where(Event.network_id.in_(networks), Event.ends_at > clock.now(), ~known.exists(), _is_recent())
        .order_by(Event.starts_at, Event.id)
    )


def _personal_feed_bytes(person: Person, kind: Purpose) -> bytes:
    with force_locale(person.language):
        loading = joinedload(Registration.invitation).joinedload(Invitation.event).joinedload(Event.network)
        registrations = list(db.session.scalars(_select_registrations(person, kind).options(loading)))
        others = (
            list(db.session.scalars(_select_other_sessions(person).options(joinedload(Event.network))))
            if kind == Purpose.FEED
            else []
        )
        pieces = [_personal_piece(each, person) for each in registrations]
        pieces += [_other_piece(event, person) for event in others]
        zones = {each.invitation.event.zone for each in registrations} | {event.zone for event in others}
        name = gettext("Mijn sessies") if kind == Purpose.FEED_ALL else gettext("Sessies van mijn netwerken")
        return write_feed(name, None, pieces, zones)


def _other_piece(event: Event, person: Person) -> bytes:
    """A session that one may come to; of a network that is not listed with a link of one's own to its page."""
    if event.network.listed:
        return public_event_piece(event, person.language)
    page = visits.link_to_page(person, event.network, urls.event_url(event.slug))
    key = ("other", page, event.changed_at, event.network.name, person.language)
    return cached_piece(key, lambda: vevents.build_public_vevents(event, page))


def _personal_piece(registration: Registration, person: Person) -> bytes:
    event = registration.invitation.event
    page = visits.link_to_page(person, event.network, urls.event_url(event.slug))
    changed = (event.changed_at, registration.changed_at, event.network.name, page)
    key = ("own", registration.id, changed, person.language)
    return cached_piece(key, lambda: _personal_vevents(registration, page))


def _personal_vevents(registration: Registration, page: str) -> list["icalendar.Event"]:
    event = registration.invitation.event
    title = vevents.calendar_title(event)
    if event.cancelled:
        status, summary = VeventStatus.CANCELLED, gettext("Geannuleerd: %(title)s", title=title)
    elif registration.state == RegistrationState.WAITING:
        status, summary = VeventStatus.TENTATIVE, gettext("Wachtlijst: %(title)s", title=title)
    else:
        status, summary = VeventStatus.CONFIRMED, title
    joins = registration.mode == Mode.ONLINE and status == VeventStatus.CONFIRMED and event.join_url
    joining = gettext("Deelnemen: %(link)s", link=event.join_url) if joins else ""
    chosen = own_programme.describe_chosen(registration.invitation) if status == VeventStatus.CONFIRMED else ""
    first = [joining, vevents.describe_practice(event), chosen]
    component = vevents.build_vevent(
        event,
        status=status,
        sequence=event.sequence,
        stamp=max(event.changed_at, registration.changed_at).replace(microsecond=0),
        summary=summary,
        where=vevents.calendar_location(event, registration.mode, with_link=bool(joins)),
        description=vevents.calendar_description(event, first=first, page=page),
        page=page,
        uid=registration.invitation.uid,
    )
    return vevents.split_by_day(component, event)
