"""The year page of a network: figures, the map of reach, an audience from the gap, the export."""

from flask import Blueprint, Response, abort, redirect, render_template, url_for

from app import clock
from app.accounts import rights, sessions
from app.accounts.rights import signed_in
from app.database import db
from app.reports import year as reporting
from app.web.organise import changeable_network, readable_network

blueprint = Blueprint("year", __name__, url_prefix="/organise/networks/<slug>/year")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("")
@blueprint.get("/<int:year>")
@signed_in
def page(slug: str, year: int | None = None):
    network = readable_network(slug)
    return render_template(
        "reports/year.html",
        network=network,
        year=reporting.of(network, _checked(year or clock.today().year), rights.viewer(sessions.current())),
        years=reporting.years(network),
    )


@blueprint.get("/<int:year>.xlsx")
@signed_in
def export(slug: str, year: int) -> Response:
    network = readable_network(slug)
    content = reporting.export(reporting.of(network, _checked(year), rights.viewer(sessions.current())))
    name = f"{slug}-{year}.xlsx"
    return Response(content, mimetype=_XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@blueprint.post("/<int:year>/audience")
@signed_in
def audience(slug: str, year: int):
    """An audience of the municipalities that were not reached; it empties itself as they come."""
    network = changeable_network(slug)
    made = reporting.audience_of_the_gap(network, _checked(year))
    db.session.commit()
    return redirect(url_for("audiences.edit", slug=slug, number=made.id), 303)


def _checked(year: int) -> int:
    return year if 2000 <= year <= 2100 else abort(404)
