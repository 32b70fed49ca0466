"""What all networks together did in a year, in all and per theme: somebody who came in three networks counts once.

Figures count everything, confidential sessions too. Who does not see all networks reads no small number of what others
did (small_cells.py), and the map lights up by what they may know alone.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

from app import clock, sheets
from app.attendance.models import Attendance
from app.contact_moments.models import ContactMoment, contact_moment_organisations
from app.database import db
from app.events.models import Event
from app.invitations.models import Invitation
from app.network import seeing
from app.network.audiences import audiences
from app.network.audiences.audience_blocks import AudienceBlock
from app.network.audiences.models import Audience
from app.network.models import Membership, Network
from app.network.organisations import lineage
from app.network.organisations.models import Organisation, OrganisationKind
from app.network.seeing import Viewer
from app.reports import network_year
from app.reports.network_year import TODAY, ReachTile
from app.reports.small_cells import Cell, suppress
from app.sheets import Sheet, TableKind
from app.themes.models import Theme, event_themes

_SPOKEN = lineage.organisation_id_today(contact_moment_organisations.c.organisation_id)
"""An organisation that was spoken with, as it is today."""
Counts = dict[int | None, list[Cell]]
"""Counts by theme; None is what has no theme."""


@dataclass(frozen=True)
class ThemeYear:
    """What was done about a theme: sessions, people, organisations that came, organisations that were spoken with."""

    theme: Theme | None
    """None: what has no theme."""
    cells: list[Cell]

    @property
    def words(self) -> str:
        return self.theme.words if self.theme else gettext("Zonder thema")


@dataclass(frozen=True)
class OverallYear:
    """A year of all networks, as somebody may know it."""

    year: int
    totals: list[Cell]
    themes: list[ThemeYear]
    tiles: list[ReachTile]
    reached: Cell
    """Municipalities from which somebody came to anything; `own` are those that the map shows."""

    @property
    def seen(self) -> list[ReachTile]:
        return [tile for tile in self.tiles if tile.attendances]

    @property
    def unseen(self) -> list[ReachTile]:
        """Municipalities from which nobody came to anything that the reader may know of."""
        return [tile for tile in self.tiles if not tile.attendances]

    @property
    def leaves_out(self) -> bool:
        """Whether some count is left out."""
        return any(cell.hidden for cells in (self.totals, *(each.cells for each in self.themes)) for cell in cells)


def column_words() -> list[str]:
    """What the columns of the figures are called."""
    return [gettext("Sessies"), gettext("Mensen"), gettext("Organisaties"), gettext("Organisaties gesproken")]


def years_of_all() -> list[int]:
    """Years in which any network had a session, and this one, the latest first."""
    first = db.session.scalar(sa.select(sa.func.min(Event.starts_at)).where(network_year.took_place()))
    this = clock.today().year
    return list(range(this, (clock.to_local(first).year if first else this) - 1, -1))


def load_overall_year(year: int, viewer: Viewer) -> OverallYear:
    """The year of all networks, in a fixed number of queries."""
    held = network_year.took_place(year)
    totals = _count_sessions(held, viewer, None)[None] + _count_talks(year, viewer, None)[None]
    sessions = _count_sessions(held, viewer, event_themes.c.theme_id)
    talks = _count_talks(year, viewer, ContactMoment.theme_id)
    themes, totals = _safe_table(sessions, talks, totals)
    mine = seeing.networks(viewer, Membership.network_id)
    tiles = network_year.load_tiles(mine, sa.and_(held, seeing.events(viewer)))
    seen = sum(bool(tile.attendances) for tile in tiles)
    reached = Cell(count_reached(held), seen)
    return OverallYear(year, totals, themes, tiles, suppress([], reached)[1])


def make_gap_audience(network: Network, year: OverallYear) -> Audience:
    """An audience of the network at the municipalities that nobody reached as far as the reader knows; it empties itself
    as they come to this network."""
    name = gettext("Gemeenten die we met geen netwerk in %(year)s zagen", year=year.year)
    rule = [
        audiences.make_condition(AudienceBlock.KIND, OrganisationKind.MUNICIPALITY.value),
        audiences.make_condition(AudienceBlock.ORGANISATION, *(tile.organisation.id for tile in year.unseen)),
        audiences.make_condition(AudienceBlock.UNREACHED, year.year),
    ]
    return audiences.ensure_audience(network, name, [rule])


def write_overall_sheets(kind: TableKind, year: OverallYear) -> bytes:
    """The figures per theme and in all, and the municipalities, a sheet each."""
    lines = [(each.words, *(cell.shown for cell in each.cells)) for each in year.themes]
    total = (gettext("Alles bij elkaar"), *(cell.shown for cell in year.totals))
    figures = Sheet(str(year.year), [*lines, total], [gettext("Thema"), *column_words()])
    heading = (gettext("Gemeente"), gettext("Regio"), gettext("Keer aanwezig"), gettext("Sessies"))
    places = [
        (each.organisation.name, each.organisation.region or "", each.attendances, each.sessions) for each in year.tiles
    ]
    return sheets.write(kind, figures, Sheet(gettext("Gemeenten"), places, heading))


def _safe_table(sessions: Counts, talks: Counts, totals: list[Cell]) -> tuple[list[ThemeYear], list[Cell]]:
    """Sessions and talks beside each other per theme, without what would give small numbers away."""
    nothing = [Cell(0, 0)]
    lines = [
        (theme, sessions.get(key, nothing * 3) + talks.get(key, nothing))
        for key, theme in _load_themes({*sessions, *talks})
    ]
    columns = [suppress([cells[place] for _, cells in lines], total) for place, total in enumerate(totals)]
    safe = [ThemeYear(theme, [cells[row] for cells, _ in columns]) for row, (theme, _) in enumerate(lines)]
    return safe, [total for _, total in columns]


def _load_themes(keys: Collection[int | None]) -> list[tuple[int | None, Theme | None]]:
    """Themes by their key in their order, then what has none."""
    wanted = sa.select(Theme).where(Theme.id.in_([key for key in keys if key])).order_by(Theme.place, Theme.id)
    found: list[tuple[int | None, Theme | None]] = [(theme.id, theme) for theme in db.session.scalars(wanted)]
    return [*found, *[(None, None)] * (None in keys)]


def _count_sessions(held: sa.ColumnElement[bool], viewer: Viewer, by: Any) -> Counts:
    """Sessions, people and organisations, each once, in all and of the viewer's networks."""
    mine = seeing.networks(viewer, Event.network_id)
    wanted = (
        sa.select(_key(by), *_in_all_and(mine, Event.id, Invitation.person_id, TODAY))
        .select_from(Event)
        .outerjoin(Attendance, Attendance.event_id == Event.id)
        .outerjoin(Invitation, Invitation.id == Attendance.invitation_id)
        .where(held)
    )
    if by is not None:
        wanted = wanted.outerjoin(event_themes, event_themes.c.event_id == Event.id).group_by(by)
    return _read_counts(wanted)


