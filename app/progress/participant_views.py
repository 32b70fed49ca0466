"""The page of somebody in a koppel: how their theme stands, and a few words for a report that is due. It names nobody,
so that a forwarded link tells of no one."""

from operator import attrgetter

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.agendas import koppels, theme_contents
from app.agendas.models import AgendaTheme, Office
from app.indicators import figures
from app.indicators.figures import Figure
from app.network.seeing import Viewer
from app.progress import editions, reports, words
from app.progress.forms import KoppelWordsForm, about_place
from app.progress.models import Part, Report
from app.reports import small_cells
from app.web.acting import acting
from app.web.doors import PersonalPages
from app.web.personal import Link

personal = PersonalPages("koppel", __name__, link=Link(koppels.office_of_link, language=attrgetter("person.language")))
NOBODY = Viewer(frozenset())
"""Whoever holds the link reads of small numbers what everybody may."""


@personal.get("/koppels/<token>")
def show_theme_of_koppel(office: Office) -> ResponseReturnValue:
    asking = words.reports_asking(office.agenda_theme)
    written = words.written_by_place(office, asking)
    return _page(office, next((each for each in asking if each.id not in written), asking[0] if asking else None))


@personal.route("/koppels/<token>/reports/<int:report_id>", methods=["GET", "POST"])
def write_words_of_koppel(office: Office, report_id: int) -> ResponseReturnValue:
    """A few words for one report, which may be changed until that is frozen."""
    report = reports.find_report(report_id)
    if report is None or report.agenda_id != office.agenda_theme.agenda_id:
        abort(404)
    form = _form(report, office)
    if form.validate_on_submit():
        with acting(form) as act:
            words.write_words(report, Part.KOPPEL, form.text.data, office=office)
            act.say(
                gettext("Dank je. Je tekst staat in de rapportage. Tot die is vastgelegd, kun je hem hier wijzigen.")
            )
        if not act.refused:
            token = koppels.token_of_office(office)
            return redirect(url_for("koppel.write_words_of_koppel", token=token, report_id=report.id), 303)
    return _page(office, report, form)


def _form(report: Report, office: Office) -> KoppelWordsForm:
    return KoppelWordsForm(words.words_now(report).of_place(office)).of(about_place(report, office))


def _page(office: Office, report: Report | None, form: KoppelWordsForm | None = None) -> ResponseReturnValue:
    row = office.agenda_theme
    year = figures.year_now(row.agenda)
    others = [each for each in words.reports_asking(row) if each is not report]
    page = render_template(
        "progress/koppel.html",
        office=office,
        row=row,
        agenda=row.agenda,
        network=row.agenda.network,
        contents=theme_contents.read_theme_contents(row),
        least=small_cells.SMALLEST_SHOWN,
        year=year,
        figures=_figures(row, year),
        token=koppels.token_of_office(office),
        viewer=NOBODY,
        report=report,
        form=form or (_form(report, office) if report else None),
        asks=report is not None and words.is_asked(report),
        written=words.words_now(report).by_koppels.get(row.id, []) if report else [],
        say_office=words.say_office,
        reports=editions.list_public_reports(row.agenda) if row.agenda.network.listed else [],
        others=others,
        done=words.written_by_place(office, others),
    )
    return page, 422 if form and form.errors else 200


def _figures(row: AgendaTheme, year: int) -> list[tuple[Figure, Figure]]:
    """The indicators of the theme: this year, and over the whole agenda."""
    both = (figures.group_by_theme(figures.list_figures(row.agenda, each))[row.theme_id] for each in (year, None))
    return list(zip(*both, strict=True))
