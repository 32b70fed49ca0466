"""What search engines read of a session, course or item: schema.org, as JSON-LD in its page.

Never who takes part, nor the link to join online. What has no date is no Event.
"""

from typing import Any

from app import clock, urls
from app.catalogue.models import CatalogueItem
from app.courses.models import Course
from app.courses.public_courses import ShownEdition
from app.events.models import Event
from app.network.models import Network

_CONTEXT = {"@context": "https://schema.org"}
Data = dict[str, Any]


def of_event(event: Event) -> Data:
    """One Event; a cancelled one keeps its date (developers.google.com, 17 March 2020)."""
    told = {
        "@type": "Event",
        "name": event.title,
        "description": event.summary,
        "url": urls.event_url(event.slug),
        "eventStatus": f"https://schema.org/{'EventCancelled' if event.cancelled else 'EventScheduled'}",
        **_when_and_where(event),
        "organizer": _organisation(event.network),
    }
    if event.face:
        told["image"] = urls.absolute_url(f"/pictures/{event.face.key}/shared.jpg")
    return _CONTEXT | _filled(told)


def of_course(course: Course, editions: list[ShownEdition]) -> Data:
    """A Course with an instance for each edition that is still to come."""
    told = {
        "@type": "Course",
        "name": course.title,
        "description": course.for_whom,
        "url": urls.course_url(course.slug),
        "provider": _organisation(course.network),
        "hasCourseInstance": [_instance(each) for each in editions if not (each.over or each.cancelled)],
    }
    return _CONTEXT | _filled(told)


def of_item(item: CatalogueItem) -> Data:
    told = {
        "@type": "LearningResource",
        "name": item.title,
        "description": item.summary,
        "url": urls.item_url(item.slug),
        "learningResourceType": str(item.kind.words),
        "timeRequired": f"PT{item.minutes}M" if item.minutes else "",
        "author": {"@type": "Organization", "name": item.maker} if item.maker else "",
        "publisher": _organisation(item.network),
    }
    return _CONTEXT | _filled(told)


def _instance(shown: ShownEdition) -> Data:
    first, last = shown.events[0], shown.events[-1]
    modes = {_MODES[each.on_site, each.online].lower() for each in shown.events}
    told = {
        "@type": "CourseInstance",
        "name": shown.edition.title,
        "courseMode": modes.pop() if len(modes) == 1 else "blended",
        **_when_and_where(first),
        "endDate": clock.to_local(last.ends_at, last.zone).isoformat(),
    }
    del told["eventAttendanceMode"]
    return _filled(told)


_MODES = {(True, True): "Mixed", (True, False): "Offline", (False, True): "Online", (False, False): "Offline"}


def _when_and_where(event: Event) -> Data:
    places: list[Data] = []
    if event.on_site:
        address = {"@type": "PostalAddress", "streetAddress": event.street, "addressLocality": event.town}
        places.append(_filled({"@type": "Place", "name": event.venue, "address": _filled(address)}))
    if event.online:
        places.append({"@type": "VirtualLocation", "url": urls.event_url(event.slug)})
    return {
        "startDate": clock.to_local(event.starts_at, event.zone).isoformat(),
        "endDate": clock.to_local(event.ends_at, event.zone).isoformat(),
        "eventAttendanceMode": f"https://schema.org/{_MODES[event.on_site, event.online]}EventAttendanceMode",
        "location": places[0] if len(places) == 1 else places,
    }


def _organisation(network: Network) -> Data:
    return {"@type": "Organization", "name": network.name, "url": urls.network_url(network.slug)}


def _filled(told: Data) -> Data:
    return {name: value for name, value in told.items() if value not in ("", [], None)}
