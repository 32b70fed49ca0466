"""The building blocks of an audience: what each says about a person, as a condition in SQL.

Blocks about a place are looked at together: who is asked for as an executive of a
municipality holds that office there, not one here and a seat somewhere else.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import aliased

from app import clock
from app.attendance.models import Attendance
from app.courses.models import Course, CourseInterest
from app.database import db
from app.events.models import Event
from app.invitations.models import Answer, Invitation
from app.network import seeing
from app.network.imports.models import Import, ImportedPerson
from app.network.models import Membership, Standing
from app.network.organisations import lineage
from app.network.organisations.models import Organisation, OrganisationKind
from app.network.people.models import Person, Position, interests
from app.network.seeing import Viewer
from app.registration.models import Registration, RegistrationState
from app.themes import themes
from app.themes.models import event_themes
from app.words import Worded


class AudienceBlock(Worded):
    """What a condition is about."""

    KIND = "kind", _l("Soort organisatie")
    REGION = "region", _l("Regio")
    SIZE = "size", _l("Grootte van de gemeente")
    ROLE = "role", _l("Rol")
    ORGANISATION = "organisation", _l("Organisatie")
    UNREACHED = "unreached", _l("Organisatie nog niet bereikt in")
    MISSING = "missing", _l("Organisatie waarvan niemand komt naar")
    THEME = "theme", _l("Thema waarvoor iemand belangstelling heeft")
    NETWORK = "network", _l("Lid van netwerk")
    ATTENDED = "attended", _l("Was bij de sessie")
    ABSENT = "absent", _l("Had een plek, maar was er niet")
    EVER = "ever", _l("Was ooit bij een sessie van")
    ABOUT = "about", _l("Was ooit bij een sessie over")
    COMING = "coming", _l("Komt naar, of wacht op een plek bij")
    DECLINED = "declined", _l("Komt niet naar")
    SILENT = "silent", _l("Uitgenodigd en nog geen antwoord")
    INTERESTED = "interested", _l("Wil het weten als er iets gepland is van")
    IMPORTED = "imported", _l("Staat op de geïmporteerde lijst")
    PERSON = "person", _l("Deze mensen")


PLACE = (
    AudienceBlock.KIND,
    AudienceBlock.REGION,
    AudienceBlock.SIZE,
    AudienceBlock.ROLE,
    AudienceBlock.ORGANISATION,
    AudienceBlock.UNREACHED,
    AudienceBlock.MISSING,
)
"""Blocks about where somebody works and as what."""
OPEN = (
    AudienceBlock.NETWORK, AudienceBlock.ATTENDED, AudienceBlock.ABSENT, AudienceBlock.COMING, AudienceBlock.DECLINED, AudienceBlock.SILENT, AudienceBlock.INTERESTED, AudienceBlock.IMPORTED, AudienceBlock.PERSON,
)  # fmt: skip
"""Blocks that say by themselves who is meant; without one a group is about the members of the network."""
OF_EVENTS = (
    AudienceBlock.MISSING,
    AudienceBlock.ATTENDED,
    AudienceBlock.ABSENT,
    AudienceBlock.COMING,
    AudienceBlock.DECLINED,
    AudienceBlock.SILENT,
)
"""Blocks whose values are sessions, and that say who was asked to them."""
BY_NUMBER = (
    *OPEN,
    AudienceBlock.ORGANISATION,
    AudienceBlock.UNREACHED,
    AudienceBlock.MISSING,
    AudienceBlock.THEME,
    AudienceBlock.EVER,
    AudienceBlock.ABOUT,
)
"""Blocks whose values are ids, or years."""

Rule = Sequence[Sequence[dict[str, Any]]]


@dataclass(frozen=True)
class Look:
    """For which network an audience is, and with whose eyes it is looked at."""

    network_id: int
    viewer: Viewer


def rule_condition(rule: Rule, network_id: int, viewer: Viewer) -> sa.ColumnElement[bool]:
    """The condition on Person that a rule says, for an audience of this network.

    What the viewer may not know makes nobody fit, so that no rule, however it is put together,
    gives away who was asked to a confidential session. So it is with people picked one by one: often for such a session.
    """
    look = Look(network_id, viewer)
    groups = [_group_condition(group, look) for group in rule if any(each["values"] for each in group)]
    return sa.or_(*groups) if groups else _members([network_id], viewer)


def about_hidden(rule: Rule, network_id: int, viewer: Viewer) -> bool:
    """Whether a rule asks who was asked to a session of which the viewer may not know that, or names people for readers."""
    if not viewer.may_organise(network_id) and any(_names_people(each) for group in rule for each in group):
        return True
    asked = {event_id for group in rule for each in group if each["block"] in OF_EVENTS for event_id in each["values"]}
    if not asked:
        return False
    seen = sa.select(sa.func.count()).select_from(Event).where(Event.id.in_(asked), seeing.events(viewer))
    return db.session.scalars(seen).one() < len(asked)


def _names_people(condition: dict[str, Any]) -> bool:
    return bool(condition["block"] == AudienceBlock.PERSON and condition["values"])


def _group_condition(group: Sequence[dict[str, Any]], look: Look) -> sa.ColumnElement[bool]:
    if any(_names_people(each) for each in group) and not look.viewer.may_organise(look.network_id):
        return sa.false()
    asked = [each for each in group if each["values"]]
    wanted = [each for each in asked if not each.get("not")]
    parts = [] if any(each["block"] in OPEN for each in wanted) else [_members([look.network_id], look.viewer)]
    if place := [each for each in wanted if each["block"] in PLACE]:
        parts.append(Person.id.in_(_select_people_at(place, look)))
    parts += [_of_person(each, look.viewer) for each in wanted if each["block"] not in PLACE]
    parts += [sa.not_(part) for part in _unwanted(asked, look)]
    return sa.and_(*parts)


def _unwanted(asked: list[dict[str, Any]], look: Look) -> Iterator[sa.ColumnElement[bool]]:
    for each in asked:
        if each.get("not"):
            at_place = each["block"] in PLACE
            yield Person.id.in_(_select_people_at([each], look)) if at_place else _of_person(each, look.viewer)


def current_positions() -> sa.Subquery:
    """Positions that people hold today: person_id, organisation_id, role_code, title."""
    today = clock.today()
    return (
        sa.select(Position.person_id, Position.organisation_id, Position.role_code, Position.title)
        .where(sa.or_(Position.starts_on.is_(None), Position.starts_on <= today))
        .where(sa.or_(Position.ends_on.is_(None), Position.ends_on >= today))
        .subquery("current_positions")
    )


def _select_people_at(conditions: list[dict[str, Any]], look: Look) -> sa.Select[Any]:
    """Ids of people with a position today that meets all of these conditions."""
    current = current_positions()
    wanted = sa.select(current.c.person_id).join(Organisation, Organisation.id == current.c.organisation_id)
    for each in conditions:
        wanted = wanted.where(_place_condition(AudienceBlock(each["block"]), each["values"], current, look))
    return wanted


def _place_condition(
    block: AudienceBlock, values: list[Any], current: sa.Subquery, look: Look
) -> sa.ColumnElement[bool]:
    match block:
        case AudienceBlock.KIND:
            return Organisation.kind.in_([OrganisationKind(value) for value in values])
        case AudienceBlock.REGION:
            return Organisation.region.in_(values)
        case AudienceBlock.SIZE:
            return Organisation.size_class.in_(values)
        case AudienceBlock.ROLE:
            return current.c.role_code.in_(values)
        case AudienceBlock.ORGANISATION:
            asked = aliased(Organisation)
            today = sa.select(lineage.organisation_id_today(asked.id)).where(asked.id.in_(values))
            return sa.or_(Organisation.id.in_(values), Organisation.id.in_(today))
        case AudienceBlock.UNREACHED:
            return sa.and_(*(Organisation.id.not_in(_reached(look, year)) for year in values))
        case AudienceBlock.MISSING:
            return Organisation.id.not_in(_represented(values, look.viewer))
    raise ValueError(f"{block} asks nothing of a place")


def _reached(look: Look, year: int) -> sa.Select[Any]:
    """Organisations of which somebody was at a session of the network in that year, as they are today."""
    first, last = clock.start_of_day(date(year, 1, 1)), clock.start_of_day(date(year + 1, 1, 1))
    held = sa.select(Event.id).where(Event.network_id == look.network_id, Event.starts_at >= first)
    held = held.where(Event.starts_at < last, seeing.events(look.viewer))
    # The ids go in as values: PostgreSQL then takes the index of the attendances instead of reading them all.
    there = sa.select(Attendance.organisation_id).where(
        Attendance.event_id.in_(list(db.session.scalars(held))), Attendance.organisation_id.is_not(None)
    )
    places = there.distinct().subquery()
    return sa.select(lineage.organisation_id_today(places.c.organisation_id))


def _represented(events: list[int], viewer: Viewer) -> sa.Select[Any]:
    """Organisations of which somebody comes to one of these events, or waits for a seat."""
    current = current_positions()
    return (
        sa.select(current.c.organisation_id)
        .join(Invitation, Invitation.person_id == current.c.person_id)
        .join(Registration, Registration.invitation_id == Invitation.id)
        .where(Invitation.event_id.in_(events), Registration.state != RegistrationState.CANCELLED)
        .where(seeing.invitations(viewer))
    )


def _members(networks: Sequence[int], viewer: Viewer) -> sa.ColumnElement[bool]:
    members = sa.select(Membership.person_id).where(
        Membership.network_id.in_(networks),
        Membership.standing == Standing.MEMBER,
        seeing.networks(viewer, Membership.network_id),
    )
    return Person.id.in_(members)


def _of_person(each: dict[str, Any], viewer: Viewer) -> sa.ColumnElement[bool]:
    values = each["values"]
    match AudienceBlock(each["block"]):
        case AudienceBlock.NETWORK:
            return _members(values, viewer)
        case AudienceBlock.THEME:
            named = themes.with_predecessors(values)
            return Person.id.in_(sa.select(interests.c.person_id).where(interests.c.theme_id.in_(named)))
        case AudienceBlock.ABOUT:
            about = sa.select(event_themes.c.event_id).where(
                event_themes.c.theme_id.in_(themes.with_predecessors(values))
            )
            return Person.id.in_(_select_present(viewer).where(Attendance.event_id.in_(about)))
        case AudienceBlock.EVER:
            there = _select_present(viewer).join(Event, Event.id == Attendance.event_id)
            return Person.id.in_(there.where(Event.network_id.in_(values)))
        case AudienceBlock.ATTENDED:
            return Person.id.in_(_select_present(viewer).where(Attendance.event_id.in_(values)))
        case AudienceBlock.INTERESTED:
            wait = sa.select(CourseInterest.person_id).join(Course, Course.id == CourseInterest.course_id)
            mine = sa.true() if viewer.organises is None else Course.network_id.in_(viewer.organises)
            return Person.id.in_(wait.where(Course.id.in_(values), CourseInterest.waits, mine))
        case AudienceBlock.IMPORTED:
            imported = sa.select(ImportedPerson.person_id).join(Import, Import.id == ImportedPerson.import_id)
            return Person.id.in_(imported.where(Import.id.in_(values), seeing.networks(viewer, Import.network_id)))
        case AudienceBlock.PERSON:
            merged = aliased(Person)
            into = sa.select(merged.merged_into_id).where(merged.id.in_(values), merged.merged_into_id.is_not(None))
            return sa.and_(sa.or_(Person.id.in_(values), Person.id.in_(into)), seeing.people(viewer))
        case block:
            invited = _select_invited_people(values).where(seeing.invitations(viewer))
            return Person.id.in_(invited.where(_ANSWERED[block](values)))


def _select_present(viewer: Viewer) -> sa.Select[Any]:
    there = sa.select(Invitation.person_id).join(Attendance, Attendance.invitation_id == Invitation.id)
    return there.where(seeing.attendances(viewer))


def _select_invited_people(events: list[int]) -> sa.Select[Any]:
    return (
        sa.select(Invitation.person_id)
        .outerjoin(Registration, Registration.invitation_id == Invitation.id)
        .where(Invitation.event_id.in_(events))
    )


def _select_absent_people(events: list[int]) -> sa.ColumnElement[bool]:
    there = sa.select(Attendance.invitation_id).where(Attendance.event_id.in_(events))
    return sa.and_(Registration.state == RegistrationState.CONFIRMED, Invitation.id.not_in(there))


_TAKES_PART = Registration.state.in_([RegistrationState.CONFIRMED, RegistrationState.WAITING])
_ANSWERED: dict[AudienceBlock, Callable[[list[int]], sa.ColumnElement[bool]]] = {
    AudienceBlock.ABSENT: _select_absent_people,
    AudienceBlock.COMING: lambda events: _TAKES_PART,
    AudienceBlock.DECLINED: lambda events: Invitation.answer == Answer.NO,
    AudienceBlock.SILENT: lambda events: sa.and_(Invitation.answer.is_(None), Registration.id.is_(None)),
}
