"""The digest for organisers: their word, how far the last ones are, and how it looks for somebody."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import selectinload

from app.accounts import rights, sessions
from app.accounts.rights import signed_in
from app.database import db
from app.digests import editions, letters, selection, words
from app.digests.forms import WordForm
from app.digests.models import Word
from app.network import listing
from app.network.listing import PeopleFilter
from app.network.models import Network, Person
from app.web.mail_frame import mail_frame
from app.web.organise import changeable_network

blueprint = Blueprint("digest", __name__, url_prefix="/organise/networks/<slug>/digest")


@blueprint.route("", methods=["GET", "POST"])
@signed_in
def page(slug: str):
    network = changeable_network(slug)
    form = WordForm()
    if form.validate_on_submit():
        words.say(network, form.text.data, form.until.data)
        db.session.commit()
        flash(gettext("Je bericht staat in de volgende nieuwsoverzichten."), "ok")
        return redirect(url_for("digest.page", slug=slug), 303)
    text = request.args.get("q", "").strip()
    return render_template(
        "digests/desk.html",
        network=network,
        form=form,
        word=words.current().get(network.id),
        editions=editions.latest(),
        text=text,
        people=listing.people_of(network, PeopleFilter(text=text)).items[:10] if text else [],
    ), 422 if form.errors else 200


@blueprint.post("/words/<int:number>/remove")
@signed_in
def remove(slug: str, number: int):
    network = changeable_network(slug)
    word = db.session.get(Word, number)
    if word is None or word.network_id != network.id:
        abort(404)
    words.withdraw(word)
    db.session.commit()
    flash(gettext("Je bericht is weg uit de volgende nieuwsoverzichten."), "ok")
    return redirect(url_for("digest.page", slug=slug), 303)


@blueprint.get("/preview/<int:number>")
@signed_in
def preview(slug: str, number: int):
    network = changeable_network(slug)
    person = _person(network, number)
    digest = _digest(person)
    mail = letters.write(digest) if digest.sections and person.email else None
    return render_template("digests/preview.html", network=network, person=person, mail=mail)


@blueprint.get("/preview/<int:number>/html")
@signed_in
def preview_html(slug: str, number: int):
    digest = _digest(_person(changeable_network(slug), number))
    if not digest.sections:
        abort(404)
    return mail_frame(letters.write(digest).letter.html)


def _digest(person: Person) -> selection.Digest:
    """What this person would get now, of the networks that this account may see."""
    account = sessions.current()
    digest = selection.for_people([person])[person.id]
    digest.sections = [each for each in digest.sections if rights.may_read(account, each.network.id)]
    digest.commitments = [each for each in digest.commitments if rights.may_read(account, each.network_id)]
    return digest


def _person(network: Network, number: int) -> Person:
    options = [selectinload(Person.memberships), selectinload(Person.addresses)]
    person = db.session.get(Person, number, options=options)
    if person is None or all(each.network_id != network.id for each in person.memberships):
        abort(404)
    return person
