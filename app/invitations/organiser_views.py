"""Waves of an event: the proposed ones, planning, who gets what when, releasing, pausing, withdrawing."""

from datetime import timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext

from app import clock
from app.accounts import audit, rights, sessions
from app.accounts.models import Action
from app.accounts.rights import Need
from app.database import db
from app.events.models import Event
from app.invitations import estimates, mailing, proposals, queries, recipients, running, texts, wave_letters, waves
from app.invitations.forms import ProposalForm, WaveForm
from app.invitations.models import Wave, WaveKind, WaveState
from app.invitations.waves import SameOrganiser, UselessWave
from app.network import audiences, rhythm
from app.network import queries as networks
from app.network.models import Audience, DigestFrequency, EmailAddress, Person
from app.outbox.kinds import MessageKind
from app.outbox.queue import enqueue
from app.web.doors import OrganiserPages, row_of

organisers = OrganiserPages("waves", __name__, url_prefix="/organise/events/<slug>/waves")
_WAVE = row_of(Wave)
GRACE = timedelta(minutes=1)
"""Between 'send now' and leaving: time to think again."""


@organisers.get("", needs=Need.READ)
def index(event: Event):
    return _index(event)


def _index(event: Event, form: ProposalForm | None = None):
    proposed = [] if event.cancelled else proposals.of(event)
    return render_template(
        "invitations/waves.html",
        event=event,
        waves=queries.waves(event),
        states=queries.wave_states(event),
        proposed=proposed,
        form=form or ProposalForm(networks.audiences(event.network), formdata=None),
        kinds=list(WaveKind),
    ), 422 if form else 200


@organisers.post("/propose", needs=Need.ORGANISE)
def propose(event: Event):
    """Take over the usual waves as drafts."""
    form = ProposalForm(networks.audiences(event.network))
    if not form.validate_on_submit():
        return _index(event, form)
    added = proposals.accept(event, _audience(event, form.audience.data))
    db.session.commit()
    flash(
        ngettext(
            "%(num)s ronde staat als concept klaar. Er gaat niets uit tot je haar vrijgeeft.",
            "%(num)s rondes staan als concept klaar. Er gaat niets uit tot je ze vrijgeeft.",
            len(added),
        ),
        "ok",
    )
    return redirect(url_for("waves.index", slug=event.slug), 303)


@organisers.route("/new", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_WAVE)
@organisers.route("/<int:number>/edit", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_WAVE)
def edit(event: Event, wave: Wave | None):
    if wave and wave.state not in waves.NOT_RUN:
        return redirect(url_for("waves.show", slug=event.slug, number=wave.id))
    form = WaveForm(event, networks.audiences(event.network), wave, data=_proposal(event))
    if form.validate_on_submit():
        wave = wave or Wave(event=event, event_id=event.id, state=WaveState.DRAFT)
        _fill(wave, form)
        waves.touched(wave)
        db.session.add(wave)
        db.session.commit()
        return redirect(url_for("waves.show", slug=event.slug, number=wave.id), 303)
    return render_template("invitations/wave_form.html", event=event, form=form, wave=wave), 422 if form.errors else 200


def _fill(wave: Wave, form: WaveForm) -> None:
    event = wave.event
    wave.kind = WaveKind(form.kind.data)
    to_audience = wave.kind in recipients.TO_AUDIENCE
    wave.audience_id = _audience(event, form.audience.data).id if to_audience else None
    for name, value in (form.moment() | form.in_parts()).items():
        setattr(wave, name, value)
    if wave.first_audience_id:
        _audience(event, str(wave.first_audience_id))
    wave.due_at = waves.due_moment(event, wave.at, wave.days_before, wave.hour)


def _proposal(event: Event) -> dict:
    """A new wave of the asked kind, on its usual day."""
    kind = request.args.get("kind")
    kind = WaveKind(kind) if kind in list(WaveKind) else WaveKind.INVITATION
    return {
        "kind": kind.value,
        "audience": request.args.get("audience", ""),
        "parts": "all",
        "rest_after": 3,
        "at_a_time": event.seats_on_site,
        "timing": "before",
        "days": abs(proposals.days(event, kind)),
    }


