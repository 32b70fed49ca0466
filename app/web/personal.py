"""Personal links: who comes in by the token in the address or, after a first change, by what the session remembers."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from flask import abort, render_template, session
from flask.typing import ResponseReturnValue

from app.invitations import invitation_links
from app.invitations.models import Invitation
from app.network.people import personal_links


@dataclass(frozen=True)
class Link:
    """One purpose of personal links: `find` by token and, where the session remembers it, `load` by number and version.

    `language` says in which one its page speaks, `unknown` which page tells that a link does not work: without one it is
    the page of any address that does not exist.
    """

    find: Callable[[str], Any]
    load: Callable[[int, int], Any] | None = None
    key: str = ""
    version: Callable[[Any], int] = attrgetter("token_version")
    language: Callable[[Any], str | None] = lambda found: None
    unknown: str | None = "web/unknown_link.html"

    @property
    def is_remembered(self) -> bool:
        return self.load is not None

    def open(self, values: dict[str, Any]) -> Any:
        """What the parts of an address lead to; the parts that were used are taken out of them."""
        return self.find(values.pop("token")) if "token" in values else self.remembered(values)

    def remembered(self, values: dict[str, Any]) -> Any:
        return self.load(*session.get(self.key, (0, 0))) if self.load else None

    def remember(self, found: Any) -> None:
        """From here on the address needs no token, as long as the link holds."""
        session[self.key] = [found.id, self.version(found)]

    def refuse(self) -> ResponseReturnValue:
        return (render_template(self.unknown), 404) if self.unknown else abort(404)


class InvitationLink(Link):
    """The invitations that this browser opened, one for each event; the oldest go first."""

    MOST = 20

    def remembered(self, values: dict[str, Any]) -> Invitation | None:
        given: tuple[int, int] = session.get(self.key, {}).get(values.pop("slug"), (0, 0))
        return invitation_links.load_invitation(*given)

    def remember(self, found: Invitation) -> None:
        kept = [item for item in session.get(self.key, {}).items() if item[0] != found.event.slug]
        session[self.key] = dict([*kept[-self.MOST + 1 :], (found.event.slug, (found.id, self.version(found)))])
        session.permanent = True


def _language(invitation: Invitation) -> str:
    return invitation.person.language


INVITATION = InvitationLink(
    invitation_links.invitation_of_link,
    invitation_links.load_invitation,
    "invitations",
    language=_language,
    unknown="registration/unknown.html",
)
"""To the page of one event, for who is invited."""

PREFERENCES = Link(
    personal_links.person_of_link,
    personal_links.load_person,
    "preferences",
    version=attrgetter("preferences_version"),
    language=attrgetter("language"),
)
"""To what somebody wants to hear, and what we know of them."""
