"""One path from a session to its mails: who is invited, what they get to see, when it leaves."""

from collections.abc import Iterable

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.accounts import accounts, rights, sessions
from app.accounts.rights import Need
from app.database import only_reading
from app.events import course_meetings, planning
from app.events.models import Event, EventState
from app.invitations import invitation_queries, invitees
from app.invitations.forms import EVERYBODY, Leaving, SendForm, WhoForm
from app.invitations.letters import example_mails, invitation_mail
from app.invitations.waves import look_along_mails, wave_estimates, wave_proposals, wave_recipients, waves
from app.invitations.waves.models import Wave, WaveKind, WaveState
from app.network import controllers, network_queries
from app.network.audiences import audiences
from app.network.audiences.models import Audience
from app.network.people import people
from app.network.people.models import Person
from app.polls import polls
from app.rows import read_row_number
from app.web import seen_parts
from app.web.acting import acting
from app.web.doors import OrganiserPages

organisers = OrganiserPages("path", __name__, url_prefix="/organise/events/<slug>/path")
_MOST_FOUND = 20


@organisers.route("/who", methods=["GET", "POST"], needs=Need.ORGANISE)
def choose_who(event: Event) -> ResponseReturnValue:
    """An audience with its count, people by typing their names, pasted addresses; some of each."""
    if not _can_invite(event):
        return redirect(url_for("waves.list_waves", slug=event.slug))
    form = _who_form(event)
    if "search" not in request.form and form.validate_on_submit():
        with acting(form) as act:
            pasted = invitees.read_pasted(event, form.people.data or "")
            chosen = invitees.choose_audience(event, _chosen_audience(event, form), pasted + _picked(form))
            wave_proposals.propose_to(event, chosen)
        if not act.refused:
            return redirect(url_for("path.show_mail", slug=event.slug), 303)
    return render_template("invitations/path_who.html", event=event, form=form), 422 if form.errors else 200


def _can_invite(event: Event) -> bool:
    """Whether mails that invite still make sense."""
    return not event.cancelled and not event.begun and course_meetings.find_first_day(event) is None


def _who_form(event: Event) -> WhoForm:
    viewer = rights.current_viewer()
    named = network_queries.audiences_of_network(event.network)
    everybody = next((each for each in named if not each.rule), None)
    offered = [everybody, *(each for each in named if each.rule)]
    counts = [audiences.count_reach(each.rule if each else [], event.network_id, viewer).people for each in offered]
    known = invitation_queries.waves_of_event(event)
    asked = [] if known or invitation_queries.is_of_group(event) else polls.people_of_chosen(event)
    form = WhoForm(list(zip(offered, counts, strict=True)), _audience_before(known) or everybody, asked)
    form.offer(_people_to_tick(event, form))
    return form


def _audience_before(known: Iterable[Wave]) -> Audience | None:
    """Whom the rounds that wait would invite now: of a copy, those of last time."""
    return next((wave.audience for wave in known if wave.state == WaveState.DRAFT and wave.audience), None)


def _people_to_tick(event: Event, form: WhoForm) -> list[Person]:
    """Who was ticked, and whom the typed name fits."""
    viewer = rights.current_viewer()
    ticked = people.people_of_networks(_numbers(form), viewer.organises)
    sought = (form.sought.data or "").strip()
    found = invitation_queries.readers_for_preview(event, None, viewer, sought, _MOST_FOUND) if sought else []
    return list(dict.fromkeys([*ticked, *found]))


def _picked(form: WhoForm) -> list[Person]:
    return people.people_of_networks(_numbers(form), rights.current_viewer().organises)


def _numbers(form: WhoForm) -> list[int]:
    return [person_id for each in form.picked.data or [] if (person_id := read_row_number(each))]


def _chosen_audience(event: Event, form: WhoForm) -> Audience | None:
    if form.audience.data == EVERYBODY:
        return audiences.everybody_in(event.network)
    return form.audiences.get(form.audience.data)


def _drafts(event: Event) -> list[Wave]:
    """The rounds that nobody released, in the order in which they leave."""
    return [wave for wave in invitation_queries.waves_of_event(event) if wave.state == WaveState.DRAFT]


