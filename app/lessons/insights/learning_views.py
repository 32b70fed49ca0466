"""The moderator's side: the board, cards on the left, headings with their suggestions on the right."""

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import urls
from app.accounts import rights, sessions
from app.accounts.models import Account
from app.accounts.rights import Need
from app.database import db
from app.events.models import Event
from app.lessons.board import boards, cards
from app.lessons.board.forms import BoardForm
from app.lessons.board.models import Card, CardState
from app.lessons.impressions import impressions, library
from app.lessons.impressions.impressions import NeedsNote, StepNotAllowed
from app.lessons.insights import commitment_queries, commitments, insights, usage, uses
from app.lessons.insights.forms import InsightForm
from app.lessons.insights.models import Insight
from app.rows import read_row_number
from app.themes import themes
from app.web.acting import OtherWords, acting
from app.web.doors import OrganiserPages

organisers = OrganiserPages("learned", __name__, url_prefix="/organise/events/<slug>/learned")
_PUBLISHED: OtherWords = {StepNotAllowed: NeedsNote.says}


def _load_card(event: Event, card_id: int) -> Card | None:
    card = db.session.get(Card, card_id)
    return card if card is not None and card.board.event_id == event.id else None


def _load_insight(event: Event, insight_id: int) -> Insight | None:
    """A heading of the report that this event belongs to."""
    row, impression = db.session.get(Insight, insight_id), impressions.impression_of_event(event)
    return row if row and impression and row.impression_id == impression.id else None


@organisers.get("", needs=Need.PEOPLE)
def show_lessons(event: Event) -> ResponseReturnValue:
    return _render_lessons(event)


def _render_lessons(event: Event, form: BoardForm | None = None) -> ResponseReturnValue:
    board, impression = boards.board_of_event(event), impressions.impression_with_insights(event)
    headings = impression.insights if impression else []
    return render_template(
        "lessons/learned.html",
        event=event,
        board=board,
        address=urls.board_url(board.code) if board else None,
        form=form or (BoardForm(formdata=None, obj=board).of(board) if board else None),
        cards=cards.loose_cards(board) if board else [],
        hidden=cards.loose_cards(board, CardState.HIDDEN) if board else [],
        impression=impression,
        insights=headings,
        used=usage.usage_of_suggestions([each.id for row in headings for each in row.suggestions]),
        response=uses.count_response(impression) if impression else None,
        grouped=cards.cards_by_insight(headings),
    ), 422 if form and form.errors else 200


@organisers.post("/board", needs=Need.ORGANISE)
def open_board(event: Event) -> ResponseReturnValue:
    boards.open_board(event)
    db.session.commit()
    flash(gettext("Het bord is open. Laat het scherm zien of geef het korte adres door."), "ok")
    return _back_to_lessons(event)


@organisers.post("/settings", needs=Need.ORGANISE)
def change_board(event: Event) -> ResponseReturnValue:
    board = boards.board_of_event(event) or abort(404)
    form = BoardForm(obj=board).of(board)
    if not form.validate_on_submit():
        return _render_lessons(event, form)
    form.populate_obj(board)
    db.session.commit()
    flash(gettext("Opgeslagen."), "ok")
    return _back_to_lessons(event)


@organisers.post("/cards/<int:card_id>", needs=Need.ORGANISE, subject=_load_card)
def sort_card(event: Event, card: Card) -> ResponseReturnValue:
    """One of the buttons under a card: show, hide, heading, group, suggestion."""
    action = request.form.get("action")
    with acting(words=_PUBLISHED) as act:
        if action == "insight":
            insights.insight_from_card(event, card, sessions.account())
        elif action in {"group", "suggestion"}:
            _put_under(event, card, action == "suggestion")
        elif action == "loose":
            cards.group_card(card, None)
        elif action == "show":
            cards.show_card(card)
        elif action == "hide":
            cards.hide_card(card)
            act.say(gettext("Het kaartje is verborgen. Onder aan de lijst haal je het terug."))
    return redirect(url_for("learned.show_lessons", slug=event.slug, _anchor="kaartjes"), 303)


