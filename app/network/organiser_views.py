"""Organisers' pages of a network: its home, people, organisations and settings."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app import clock
from app.accounts import sessions
from app.accounts.rights import admin_only, signed_in
from app.database import db
from app.events import queries as events
from app.invitations import queries as invitations
from app.network import listing, memberships, organisations, people
from app.network import queries as networks
from app.network.forms import NetworkForm, NewNetworkForm, OrganisationForm, PersonForm, PositionEndForm
from app.network.listing import PeopleFilter
from app.network.models import Network, NetworkColour, Organisation, OrganisationKind, Person, Position
from app.web.forms import Form
from app.web.organise import changeable_network, readable_network

blueprint = Blueprint("network", __name__, url_prefix="/organise")
_PLAIN = ("name", "letters", "summary", "description", "contact_name", "contact_address", "quiet_hours", "paced")


@blueprint.get("/networks/<slug>")
@signed_in
def home(slug: str):
    network = readable_network(slug)
    return render_template(
        "network/home.html", network=network, events=events.of_network(network), figures=networks.figures(network)
    )


@blueprint.route("/networks/new", methods=["GET", "POST"])
@admin_only
def create():
    form = NewNetworkForm()
    if form.validate_on_submit():
        if networks.by_slug(form.slug.data):
            form.reject("slug", gettext("Dit webadres is al van een ander netwerk."))
        elif networks.by_name(form.name.data):
            form.reject("name", gettext("Er is al een netwerk met deze naam."))
        else:
            network = Network(slug=form.slug.data)
            _fill(network, form)
            db.session.add(network)
            db.session.commit()
            flash(gettext("Het netwerk is er. Voeg nu mensen toe, of geef collega’s toegang."), "ok")
            return redirect(url_for("network.home", slug=network.slug), 303)
    return render_template("network/settings.html", form=form, network=None), 422 if form.errors else 200


@blueprint.route("/networks/<slug>/settings", methods=["GET", "POST"])
@signed_in
def settings(slug: str):
    network = changeable_network(slug)
    form = NetworkForm(obj=network)
    if form.validate_on_submit():
        other = networks.by_name(form.name.data)
        if other and other.id != network.id:
            form.reject("name", gettext("Er is al een netwerk met deze naam."))
        else:
            _fill(network, form)
            db.session.commit()
            flash(gettext("Opgeslagen."), "ok")
            return redirect(url_for("network.home", slug=slug), 303)
    return render_template("network/settings.html", form=form, network=network), 422 if form.errors else 200


def _fill(network: Network, form: NetworkForm) -> None:
    for name in _PLAIN:
        setattr(network, name, form[name].data)
    network.colour = NetworkColour(form.colour.data)


@blueprint.get("/networks/<slug>/people")
@signed_in
def list_people(slug: str):
    network = readable_network(slug)
    regions = organisations.regions()
    sought = PeopleFilter(
        text=request.args.get("q", "").strip(),
        kind=_one_of(request.args.get("kind"), list(OrganisationKind)),
        region=_one_of(request.args.get("region"), regions),
        role=request.args.get("role", ""),
    )
    return render_template(
        "network/people.html",
        network=network,
        sought=sought,
        page=listing.people_of(network, sought),
        roles=networks.roles(),
        regions=regions,
        kinds=list(OrganisationKind),
    )


def _one_of(value: str | None, allowed: list) -> str:
    return value if value in allowed else ""


@blueprint.route("/networks/<slug>/people/new", methods=["GET", "POST"])
@signed_in
def add_person(slug: str):
    network = changeable_network(slug)
    form = PersonForm(networks.roles())
    if form.validate_on_submit():
        known = people.by_address(form.address.data)
        person = known or people.add(
            form.name.data, form.address.data, call_name=form.call_name.data, language=form.language.data
        )
        db.session.flush()
        if not known:
            _place(person, form)
        memberships.join(person.id, network.id)
        db.session.commit()
        flash(
            gettext("%(name)s was al bekend en is nu lid van dit netwerk.", name=person.name)
            if known
            else gettext("%(name)s is toegevoegd.", name=person.name),
            "ok",
        )
        return redirect(url_for("network.person", slug=slug, number=person.id), 303)
    return render_template(
        "network/person_form.html", form=form, network=network, person=None
    ), 422 if form.errors else 200


@blueprint.get("/networks/<slug>/people/<int:number>")
@signed_in
def person(slug: str, number: int):
    network = readable_network(slug)
    row = _member(network, number)
    return render_template(
        "network/person.html",
        network=network,
        person=row,
        today=clock.today(),
        taken_part=invitations.of_person(row, network),
    )


@blueprint.route("/networks/<slug>/people/<int:number>/erase", methods=["GET", "POST"])
@admin_only
def erase(slug: str, number: int):
    """For who asks to be forgotten; there is no way back, so the page says first what goes and what stays."""
    network = readable_network(slug)
    row = _member(network, number)
    form = Form()
    if form.validate_on_submit():
        people.erase(row)
        db.session.commit()
        flash(gettext("De gegevens zijn gewist. Alleen dat er iemand was, telt nog mee."), "ok")
        return redirect(url_for("network.list_people", slug=slug), 303)
    return render_template("network/erase.html", network=network, person=row)


@blueprint.route("/networks/<slug>/people/<int:number>/edit", methods=["GET", "POST"])
@signed_in
def edit_person(slug: str, number: int):
    network = changeable_network(slug)
    row = _member(network, number)
    form = PersonForm(
        networks.roles(),
        data={"name": row.name, "call_name": row.call_name, "address": row.email, "language": row.language.value},
    )
    if form.validate_on_submit():
        owner = people.by_address(form.address.data)
        if owner and owner.id != row.id:
            form.reject("address", gettext("Dit adres hoort bij %(name)s.", name=owner.name))
        else:
            people.rename(row, form.name.data, form.call_name.data)
            people.set_address(row, form.address.data)
            row.language = form.language.data
            _place(row, form)
            db.session.commit()
            flash(gettext("Opgeslagen."), "ok")
            return redirect(url_for("network.person", slug=slug, number=number), 303)
    return render_template(
        "network/person_form.html", form=form, network=network, person=row
    ), 422 if form.errors else 200


@blueprint.post("/networks/<slug>/people/<int:number>/positions/<int:position>/end")
@signed_in
def end_position(slug: str, number: int, position: int):
    network = changeable_network(slug)
    row = _member(network, number)
    held = db.session.get(Position, position)
    if held is None or held.person_id != row.id:
        abort(404)
    form = PositionEndForm()
    if form.validate() and not (held.starts_on and form.ends_on.data < held.starts_on):
        held.ends_on = form.ends_on.data
        db.session.commit()
        flash(gettext("De functie eindigt op die dag."), "ok")
    else:
        flash(gettext("Kies een einddatum na de begindatum."), "error")
    return redirect(url_for("network.person", slug=slug, number=number), 303)


@blueprint.post("/networks/<slug>/people/<int:number>/leave")
@signed_in
def leave(slug: str, number: int):
    network = changeable_network(slug)
    row = _member(network, number)
    membership = next((each for each in row.memberships if each.network_id == network.id), None) or abort(404)
    memberships.leave(membership)
    db.session.commit()
    flash(gettext("%(name)s is geen lid meer van dit netwerk. Aanmeldingen blijven staan.", name=row.name), "ok")
    return redirect(url_for("network.person", slug=slug, number=number), 303)


@blueprint.post("/networks/<slug>/people/<int:number>/join")
@signed_in
def rejoin(slug: str, number: int):
    network = changeable_network(slug)
    row = _member(network, number)
    memberships.join(row.id, network.id)
    db.session.commit()
    flash(gettext("%(name)s is weer lid van dit netwerk.", name=row.name), "ok")
    return redirect(url_for("network.person", slug=slug, number=number), 303)


def _member(network: Network, number: int) -> Person:
    """Somebody who is or was in this network, or was invited by it; 404 for others."""
    return networks.person_of(network, number) or abort(404)


def _place(person: Person, form: PersonForm) -> None:
    if form.organisation.data:
        role = next((role for role in networks.roles() if role.code == form.role.data), None)
        people.place_at(
            person,
            organisations.get(int(form.organisation.data)),
            role,
            form.title.data or "",
            starts_on=form.starts_on.data,
        )


@blueprint.get("/organisations")
@signed_in
def list_organisations():
    return render_template(
        "network/organisations.html",
        organisations=networks.organisations_with_people(sessions.current()),
        form=OrganisationForm(formdata=None),
    )


@blueprint.post("/organisations")
@signed_in
def add_organisation():
    form = OrganisationForm()
    if form.validate():
        if organisations.Finder().organisation(form.name.data):
            form.reject("name", gettext("Deze organisatie is er al."))
        else:
            db.session.add(
                Organisation(
                    name=form.name.data, kind=OrganisationKind(form.kind.data), region=form.region.data or None
                )
            )
            db.session.commit()
            flash(gettext("%(name)s is toegevoegd.", name=form.name.data), "ok")
            return redirect(url_for("network.list_organisations"), 303)
    return render_template(
        "network/organisations.html", organisations=networks.organisations_with_people(sessions.current()), form=form
    ), 422