def _count_talks(year: int, viewer: Viewer, by: Any) -> Counts:
    """Organisations with a talk, each once, in all and of the viewer's networks."""
    mine = seeing.networks(viewer, ContactMoment.network_id)
    wanted = (
        sa.select(_key(by), *_in_all_and(mine, _SPOKEN))
        .select_from(ContactMoment)
        .join(contact_moment_organisations, contact_moment_organisations.c.contact_moment_id == ContactMoment.id)
        .where(ContactMoment.day.between(date(year, 1, 1), date(year, 12, 31)))
    )
    return _read_counts(wanted if by is None else wanted.group_by(by))


def _key(by: Any) -> sa.ColumnElement[Any]:
    return sa.null() if by is None else by


def _in_all_and(mine: sa.ColumnElement[bool], *counted: Any) -> Iterator[sa.ColumnElement[int]]:
    """Each of these once: in all, and where it is the viewer's."""
    for each in counted:
        yield sa.func.count(sa.distinct(each))
        yield sa.func.count(sa.distinct(sa.case((mine, each))))


def _read_counts(wanted: sa.Select[Any]) -> Counts:
    return {
        key: [Cell(*pair) for pair in zip(counts[::2], counts[1::2], strict=True)]
        for key, *counts in db.session.execute(wanted)
    }


def count_reached(held: sa.ColumnElement[bool]) -> int:
    """Municipalities on the map from which somebody came to anything."""
    reached = sa.select(TODAY).join(Event, Event.id == Attendance.event_id).where(held)
    wanted = sa.select(sa.func.count()).where(Organisation.grid_row.is_not(None), Organisation.id.in_(reached))
    return db.session.scalars(wanted).one()
