"""The page of somebody who was asked in a round: by one link they answer, see with whom they are, and stop. No account."""

from operator import attrgetter

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.matching import enrolments, group_meetings, seats
from app.matching.forms import RatingForm, WishesForm
from app.matching.kinds import Reply
from app.matching.models import MatchEnrolment
from app.web.acting import acting
from app.web.doors import PersonalPages
from app.web.personal import Link, head_alone

personal = PersonalPages(
    "match", __name__, link=Link(enrolments.enrolment_of_link, language=attrgetter("person.language"))
)


@personal.get("/match/<token>")
def show_match(enrolment: MatchEnrolment) -> ResponseReturnValue:
    return head_alone() or _page(enrolment)


@personal.post("/match/<token>", endpoint="answer_call")
def answer_call(enrolment: MatchEnrolment) -> ResponseReturnValue:
    """Yes with wishes, or no; until the round closes."""
    form = _wishes_form(enrolment)
    if not form.validate_on_submit():
        return _page(enrolment, form)
    with acting(form) as act:
        if form.says_yes:
            enrolments.say_yes(enrolment, form.wishes())
            act.say(gettext("Dank je wel. Je doet mee. Tot de ronde dicht is, kun je dit hier veranderen."))
        else:
            enrolments.say_no(enrolment)
            act.say(gettext("Dank je wel. Je doet deze keer niet mee."))
    return _back(enrolment)


@personal.post("/match/<token>/seat")
def answer_seat(enrolment: MatchEnrolment) -> ResponseReturnValue:
    """Yes or no to the proposal, or stop; no reason is asked."""
    said = request.form.get("answer", "")
    with acting() as act:
        if said == "stop":
            seats.stop(enrolment)
            act.say(gettext("Je bent gestopt. Je hoeft niets uit te leggen."))
        elif said in list(Reply):
            seats.answer_seat(enrolment, Reply(said))
            act.say(gettext("Je antwoord is bewaard."))
    return _back(enrolment)


@personal.post("/match/<token>/after")
def rate_match(enrolment: MatchEnrolment) -> ResponseReturnValue:
    form = RatingForm()
    if not form.validate_on_submit():
        return _page(enrolment, rating=form)
    with acting(form) as act:
        seats.rate(enrolment, form.useful.data == Reply.YES, form.again.data == Reply.YES)
        act.say(gettext("Dank je wel. We laten alleen aantallen zien, nooit wie wat zei."))
    return _back(enrolment)


def _back(enrolment: MatchEnrolment) -> ResponseReturnValue:
    token = enrolments.link_of_enrolment(enrolment).rpartition("/")[2]
    return redirect(url_for("match.show_match", token=token), 303)


def _wishes_form(enrolment: MatchEnrolment) -> WishesForm:
    return WishesForm(enrolment, enrolments.themes_to_choose(enrolment.round.network))


def _page(
    enrolment: MatchEnrolment, form: WishesForm | None = None, rating: RatingForm | None = None
) -> ResponseReturnValue:
    row, seat = enrolment.round, seats.seat_of(enrolment)
    wrong = (form and form.errors) or (rating and rating.errors)
    return render_template(
        "matching/page.html",
        enrolment=enrolment,
        round=row,
        network=row.network,
        seat=seat,
        token=enrolments.link_of_enrolment(enrolment).rpartition("/")[2],
        meetings=group_meetings.list_ahead(enrolment.seat) if enrolment.seat and row.sent_at else [],
        companions=seats.list_companions(seat) if seat else [],
        form=form or (_wishes_form(enrolment) if row.open else None),
        rating=rating or RatingForm(),
    ), 422 if wrong else 200
