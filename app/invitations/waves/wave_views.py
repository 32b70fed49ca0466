"""Waves of an event: the proposed ones, planning, who gets what when, releasing, pausing, withdrawing."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app import clock
from app.accounts import audit, rights, sessions
from app.accounts.models import Action
from app.accounts.rights import Need
from app.database import db
from app.events.models import Event
from app.invitations import invitation_queries
from app.invitations.letters import example_mails, letter_texts
from app.invitations.waves import (
    wave_estimates,
    wave_files,
    wave_proposals,
    wave_recipients,
    wave_runs,
    waves,
)
from app.invitations.waves.forms import ProposalForm, WaveForm
from app.invitations.waves.models import Wave, WaveKind, WaveState
from app.network import digest_rhythm, network_queries
from app.network.audiences import audiences
from app.network.audiences.models import Audience
from app.network.people.models import DigestFrequency
from app.outbox import errands
from app.rows import read_row_number
from app.web import seen_parts
from app.web.acting import acting
from app.web.day_warnings import warn_of_days
from app.web.doors import OrganiserPages, row_of

organisers = OrganiserPages("waves", __name__, url_prefix="/organise/events/<slug>/waves")
_WAVE = row_of(Wave)


@organisers.get("", needs=Need.READ)
def list_waves(event: Event) -> ResponseReturnValue:
    return _render_waves(event)


def _render_waves(event: Event, form: ProposalForm | None = None) -> ResponseReturnValue:
    proposed = [] if event.cancelled else wave_proposals.propose_waves(event)
    return render_template(
        "invitations/waves.html",
        event=event,
        waves=invitation_queries.waves_of_event(event),
        states=invitation_queries.count_messages_by_wave(event),
        proposed=proposed,
        form=form or ProposalForm(network_queries.audiences_of_network(event.network), formdata=None),
        kinds=wave_recipients.STANDING,
    ), 422 if form else 200


@organisers.post("/propose", needs=Need.ORGANISE)
def accept_proposed_waves(event: Event) -> ResponseReturnValue:
    """Take over the usual waves as drafts."""
    form = ProposalForm(network_queries.audiences_of_network(event.network))
    if not form.validate_on_submit():
        return _render_waves(event, form)
    added = wave_proposals.add_proposed_waves(event, _load_audience(event, form.audience.data))
    db.session.commit()
    flash(
        ngettext(
            "%(num)s mail staat als concept klaar. Er gaat niets uit tot je akkoord geeft.",
            "%(num)s mails staan als concept klaar. Er gaat niets uit tot je akkoord geeft.",
            len(added),
        ),
        "ok",
    )
    return redirect(url_for("waves.list_waves", slug=event.slug), 303)


@organisers.route("/new", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_WAVE)
@organisers.route("/<int:wave_id>/edit", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_WAVE)
def edit_wave(event: Event, wave: Wave | None) -> ResponseReturnValue:
    if wave and wave.state not in waves.NOT_RUN:
        return redirect(url_for("waves.show_wave", slug=event.slug, wave_id=wave.id))
    form = WaveForm(
        event, network_queries.audiences_of_network(event.network), wave, data=_proposed_wave_data(event)
    ).of(wave)
    if form.validate_on_submit():
        wave = wave or Wave(event=event, event_id=event.id, state=WaveState.DRAFT)
        _fill_wave(wave, form)
        waves.withdraw_release(wave)
        db.session.add(wave)
        db.session.commit()
        warn_of_days((wave.due_at, wave.due_at), zone=event.zone)
        return redirect(url_for("waves.show_wave", slug=event.slug, wave_id=wave.id), 303)
    days = form.days.data
    counted = None if days is None or days > wave_proposals.MOST_DAYS else days
    due_at = None if counted is None else wave_proposals.day_counted(event, form.kind.data, counted)
    return render_template(
        "invitations/wave_form.html", event=event, form=form, wave=wave, due_at=due_at
    ), 422 if form.errors else 200


def _fill_wave(wave: Wave, form: WaveForm) -> None:
    event = wave.event
    wave.kind = WaveKind(form.kind.data)
    to_audience = wave.kind in wave_recipients.TO_AUDIENCE
    wave.audience_id = _load_audience(event, form.audience.data).id if to_audience else None
    for name, value in (form.moment() | form.in_parts()).items():
        setattr(wave, name, value)
    if wave.first_audience_id:
        _load_audience(event, str(wave.first_audience_id))
    wave.due_at = waves.wave_due_at(event, wave.at, wave.days_before, wave.hour)


def _proposed_wave_data(event: Event) -> dict[str, Any]:
    """A new wave of the asked kind, on its usual day, or soon when that has been."""
    kind = request.args.get("kind")
    kind = WaveKind(kind) if kind in wave_recipients.STANDING else WaveKind.INVITATION
    return {
        "kind": kind.value,
        "audience": request.args.get("audience", ""),
        "parts": "all",
        "rest_after": 3,
        "at_a_time": event.seats_on_site,
        **_proposed_moment(event, kind),
    }


def _proposed_moment(event: Event, kind: WaveKind) -> dict[str, Any]:
    wave = wave_proposals.propose_wave(event, kind)
    if wave.at is None:
        return {"timing": "before", "days": abs(wave.days_before or 0)}
    at = clock.to_local(wave.at, event.zone)
    return {
        "timing": "at",
        "day": at.date(),
        "hour": at.time(),
        "days": abs(wave_proposals.days_before_event(event, kind)),
    }


@organisers.get("/day", needs=Need.ORGANISE)
def say_wave_day(event: Event) -> str:
    """On which day a number of days before the session falls, or after it for the kinds that follow it."""
    days = read_row_number(request.args.get("days", "0"))
    if days is None or days > wave_proposals.MOST_DAYS:
        return ""
    due_at = wave_proposals.day_counted(event, request.args.get("kind", ""), days)
    return render_template("invitations/wave_day.html", event=event, due_at=due_at)


def _load_audience(event: Event, audience_id: str) -> Audience:
    audience = db.session.get(Audience, read_row_number(audience_id) or 0)
    if audience is None or audience.network_id != event.network_id:
        abort(404)
    return audience


@organisers.get("/<int:wave_id>", needs=Need.READ, subject=_WAVE)
def show_wave(event: Event, wave: Wave) -> str:
    waiting = wave.state in waves.NOT_RUN
    viewer = rights.current_viewer()
    return render_template(
        "invitations/wave.html",
        event=event,
        wave=wave,
        reach=audiences.count_reach(wave.audience.rule, event.network_id, viewer)
        if waiting and wave.audience
        else None,
        ways=wave_runs.count_recipients_by_way(wave) if waiting and _can_count(wave) else {},
        last_leaves_at=wave_estimates.last_mails_leave_at(wave) if waiting and _can_count(wave) else None,
        next_digest=digest_rhythm.next_digest_moment(DigestFrequency.WEEKLY, max(wave.due_at, clock.now())),
        states=invitation_queries.count_messages_by_wave(event).get(wave.id, {}),
        own_texts={language for _, language in letter_texts.own_texts(event.network, wave)},
        waiting_mails=waves.count_waiting_mails(wave),
        askers=invitation_queries.accounts_by_id({wave.asked_by_id, wave.released_by_id}),
        me=sessions.account(),
        files=wave_files.files_of(wave) if wave.letter_to else [],
        after_quiet_hours=wave_estimates.say_after_quiet_hours(wave) if waiting else "",
        under_way=errands.is_any_left(event.id),
        leaves_at_once=wave.due_at <= clock.now(),
        leaves_soon=wave.state == WaveState.PLANNED and wave.due_at <= clock.now() + waves.GRACE,
    )


def _can_count(wave: Wave) -> bool:
    return wave.audience is not None or not wave_recipients.goes_to_audience(wave)


@organisers.get("/<int:wave_id>/people", needs=Need.PEOPLE, subject=_WAVE)
def list_wave_recipients(event: Event, wave: Wave) -> ResponseReturnValue:
    """Who would get it and when, and who would not and why."""
    if wave.state not in waves.NOT_RUN or not _can_count(wave):
        return redirect(url_for("waves.show_wave", slug=event.slug, wave_id=wave.id))
    counts = wave_estimates.count_by_way(wave)
    way = request.args.get("way", "")
    way = way if way in {each.value for each in counts} else ""
    return render_template(
        "invitations/wave_people.html",
        event=event,
        wave=wave,
        counts=counts,
        way=way,
        page=wave_estimates.page_of_recipients(wave, way),
    )


@organisers.post("/<int:wave_id>/release", needs=Need.ORGANISE, subject=_WAVE, seen=seen_parts.parts_of_wave)
def release_wave(event: Event, wave: Wave) -> ResponseReturnValue:
    return _release_or_explain(wave, gettext("De mails staan klaar en vertrekken op het gekozen moment."))


@organisers.post("/<int:wave_id>/send", needs=Need.ORGANISE, subject=_WAVE, seen=seen_parts.parts_of_wave)
def send_wave_now(event: Event, wave: Wave) -> ResponseReturnValue:
    """Send now: after a minute in which it can be held."""
    waves.send_soon(wave)
    soon = gettext("De mails vertrekken over een minuut. Tot die tijd kun je ze nog tegenhouden.")
    return _release_or_explain(wave, wave_estimates.say_after_quiet_hours(wave) or soon)


def _release_or_explain(wave: Wave, done: str) -> ResponseReturnValue:
    def let_go() -> str:
        if wave.state in {WaveState.DRAFT, WaveState.PLANNED}:
            waves.release_wave(wave, sessions.account())
        if wave.state == WaveState.AWAITING:
            return gettext("Deze mail gaat naar veel mensen. Een tweede organisator kijkt mee en geeft akkoord.")
        return done

    return _steer(wave, let_go)


@organisers.post("/<int:wave_id>/approve", needs=Need.ORGANISE, subject=_WAVE, seen=seen_parts.parts_of_wave)
def approve_wave(event: Event, wave: Wave) -> ResponseReturnValue:
    """The second organiser lets a large wave go."""

    def let_go() -> str:
        if wave.state == WaveState.AWAITING:
            waves.approve_wave(wave, sessions.account())
        return gettext("Akkoord. De mails gaan op het gekozen moment uit.")

    return _steer(wave, let_go)


def _steer(wave: Wave, rule: Callable[[], str]) -> ResponseReturnValue:
    """Carry out what an organiser pressed and go back to the wave, saying what happened or why not."""
    slug, wave_id = wave.event.slug, wave.id
    with acting() as act:
        act.say(rule())
    return redirect(url_for("waves.show_wave", slug=slug, wave_id=wave_id), 303)


@organisers.post("/<int:wave_id>/hold", needs=Need.ORGANISE, subject=_WAVE)
def hold_wave(event: Event, wave: Wave) -> ResponseReturnValue:
    waves.hold_wave(wave)
    db.session.commit()
    held = wave.state == WaveState.DRAFT
    flash(
        gettext("De mails zijn tegengehouden. Er is niets verstuurd.")
        if held
        else gettext("De mails zijn al vertrokken."),
        "ok" if held else "warning",
    )
    return redirect(url_for("waves.show_wave", slug=event.slug, wave_id=wave.id), 303)


@organisers.post("/<int:wave_id>/pause", needs=Need.ORGANISE, subject=_WAVE)
def pause_wave(event: Event, wave: Wave) -> ResponseReturnValue:

    def stop() -> str:
        count = waves.pause_wave(wave, sessions.account())
        if wave.state != WaveState.PAUSED:
            return gettext("Alle mails waren al weg.")
        return ngettext("Gepauzeerd. %(num)s mail wacht.", "Gepauzeerd. %(num)s mails wachten.", count)

    return _steer(wave, stop)


@organisers.post("/<int:wave_id>/resume", needs=Need.ORGANISE, subject=_WAVE, seen=seen_parts.parts_of_wave)
def resume_wave(event: Event, wave: Wave) -> ResponseReturnValue:

    def go() -> str:
        count = waves.resume_wave(wave, sessions.account())
        return ngettext("We gaan verder met %(num)s mail.", "We gaan verder met %(num)s mails.", count)

    return _steer(wave, go)


@organisers.post("/<int:wave_id>/drop", needs=Need.ORGANISE, subject=_WAVE, seen=seen_parts.parts_of_wave)
def withdraw_wave(event: Event, wave: Wave) -> ResponseReturnValue:
    """End a wave; mails that have not left never will."""
    count = waves.withdraw_wave(wave, sessions.account())
    db.session.commit()
    if wave.state == WaveState.CANCELLED:
        flash(
            ngettext(
                "Gestopt. %(num)s mail is ingetrokken.",
                "Gestopt. %(num)s mails zijn ingetrokken.",
                count,
            )
            if wave.ran_at
            else gettext("Deze mail is vervallen."),
            "ok",
        )
    return redirect(url_for("waves.show_wave", slug=event.slug, wave_id=wave.id), 303)


@organisers.post("/<int:wave_id>/restore", needs=Need.ORGANISE, subject=_WAVE)
def restore_wave(event: Event, wave: Wave) -> ResponseReturnValue:
    """Undo of withdrawing, when nothing had left."""
    waves.restore_wave(wave)
    db.session.commit()
    return redirect(url_for("waves.show_wave", slug=event.slug, wave_id=wave.id), 303)


@organisers.post("/<int:wave_id>/test", needs=Need.ORGANISE, subject=_WAVE)
def mail_wave_example(event: Event, wave: Wave) -> ResponseReturnValue:
    """Mail an example to the signed-in organiser."""
    account = sessions.account()
    example_mails.mail_wave_example(wave, event, account)
    audit.note_in_audit_log(Action.TESTED, wave)
    db.session.commit()
    flash(
        gettext("Er is een voorbeeld onderweg naar %(address)s. De knoppen daarin doen niets.", address=account.email),
        "ok",
    )
    return redirect(url_for("waves.show_wave", slug=event.slug, wave_id=wave.id), 303)
