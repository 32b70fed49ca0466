"""Organisers ask who speaks, mail the link again, take the question back, and see what they answered."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.access_log import Shows
from app.accounts.rights import Need
from app.events.models import Event, Speaker
from app.network import correspondence
from app.speakers import asking, slides
from app.speakers.forms import AskForm
from app.speakers.models import AskedSpeaker
from app.web.acting import acting
from app.web.doors import OrganiserPages

organisers = OrganiserPages("speakers", __name__, url_prefix="/organise/events/<slug>/speakers/<int:speaker_id>")


@organisers.route("", methods=["GET", "POST"], needs=Need.ORGANISE, subject=asking.find_speaker, shows=Shows.PEOPLE)
def ask_speaker(event: Event, speaker: Speaker) -> ResponseReturnValue:
    asked = asking.asked_of_speaker(speaker)
    form = AskForm(data=_data_of(asked)).of(asked)
    if form.validate_on_submit():
        with acting(form) as act:
            before = asked.mails if asked else 0
            now = asking.ask_speaker(event, speaker, form.address.data, form.expected.data or "")
            mailed = now.mails != before
            act.say(
                gettext("%(name)s krijgt een mail met een eigen link.", name=speaker.name)
                if mailed
                else gettext("Opgeslagen.")
            )
        if not act.refused:
            return _back_to(event, speaker)
    return render_template(
        "speakers/speaker.html",
        event=event,
        speaker=speaker,
        slot=speaker.slot,
        asked=asked,
        slides=slides.slides_of(asked) if asked else [],
        form=form,
    ), 422 if form.errors else 200


@organisers.post("/send", needs=Need.ORGANISE, subject=asking.find_speaker)
def mail_link(event: Event, speaker: Speaker) -> ResponseReturnValue:
    with acting() as act:
        asking.mail_link(_asked(speaker))
        act.say(gettext("%(name)s krijgt de link opnieuw.", name=speaker.name))
    return _back_to(event, speaker)


@organisers.post("/take-back", needs=Need.ORGANISE, subject=asking.find_speaker)
def take_back(event: Event, speaker: Speaker) -> ResponseReturnValue:
    with acting() as act:
        asking.take_back(_asked(speaker))
        act.say(gettext("De uitnodiging van %(name)s is ingetrokken. De link werkt niet meer.", name=speaker.name))
    return _back_to(event, speaker)


def _asked(speaker: Speaker) -> AskedSpeaker:
    return asking.asked_of_speaker(speaker) or abort(404)


def _data_of(asked: AskedSpeaker | None) -> dict[str, str]:
    if asked is None:
        return {}
    address = correspondence.preferred_address(asked.person)
    return {"address": address.address if address else "", "expected": asked.expected}


def _back_to(event: Event, speaker: Speaker) -> ResponseReturnValue:
    return redirect(url_for("speakers.ask_speaker", slug=event.slug, speaker_id=speaker.id), 303)
