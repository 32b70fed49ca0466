"""The participant's page: it knows who it is, offers three answers and says what now holds.

GET shows and never acts. The first POST, by the personal link, goes on at an address
without the token: /my/<slug>, remembered in the session.
"""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.attendance import closing
from app.breakouts import choosing
from app.courses import interests
from app.database import db
from app.directory import consents
from app.directory.models import Shown
from app.events import event_questions, last_time, programme
from app.events.models import Mode
from app.invitations import invitation_links
from app.invitations.models import Invitation
from app.lessons.insights import uses
from app.materials import reading
from app.materials.reading import Reader, Shelf
from app.me import sessions as own_sessions
from app.network.organisations import organisations
from app.registration import (
    answers,
    calendar_answers,
    chosen_slots,
    course_answers,
    course_places,
    course_seats,
    link_requests,
    question_answers,
    substitute_wishes,
)
from app.registration.answer_page import AnswerPage
from app.registration.course_page import CoursePage
from app.registration.forms import (
    AnswerForm,
    LinkRequestForm,
    SubstituteForm,
    question_field_name,
    questions_form,
    read_choices,
    read_wishes,
)
from app.registration.models import SubstituteWish
from app.registration.seats import ModeFull, RegistrationClosed
from app.rows import read_row_number
from app.web import visiting
from app.web.acting import acting
from app.web.doors import PersonalPages, PublicPages
from app.web.forms import Form
from app.web.personal import INVITATION, Link, head_alone

personal = PersonalPages("registration", __name__, link=INVITATION)
public = PublicPages("registration", __name__)
_WISH = Link(substitute_wishes.wish_of_link, unknown="registration/unknown.html")


@personal.get("/i/<token>", endpoint="show_invitation")
@personal.get("/my/<slug>")
def show_own_invitation(invitation: Invitation) -> ResponseReturnValue:
    return head_alone() or _render_invitation(invitation)


def _render_invitation(
    invitation: Invitation, substitute: SubstituteForm | None = None, form: Form | None = None, status: int = 200
) -> ResponseReturnValue:
    place = course_places.find_place(invitation)
    if place and form is None and "dag" not in request.args:
        return _render_course(CoursePage.for_place(invitation, place), substitute, status)
    page = AnswerPage.for_invitation(invitation)
    form = form or (page.questions and _questions_form(page)) or None
    substitute = substitute or _substitute_form(invitation)
    slots = programme.list_slots(invitation.event)
    to_choose = page.confirmed and any(slot.rounds for slot in slots)
    return render_template(
        "registration/answer.html",
        page=page,
        Shown=Shown,
        course=place and place.meeting.edition.course,
        event=invitation.event,
        invitation=invitation,
        pressed="substitute" if substitute.errors else page.pressed(request.args.get("antwoord", "")),
        substitute=substitute,
        questions_form=form,
        unseen=_unseen_answers(page),
        closed=closing.closing_of(invitation.event) if invitation.event.over else None,
        uses_page=_link_to_uses(invitation) if invitation.event.over else None,
        slots=slots,
        choosing=choosing.load_choosing(invitation.event, page.place) if to_choose else None,
        shelf=_shelf_of(invitation),
        last_time=last_time.agreed_before(invitation.event) if invitation.event.looks_back else [],
    ), status


def _render_course(page: CoursePage, substitute: SubstituteForm | None, status: int) -> ResponseReturnValue:
    """The page of a course, with all its days; each has the ordinary page of its session behind it."""
    substitute = substitute or _substitute_form(page.invitation)
    return render_template(
        "registration/course.html",
        page=page,
        invitation=page.invitation,
        pressed="substitute" if substitute.errors else request.args.get("antwoord", ""),
        substitute=substitute,
        next_edition=interests.hears_of_next(page.course, page.invitation.person),
        shelf=_shelf_of(page.invitation),
        links={each.meeting.id: _link_to_day(each.registration.invitation) for each in page.days if each.registration},
    ), status


