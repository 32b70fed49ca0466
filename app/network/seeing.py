"""Who may see whom: the one place that decides it, as conditions for the queries that read people.

A reader of a network sees its members and who comes to its sessions, but of a confidential session
neither people nor organisations: not in a list, a count, a map or a search either.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import QueryableAttribute

from app.attendance.models import Attendance
from app.events.models import Event
from app.invitations.models import Invitation
from app.network.models import Membership
from app.network.people.models import EmailAddress, Person
from app.outbox.models import Message


@dataclass(frozen=True)
class Viewer:
    """Whose eyes: the networks that somebody organises and those that they may only read; None is every network."""

    organises: frozenset[int] | None
    reads: frozenset[int] = frozenset()

    @property
    def networks(self) -> frozenset[int] | None:
        """Networks of which the viewer sees anything; None for all."""
        return None if self.organises is None else self.organises | self.reads

    def narrowed_to(self, networks: Collection[int]) -> "Viewer":
        """The same eyes in these networks alone."""
        organises = frozenset(networks) if self.organises is None else self.organises & frozenset(networks)
        return Viewer(organises, self.reads & frozenset(networks))

    def may_read(self, network_id: int) -> bool:
        return self.organises is None or network_id in self.organises | self.reads

    def may_organise(self, network_id: int) -> bool:
        return self.organises is None or network_id in self.organises

    def may_see_people(self, event: Event) -> bool:
        """Whether the viewer may know who was invited to an event, comes or was there."""
        return self.may_organise(event.network_id) or (event.network_id in self.reads and not event.confidential)

    @property
    def as_organiser(self) -> "Viewer":
        """The same eyes for what is kept from readers, such as addresses."""
        return Viewer(self.organises)


CLOCKWORK = Viewer(organises=None)
"""The program itself, which carries out what organisers saved with their own eyes."""


def networks(viewer: Viewer, column: QueryableAttribute[int]) -> sa.ColumnElement[bool]:
    """The condition that a network's id is one that the viewer sees."""
    return sa.true() if viewer.networks is None else column.in_(viewer.networks)


def events(viewer: Viewer) -> sa.ColumnElement[bool]:
    """The condition on Event that the viewer may know who is concerned."""
    if viewer.organises is None:
        return sa.true()
    read = Event.network_id.in_(viewer.reads) & ~Event.confidential
    return sa.or_(Event.network_id.in_(viewer.organises), read)


def invitations(viewer: Viewer) -> sa.ColumnElement[bool]:
    """The condition on Invitation that the viewer may know of it."""
    return _of_seen_events(viewer, Invitation.event_id)


def attendances(viewer: Viewer) -> sa.ColumnElement[bool]:
    """The condition on Attendance that the viewer may know of it."""
    return _of_seen_events(viewer, Attendance.event_id)


def messages(viewer: Viewer) -> sa.ColumnElement[bool]:
    """The condition on Message, one about an event, that the viewer may know of it."""
    return _of_seen_events(viewer, Message.event_id)


def people(viewer: Viewer) -> sa.ColumnElement[bool]:
    """The condition on Person that the viewer may know of them: once in a network they see, or asked for a session."""
    if viewer.organises is None:
        return sa.true()
    members = sa.select(Membership.person_id).where(networks(viewer, Membership.network_id))
    asked = sa.select(Invitation.person_id).where(invitations(viewer))
    return sa.or_(Person.id.in_(members), Person.id.in_(asked))


def addresses(viewer: Viewer) -> sa.ColumnElement[bool]:
    """The condition on EmailAddress that the viewer may know it: of people whom they organise, so never for readers."""
    if viewer.organises is None:
        return sa.true()
    return EmailAddress.person_id.in_(sa.select(Person.id).where(people(viewer.as_organiser)))


def _of_seen_events(viewer: Viewer, event_id: QueryableAttribute[Any]) -> sa.ColumnElement[bool]:
    if viewer.organises is None:
        return sa.true()
    return event_id.in_(sa.select(Event.id).where(events(viewer)))
