"""What an organiser sees of an event: the funnel, the map of municipalities, who was invited, what they said, who came.

Every page takes a fixed number of queries, however many people were invited.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from app import clock
from app.attendance.models import Attendance
from app.choices import EVERYTHING, Choice
from app.database import Rows, db
from app.events.models import Event, Mode
from app.invitations.models import Answer, Invitation
from app.network import seeing
from app.network.audiences.audience_blocks import current_positions
from app.network.organisations.models import Organisation
from app.network.people import job_positions
from app.network.people.models import Person, Position, name_job
from app.network.people.people_list import PeopleFilter, PeopleOrder, conditions_of_filter, in_order
from app.network.seeing import Viewer
from app.network.vocabulary.models import Role
from app.outbox.kinds import MessageKind
from app.outbox.models import Message, MessageState
from app.registration import presence_counts
from app.registration.models import QuestionAnswer, Registration, RegistrationState
from app.rows import read_row_number
from app.words import Worded

PER_PAGE = 50
_ABOUT = aliased(Message)
_ACTIVE = Registration.state.in_([RegistrationState.CONFIRMED, RegistrationState.WAITING])


class InvitationStanding(Worded):
    """Where somebody stands: one word for answer and registration together."""

    COMING = "coming", _l("Komt"), "green"
    WAITING = "waiting", _l("Wachtlijst"), "amber"
    DECLINED = "declined", _l("Komt niet")
    SUBSTITUTE = "substitute", _l("Vroeg een collega"), "accent"
    MAYBE = "maybe", _l("Komt misschien"), "accent"
    SILENT = "silent", _l("Nog geen antwoord"), "accent"

    @property
    def past(self) -> LazyString:
        """The same of a session that has been."""
        return _PAST.get(self, self.words)


_PAST = {
    InvitationStanding.COMING: _l("Had een plek"),
    InvitationStanding.WAITING: _l("Stond op de wachtlijst"),
    InvitationStanding.DECLINED: _l("Zei nee"),
    InvitationStanding.MAYBE: _l("Zei misschien"),
    InvitationStanding.SILENT: _l("Geen antwoord"),
}


class Turnout(Worded):
    """Whether somebody with a place was there."""

    PRESENT = "present", _l("Was er")
    ABSENT = "absent", _l("Kwam niet opdagen")


@dataclass(frozen=True)
class Funnel:
    invited: int
    answered: int
    coming: dict[Mode, int]
    waiting: int
    declined: int
    present: int
    maybe: int

    @property
    def all_coming(self) -> int:
        return sum(self.coming.values())

    @property
    def silent(self) -> int:
        return self.invited - self.answered - self.maybe


@dataclass
class InvitedLine:
    """One invited person in the list."""

    invitation: Invitation
    registration: Registration | None
    last_message: Message | None = None
    attendances: Sequence[Attendance] = ()
    """The days on which they were there, the first first."""

    @property
    def mode_there(self) -> Mode | None:
        """How they were there; None when they were not, on any day."""
        return presence_counts.mode_of(self.attendances)

    @property
    def days_there(self) -> list[date]:
        return [each.day for each in self.attendances]

    @property
    def standing(self) -> InvitationStanding:
        return standing_of(self.invitation, self.registration)

    @property
    def position(self) -> Position | None:
        return present_position(self.invitation.person)


@dataclass(frozen=True)
class ListedLine:
    """One invited person as the list shows them: no more than that is read of so many."""

    invitation_id: int
    name: str
    answer: Answer | None
    maybe_at: datetime | None
    state: RegistrationState | None
    mode: Mode | None
    mailed: MessageKind | None
    """What they were mailed last about the session, and what became of it."""
    mail_state: MessageState | None
    organisation: str | None
    title: str | None
    role: Role | None

    @property
    def standing(self) -> InvitationStanding:
        return _standing(self.answer, self.maybe_at, self.state)

    @property
    def job(self) -> str:
        return name_job(self.title, self.role)


@dataclass(frozen=True)
class InvitedFilter:
    """What the list is narrowed down to."""

    people: PeopleFilter = field(default_factory=PeopleFilter)
    standing: str = ""
    mode: str = ""
    organisation: str = ""
    """CBS code of a municipality, or the id of another organisation."""


def present_position(person: Person) -> Position | None:
    """The present position, the latest when there are more."""
    return job_positions.current_position(person)


def standing_of(invitation: Invitation, registration: Registration | None) -> InvitationStanding:
    return _standing(invitation.answer, invitation.maybe_at, registration.state if registration else None)


def _standing(answer: Answer | None, maybe_at: datetime | None, state: RegistrationState | None) -> InvitationStanding:
    if state == RegistrationState.CONFIRMED:
        return InvitationStanding.COMING
    if state == RegistrationState.WAITING:
        return InvitationStanding.WAITING
    if answer is None and maybe_at:
        return InvitationStanding.MAYBE
    return _WITHOUT_PLACE.get(answer, InvitationStanding.SILENT)


_WITHOUT_PLACE: dict[Answer | None, InvitationStanding] = {
    Answer.NO: InvitationStanding.DECLINED,
    Answer.SUBSTITUTE: InvitationStanding.SUBSTITUTE,
}


def count_funnel(event: Event) -> Funnel:
    """Invited → answered → coming and waiting, in one query."""
    invited, answered, *rest = db.session.execute(_funnel(), {"event_id": event.id}).one()
    on_site, online, waiting, declined, present, maybe = rest
    coming = {Mode.ON_SITE: on_site, Mode.ONLINE: online}
    return Funnel(invited, answered, coming, waiting, declined, present, maybe)


@cache
def _funnel() -> Rows:
    present = sa.select(presence_counts.PEOPLE).where(Attendance.event_id == sa.bindparam("event_id"))
    return (
        sa.select(
            sa.func.count(Invitation.id),
            sa.func.count(Invitation.answer),
            *(
                sa.func.count().filter(
                    (Registration.state == RegistrationState.CONFIRMED) & (Registration.mode == mode)
                )
                for mode in (Mode.ON_SITE, Mode.ONLINE)
            ),
            sa.func.count().filter(Registration.state == RegistrationState.WAITING),
            sa.func.count().filter(Invitation.answer == Answer.NO),
            present.scalar_subquery(),
            sa.func.count().filter(Invitation.answer.is_(None) & Invitation.maybe_at.is_not(None)),
        )
        .select_from(Invitation)
        .outerjoin(Registration, Registration.invitation_id == Invitation.id)
        .where(Invitation.event_id == sa.bindparam("event_id"))
    )


def page_of_invited(
    event: Event, sought: InvitedFilter, viewer: Viewer, order: PeopleOrder = PeopleOrder.NAME
) -> Pagination:
    """A page of people as ListedLines, in `items` of the pagination."""
    wanted = in_order(_narrow(sa.select(Invitation.id), event, sought, viewer), order)
    found = db.paginate(wanted, per_page=PER_PAGE, error_out=False)
    rows = db.session.execute(_listed(), {"ids": found.items, "day": clock.today()})
    lines = {row[0]: ListedLine(*row) for row in rows}
    found.items = [lines[invitation_id] for invitation_id in found.items]
    return found


def list_chosen_people(event: Event, sought: InvitedFilter, choice: Choice, viewer: Viewer) -> list[int]:
    """Ids of the people whom somebody chose in the list and may act upon."""
    wanted = _choose(sa.select(Invitation.person_id), event, sought, choice, viewer.as_organiser)
    return list(db.session.scalars(wanted))


def list_invited(
    event: Event, sought: InvitedFilter, viewer: Viewer, choice: Choice = EVERYTHING
) -> Iterator[InvitedLine]:
    """Those of the list whom somebody chose, for an export."""
    answers = selectinload(Registration.answers).joinedload(QuestionAnswer.question)
    wanted = _choose(_select_invited(), event, sought, choice, viewer).order_by(Person.sort_name, Invitation.id)
    invitations = list(db.session.scalars(wanted))
    registrations = {
        each.invitation_id: each
        for each in db.session.scalars(
            sa.select(Registration).where(Registration.event_id == event.id).options(answers)
        )
    }
    there = presence_counts.days_by_invitation(event)
    return (
        InvitedLine(invitation, registrations.get(invitation.id), attendances=there.get(invitation.id, []))
        for invitation in invitations
    )


def find_invited(event: Event, invitation_id: int, viewer: Viewer) -> InvitedLine | None:
    """One invited person of this event."""
    wanted = _narrow(_select_invited(), event, InvitedFilter(), viewer).where(Invitation.id == invitation_id)
    invitation = db.session.scalar(wanted)
    return _line(invitation) if invitation else None


def list_messages_about(invitation: Invitation) -> list[Message]:
    """Everything this person was mailed about the event, latest first."""
    return list(
        db.session.scalars(sa.select(Message).where(Message.invitation_id == invitation.id).order_by(Message.id.desc()))
    )


@cache
def _listed() -> Rows:
    return (
        sa.select(
            Invitation.id,
            Person.name,
            Invitation.answer,
            Invitation.maybe_at,
            Registration.state,
            Registration.mode,
            Message.kind,
            Message.state,
            Organisation.name,
            Position.title,
            Role,
        )
        .join(Invitation.person)
        .outerjoin(Registration, Registration.invitation_id == Invitation.id)
        .outerjoin(
            Message,
            Message.id
            == sa.select(sa.func.max(_ABOUT.id)).where(_ABOUT.invitation_id == Invitation.id).scalar_subquery(),
        )
        .outerjoin(Position, job_positions.IS_CURRENT)
        .outerjoin(Position.organisation)
        .outerjoin(Position.role)
        .where(Invitation.id.in_(sa.bindparam("ids", expanding=True)))
        .order_by(Person.sort_name, Invitation.id)
    )


def _choose(
    wanted: sa.Select[Any], event: Event, sought: InvitedFilter, choice: Choice, viewer: Viewer
) -> sa.Select[Any]:
    """The filter is for who chose all that meet it."""
    narrowed = _narrow(wanted, event, sought if choice.everything else InvitedFilter(), viewer)
    return narrowed.where(choice.takes(Invitation.id))


def _select_invited() -> sa.Select[Any]:
    return sa.select(Invitation).options(
        contains_eager(Invitation.person)
        .selectinload(Person.positions)
        .options(joinedload(Position.organisation), joinedload(Position.role)),
        joinedload(Invitation.address),
    )


def _narrow(wanted: sa.Select[Any], event: Event, sought: InvitedFilter, viewer: Viewer) -> sa.Select[Any]:
    return (
        wanted.join(Invitation.person)
        .outerjoin(Registration, Registration.invitation_id == Invitation.id)
        .where(Invitation.event_id == event.id, seeing.invitations(viewer))
        .where(*conditions_of_filter(sought.people, viewer), *_conditions(sought))
    )


def _conditions(sought: InvitedFilter) -> Iterator[sa.ColumnElement[bool]]:
    if sought.standing:
        yield _standing_condition(sought.standing)
    if sought.mode in list(Mode):
        yield _ACTIVE & (Registration.mode == Mode(sought.mode))
    if sought.organisation:
        current = current_positions()
        place = (
            sa.select(current.c.person_id)
            .join(Organisation, Organisation.id == current.c.organisation_id)
            .where(current.c.person_id == Person.id)
        )
        organisation_id = read_row_number(sought.organisation)
        yield place.where(
            Organisation.id == organisation_id if organisation_id else Organisation.code == sought.organisation
        ).exists()


def _standing_condition(wanted: str) -> sa.ColumnElement[bool]:
    """The condition for one standing or presence; an unknown one narrows nothing down."""
    no_answer = Invitation.answer.is_(None)
    without_place = sa.or_(Registration.id.is_(None), ~_ACTIVE)
    confirmed = Registration.state == RegistrationState.CONFIRMED
    maybe = no_answer & Invitation.maybe_at.is_not(None)
    silent = sa.or_(no_answer & Invitation.maybe_at.is_(None), Invitation.answer == Answer.YES)
    conditions: dict[str, sa.ColumnElement[bool]] = {
        InvitationStanding.COMING: confirmed,
        InvitationStanding.WAITING: Registration.state == RegistrationState.WAITING,
        InvitationStanding.DECLINED: without_place & (Invitation.answer == Answer.NO),
        InvitationStanding.SUBSTITUTE: without_place & (Invitation.answer == Answer.SUBSTITUTE),
        InvitationStanding.MAYBE: without_place & maybe,
        InvitationStanding.SILENT: without_place & silent,
        Turnout.PRESENT: _select_present().exists(),
        Turnout.ABSENT: confirmed & ~_select_present().exists(),
    }
    return conditions.get(wanted, sa.true())


def _line(invitation: Invitation) -> InvitedLine:
    """One person with their registration, last message and attendance."""
    about = sa.select(Message).where(Message.invitation_id == invitation.id).order_by(Message.id.desc()).limit(1)
    registration = db.session.scalar(sa.select(Registration).where(Registration.invitation_id == invitation.id))
    there = presence_counts.days_of_invitation(invitation)
    return InvitedLine(invitation, registration, db.session.scalar(about), there)


def _select_present() -> sa.Select[int]:
    return sa.select(Attendance.id).where(Attendance.invitation_id == Invitation.id)
