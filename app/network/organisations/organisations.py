"""Organisations: the reference data, finding one by what people call it or by where they mail from."""

import csv
from collections.abc import Collection
from datetime import date
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import selectinload
from wtforms.fields.choices import SelectChoice

from app import clock, folding
from app.database import Condition, db
from app.network.organisations import lineage, short_names
from app.network.organisations.models import Organisation, OrganisationDomain, OrganisationKind, SizeClass
from app.network.people.models import EmailAddress, Position
from app.network.vocabulary.models import Role
from app.rows import read_row_number
from app.settings import ROOT
from app.themes import themes

REFERENCE = ROOT / "app" / "network" / "reference"


def load_organisation(organisation_id: int) -> Organisation | None:
    return db.session.get(Organisation, organisation_id)


def load_organisations(organisation_ids: Collection[int]) -> list[Organisation]:
    """These organisations by name, with their mail domains."""
    wanted = (
        sa.select(Organisation).where(Organisation.id.in_(organisation_ids)).options(selectinload(Organisation.domains))
    )
    return list(db.session.scalars(wanted.order_by(Organisation.name)))


def organisation_choices(*conditions: Condition) -> list[SelectChoice]:
    """Id and name of all organisations that still exist, for a form."""
    wanted = sa.select(Organisation.id, Organisation.name).where(exists_today(), *conditions)
    return [
        SelectChoice(str(organisation_id), name)
        for organisation_id, name in db.session.execute(wanted.order_by(Organisation.name))
    ]


def municipality_choices() -> list[SelectChoice]:
    """Id and name of the municipalities, for a form."""
    return organisation_choices(Organisation.kind == OrganisationKind.MUNICIPALITY)


def exists_today() -> sa.ColumnElement[bool]:
    """The condition that an organisation exists today."""
    return sa.or_(Organisation.ended_on.is_(None), Organisation.ended_on >= clock.today())


def list_regions() -> list[str]:
    """Regions in which there are organisations."""
    wanted = (
        sa.select(Organisation.region).where(Organisation.region.is_not(None)).distinct().order_by(Organisation.region)
    )
    return list(db.session.scalars(wanted))


def list_size_classes() -> list[SizeClass]:
    """Size classes that organisations have."""
    wanted = sa.select(Organisation.size_class).where(Organisation.size_class.is_not(None)).distinct()
    return list(db.session.scalars(wanted.order_by(Organisation.size_class)))


def organisation_of_domain(domain: str) -> Organisation | None:
    """The organisation whose people write from this mail domain; None when there is none, or more than one."""
    wanted = (
        sa.select(Organisation)
        .join(OrganisationDomain, OrganisationDomain.organisation_id == Organisation.id)
        .where(OrganisationDomain.domain == domain.lower(), exists_today())
        .limit(2)
    )
    found = list(db.session.scalars(wanted))
    return found[0] if len(found) == 1 else None


def set_domains(organisation: Organisation, domains: list[str]) -> None:
    known = {each.domain: each for each in organisation.domains}
    organisation.domains = [known.get(name) or OrganisationDomain(domain=name) for name in dict.fromkeys(domains)]


def likely_domains(organisation: Organisation) -> list[str]:
    """Domains from which at least two of its people write, and that nobody has claimed."""
    claimed = sa.select(OrganisationDomain.domain)
    wanted = (
        sa.select(EmailAddress.domain)
        .join(Position, Position.person_id == EmailAddress.person_id)
        .where(Position.organisation_id == organisation.id, Position.ends_on.is_(None))
        .where(EmailAddress.preferred, EmailAddress.domain.not_in(claimed), EmailAddress.domain.not_in(PUBLIC_DOMAINS))
        .group_by(EmailAddress.domain)
        .having(sa.func.count(sa.distinct(EmailAddress.person_id)) > 1)
        .order_by(sa.func.count().desc())
        .limit(3)
    )
    return list(db.session.scalars(wanted))


PUBLIC_DOMAINS = ("gmail.com", "outlook.com", "hotmail.com", "hotmail.nl", "live.nl", "icloud.com", "ziggo.nl", "kpnmail.nl", "home.nl", "xs4all.nl", "planet.nl", "googlemail.com", "live.com", "msn.com", "outlook.nl", "yahoo.com", "me.com", "proton.me", "protonmail.com", "gmx.net", "hetnet.nl", "upcmail.nl", "casema.nl", "chello.nl", "kpnplanet.nl", "telfort.nl", "tele2.nl", "quicknet.nl", "solcon.nl")  # fmt: skip
"""Mail domains that say nothing about where somebody works."""


_DOORS = {"volksvertegenwoordiger", "bestuurder", "ambtenaar"}
"""Roles that begin with a way in of their own on the home."""


