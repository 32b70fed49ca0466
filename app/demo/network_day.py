"""What the demo's large day offers to choose from, and what its people chose; material of some sessions, and letters of one."""

from datetime import timedelta

import sqlalchemy as sa

from app import clock
from app.accounts.models import Account
from app.attendance import closing
from app.attendance.models import Attendance
from app.breakouts import rounds, slots_to_choose
from app.certificates import attendance_letters
from app.database import db
from app.events.models import Event, Round, Speaker
from app.events.programme import Choosing
from app.invitations.models import Invitation
from app.materials import materials
from app.materials.materials import Details, Link
from app.materials.models import ForWhom, MaterialKind
from app.outbox.kinds import MessageKind
from app.outbox.models import Message
from app.registration import chosen_slots
from app.registration.models import Registration, RegistrationState
from app.uploads.people_shown import PeopleShown

DAY = "expeditie-2100"
SETTLED = "hitte-in-de-kern"
"""The session of which the attendance is closed and people have their letters."""
LETTERS = 6
_VISITS = (
    ("Beekdal van de Aa: ruimte voor water", "Te voet langs de nieuwe meanders. Laarzen aan!", "", "", 25, True),
    ("Bedrijventerrein met schaduw", "Met de bus naar een terrein dat de tegels wisselde voor bomen.", "Ewa Kowalska", "Waterschap Aa en Maas", 30, True),
    ("Schoolplein zonder plassen", "Kinderen leiden je rond op hun eigen plein.", "", "", 12, False),
)  # fmt: skip
"""Title, words, speaker, affiliation, seats, and whether one goes by bus."""
_TABLES = (
    ("Werktafel: hitte in oude wijken", "Atelier"),
    ("Werktafel: droogte en landbouw", "Ridderzaal"),
    ("Werktafel: wie betaalt wat?", "Torenkamer"),
)
_MATERIALS = (
    (DAY, "Klimaateffectatlas", "https://klimaateffectatlas.example/brabant", ForWhom.EVERYBODY, None),
    (SETTLED, "Opname van de sessie", "https://video.example/hitte-in-de-kern", ForWhom.EVERYBODY, 62),
    (SETTLED, "Rekenblad: bomen per straat", "https://delen.example/bomen-per-straat", ForWhom.PARTICIPANTS, None),
)
"""Session, title, address, for whom, and minutes of what is a recording."""


def add_network_day(fresh: list[str], by: Account) -> None:
    """For what was just made of the demo: rounds with choices and wishes, material, and letters of attendance."""
    events = {each.slug: each for each in db.session.scalars(sa.select(Event).where(Event.slug.in_(fresh)))}
    for slug, title, address, for_whom, minutes in _MATERIALS:
        if event := events.get(slug):
            kind = MaterialKind.RECORDING if minutes else MaterialKind.LINK
            details = Details(title, for_whom, PeopleShown.NOBODY)
            materials.add_link(event, details, kind, Link(address, minutes))
    if event := events.get(DAY):
        _let_choose(event)
    if event := events.get(SETTLED):
        _give_letters(event, by)


def _let_choose(event: Event) -> None:
    """Field visits that people chose, of which one is full, and tables for which they wished."""
    visits = _add_round(event, "Veldbezoeken", 105, 210)
    tables = _add_round(event, "Werktafels", 240, 300, by_wish=True)
    for title, words, speaker, affiliation, seats, by_bus in _VISITS:
        slots_to_choose.save_slot(
            event,
            None,
            starts_at=visits.starts_at + timedelta(minutes=15 if by_bus else 0),
            ends_at=visits.ends_at,
            title=title,
            description=words,
            speakers=[Speaker(name=speaker, affiliation=affiliation, agreed=True)] if speaker else [],
            room="",
            departs_at=visits.starts_at if by_bus else None,
            choosing=Choosing([visits], seats_on_site=seats),
        )
    for title, room in _TABLES:
        slots_to_choose.save_slot(
            event,
            None,
            starts_at=tables.starts_at,
            ends_at=tables.ends_at,
            title=title,
            description="",
            speakers=[],
            room=room,
            departs_at=None,
            choosing=Choosing([tables], seats_on_site=15),
        )
    db.session.refresh(event, ["slots", "rounds"])
    _choose(event, visits, tables)


def _add_round(event: Event, title: str, begin: int, end: int, *, by_wish: bool = False) -> Round:
    """A round from `begin` to `end`, in minutes after the event's beginning."""
    moments = (event.starts_at + timedelta(minutes=each) for each in (begin, end))
    starts_at, ends_at = moments
    return rounds.save_round(event, None, title=title, starts_at=starts_at, ends_at=ends_at, by_wish=by_wish)


def _choose(event: Event, visits: Round, tables: Round) -> None:
    """Two out of three people chose a visit, most the first one; one out of two wished."""
    wanted = (
        sa.select(Invitation)
        .join(Registration, Registration.invitation_id == Invitation.id)
        .where(Registration.event_id == event.id, Registration.state == RegistrationState.CONFIRMED)
        .order_by(Invitation.id)
    )
    offered = {row.id: [slot.id for slot in event.slots if row in slot.rounds] for row in (visits, tables)}
    for number, invitation in enumerate(db.session.scalars(wanted).all()):
        if number % 3:
            place = (0, 0, 1, 0, 2)[number % 5]
            chosen_slots.choose(invitation, {visits.id: offered[visits.id][place]})
        if number % 2:
            first, second = offered[tables.id][number % 3], offered[tables.id][(number + 1) % 3]
            chosen_slots.wish(invitation, {tables.id: (first, second)})
    db.session.flush()
    programmes = sa.update(Message).where(Message.event_id == event.id, Message.kind == MessageKind.OWN_PROGRAMME)
    db.session.execute(programmes.values(due_at=clock.now()))  # or they leave minutes after the demo was made


def _give_letters(event: Event, by: Account) -> None:
    closing.close_attendance(event, by)
    there = sa.select(Attendance.invitation_id).where(Attendance.event_id == event.id)
    wanted = sa.select(Invitation).where(Invitation.id.in_(there)).order_by(Invitation.id).limit(LETTERS)
    for invitation in db.session.scalars(wanted):
        attendance_letters.issue_letter(invitation, by)
