"""What somebody sends from the page of their place in a course."""

from collections.abc import Mapping

from flask_babel import gettext

from app.courses.models import EnrolmentState
from app.events.models import Mode
from app.invitations.models import Invitation
from app.registration import answers, course_days, course_page, course_places, enrolments
from app.registration.course_days import PERSON
from app.registration.course_page import ABSENT, CoursePage
from app.registration.course_places import EnrolmentRefused
from app.registration.seats import RegistrationClosed
from app.rows import read_row_number

ANSWERS = ("enrol", "around", "day", "leave", "decline")


def answer(invitation: Invitation, what: str, sent: Mapping[str, str]) -> str:
    """Do what was asked; returns what to say. Raises what enrolments raise, and RegistrationClosed where it is no course."""
    place = course_places.find_place(invitation)
    if place is None:
        raise RegistrationClosed
    page = CoursePage.for_place(invitation, place)
    match what:
        case "enrol" if giver := enrolments.giver_of(invitation, place):
            enrolments.take_over(giver, invitation)
        case "enrol":
            wanted = course_page.read_wanted(page, sent)
            enrolled = enrolments.enrol(invitation, wanted.modes, absent=wanted.absent, catch_up=wanted.catch_up)
            if wanted.catch_up and enrolled.state == EnrolmentState.WAITING:
                return gettext("Je staat op de wachtlijst. De dag die je wilt inhalen, kies je zodra je een plek hebt.")
        case "around":
            around = {each.meeting.id: each.elsewhere[0].id for each in page.blocking if each.elsewhere}
            enrolments.enrol(invitation, enrolments.wishes_of(place), catch_up=around)
        case "day":
            _change_day(page, sent)
            return gettext("Je dag is aangepast. Je krijgt er een mail over.")
        case "leave" if place.enrolment:
            enrolments.leave(place.enrolment)
        case _:
            answers.decline_invitation(invitation)
    return ""


def _change_day(page: CoursePage, sent: Mapping[str, str]) -> None:
    number = read_row_number(sent.get("meeting", ""))
    day = next((each for each in page.days if each.meeting.id == number), None)
    if day is None or page.place.enrolment is None:
        raise RegistrationClosed
    choice = sent.get(f"day_{number}", "")
    if choice == ABSENT:
        course_days.stay_away(page.place.enrolment, day.meeting, PERSON)
    elif choice in list(Mode):
        course_days.come(page.place.enrolment, day.meeting, Mode(choice), PERSON)
    elif (event_id := read_row_number(choice)) is not None:
        course_days.catch_up(page.place.enrolment, day.meeting, event_id, PERSON)
    else:
        raise EnrolmentRefused("no_catch_up")
