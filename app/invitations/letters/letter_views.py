"""The words of letters: of a network and of a single wave, with a live example, versions and pictures."""

from dataclasses import dataclass, replace
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import undefer

from app.accounts import rights, sessions
from app.accounts.rights import Need
from app.database import db, only_reading
from app.events.models import Event
from app.invitations import invitation_queries
from app.invitations.letters import example_mails, invitation_mail, letter_pictures, letter_texts, readable_letters
from app.invitations.letters.forms import PictureForm, ReadableForm, TemplateForm
from app.invitations.letters.models import LetterImage, LetterText
from app.invitations.waves import wave_letters, wave_recipients
from app.invitations.waves.models import Wave, WaveKind, WaveState
from app.network.models import Network
from app.network.people.models import Language, Person
from app.network.people.name_reading import read_name
from app.outbox import mail_parts
from app.outbox.kinds import IN_OWN_WORDS, MessageKind
from app.outbox.letter_sources import LetterError
from app.outbox.mime import Mail, write_mail_bytes
from app.registration import registration_letters
from app.rows import read_row_number
from app.uploads.people_shown import PeopleShown
from app.web.acting import acting
from app.web.doors import OrganiserPages, row_of
from app.web.mail_frame import mail_frame, text_frame
from app.words import Worded

organisers = OrganiserPages("letters", __name__, url_prefix="/organise")
_LETTER = "/networks/<slug>/letters/<folder>/<name>/<any(nl, en):language>"
_WAVE_LETTER = "/events/<slug>/waves/<int:wave_id>/text/<any(nl, en):language>"
_PICTURE = row_of(LetterImage, undefer(LetterImage.content))


class Look(Worded):
    """A way of looking at an example."""

    MAIL = "mail", _l("Mail")
    DARK = "dark", _l("Mail, donker")
    PHONE = "phone", _l("Mail op een telefoon")
    TEXT = "text", _l("Tekst zonder opmaak")
    CALENDAR = "calendar", _l("Agenda-onderdeel")


@dataclass(frozen=True)
class _Letter:
    """What is being edited: a kind in a language, of a network or of one of its waves."""

    network: Network
    event: Event
    kind: MessageKind
    language: str
    wave: Wave | None = None

    def url(self, endpoint: str, **values: Any) -> str:
        if self.wave:
            of: dict[str, Any] = {"slug": self.event.slug, "wave_id": self.wave.id}
            return url_for(f"letters.{endpoint}_of_wave", **of, language=self.language, **values)
        folder, _, name = self.kind.letter.partition("/")
        of = {"slug": self.network.slug, "folder": folder, "name": name}
        return url_for(f"letters.{endpoint}", **of, language=self.language, **values)

    @property
    def text_name(self) -> str:
        """Which of all texts it is, for the version that its form carries."""
        return f"{self.kind.letter}.{self.language}.{self.network.id}.{self.wave.id if self.wave else ''}"

    def in_language(self, language: str) -> str:
        """The same letter in the other language."""
        return replace(self, language=language).url("edit_letter")

    @property
    def back(self) -> str:
        if self.wave and "path" in request.args:
            return url_for("path.show_mail", slug=self.event.slug, wave=self.wave.id)
        if self.wave:
            return url_for("waves.show_wave", slug=self.event.slug, wave_id=self.wave.id)
        return url_for("letters.list_letters", slug=self.network.slug)

    @property
    def in_own_words(self) -> bool:
        """Whether it says nothing until an organiser wrote it."""
        return self.wave is not None and self.wave.letter_to is not None

    def current_text(self) -> str:
        return letter_texts.current_text(self.network, self.kind.letter, self.language, self.wave)

    def text_beneath(self) -> str:
        return letter_texts.text_beneath(self.network, self.kind.letter, self.language, self.wave)

    def readers(self) -> list[Person]:
        sought = request.values.get("sought", "").strip()
        can_count = self.wave and (self.wave.audience or not wave_recipients.goes_to_audience(self.wave))
        viewer = rights.current_viewer()
        found = invitation_queries.readers_for_preview(self.event, self.wave if can_count else None, viewer, sought)
        return found or invitation_queries.readers_for_preview(self.event, None, viewer, sought)


def _of_network(network: Network, folder: str, name: str, language: str) -> _Letter | None:
    kind = IN_OWN_WORDS.get(f"{folder}/{name}")
    return _Letter(network, example_mails.example_event(network), kind, language) if kind else None


def _of_wave(event: Event, wave_id: int, language: str) -> _Letter | None:
    wave = row_of(Wave)(event, wave_id)
    return wave and _Letter(event.network, event, wave.kind.mail, language, wave)


@organisers.get("/networks/<slug>/letters", needs=Need.ORGANISE)
def list_letters(network: Network) -> ResponseReturnValue:
    return _render_letters(network)


