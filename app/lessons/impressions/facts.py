"""Facts & figures: what really happened, counted from attendance. The organiser's own figures override it."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from app.attendance.models import Attendance
from app.database import db
from app.events.models import Event
from app.lessons.impressions.models import Impression
from app.network.faces.models import Picture
from app.network.organisations.models import Organisation, OrganisationKind
from app.registration import presence_counts
from app.words import Counted, ngettext_l


class Figure(Counted):
    """Organisations of three kinds, then participants of three kinds; WEBCAST is entered by hand alone.

    Each with what one of them is called, and more: '61' 'gemeenten'.
    """

    MUNICIPALITIES = "municipalities", ngettext_l("gemeente", "gemeenten")
    WATER_BOARDS = "water_boards", ngettext_l("waterschap", "waterschappen")
    OTHERS = "others", ngettext_l("andere organisatie", "andere organisaties")
    ON_SITE = "on_site", ngettext_l("deelnemer op locatie", "deelnemers op locatie")
    ONLINE = "online", ngettext_l("deelnemer online", "deelnemers online")
    WEBCAST = "webcast", ngettext_l("kijker van de webcast", "kijkers van de webcast")


ABOUT_ORGANISATIONS = {Figure.MUNICIPALITIES, Figure.WATER_BOARDS, Figure.OTHERS}
_KIND = {OrganisationKind.MUNICIPALITY: Figure.MUNICIPALITIES, OrganisationKind.WATER_BOARD: Figure.WATER_BOARDS}


def events_of_impression(impression: Impression) -> list[Event]:
    """The events that an impression reports on."""
    if impression.event:
        return [impression.event]
    return list(impression.series.events) if impression.series else []


def is_confidential(impression: Impression) -> bool:
    """Whether any of the events is confidential; then no name and no organisation stands anywhere."""
    return any(event.confidential for event in events_of_impression(impression))


def face_of_impression(impression: Impression) -> Picture | None:
    """The picture of its first event that has one, or that of the network; of what is confidential that of the network."""
    events = [] if is_confidential(impression) else events_of_impression(impression)
    return next((event.picture for event in events if event.picture), impression.network.picture)


def count_figures(events: Iterable[Event]) -> dict[Figure, int]:
    """Each figure, counted from people who were checked in, as far as it is above zero.

    Over several events a person counts once, and so does an organisation.
    """
    event_ids = [event.id for event in events]
    by_mode = presence_counts.people_by_mode(presence_counts.PEOPLE_OVER_EVENTS)
    there = sa.select(*by_mode).join(Attendance.invitation).where(Attendance.event_id.in_(event_ids))
    on_site, online = db.session.execute(there).one()
    figures = {Figure.ON_SITE: on_site, Figure.ONLINE: online}
    for kind, number in _organisations(event_ids).items():
        name = _KIND.get(kind, Figure.OTHERS)
        figures[name] = figures.get(name, 0) + number
    return {name: figures[name] for name in Figure if figures.get(name)}


def kinds_of_organisation(events: Iterable[Event]) -> list[str]:
    """Kinds of organisation that were there."""
    return sorted(_organisations([event.id for event in events]))


def figures_of_impression(impression: Impression) -> dict[Figure, int]:
    """What the report says: counted now, or as fixed on publishing, overridden by the organiser's own figures."""
    confidential = is_confidential(impression)
    found: Mapping[Any, Any] = (
        impression.facts if impression.published_at else count_figures(events_of_impression(impression))
    )
    found = dict(found) | impression.by_hand
    return {
        name: found[name] for name in Figure if found.get(name) and not (confidential and name in ABOUT_ORGANISATIONS)
    }


def _organisations(event_ids: list[int]) -> dict[OrganisationKind, int]:
    wanted = (
        sa.select(Organisation.kind, sa.func.count(sa.distinct(Organisation.id)))
        .join(Attendance, Attendance.organisation_id == Organisation.id)
        .where(Attendance.event_id.in_(event_ids))
        .group_by(Organisation.kind)
    )
    return dict(db.session.execute(wanted).all())
