"""Who chose what, for organisers: figures of each slot, and the list of people for its room."""

from collections import defaultdict
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.breakouts import choices
from app.breakouts.choices import Takers
from app.breakouts.models import Choice
from app.database import db
from app.events.models import Event, Mode, Round, Slot
from app.invitations.models import Invitation
from app.network import seeing
from app.network.organisations.models import Organisation
from app.network.people.models import Person
from app.network.seeing import Viewer
from app.registration.models import Registration, RegistrationState


@dataclass(frozen=True)
class SlotFigures:
    """How a slot is taken."""

    slot: Slot
    takers: Takers

    @property
    def modes(self) -> list[tuple[Mode, int, int | None, int]]:
        """Each way to take part with how many have a place, how many places there are, and how many wait."""
        return [
            (mode, self.takers.held[self.slot.id, mode], self.slot.seats(mode), self.takers.waiting[self.slot.id, mode])
            for mode in self.slot.modes
        ]

    @property
    def waiting(self) -> int:
        return sum(self.takers.waiting[self.slot.id, mode] for mode in Mode)


@dataclass(frozen=True)
class RoundFigures:
    """A round with how its slots are taken, and how many people have nothing in it that takes place."""

    round: Round
    slots: list[SlotFigures]
    unchosen: int


@dataclass(frozen=True)
class ListedPerson:
    """Somebody on the list of a room."""

    person: Person
    organisation: str
    mode: Mode


@dataclass
class SlotList:
    """Who has a place in a slot, by name, and who waits, longest first."""

    slot: Slot
    people: list[ListedPerson] = field(default_factory=list)
    waiting: list[ListedPerson] = field(default_factory=list)


def count_choices(event: Event) -> list[RoundFigures]:
    """All rounds of an event in a fixed number of statements."""
    takers, coming, chose = choices.count_takers(event), _count_coming(event), _count_chose(event)
    return [
        RoundFigures(
            each,
            [SlotFigures(slot, takers) for slot in event.slots if each in slot.rounds],
            coming - chose.get(each.id, 0),
        )
        for each in event.rounds
    ]


def list_people(event: Event, viewer: Viewer, only: int | None = None) -> list[SlotList]:
    """The list of each slot that takes place, or of one of them."""
    slots = [slot for slot in event.slots if slot.rounds and not slot.cancelled and only in {None, slot.id}]
    lists = {slot.id: SlotList(slot) for slot in slots}
    wanted = (
        sa.select(Choice.slot_id, Choice.waiting_number, Registration, Organisation.name)
        .join(Choice.registration)
        .join(Registration.invitation)
        .join(Invitation.person)
        .outerjoin(Organisation, Organisation.id == Registration.organisation_id)
        .where(Choice.slot_id.in_(lists), seeing.invitations(viewer))
        .order_by(Choice.waiting_number, Person.sort_name, Registration.id)
        .options(joinedload(Registration.invitation).joinedload(Invitation.person))
        .distinct()
        .add_columns(Person.sort_name, Registration.id)
    )
    for slot_id, number, registration, organisation, *_ in db.session.execute(wanted):
        listed = ListedPerson(registration.invitation.person, organisation or "", registration.mode)
        (lists[slot_id].people if number is None else lists[slot_id].waiting).append(listed)
    return list(lists.values())


def titles_chosen(event: Event) -> defaultdict[int, dict[int, str]]:
    """By registration and round the title of the slot in which somebody has a place; for an export."""
    found: defaultdict[int, dict[int, str]] = defaultdict(dict)
    wanted = (
        sa.select(Choice.registration_id, Choice.round_id, Slot.title)
        .join(Choice.slot)
        .where(Slot.event_id == event.id, Choice.waiting_number.is_(None), ~Slot.cancelled)
    )
    for registration_id, round_id, title in db.session.execute(wanted):
        found[registration_id][round_id] = title
    return found


def _count_coming(event: Event) -> int:
    coming = sa.select(sa.func.count()).where(
        Registration.event_id == event.id, Registration.state == RegistrationState.CONFIRMED
    )
    return db.session.scalars(coming).one()


def _count_chose(event: Event) -> dict[int, int]:
    chose = (
        sa.select(Choice.round_id, sa.func.count())
        .join(Choice.slot)
        .where(Slot.event_id == event.id, Choice.waiting_number.is_(None), ~Slot.cancelled)
        .group_by(Choice.round_id)
    )
    return dict(db.session.execute(chose).all())
