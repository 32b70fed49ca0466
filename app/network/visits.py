"""Links in mails to a page of a network that is not listed: they let a member in, to that one page.

A link holds for whoever has it, also by a forwarded mail, as long as whom it was mailed to is in the network: it opens the
public face of one session or impression, and neither the network's page nor another session.
"""

from dataclasses import dataclass

from app import tokens, urls
from app.network import memberships
from app.network.models import Network, Standing
from app.network.people.models import Person
from app.tokens import Purpose


@dataclass(frozen=True)
class Visit:
    """A page that somebody was mailed, and by which membership it opens."""

    membership_id: int
    path: str


def link_to_page(person: Person, network: Network, page: str) -> str:
    """The address of a page, at our own host, as it stands in a mail to somebody."""
    membership = None if network.listed else memberships.find_membership(person.id, network.id)
    if membership is None:
        return page
    path = page.removeprefix(urls.absolute_url(""))
    return urls.visit_url(tokens.make_token(Purpose.VISIT, membership.id, about=path), path)


def visit_of_link(token: str, path: str) -> Visit | None:
    """What a link opens; None once whom it was mailed to has left."""
    membership_id, _ = tokens.read_token(Purpose.VISIT, token, path) or (0, 0)
    visit = Visit(membership_id, path)
    return visit if network_of_visit(visit) else None


def network_of_visit(visit: Visit) -> int | None:
    """The network that a visit may see a page of, as long as its member is in it."""
    membership = memberships.membership_today(visit.membership_id)
    return membership.network_id if membership and membership.standing != Standing.LEFT else None