def _shelf_of(invitation: Invitation) -> Shelf:
    return reading.shelf_of(invitation.event, Reader([invitation.id], [invitation.person_id]))


def _link_to_uses(invitation: Invitation) -> str | None:
    """Where they say what they did with what was suggested there, once the report is public."""
    return uses.link_to_uses(invitation) if uses.find_report(invitation) else None


def _link_to_day(invitation: Invitation) -> str | None:
    """The page of one day: by its own link on a page that was opened by one, else as far as this browser remembers it."""
    if request.view_args and "token" in request.view_args:
        return f"{invitation_links.link_to_invitation(invitation)}?dag=ja"
    if (invitation.id, invitation.token_version) not in INVITATION.held({"slug": invitation.event.slug}):
        return None
    return url_for("registration.show_own_invitation", slug=invitation.event.slug, dag="ja")


def _substitute_form(invitation: Invitation) -> SubstituteForm:
    """Empty, or filled in with the person who asked to come in their place, when a mail about that was opened."""
    wish = substitute_wishes.latest_wish(invitation) if request.args.get("antwoord") == "collega" else None
    return SubstituteForm(formdata=None, data={"name": wish.name, "address": wish.address} if wish else None)


@personal.post("/i/<token>", endpoint="answer_by_link")
@personal.post("/my/<slug>")
def answer_own_invitation(invitation: Invitation) -> ResponseReturnValue:
    with acting():
        match AnswerForm().answer.data:
            case Mode.ON_SITE | Mode.ONLINE as mode:
                _accept_in_mode(invitation, Mode(mode))
            case "no":
                answers.decline_invitation(invitation)
                consents.show_at(invitation.person, invitation.event, shown=False)
            case what if what in course_answers.ANSWERS:
                if said := course_answers.answer(invitation, what, request.form):
                    flash(said, "ok")
            case "undo":
                _undo_last_answer(invitation)
            case "substitute":
                return _ask_substitute(invitation)
            case "questions":
                return _answer_questions(invitation)
            case "choose" | "wish" | "leave_line" as what:
                _answer_about_programme(invitation, what)
            case _:
                flash(gettext("Kies een antwoord."), "warning")
    return _commit_and_redirect(invitation)


def _accept_in_mode(invitation: Invitation, mode: Mode) -> None:
    registration = answers.accept_invitation(invitation, mode)
    if registration is not None:
        question_answers.fill_in_remembered(registration, invitation)
    if "asked_shown" in request.form:
        consents.show_at(invitation.person, invitation.event, shown=request.form.get("shown") == "y")


def _answer_about_programme(invitation: Invitation, what: str) -> None:
    match what:
        case "choose":
            _choose_slots(invitation)
        case "wish":
            chosen_slots.wish(invitation, read_wishes(request.form))
            flash(gettext("Je wensen zijn bewaard. Je hoort het als de plekken zijn verdeeld."), "ok")
        case "leave_line":
            chosen_slots.leave_line(invitation, read_row_number(request.form.get("slot", "")) or abort(404))
            flash(gettext("Je staat niet meer op die wachtlijst."), "ok")


def _choose_slots(invitation: Invitation) -> None:
    wanted = read_choices(request.form)
    waits = chosen_slots.choose(invitation, wanted)
    for slot in waits:
        flash(
            gettext("‘%(title)s’ is vol. Je staat op de wachtlijst en houdt wat je had.", title=slot.title), "warning"
        )
    if len(wanted) > len(waits):
        flash(gettext("Je keuze is bewaard. Je krijgt je programma zo per mail."), "ok")


def _undo_last_answer(invitation: Invitation) -> None:
    changed = gettext("Dit is al veranderd. Hieronder zie je wat nu geldt.")
    with acting(words={ModeFull: changed}) as act:
        if calendar_answers.undo_calendar_answer(invitation):
            act.say(gettext("Het antwoord uit je agenda is ongedaan gemaakt."))
        else:
            act.say(changed, "warning")


