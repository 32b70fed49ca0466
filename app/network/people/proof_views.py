"""Showing by mail that one is who a personal link belongs to, before it opens more than its mail was about."""

from operator import attrgetter

from flask import flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, refresh

from app.database import db
from app.network.people import proofs
from app.network.people.models import Person, ProofRequest
from app.web.doors import PersonalPages
from app.web.forms import CodeForm
from app.web.personal import PREFERENCES, Link, Proof
from app.web.way_back import address_on_this_site

personal = PersonalPages("proofs", __name__, link=PREFERENCES)
_PROOF = Link(proofs.proof_of_link, language=attrgetter("person.language"), unknown="network/proof_expired.html")


@personal.get("/preferences/mine/prove", needs=Proof.LINK)
@personal.get("/preferences/<token>/prove", needs=Proof.LINK)
def show_proof(person: Person) -> ResponseReturnValue:
    back = address_on_this_site(request.args.get("next"))
    return render_template("network/proof.html", person=person, address=proofs.address_to_prove(person), back=back)


@personal.post("/preferences/mine/prove", needs=Proof.LINK, limit="20/hour")
@personal.post("/preferences/<token>/prove", needs=Proof.LINK, limit="20/hour")
def ask_proof(person: Person) -> ResponseReturnValue:
    address = proofs.address_to_prove(person)
    if address is None:
        return render_template("network/proof.html", person=person, address=None, back=None), 422
    asked = proofs.ask_proof(person, address)
    db.session.commit()
    PREFERENCES.remember(person)
    session["proof"] = {"number": asked.id, "next": address_on_this_site(request.form.get("next"))}
    return redirect(url_for("proofs.show_code_form"), 303)


@personal.get("/preferences/mine/prove/code", needs=Proof.LINK)
def show_code_form(person: Person) -> ResponseReturnValue:
    if "proof" not in session:
        return redirect(url_for("proofs.show_proof"))
    return _render_code_form(person, CodeForm(formdata=None))


@personal.post("/preferences/mine/prove/code", needs=Proof.LINK, limit="60/hour")
def prove_by_code(person: Person) -> ResponseReturnValue:
    if "proof" not in session:
        return redirect(url_for("proofs.show_proof"), 303)
    form = CodeForm()
    proven = form.validate() and proofs.is_right_code(person, session["proof"]["number"], form.code.data)
    db.session.commit()
    if proven:
        return _let_in(person)
    if not form.errors:
        form.reject(
            "code",
            gettext("Deze code klopt niet of werkt niet meer. Druk op de knop in de mail, of vraag een nieuwe aan."),
        )
    return _render_code_form(person, form)


@personal.get("/proof/<token>", link=_PROOF)
def show_proof_link(asked: ProofRequest) -> ResponseReturnValue:
    """Shows a button; a mail scanner that opens the link changes nothing."""
    return render_template("network/proof_link.html", person=asked.person)


@personal.post("/proof/<token>", link=_PROOF)
def prove_by_link(asked: ProofRequest) -> ResponseReturnValue:
    if session.get("proof", {}).get("number") != asked.id:
        session.pop("proof", None)
    return _let_in(asked.person)


def _let_in(person: Person) -> ResponseReturnValue:
    """What was asked for, in the browser that asked; in another one somebody's own data."""
    back = session.pop("proof", {}).get("next")
    PREFERENCES.remember(person)
    PREFERENCES.note_proof(person)
    g.reader_language = person.language
    refresh()
    flash(gettext("Dank je. Je kunt nu een half uur bij je gegevens."), "ok")
    return redirect(back or url_for("own_data.show_own_data"), 303)


def _render_code_form(person: Person, form: CodeForm) -> ResponseReturnValue:
    address = proofs.address_to_prove(person)
    return render_template("network/proof_code.html", form=form, address=address), 422 if form.errors else 200
