"""The members' part of a network: papers and recordings, who is who, whom to ask, and writing to somebody."""

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.directory import contacts, people_shown
from app.directory.forms import MessageForm
from app.directory.people_shown import Card
from app.materials import reading
from app.network.models import Network
from app.network.people.models import Person
from app.questions import questions
from app.web.acting import acting
from app.web.forms import clean_line
from app.web.network_members import NetworkMemberPages

members = NetworkMemberPages("members", __name__, url_prefix="/members/<slug>")


@members.get("")
def show_members(person: Person, network: Network) -> ResponseReturnValue:
    return render_template(
        "directory/members.html",
        network=network,
        shelf=reading.materials_of_members(network),
        people=people_shown.first_people(network),
        count=people_shown.count_people(network),
        others=people_shown.count_others(network),
        contacts=people_shown.has_contacts(network),
        questions=questions.latest_open(network),
        card=people_shown.own_card(network, person),
    )


@members.get("/people")
def list_people(person: Person, network: Network) -> ResponseReturnValue:
    sought = clean_line(request.args.get("q", ""))[:100]
    return render_template(
        "directory/people.html",
        network=network,
        sought=sought,
        page=people_shown.page_of_people(network, sought),
        others=0 if sought else people_shown.count_others(network),
        me=person,
    )


@members.get("/contacts")
def list_contacts(person: Person, network: Network) -> ResponseReturnValue:
    page = people_shown.page_of_contacts(network)
    return render_template("directory/contacts.html", network=network, page=page, me=person)


@members.get("/people/<int:listing_id>/picture")
def show_picture(person: Person, network: Network, listing_id: int) -> ResponseReturnValue:
    """For members alone, and kept by no cache: what is taken away is gone."""
    found = people_shown.read_picture(network, listing_id) or abort(404)
    return Response(found, mimetype="image/png" if found.startswith(b"\x89PNG") else "image/jpeg")


@members.route("/people/<int:listing_id>/write", methods=["GET", "POST"], limit="30/hour")
def write_to(person: Person, network: Network, listing_id: int) -> ResponseReturnValue:
    card = people_shown.find_card(network, listing_id) or abort(404)
    form = MessageForm()
    if form.validate_on_submit():
        with acting(form) as act:
            contacts.write_to(network, person, listing_id, form.text.data)
            act.say(_say_kept(card))
        if not act.refused:
            return redirect(url_for("members.list_people", slug=network.slug), 303)
    left = contacts.count_left(person)
    return render_template(
        "directory/write.html", network=network, card=card, form=form, left=left, mine=card.person_id == person.id
    ), 422 if form.errors else 200


def _say_kept(card: Card) -> str:
    """The same whether or not it goes on: else it would tell who blocked whom."""
    return gettext(
        "Je bericht is bewaard. We geven het door, tenzij %(name)s dat niet wil. Of er antwoord komt, kiest %(name)s zelf.",
        name=card.name,
    )
