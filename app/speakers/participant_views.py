"""The page of somebody who was asked to speak: GET shows, POST keeps. No account; it lives on after the event."""

from operator import attrgetter

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.database import only_reading
from app.materials import material_files
from app.network.faces import pictures
from app.speakers import asking, in_the_room, slides, speaker_letters
from app.speakers.forms import AnswerForm, IntroductionForm, PictureForm, SlidesForm
from app.speakers.models import AskedSpeaker, SpeakerAnswer
from app.uploads.people_shown import PeopleShown
from app.web.acting import acting
from app.web.doors import PersonalPages
from app.web.forms import Form
from app.web.personal import Link, head_alone

personal = PersonalPages(
    "speaking",
    __name__,
    link=Link(asking.asked_of_link, language=attrgetter("person.language")),
)

_UNDO = "speaker_answer"
"""Under what this browser keeps what held before the last answer."""


@personal.route("/speak/<token>", methods=["GET", "POST"])
def answer_request(asked: AskedSpeaker) -> ResponseReturnValue:
    if head := head_alone():
        return head
    form = AnswerForm(asked)
    if form.validate_on_submit():
        with acting(form) as act:
            answer = SpeakerAnswer(form.answer.data)
            before = asking.answer_request(asked, answer, form.remark.data or "")
            act.say(
                gettext("Fijn dat je spreekt. Vertel hieronder wie je bent.")
                if answer == SpeakerAnswer.YES
                else gettext("Jammer, we weten het. Kun je toch? Zeg hieronder alsnog ja.")
            )
        if not act.refused:
            session[_UNDO] = {"asked": asked.id, **before}
            return _back_to(asked)
    return _render(asked, form)


@personal.post("/speak/<token>/undo")
def take_answer_back(asked: AskedSpeaker) -> ResponseReturnValue:
    """Undo the answer that this browser sent last."""
    before = session.get(_UNDO, {})
    if before.get("asked") == asked.id:
        with acting() as act:
            asking.take_answer_back(asked, before)
            act.say(gettext("Ongedaan gemaakt. Je antwoord is weer zoals het was."))
        session.pop(_UNDO)
    return _back_to(asked)


@personal.post("/speak/<token>/introduction")
def introduce(asked: AskedSpeaker) -> ResponseReturnValue:
    form = IntroductionForm(asked)
    if form.validate_on_submit():
        with acting(form) as act:
            asking.introduce(asked, form.about.data or "", form.agreed.data)
            act.say(gettext("Opgeslagen."))
        if not act.refused:
            return _back_to(asked)
    return _render(asked, form)


@personal.post("/speak/<token>/picture")
def give_picture(asked: AskedSpeaker) -> ResponseReturnValue:
    form = PictureForm()
    if form.validate_on_submit():
        with acting(form) as act:
            with only_reading():
                face = pictures.make_face(form.picture.data.read() if form.picture.data else b"")
            alt = gettext("Foto van %(name)s", name=asked.speaker.name)
            pictures.give_picture(asked, face, alt, PeopleShown.AGREED)
            act.say(gettext("Je foto is er."))
        if not act.refused:
            return _back_to(asked)
    return _render(asked, form)


@personal.post("/speak/<token>/picture/delete")
def take_picture_away(asked: AskedSpeaker) -> ResponseReturnValue:
    with acting() as act:
        pictures.take_picture_away(asked)
        act.say(gettext("Je foto is weg."))
    return _back_to(asked)


@personal.post("/speak/<token>/slides")
def send_slides(asked: AskedSpeaker) -> ResponseReturnValue:
    form = SlidesForm()
    if form.validate_on_submit():
        with acting(form, at="file") as act:
            name, content = form.upload()
            with only_reading():
                file = material_files.clean_material(name, content)
            slides.keep_slides(asked, file)
            act.say(gettext("‘%(name)s’ staat bij de sessie.", name=file.name))
        if not act.refused:
            return _back_to(asked)
    return _render(asked, form)


@personal.post("/speak/<token>/slides/<int:material_id>/delete")
def take_slides_away(asked: AskedSpeaker, material_id: int) -> ResponseReturnValue:
    with acting() as act:
        file = slides.take_slides_away(asked, material_id)
        act.say(gettext("‘%(name)s’ is weg. Een week lang kun je het terugzetten.", name=file.file_name))
    return _back_to(asked)


@personal.post("/speak/<token>/slides/<int:material_id>/restore")
def bring_slides_back(asked: AskedSpeaker, material_id: int) -> ResponseReturnValue:
    with acting() as act:
        file = slides.bring_slides_back(asked, material_id)
        act.say(gettext("‘%(name)s’ staat weer bij de sessie.", name=file.file_name))
    return _back_to(asked)


def _render(asked: AskedSpeaker, sent: Form) -> ResponseReturnValue:
    """The page with all its forms, of which one was `sent`."""
    forms = {
        "answer": sent if isinstance(sent, AnswerForm) else AnswerForm(asked, formdata=None),
        "introduction": sent if isinstance(sent, IntroductionForm) else IntroductionForm(asked, formdata=None),
        "picture": sent if isinstance(sent, PictureForm) else PictureForm(formdata=None),
        "slides": sent if isinstance(sent, SlidesForm) else SlidesForm(formdata=None),
    }
    slot = asked.speaker.slot
    return render_template(
        "speakers/own_page.html",
        asked=asked,
        event=asked.event,
        slot=slot,
        hours=speaker_letters.say_hours(slot),
        room=in_the_room.expected_in(slot),
        off=asking.is_off(asked),
        sent_slides=slides.slides_of(asked),
        removed_slides=slides.removed_slides_of(asked),
        can_undo=session.get(_UNDO, {}).get("asked") == asked.id,
        token=asking.token_of(asked),
        forms=forms,
        sent=sent,
    ), 422 if sent.errors else 200


def _back_to(asked: AskedSpeaker) -> ResponseReturnValue:
    return redirect(url_for("speaking.answer_request", token=asking.token_of(asked)), 303)