def _render_letters(network: Network, form: PictureForm | None = None) -> ResponseReturnValue:
    return render_template(
        "invitations/letters.html",
        network=network,
        kinds=IN_OWN_WORDS,
        own=letter_texts.own_texts(network),
        images=letter_texts.pictures_of_network(network),
        form=form or PictureForm(formdata=None),
    ), 422 if form else 200


@organisers.route(_LETTER, methods=["GET", "POST"], needs=Need.ORGANISE, subject=_of_network)
@organisers.route(
    _WAVE_LETTER, methods=["GET", "POST"], endpoint="edit_letter_of_wave", needs=Need.ORGANISE, subject=_of_wave
)
def edit_letter(of: Network | Event, letter: _Letter) -> ResponseReturnValue:
    now = letter.current_text()
    form = _form_of(letter, now)
    if "turn" in request.form:
        return _render_editor(letter, now, _turned(letter, now, form))
    if form.validate_on_submit():
        letter_texts.save_text(
            letter.network, letter.kind.letter, letter.language, form.source(), sessions.current_account(), letter.wave
        )
        db.session.commit()
        flash(gettext("De tekst is bewaard."), "ok")
        back = letter.in_own_words or "path" in request.args
        return redirect(letter.back if back else letter.url("edit_letter"), 303)
    return _render_editor(letter, now, form), 422 if form.errors else 200


def _form_of(letter: _Letter, now: str) -> ReadableForm | TemplateForm:
    """The letter in parts, unless it is more than those can hold, or its template was asked for."""
    template = "text" in request.form or "template" in request.args
    if not template and not request.form:
        known = letter_texts.fields_of_letter(letter.network, letter.kind.letter)
        template = readable_letters.read_source(now, known) is None
    form = TemplateForm if template and "body" not in request.form else ReadableForm
    return form(letter.network, letter.kind.letter, now).of(letter.text_name)


def _turned(letter: _Letter, now: str, form: ReadableForm | TemplateForm) -> ReadableForm | TemplateForm:
    """The other form, with what is typed in this one; nothing of it is kept yet."""
    other = TemplateForm if isinstance(form, ReadableForm) else ReadableForm
    turned = other(letter.network, letter.kind.letter, now, formdata=None).of(letter.text_name)
    try:
        turned.fill(form.source())
    except LookupError:
        flash(
            gettext("Deze tekst gebruikt meer dan velden, voorwaarden en blokken. Hij blijft daarom een sjabloon."),
            "warning",
        )
        return form
    flash(gettext("Hier staat wat je schreef. Het is nog niet bewaard."), "info")
    return turned


def _render_editor(letter: _Letter, now: str, form: ReadableForm | TemplateForm) -> str:
    beneath = letter.text_beneath()
    return render_template(
        "invitations/text.html",
        letter=letter,
        network=letter.network,
        event=letter.event,
        form=form,
        in_parts=isinstance(form, ReadableForm),
        fields=letter_texts.fields_of_letter(letter.network, letter.kind.letter),
        beneath=beneath,
        own=now.strip() != beneath.strip(),
        versions=letter_texts.text_versions(letter.network, letter.kind.letter, letter.language, letter.wave),
        readers=letter.readers(),
        looks=list(Look),
    )


@organisers.post(f"{_LETTER}/back", needs=Need.ORGANISE, subject=_of_network)
@organisers.post(f"{_WAVE_LETTER}/back", endpoint="restore_letter_of_wave", needs=Need.ORGANISE, subject=_of_wave)
def restore_letter(of: Network | Event, letter: _Letter) -> ResponseReturnValue:
    """Let an older version, or the text beneath the own one, hold again: as a new version."""
    letter_text_id = read_row_number(request.form.get("version", ""))
    older = db.session.get(LetterText, letter_text_id) if letter_text_id else None
    mine = [
        row.id
        for row, _ in letter_texts.text_versions(letter.network, letter.kind.letter, letter.language, letter.wave)
    ]
    if older is not None and older.id not in mine:
        abort(404)
    text = (older.text if older else "") or letter.text_beneath()
    try:
        letter_texts.check_letter_text(letter.network, letter.kind.letter, text)
    except LetterError as error:
        flash(" ".join(error.problems), "error")
        return redirect(letter.url("edit_letter"), 303)
    letter_texts.save_text(
        letter.network, letter.kind.letter, letter.language, text, sessions.current_account(), letter.wave
    )
    db.session.commit()
    flash(gettext("De tekst is teruggezet."), "ok")
    return redirect(letter.url("edit_letter"), 303)


