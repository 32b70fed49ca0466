"""The delivery board of an event: every mail with its state, one message whole, mailing again."""

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import clock
from app.accounts import audit, rights, sessions
from app.accounts.access_log import Shows
from app.accounts.models import Action
from app.accounts.rights import Need
from app.database import only_reading
from app.events.models import Event
from app.invitations import invitation_queries
from app.invitations.deliveries import delivery_board
from app.invitations.deliveries.delivery_board import MessageOrder
from app.invitations.deliveries.forms import CorrectionForm, read_message_filter, read_message_order
from app.network.people import address_proposals
from app.outbox import circuit_breaker, errands, mail_parts, message_states
from app.outbox.models import Message
from app.web import choosing
from app.web.acting import acting
from app.web.doors import OrganiserPages
from app.web.mail_frame import mail_frame

organisers = OrganiserPages("board", __name__, url_prefix="/organise/events/<slug>/mails")


def _load_message(event: Event, message_id: int) -> Message | None:
    return delivery_board.find_message(event, message_id, rights.current_viewer())


@organisers.get("", needs=Need.PEOPLE, shows=Shows.PEOPLE)
def show_delivery_board(event: Event) -> str:
    sought, order, viewer = read_message_filter(), read_message_order(), rights.current_viewer()
    counts = delivery_board.count_by_state(event, sought, viewer)
    page = delivery_board.page_of_messages(event, sought, viewer, order)
    return render_template(
        "invitations/board_list.html" if request.headers.get("HX-Request") else "invitations/board.html",
        event=event,
        sought=sought,
        counts=counts,
        moving=any(state in counts for state in message_states.OPEN),
        page=page,
        order=order,
        orders=list(MessageOrder),
        shown=choosing.show_list(page, [message.id for message in page.items], *choosing.OF_MAILS),
        kinds=delivery_board.kinds_of_mail(event, viewer),
        waves=invitation_queries.waves_of_event(event),
        lost=sum(counts.get(state, 0) for state in message_states.LOST),
        circuit=circuit_breaker.load_circuit(),
        now=clock.now(),
        under_way=errands.is_any_left(event.id),
    )


@organisers.get("/<int:message_id>", needs=Need.PEOPLE, subject=_load_message)
def show_event_message(event: Event, row: Message) -> ResponseReturnValue:
    return _render_message(event, row)


def _render_message(event: Event, message: Message, form: CorrectionForm | None = None) -> ResponseReturnValue:
    with only_reading():
        body = message.body
        parts = mail_parts.read_mail_parts(body) if body else None
    return render_template(
        "invitations/message.html",
        event=event,
        message=message,
        steps=delivery_board.steps_with_accounts(message),
        again=delivery_board.repeated_by(message),
        can_repeat=delivery_board.can_repeat(message),
        form=form or CorrectionForm(formdata=None, data={"address": message.recipient}),
        parts=parts,
    ), 422 if form else 200


@organisers.get("/<int:message_id>/html", needs=Need.ORGANISE, subject=_load_message)
def show_event_message_html(event: Event, row: Message) -> Response:
    body = row.body
    return mail_frame(mail_parts.read_mail_parts(body).html) if body else abort(404)


@organisers.post("/<int:message_id>/again", needs=Need.ORGANISE, subject=_load_message)
def mail_again(event: Event, lost: Message) -> ResponseReturnValue:
    """Mail it again, to the address that the organiser corrected."""
    form = CorrectionForm()
    if not form.validate_on_submit():
        return _render_message(event, lost, form)
    again = None
    with acting(form) as act:
        again = delivery_board.repeat_message(lost, form.address.data, rights.current_viewer(), sessions.account())
        if again is None:
            act.say(address_proposals.say_asked(lost.person), "warning")
            act.say(gettext("Verstuur de mail daarna opnieuw."), "warning")
        else:
            audit.note_in_audit_log(Action.RESENT, event)
            act.say(gettext("Het adres is verbeterd en de mail is opnieuw onderweg."))
    if form.errors:
        return _render_message(event, lost, form)
    return redirect(url_for("board.show_event_message", slug=event.slug, message_id=(again or lost).id), 303)
