"""The map of municipalities of an event: of how many of its people it was asked, and how many come or wait."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import sqlalchemy as sa
from flask_babel import gettext, ngettext

from app import clock
from app.database import Rows, db
from app.events.models import Event
from app.invitations.models import Invitation
from app.network import seeing
from app.network.audiences.audience_blocks import current_positions
from app.network.organisations.models import Organisation
from app.network.seeing import Viewer
from app.registration.models import Registration, RegistrationState


class Place(NamedTuple):
    """A municipality as the map draws it."""

    id: int
    code: str
    name: str
    grid_row: int
    grid_col: int


@dataclass(frozen=True)
class InvitedTile:
    """A municipality on the map with how many of its people come, wait and were invited."""

    organisation: Place
    invited: int
    coming: int
    waiting: int

    @property
    def status(self) -> str:
        """coming, waiting, invited or none: how the tile looks."""
        return "coming" if self.coming else "waiting" if self.waiting else "invited" if self.invited else "none"

    @property
    def figure(self) -> str:
        return str(self.coming or self.waiting or ("·" if self.invited else ""))

    @property
    def words(self) -> str:
        parts = [
            ngettext("%(num)s komt", "%(num)s komen", self.coming) if self.coming else "",
            ngettext("%(num)s wacht", "%(num)s wachten", self.waiting) if self.waiting else "",
            ngettext("%(num)s uitgenodigd", "%(num)s uitgenodigd", self.invited) if self.invited else "",
        ]
        return ", ".join(filter(None, parts)) or gettext("niet uitgenodigd")


def list_invited_tiles(event: Event, viewer: Viewer) -> list[InvitedTile]:
    """All municipalities with a place on the map, in one query; empty ones when the viewer may not know who comes."""
    rows = db.session.execute(_tiles(viewer, clock.today()), {"event_id": event.id})
    return [InvitedTile(Place(*place), invited, coming, waiting) for *place, invited, coming, waiting in rows]


@lru_cache(100)
def _tiles(viewer: Viewer, today: date) -> Rows:
    current = current_positions()
    counts = (
        sa.select(
            current.c.organisation_id,
            sa.func.count(sa.distinct(Invitation.id)).label("invited"),
            sa.func.count(sa.distinct(Registration.id))
            .filter(Registration.state == RegistrationState.CONFIRMED)
            .label("coming"),
            sa.func.count(sa.distinct(Registration.id))
            .filter(Registration.state == RegistrationState.WAITING)
            .label("waiting"),
        )
        .join(Invitation, Invitation.person_id == current.c.person_id)
        .outerjoin(Registration, Registration.invitation_id == Invitation.id)
        .where(Invitation.event_id == sa.bindparam("event_id"), seeing.invitations(viewer))
        .group_by(current.c.organisation_id)
        .subquery()
    )
    return (
        sa.select(
            *(getattr(Organisation, name) for name in Place._fields),
            *(sa.func.coalesce(counts.c[name], 0) for name in ("invited", "coming", "waiting")),
        )
        .select_from(Organisation)
        .outerjoin(counts, counts.c.organisation_id == Organisation.id)
        .where(Organisation.grid_row.is_not(None))
        .order_by(Organisation.name)
    )