@organisers.get("/mail", needs=Need.ORGANISE)
def show_mail(event: Event) -> ResponseReturnValue:
    """A mail as somebody who gets it will read it, on a wide screen and on a phone; the invitation unless another is asked."""
    drafts = _drafts(event) if _can_invite(event) else []
    if not drafts:
        return redirect(url_for("path.choose_who", slug=event.slug))
    invitations = [wave for wave in drafts if wave.kind == WaveKind.INVITATION]
    wanted = read_row_number(request.args.get("wave", ""))
    wave = next((each for each in drafts if each.id == wanted), (invitations or drafts)[0])
    readers = invitation_queries.readers_for_preview(event, wave, rights.current_viewer())
    asked = request.args.get("reader", "")
    reader = next((each for each in readers if str(each.id) == asked), readers[0] if readers else None)
    with only_reading():
        mail = example_mails.write_wave_example(wave, event, _as_example(reader))
    return render_template(
        "invitations/path_mail.html", event=event, waves=drafts, wave=wave, readers=readers, reader=reader, mail=mail
    )


def _as_example(reader: Person | None) -> Person:
    """Somebody in no database like this reader, or like the organiser when nobody gets the mail yet."""
    if reader is None:
        return example_mails.as_reader(sessions.account())
    return invitation_mail.example_person(reader.name, reader.call_name, reader.email or "", reader.language)


@organisers.route("/send", methods=["GET", "POST"], needs=Need.ORGANISE, seen=seen_parts.parts_of_drafts)
def release_all(event: Event) -> ResponseReturnValue:
    """What goes out when; one press publishes the session and releases all that is ticked."""
    drafts = _drafts(event) if _can_invite(event) else []
    if not drafts:
        return redirect(url_for("path.choose_who", slug=event.slug))
    counts = {wave.id: wave_recipients.count_recipients(wave) for wave in drafts if wave.audience}
    colleagues = accounts.other_organisers(event.network, sessions.account())
    form = SendForm(event, drafts, counts, colleagues=bool(colleagues))
    if form.validate_on_submit():
        with acting(form) as act:
            _release(event, form)
            if waiting := [wave for wave in form.chosen() if wave.state == WaveState.AWAITING]:
                look_along_mails.ask_to_look(event, waiting, colleagues, sessions.account())
            act.say(_say_released(form))
        if not act.refused:
            return redirect(url_for("waves.list_waves", slug=event.slug), 303)
    return render_template(
        "invitations/path_send.html",
        event=event,
        form=form,
        waves=drafts,
        colleagues=colleagues,
        owner_named=controllers.is_controller_named(event.network),
    ), 422 if form.errors else 200


@organisers.post("/approve", needs=Need.ORGANISE, seen=seen_parts.parts_of_awaiting)
def approve_all(event: Event) -> ResponseReturnValue:
    """The colleague who looked lets all that waits go at once."""
    account = sessions.account()
    waiting = [wave for wave in invitation_queries.waves_of_event(event) if wave.state == WaveState.AWAITING]
    mine = [wave for wave in waiting if wave.asked_by_id != account.id]
    with acting() as act:
        for wave in mine:
            waves.approve_wave(wave, account)
        if mine:
            act.say(gettext("Akkoord. De mails gaan op het gekozen moment uit."))
    return redirect(url_for("waves.list_waves", slug=event.slug), 303)


def _release(event: Event, form: SendForm) -> None:
    chosen, first = form.chosen(), form.chosen()[0]
    if event.state == EventState.DRAFT:
        planning.publish_event(event)
    if form.leaving.data == Leaving.NOW:
        waves.send_soon(first)
    elif form.other_moment:
        waves.send_at(first, form.other_moment)
    waves.release_waves(chosen, sessions.account(), looked_at=form.leaving.data == Leaving.LOOKED_AT)


def _say_released(form: SendForm) -> str:
    waiting = sum(wave.state == WaveState.AWAITING for wave in form.chosen())
    if waiting:
        return ngettext(
            "%(num)s mail wacht tot een collega heeft meegekeken en akkoord geeft. Wie dat kan, krijgt bericht.",
            "%(num)s mails wachten tot een collega heeft meegekeken en akkoord geeft. Wie dat kan, krijgt bericht.",
            waiting,
        )
    if form.leaving.data == Leaving.NOW:
        soon = gettext("De eerste mail vertrekt over een minuut. Tot die tijd kun je hem nog tegenhouden.")
        return wave_estimates.say_after_quiet_hours(form.chosen()[0]) or soon
    return gettext("Alles staat klaar en vertrekt op de dagen die erbij staan.")
