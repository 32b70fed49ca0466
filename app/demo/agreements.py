"""The demo's collaboration agenda: six themes of province and VBG, each with its koppel; one executive changed, one place is vacant."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.agendas import agenda_themes, agendas, koppels
from app.agendas.agendas import AgendaDetails
from app.agendas.models import Agenda, AgendaTheme, OfficeKind, Party
from app.database import db
from app.network.models import Network
from app.network.organisations.models import Organisation
from app.network.people.models import Person, Position
from app.themes import themes
from app.themes.models import Theme

PARTIES = ("Provincie Noord-Brabant", "Vereniging van Brabantse Gemeenten")
CHANGED_ON = date(2025, 6, 1)
"""When one executive followed another, after an election."""


@dataclass(frozen=True)
class DemoTheme:
    name_nl: str
    name_en: str
    ambition: str


AGENDA = AgendaDetails(
    title="Samenwerkingsagenda 2024–2026",
    text="Provincie en VBG trekken drie jaar samen op aan zes thema’s. Voor elk thema staat een koppel: een gedeputeerde met "
    "een ambtelijk adviseur, en een bestuurslid van de VBG. Elk jaar bespreken Gedeputeerde Staten en het bestuur van de VBG "
    "hoe het ermee staat.",
    starts_on=date(2024, 4, 9),
    ends_on=date(2026, 12, 31),
    signed_on=date(2024, 4, 9),
    ratified_on=date(2024, 5, 29),
    quality_label="Kwaliteit",
    time_label="Tijd",
    money_label="Geld",
    green_means="Op koers: we halen wat we afspraken.",
    orange_means="Let op: zonder bijsturen halen we het niet.",
    red_means="Niet op koers: we halen het niet.",
)
THEMES = (
    DemoTheme(
        "Digitale transformatie",
        "Digital transformation",
        "Een paar keer per jaar een sessie voor gemeenten over een kant van digitale transformatie. Zo blijft er een netwerk "
        "van mensen die kennis en ervaring delen.",
    ),
    DemoTheme(
        "Brede welvaart",
        "Broad prosperity",
        "Een praktijknetwerk dat lessen deelt: van denken naar doen. Ook bedrijven, onderwijs en maatschappelijke organisaties "
        "doen mee.",
    ),
    DemoTheme(
        "Financiële situatie Brabantse gemeenten",
        "Finances of municipalities",
        "Samen optrekken nu gemeenten hun begroting moeilijk rond krijgen, en samen om duidelijkheid vragen.",
    ),
    DemoTheme(
        "Toekomstbestendig bestuur in Brabant",
        "Future-proof government",
        "Onderzoeken of een Brabantse academie waarde toevoegt: een plek voor kennis en ontmoeting van volksvertegenwoordigers, "
        "bestuurders en ambtenaren.",
    ),
    DemoTheme(
        "Klimaatadaptatie",
        "Climate adaptation",
        "Informatieve sessies, en samen de netwerkdag voor Noord-Brabant en Limburg voorbereiden. Jongeren doen mee.",
    ),
    DemoTheme(
        "Brabantse norm weerbare overheid",
        "Brabant standard for resilient government",
        "Overal in Brabant even goed voorbereid op ondermijning. Gemeenten krijgen hulp bij het uitvoeren van de norm.",
    ),
)


def add_agreements(network: Network) -> None:
    """Once: the agenda, kept by this network."""
    if agendas.list_agendas(network):
        return
    agenda = agendas.create_agenda(network, AGENDA, PARTIES)
    province, municipalities = _people_of("provincie"), _people_of("gemeente")
    for number, told in enumerate(THEMES):
        row = agenda_themes.put_on_agenda(agenda, _ensure_theme(told), told.ambition)
        _put_koppel(agenda, row, number, province, municipalities)
    agendas.publish_agenda(agenda)
    db.session.flush()


def _ensure_theme(told: DemoTheme) -> Theme:
    theme = themes.find_theme_of_name(told.name_nl) or themes.add_theme(told.name_nl, told.name_en)
    if theme is None:
        raise LookupError(f"the theme {told.name_nl} is there and is not found")
    return theme


def _people_of(kind: str) -> list[Person]:
    """People of the demo at organisations of a kind in Noord-Brabant, executives first."""
    wanted = (
        sa.select(Person)
        .join(Person.positions)
        .join(Position.organisation)
        .where(Organisation.kind == kind, sa.func.coalesce(Organisation.region, "") != "Limburg")
        .order_by((Position.role_code == "bestuurder").desc(), Person.id)
        .options(selectinload(Person.positions))
    )
    return list(db.session.scalars(wanted).unique())


def _put_koppel(
    agenda: Agenda, row: AgendaTheme, number: int, province: list[Person], municipalities: list[Person]
) -> None:
    """The executive and official of both; the VBG has no official behind the third theme, and another executive since a day."""
    of_province, of_vbg = agenda.parties
    half = len(province) // 2
    _begin(row, of_province, OfficeKind.EXECUTIVE, province[number % half], "gedeputeerde")
    _begin(row, of_province, OfficeKind.OFFICIAL, province[half + number % half], "beleidsadviseur")
    _begin(row, of_vbg, OfficeKind.EXECUTIVE, municipalities[number], "bestuurslid VBG")
    if number == 2:
        return
    _begin(row, of_vbg, OfficeKind.OFFICIAL, municipalities[-1 - number], "adviseur")
    if number == 1:
        _begin(row, of_vbg, OfficeKind.EXECUTIVE, municipalities[len(THEMES)], "bestuurslid VBG", CHANGED_ON)


def _begin(
    row: AgendaTheme, party: Party, kind: OfficeKind, person: Person, title: str, day: date = AGENDA.starts_on
) -> None:
    koppels.take_office(row, party, kind, person, title, day)
