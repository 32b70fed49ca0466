"""What the demo's organisers talked about with organisations: real organisations, invented talks."""

from app.contact_moments.models import ContactKind

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
EVERY_YEAR = (ContactKind.PROGRESS_TALK,)
"""Kinds of talk that all municipalities and water boards have once a year."""
NOW_AND_THEN = (ContactKind.PHONE, ContactKind.WORK_VISIT, ContactKind.ADVICE, ContactKind.ASSESSMENT)
"""Kinds that some have, in turn."""
