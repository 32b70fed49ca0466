"""Reports that are due over an agenda: planned, changed and taken away by the organisers of the network that keeps it.

A year has three moments in practice: two interim reports and the yearly one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from app import clock, wording
from app.accounts.models import Account
from app.accounts.shared_changes import CannotUndo, put_back
from app.agendas.models import Agenda, AgendaState, AgendaTheme, Office
from app.database import Condition, db, lock_row
from app.network import archiving
from app.network.models import Network
from app.progress import editions
from app.progress.models import Readers, Report, ReportEdition, ReportKind, ReportWords, Scope
from app.words import Refusal

INTERIM_DAYS = ((4, 30), (8, 31))
"""Month and day on which interim reports of a year look."""
YEARLY_DAY = (12, 31)
WRITING = timedelta(weeks=3)
"""From when words are asked for until they are due, and proposed between the reference day and then."""
MOST_AHEAD = timedelta(days=60)
"""How long before the reference day words may be due at most."""
REMINDING = timedelta(weeks=1)
"""How long before words are due who has not written is reminded."""
CHECKING = timedelta(weeks=3)
"""Proposed from when words are due until the report is."""


class DayRefused(Refusal):
    """These days do not go together."""

    says = {
        "outside": _l("Kies een dag binnen de periode van de agenda: %(first)s tot en met %(last)s."),
        "words_too_early": _l("Kies een dag die hoogstens %(most)s dagen voor de peildatum ligt."),
        "twice": _l(
            "Er is al een rapportage van deze soort op deze peildatum, over hetzelfde en voor dezelfde lezers."
        ),
        "due_before_words": _l("Deze dag ligt voor de dag waarop de teksten klaar moeten zijn."),
        "due_before_reference": _l("Deze dag ligt voor de peildatum."),
    }
    _FIELDS = {
        "outside": "reference_day",
        "twice": "reference_day",
        "words_too_early": "words_due_on",
        "due_before_words": "due_on",
        "due_before_reference": "due_on",
    }

    def __init__(self, problem: str, **values: object) -> None:
        super().__init__(problem, **values)
        self.field = self._FIELDS[problem]  # type: ignore[misc]  # of this one refusal


class StandsForGood(Refusal):
    """A published report would be taken away, or be about something else."""

    says = {
        "removed": _l("Deze rapportage is gepubliceerd en blijft staan."),
        "title": _l("Deze rapportage is gepubliceerd en blijft zo heten."),
        "reference_day": _l("Deze rapportage is gepubliceerd. De peildatum blijft zoals die is."),
        "kind": _l("Deze rapportage is gepubliceerd en blijft van deze soort."),
        "scope": _l("Deze rapportage is gepubliceerd en blijft gaan over wat ze telde."),
        "readers": _l("Deze rapportage is gepubliceerd en blijft voor dezelfde lezers."),
    }

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.field = "" if problem == "removed" else problem  # type: ignore[misc]  # of this one refusal


class Begun(Refusal):
    """A report would be taken away in which somebody wrote, or that was counted."""

    says = {
        "words": _l("In deze rapportage is al geschreven. Daarom blijft ze staan; je kunt haar wel wijzigen."),
        "counted": _l("Deze rapportage is al vastgelegd. Daarom blijft ze staan; je kunt haar wel wijzigen."),
    }


class NothingToPlan(Refusal):
    """All moments of a year are there already, or lie outside the agenda."""

    says = _l("In %(year)s zijn alle momenten al gepland, of ze vallen buiten de agenda.")


_FROZEN = ("title", "reference_day", "kind", "scope", "readers")
"""What is frozen with an edition: it stands once that is published."""


@dataclass(frozen=True)
class ReportDetails:
    """What an organiser says of a report."""

    title: str
    kind: ReportKind
    scope: Scope
    readers: Readers
    reference_day: date
    words_due_on: date
    due_on: date


def list_reports(agenda: Agenda) -> list[Report]:
    """The reports of an agenda in the order of their days, with their editions."""
    wanted = sa.select(Report).where(Report.agenda_id == agenda.id).order_by(Report.reference_day, Report.id)
    return list(db.session.scalars(wanted.options(_editions())))


def load_report_of_network(network: Network, agenda_id: int, report_id: int) -> Report | None:
    """A report over an agenda that this network keeps, with the themes of that and who stands for them."""
    return _find(Report.id == report_id, Agenda.id == agenda_id, Agenda.network_id == network.id)


def find_report(report_id: int) -> Report | None:
    """The same, whoever keeps it."""
    return _find(Report.id == report_id)


def _find(*conditions: Condition) -> Report | None:
    agenda = joinedload(Report.agenda)
    themes = agenda.selectinload(Agenda.themes)
    loading = (
        agenda.joinedload(Agenda.network),
        agenda.selectinload(Agenda.parties),
        themes.joinedload(AgendaTheme.theme),
        themes.selectinload(AgendaTheme.offices).options(joinedload(Office.person)),
        _editions(),
    )
    wanted = sa.select(Report).join(Agenda, Agenda.id == Report.agenda_id).where(*conditions)
    return db.session.scalar(wanted.options(*loading))


def _editions() -> ExecutableOption:
    return selectinload(Report.editions).defer(ReportEdition.contents)


def plan_report(agenda: Agenda, details: ReportDetails) -> Report:
    """Raises DayRefused and archiving.Archived. A reference day that has still to come may be planned."""
    archiving.demand_open(agenda.network)
    _demand_days(agenda, details)
    _demand_other(agenda, details)
    report = Report(agenda=agenda, **vars(details))
    db.session.add(report)
    db.session.flush()
    return report


def change_report(report: Report, details: ReportDetails, by: Account) -> bool:
    """Change what is said of a report; returns whether what was frozen and not yet published is counted anew.

    Raises DayRefused, StandsForGood when what was published would be about something else, and editions.CannotFreeze
    when what was frozen would look on a day to come.
    """
    lock_row(report)
    _demand_days(report.agenda, details)
    other = [name for name in _FROZEN if getattr(report, name) != getattr(details, name)]
    if other and is_published(report):
        raise StandsForGood(other[0])
    _demand_other(report.agenda, details, report.id)
    _ask_again(report, details.words_due_on)
    for name, value in vars(details).items():
        setattr(report, name, value)
    db.session.flush()
    return bool(other) and editions.count_anew(report, by)


def _ask_again(report: Report, words_due_on: date) -> None:
    """Of what nobody was mailed yet, because it was too late, the asking or the reminder comes when the days make room."""
    today = clock.today()
    if is_too_late_to_ask(report) and today <= words_due_on:
        report.asked_at = report.reminded_at = None
    elif report.reminded_at and report.reminded_at == report.asked_at and today < words_due_on - REMINDING:
        report.reminded_at = None


def is_too_late_to_ask(report: Report) -> bool:
    """Whether it was planned after its words were due, so that they are asked on pages alone and nobody was mailed."""
    asked = report.asked_at if report.asked_at == report.reminded_at else None
    return asked is not None and clock.to_local(asked).date() > report.words_due_on


def remove_report(report: Report) -> None:
    """Take a report away that was planned by mistake. Raises StandsForGood, and Begun once somebody worked on it."""
    lock_row(report)
    if is_published(report):
        raise StandsForGood("removed")
    if report.editions:
        raise Begun("counted")
    if db.session.scalar(sa.select(ReportWords.id).where(ReportWords.report_id == report.id).limit(1)):
        raise Begun("words")
    db.session.delete(report)
    db.session.flush()


def restore_report(network: Network, values: Mapping[str, Any]) -> None:
    """Bring back what was taken away, as it was and at its address. Raises CannotUndo when its agenda is gone."""
    agenda = db.session.get(Agenda, values["agenda_id"])
    if agenda is None or agenda.network_id != network.id:
        raise CannotUndo("changed")
    put_back(Report(**values))


def is_published(report: Report) -> bool:
    return any(each.published_at for each in report.editions)


def is_frozen(report: Report) -> bool:
    """Whether its words were counted in: who stands for a theme changes theirs no more."""
    return bool(report.editions)


def asks_anybody(agenda: Agenda) -> bool:
    """Whether words for its reports are asked at all: nobody is while it is a draft, or its network is archived."""
    return agenda.state == AgendaState.PUBLISHED and agenda.network.archived_at is None


def asks_on(report: Report) -> date:
    """The day from which words are asked for."""
    return report.words_due_on - WRITING


def period_of(report: Report) -> tuple[date, date]:
    """The first and the last day that it is about: the year of its reference day, until then."""
    return max(report.agenda.starts_on, date(report.reference_day.year, 1, 1)), report.reference_day


def first_day_of_period(report: Report) -> date:
    """The day after the reference day of the report before it, or the first day of its year."""
    before = [each.reference_day for each in list_reports(report.agenda) if each.reference_day < report.reference_day]
    return max([period_of(report)[0], *(day + timedelta(days=1) for day in before)])


def themes_of(report: Report) -> list[AgendaTheme]:
    """The themes that it is about: also one that ended in the course of its year."""
    return [each for each in report.agenda.themes if is_about(report, each)]


def is_about(report: Report, row: AgendaTheme) -> bool:
    """Whether a theme of its agenda ran on one of the days that it is about."""
    first, last = period_of(report)
    return row.first_day <= last and row.last_day >= first


def propose_moments(agenda: Agenda, year: int, planned: Iterable[Report]) -> list[ReportDetails]:
    """The interim reports and the yearly one of a year, as far as the agenda runs then and they are not `planned` yet."""
    if not agenda.starts_on.year <= year <= agenda.ends_on.year:
        return []
    known = {(each.kind, _moment_of(each)) for each in planned}
    days = [(ReportKind.INTERIM, date(year, *day)) for day in INTERIM_DAYS]
    days.append((ReportKind.YEARLY, date(year, *YEARLY_DAY)))
    return [
        propose_report(kind, day)
        for kind, day in days
        if agenda.starts_on <= day <= agenda.ends_on and (kind, day) not in known
    ]


def _moment_of(report: Report) -> date:
    """The moment that a report is planned for, also when it was moved: of its year the nearest of its kind."""
    day = report.reference_day
    days = INTERIM_DAYS if report.kind == ReportKind.INTERIM else (YEARLY_DAY,)
    return min((date(day.year, *each) for each in days), key=lambda each: abs(each - day))


def propose_report(kind: ReportKind, day: date) -> ReportDetails:
    """A report on a day, with when its words and the report itself would be due."""
    words = day + WRITING
    return ReportDetails(propose_title(kind, day), kind, Scope.ALL, Readers.INTERNAL, day, words, words + CHECKING)


def propose_title(kind: ReportKind, day: date) -> str:
    """What practice calls it: a yearly report by its year, an interim one by its number when it looks on a usual day."""
    if kind == ReportKind.YEARLY:
        return gettext("Jaarrapportage %(year)s", year=day.year)
    number = INTERIM_DAYS.index((day.month, day.day)) + 1 if (day.month, day.day) in INTERIM_DAYS else ""
    return gettext("Tussenrapportage %(number)s %(year)s", number=number, year=day.year).replace("  ", " ")


def plan_moments(agenda: Agenda, year: int) -> list[Report]:
    """Plan those moments, once however often it is pressed. Raises NothingToPlan and archiving.Archived."""
    lock_row(agenda)
    proposed = propose_moments(agenda, year, list_reports(agenda))
    if not proposed:
        raise NothingToPlan(year=year)
    return [plan_report(agenda, each) for each in proposed]


def years_to_plan(agenda: Agenda, planned: Iterable[Report]) -> list[int]:
    """The years of an agenda in which a moment is not planned yet: this year and those to come, then the years gone by."""
    planned, today = list(planned), clock.today().year
    years = range(agenda.starts_on.year, agenda.ends_on.year + 1)
    missing = [year for year in years if propose_moments(agenda, year, planned)]
    return sorted(missing, key=lambda year: (year < today, abs(year - today)))


def _demand_other(agenda: Agenda, details: ReportDetails, report_id: int = 0) -> None:
    """Held until the transaction ends, so that one sent twice is planned once. Raises DayRefused."""
    lock_row(agenda)
    same = sa.select(Report.id).where(
        Report.agenda_id == agenda.id,
        Report.id != report_id,
        *(getattr(Report, name) == getattr(details, name) for name in _FROZEN if name != "title"),
    )
    if db.session.scalar(same.limit(1)):
        raise DayRefused("twice")


def _demand_days(agenda: Agenda, details: ReportDetails) -> None:
    if not agenda.starts_on <= details.reference_day <= agenda.ends_on:
        raise DayRefused("outside", first=wording.format_day(agenda.starts_on), last=wording.format_day(agenda.ends_on))
    if details.words_due_on < details.reference_day - MOST_AHEAD:
        raise DayRefused("words_too_early", most=MOST_AHEAD.days)
    if details.due_on < details.words_due_on:
        raise DayRefused("due_before_words")
    if details.due_on < details.reference_day:
        raise DayRefused("due_before_reference")
