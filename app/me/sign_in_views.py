"""Signing in on one's own pages by mail, and showing anew who one is. GET signs nobody in."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, refresh

from app import wording
from app.database import db
from app.me import sessions, sign_ins
from app.me.forms import CodeElsewhereForm, KeepForm, OwnCodeForm, OwnSignInForm, is_to_be_kept, say_wrong_code
from app.network.people.models import Person, PersonSignIn
from app.rows import read_row_number
from app.web import own_sign_in
from app.web.doors import PersonalPages, PublicPages
from app.web.member_doors import MemberPages
from app.web.personal import Link, head_alone
from app.web.way_back import address_on_this_site

public = PublicPages("me", __name__, url_prefix="/me", private=True)
personal = PersonalPages(
    "me", __name__, url_prefix="/me", link=Link(sign_ins.request_of_link, unknown="me/expired.html")
)
members = MemberPages("me", __name__, url_prefix="/me")


@public.get("/sign-in")
def show_sign_in() -> ResponseReturnValue:
    """For whoever is signed in, the page to show anew that it is them."""
    back, person = address_on_this_site(request.args.get("next")), sessions.signed_in_person()
    if person and (back is None or sessions.is_fresh()):
        return redirect(back or url_for("me.show_own_page"), 303)
    if person:
        return _render_anew(person, back)
    return render_template("me/sign_in.html", form=OwnSignInForm(formdata=None), back=back)


@public.post("/sign-in", limit="60/hour")
def ask_sign_in() -> ResponseReturnValue:
    """Mail a link and a code; the page after it is the same for every address."""
    back, person = address_on_this_site(request.form.get("next")), sessions.signed_in_person()
    if person and request.form.get("again"):
        address = sign_ins.address_that_works(person)
        if address is None:
            return _render_anew(person, back, 422)
        return own_sign_in.go_to_code(sign_ins.ask_of(person, address), wording.mask_address(address.address), back)
    form = OwnSignInForm()
    if not form.validate():
        return render_template("me/sign_in.html", form=form, back=back), 422
    return own_sign_in.go_to_code(sign_ins.ask_at(form.address.data), form.address.data, back)


@public.get("/sign-in/code")
def show_code_form() -> ResponseReturnValue:
    asked = own_sign_in.asked()
    form = (OwnCodeForm if asked else CodeElsewhereForm)(formdata=None)
    return render_template("me/code.html", form=form, asked=asked)


@public.post("/sign-in/code", limit="120/hour")
def sign_in_by_code() -> ResponseReturnValue:
    """Where the mail was asked for; in any other browser with the address."""
    asked = None if "address" in request.form else own_sign_in.asked()
    form = OwnCodeForm() if asked else CodeElsewhereForm()
    if form.validate():
        digest = asked["digest"] if asked else sign_ins.digest_of_address(form["address"].data)
        found = sign_ins.request_of_code(digest, form["code"].data)
        db.session.commit()
        if found:
            return _enter(found, form)
        form.reject("code", say_wrong_code())
    return render_template("me/code.html", form=form, asked=asked), 422


@personal.get("/sign-in/<token>")
def show_sign_in_link(found: PersonSignIn) -> ResponseReturnValue:
    """Shows a button for each who is behind the mailbox; a mail scanner that opens the link changes nothing."""
    if answer := head_alone():
        return answer
    people = sign_ins.people_of(found)
    if len(people) == 1:
        g.reader_language = people[0].language
    return render_template("me/link.html", people=people, form=KeepForm(formdata=None))


@personal.post("/sign-in/<token>")
def sign_in_by_link(found: PersonSignIn) -> ResponseReturnValue:
    chosen = read_row_number(request.form.get("person", "")) or 0
    person = next((each for each in sign_ins.people_of(found) if each.id == chosen), None) or abort(404)
    return _let_in(person, is_to_be_kept(KeepForm()))


@members.post("/sign-out")
def sign_out(person: Person) -> ResponseReturnValue:
    sessions.sign_out()
    db.session.commit()
    flash(gettext("Je bent uitgelogd."), "ok")
    return redirect(url_for("home.show_agenda"), 303)


def _enter(found: PersonSignIn, form: OwnCodeForm | CodeElsewhereForm) -> ResponseReturnValue:
    """Of a mailbox with several people behind it, the page on which one says who one is."""
    people = sign_ins.people_of(found)
    if len(people) > 1:
        return redirect(sign_ins.link_of_request(found), 303)
    return _let_in(people[0], is_to_be_kept(form))


def _let_in(person: Person, kept: bool) -> ResponseReturnValue:
    back = own_sign_in.take_way_back()
    sessions.start_session(person, kept=kept)
    db.session.commit()
    g.reader_language = person.language
    refresh()
    return redirect(back or url_for("me.show_own_page"), 303)


def _render_anew(person: Person, back: str | None, status: int = 200) -> ResponseReturnValue:
    g.reader_language = person.language
    address = sign_ins.address_that_works(person)
    return render_template("me/anew.html", person=person, address=address, back=back), status
