"""Noting a talk with one or more organisations, correcting it, and taking it away so that it can come back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import clock
from app.accounts.models import Account
from app.accounts.shared_changes import put_back
from app.contact_moments.models import ContactKind, ContactMoment
from app.database import db
from app.network import archiving
from app.network.models import Network
from app.network.organisations import lineage
from app.network.organisations.models import Organisation
from app.network.people import people
from app.network.people.models import Person
from app.rows import bring_back, kept_columns
from app.themes import themes
from app.themes.models import Theme
from app.words import Refusal

LONGEST_NOTE = 300
_KEPT = ("id", "kind", "theme_id", "day", "note", "entered_at", "entered_by_id")


class FutureTalk(Refusal):
    """A talk that is still to come did not take place."""

    says = _l("Deze dag moet nog komen. Leg een gesprek vast als het is geweest.")
    field = "day"


class ThemeNotThen(Refusal):
    """A talk is about a theme that had ended by then, or had not begun."""

    says = _l("Het thema ‘%(theme)s’ liep op die dag niet. Kies een ander thema, of geen.")
    field = "theme"


class NoOrganisation(Refusal):
    """A talk is with at least one organisation."""

    says = _l("Noem minstens één organisatie.")
    field = "organisations"


@dataclass(frozen=True)
class Talk:
    """What somebody says of a talk."""

    kind: ContactKind
    day: date
    organisations: Sequence[Organisation]
    theme_id: int | None = None
    note: str = ""
    people: Collection[Person] = ()


def enter_talk(network: Network, talk: Talk, by: Account | None) -> ContactMoment:
    """Keep a talk that a network had. Raises FutureTalk, ThemeNotThen, NoOrganisation or archiving.Archived."""
    archiving.demand_open(network)
    row = ContactMoment(network_id=network.id, entered_by_id=by.id if by else None)
    fill_talk(row, talk)
    db.session.add(row)
    return row


def fill_talk(row: ContactMoment, talk: Talk) -> None:
    """Let a talk be as somebody says now; it keeps the theme that it had. Raises FutureTalk, ThemeNotThen or NoOrganisation."""
    check_day(talk.day)
    if talk.theme_id and talk.theme_id != row.theme_id:
        check_theme(db.session.get_one(Theme, talk.theme_id), talk.day)
    if not talk.organisations:
        raise NoOrganisation()
    row.kind, row.day, row.theme_id, row.note = talk.kind, talk.day, talk.theme_id, talk.note
    row.organisations = bodies_on(talk.day, talk.organisations)
    row.people = list(talk.people)


def check_day(day: date) -> None:
    """Raises FutureTalk for a day that is still to come."""
    if day > clock.today():
        raise FutureTalk()


def check_theme(theme: Theme, day: date) -> None:
    """Raises ThemeNotThen for a theme that could not be chosen on the day of a talk."""
    if not themes.is_open(theme, day):
        raise ThemeNotThen(theme=theme.words)


def bodies_on(day: date, organisations: Sequence[Organisation]) -> list[Organisation]:
    """These organisations as they were on a day, each once: one that had ended by then was its successor."""
    return list(dict.fromkeys(lineage.organisation_on(each, day) for each in organisations))


def remove_talk(row: ContactMoment) -> dict[str, Any]:
    """Take a talk away; returns what `restore_talk` brings it back with."""
    kept: dict[str, Any] = {"columns": kept_columns(row, *_KEPT)}
    kept["organisations"] = [each.id for each in row.organisations]
    kept["people"] = [each.id for each in row.people]
    db.session.delete(row)
    return kept


def restore_talk(network: Network, kept: dict[str, Any]) -> None:
    """Bring back what was removed, with its people as we know them by now, and its theme while there is one.

    Without its note when one of them was erased since.
    """
    row = ContactMoment(network_id=network.id)
    bring_back(row, kept["columns"])
    row.theme_id = row.theme_id and db.session.scalar(sa.select(Theme.id).where(Theme.id == row.theme_id))
    row.organisations = list(
        db.session.scalars(sa.select(Organisation).where(Organisation.id.in_(kept["organisations"])))
    )
    row.people = people.find_as_they_are(kept["people"])
    erased = sa.select(Person.id).where(Person.id.in_(kept["people"]), Person.erased_at.is_not(None))
    if db.session.scalar(erased.limit(1)):
        row.note = ""
    put_back(row)
