"""Colleagues of the province who were trained to be resilient: two days in the year before, one in those around it."""

from datetime import date, time, timedelta
from itertools import islice

import sqlalchemy as sa

from app import clock
from app.accounts.models import Account
from app.attendance.models import Attendance, Entry
from app.database import db
from app.demo import invented_names
from app.events import event_days, planning
from app.events.models import Event, EventFormat, Mode
from app.events.planning import EventDetails
from app.invitations import inviting
from app.invitations.models import Answer, Origin
from app.network.models import Network
from app.network.organisations.models import Organisation
from app.network.people import job_positions, people
from app.network.people.models import Person
from app.network.vocabulary.models import Role
from app.registration.models import Registration, RegistrationState
from app.themes import themes

TITLE = "Vergroting weerbaarheid"
PROVINCE, THEME = "Provincie Noord-Brabant", "Brabantse norm weerbare overheid"
_DAYS = ((2, 10, 3, 0, 46), (1, 4, 10, 0, 52), (1, 11, 6, 52, 104), (0, 3, 19, 40, 98))
"""Years ago, month, day, and which of the colleagues were there."""
_SEED = 1309


def add_training(network: Network, by: Account) -> None:
    """Once: the days that have been, and who was there."""
    if db.session.scalar(sa.select(Event.id).where(Event.title == TITLE).limit(1)):
        return
    colleagues = _invent_colleagues()
    for ago, month, day, first, last in _DAYS:
        on = date(clock.today().year - ago, month, day)
        if on < clock.today():
            _hold(network, on, colleagues[first:last], by)
    db.session.flush()


def _invent_colleagues() -> list[Person]:
    """People of the province, in no network."""
    province = db.session.scalars(sa.select(Organisation).where(Organisation.name == PROVINCE)).one()
    role = db.session.scalars(sa.select(Role).where(Role.code == "ambtenaar")).one()
    domain = invented_names.invent_domain(f"cursus {province.name}", province.kind)
    made = []
    for name, local in islice(invented_names.invent_people(_SEED), max(last for *_, last in _DAYS)):
        person = people.add_person(name, f"{local}@{domain}")
        job_positions.add_or_change_position(person, province, role, starts_on=date(clock.today().year - 5, 1, 1))
        made.append(person)
    db.session.flush()
    return made


def _hold(network: Network, on: date, there: list[Person], by: Account) -> None:
    starts_at = clock.utc_moment(on, time(9, 30))
    details = EventDetails(
        title=TITLE,
        summary="Een dag oefenen: ondermijning herkennen, en weten wat je dan doet.",
        format=EventFormat.TRAINING,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=6),
        closes_at=starts_at - timedelta(days=1),
        on_site=True,
        venue="Provinciehuis",
        town="'s-Hertogenbosch",
        open_to_all=False,
        themes=[theme] if (theme := themes.find_theme_of_name(THEME)) else [],
    )
    event = planning.create_event(network, details)
    planning.publish_event(event)
    event.created_at = event.changed_at = starts_at - timedelta(days=60)
    db.session.flush()
    for person in there:
        _attend(event, person, by)


def _attend(event: Event, person: Person, by: Account) -> None:
    """Somebody had a place and came."""
    before, position = event.starts_at - timedelta(days=20), person.positions[0]
    invitation = inviting.add_invitation(event, person, Origin.WAVE)
    invitation.created_at = invitation.answered_at = before
    invitation.answer = Answer.YES
    db.session.flush()
    registration = Registration(invitation_id=invitation.id, event_id=event.id, state=RegistrationState.CONFIRMED)
    registration.mode, registration.created_at, registration.changed_at = Mode.ON_SITE, before, before
    came = Attendance(event_id=event.id, invitation_id=invitation.id, day=event_days.dates_of_event(event)[0])
    came.organisation_id, came.role_code = position.organisation_id, position.role_code
    came.mode, came.entry, came.account_id, came.at = Mode.ON_SITE, Entry.LIST, by.id, event.starts_at
    db.session.add_all([registration, came])
