"""What organisers see at the door and afterwards: the list to tap, the counter, who stayed away, lookalikes."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.attendance import presence
from app.attendance.models import Attendance
from app.database import db
from app.events import event_days
from app.events.models import Event, Mode
from app.invitations.models import Invitation
from app.network import seeing
from app.network.organisations.models import Organisation
from app.network.people import names
from app.network.people.models import Person, Position
from app.network.people.name_reading import read_name
from app.network.seeing import Viewer
from app.registration import cockpit, presence_counts
from app.registration.models import Registration, RegistrationState

SHOWN = 40
"""Rows on the check-in page; more are found by searching."""
_ALIKE = 82
"""Likeness of two names, of 100, from which an organiser is asked whether they are one person."""


@dataclass
class Arrival:
    """A row of the check-in list of a day."""

    invitation: Invitation
    registration: Registration | None
    attendance: Attendance | None
    """Of the day that the list is about."""
    days: dict[date, Attendance] = field(default_factory=dict)
    """Of each day, where a list shows them all."""

    @property
    def person(self) -> Person:
        return self.invitation.person

    @property
    def position(self) -> Position | None:
        return cockpit.present_position(self.person)

    @property
    def standing(self) -> cockpit.InvitationStanding:
        return cockpit.standing_of(self.invitation, self.registration)

    @property
    def mode(self) -> Mode:
        active = self.registration is not None and self.registration.state != RegistrationState.CANCELLED
        return self.registration.mode if self.registration and active else self.invitation.event.modes[0]

    @property
    def mode_there(self) -> Mode:
        """How somebody was there, else how they would be."""
        return presence_counts.mode_of(list(self.days.values())) or self.mode


@dataclass(frozen=True)
class PresenceCount:
    """How many are there, and how many were expected."""

    present: dict[Mode, int]
    expected: int

    @property
    def all_present(self) -> int:
        return sum(self.present.values())


def count_present(event: Event, day: date | None = None) -> PresenceCount:
    """The counter of a day, by itself the one that the door is about, in one query.

    Who is there without a seat was to be expected after all.
    """
    return _count(event, Attendance.day == (day or presence.day_of_door(event)))


def count_ever_present(event: Event) -> PresenceCount:
    """The same of the whole event, where somebody who was there on several days counts once."""
    return _count(event, sa.true())


def _count(event: Event, of_days: sa.ColumnElement[bool]) -> PresenceCount:
    here_too = sa.select(Attendance.id).where(Attendance.invitation_id == Registration.invitation_id, of_days)
    confirmed = sa.select(sa.func.count()).where(
        Registration.event_id == event.id,
        sa.or_(Registration.state == RegistrationState.CONFIRMED, here_too.exists()),
    )
    here = sa.select(*presence_counts.people_by_mode()).where(Attendance.event_id == event.id, of_days).subquery()
    on_site, online, expected = db.session.execute(sa.select(here, confirmed.scalar_subquery())).one()
    return PresenceCount({Mode.ON_SITE: on_site, Mode.ONLINE: online}, expected)


def list_arrivals(event: Event, viewer: Viewer, text: str = "", day: date | None = None) -> list[Arrival]:
    """Who may come in on a day, by itself the one that the door is about: people with a place or, when searching, everybody who was invited."""
    wanted = _select_arrivals(event, viewer, day)
    if words := text.split()[:6]:
        wanted = wanted.where(*(_has_word(word) for word in words))
    else:
        wanted = wanted.where(Registration.state == RegistrationState.CONFIRMED)
    return _load_arrivals(wanted.limit(SHOWN))


def list_everybody_invited(
    event: Event, viewer: Viewer, day: date, only: Collection[int] | None = None
) -> list[Arrival]:
    """All who were invited, or those of these numbers, for a phone that finds them without us."""
    wanted = _select_arrivals(event, viewer, day)
    return _load_arrivals(wanted if only is None else wanted.where(Invitation.id.in_(only)))


def arrival_of(invitation: Invitation, viewer: Viewer, day: date | None = None) -> Arrival:
    """One person's row."""
    return _load_arrivals(_select_arrivals(invitation.event, viewer, day).where(Invitation.id == invitation.id))[0]


def list_everybody_expected(event: Event, viewer: Viewer) -> list[Arrival]:
    """All who have a place or were there, for the list on paper, with each of their days."""
    dates = event_days.dates_of_event(event)
    wanted = _select_arrivals(event, viewer, dates[0])
    arrivals_ = _load_arrivals(
        wanted.where(sa.or_(Registration.state == RegistrationState.CONFIRMED, _was_there().exists()))
    )
    if len(dates) > 1:
        _add_days(event, arrivals_)
    else:
        for each in arrivals_:
            each.days = {dates[0]: each.attendance} if each.attendance else {}
    return arrivals_


