"""The year page of a network: figures, the map of reach, an audience from the gap, the export."""

from flask import Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.accounts import rights
from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.database import db
from app.network.models import Network
from app.reports import network_year
from app.sheets import TableKind
from app.web.doors import OrganiserPages
from app.web.downloads import TABLE, send_table

organisers = OrganiserPages("year", __name__, url_prefix="/organise/networks/<slug>/year")


@organisers.get("", needs=Need.READ)
@organisers.get("/<int:year>", needs=Need.READ)
def show_year(network: Network, year: int | None = None) -> str:
    return render_template(
        "reports/year.html",
        network=network,
        year=network_year.load_network_year(network, _checked(year or clock.today().year), rights.current_viewer()),
        years=network_year.years_of_network(network),
    )


@organisers.get(f"/<int:year>.{TABLE}", needs=Need.READ, shows=Shows.FIGURES)
def export_year(network: Network, year: int, ending: str) -> Response:
    found = network_year.load_network_year(network, _checked(year), rights.current_viewer())
    content = network_year.write_year_sheets(TableKind(ending), found)
    return send_table(content, ending, f"{network.slug}-{year}")


@organisers.post("/<int:year>/audience", needs=Need.ORGANISE)
def make_gap_audience(network: Network, year: int) -> ResponseReturnValue:
    """An audience of the municipalities that were not reached; it empties itself as they come."""
    made = network_year.ensure_gap_audience(network, _checked(year))
    db.session.commit()
    return redirect(url_for("audiences.edit_audience", slug=network.slug, audience_id=made.id), 303)


def _checked(year: int) -> int:
    return year if 2000 <= year <= 2100 else abort(404)
