"""The year page of a network: figures, the map of reach, an audience from the gap, the export."""

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from flask_babel import gettext

from app import clock
from app.accounts.rights import signed_in
from app.database import db
from app.network import queries as networks
from app.network.models import Audience, OrganisationKind
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
        year=reporting.of(network, _checked(year or clock.today().year)),
        years=reporting.years(network),
    )


@blueprint.get("/<int:year>.xlsx")
@signed_in
def export(slug: str, year: int) -> Response:
    network = readable_network(slug)
    content = reporting.export(reporting.of(network, _checked(year)))
    name = f"{slug}-{year}.xlsx"
    return Response(content, mimetype=_XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@blueprint.post("/<int:year>/audience")
@signed_in
def audience(slug: str, year: int):
    """An audience of the municipalities that were not reached; it empties itself as they come."""
    network = changeable_network(slug)
    name = gettext("Gemeenten die we in %(year)s nog niet zagen", year=_checked(year))
    made = networks.audience_by_name(network, name)
    if made is None:
        kinds = [OrganisationKind.MUNICIPALITY.value]
        made = Audience(network_id=network.id, name=name, kinds=kinds, regions=[], roles=[], unreached_in=year)
        db.session.add(made)
        db.session.commit()
    return redirect(url_for("audiences.edit", slug=slug, number=made.id), 303)


def _checked(year: int) -> int:
    return year if 2000 <= year <= 2100 else abort(404)
