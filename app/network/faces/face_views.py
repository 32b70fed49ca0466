"""The picture of a network and of a session: the pages where organisers choose it, and its files for everybody."""

from flask import Response, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.rights import Need
from app.database import only_reading
from app.events.models import Event
from app.network.faces import pictures
from app.network.faces.forms import FaceForm
from app.network.models import Network
from app.uploads.people_shown import PeopleShown
from app.web.acting import Act, acting
from app.web.doors import OrganiserPages, PublicPages

organisers = OrganiserPages("faces", __name__, url_prefix="/organise")
public = PublicPages("pictures", __name__)


@public.get("/pictures/<key>/<name>")
def show_picture(key: str, name: str) -> Response:
    """A file of a picture; who knows its address got it from a page or mail that shows it."""
    kind = pictures.FILES.get(name) or abort(404)
    response = Response(pictures.read_picture_file(key, name) or abort(404), mimetype=kind)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@organisers.route("/networks/<slug>/face", methods=["GET", "POST"], needs=Need.ORGANISE)
def choose_network_picture(network: Network) -> ResponseReturnValue:
    return _choose_picture(network, network)


@organisers.route("/events/<slug>/face", methods=["GET", "POST"], needs=Need.ORGANISE)
def choose_event_picture(event: Event) -> ResponseReturnValue:
    return _choose_picture(event, event.network, event)


@organisers.post("/networks/<slug>/face/delete", needs=Need.ORGANISE)
def take_network_picture_away(network: Network) -> ResponseReturnValue:
    return _take_away(network)


@organisers.post("/events/<slug>/face/delete", needs=Need.ORGANISE)
def take_event_picture_away(event: Event) -> ResponseReturnValue:
    return _take_away(event)


def _choose_picture(place: Network | Event, network: Network, event: Event | None = None) -> ResponseReturnValue:
    form = FaceForm(place.picture)
    if form.validate_on_submit():
        with acting(form) as act:
            _keep(place, form, act)
        if not act.refused:
            return redirect(request.path, 303)
    return render_template(
        "network/face.html", form=form, network=network, event=event, picture=place.picture
    ), 422 if form.errors else 200


def _keep(place: Network | Event, form: FaceForm, act: Act) -> None:
    alt, people_shown = form.alt.data or "", PeopleShown(form.people_shown.data)
    if place.picture and not form.picture.data:
        pictures.describe_picture(place.picture, alt, people_shown)
        act.say(gettext("Opgeslagen."))
        return
    pictures.refuse_unasked(people_shown)
    with only_reading():
        face = pictures.make_face(form.picture.data.read() if form.picture.data else b"")
    pictures.give_picture(place, face, alt, people_shown)
    if face.logo:
        act.say(gettext("Het logo is er. Het blijft heel, met wat ruimte eromheen."))
    else:
        act.say(gettext("De foto is er. Kijk of er goed op staat waar het om gaat."))


def _take_away(place: Network | Event) -> ResponseReturnValue:
    with acting() as act:
        pictures.take_picture_away(place)
        act.say(gettext("De afbeelding is weg."))
    return redirect(request.path.removesuffix("/delete"), 303)
