"""Invented names of people, Dutch as they are in Brabant town halls; the same on every run."""

import random
import re
from collections.abc import Iterator

from app.folding import fold_accents

_FIRST = [
    "Sanne",
    "Karin",
    "Marieke",
    "Femke",
    "Anouk",
    "Ilse",
    "Loes",
    "Petra",
    "Monique",
    "Ingrid",
    "Saskia",
    "Yvonne",
    "Astrid",
    "Renske",
    "Nienke",
    "Hanneke",
    "Fatima",
    "Aylin",
    "Meryem",
    "Samira",
    "Chantal",
    "Priya",
    "Linh",
    "Zofia",
    "Ewa",
    "Elif",
    "Naomi",
    "Judith",
    "Carla",
    "Wilma",
    "Bram",
    "Joris",
    "Ruud",
    "Wim",
    "Kees",
    "Jeroen",
    "Maarten",
    "Thijs",
    "Sjoerd",
    "Niels",
    "Bas",
    "Ad",
    "Harrie",
    "Toon",
    "Frank",
    "Erik",
    "Peter",
    "Hans",
    "Mohammed",
    "Yusuf",
    "Emre",
    "Hamza",
    "Ravi",
    "Duc",
    "Marek",
    "Tomasz",
    "Daan",
    "Stijn",
    "Koen",
    "Rob",
    "Gijs",
    "Pieter",
]
_LAST = """
de Vries;van den Berg;Jansen;van Dijk;Bakker;Verhoeven;van der Heijden;Smulders;van Gestel;Hendriks;Peters;Willems;
van de Ven;Maas;van Loon;Vermeulen;de Jong;Schellekens;van Hout;Timmermans;de Bruijn;Mulder;Kuijpers;van Oirschot;
Aarts;Brouwers;Claassen;van Beek;Verbeek;El Amrani;Yılmaz;Özdemir;Benali;Nguyễn;Kowalska;Sharma;O'Brien;Đặng;
van Kessel;Sanders;van Lieshout;Martens;Wouters;van Helvoirt;de Laat;Swinkels;Coppens;van Rooij;Dekkers;Spierings
""".replace("\n", "").split(";")


def invent_people(seed: int = 2026) -> Iterator[tuple[str, str]]:
    """Endless pairs of a name and the part of an address before the @, each combination once."""
    pick = random.Random(seed)
    used = set()
    while True:
        first, last = pick.choice(_FIRST), pick.choice(_LAST)
        if (first, last) in used:
            continue
        used.add((first, last))
        yield (
            f"{first} {last}",
            re.sub(r"[^a-z0-9]+", "", fold_accents(first).replace("ı", "i"))
            + "."
            + re.sub(r"[^a-z0-9]+", "", fold_accents(last).replace("ı", "i")),
        )


def invent_domain(organisation: str, kind: str) -> str:
    """An invented mail domain for an organisation: 'gemeente-oosterhout.example'."""
    base = re.sub(r"[^a-z0-9]+", "-", fold_accents(organisation.partition(" (")[0])).strip("-")
    return f"gemeente-{base}.example" if kind == "gemeente" else f"{base}.example"
