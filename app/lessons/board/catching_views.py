"""Catching lessons: participants by a short address, the screen in the room, the note taker's fast page."""

import secrets
from typing import Any

from flask import abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import qr, urls
from app.accounts import sessions
from app.accounts.rights import Need
from app.database import db
from app.events.models import Event
from app.lessons.board import boards, cards
from app.lessons.board.forms import CardForm, NoteForm
from app.lessons.board.models import Board
from app.web.acting import acting
from app.web.doors import OrganiserPages, PublicPages

organisers = OrganiserPages("catching", __name__)
public = PublicPages("catching", __name__)


def _browser_key() -> str:
    """One browser, not one address: a whole room shares the venue's network."""
    if "sender" not in session:
        session["sender"] = secrets.token_hex(8)
    return str(session["sender"])


@public.get("/k/<code>")
def show_board(code: str) -> ResponseReturnValue:
    row = boards.board_of_code(code) or abort(404)
    return _render_board(row, CardForm(row, formdata=None))


@public.post("/k/<code>", limit="12 per minute", per=_browser_key)
def send_card(code: str) -> ResponseReturnValue:
    row = boards.board_of_code(code) or abort(404)
    form = CardForm(row)
    if not form.validate_on_submit():
        return _render_board(row, form)
    with acting() as act:
        card = cards.catch_card(row, form.text.data, form.author.data if "author" in form else "")
        act.say(
            gettext("Bedankt. Je kaartje staat op het scherm.")
            if card.state == "shown"
            else gettext("Bedankt. De moderator bekijkt je kaartje eerst.")
        )
    return redirect(url_for("catching.show_board", code=row.code), 303)


def _render_board(row: Board, form: CardForm) -> ResponseReturnValue:
    return render_template(
        "lessons/board.html", board=row, event=row.event, form=form, cards=cards.shown_cards(row, 12)
    ), 422 if form.errors else 200


@public.get("/k/<code>/screen")
def show_screen(code: str) -> str:
    row = boards.board_of_code(code) or abort(404)
    address = urls.board_url(row.code)
    return render_template(
        "lessons/screen.html",
        board=row,
        event=row.event,
        address=address,
        drawing=qr.draw_code_svg(address),
        **_live_context(row),
    )


@public.get("/k/<code>/live")
def show_live_cards(code: str) -> str:
    """The cards alone, which the screen fetches every few seconds."""
    row = boards.board_of_code(code) or abort(404)
    return render_template("lessons/live.html", board=row, **_live_context(row))


def _live_context(row: Board) -> dict[str, Any]:
    return {"cards": cards.shown_cards(row), "count": cards.count_shown_cards(row)}


@organisers.route("/organise/events/<slug>/learned/notes", methods=["GET", "POST"], needs=Need.ORGANISE)
def take_notes(event: Event) -> ResponseReturnValue:
    """Typing along: Ctrl+Enter keeps a note, and the field is empty again."""
    form = NoteForm()
    if form.validate_on_submit():
        cards.catch_card(boards.open_board(event), form.text.data, by=sessions.account())
        db.session.commit()
        if request.headers.get("HX-Request"):
            return _render_notes(event, NoteForm(formdata=None), alone=True)
        return redirect(url_for("catching.take_notes", slug=event.slug), 303)
    return _render_notes(event, form, alone=bool(request.headers.get("HX-Request")))


def _render_notes(event: Event, form: NoteForm, *, alone: bool = False) -> ResponseReturnValue:
    board = boards.board_of_event(event)
    written = cards.cards_of_note_taker(board, sessions.account()) if board else []
    name = "lessons/note_form.html" if alone else "lessons/notes.html"
    return render_template(name, event=event, form=form, written=written), 422 if form.errors else 200
