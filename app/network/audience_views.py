"""Audiences: made from kinds of organisation, regions and roles, with a live count."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app.accounts.rights import signed_in
from app.database import db
from app.network import audiences
from app.network import queries as networks
from app.network.audiences import Criteria
from app.network.forms import AudienceForm
from app.network.models import Audience, Network
from app.web.organise import changeable_network, readable_network

blueprint = Blueprint("audiences", __name__, url_prefix="/organise/networks/<slug>/audiences")


@blueprint.get("")
@signed_in
def index(slug: str):
    network = readable_network(slug)
    return render_template("network/audiences.html", network=network, audiences=networks.audiences(network))


@blueprint.get("/count")
@signed_in
def count(slug: str):
    """The number of people a form that is being filled in would give; a piece of a page for htmx."""
    network = readable_network(slug)
    form = AudienceForm(networks.roles(), formdata=request.args)
    return render_template("network/reach.html", reach=audiences.reach(_criteria(network, form)))


@blueprint.route("/new", methods=["GET", "POST"])
@blueprint.route("/<int:number>", methods=["GET", "POST"])
@signed_in
def edit(slug: str, number: int | None = None):
    network = changeable_network(slug)
    audience = _own(network, number) if number else None
    form = AudienceForm(networks.roles(), obj=audience)
    back = request.args.get("back", "")
    if "count" not in request.form and form.validate_on_submit():
        double = networks.audience_by_name(network, form.name.data)
        if double and double is not audience:
            form.reject("name", gettext("Er is al een doelgroep met deze naam."))
        else:
            audience = audience or Audience(network_id=network.id)
            audience.name, audience.kinds, audience.regions, audience.roles = (
                form.name.data,
                form.kinds.data,
                form.regions.data,
                form.roles.data,
            )
            audience.unreached_in = form.unreached_in.data
            db.session.add(audience)
            db.session.commit()
            flash(gettext("De doelgroep ‘%(name)s’ is bewaard.", name=audience.name), "ok")
            return redirect(back if back.startswith("/organise/") else url_for("audiences.index", slug=slug), 303)
    return render_template(
        "network/audience.html",
        network=network,
        form=form,
        audience=audience,
        reach=audiences.reach(_criteria(network, form)),
    ), 422 if form.errors else 200


def _criteria(network: Network, form: AudienceForm) -> Criteria:
    return Criteria(
        network.id, form.kinds.data or (), form.regions.data or (), form.roles.data or (), form.unreached_in.data
    )


def _own(network: Network, number: int) -> Audience:
    audience = db.session.get(Audience, number)
    if audience is None or audience.network_id != network.id:
        abort(404)
    return audience