@organisers.route(f"{_LETTER}/preview", methods=["GET", "POST"], needs=Need.ORGANISE, subject=_of_network)
@organisers.route(
    f"{_WAVE_LETTER}/preview",
    methods=["GET", "POST"],
    endpoint="preview_letter_of_wave",
    needs=Need.ORGANISE,
    subject=_of_wave,
)
def preview_letter(of: Network | Event, letter: _Letter) -> Response:
    """The letter as it stands in the editor now, as one reader would get it, or as it is kept in the other language; for a frame."""
    shown = request.values.get("shown", letter.language)
    if shown != letter.language and shown in list(Language):
        letter = replace(letter, language=shown)
        text = letter.current_text()
    else:
        text = _typed_text(letter)
    try:
        letter_texts.check_letter_text(letter.network, letter.kind.letter, text)
    except LetterError as error:
        return text_frame("\n".join(error.problems))
    look = request.values.get("look")
    with only_reading():
        parts = mail_parts.read_mail_parts(_mail_bytes(_write_preview(letter, _chosen_reader(letter), text)))
    match look:
        case Look.TEXT:
            return text_frame(parts.text)
        case Look.CALENDAR:
            return text_frame(parts.calendar or gettext("Deze mail heeft geen agenda-onderdeel."))
        case _:
            return mail_frame(parts.html, dark=look == Look.DARK)


def _typed_text(letter: _Letter) -> str:
    """What stands in the editor, or else what is kept."""
    now = letter.current_text()
    if "body" in request.form:
        return ReadableForm(letter.network, letter.kind.letter, now).source()
    return request.form.get("text") or now


def _chosen_reader(letter: _Letter) -> Person:
    """The chosen reader, else the first; without anybody the organiser. In the language of the letter."""
    readers = letter.readers()
    wanted = request.values.get("reader", "")
    person = next((each for each in readers if str(each.id) == wanted), readers[0] if readers else None)
    account = sessions.account()
    name, call_name = (person.name, person.call_name) if person else (account.name, read_name(account.name).greeting)
    address = (person.email if person else None) or account.email
    return invitation_mail.example_person(name, call_name, address, Language(letter.language))


def _write_preview(letter: _Letter, person: Person, text: str) -> Mail:
    invitation = invitation_mail.example_invitation(letter.event, person)
    holding = letter_texts.load_own_texts({letter.network.id})
    if letter.kind.value in {kind.value for kind in WaveKind}:
        wave = letter.wave or Wave(kind=WaveKind(letter.kind), state=WaveState.DRAFT)
        return wave_letters.write_wave_mail(wave, invitation, holding, source=text)
    return registration_letters.write_example_letter(letter.kind, invitation, holding, text)


def _mail_bytes(mail: Mail) -> bytes:
    return write_mail_bytes(mail, "voorbeeld@leerkring.example", "<voorbeeld@leerkring.example>")


@organisers.post("/networks/<slug>/letters/pictures", needs=Need.ORGANISE)
def add_picture(network: Network) -> ResponseReturnValue:
    form = PictureForm()
    good = form.validate_on_submit()
    picture = form.picture.data
    if good and not picture:
        form.reject("picture", gettext("Kies een bestand."))
    elif good and picture:
        with acting(form) as act:
            with only_reading():
                shrunk = letter_pictures.shrink_picture(picture.read())
            said = PeopleShown(form.people_shown.data)
            image = letter_pictures.keep_picture(network, form.name.data, form.alt.data, shrunk, said)
            act.say(
                gettext(
                    "De afbeelding is er. Zet haar in een tekst met het veld %(field)s.",
                    field="{{ " + letter_texts.PICTURE + image.name + " }}",
                )
            )
        if not act.refused:
            return redirect(url_for("letters.list_letters", slug=network.slug), 303)
    return _render_letters(network, form)


@organisers.get("/networks/<slug>/letters/pictures/<int:letter_image_id>", needs=Need.ORGANISE, subject=_PICTURE)
def show_picture(network: Network, image: LetterImage) -> Response:
    kind = "image/jpeg" if image.content.startswith(b"\xff\xd8") else "image/png"
    return Response(image.content, mimetype=kind)


@organisers.post(
    "/networks/<slug>/letters/pictures/<int:letter_image_id>/delete", needs=Need.ORGANISE, subject=_PICTURE
)
def delete_picture(network: Network, image: LetterImage) -> ResponseReturnValue:
    using = letter_texts.letters_using_picture(image)
    if using:
        flash(
            gettext(
                "Deze afbeelding staat nog in een tekst: %(texts)s. Haal haar daar eerst uit.",
                texts=", ".join(str(IN_OWN_WORDS[each].words) for each in using),
            ),
            "error",
        )
    else:
        db.session.delete(image)
        db.session.commit()
        flash(gettext("De afbeelding is weg."), "ok")
    return redirect(url_for("letters.list_letters", slug=network.slug), 303)