def _audience(event: Event, number: str) -> Audience:
    audience = db.session.get(Audience, int(number))
    if audience is None or audience.network_id != event.network_id:
        abort(404)
    return audience


@organisers.get("/<int:number>", needs=Need.READ, subject=_WAVE)
def show(event: Event, wave: Wave):
    waiting = wave.state in waves.NOT_RUN
    viewer = rights.current_viewer()
    return render_template(
        "invitations/wave.html",
        event=event,
        wave=wave,
        reach=audiences.reach(wave.audience.rule, event.network_id, viewer) if waiting and wave.audience else None,
        ways=running.outlook(wave) if waiting and _can_count(wave) else {},
        last_leaves_at=estimates.last_leaves_at(wave) if waiting and _can_count(wave) else None,
        next_digest=rhythm.next_moment(DigestFrequency.WEEKLY, max(wave.due_at, clock.now())),
        states=queries.wave_states(event).get(wave.id, {}),
        own_texts={language for _, language in texts.own(event.network, wave)},
        waiting_mails=waves.waiting_mails(wave),
        askers=queries.accounts({wave.asked_by_id, wave.released_by_id}),
        me=sessions.account(),
        leaves_soon=wave.state == WaveState.PLANNED and wave.due_at <= clock.now() + GRACE,
    )


def _can_count(wave: Wave) -> bool:
    return wave.audience is not None or wave.kind not in recipients.TO_AUDIENCE


@organisers.get("/<int:number>/people", needs=Need.PEOPLE, subject=_WAVE)
def people(event: Event, wave: Wave):
    """Who would get it when, and who would not and why."""
    if wave.state not in waves.NOT_RUN or not _can_count(wave):
        return redirect(url_for("waves.show", slug=event.slug, number=wave.id))
    counts = estimates.counts(wave)
    way = request.args.get("way", "")
    way = way if way in {each.value for each in counts} else ""
    return render_template(
        "invitations/wave_people.html", event=event, wave=wave, counts=counts, way=way, page=estimates.page(wave, way)
    )


@organisers.post("/<int:number>/release", needs=Need.ORGANISE, subject=_WAVE)
def release(event: Event, wave: Wave):
    return _release(wave, gettext("De ronde staat klaar en vertrekt op het gekozen moment."))


@organisers.post("/<int:number>/send", needs=Need.ORGANISE, subject=_WAVE)
def send(event: Event, wave: Wave):
    """Send now: after a minute in which it can be held."""
    if wave.state in waves.NOT_RUN:
        wave.at, wave.days_before, wave.hour = clock.now() + GRACE, None, None
        wave.due_at = wave.at
    return _release(wave, gettext("De mails vertrekken over een minuut. Tot die tijd kun je de ronde nog tegenhouden."))


def _release(wave: Wave, done: str):
    def let_go() -> str:
        if wave.state in {WaveState.DRAFT, WaveState.PLANNED}:
            waves.release(wave, sessions.account())
        if wave.state == WaveState.AWAITING:
            return gettext("Deze ronde gaat naar veel mensen. Een tweede organisator kijkt mee en geeft haar vrij.")
        return done

    return _steer(wave, let_go)


@organisers.post("/<int:number>/approve", needs=Need.ORGANISE, subject=_WAVE)
def approve(event: Event, wave: Wave):
    """The second organiser lets a large wave go."""

    def let_go() -> str:
        if wave.state == WaveState.AWAITING:
            waves.approve(wave, sessions.account())
        return gettext("De ronde is vrijgegeven.")

    return _steer(wave, let_go)


def _steer(wave: Wave, act) -> object:
    """Carry out what an organiser pressed and go back to the wave, saying what happened or why not."""
    slug, number = wave.event.slug, wave.id
    try:
        message = act()
    except UselessWave as useless:
        db.session.rollback()
        flash(_useless(useless.problem), "error")
    except SameOrganiser:
        db.session.rollback()
        flash(gettext("Een ander dan wie de ronde klaarzette geeft haar vrij."), "error")
    else:
        db.session.commit()
        flash(message, "ok")
    return redirect(url_for("waves.show", slug=slug, number=number), 303)


