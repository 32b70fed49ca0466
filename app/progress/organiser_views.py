"""Organisers plan the reports of an agenda, write in them, and see what is missing."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app import clock
from app.accounts import sessions
from app.accounts.rights import Need
from app.agendas import agendas
from app.agendas.models import Agenda, AgendaTheme
from app.network.models import Network
from app.progress import due_dates, editions, missing, reports, words
from app.progress.forms import ReportForm, WordsForm, about_words
from app.progress.models import Report
from app.progress.reports import ReportDetails
from app.rows import kept_columns, read_row_number, typed_row
from app.web import undo
from app.web.acting import acting
from app.web.day_warnings import warn_of_days
from app.web.doors import OrganiserPages

organisers = OrganiserPages(
    "progress", __name__, url_prefix="/organise/networks/<slug>/agendas/<int:agenda_id>/reports"
)
_ONE = "/<int:report_id>"
_KEPT = (
    "id", "agenda_id", "kind", "scope", "readers", "title", "reference_day", "words_due_on", "due_on", "asked_at", "reminded_at", "created_at",
)  # fmt: skip


def _theme_of_report(
    network: Network, agenda_id: int, report_id: int, agenda_theme_id: int
) -> tuple[Report, AgendaTheme] | None:
    report = reports.load_report_of_network(network, agenda_id, report_id)
    about = reports.themes_of(report) if report else []
    row = next((each for each in about if each.id == agenda_theme_id), None)
    return (report, row) if report and row else None


@organisers.get("", needs=Need.READ, subject=agendas.find_agenda_of)
def list_reports(network: Network, agenda: Agenda) -> str:
    """All moments of an agenda, with who must write what by when."""
    planned = reports.list_reports(agenda)
    written = due_dates.written_in(planned)
    return render_template(
        "progress/reports.html",
        network=network,
        agenda=agenda,
        reports=written,
        due_dates=due_dates.list_due_dates(written),
        years=reports.years_to_plan(agenda, planned),
        this_year=clock.today().year,
        last_published=editions.last_published,
        is_frozen=reports.is_frozen,
    )


@organisers.post("/moments", needs=Need.ORGANISE, subject=agendas.find_agenda_of)
def plan_moments(network: Network, agenda: Agenda) -> ResponseReturnValue:
    """The three moments of the year on the button, as far as they are not there yet."""
    year = read_row_number(request.form.get("year", "")) or 0
    with acting() as act:
        planned = reports.plan_moments(agenda, year)
        said = ngettext("%(num)s moment is gepland.", "%(num)s momenten zijn gepland.", len(planned))
        act.say(f"{said} {gettext('Pas de dagen aan als dat nodig is.')}")
    if not act.refused:
        _warn_of_days_of(*planned)
    return _back_to(agenda)


@organisers.route("/new", methods=["GET", "POST"], needs=Need.ORGANISE, subject=agendas.find_agenda_of)
def plan_report(network: Network, agenda: Agenda) -> ResponseReturnValue:
    form = ReportForm(proposed=_proposed(agenda))
    if form.validate_on_submit():
        with acting(form) as act:
            report = reports.plan_report(agenda, form.details)
            act.say(gettext("De rapportage is gepland."))
        if not act.refused:
            _warn_of_days_of(form.details)
            return redirect(_address(report), 303)
    return _form_page(network, agenda, form)


def _warn_of_days_of(*planned: ReportDetails | Report) -> None:
    starts = (clock.start_of_day(day) for each in planned for day in (each.words_due_on, each.due_on))
    warn_of_days(*((start, start) for start in starts))


def _proposed(agenda: Agenda) -> ReportDetails | None:
    """The first moment that is not planned yet."""
    planned = reports.list_reports(agenda)
    years = reports.years_to_plan(agenda, planned)
    return next(iter(reports.propose_moments(agenda, years[0], planned)), None) if years else None


@organisers.get(_ONE, needs=Need.ORGANISE, subject=reports.load_report_of_network)
def show_report(network: Network, report: Report) -> str:
    """The words in a report theme by theme, and what is missing before it can be frozen."""
    written = words.list_words(report)
    now = words.words_now(report, written)
    return render_template(
        "progress/report.html",
        network=network,
        agenda=report.agenda,
        report=report,
        now=now,
        themes=reports.themes_of(report),
        missing=missing.what_is_missing(report, now),
        say_writer=words.say_writer,
        earlier=words.earlier_by_part(written, now),
        parts_of=words.parts_of,
        asks_on=reports.asks_on(report),
        too_late=reports.is_too_late_to_ask(report),
        is_published=reports.is_published(report),
        freezes_from=editions.freezes_from(report),
    )


@organisers.route(f"{_ONE}/edit", methods=["GET", "POST"], needs=Need.ORGANISE, subject=reports.load_report_of_network)
def edit_report(network: Network, report: Report) -> ResponseReturnValue:
    form = ReportForm(report).of(report)
    if form.validate_on_submit():
        with acting(form) as act:
            anew = reports.change_report(report, form.details, sessions.account())
            act.say(gettext("Opgeslagen."))
            if anew:
                act.say(gettext("Alles wordt opnieuw geteld. Daarna kijkt een andere organisator het na."), "info")
        if not act.refused:
            _warn_of_days_of(form.details)
            return redirect(_address(report), 303)
    return _form_page(network, report.agenda, form, report)


@organisers.post(f"{_ONE}/remove", needs=Need.ORGANISE, subject=reports.load_report_of_network)
def remove_report(network: Network, report: Report) -> ResponseReturnValue:
    agenda, title, kept = report.agenda, report.title, kept_columns(report, *_KEPT)
    with acting() as act:
        reports.remove_report(report)
    if act.refused:
        return redirect(_address(report), 303)
    undo.offer_undo("progress_report", title, kept, _list_address(agenda), place=network)
    return _back_to(agenda)


@undo.restorer("progress_report", needs=Need.ORGANISE)
def _restore_report(network: Network, kept: dict[str, Any]) -> None:
    reports.restore_report(network, typed_row(Report.__table__, kept))


@organisers.route(f"{_ONE}/words", methods=["GET", "POST"], needs=Need.ORGANISE, subject=reports.load_report_of_network)
def write_words(network: Network, report: Report) -> ResponseReturnValue:
    """What organisers say about the agenda as a whole."""
    return _write(network, report, None)


@organisers.route(
    f"{_ONE}/words/<int:agenda_theme_id>", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_theme_of_report
)
def write_words_of_theme(network: Network, found: tuple[Report, AgendaTheme]) -> ResponseReturnValue:
    """What organisers say about one theme."""
    return _write(network, *found)


def _write(network: Network, report: Report, row: AgendaTheme | None) -> ResponseReturnValue:
    written = words.list_words(report)
    now, agenda_theme_id = words.words_now(report, written), row.id if row else None
    form = WordsForm(now, agenda_theme_id, words.parts_of(report, row)).of(about_words(report, agenda_theme_id))
    if form.validate_on_submit():
        with acting(form) as act:
            for part, text in form.texts().items():
                words.write_words(report, part, text, row=row, by=sessions.account())
            act.say(gettext("Opgeslagen. Wat er eerst stond, blijft te lezen."))
        if not act.refused:
            return redirect(f"{_address(report)}#thema-{agenda_theme_id or 0}", 303)
    return render_template(
        "progress/words.html",
        network=network,
        agenda=report.agenda,
        report=report,
        row=row,
        form=form,
        koppel=now.by_koppels.get(agenda_theme_id or 0, []),
        earlier=words.earlier_by_part(written, now),
        say_writer=words.say_writer,
        is_frozen=reports.is_frozen(report),
    ), 422 if form.errors else 200


def _form_page(network: Network, agenda: Agenda, form: ReportForm, report: Report | None = None) -> ResponseReturnValue:
    page = render_template("progress/form.html", network=network, agenda=agenda, form=form, report=report)
    return page, 422 if form.errors else 200


def _back_to(agenda: Agenda) -> ResponseReturnValue:
    return redirect(_list_address(agenda), 303)


def _list_address(agenda: Agenda) -> str:
    return url_for("progress.list_reports", slug=agenda.network.slug, agenda_id=agenda.id)


def _address(report: Report) -> str:
    agenda = report.agenda
    return url_for("progress.show_report", slug=agenda.network.slug, agenda_id=agenda.id, report_id=report.id)
