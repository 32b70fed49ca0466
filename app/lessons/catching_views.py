"""Catching lessons: participants by a short address, the screen in the room, the note taker's fast page."""

import secrets

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext

from app import addresses, qr
from app.accounts import sessions
from app.accounts.rights import Need
from app.database import db
from app.events.models import Event
from app.lessons import boards, cards
from app.lessons.cards import BoardClosed
from app.lessons.forms import CardForm, NoteForm
from app.lessons.models import Board
from app.web.doors import OrganiserPages, PublicPages

organisers = OrganiserPages("catching", __name__)
public = PublicPages("catching", __name__)


def _sender() -> str:
    """One browser, not one address: a whole room shares the venue's network."""
    if "sender" not in session:
        session["sender"] = secrets.token_hex(8)
    return str(session["sender"])


@public.get("/k/<code>")
def board(code: str):
    row = boards.by_code(code) or abort(404)
    return _board(row, CardForm(row, formdata=None))


@public.post("/k/<code>", limit="12 per minute", per=_sender)
def send(code: str):
    row = boards.by_code(code) or abort(404)
    form = CardForm(row)
    if not form.validate_on_submit():
        return _board(row, form)
    try:
        card = cards.catch(row, form.text.data, form.author.data if "author" in form else "")
    except BoardClosed:
        flash(gettext("Het bord is gesloten. Je kaartje is niet verstuurd."), "warning")
    else:
        db.session.commit()
        flash(
            gettext("Bedankt. Je kaartje staat op het scherm.")
            if card.state == "shown"
            else gettext("Bedankt. De moderator bekijkt je kaartje eerst."),
            "ok",
        )
    return redirect(url_for("catching.board", code=row.code), 303)


def _board(row: Board, form: CardForm):
    return render_template(
        "lessons/board.html", board=row, event=row.event, form=form, cards=cards.shown(row, 12)
    ), 422 if form.errors else 200


@public.get("/k/<code>/screen")
def screen(code: str):
    row = boards.by_code(code) or abort(404)
    address = addresses.board_page(row.code)
    return render_template(
        "lessons/screen.html",
        board=row,
        event=row.event,
        address=address,
        drawing=qr.drawing(address),
        **_live(row),
    )


@public.get("/k/<code>/live")
def live(code: str):
    """The cards alone, which the screen fetches every few seconds."""
    row = boards.by_code(code) or abort(404)
    return render_template("lessons/live.html", board=row, **_live(row))


def _live(row: Board) -> dict:
    return {"cards": cards.shown(row), "count": cards.count(row)}


@organisers.route("/organise/events/<slug>/learned/notes", methods=["GET", "POST"], needs=Need.ORGANISE)
def notes(event: Event):
    """Typing along: Ctrl+Enter keeps a note, and the field is empty again."""
    form = NoteForm()
    if form.validate_on_submit():
        cards.catch(boards.open_board(event), form.text.data, by=sessions.account())
        db.session.commit()
        if request.headers.get("HX-Request"):
            return _notes(event, NoteForm(formdata=None), alone=True)
        return redirect(url_for("catching.notes", slug=event.slug), 303)
    return _notes(event, form, alone=bool(request.headers.get("HX-Request")))


def _notes(event: Event, form: NoteForm, *, alone: bool = False):
    board = boards.of(event)
    written = cards.of_taker(board, sessions.account()) if board else []
    name = "lessons/note_form.html" if alone else "lessons/notes.html"
    return render_template(name, event=event, form=form, written=written), 422 if form.errors else 200