def load_reference() -> None:
    """Add or refresh the organisations, roles and themes that come with the program; others stay as they are."""
    known = {organisation.name: organisation for organisation in db.session.scalars(sa.select(Organisation))}
    for row in _reference_rows("organisations.csv"):
        organisation = known.setdefault(row["name"], Organisation(name=row["name"]))
        organisation.code = row["code"] or None
        organisation.kind = OrganisationKind(row["type"])
        organisation.region = row["region"] or None
        organisation.size_class = SizeClass(row["size_class"]) if row["size_class"] else None
        organisation.grid_row = int(row["grid_row"]) if row["grid_row"] else None
        organisation.grid_col = int(row["grid_col"]) if row["grid_col"] else None
        db.session.add(organisation)
    for row in _reference_rows("former.csv"):
        former = known.get(row["name"]) or Organisation(name=row["name"])
        former.code, former.kind = row["code"], OrganisationKind.MUNICIPALITY
        former.successor, former.ended_on = known[row["successor"]], date.fromisoformat(row["ended_on"])
        former.region = former.successor.region
        db.session.add(former)
    roles = set(db.session.scalars(sa.select(Role.code)))
    for place, row in enumerate(_reference_rows("roles.csv")):
        role = db.session.merge(Role(code=row["code"], name_nl=row["name_nl"], name_en=row["name_en"], place=place))
        role.door = role.door if row["code"] in roles else row["code"] in _DOORS
    for row in _reference_rows("themes.csv"):
        if theme := themes.add_theme(row["name_nl"], row["name_en"]):
            theme.summary_nl, theme.summary_en = row["summary_nl"], row["summary_en"]


def demand_reference() -> None:
    """Load the reference data into a database that has none yet."""
    if db.session.scalar(sa.select(sa.func.count()).select_from(Role)) == 0:
        load_reference()


def _reference_rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class OrganisationFinder:
    """Finds organisations and roles by name or code; made once per import, so that rows cost no queries."""

    def __init__(self) -> None:
        self.organisations = {
            organisation.name: organisation
            for organisation in db.session.scalars(sa.select(Organisation).options(selectinload(Organisation.domains)))
        }
        self._plain = {short_names.name_key(name): organisation for name, organisation in self.organisations.items()}
        for name, organisation in self.organisations.items():
            for key in short_names.keys_of(name):
                self._plain.setdefault(key, organisation)
        self._codes = {
            organisation.code: organisation for organisation in self.organisations.values() if organisation.code
        }
        self._domains: dict[str, set[Organisation]] = {}
        for organisation in self.organisations.values():
            for each in organisation.domains:
                self._domains.setdefault(each.domain, set()).add(lineage.organisation_today(organisation))
        self.roles = {role.code: role for role in db.session.scalars(sa.select(Role))}
        self._roles = {
            folding.fold_accents(name): role
            for role in self.roles.values()
            for name in (role.name_nl, role.name_en, role.code, *_titles(role.code))
        }

    def organisation(self, text: str) -> Organisation | None:
        """The organisation of that name ('Gemeente Oosterhout' too), abbreviation ('VNG') or CBS code ('GM0826', '826')."""
        if same := self.organisations.get(text):
            return same
        if number := read_row_number(text):
            return self._codes.get(f"GM{number:04d}")
        return self._codes.get(text.upper()) or self._plain.get(short_names.name_key(text))

    def near(self, text: str) -> str | None:
        """The name that is probably meant."""
        from rapidfuzz import fuzz, process

        key = short_names.name_key(text)
        if nickname := short_names.NICKNAMES.get(key):
            return nickname
        if meant := short_names.meant_by_initials(text, self.organisations):
            return meant
        best = process.extractOne(key, list(self._plain), scorer=fuzz.WRatio, score_cutoff=78)
        return self._plain[best[0]].name if best else None

    def of_domain(self, domain: str) -> Organisation | None:
        """The one organisation whose people write from this mail domain."""
        found = self._domains.get(domain.lower(), set())
        return next(iter(found)) if len(found) == 1 else None

    def role(self, text: str) -> Role | None:
        """The role of that name, or the one that such a title belongs to ('wethouder': bestuurder)."""
        return self._roles.get(folding.fold_accents(text))

    def near_role(self, text: str) -> str | None:
        from rapidfuzz import process

        best = process.extractOne(folding.fold_accents(text), list(self._roles), score_cutoff=70)
        return self._roles[best[0]].name_nl if best else None


@cache
def _titles(role_code: str) -> list[str]:
    """Titles that belong to a role."""
    return next((row["titles"].split(";") for row in _reference_rows("roles.csv") if row["code"] == role_code), [])
