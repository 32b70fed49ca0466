"""Agendas: made, changed, published and withdrawn by the organisers of the network that keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import contains_eager, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from app import clock, slugs
from app.agendas.models import Agenda, AgendaState, AgendaTheme, Office, Party
from app.database import db
from app.network import archiving
from app.network.models import Network
from app.themes.models import Theme
from app.words import Refusal

MOST_PARTIES = 6


class PartyStands(Refusal):
    """A party is taken away for which somebody stands, or stood."""

    says = _l("Namens ‘%(name)s’ staan er mensen bij een thema. Laat deze partij staan, of verander haar naam.")
    field = "parties"


class PeriodTooShort(Refusal):
    """The period of an agenda would end before a theme on it begins, or begin after one ends."""

    says = _l("Het thema ‘%(theme)s’ valt buiten deze periode. Pas eerst het thema aan.")
    field = "ends_on"


class NothingToShow(Refusal):
    """An agenda without themes would be published."""

    says = _l("Zet eerst een thema op de agenda.")


@dataclass(frozen=True)
class AgendaDetails:
    """What an organiser says of an agenda, its parties apart."""

    title: str
    text: str
    starts_on: date
    ends_on: date
    signed_on: date | None
    ratified_on: date | None
    quality_label: str
    time_label: str
    money_label: str
    green_means: str
    orange_means: str
    red_means: str


def list_agendas(network: Network) -> list[Agenda]:
    """The agendas that a network keeps, the latest first, with their parties and themes."""
    wanted = (
        sa.select(Agenda).where(Agenda.network_id == network.id).order_by(Agenda.starts_on.desc(), Agenda.id.desc())
    )
    return list(db.session.scalars(wanted.options(selectinload(Agenda.parties), selectinload(Agenda.themes))))


def list_published_agendas(network: Network) -> list[Agenda]:
    """Those that everybody who may know of the network may read."""
    published = sa.select(Agenda).where(Agenda.network_id == network.id, Agenda.state == AgendaState.PUBLISHED)
    return list(db.session.scalars(published.order_by(Agenda.starts_on.desc(), Agenda.id.desc())))


def published_places_of(theme: Theme) -> list[AgendaTheme]:
    """Where a theme stands today on published agendas of networks that are listed, with who stands for it."""
    published = (
        Agenda.network_id.in_(sa.select(Network.id).where(Network.listed)),
        Agenda.state == AgendaState.PUBLISHED,
    )
    wanted = sa.select(AgendaTheme).join(AgendaTheme.agenda).where(AgendaTheme.theme_id == theme.id, *published)
    loading = contains_eager(AgendaTheme.agenda).selectinload(Agenda.parties)
    offices = selectinload(AgendaTheme.offices).options(joinedload(Office.person))
    found = db.session.scalars(wanted.options(loading, offices).order_by(Agenda.starts_on.desc(), Agenda.id))
    today = clock.today()
    return [each for each in found if each.first_day <= today <= each.last_day]


def find_agenda(slug: str) -> Agenda | None:
    """The agenda of an address, with its themes and who stands for them."""
    return db.session.scalar(sa.select(Agenda).where(Agenda.slug == slug).options(*_with_koppels()))


def find_agenda_of(network: Network, agenda_id: int) -> Agenda | None:
    """An agenda that this network keeps, with its themes and who stands for them."""
    wanted = sa.select(Agenda).where(Agenda.id == agenda_id, Agenda.network_id == network.id)
    return db.session.scalar(wanted.options(*_with_koppels()))


def _with_koppels() -> list[ExecutableOption]:
    themes = selectinload(Agenda.themes)
    offices = themes.selectinload(AgendaTheme.offices)
    return [selectinload(Agenda.parties), themes.joinedload(AgendaTheme.theme), offices.joinedload(Office.person)]


def create_agenda(network: Network, details: AgendaDetails, parties: Sequence[str]) -> Agenda:
    """A draft with these parties, in this order. Raises archiving.Archived."""
    archiving.demand_open(network)
    slug = slugs.free_slug(Agenda.slug, details.title, "agenda")
    agenda = Agenda(network_id=network.id, slug=slug, state=AgendaState.DRAFT, **vars(details))
    agenda.parties = [Party(name=name, place=place) for place, name in enumerate(parties)]
    db.session.add(agenda)
    db.session.flush()
    return agenda


def change_agenda(agenda: Agenda, details: AgendaDetails, parties: Sequence[str]) -> None:
    """Change what was agreed; `parties` has a name for each that there is, empty for one that goes, and new ones after.

    Raises PartyStands and PeriodTooShort.
    """
    for each in agenda.themes:
        if (each.starts_on or details.starts_on) > details.ends_on or (
            each.ends_on or details.ends_on
        ) < details.starts_on:
            raise PeriodTooShort(theme=each.theme.words)
    for name, value in vars(details).items():
        setattr(agenda, name, value)
    _change_parties(agenda, parties)
    db.session.flush()


def _change_parties(agenda: Agenda, names: Sequence[str]) -> None:
    """Those that go make place first, and names that change are free before they are given: two parties may swap."""
    known, new = list(agenda.parties), names[len(agenda.parties) :]
    named = [(party, name) for party, name in zip(known, names, strict=False) if name and name != party.name]
    for party, name in zip(known, names, strict=False):
        if name:
            continue
        if any(office.party_id == party.id for each in agenda.themes for office in each.offices):
            raise PartyStands(name=party.name)
        agenda.parties.remove(party)
    for party, _ in named:
        party.name = f"\N{NO-BREAK SPACE}{party.id}"
    db.session.flush()
    for party, name in named:
        party.name = name
    agenda.parties += [Party(name=name, place=len(known) + number) for number, name in enumerate(filter(None, new))]


def publish_agenda(agenda: Agenda) -> None:
    """Raises NothingToShow."""
    if not agenda.themes:
        raise NothingToShow
    agenda.state = AgendaState.PUBLISHED


def withdraw_agenda(agenda: Agenda) -> None:
    agenda.state = AgendaState.DRAFT


def themes_on(agenda: Agenda, day: date | None = None) -> list[AgendaTheme]:
    """The themes that stand on an agenda on a day, today by default, in their order."""
    day = day or clock.today()
    return [each for each in agenda.themes if each.first_day <= day <= each.last_day]
