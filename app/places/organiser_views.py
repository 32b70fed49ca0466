"""The book of places, for every organiser."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.rights import Need
from app.database import db
from app.events import place_use
from app.places import places
from app.places.forms import PlaceForm
from app.places.models import Place
from app.web import undo
from app.web.acting import acting
from app.web.doors import OrganiserPages

organisers = OrganiserPages("places", __name__, url_prefix="/organise/places")


@organisers.get("", needs=Need.ORGANISER)
def list_places() -> str:
    return render_template("places/places.html", places=places.list_places(), uses=place_use.count_uses())


@organisers.route("/new", methods=["GET", "POST"], needs=Need.ORGANISER)
def add_place() -> ResponseReturnValue:
    form = PlaceForm()
    if form.validate_on_submit():
        with acting(form) as act:
            places.add_place(form.details(), form.rooms_read)
            act.say(gettext("Opgeslagen."))
        if not act.refused:
            return redirect(url_for("places.list_places"), 303)
    return render_template("places/form.html", form=form, place=None), 422 if form.errors else 200


@organisers.route("/<int:place_id>", methods=["GET", "POST"], needs=Need.ORGANISER)
def edit_place(place_id: int) -> ResponseReturnValue:
    place = db.session.get(Place, place_id) or abort(404)
    form = PlaceForm(place).of(place)
    if form.validate_on_submit():
        with acting(form) as act:
            places.change_place(place, form.details(), form.rooms_read)
            act.say(gettext("Opgeslagen."))
        if not act.refused:
            return redirect(url_for("places.list_places"), 303)
    return render_template("places/form.html", form=form, place=place), 422 if form.errors else 200


@organisers.post("/<int:place_id>/remove", needs=Need.ORGANISER)
def remove_place(place_id: int) -> ResponseReturnValue:
    place = db.session.get(Place, place_id) or abort(404)
    places.remove_place(place)
    db.session.commit()
    undo.offer_undo_of_change(place.name, url_for("places.list_places"))
    return redirect(url_for("places.list_places"), 303)
