"""Lists as networks really have them: fictional people at real organisations, misspelt, doubled, moved and merged."""

import csv
import io
import random
import re

from openpyxl import Workbook

from app.demo import invented_names
from app.folding import fold_accents
from app.network.organisations.organisations import REFERENCE

HEADINGS = {
    "digitale-transformatie": ["Voornaam", "Tussenv.", "Achternaam", "E-mailadres", "Gemeente", "Functie"],
    "brede-welvaart": ["Naam", "Bereikbaar via", "Club", "Rol"],
    "klimaatadaptatie": ["Deelnemer", "E-mail", "Organisatie", "Soort functie", "Sinds"],
    "brabant-academie": ["Naam", "Mail", "Instelling", "Rol"],
}
"""How each network calls its columns."""
NICKNAMES = {
    "'s-Hertogenbosch": "Den Bosch",
    "Nuenen, Gerwen en Nederwetten": "Nuenen",
    "Oosterhout": "Gemeente Osterhout",
    "Maashorst": "Uden",
    "Land van Cuijk": "Boxmeer",
}
"""What lists call these organisations instead."""
MOVER = "Marieke van Heeswijk"
"""An executive of Uden in one list, of Oss in the next, with another address."""
_ROLES = ["wethouder", "raadslid", "beleidsadviseur", "griffier", "strateeg"]


def rows(network: str, size: int = 24) -> list[list[str]]:
    """The list of a network with its headings; the same for everybody who asks."""
    pick = random.Random(network)
    with (REFERENCE / "organisations.csv").open(encoding="utf-8", newline="") as file:
        places = [row["name"] for row in csv.DictReader(file)]
    people = invented_names.invent_people(seed=len(network))
    table = [_row(network, *next(people), pick.choice(places), pick.choice(_ROLES)) for _ in range(size)]
    table.append(
        _row(network, *next(people), "Oss", "Hoofd Griffie" if network != "digitale-transformatie" else "griffier")
    )
    doubled = list(table[3])
    doubled[1 if network == "brede-welvaart" else _address(network)] = (
        "dubbel@" + doubled[_address(network)].partition("@")[2]
    )
    table.append(doubled)
    place = {"digitale-transformatie": "Uden", "klimaatadaptatie": "Oss"}.get(network)
    if place:
        table.append(_row(network, MOVER, f"m.vanheeswijk.{network[0]}", place, "wethouder"))
    table[7][_address(network)] = f"{table[7][_address(network)]}; prive{len(network)}@thuis.example"
    return [HEADINGS[network], *table]


def xlsx(network: str) -> bytes:
    book = Workbook()
    for row in rows(network):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _address(network: str) -> int:
    return 3 if network == "digitale-transformatie" else 1


def _row(network: str, name: str, local: str, place: str, role: str) -> list[str]:
    domain = re.sub(r"[^a-z0-9]+", "-", fold_accents(place)).strip("-")
    address, called = f"{local}@{domain}.example", NICKNAMES.get(place, place)
    if network == "digitale-transformatie":
        first, *infix, last = name.split()
        return [first, " ".join(infix), last, address, called, role]
    if network == "klimaatadaptatie":
        return [name, address, called, role, "1-3-2024"]
    return [name, address, called, role]
