"""Messages between members: read and answered on one's own pages; reported and stopped by the link in their mail too.

The link of a mail that was forwarded shows that one message, and answers nothing: whoever answers is signed in.
"""

from operator import attrgetter

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.database import db
from app.directory import contact_letters, contacts
from app.directory.forms import AnswerForm
from app.directory.models import Contact
from app.network.people.models import Person
from app.web.acting import acting
from app.web.doors import PersonalPages
from app.web.member_doors import MemberPages
from app.web.personal import Link, head_alone

members = MemberPages("messages", __name__, url_prefix="/me/messages")
personal = PersonalPages(
    "messages", __name__, link=Link(contacts.contact_of_link, language=attrgetter("recipient.language"))
)


@members.get("")
def list_messages(person: Person) -> ResponseReturnValue:
    return render_template(
        "directory/messages.html",
        received=contacts.list_received(person),
        written=contacts.list_written(person),
        blocks=contacts.list_blocks(person),
        sender_of=contacts.sender_of,
    )


@members.route("/<int:contact_id>", methods=["GET", "POST"], limit="30/hour")
def answer_message(person: Person, contact_id: int) -> ResponseReturnValue:
    contact = contacts.find_received(person, contact_id) or abort(404)
    form = AnswerForm(data={"shows_address": request.args.get("address") == "yes"})
    if form.validate_on_submit():
        with acting(form) as act:
            contacts.answer(contact, form.text.data, shows_address=form.shows_address.data)
            act.say(gettext("Je antwoord is onderweg."))
        if not act.refused:
            return redirect(url_for("messages.list_messages"), 303)
    return render_template(
        "directory/message.html", contact=contact, sender=contacts.sender_of(contact), form=form, person=person
    ), 422 if form.errors else 200


@members.post("/blocks/<int:block_id>/end")
def end_block(person: Person, block_id: int) -> ResponseReturnValue:
    if not contacts.end_block(person, block_id):
        abort(404)
    db.session.commit()
    flash(gettext("Deze persoon kan je weer schrijven."), "ok")
    return redirect(url_for("messages.list_messages"), 303)


@personal.get("/message/<token>")
def show_message(contact: Contact) -> ResponseReturnValue:
    return head_alone() or _render(contact)


@personal.post("/message/<token>", limit="30/hour")
def act_on_message(contact: Contact) -> ResponseReturnValue:
    with acting() as act:
        if request.form.get("act") == "report":
            contacts.report(contact)
            contact_letters.tell_team(contact.network)
            act.say(gettext("Gemeld. De organisatoren van het netwerk lezen dit bericht."))
        elif request.form.get("act") == "block":
            contacts.block(contact)
            act.say(gettext("%(name)s kan je niet meer schrijven, en leest dat nergens.", name=contact.sender.name))
    return redirect(url_for("messages.show_message", token=contacts.token_of(contact)), 303)


def _render(contact: Contact) -> ResponseReturnValue:
    return render_template(
        "directory/mailed.html",
        contact=contact,
        sender=contacts.sender_of(contact),
        blocked=contacts.is_blocked(contact.sender_id, by=contact.recipient_id),
        token=contacts.token_of(contact),
    )