def _put_under(event: Event, card: Card, as_suggestion: bool) -> None:
    """Put a card under the chosen heading, and make a suggestion of it when asked."""
    insight = _load_insight(event, read_row_number(request.form.get("insight", "")) or 0) or abort(404)
    if as_suggestion:
        insights.add_suggestion(insight, card.text, sessions.account())
    cards.group_card(card, insight)


@organisers.post("/insights", needs=Need.ORGANISE)
def add_insight(event: Event) -> ResponseReturnValue:
    title = " ".join(request.form.get("title", "").split())
    if not title:
        flash(gettext("Schrijf eerst het inzicht op."), "warning")
        return _back_to_lessons(event)
    with acting(words=_PUBLISHED):
        insights.add_insight(event, title, sessions.account())
    return redirect(url_for("learned.show_lessons", slug=event.slug, _anchor="inzichten"), 303)


@organisers.route("/insights/<int:insight_id>", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_load_insight)
def edit_insight(event: Event, row: Insight) -> ResponseReturnValue:
    form = InsightForm(row).of(row)
    if form.validate_on_submit():
        return _change_insight(event, row, form)
    suggestion_ids = [each.id for each in row.suggestions]
    return render_template(
        "lessons/insight.html",
        event=event,
        insight=row,
        form=form,
        used=usage.usage_of_suggestions(suggestion_ids),
        answers=uses.count_people(suggestion_ids),
    ), 422 if form.errors else 200


def _change_insight(event: Event, row: Insight, form: InsightForm) -> ResponseReturnValue:
    with acting() as act:
        kept = insights.change_insight(
            row,
            form.title.data,
            form.explanation.data or "",
            form.suggestion_list(),
            sessions.account(),
            form.said,
            themes.load_themes(form.themes.data),
        )
        if kept:
            words = gettext(
                "Deze suggestie bleef staan, er hangt een afspraak of een antwoord aan: %(text)s", text=kept[0]
            )
            act.say(words, "warning")
        else:
            act.say(gettext("Opgeslagen."))
    return redirect(url_for("learned.show_lessons", slug=event.slug, _anchor=f"inzicht-{row.id}"), 303)


@organisers.post("/insights/<int:insight_id>/up", needs=Need.ORGANISE, subject=_load_insight)
def move_insight_up(event: Event, row: Insight) -> ResponseReturnValue:
    return _reorder(event, row, insights.move_insight_up)


@organisers.post("/insights/<int:insight_id>/remove", needs=Need.ORGANISE, subject=_load_insight)
def remove_insight(event: Event, row: Insight) -> ResponseReturnValue:
    return _reorder(event, row, insights.remove_insight)


def _reorder(event: Event, row: Insight, rule: Callable[[Insight, Account, str], object]) -> ResponseReturnValue:
    note = " ".join(request.form.get("note", "").split())[:300]
    instead = gettext("De impressie is gepubliceerd. Haal een inzicht eruit door er een verbetering van te maken.")
    with acting(words={NeedsNote: instead, StepNotAllowed: instead}):
        rule(row, sessions.account(), note)
    return redirect(url_for("learned.show_lessons", slug=event.slug, _anchor="inzichten"), 303)


@organisers.get("/commitments", needs=Need.PEOPLE)
def list_commitments(event: Event) -> str:
    """What was agreed here, what is still open from before, what came back more than once."""
    mine = commitment_queries.commitments_of_event(event)
    earlier = commitment_queries.open_commitments_in(event.network, rights.current_viewer(), before=event)
    return render_template(
        "lessons/agreed.html",
        event=event,
        mine=mine,
        earlier=earlier,
        repeated=library.repeated_insights(event.network),
        unreachable=commitments.unreachable_owners([*mine, *earlier]),
        owner=commitments.owner_in_words,
    )


def _back_to_lessons(event: Event) -> ResponseReturnValue:
    return redirect(url_for("learned.show_lessons", slug=event.slug), 303)
