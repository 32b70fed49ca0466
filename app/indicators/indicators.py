"""Indicators of an agenda: adding one, and changing what it counts by another version of its rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import selectinload

from app import clock
from app.agendas.models import Agenda, AgendaTheme
from app.contact_moments.models import ContactKind
from app.database import db
from app.events.models import EventFormat, Series
from app.indicators import counting, counts
from app.indicators.models import (
    Assessment,
    Budget,
    Combining,
    Direction,
    Indicator,
    IndicatorVersion,
    Measure,
    Narrow,
    Result,
)
from app.network.models import Network
from app.network.organisations.models import Organisation, OrganisationKind
from app.network.seeing import Viewer
from app.network.vocabulary.models import Role
from app.themes.models import Theme
from app.words import Refusal


class NeedsReason(Refusal):
    """Whoever counts in another way says why: figures from before do not compare."""

    says = _l("Deze indicator telt nu anders. Schrijf op waarom: de cijfers van daarvoor zijn niet te vergelijken.")
    field = "reason"


class NotYet(Refusal):
    """A rule cannot hold from a day before the last one."""

    says = _l("Kies een dag vanaf %(day)s: toen begon de manier van tellen die er nu is.")
    field = "valid_from"


class HasFigures(Refusal):
    """A theme would be taken off an agenda that keeps figures of it, which then show nowhere."""

    says = _l(
        "Van ‘%(theme)s’ staan er cijfers, tekens of bedragen. Geef het thema een laatste dag, dan blijven die staan."
    )


@dataclass(frozen=True)
class Rule:
    """What an indicator counts, as a version of it keeps."""

    definition: str
    owner: str
    unit: str
    result: Result
    direction: Direction
    combining: Combining
    measure: Measure
    mandatory: bool = False
    narrowing: dict[str, list[Any]] = field(default_factory=dict)


def add_indicator(agenda: Agenda, name: str, theme_id: int | None, rule: Rule) -> Indicator:
    """An indicator at the end of the agenda's list, counted by this rule from the agenda's first day."""
    last = db.session.scalar(sa.select(sa.func.max(Indicator.place)).where(Indicator.agenda_id == agenda.id))
    indicator = Indicator(agenda=agenda, name=name, theme_id=theme_id, place=(last or 0) + 1)
    indicator.versions.append(IndicatorVersion(valid_from=agenda.starts_on, **_columns(rule)))
    db.session.add(indicator)
    db.session.flush()
    return indicator


def read_last_words(agenda: Agenda) -> tuple[str, str]:
    """Who is responsible for the indicator that was added last, and where its targets were decided; empty without any."""
    wanted = sa.select(Indicator).where(Indicator.agenda_id == agenda.id).order_by(Indicator.id.desc()).limit(1)
    last = db.session.scalar(wanted.options(selectinload(Indicator.versions), selectinload(Indicator.targets)))
    if last is None:
        return "", ""
    return last.versions[-1].owner, last.targets[-1].decision if last.targets else ""


def change_indicator(
    indicator: Indicator,
    name: str,
    theme_id: int | None,
    rule: Rule,
    valid_from: date | None = None,
    reason: str = "",
) -> None:
    """Name and theme change at once; another rule becomes a version from a day on, today by default.

    Raises NeedsReason, or NotYet for a day before that of the version there is.
    """
    indicator.name, indicator.theme_id = name, theme_id
    last, columns = indicator.versions[-1], _columns(rule)
    had = {column: getattr(last, column) for column in columns}
    if columns == had | {"narrowing": _in_order(last.narrowing)}:
        return
    if not reason:
        raise NeedsReason
    valid_from = valid_from or max(clock.today(), last.valid_from)
    if valid_from < last.valid_from:
        raise NotYet(day=last.valid_from.strftime("%d-%m-%Y"))
    indicator.versions.append(IndicatorVersion(valid_from=valid_from, reason=reason, **columns))
    db.session.flush()
    counts.forget_counts(indicator)


def keep_with_figures(row: AgendaTheme) -> None:
    """Raises HasFigures for a theme on an agenda with an indicator, a sign or an amount."""
    for table in (Indicator, Assessment, Budget):
        theirs = sa.select(table.id).where(table.agenda_id == row.agenda_id, table.theme_id == row.theme_id)
        if db.session.scalar(theirs.limit(1)):
            raise HasFigures(theme=row.theme.words)


def _columns(rule: Rule) -> dict[str, Any]:
    """Only by what its measure can be narrowed; a rule without words of its own says what is counted."""
    narrowing = {
        narrow.value: rule.narrowing[narrow]
        for narrow in sorted(counting.NARROWS[rule.measure])
        if rule.narrowing.get(narrow)
    }
    columns = {each.name: getattr(rule, each.name) for each in fields(Rule)}
    return columns | {"narrowing": _in_order(narrowing), "definition": rule.definition or str(rule.measure.words)}


def _in_order(narrowing: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    """Each of its values once: in which order a form names them says nothing of what counts."""
    return {narrow: sorted(set(values)) for narrow, values in narrowing.items()}


def agenda_of_network(network: Network, agenda_id: int) -> Agenda | None:
    """An agenda that a network keeps, with its themes."""
    wanted = sa.select(Agenda).where(Agenda.id == agenda_id, Agenda.network_id == network.id)
    return db.session.scalar(wanted.options(selectinload(Agenda.themes).joinedload(AgendaTheme.theme)))


def indicator_of_network(network: Network, agenda_id: int, indicator_id: int) -> Indicator | None:
    """An indicator of an agenda that a network keeps."""
    wanted = sa.select(Indicator).join(Agenda, Agenda.id == Indicator.agenda_id)
    return db.session.scalar(
        wanted.where(Indicator.id == indicator_id, Agenda.id == agenda_id, Agenda.network_id == network.id)
    )


def say_narrowing(version: IndicatorVersion, viewer: Viewer) -> list[tuple[str, str]]:
    """By what a count is narrowed, in words: what it is and which alone count. What is not listed is named to no stranger."""
    return [
        (str(narrow.words), ", ".join(_names_of(narrow, version.narrowing[narrow], viewer)))
        for narrow in Narrow
        if version.narrowing.get(narrow)
    ]


def _names_of(narrow: Narrow, values: list[Any], viewer: Viewer) -> list[str]:
    if narrow in _ENUMERATIONS:
        return [str(_ENUMERATIONS[narrow](value).words) for value in values]
    if narrow not in _MODELS:
        return values
    model = _MODELS[narrow]
    rows = db.session.scalars(sa.select(model).where(sa.inspect(model).primary_key[0].in_(values)))
    return [
        getattr(row, _NAMES.get(narrow, "name"))
        if _may_name(row, viewer)
        else gettext("van een netwerk dat niet openbaar is")
        for row in rows
    ]


def _may_name(row: Any, viewer: Viewer) -> bool:
    """Whether somebody may know what there is: a network that is not listed, and its series, are for its own people."""
    network = row if isinstance(row, Network) else row.network if isinstance(row, Series) else None
    return network is None or network.listed or viewer.may_read(network.id)


_ENUMERATIONS: dict[Narrow, Any] = {
    Narrow.FORMAT: EventFormat,
    Narrow.KIND: OrganisationKind,
    Narrow.CONTACT_KIND: ContactKind,
}
_MODELS: dict[Narrow, Any] = {
    Narrow.NETWORK: Network,
    Narrow.SERIES: Series,
    Narrow.THEME: Theme,
    Narrow.ROLE: Role,
    Narrow.ORGANISATION: Organisation,
}
_NAMES = {Narrow.SERIES: "title", Narrow.THEME: "words", Narrow.ROLE: "words"}
