"""The moderator's side: the board, cards on the left, headings with their suggestions on the right."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app import addresses
from app.accounts import rights, sessions
from app.accounts.rights import signed_in
from app.database import db
from app.events.models import Event
from app.lessons import boards, cards, commitments, impressions, insights, library
from app.lessons import queries as lessons
from app.lessons.forms import BoardForm, InsightForm
from app.lessons.impressions import NeedsNote, NotAllowed
from app.lessons.models import Card, CardState, Insight
from app.web.organise import changeable_event, event_with_people

blueprint = Blueprint("learned", __name__, url_prefix="/organise/events/<slug>/learned")


@blueprint.get("")
@signed_in
def page(slug: str):
    return _page(event_with_people(slug))


def _page(event: Event, form: BoardForm | None = None):
    board, impression = boards.of(event), impressions.with_insights(event)
    headings = impression.insights if impression else []
    return render_template(
        "lessons/learned.html",
        event=event,
        board=board,
        address=addresses.board_page(board.code) if board else None,
        form=form or (BoardForm(formdata=None, obj=board) if board else None),
        cards=cards.loose(board) if board else [],
        hidden=cards.loose(board, CardState.HIDDEN) if board else [],
        impression=impression,
        insights=headings,
        grouped=cards.grouped(headings),
    ), 422 if form and form.errors else 200


@blueprint.post("/board")
@signed_in
def open_board(slug: str):
    event = changeable_event(slug)
    boards.open_board(event)
    db.session.commit()
    flash(gettext("Het bord is open. Laat het scherm zien of geef het korte adres door."), "ok")
    return _back(slug)


@blueprint.post("/settings")
@signed_in
def settings(slug: str):
    event = changeable_event(slug)
    board = boards.of(event) or abort(404)
    form = BoardForm()
    if not form.validate_on_submit():
        return _page(event, form)
    form.populate_obj(board)
    db.session.commit()
    flash(gettext("Opgeslagen."), "ok")
    return _back(slug)


@blueprint.post("/cards/<int:number>")
@signed_in
def sort(slug: str, number: int):
    """One of the buttons under a card: show, hide, heading, group, suggestion."""
    event = changeable_event(slug)
    card = _card(event, number)
    action = request.form.get("action")
    try:
        if action == "insight":
            insights.from_card(event, card, sessions.current())
        elif action in {"group", "suggestion"}:
            _under(event, card, action == "suggestion")
        elif action == "loose":
            cards.group(card, None)
        elif action == "show":
            cards.show(card)
        elif action == "hide":
            cards.hide(card)
            flash(gettext("Het kaartje is verborgen. Onder aan de lijst haal je het terug."), "ok")
    except (NeedsNote, NotAllowed):
        db.session.rollback()
        flash(gettext("De impressie is gepubliceerd. Pas haar inzichten aan op de pagina van de impressie."), "warning")
    else:
        db.session.commit()
    return redirect(url_for("learned.page", slug=slug, _anchor="kaartjes"), 303)


def _under(event: Event, card: Card, as_suggestion: bool) -> None:
    """Put a card under the chosen heading, and make a suggestion of it when asked."""
    insight = _insight(event, request.form.get("insight", type=int) or 0)
    if as_suggestion:
        insights.suggest(insight, card.text, sessions.current())
    cards.group(card, insight)


@blueprint.post("/insights")
@signed_in
def add(slug: str):
    event = changeable_event(slug)
    title = " ".join(request.form.get("title", "").split())
    if not title:
        flash(gettext("Schrijf eerst het inzicht op."), "warning")
        return _back(slug)
    try:
        insights.add(event, title, sessions.current())
    except (NeedsNote, NotAllowed):
        db.session.rollback()
        flash(gettext("De impressie is gepubliceerd. Pas haar inzichten aan op de pagina van de impressie."), "warning")
    else:
        db.session.commit()
    return redirect(url_for("learned.page", slug=slug, _anchor="inzichten"), 303)


@blueprint.route("/insights/<int:number>", methods=["GET", "POST"])
@signed_in
def insight(slug: str, number: int):
    event = changeable_event(slug)
    row = _insight(event, number)
    form = InsightForm(row)
    if form.validate_on_submit():
        return _change(event, row, form)
    return render_template("lessons/insight.html", event=event, insight=row, form=form), 422 if form.errors else 200


def _change(event: Event, row: Insight, form: InsightForm):
    try:
        kept = insights.change(
            row,
            form.title.data,
            form.explanation.data or "",
            form.suggestion_list(),
            sessions.current(),
            form.said,
        )
    except NotAllowed:
        db.session.rollback()
        flash(gettext("De impressie is ingetrokken. Zet haar eerst terug."), "warning")
    else:
        db.session.commit()
        if kept:
            flash(gettext("Deze suggestie bleef staan, er hangt een afspraak aan: %(text)s", text=kept[0]), "warning")
        else:
            flash(gettext("Opgeslagen."), "ok")
    return redirect(url_for("learned.page", slug=event.slug, _anchor=f"inzicht-{row.id}"), 303)


@blueprint.post("/insights/<int:number>/up")
@signed_in
def up(slug: str, number: int):
    return _reorder(slug, number, insights.move_up)


@blueprint.post("/insights/<int:number>/remove")
@signed_in
def remove(slug: str, number: int):
    return _reorder(slug, number, insights.remove)


def _reorder(slug: str, number: int, rule):
    row = _insight(changeable_event(slug), number)
    note = " ".join(request.form.get("note", "").split())[:300]
    try:
        rule(row, sessions.current(), note)
    except (NeedsNote, NotAllowed):
        db.session.rollback()
        flash(
            gettext("De impressie is gepubliceerd. Haal een inzicht eruit door er een verbetering van te maken."),
            "warning",
        )
    else:
        db.session.commit()
    return redirect(url_for("learned.page", slug=slug, _anchor="inzichten"), 303)


@blueprint.get("/commitments")
@signed_in
def agreed(slug: str):
    """What was agreed here, what is still open from before, what came back more than once."""
    event = event_with_people(slug)
    organises = rights.may_organise(sessions.current(), event.network_id)
    mine = lessons.of_event(event)
    earlier = lessons.open_in(event.network, before=event, confidential=organises)
    return render_template(
        "lessons/agreed.html",
        event=event,
        mine=mine,
        earlier=earlier,
        repeated=library.repeated(event.network),
        unreachable=commitments.unreachable([*mine, *earlier]),
        owner=lambda commitment: commitments.owner(commitment, confidential=False),
    )


def _card(event: Event, number: int) -> Card:
    card = db.session.get(Card, number)
    if card is None or card.board.event_id != event.id:
        abort(404)
    return card


def _insight(event: Event, number: int) -> Insight:
    """A heading of the report that this event belongs to."""
    row, impression = db.session.get(Insight, number), impressions.of(event)
    if row is None or impression is None or row.impression_id != impression.id:
        abort(404)
    return row


def _back(slug: str):
    return redirect(url_for("learned.page", slug=slug), 303)
