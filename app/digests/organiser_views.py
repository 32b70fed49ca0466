"""The digest for organisers: their word, how far the last ones are, and how it looks for somebody."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import selectinload

from app.accounts import rights, sessions
from app.accounts.rights import Need
from app.database import db
from app.digests import editions, letters, selection, words
from app.digests.forms import WordForm
from app.digests.models import Word
from app.network import listing
from app.network.listing import PeopleFilter
from app.network.models import Network, Person
from app.web.doors import OrganiserPages, row_of
from app.web.mail_frame import mail_frame

organisers = OrganiserPages("digest", __name__, url_prefix="/organise/networks/<slug>/digest")


def _person(network: Network, number: int) -> Person | None:
    options = [selectinload(Person.memberships), selectinload(Person.addresses)]
    person = db.session.get(Person, number, options=options)
    return person if person and any(each.network_id == network.id for each in person.memberships) else None


@organisers.route("", methods=["GET", "POST"], needs=Need.ORGANISE)
def page(network: Network):
    form = WordForm()
    if form.validate_on_submit() and form.until.data:
        words.say(network, form.text.data, form.until.data)
        db.session.commit()
        flash(gettext("Je bericht staat in de volgende nieuwsoverzichten."), "ok")
        return redirect(url_for("digest.page", slug=network.slug), 303)
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


@organisers.post("/words/<int:number>/remove", needs=Need.ORGANISE, subject=row_of(Word))
def remove(network: Network, word: Word):
    words.withdraw(word)
    db.session.commit()
    flash(gettext("Je bericht is weg uit de volgende nieuwsoverzichten."), "ok")
    return redirect(url_for("digest.page", slug=network.slug), 303)


@organisers.get("/preview/<int:number>", needs=Need.ORGANISE, subject=_person)
def preview(network: Network, person: Person):
    digest = _digest(person)
    mail = letters.write(digest) if digest.sections and person.email else None
    return render_template("digests/preview.html", network=network, person=person, mail=mail)


@organisers.get("/preview/<int:number>/html", needs=Need.ORGANISE, subject=_person)
def preview_html(network: Network, person: Person):
    digest = _digest(person)
    if not digest.sections:
        abort(404)
    return mail_frame(letters.write(digest).letter.html)


def _digest(person: Person) -> selection.Digest:
    """What this person would get now, of the networks that this account may see."""
    account = sessions.account()
    digest = selection.for_people([person])[person.id]
    digest.sections = [each for each in digest.sections if rights.may_read(account, each.network.id)]
    digest.commitments = [each for each in digest.commitments if rights.may_read(account, each.network_id)]
    return digest