def _useless(problem: str) -> str:
    return {
        "not_published": gettext("Publiceer de sessie eerst. Daarna kunnen er mails uit."),
        "after_event": gettext("Deze ronde valt na het begin van de sessie. Kies een ander moment."),
        "before_end": gettext("Deze ronde valt voor het einde van de sessie. Kies een ander moment."),
        "no_audience": gettext("Kies eerst een doelgroep."),
    }[problem]


@organisers.post("/<int:number>/hold", needs=Need.ORGANISE, subject=_WAVE)
def hold(event: Event, wave: Wave):
    waves.hold(wave)
    db.session.commit()
    held = wave.state == WaveState.DRAFT
    flash(
        gettext("De ronde is tegengehouden. Er is niets verstuurd.") if held else gettext("De ronde is al vertrokken."),
        "ok" if held else "warning",
    )
    return redirect(url_for("waves.show", slug=event.slug, number=wave.id), 303)


@organisers.post("/<int:number>/pause", needs=Need.ORGANISE, subject=_WAVE)
def pause(event: Event, wave: Wave):

    def stop() -> str:
        count = waves.pause(wave, sessions.account())
        if wave.state != WaveState.PAUSED:
            return gettext("Alle mails waren al weg.")
        return ngettext("Gepauzeerd. %(num)s mail wacht.", "Gepauzeerd. %(num)s mails wachten.", count)

    return _steer(wave, stop)


@organisers.post("/<int:number>/resume", needs=Need.ORGANISE, subject=_WAVE)
def resume(event: Event, wave: Wave):

    def go() -> str:
        count = waves.resume(wave, sessions.account())
        return ngettext("De ronde gaat verder met %(num)s mail.", "De ronde gaat verder met %(num)s mails.", count)

    return _steer(wave, go)


@organisers.post("/<int:number>/drop", needs=Need.ORGANISE, subject=_WAVE)
def drop(event: Event, wave: Wave):
    """End a wave; what had not left never does."""
    count = waves.withdraw(wave, sessions.account())
    db.session.commit()
    if wave.state == WaveState.CANCELLED:
        flash(
            ngettext(
                "De ronde is gestopt. %(num)s mail is ingetrokken.",
                "De ronde is gestopt. %(num)s mails zijn ingetrokken.",
                count,
            )
            if wave.ran_at
            else gettext("De ronde is vervallen."),
            "ok",
        )
    return redirect(url_for("waves.show", slug=event.slug, number=wave.id), 303)


@organisers.post("/<int:number>/restore", needs=Need.ORGANISE, subject=_WAVE)
def restore(event: Event, wave: Wave):
    """Undo of drop, when nothing had left."""
    waves.restore(wave)
    db.session.commit()
    return redirect(url_for("waves.show", slug=event.slug, number=wave.id), 303)


@organisers.post("/<int:number>/test", needs=Need.ORGANISE, subject=_WAVE)
def test(event: Event, wave: Wave):
    """Mail an example to oneself."""
    account = sessions.account()
    me = Person(
        name=account.name,
        call_name=account.name.split()[0],
        language=account.language,
        memberships=[],
        addresses=[EmailAddress(address=account.email, preferred=True)],
    )
    holding = texts.holding({event.network_id}, {wave.id})
    mail = wave_letters.write(wave, mailing.preview_invitation(event, me), holding)
    enqueue(mail, MessageKind.TEST, network_id=event.network_id, event_id=event.id)
    audit.note(Action.TESTED, wave)
    db.session.commit()
    flash(
        gettext("Er is een voorbeeld onderweg naar %(address)s. De knoppen daarin doen niets.", address=account.email),
        "ok",
    )
    return redirect(url_for("waves.show", slug=event.slug, number=wave.id), 303)
