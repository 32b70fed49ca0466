"""A course with an edition of three days, for tests of what becomes of that."""

from datetime import timedelta

from app import clock
from app.courses import courses, editions
from app.courses.courses import CourseDetails
from app.courses.editions import EditionDetails
from app.courses.meetings import MeetingDetails
from app.courses.models import CourseEdition
from app.network.models import Network
from tests import factories

TITLE = "Vergroting weerbaarheid"


def days(number: int = 3, *, first: int = 30) -> list[MeetingDetails]:
    """Days of three hours in Tilburg, a week from each other; the first is so many days from now."""
    begin = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=first)
    starts = [begin + timedelta(weeks=each) for each in range(number)]
    return [MeetingDetails(start, start + timedelta(hours=3), venue="Stadhuis", town="Tilburg") for start in starts]


def edition(
    of: Network | None = None, title: str = "Voorjaar", *, number: int = 3, needed: int | None = None, **values
) -> CourseEdition:
    """A draft; `values` as of EditionDetails."""
    network = of or factories.network()
    course = next((each for each in courses.list_courses(network) if each.title == TITLE), None)
    course = course or courses.create_course(network, CourseDetails(TITLE, "Voor raadsleden", "- kijken", needed))
    return editions.plan_edition(course, EditionDetails(title, **values), days(number))


def published(of: Network | None = None, **values) -> CourseEdition:
    made = edition(of, **values)
    editions.publish_edition(made)
    return made
