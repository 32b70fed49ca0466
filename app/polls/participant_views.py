"""The page of somebody who was asked which dates suit them: GET shows, POST keeps. No account."""

from operator import attrgetter

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.database import db
from app.polls import polls
from app.polls.forms import votes_form
from app.polls.models import Vote, Voter
from app.web.doors import PersonalPages
from app.web.personal import Link

personal = PersonalPages("poll", __name__, link=Link(polls.voter_of_link, language=attrgetter("person.language")))


@personal.route("/poll/<token>", methods=["GET", "POST"])
def answer_poll(voter: Voter) -> ResponseReturnValue:
    poll = voter.poll
    form = votes_form(poll.dates, {vote.date_id: vote.vote for vote in voter.votes}, voter.remark)
    if form.validate_on_submit():
        votes = {date.id: Vote(value) for date in poll.dates if (value := form[f"vote_{date.id}"].data)}
        if polls.answer_poll(voter, votes, form.remark.data or ""):
            flash(gettext("Dank je wel. Je antwoord is bewaard; je kunt het hier nog veranderen."), "ok")
        else:
            flash(gettext("De dag is al gekozen. Je antwoord is niet meer nodig."), "warning")
        db.session.commit()
        return redirect(request.path, 303)
    return render_template(
        "polls/answer.html",
        voter=voter,
        poll=poll,
        form=form,
        tallies={tally.date.id: tally for tally in polls.tally_votes(poll)},
        chosen=next((date.words for date in poll.dates if date.chosen), None),
    ), 422 if form.errors else 200
