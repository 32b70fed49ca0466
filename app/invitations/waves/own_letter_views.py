"""Letters of which an organiser writes every word: to whom, what travels along, and from people who were ticked on a list."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app import clock
from app.accounts import rights, sessions
from app.accounts.rights import Need
from app.database import db, only_reading
from app.events import event_queries
from app.events.models import Event
from app.invitations.waves import own_letters, wave_files, wave_recipients, waves
from app.invitations.waves.forms import FileForm, OwnLetterForm, WriteToForm
from app.invitations.waves.models import LetterTo, Wave, WaveFile
from app.network import network_queries
from app.network.audiences.models import Audience
from app.network.models import Network
from app.network.people.models import Language
from app.rows import read_row_number
from app.web.acting import acting
from app.web.doors import OrganiserPages, row_of

organisers = OrganiserPages("own_letters", __name__, url_prefix="/organise")
PEOPLE = "people"
"""The field that names a ticked person, as often as there are."""


def _letter_of(event: Event, wave_id: int) -> Wave | None:
    wave: Wave | None = row_of(Wave)(event, wave_id)
    return wave if wave and wave.kind in wave_recipients.IN_OWN_WORDS else None


@organisers.route("/events/<slug>/letters/new", methods=["GET", "POST"], needs=Need.ORGANISE)
def begin_letter(event: Event) -> ResponseReturnValue:
    """To whom; then the text."""
    asked = {"to": request.args.get("to", LetterTo.COMING)}
    form = OwnLetterForm(event, network_queries.audiences_of_network(event.network), data=asked)
    if form.validate_on_submit():
        wave = own_letters.begin_letter(event, form.chosen(), _audience_of(event, form))
        _set_moment(wave, form)
        db.session.commit()
        return redirect(_text_of(wave), 303)
    return _render_form(event, form)


@organisers.route(
    "/events/<slug>/letters/<int:wave_id>", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_letter_of
)
def edit_letter(event: Event, wave: Wave) -> ResponseReturnValue:
    """To whom and when, and the files that travel along."""
    if wave.state not in waves.NOT_RUN:
        return redirect(_page_of(wave))
    form = OwnLetterForm(event, network_queries.audiences_of_network(event.network), wave).of(wave)
    if form.validate_on_submit():
        own_letters.change_readers(wave, form.chosen(), _audience_of(event, form))
        _set_moment(wave, form)
        db.session.commit()
        return redirect(_page_of(wave), 303)
    return _render_form(event, form, wave)


def _render_form(
    event: Event, form: OwnLetterForm, wave: Wave | None = None, file_form: FileForm | None = None
) -> ResponseReturnValue:
    page = render_template(
        "invitations/own_letter.html",
        event=event,
        form=form,
        wave=wave,
        files=wave_files.files_of(wave) if wave else [],
        file_form=file_form or FileForm(formdata=None),
        most=wave_files.MOST,
        heaviest=wave_files.HEAVIEST // 1000,
    )
    return page, 422 if form.errors or (file_form and file_form.errors) else 200


def _audience_of(event: Event, form: OwnLetterForm) -> Audience | None:
    if form.chosen() != LetterTo.AUDIENCE:
        return None
    audience = db.session.get(Audience, read_row_number(form.audience.data) or 0)
    return audience if audience and audience.network_id == event.network_id else abort(404)


def _set_moment(wave: Wave, form: OwnLetterForm) -> None:
    wave.at = wave.due_at = form.at or clock.now()


def _text_of(wave: Wave) -> str:
    return url_for("letters.edit_letter_of_wave", slug=wave.event.slug, wave_id=wave.id, language=Language.NL)


def _page_of(wave: Wave) -> str:
    return url_for("waves.show_wave", slug=wave.event.slug, wave_id=wave.id)


@organisers.post("/events/<slug>/letters/<int:wave_id>/files", needs=Need.ORGANISE, subject=_letter_of)
def add_file(event: Event, wave: Wave) -> ResponseReturnValue:
    form = FileForm()
    if wave.state not in waves.NOT_RUN:
        return redirect(_page_of(wave), 303)
    sent = form.file.data
    if form.validate_on_submit() and sent:
        wave_id = wave.id
        with acting(form) as act:
            with only_reading():
                name, content = wave_files.clean_file(sent.filename or "", sent.read())
            wave_files.add_file(db.session.get_one(Wave, wave_id), name, content)
            act.say(gettext("Het bestand reist mee met elke mail."))
        if not act.refused:
            return redirect(url_for("own_letters.edit_letter", slug=event.slug, wave_id=wave_id), 303)
    readers = OwnLetterForm(event, network_queries.audiences_of_network(event.network), wave, formdata=None).of(wave)
    return _render_form(event, readers, wave, form)


@organisers.post("/events/<slug>/letters/<int:wave_id>/files/remove", needs=Need.ORGANISE, subject=_letter_of)
def remove_file(event: Event, wave: Wave) -> ResponseReturnValue:
    file = db.session.get(WaveFile, read_row_number(request.form.get("file", "")) or 0)
    if file is None or file.wave_id != wave.id:
        abort(404)
    if wave.state in waves.NOT_RUN:
        wave_files.remove_file(wave, file)
        db.session.commit()
        flash(gettext("Het bestand gaat niet meer mee."), "ok")
    return redirect(url_for("own_letters.edit_letter", slug=event.slug, wave_id=wave.id), 303)


@organisers.post("/events/<slug>/letters/write-to", needs=Need.ORGANISE)
def write_to_of_event(event: Event) -> ResponseReturnValue:
    """A letter to people who were ticked on a list of this session."""
    return _write_to(event, _ticked())


@organisers.post("/networks/<slug>/letters/write-to", needs=Need.ORGANISE)
def write_to(network: Network) -> ResponseReturnValue:
    """A letter to people who were ticked on a list of the network: about which session is asked first."""
    form, ticked = WriteToForm(event_queries.events_of_network(network)), _ticked()
    if "event" in request.form and form.validate_on_submit():
        event = db.session.get(Event, read_row_number(form.event.data) or 0)
        return _write_to(event if event and event.network_id == network.id else abort(404), ticked)
    return render_template(
        "invitations/write_to.html", network=network, form=form, ticked=ticked, field_name=PEOPLE
    ), 422 if form.errors and "event" in request.form else 200


def _ticked() -> set[int]:
    return {person_id for each in request.form.getlist(PEOPLE) if (person_id := read_row_number(each))}


def _write_to(event: Event, ticked: set[int]) -> ResponseReturnValue:
    people = own_letters.known_people(event, ticked, rights.current_viewer())
    if not people:
        flash(gettext("Vink eerst iemand aan."), "warning")
        return redirect(url_for("waves.list_waves", slug=event.slug), 303)
    wave = own_letters.write_to_people(event, people, sessions.account())
    db.session.commit()
    flash(
        ngettext(
            "Je schrijft aan %(num)s persoon. Er gaat niets uit tot je akkoord geeft.",
            "Je schrijft aan %(num)s mensen. Er gaat niets uit tot je akkoord geeft.",
            len(people),
        ),
        "info",
    )
    return redirect(_text_of(wave), 303)
