"""What else there is on the days of a session: reasons to choose another date."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext, ngettext
from sqlalchemy.orm import aliased, joinedload

from app import clock, urls, wording
from app.database import db
from app.elsewhere.models import OutsideCalendar, OutsideEvent
from app.events import event_days, place_use, special_days
from app.events.models import BusyDays, BusyKind, Event, EventState
from app.events.place_use import Wish
from app.network.models import Membership, Network, Standing

MOST = 12
"""Lines shown of each kind."""


@dataclass(frozen=True)
class Clash:
    """One thing that happens on those days."""

    words: str
    link: str = ""
    heavy: bool = False
    """Whether most people would move a session for it."""


def find_clashes(
    network: Network, first: date, last: date, but: Event | None = None, wish: Wish | None = None
) -> list[Clash]:
    """What a session of this network clashes with on these days, the gravest first.

    `but` is the session itself, `wish` the room that it asks for.
    """
    found = [
        *_room_clashes(network, first, last, but, wish),
        *(Clash(remark.words, heavy=remark.heavy) for remark in special_days.remarks_on(first, last)),
        *_busy_clashes(first, last),
        *_session_clashes(network, first, last, but),
        *_outside_clashes(network, first, last),
    ]
    return sorted(found, key=lambda clash: not clash.heavy)


def _busy_clashes(first: date, last: date) -> list[Clash]:
    """Council evenings and other days that were noted; school holidays are a remark on the day itself."""
    wanted = sa.select(BusyDays).where(BusyDays.first_day <= last, BusyDays.last_day >= first)
    wanted = wanted.where(BusyDays.kind != BusyKind.SCHOOL_HOLIDAY)
    wanted = wanted.order_by(BusyDays.kind, BusyDays.first_day, BusyDays.name).options(
        joinedload(BusyDays.organisation)
    )
    return [
        Clash(
            gettext("Raadsavond in %(place)s: %(name)s.", place=each.organisation.name, name=each.name)
            if each.organisation
            else gettext(
                "%(name)s (%(first)s tot en met %(last)s).",
                name=each.name,
                first=wording.format_short_day(each.first_day),
                last=wording.format_short_day(each.last_day),
            ),
            heavy=each.kind != BusyKind.COUNCIL,
        )
        for each in db.session.scalars(wanted)
    ]


def _room_clashes(network: Network, first: date, last: date, but: Event | None, wish: Wish | None) -> Iterator[Clash]:
    for other in place_use.others_in_room(wish, first, last, but) if wish else ():
        yield Clash(place_use.say_double_use(network, other), _public_link(other), heavy=True)


def _session_clashes(network: Network, first: date, last: date, but: Event | None) -> list[Clash]:
    """Other sessions, with how many members of this network are invited by theirs; of confidential ones only whose."""
    begin, end = _span(first, last)
    wanted = (
        sa.select(Event)
        .where(Event.starts_at < end, Event.ends_at > begin, Event.state != EventState.CANCELLED)
        .order_by(Event.starts_at, Event.id)
        .options(joinedload(Event.network))
        .limit(MOST)
    )
    if but is not None:
        wanted = wanted.where(Event.id != but.id)
    events = list(db.session.scalars(wanted))
    shared = _shared_members(network, {event.network_id for event in events}) if events else {}
    return [_session_clash(network, event, shared.get(event.network_id, 0)) for event in events]


def _session_clash(network: Network, event: Event, shared: int) -> Clash:
    hours = event_days.format_hours_of_event(event)
    title = place_use.name_for(network, event)
    if event.network_id == network.id:
        words = gettext("Je eigen netwerk houdt die dag al: %(title)s, %(hours)s.", title=title, hours=hours)
    else:
        name = event.network.name if event.network.listed else gettext("Een besloten netwerk")
        words = gettext("%(network)s houdt %(title)s, %(hours)s.", network=name, title=title, hours=hours)
        if shared and event.network.listed:
            words += " " + ngettext(
                "%(num)s lid van jouw netwerk hoort ook daarbij.",
                "%(num)s leden van jouw netwerk horen ook daarbij.",
                shared,
            )
    return Clash(words, _public_link(event), heavy=event.network_id == network.id)


def _public_link(event: Event) -> str:
    public = event.published and not event.confidential and event.network.listed
    return urls.event_url(event.slug) if public else ""


def _shared_members(network: Network, others: set[int]) -> dict[int, int]:
    """How many members of a network are a member of each of these too."""
    theirs, ours = aliased(Membership), aliased(Membership)
    rows = db.session.execute(
        sa.select(theirs.network_id, sa.func.count())
        .join(ours, ours.person_id == theirs.person_id)
        .where(ours.network_id == network.id, ours.standing == Standing.MEMBER)
        .where(theirs.network_id.in_(others - {network.id}), theirs.standing == Standing.MEMBER)
        .group_by(theirs.network_id)
    )
    return dict(rows.all())


def _outside_clashes(network: Network, first: date, last: date) -> list[Clash]:
    """What partners do, of calendars that this network or one that is listed brought in."""
    begin, end = _span(first, last)
    seen = sa.select(Network.id).where(sa.or_(Network.listed, Network.id == network.id))
    wanted = (
        sa.select(OutsideEvent)
        .join(OutsideEvent.calendar)
        .where(OutsideCalendar.network_id.in_(seen))
        .where(OutsideEvent.starts_at < end, OutsideEvent.ends_at > begin, OutsideCalendar.removed_at.is_(None))
        .order_by(OutsideEvent.starts_at, OutsideEvent.title)
        .options(joinedload(OutsideEvent.calendar))
        .limit(MOST)
    )
    return [
        Clash(gettext("Elders, %(partner)s: %(title)s.", partner=each.calendar.name, title=each.title), each.link)
        for each in db.session.scalars(wanted)
    ]


def _span(first: date, last: date) -> tuple[Any, ...]:
    return clock.start_of_day(first), clock.start_of_day(last + timedelta(days=1))
