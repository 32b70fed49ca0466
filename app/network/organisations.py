"""Organisations: the reference data, finding one by what people call it."""

import csv
from functools import cache

import sqlalchemy as sa
from rapidfuzz import fuzz, process
from wtforms.fields.choices import SelectChoice

from app.database import db
from app.network import names
from app.network.models import Organisation, OrganisationKind, Role
from app.settings import ROOT

REFERENCE = ROOT / "app" / "network" / "reference"
_SHORT = {
    "den bosch": "'s-Hertogenbosch",
    "s hertogenbosch": "'s-Hertogenbosch",
    "nuenen": "Nuenen, Gerwen en Nederwetten",
    "vbg": "Vereniging van Brabantse Gemeenten (VBG)",
}
"""Names that people use in lists; a match is proposed, never assumed."""


def get(number: int) -> Organisation | None:
    return db.session.get(Organisation, number)


def choices() -> list[SelectChoice]:
    """Id and name of all organisations, for a form."""
    rows = db.session.execute(sa.select(Organisation.id, Organisation.name).order_by(Organisation.name))
    return [SelectChoice(str(number), name) for number, name in rows]


def regions() -> list[str]:
    """Regions that organisations lie in."""
    wanted = (
        sa.select(Organisation.region).where(Organisation.region.is_not(None)).distinct().order_by(Organisation.region)
    )
    return list(db.session.scalars(wanted))


def load_reference() -> None:
    """Add or refresh the organisations and roles that come with the program; others stay as they are."""
    known = {organisation.name: organisation for organisation in db.session.scalars(sa.select(Organisation))}
    for row in _rows("organisations.csv"):
        organisation = known.get(row["name"]) or Organisation(name=row["name"])
        organisation.code = row["code"] or None
        organisation.kind = OrganisationKind(row["type"])
        organisation.region, organisation.size_class = row["region"] or None, row["size_class"] or None
        organisation.grid_row = int(row["grid_row"]) if row["grid_row"] else None
        organisation.grid_col = int(row["grid_col"]) if row["grid_col"] else None
        db.session.add(organisation)
    for place, row in enumerate(_rows("roles.csv")):
        db.session.merge(Role(code=row["code"], name_nl=row["name_nl"], name_en=row["name_en"], place=place))


def _rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Finder:
    """Finds organisations and roles by name or code; made once an import, so that rows cost no queries."""

    def __init__(self):
        self.organisations = {
            organisation.name: organisation for organisation in db.session.scalars(sa.select(Organisation))
        }
        self._plain = {_key(name): organisation for name, organisation in self.organisations.items()}
        self._codes = {
            organisation.code: organisation for organisation in self.organisations.values() if organisation.code
        }
        self._roles = {
            names.plain(name): role
            for role in db.session.scalars(sa.select(Role))
            for name in (role.name_nl, role.name_en, role.code, *_titles(role.code))
        }

    def organisation(self, text: str) -> Organisation | None:
        """The organisation of that name ('Gemeente Oosterhout' too) or CBS code ('GM0826', '826')."""
        if text.isdigit():
            return self._codes.get(f"GM{int(text):04d}")
        return self._codes.get(text.upper()) or self._plain.get(_key(text))

    def near(self, text: str) -> str | None:
        """The name that is probably meant."""
        if _key(text) in _SHORT:
            return _SHORT[_key(text)]
        best = process.extractOne(_key(text), list(self._plain), scorer=fuzz.WRatio, score_cutoff=78)
        return self._plain[best[0]].name if best else None

    def role(self, text: str) -> Role | None:
        """The role of that name, or the one that such a title belongs to ('wethouder': bestuurder)."""
        return self._roles.get(names.plain(text))

    def near_role(self, text: str) -> str | None:
        best = process.extractOne(names.plain(text), list(self._roles), score_cutoff=70)
        return self._roles[best[0]].name_nl if best else None


@cache
def _titles(role_code: str) -> list[str]:
    """Titles that belong to a role."""
    return next((row["titles"].split(";") for row in _rows("roles.csv") if row["code"] == role_code), [])


@cache
def _key(name: str) -> str:
    plain = names.plain(name).replace("’", "'").replace("'", "").replace("-", " ")
    for prefix in ("gemeente ", "gem. "):
        plain = plain.removeprefix(prefix)
    return " ".join(plain.split())
