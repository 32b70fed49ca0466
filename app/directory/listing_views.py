"""What somebody shows in who is who of a network: chosen, seen as others see it, and taken away, by themselves alone."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.database import only_reading
from app.directory import consents, listings, people_shown
from app.directory.forms import ListingForm, PictureForm
from app.network.models import Network
from app.network.people.models import Person
from app.web.acting import acting
from app.web.network_members import NetworkMemberPages

members = NetworkMemberPages("listing", __name__, url_prefix="/members/<slug>/listing")


@members.route("", methods=["GET", "POST"])
def edit_listing(person: Person, network: Network) -> ResponseReturnValue:
    form = _listing_form(person, network)
    if form.validate_on_submit():
        with acting(form) as act:
            listings.keep_listing(person, network, form.wanted, form.knows.data or "", form.seeks.data or "")
            if form.name.data:
                act.say(gettext("Opgeslagen. Hieronder zie je hoe leden van dit netwerk je zien."))
            else:
                act.say(gettext("Je staat niet in de lijst. Wat je erbij schreef, is gewist."))
        if not act.refused:
            return _back(network)
    return _render(person, network, form=form)


@members.post("/withdraw")
def withdraw_listing(person: Person, network: Network) -> ResponseReturnValue:
    with acting() as act:
        listings.withdraw_listing(person, network)
        act.say(gettext("Je staat niet meer in de lijst. Wat je erbij schreef en je foto zijn gewist."))
    return _back(network)


@members.post("/picture", limit="30/hour")
def give_picture(person: Person, network: Network) -> ResponseReturnValue:
    form = PictureForm()
    if form.validate_on_submit():
        with acting(form) as act:
            with only_reading():
                sent = form.picture.data.read(listings.MOST_BYTES + 1) if form.picture.data else b""
                picture = listings.make_picture(sent)
            listings.show_picture(person, network, picture)
            act.say(gettext("Je foto is er."))
        if not act.refused:
            return _back(network)
    return _render(person, network, picture=form)


@members.post("/picture/delete")
def take_picture_away(person: Person, network: Network) -> ResponseReturnValue:
    with acting() as act:
        listings.take_picture_away(person, network)
        act.say(gettext("Je foto is weg."))
    return _back(network)


def _render(
    person: Person, network: Network, *, form: ListingForm | None = None, picture: PictureForm | None = None
) -> ResponseReturnValue:
    sent = picture or form
    return render_template(
        "directory/listing.html",
        network=network,
        person=person,
        form=form or _listing_form(person, network, formdata=None),
        picture=picture or PictureForm(formdata=None),
        wrong=sent,
        card=people_shown.own_card(network, person),
    ), 422 if sent and sent.errors else 200


def _listing_form(person: Person, network: Network, **options: object) -> ListingForm:
    shows, listing = consents.shown_in(person, network), listings.find_listing(person, network)
    contact = people_shown.is_contact_person(person)
    return ListingForm(shows, listing, contact=contact, **options).of(f"listing {network.id} {person.id}")


def _back(network: Network) -> ResponseReturnValue:
    return redirect(url_for("listing.edit_listing", slug=network.slug), 303)
