"""Agendas, themes on them and koppels for tests: rows that differ only where a test says so."""

from datetime import date
from itertools import count

from app.agendas import agenda_themes, agendas, koppels
from app.agendas.agendas import AgendaDetails
from app.agendas.models import Agenda, AgendaTheme, Office, OfficeKind
from app.database import db
from app.network import memberships
from app.network.models import Network
from app.network.people.models import Person
from app.themes import themes
from tests import factories

_numbers = count(1)
VALUES = {
    "title": "Agenda",
    "text": "",
    "starts_on": "2024-01-01",
    "ends_on": "2026-12-31",
    "signed_on": "2024-04-09",
    "ratified_on": "2024-05-29",
    "quality_label": "Kwaliteit",
    "time_label": "Tijd",
    "money_label": "Geld",
    "green_means": "Op koers",
    "orange_means": "Let op",
    "red_means": "Niet op koers",
}
PARTIES = ("Provincie Noord-Brabant", "VBG")


def form_values(**values: str) -> dict[str, str]:
    """What an organiser sends for an agenda of two parties."""
    return VALUES | {f"parties-{place}": name for place, name in enumerate(PARTIES)} | values


def agenda(network: Network, **values) -> Agenda:
    """An agenda of three years of two parties, without themes."""
    details = {name: date.fromisoformat(value) if name.endswith("_on") else value for name, value in VALUES.items()}
    return agendas.create_agenda(network, AgendaDetails(**details | values), PARTIES)


def theme_on(
    of: Agenda, *, ambition: str = "", starts_on: date | None = None, ends_on: date | None = None
) -> AgendaTheme:
    """A new theme on an agenda."""
    name = f"Thema {next(_numbers)}"
    theme = themes.add_theme(name, f"{name} in English")
    assert theme
    return agenda_themes.put_on_agenda(of, theme, ambition, starts_on, ends_on)


def office(
    row: AgendaTheme,
    who: str | Person = "Sanne de Vries",
    *,
    party: int = 0,
    kind: str = "executive",
    title: str = "gedeputeerde",
    starts_on: date = date(2024, 1, 1),
    ends_on: date | None = None,
) -> Office:
    """Somebody in a place of a koppel."""
    person = who if isinstance(who, Person) else factories.person(who)
    return koppels.take_office(row, row.agenda.parties[party], OfficeKind(kind), person, title, starts_on, ends_on)


def restrict(person: Person, network: Network) -> None:
    """They ask that their data is not used."""
    memberships.join_network(person.id, network.id)
    db.session.flush()
    memberships.restrict_use(person)
    db.session.flush()
