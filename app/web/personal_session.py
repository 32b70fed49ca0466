"""Who this is on a page by personal link: by the token in the address or, after a first change, by the session."""

from flask import session

from app.network import personal_links
from app.network.models import Person


def remember(person: Person) -> None:
    """From here on the address needs no token."""
    session["preferences"] = [person.id, person.preferences_version]


def person(token: str | None = None) -> Person | None:
    """Whose link this is, or whom the session remembers as long as their link holds."""
    return personal_links.find(token) if token else personal_links.load(*session.get("preferences", (0, 0)))
