"""Themes on an agenda: put on it, changed, ordered, taken off while nobody stands for them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.accounts.shared_changes import CannotUndo, put_back
from app.agendas import agendas
from app.agendas.models import Agenda, AgendaTheme, Office
from app.database import db, lock_row
from app.network.models import Network
from app.signals import Signal
from app.themes.models import Theme
from app.words import Refusal

taking_off = Signal("A theme is about to be taken off an agenda; sent with its row there. A Refusal keeps it on.")


class AlreadyOnAgenda(Refusal):
    """A theme stands on an agenda once."""

    says = _l("‘%(theme)s’ staat al op deze agenda.")
    field = "theme"


class OutsidePeriod(Refusal):
    """A theme would stand on an agenda on days that the agenda does not have."""

    says = _l("Kies een dag binnen de periode van de agenda.")
    field = "ends_on"


class SomebodyStands(Refusal):
    """A theme is taken off an agenda for which somebody stands, or stood."""

    says = _l(
        "Bij ‘%(theme)s’ staan mensen in het koppel. Geef het thema een laatste dag, dan blijft de geschiedenis staan."
    )


def find_agenda_theme(agenda: Agenda, agenda_theme_id: int) -> AgendaTheme | None:
    return next((each for each in agenda.themes if each.id == agenda_theme_id), None)


def load_agenda_theme(network: Network, agenda_id: int, agenda_theme_id: int) -> AgendaTheme | None:
    """A theme on an agenda that this network keeps."""
    agenda = agendas.find_agenda_of(network, agenda_id)
    return find_agenda_theme(agenda, agenda_theme_id) if agenda else None


def restore_agenda_theme(network: Network, agenda_id: int, values: Mapping[str, Any]) -> None:
    """Bring back what was taken off. Raises CannotUndo when the agenda is gone, or has the theme again."""
    agenda = agendas.find_agenda_of(network, agenda_id)
    if agenda is None or any(each.theme_id == values["theme_id"] for each in agenda.themes):
        raise CannotUndo("changed")
    put_back(AgendaTheme(agenda_id=agenda.id, **values))
    db.session.expire(agenda, ["themes"])


def put_on_agenda(
    agenda: Agenda, theme: Theme, ambition: str, starts_on: date | None = None, ends_on: date | None = None
) -> AgendaTheme:
    """Put a theme at the end of an agenda. Raises AlreadyOnAgenda and OutsidePeriod."""
    lock_row(agenda)
    if any(each.theme_id == theme.id for each in agenda.themes):
        raise AlreadyOnAgenda(theme=theme.words)
    _demand_within(agenda, starts_on, ends_on)
    place = max((each.place for each in agenda.themes), default=-1) + 1
    added = AgendaTheme(theme=theme, ambition=ambition, starts_on=starts_on, ends_on=ends_on, place=place)
    agenda.themes.append(added)
    db.session.flush()
    return added


def change_agenda_theme(row: AgendaTheme, ambition: str, starts_on: date | None, ends_on: date | None) -> None:
    """What was agreed, and from when until when. Raises OutsidePeriod."""
    _demand_within(row.agenda, starts_on, ends_on)
    row.ambition, row.starts_on, row.ends_on = ambition, starts_on, ends_on


def _demand_within(agenda: Agenda, starts_on: date | None, ends_on: date | None) -> None:
    if any(day and not agenda.starts_on <= day <= agenda.ends_on for day in (starts_on, ends_on)):
        raise OutsidePeriod


def move_agenda_theme_up(row: AgendaTheme) -> None:
    """Let a theme stand one place higher."""
    themes = list(row.agenda.themes)
    number = themes.index(row)
    if number:
        themes[number - 1], themes[number] = themes[number], themes[number - 1]
    for place, each in enumerate(themes):
        each.place = place


def take_off_agenda(row: AgendaTheme) -> None:
    """For a theme that was put there by mistake. Raises SomebodyStands, and what `taking_off` raises."""
    lock_row(row)
    if db.session.scalar(sa.select(Office.id).where(Office.agenda_theme_id == row.id).limit(1)):
        raise SomebodyStands(theme=row.theme.words)
    taking_off.send(row)
    row.agenda.themes.remove(row)
    db.session.flush()