def _ask_substitute(invitation: Invitation) -> ResponseReturnValue:
    form = SubstituteForm()
    if not form.validate():
        return _render_invitation(invitation, substitute=form, status=422)
    with acting(form):
        answers.ask_substitute(invitation, form.name.data, form.address.data, through=form.through.data)
    if form.errors:
        return _render_invitation(
            invitation_links.load_invitation(invitation.id, invitation.token_version) or abort(404),
            substitute=form,
            status=422,
        )
    return _commit_and_redirect(invitation)


def _answer_questions(invitation: Invitation) -> ResponseReturnValue:
    page = AnswerPage.for_invitation(invitation)
    if page.registration is None or not page.can_change:
        raise RegistrationClosed
    form = _questions_form(page)
    if not form.validate():
        return _render_invitation(invitation, form=form, status=422)
    unseen = _unseen_answers(page)
    said = {question: form[question_field_name(question)].data or "" for question in page.questions}
    values = {question: value for question, value in said.items() if value or question.id not in unseen}
    remember = {question.preset for question in values if question.preset and form[f"remember_{question.id}"].data}
    question_answers.keep_answers(page.registration, values, remember)
    if page.asks_organisation and form["organisation"].data:
        answers.note_workplace(
            invitation, organisations.load_organisation(int(form["organisation"].data)) or abort(404)
        )
    flash(gettext("Je antwoorden zijn bewaard."), "ok")
    return _commit_and_redirect(invitation)


def _questions_form(page: AnswerPage) -> Form:
    choices = organisations.organisation_choices() if page.asks_organisation else None
    form = questions_form(page.questions, page.given, choices, _unseen_answers(page))
    if page.asks_organisation and request.method == "GET" and page.invitation.address:
        likely = organisations.organisation_of_domain(page.invitation.address.domain)
        form["organisation"].data = str(likely.id) if likely else ""
    for question in page.questions:
        if question.preset and request.method == "GET":
            form[f"remember_{question.id}"].data = question.preset in page.remembered
    return form


def _unseen_answers(page: AnswerPage) -> set[int]:
    """Ids of the questions whose answer may tell of health or belief, for whoever has no more than the link: it may be a
    forwarded one."""
    if own_sessions.is_signed_in_as(page.invitation.person):
        return set()
    return {each.id for each in page.questions if page.given.get(each.id) and event_questions.is_about_needs(each)}


def _commit_and_redirect(invitation: Invitation) -> ResponseReturnValue:
    """Save, and show what now holds at an address without the token."""
    db.session.commit()
    INVITATION.remember(invitation, *course_seats.links_to_course(invitation))
    return redirect(url_for("registration.show_own_invitation", slug=invitation.event.slug), 303)


@personal.route("/instead/<token>", methods=["GET", "POST"], link=_WISH, limit="30/hour")
def ask_to_come_instead(wish: SubstituteWish) -> str:
    """Somebody who answered another person's invitation asks to come in their place."""
    asked = request.method == "POST" and substitute_wishes.ask_invited_person(wish)
    if asked:
        db.session.commit()
    return render_template("registration/instead.html", wish=wish, event=wish.invitation.event, asked=asked)


@public.route("/events/<slug>/register", methods=["GET", "POST"], limit="20/hour")
def request_invitation_link(slug: str) -> ResponseReturnValue:
    """Ask for a personal link without having an invitation; the answer is the same for every address."""
    event = visiting.find_visible_event(slug) or abort(404)
    if not (event.open and event.open_to_all):
        return redirect(url_for("events.show_event", slug=slug), 303)
    form = LinkRequestForm()
    if form.validate_on_submit():
        link_requests.ask_invitation_link(event, form.name.data, form.address.data, through=form.through.data)
        db.session.commit()
        return render_template("registration/requested.html", event=event, address=form.address.data)
    return render_template("registration/request.html", event=event, form=form), 422 if form.errors else 200