def list_for_badges(event: Event, viewer: Viewer, text: str = "", since: datetime | None = None) -> list[Arrival]:
    """Who has a place, or of them who has these words in their name or organisation, or whose place came or changed since."""
    wanted = _select_arrivals(event, viewer, None).where(Registration.state == RegistrationState.CONFIRMED)
    wanted = wanted.where(*(_has_word(word) for word in text.split()[:6]))
    return _load_arrivals(wanted if since is None else wanted.where(Registration.changed_at >= since))


def _add_days(event: Event, arrivals_: Iterable[Arrival]) -> None:
    found = presence_counts.days_by_invitation(event)
    for each in arrivals_:
        each.days = {attendance.day: attendance for attendance in found.get(each.invitation.id, [])}


def list_absent(event: Event, viewer: Viewer, day: date | None = None) -> list[Arrival]:
    """People with a place who did not come on a day or, when none is named, on any."""
    missed = _was_there() if day is None else _was_there().where(Attendance.day == day)
    return _load_arrivals(
        _select_arrivals(event, viewer, day).where(Registration.state == RegistrationState.CONFIRMED, ~missed.exists())
    )


def _was_there() -> sa.Select[int]:
    return sa.select(Attendance.id).where(Attendance.invitation_id == Invitation.id).correlate(Invitation)


def count_by_organisation(arrivals_: list[Arrival]) -> list[tuple[Organisation | None, int]]:
    """How many people of each organisation, the largest number first."""
    found = {each.position.organisation.id: each.position.organisation for each in arrivals_ if each.position}
    counted = Counter(each.position.organisation.id if each.position else None for each in arrivals_)
    rows = [(found.get(organisation_id or 0), count_) for organisation_id, count_ in counted.items()]
    return sorted(rows, key=lambda row: (-row[1], row[0].name if row[0] else ""))


def find_lookalikes(name: str, organisation: Organisation | None, viewer: Viewer) -> list[Person]:
    """People whom the viewer sees who are probably the one at the door, likeliest first: the same name, or nearly, at any address."""
    plain = names.fold_name(read_name(name).name)
    words = [word for word in plain.split() if len(word) > 2] or [plain]
    candidates = (
        sa.select(Person)
        .where(Person.erased_at.is_(None), seeing.people(viewer))
        .where(sa.or_(*(Person.search_text.like(f"%{word}%") for word in words)))
        .options(selectinload(Person.positions).joinedload(Position.organisation))
        .limit(200)
    )
    scored = [(_likeness(plain, person, organisation), person) for person in db.session.scalars(candidates)]
    return [person for score, person in sorted(scored, key=lambda row: -row[0]) if score >= _ALIKE][:5]


def _likeness(plain: str, person: Person, organisation: Organisation | None) -> float:
    from rapidfuzz import fuzz

    same_place = organisation and any(each.organisation_id == organisation.id for each in person.positions)
    return fuzz.ratio(plain, names.fold_name(person.name)) + (8 if same_place else 0)


def _select_arrivals(event: Event, viewer: Viewer, day: date | None) -> sa.Select[Invitation, Registration, Attendance]:
    day = day or presence.day_of_door(event)
    return (
        sa.select(Invitation, Registration, Attendance)
        .join(Invitation.person)
        .outerjoin(Registration, Registration.invitation_id == Invitation.id)
        .outerjoin(Attendance, (Attendance.invitation_id == Invitation.id) & (Attendance.day == day))
        .where(Invitation.event_id == event.id, seeing.invitations(viewer))
        .order_by(Person.sort_name, Invitation.id)
        .options(
            contains_eager(Invitation.person)
            .selectinload(Person.positions)
            .options(joinedload(Position.organisation), joinedload(Position.role)),
            joinedload(Attendance.account),
        )
    )


def _load_arrivals(wanted: sa.Select[Invitation, Registration, Attendance]) -> list[Arrival]:
    return [Arrival(*row) for row in db.session.execute(wanted).all()]


def _has_word(word: str) -> sa.ColumnElement[bool]:
    pattern = names.search_pattern(word)
    place = (
        sa.select(Position.id)
        .join(Organisation, Organisation.id == Position.organisation_id)
        .where(Position.person_id == Person.id, Position.ends_on.is_(None))
        .where(sa.func.lower(Organisation.name).like(pattern))
    )
    return sa.or_(Person.search_text.like(pattern), place.exists())
