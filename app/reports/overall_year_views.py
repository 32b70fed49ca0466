"""The year of all networks: figures per theme, the map of reach, an audience from the gap, the export."""

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts import rights, sessions
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.database import db
from app.network.seeing import Viewer
from app.reports import overall_year
from app.rows import read_row_number
from app.sheets import TableKind
from app.web.doors import OrganiserPages
from app.web.downloads import TABLE, send_table

organisers = OrganiserPages("overall_year", __name__, url_prefix="/organise/year")


@organisers.get("", needs=Need.SIGNED_IN)
@organisers.get("/<int:year>", needs=Need.SIGNED_IN)
def show_overall_year(year: int | None = None) -> str:
    year = _checked(year or clock.today().year)
    return render_template(
        "reports/overall_year.html",
        year=overall_year.load_overall_year(year, _viewer_of_some()),
        years=overall_year.years_of_all(),
        columns=overall_year.column_words(),
        networks=rights.networks_to_organise(sessions.account()),
    )


@organisers.get(f"/<int:year>.{TABLE}", needs=Need.SIGNED_IN, shows=Shows.FIGURES)
def export_overall_year(year: int, ending: str) -> Response:
    found = overall_year.load_overall_year(_checked(year), _viewer_of_some())
    return send_table(overall_year.write_overall_sheets(TableKind(ending), found), ending, str(year))


@organisers.post("/<int:year>/audience", needs=Need.ORGANISER)
def make_overall_gap_audience(year: int) -> ResponseReturnValue:
    """An audience of one of the networks that somebody organises, of the municipalities on this page that nobody reached."""
    asked = read_row_number(request.form.get("network", ""))
    networks = rights.networks_to_organise(sessions.account())
    network = next((each for each in networks if each.id == asked), None) or abort(404)
    found = overall_year.load_overall_year(_checked(year), rights.current_viewer())
    made = overall_year.make_gap_audience(network, found)
    db.session.commit()
    return redirect(url_for("audiences.edit_audience", slug=network.slug, audience_id=made.id), 303)


def _viewer_of_some() -> Viewer:
    """The eyes of who sees at least one network; nobody else opens this page."""
    viewer = rights.current_viewer()
    return viewer if viewer.networks is None or viewer.networks else abort(403)


def _checked(year: int) -> int:
    return year if 2000 <= year <= 2100 else abort(404)
