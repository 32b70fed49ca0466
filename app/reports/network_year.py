"""What a network did in a year: sessions, participants, reach per municipality, lessons, promises kept."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext, ngettext

from app import clock, sheets, wording
from app.attendance.models import Attendance
from app.database import db
from app.events.models import Event, EventState
from app.invitations.models import Invitation
from app.lessons.impressions.models import Impression, ImpressionState
from app.lessons.insights.models import Commitment, CommitmentState, Insight, Suggestion, SuggestionUse, UseAnswer
from app.network import seeing
from app.network.audiences import audiences
from app.network.audiences.audience_blocks import AudienceBlock
from app.network.audiences.models import Audience
from app.network.models import Membership, Network, Standing
from app.network.organisations import lineage
from app.network.organisations.models import Organisation, OrganisationKind
from app.network.people.models import Position
from app.network.seeing import Viewer
from app.registration import presence_counts
from app.sheets import Sheet, TableKind

TODAY = lineage.organisation_id_today(Attendance.organisation_id)
"""The organisation that somebody came from, as it is today."""


@dataclass(frozen=True)
class YearSession:
    """A session that took place, with how many were there."""

    event: Event
    on_site: int
    online: int
    organisations: int


@dataclass(frozen=True)
class ReachTile:
    """A municipality on the map: how many of its people were there, and whether it has members at all."""

    organisation: Organisation
    attendances: int
    sessions: int
    members: int

    @property
    def status(self) -> str:
        return "coming" if self.attendances else "invited" if self.members else "none"

    @property
    def figure(self) -> str:
        return str(self.sessions or "")

    @property
    def words(self) -> str:
        if self.attendances:
            return ngettext(
                "%(people)s keer aanwezig, bij %(num)s sessie",
                "%(people)s keer aanwezig, bij %(num)s sessies",
                self.sessions,
                people=self.attendances,
            )
        return gettext("nog niet bereikt") if self.members else gettext("geen leden")


@dataclass(frozen=True)
class NetworkYear:
    """A network's year in figures; people and organisations count once, however often they came."""

    network: Network
    year: int
    sessions: list[YearSession]
    people: int
    organisations: int
    insights: int
    used: int
    """Suggestions of the year's reports of which somebody said to have used them, whenever that was."""
    commitments: dict[CommitmentState, int]
    tiles: list[ReachTile]
    hidden: int
    """Confidential sessions that the map leaves out, because who looks may not know who was there."""

    @property
    def attendances(self) -> int:
        return sum(session.on_site + session.online for session in self.sessions)

    @property
    def promised(self) -> int:
        return sum(self.commitments.values())

    @property
    def kept(self) -> int:
        return self.commitments.get(CommitmentState.DONE, 0)

    @property
    def reached(self) -> list[ReachTile]:
        return [tile for tile in self.tiles if tile.attendances]

    @property
    def unreached(self) -> list[ReachTile]:
        """Municipalities with members from which nobody has come yet."""
        return [tile for tile in self.tiles if not tile.attendances and tile.members]


def period_of_year(year: int) -> tuple[datetime, datetime]:
    return clock.start_of_day(date(year, 1, 1)), clock.start_of_day(date(year + 1, 1, 1))


def years_of_network(network: Network) -> list[int]:
    """Years in which the network had a session, and this one, latest first."""
    first = db.session.scalar(sa.select(sa.func.min(Event.starts_at)).where(_took_place(network)))
    this = clock.today().year
    return list(range(this, (clock.to_local(first).year if first else this) - 1, -1))


def load_network_year(network: Network, year: int, viewer: Viewer) -> NetworkYear:
    """The year of a network, in a fixed number of queries; its map shows where who came to what the viewer may know."""
    there = _took_place(network, year)
    people, organisations = db.session.execute(
        sa.select(sa.func.count(sa.distinct(Invitation.person_id)), sa.func.count(sa.distinct(TODAY)))
        .select_from(Attendance)
        .join(Invitation, Invitation.id == Attendance.invitation_id)
        .join(Event, Event.id == Attendance.event_id)
        .where(there)
    ).one()
    sessions = _load_sessions(there)
    members = Membership.network_id == network.id
    return NetworkYear(
        network=network,
        year=year,
        sessions=sessions,
        people=people,
        organisations=organisations,
        insights=db.session.scalars(_insights(network, year)).one(),
        used=db.session.scalars(_used(network, year)).one(),
        commitments=_commitments(network, year),
        tiles=load_tiles(members, sa.and_(there, seeing.events(viewer))),
        hidden=sum(not viewer.may_see_people(each.event) for each in sessions),
    )


def ensure_gap_audience(network: Network, year: int) -> Audience:
    """An audience of the municipalities from which nobody came that year, made when there is none yet."""
    name = gettext("Gemeenten die we in %(year)s nog niet zagen", year=year)
    kind = audiences.make_condition(AudienceBlock.KIND, OrganisationKind.MUNICIPALITY.value)
    return audiences.ensure_audience(network, name, [[kind, audiences.make_condition(AudienceBlock.UNREACHED, year)]])


