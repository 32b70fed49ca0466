"""What somebody sends from the page of their place in a course."""

from collections.abc import Mapping

from flask_babel import gettext

from app.courses.models import EnrolmentState
from app.events.models import Mode
from app.invitations.models import Invitation
from app.registration import answers, course_days, course_places, course_wishes, enrolments, seats
from app.registration.course_days import PERSON
from app.registration.course_page import CoursePage
from app.registration.course_places import CoursePlace, EnrolmentRefused
from app.registration.course_wishes import ABSENT, Wanted
from app.registration.seats import RegistrationClosed
from app.rows import read_row_number

ANSWERS = ("enrol", "around", "day", "leave", "decline")


def answer(invitation: Invitation, what: str, sent: Mapping[str, str]) -> str:
    """Do what was asked; returns what to say. Raises what enrolments raise, and RegistrationClosed where it is no course."""
    seats.keep_living(invitation.person_id)
    place = course_places.find_place_locked(invitation)
    if place is None:
        raise RegistrationClosed
    match what:
        case "enrol" if giver := enrolments.giver_of(invitation, place):
            wanted = course_wishes.read_wanted(place.meeting.edition, sent, course_wishes.wanted_by(giver))
            enrolments.take_over(giver, invitation, wanted)
        case "enrol":
            stands = course_wishes.wanted_by(place.enrolment) if place.waits and place.enrolment else None
            return _enrol(invitation, place, course_wishes.read_wanted(place.meeting.edition, sent, stands))
        case "around":
            return _enrol(invitation, place, _around(CoursePage.for_place(invitation, place)))
        case "day":
            _change_day(place, sent)
            return gettext("Je dag is aangepast. Je krijgt er een mail over.")
        case "leave" if place.enrolment:
            enrolments.leave(place.enrolment)
        case _:
            answers.decline_invitation(invitation)
    return ""


def _enrol(invitation: Invitation, place: CoursePlace, wanted: Wanted) -> str:
    if place.confirmed:
        return gettext("Je bent al ingeschreven. Wil je een dag anders? Verander die hieronder.")
    waited = place.waits
    enrolled = enrolments.enrol(invitation, **vars(wanted), place=place)
    if enrolled.state != EnrolmentState.WAITING:
        return ""
    if wanted.catch_up:
        return gettext(
            "Je staat op de wachtlijst. Komt er een plek, dan haal je die dag in waar je koos als daar dan nog plek is."
        )
    return gettext("Je keuze is bewaard. Je houdt je plaats op de wachtlijst.") if waited else ""


def _around(page: CoursePage) -> Wanted:
    """What somebody in line wishes, with each day that is full in another edition; a wish that is gone with the first there is."""
    wanted = course_wishes.read_wanted(page.edition, {f"day_{day.meeting.id}": day.proposed for day in page.days})
    for day in page.days:
        wish, offered = wanted.catch_up.get(day.meeting.id), [each.id for each in day.elsewhere]
        if offered and (day in page.blocking or (wish and wish not in offered)):
            wanted.modes.pop(day.meeting.id, None)
            wanted.catch_up[day.meeting.id] = offered[0]
    return wanted


def _change_day(place: CoursePlace, sent: Mapping[str, str]) -> None:
    number = read_row_number(sent.get("meeting", ""))
    meeting = next((each for each in place.meeting.edition.meetings_held if each.id == number), None)
    if meeting is None or place.enrolment is None:
        raise RegistrationClosed
    choice = sent.get(f"day_{number}", "")
    if choice == ABSENT:
        course_days.stay_away(place.enrolment, meeting, PERSON)
    elif choice in list(Mode):
        course_days.come(place.enrolment, meeting, Mode(choice), PERSON)
    elif (event_id := read_row_number(choice)) is not None:
        course_days.catch_up(place.enrolment, meeting, event_id, PERSON)
    else:
        raise EnrolmentRefused("no_catch_up")
