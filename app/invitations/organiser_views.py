"""Waves of an event: the list, planning, the words, preview and test, releasing and sending."""

from datetime import timedelta

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from app import clock
from app.accounts import audit, sessions
from app.accounts.rights import signed_in
from app.database import db
from app.events.models import Event
from app.invitations import mailing, queries, recipients, waves
from app.invitations.forms import LetterForm, WaveForm
from app.invitations.models import Wave, WaveKind, WaveState
from app.invitations.waves import UselessWave
from app.network import audiences, rhythm
from app.network import queries as networks
from app.network.models import Audience, DigestFrequency, EmailAddress, Language, Person
from app.outbox import letters, reading
from app.outbox.mime import build
from app.outbox.queue import enqueue
from app.web.mail_frame import mail_frame
from app.web.organise import changeable_event, readable_event

blueprint = Blueprint("waves", __name__, url_prefix="/organise/events/<slug>/waves")
GRACE = timedelta(minutes=1)
"""Between 'send now' and leaving: time to think again."""
_USUAL = {WaveKind.SAVE_THE_DATE: 56, WaveKind.INVITATION: 42, WaveKind.REMINDER: 14, WaveKind.LAST_INFORMATION: 2}
"""Days before the event that a new wave of this kind proposes."""


@blueprint.get("")
@signed_in
def index(slug: str):
    event = readable_event(slug)
    return render_template(
        "invitations/waves.html",
        event=event,
        waves=queries.waves(event),
        states=queries.wave_states(event),
        kinds=list(WaveKind),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@blueprint.route("/<int:number>/edit", methods=["GET", "POST"])
@signed_in
def edit(slug: str, number: int | None = None):
    event = changeable_event(slug)
    wave = _own(event, number) if number else None
    if wave and wave.state not in {WaveState.DRAFT, WaveState.PLANNED}:
        return redirect(url_for("waves.show", slug=slug, number=number))
    form = WaveForm(event, networks.audiences(event.network), wave, data=_proposal())
    if form.validate_on_submit():
        wave = wave or Wave(event=event, event_id=event.id, texts={}, state=WaveState.DRAFT)
        wave.kind = WaveKind(form.kind.data)
        to_audience = wave.kind in recipients.TO_AUDIENCE
        wave.audience_id = _audience(event, form.audience.data).id if to_audience else None
        for name, value in form.moment().items():
            setattr(wave, name, value)
        wave.due_at = waves.due_moment(event, wave.at, wave.days_before, wave.hour)
        db.session.add(wave)
        db.session.commit()
        return redirect(url_for("waves.show", slug=slug, number=wave.id), 303)
    return render_template("invitations/wave_form.html", event=event, form=form, wave=wave), 422 if form.errors else 200


def _proposal() -> dict:
    """A new wave of the asked kind, on its usual day."""
    kind = request.args.get("kind")
    kind = WaveKind(kind) if kind in list(WaveKind) else WaveKind.INVITATION
    return {
        "kind": kind.value,
        "audience": request.args.get("audience", ""),
        "timing": "before",
        "days_before": _USUAL[kind],
    }


def _audience(event: Event, number: str) -> Audience:
    audience = db.session.get(Audience, int(number))
    if audience is None or audience.network_id != event.network_id:
        abort(404)
    return audience


@blueprint.get("/<int:number>")
@signed_in
def show(slug: str, number: int):
    event = readable_event(slug)
    wave = _own(event, number)
    reach = audiences.reach(wave.audience.rule, wave.audience.network_id) if wave.audience else None
    waiting = wave.state in {WaveState.DRAFT, WaveState.PLANNED}
    return render_template(
        "invitations/wave.html",
        event=event,
        wave=wave,
        reach=reach,
        ways=waves.outlook(wave) if waiting and _can_count(wave) else {},
        next_digest=rhythm.next_moment(DigestFrequency.WEEKLY, max(wave.due_at, clock.now())),
        states=queries.wave_states(event).get(wave.id, {}),
        leaves_soon=waiting and wave.state == WaveState.PLANNED and wave.due_at <= clock.now() + GRACE,
    )


def _can_count(wave: Wave) -> bool:
    return wave.audience is not None or wave.kind not in recipients.TO_AUDIENCE


@blueprint.post("/<int:number>/release")
@signed_in
def release(slug: str, number: int):
    wave = _own(changeable_event(slug), number)
    return _release(wave, gettext("De ronde staat klaar en vertrekt op het gekozen moment."))


@blueprint.post("/<int:number>/send")
@signed_in
def send(slug: str, number: int):
    """Send now: after a minute in which it can be held."""
    wave = _own(changeable_event(slug), number)
    if wave.state in {WaveState.DRAFT, WaveState.PLANNED}:
        wave.at, wave.days_before, wave.hour = clock.now() + GRACE, None, None
        wave.due_at = wave.at
    return _release(wave, gettext("De mails vertrekken over een minuut. Tot die tijd kun je de ronde nog tegenhouden."))


def _release(wave: Wave, done: str):
    try:
        if wave.state == WaveState.DRAFT or wave.state == WaveState.PLANNED:
            waves.release(wave)
    except UselessWave as useless:
        db.session.rollback()
        flash(
            {
                "not_published": gettext("Publiceer de sessie eerst. Daarna kunnen er mails uit."),
                "after_event": gettext("Deze ronde valt na het begin van de sessie. Kies een ander moment."),
                "no_audience": gettext("Kies eerst een doelgroep."),
            }[useless.problem],
            "error",
        )
    else:
        db.session.commit()
        flash(done, "ok")
    return redirect(url_for("waves.show", slug=wave.event.slug, number=wave.id), 303)


@blueprint.post("/<int:number>/hold")
@signed_in
def hold(slug: str, number: int):
    wave = _own(changeable_event(slug), number)
    waves.hold(wave)
    db.session.commit()
    held = wave.state == WaveState.DRAFT
    flash(
        gettext("De ronde is tegengehouden. Er is niets verstuurd.") if held else gettext("De ronde is al vertrokken."),
        "ok" if held else "warning",
    )
    return redirect(url_for("waves.show", slug=slug, number=number), 303)


@blueprint.post("/<int:number>/drop")
@signed_in
def drop(slug: str, number: int):
    wave = _own(changeable_event(slug), number)
    if wave.state in {WaveState.DRAFT, WaveState.PLANNED}:
        wave.state = WaveState.CANCELLED
        db.session.commit()
        flash(gettext("De ronde is vervallen."), "ok")
    return redirect(url_for("waves.index", slug=slug), 303)


@blueprint.post("/<int:number>/restore")
@signed_in
def restore(slug: str, number: int):
    """Undo of drop."""
    wave = _own(changeable_event(slug), number)
    if wave.state == WaveState.CANCELLED and wave.ran_at is None:
        wave.state = WaveState.DRAFT
        db.session.commit()
    return redirect(url_for("waves.show", slug=slug, number=number), 303)


@blueprint.route("/<int:number>/text/<language>", methods=["GET", "POST"])
@signed_in
def text(slug: str, number: int, language: str):
    event = changeable_event(slug)
    wave = _own(event, number)
    if language not in list(Language):
        abort(404)
    standard = letters.source(waves.letter_kind(wave.kind), language)
    form = LetterForm(mailing.FIELDS, data={"text": wave.texts.get(language, standard)})
    if form.validate_on_submit():
        own = form.text.data.strip() != standard.strip()
        wave.texts = {
            **{key: value for key, value in wave.texts.items() if key != language},
            **({language: form.text.data} if own else {}),
        }
        db.session.commit()
        flash(gettext("De tekst is bewaard."), "ok")
        return redirect(url_for("waves.show", slug=slug, number=number), 303)
    return render_template(
        "invitations/text.html",
        event=event,
        wave=wave,
        form=form,
        language=language,
        standard=standard,
        fields=mailing.FIELDS,
    ), 422 if form.errors else 200


@blueprint.get("/<int:number>/preview")
@signed_in
def show_preview(slug: str, number: int):
    """A mail of this wave as one of its recipients would get it."""
    event = changeable_event(slug)
    wave = _own(event, number)
    people = queries.recipients_for_preview(wave) if _can_count(wave) else []
    person = _chosen(people)
    parts = reading.parts(_preview_bytes(wave, person)) if person else None
    return render_template(
        "invitations/preview.html",
        event=event,
        wave=wave,
        people=people,
        person=person,
        parts=parts,
        subject=_subject(wave, person),
    )


@blueprint.get("/<int:number>/preview/html")
@signed_in
def preview_html(slug: str, number: int) -> Response:
    wave = _own(changeable_event(slug), number)
    person = _chosen(queries.recipients_for_preview(wave) if _can_count(wave) else []) or abort(404)
    return mail_frame(reading.parts(_preview_bytes(wave, person)).html)


def _chosen(people: list[Person]) -> Person | None:
    wanted = request.args.get("person", "")
    return next((person for person in people if str(person.id) == wanted), people[0] if people else None)


def _preview_bytes(wave: Wave, person: Person) -> bytes:
    mail = waves.write(wave, mailing.preview_invitation(wave.event, person))
    return build(mail, "voorbeeld@leerkring.example", "<voorbeeld@leerkring.example>")


def _subject(wave: Wave, person: Person | None) -> str:
    return waves.write(wave, mailing.preview_invitation(wave.event, person)).letter.subject if person else ""


@blueprint.post("/<int:number>/test")
@signed_in
def test(slug: str, number: int):
    """Mail an example to oneself."""
    event = changeable_event(slug)
    wave = _own(event, number)
    account = sessions.current()
    me = Person(
        name=account.name,
        call_name=account.name.split()[0],
        language=account.language,
        memberships=[],
        addresses=[EmailAddress(address=account.email, preferred=True)],
    )
    mail = waves.write(wave, mailing.preview_invitation(event, me))
    enqueue(mail, "test", network_id=event.network_id, event_id=event.id)
    audit.note("tested", wave)
    db.session.commit()
    flash(
        gettext("Er is een voorbeeld onderweg naar %(address)s. De knoppen daarin doen niets.", address=account.email),
        "ok",
    )
    return redirect(url_for("waves.show", slug=slug, number=number), 303)


def _own(event: Event, number: int) -> Wave:
    wave = db.session.get(Wave, number)
    if wave is None or wave.event_id != event.id:
        abort(404)
    return wave