def write_year_sheets(kind: TableKind, year: NetworkYear) -> bytes:
    """The year as a table: figures, sessions and municipalities, a sheet each."""
    figures: list[tuple[str, str | int]] = [
        (gettext("Netwerk"), year.network.name),
        (gettext("Jaar"), year.year),
        (gettext("Sessies"), len(year.sessions)),
        (gettext("Keer aanwezig"), year.attendances),
        (gettext("Mensen"), year.people),
        (gettext("Organisaties"), year.organisations),
        (gettext("Gemeenten bereikt"), len(year.reached)),
        (gettext("Inzichten"), year.insights),
        (gettext("Suggesties die werden gebruikt"), year.used),
        (gettext("Afspraken"), year.promised),
        (gettext("Afspraken gedaan"), year.kept),
    ]
    return sheets.write(kind, Sheet(gettext("Cijfers"), figures), _sessions_sheet(year), _municipalities_sheet(year))


def _sessions_sheet(year: NetworkYear) -> Sheet:
    heading = (
        gettext("Sessie"),
        gettext("Datum"),
        gettext("Plaats"),
        gettext("Op locatie"),
        gettext("Online"),
        gettext("Organisaties"),
    )
    rows: list[tuple[Any, ...]] = [
        (
            each.event.title,
            clock.to_local(each.event.starts_at, each.event.zone).strftime("%Y-%m-%d"),
            wording.format_place(each.event),
            each.on_site,
            each.online,
            each.organisations,
        )
        for each in year.sessions
    ]
    return Sheet(gettext("Sessies"), rows, heading)


def _municipalities_sheet(year: NetworkYear) -> Sheet:
    heading = (gettext("Gemeente"), gettext("Regio"), gettext("Keer aanwezig"), gettext("Sessies"), gettext("Leden"))
    rows = [
        (tile.organisation.name, tile.organisation.region or "", tile.attendances, tile.sessions, tile.members)
        for tile in year.tiles
    ]
    return Sheet(gettext("Gemeenten"), rows, heading)


def _took_place(network: Network, year: int | None = None) -> sa.ColumnElement[bool]:
    return sa.and_(Event.network_id == network.id, took_place(year))


def took_place(year: int | None = None) -> sa.ColumnElement[bool]:
    """The condition that an event took place, in a year when one is given.

    One that was cancelled after a day on which people were there took place on that day.
    """
    there = sa.select(Attendance.id).where(Attendance.event_id == Event.id).correlate(Event)
    held = sa.and_(
        sa.or_(Event.state == EventState.PUBLISHED, (Event.state == EventState.CANCELLED) & there.exists()),
        Event.starts_at <= clock.now(),
    )
    return sa.and_(held, Event.starts_at.between(*period_of_year(year))) if year else held


def _load_sessions(held: sa.ColumnElement[bool]) -> list[YearSession]:
    wanted = (
        sa.select(Event, *presence_counts.people_by_mode(), sa.func.count(sa.distinct(TODAY)))
        .outerjoin(Attendance, Attendance.event_id == Event.id)
        .where(held)
        .group_by(Event.id)
        .order_by(Event.starts_at)
    )
    return [YearSession(*row) for row in db.session.execute(wanted)]


def _insights(network: Network, year: int) -> sa.Select[int]:
    return (
        sa.select(sa.func.count(Insight.id))
        .join(Impression, Impression.id == Insight.impression_id)
        .where(Impression.network_id == network.id, Impression.state == ImpressionState.PUBLISHED)
        .where(Impression.published_at.between(*period_of_year(year)))
    )


def _used(network: Network, year: int) -> sa.Select[int]:
    reports = sa.select(Insight.id).join(Impression, Impression.id == Insight.impression_id)
    reports = reports.where(Impression.network_id == network.id, Impression.state == ImpressionState.PUBLISHED)
    mine = reports.where(Impression.published_at.between(*period_of_year(year)))
    used = sa.select(SuggestionUse.suggestion_id).where(SuggestionUse.answer == UseAnswer.USED)
    return sa.select(sa.func.count(Suggestion.id)).where(Suggestion.insight_id.in_(mine), Suggestion.id.in_(used))


def _commitments(network: Network, year: int) -> dict[CommitmentState, int]:
    wanted = (
        sa.select(Commitment.state, sa.func.count())
        .where(Commitment.network_id == network.id, Commitment.due_on.between(date(year, 1, 1), date(year, 12, 31)))
        .group_by(Commitment.state)
    )
    return dict(db.session.execute(wanted).all())


def load_tiles(members_of: sa.ColumnElement[bool], held: sa.ColumnElement[bool]) -> list[ReachTile]:
    """All municipalities: how many came from there to what was held, and how many members there are."""
    there = (
        sa.select(
            TODAY.label("heir_id"),
            presence_counts.PEOPLE.label("attendances"),
            sa.func.count(sa.distinct(Attendance.event_id)).label("sessions"),
        )
        .join(Event, Event.id == Attendance.event_id)
        .where(held)
        .group_by(TODAY)
        .subquery()
    )
    members = (
        sa.select(Position.organisation_id, sa.func.count(sa.distinct(Position.person_id)).label("members"))
        .join(Membership, Membership.person_id == Position.person_id)
        .where(members_of, Membership.standing == Standing.MEMBER, Position.ends_on.is_(None))
        .group_by(Position.organisation_id)
        .subquery()
    )
    wanted = (
        sa.select(
            Organisation,
            sa.func.coalesce(there.c.attendances, 0),
            sa.func.coalesce(there.c.sessions, 0),
            sa.func.coalesce(members.c.members, 0),
        )
        .outerjoin(there, there.c.heir_id == Organisation.id)
        .outerjoin(members, members.c.organisation_id == Organisation.id)
        .where(Organisation.grid_row.is_not(None))
        .order_by(Organisation.name)
    )
    return [ReachTile(*row) for row in db.session.execute(wanted)]
