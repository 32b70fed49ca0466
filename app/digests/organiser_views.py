"""The digest for organisers: their word, how far the last ones are, and how it looks for somebody."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import rights, sessions
from app.accounts.rights import Need
from app.database import db
from app.digests import digest_letters, digest_selection, editions, organiser_words
from app.digests.forms import OrganiserWordForm
from app.digests.models import OrganiserWord
from app.network import network_queries
from app.network.models import Network
from app.network.people import people_list
from app.network.people.models import Person
from app.network.people.people_list import PeopleFilter
from app.web.doors import OrganiserPages, row_of
from app.web.mail_frame import mail_frame

organisers = OrganiserPages("digest", __name__, url_prefix="/organise/networks/<slug>/digest")


def _load_member(network: Network, person_id: int) -> Person | None:
    return network_queries.find_person_in_network(network, person_id, rights.current_viewer())


@organisers.route("", methods=["GET", "POST"], needs=Need.ORGANISE)
def show_digest_page(network: Network) -> ResponseReturnValue:
    form = OrganiserWordForm()
    if form.validate_on_submit() and form.until.data:
        organiser_words.add_organiser_word(network, form.text.data, form.until.data)
        db.session.commit()
        flash(gettext("Je bericht staat in de volgende nieuwsoverzichten."), "ok")
        return redirect(url_for("digest.show_digest_page", slug=network.slug), 303)
    text = request.args.get("q", "").strip()
    return render_template(
        "digests/desk.html",
        network=network,
        form=form,
        word=organiser_words.current_organiser_words().get(network.id),
        editions=editions.latest_editions(),
        text=text,
        people=people_list.page_of_members(network, PeopleFilter(text=text), rights.current_viewer()).items[:10]
        if text
        else [],
    ), 422 if form.errors else 200


@organisers.post("/words/<int:organiser_word_id>/remove", needs=Need.ORGANISE, subject=row_of(OrganiserWord))
def withdraw_organiser_word(network: Network, word: OrganiserWord) -> ResponseReturnValue:
    organiser_words.withdraw_organiser_word(word)
    db.session.commit()
    flash(gettext("Je bericht is weg uit de volgende nieuwsoverzichten."), "ok")
    return redirect(url_for("digest.show_digest_page", slug=network.slug), 303)


@organisers.get("/preview/<int:person_id>", needs=Need.ORGANISE, subject=_load_member)
def preview_digest(network: Network, person: Person) -> str:
    digest = _digest_of_person(person)
    mail = digest_letters.write_digest(digest) if digest.sections and person.email else None
    return render_template("digests/preview.html", network=network, person=person, mail=mail)


@organisers.get("/preview/<int:person_id>/html", needs=Need.ORGANISE, subject=_load_member)
def preview_digest_html(network: Network, person: Person) -> ResponseReturnValue:
    digest = _digest_of_person(person)
    if not digest.sections:
        abort(404)
    return mail_frame(digest_letters.write_digest(digest).letter.html)


def _digest_of_person(person: Person) -> digest_selection.Digest:
    """What this person would get now, of the networks that this account may see."""
    account = sessions.account()
    digest = digest_selection.gather_digests([person])[person.id]
    digest.sections = [each for each in digest.sections if rights.may_read(account, each.network.id)]
    digest.commitments = [each for each in digest.commitments if rights.may_read(account, each.network_id)]
    digest.uses = [each for each in digest.uses if rights.may_read(account, each.impression.network_id)]
    return digest
