"""The delivery board of an event: every mail with its state, one message whole, mailing again, the list as a file."""

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app import clock
from app.accounts import audit
from app.accounts.models import Action
from app.accounts.rights import Need
from app.database import db
from app.events.models import Event
from app.invitations import board, board_export, queries
from app.invitations.board import AddressTaken, NothingToRepeat, Sought
from app.invitations.forms import CorrectionForm
from app.outbox import circuit, reading, states
from app.outbox.models import Message
from app.web.doors import OrganiserPages
from app.web.mail_frame import mail_frame

organisers = OrganiserPages("board", __name__, url_prefix="/organise/events/<slug>/mails")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@organisers.get("", needs=Need.PEOPLE)
def page(event: Event):
    sought = _sought()
    counts = board.counts(event, sought)
    return render_template(
        "invitations/board_list.html" if request.headers.get("HX-Request") else "invitations/board.html",
        event=event,
        sought=sought,
        counts=counts,
        moving=any(state in counts for state in states.OPEN),
        page=board.page(event, sought),
        kinds=board.kinds(event),
        waves=queries.waves(event),
        lost=sum(counts.get(state, 0) for state in states.LOST),
        circuit=circuit.look(),
        now=clock.now(),
    )


def _sought() -> Sought:
    wave = request.args.get("wave", "")
    return Sought(
        text=request.args.get("q", "").strip(),
        kind=request.args.get("kind", ""),
        state=request.args.get("state", ""),
        wave=int(wave) if wave.isdigit() else None,
    )


@organisers.post("/export.xlsx", needs=Need.ORGANISE)
def export(event: Event) -> Response:
    """The list as it is narrowed down now; the audit log keeps who took it out."""
    content = board_export.sheet(board.everything(event, _sought()))
    audit.note(Action.EXPORTED, event)
    db.session.commit()
    return Response(
        content, mimetype=_XLSX, headers={"Content-Disposition": f'attachment; filename="{event.slug}-mails.xlsx"'}
    )


@organisers.get("/<int:number>", needs=Need.PEOPLE, subject=board.find)
def message(event: Event, row: Message):
    return _message(event, row)


def _message(event: Event, message: Message, form: CorrectionForm | None = None):
    body = message.body
    return render_template(
        "invitations/message.html",
        event=event,
        message=message,
        steps=board.steps(message),
        again=board.repeated_by(message),
        can_repeat=board.can_repeat(message),
        form=form or CorrectionForm(formdata=None, data={"address": message.recipient}),
        parts=reading.parts(body) if body else None,
    ), 422 if form else 200


@organisers.get("/<int:number>/html", needs=Need.ORGANISE, subject=board.find)
def message_html(event: Event, row: Message) -> Response:
    body = row.body
    return mail_frame(reading.parts(body).html) if body else abort(404)


@organisers.post("/<int:number>/again", needs=Need.ORGANISE, subject=board.find)
def again(event: Event, lost: Message):
    """Mail it again, to the address that the organiser corrected."""
    form = CorrectionForm()
    if not form.validate_on_submit():
        return _message(event, lost, form)
    try:
        fresh = board.repeat(lost, form.address.data)
    except AddressTaken:
        db.session.rollback()
        form.reject(
            "address", gettext("Dit adres is van iemand anders. Voeg de twee personen samen, of kies een ander adres.")
        )
        return _message(event, lost, form)
    except NothingToRepeat:
        db.session.rollback()
        flash(gettext("Deze mail kan niet opnieuw verstuurd worden."), "warning")
        return redirect(url_for("board.message", slug=event.slug, number=lost.id), 303)
    db.session.flush()
    audit.note(Action.RESENT, event)
    db.session.commit()
    flash(gettext("Het adres is verbeterd en de mail is opnieuw onderweg."), "ok")
    return redirect(url_for("board.message", slug=event.slug, number=fresh.id), 303)


def _own(event: Event, number: int) -> Message:
    return board.find(event, number) or abort(404)
