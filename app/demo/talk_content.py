"""What the demo's organisers talked about with organisations: real organisations, invented talks."""

from dataclasses import dataclass

from app.contact_moments.models import ContactKind
from app.network.organisations.models import OrganisationKind

SUPERVISED = (OrganisationKind.MUNICIPALITY, OrganisationKind.WATER_BOARD, OrganisationKind.PARTNERSHIP)
"""Whom a province supervises: of partnerships those that are a body of their own."""

NOTES = (
    "Wil in het najaar met drie buurgemeenten verder.",
    "Vraagt een voorbeeld van een gegevensplan.",
    "Nieuwe portefeuillehouder, maakt graag kennis.",
    "De griffie zoekt een spreker voor een raadsavond.",
    "Heeft te weinig mensen voor de uitvoering; VBG denkt mee.",
    "",
    "",
)
"""Short ones, of which some are left empty."""
NORM, FINANCES = "Brabantse norm weerbare overheid", "Financiële situatie Brabantse gemeenten"


@dataclass(frozen=True)
class Habit:
    """A kind of talk that is had with one body out of so many each year; about one theme, or any."""

    kind: ContactKind
    one_in: int = 1
    but_one_in: int = 0
    """Those whom it did not come to."""
    theme: str = ""
    kinds: tuple[OrganisationKind, ...] = SUPERVISED


HABITS = (
    Habit(ContactKind.PROGRESS_TALK, but_one_in=23),
    Habit(ContactKind.ASSESSMENT, but_one_in=17, theme=FINANCES),
    Habit(ContactKind.ADVICE, one_in=3, theme=NORM, kinds=(OrganisationKind.MUNICIPALITY,)),
    Habit(ContactKind.WORK_VISIT, one_in=9),
    Habit(ContactKind.PHONE, one_in=8),
)
