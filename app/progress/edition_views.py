"""Editions of a report for organisers: frozen, checked, published and corrected, with the list behind each figure."""

from flask import Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import rights, sessions
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.indicators.member_lists import MOST_ON_A_PAGE
from app.network.models import Network
from app.progress import editions, freezing, frozen_lists, report_documents, reports
from app.progress.edition_forms import CorrectionForm
from app.progress.frozen_lists import FrozenList
from app.progress.models import Report, ReportEdition
from app.progress.report_blocks import group_blocks, list_body
from app.sheets import TableKind
from app.web.acting import acting
from app.web.doors import OrganiserPages
from app.web.downloads import TABLE, send_table
from app.web.seen import Part, Parts

organisers = OrganiserPages(
    "editions",
    __name__,
    url_prefix="/organise/networks/<slug>/agendas/<int:agenda_id>/reports/<int:report_id>",
)
_ONE = "/editions/<int:number>"
_LIST = f"{_ONE}/figures/<int:indicator_id>/<int:year>"


def parts_of_report(network: Network, report: Report) -> Parts:
    """What is counted when somebody asks for that, and how far it is."""
    days = [("day", report.reference_day), ("for", report.readers), ("of", report.scope)]
    return {Part.DAYS: days, Part.STATE: [_state_of(each) for each in editions.list_editions(report)]}


def parts_of_edition(network: Network, edition: ReportEdition) -> Parts:
    """What a second organiser read, and how far it is."""
    return {Part.STATE: _state_of(edition), Part.TEXT: str(edition.contents)}


def _state_of(edition: ReportEdition) -> str:
    return str((edition.number, edition.counted_at, edition.checked_at, edition.published_at))


def _find_figure(
    network: Network, agenda_id: int, report_id: int, number: int, indicator_id: int, year: int
) -> tuple[ReportEdition, FrozenList] | None:
    edition = editions.find_edition(network, agenda_id, report_id, number)
    if edition is None or edition.counted_at is None or not _may_read(edition):
        return None
    members = frozen_lists.list_frozen_members(edition, indicator_id, year, rights.current_viewer())
    return (edition, members) if members else None


@organisers.get(_ONE, needs=Need.READ, subject=editions.find_edition)
def show_edition(network: Network, edition: ReportEdition) -> str:
    """What was frozen, and the steps to publish it; until it is published for organisers alone."""
    if not _may_read(edition):
        abort(404)
    contents = editions.contents_for(edition, rights.current_viewer()) if edition.counted_at else None
    return render_template(
        "progress/edition.html",
        network=network,
        report=edition.report,
        agenda=edition.report.agenda,
        edition=edition,
        editions=[each for each in editions.list_editions(edition.report) if _may_read(each)],
        contents=contents,
        groups=group_blocks(list_body(contents)) if contents else [],
        files=report_documents.list_files(edition),
        words_since=editions.count_words_since(edition),
        as_planned=editions.is_as_planned(edition),
        failed=freezing.has_failed(edition),
        account=sessions.account(),
    )


def _may_read(edition: ReportEdition) -> bool:
    return editions.may_read(edition, rights.current_viewer())


@organisers.post("/freeze", needs=Need.ORGANISE, subject=reports.load_report_of_network, seen=parts_of_report)
def freeze_report(network: Network, report: Report) -> ResponseReturnValue:
    """Have it counted; what was frozen and is not published is counted anew."""
    with acting() as act:
        edition = editions.ask_for_edition(report, sessions.account())
        act.say(gettext("De rapportage wordt geteld en vastgelegd. Dat duurt ongeveer een minuut."))
    return redirect(_report_address(report) if act.refused else _address(edition), 303)


@organisers.post(f"{_ONE}/check", needs=Need.ORGANISE, subject=editions.find_edition, seen=parts_of_edition)
def check_edition(network: Network, edition: ReportEdition) -> ResponseReturnValue:
    with acting() as act:
        editions.check_edition(edition, sessions.account())
        act.say(gettext("Nagekeken. Je kunt de rapportage nu publiceren."))
    return redirect(_address(edition), 303)


@organisers.post(f"{_ONE}/publish", needs=Need.ORGANISE, subject=editions.find_edition, seen=parts_of_edition)
def publish_edition(network: Network, edition: ReportEdition) -> ResponseReturnValue:
    with acting() as act:
        editions.publish_edition(edition)
        act.say(gettext("De rapportage is gepubliceerd. Wat erin staat, blijft zo staan."))
    return redirect(_address(edition), 303)


@organisers.route("/correct", methods=["GET", "POST"], needs=Need.ORGANISE, subject=reports.load_report_of_network)
def correct_report(network: Network, report: Report) -> ResponseReturnValue:
    """Begin a next edition that puts right what was published."""
    form = CorrectionForm()
    if form.validate_on_submit():
        with acting(form) as act:
            edition = editions.correct(report, form.reason.data, sessions.account())
            act.say(gettext("De correctie wordt geteld en vastgelegd. Dat duurt ongeveer een minuut."))
        if not act.refused:
            return redirect(_address(edition), 303)
    page = render_template("progress/correct.html", network=network, report=report, agenda=report.agenda, form=form)
    return page, 422 if form.errors else 200


@organisers.get(_LIST, needs=Need.READ, subject=_find_figure, shows=Shows.PEOPLE)
def show_frozen_list(network: Network, found: tuple[ReportEdition, FrozenList]) -> str:
    """What a figure counted when it was frozen, by the names of today."""
    edition, members = found
    return render_template(
        "progress/members.html",
        network=network,
        report=edition.report,
        agenda=edition.report.agenda,
        edition=edition,
        members=members,
        most=MOST_ON_A_PAGE,
        left_out=frozen_lists.say_left_out(members),
        rule=frozen_lists.say_rule(members),
    )


@organisers.get(f"{_LIST}.{TABLE}", needs=Need.READ, subject=_find_figure, shows=Shows.COPY)
def export_frozen_list(network: Network, found: tuple[ReportEdition, FrozenList], ending: str) -> Response:
    edition, members = found
    content = frozen_lists.write_frozen_members(TableKind(ending), edition, members)
    return send_table(content, ending, f"{edition.report.agenda.slug}-{edition.number}-{members.line.indicator_id}")


def _address(edition: ReportEdition) -> str:
    report = edition.report
    slug = report.agenda.network.slug
    return url_for(
        "editions.show_edition", slug=slug, agenda_id=report.agenda_id, report_id=report.id, number=edition.number
    )


def _report_address(report: Report) -> str:
    slug = report.agenda.network.slug
    return url_for("progress.show_report", slug=slug, agenda_id=report.agenda_id, report_id=report.id)
