"""Personal links: who comes in by the token in the address or, after a first change, by what the session remembers.

One browser may open links of several people: a shared mailbox, somebody who answers for the alderman. So the session
remembers more than one, a page at an address without the token says in its forms whose it is, signed, and what is sent
counts for that one alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from flask import Response, abort, current_app, g, render_template, request, session
from flask.typing import ResponseReturnValue
from itsdangerous import Signer

from app.database import SAFE_METHODS
from app.invitations import invitation_links
from app.invitations.models import Invitation
from app.network import visits
from app.network.people import personal_links
from app.network.visits import Visit

MOST = 20
"""Links of a purpose that a session remembers; the oldest go first."""
Held = tuple[int, int]
"""Number and version of a link that the session remembers."""
HeldInvitation = tuple[str, int, int]
"""The same of an invitation, with the address part of its event in front."""


def head_alone() -> Response | None:
    """The answer to HEAD, by which scanners of mail try a link: for it no page need be made. None for other requests."""
    if request.method != "HEAD":
        return None
    answer = Response(mimetype="text/html")
    answer.automatically_set_content_length = False
    return answer


@dataclass(frozen=True)
class Link:
    """One purpose of personal links: `find` by token and, where the session remembers it, `load` by number and version.

    `language` says in which one its page speaks, `unknown` which page tells that a link does not work: without one it is
    the page of any address that does not exist.
    """

    find: Callable[..., Any]
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
        if "token" in values:
            return self.find(values.pop("token"))
        if self.load is None:
            return None
        held = next((each for each in self.held(values) if self._is_meant(each)), None)
        if held is None:
            return None
        found = self.load(*held)
        if found is not None:
            g.whose = self._sign(held)
        return found

    def held(self, values: dict[str, Any]) -> list[Held]:
        """The links that the session remembers for an address, the latest first."""
        kept = session.get(self.key) or []
        return [(row_id, version) for row_id, version in ([kept] if kept and isinstance(kept[0], int) else kept)]

    def remember(self, found: Any) -> None:
        """From here on the address needs no token, as long as the link holds; it shows the latest that was remembered."""
        mine = (found.id, self.version(found))
        session[self.key] = [mine, *(each for each in self.held({}) if each[0] != mine[0])][:MOST]

    def remembered(self) -> list[Any]:
        """All that this browser opened and whose links still hold."""
        found = [self.load(*held) for held in self._all_held()] if self.load else []
        return [each for each in found if each is not None]

    def refuse(self) -> ResponseReturnValue:
        if request.method not in SAFE_METHODS and self.has_forgotten():
            return render_template("web/other_person.html"), 409
        return (render_template(self.unknown), 404) if self.unknown else abort(404)

    def has_forgotten(self) -> bool:
        """Whether this browser opened links of this purpose, though not or no longer the one that is meant."""
        return bool(session.get(self.key))

    def _all_held(self) -> list[Held]:
        return self.held({})

    def _is_meant(self, held: Held) -> bool:
        """What is looked at is the latest; what is sent belongs to whose page it was on."""
        return request.method in SAFE_METHODS or request.form.get("whose") == self._sign(held)

    def _sign(self, held: Held) -> str:
        row_id, version = held
        return Signer(current_app.secret_key or "", salt="whose").sign(f"{self.key}.{row_id}.{version}").decode()


class InvitationLink(Link):
    """The invitations that this browser opened, each for its event."""

    def held(self, values: dict[str, Any]) -> list[Held]:
        slug = values.pop("slug")
        return [(invitation_id, version) for event, invitation_id, version in self._kept() if event == slug]

    def remember(self, found: Invitation, *along: HeldInvitation) -> None:
        """Also others that came with it, of which it is the latest."""
        new = [(found.event.slug, found.id, self.version(found)), *along]
        ids = {invitation_id for _, invitation_id, _ in new}
        session[self.key] = [*new, *(each for each in self._kept() if each[1] not in ids)][:MOST]
        session.permanent = True

    def _all_held(self) -> list[Held]:
        return [(invitation_id, version) for _, invitation_id, version in self._kept()]

    def _kept(self) -> list[HeldInvitation]:
        kept = session.get(self.key) or []
        if isinstance(kept, dict):
            kept = [(event, *held) for event, held in reversed(kept.items())]
        return [(event, invitation_id, version) for event, invitation_id, version in kept]


class VisitLink(Link):
    """The pages of networks that are not listed which this browser was let into, one by one."""

    def open(self, values: dict[str, Any]) -> Any:
        return self.find(values.pop("token"), f"/{values.pop('kind')}/{values.pop('slug')}")

    def remember(self, found: Visit) -> None:
        mine = (found.membership_id, found.path)
        session[self.key] = [mine, *(each for each in self._kept_visits() if each != mine)][:MOST]

    def network_ids(self, path: str) -> set[int | None]:
        """The networks that let this browser into the page at this address."""
        return {visits.network_of_visit(Visit(*each)) for each in self._kept_visits() if each[1] == path}

    def _kept_visits(self) -> list[tuple[int, str]]:
        return [(membership_id, path) for membership_id, path in session.get(self.key) or []]


def _language(invitation: Invitation) -> str:
    return invitation.person.language


INVITATION = InvitationLink(
    invitation_links.invitation_of_link,
    invitation_links.load_invitation,
    "invitations",
    language=_language,
    unknown="registration/unknown.html",
)
"""To the page of one event, for people who are invited."""

VISIT = VisitLink(visits.visit_of_link, key="visits", unknown=None)
"""To one public page of a network that is not listed."""

PREFERENCES = Link(personal_links.person_of_link, language=attrgetter("language"))
"""Under every mail: whose it is. It says where to sign in, and stops the digest, of which it is in the headers."""
