"""The invitations that this browser opened by their link: after the first POST addresses carry no token."""

from flask import session

from app.invitations import links
from app.invitations.models import Invitation

_MOST = 20


def invitation(slug: str) -> Invitation | None:
    """The invitation to this event that the browser knows, if its link still holds."""
    number, version = session.get("invitations", {}).get(slug, (0, 0))
    return links.load(number, version)


def keep(invitation_: Invitation) -> None:
    kept = [item for item in session.get("invitations", {}).items() if item[0] != invitation_.event.slug]
    session["invitations"] = dict(
        [*kept[-_MOST + 1 :], (invitation_.event.slug, (invitation_.id, invitation_.token_version))]
    )
    session.permanent = True
