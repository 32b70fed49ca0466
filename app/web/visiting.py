"""Who may know of a network that is not listed: who organises or reads it, and its members, once they signed in.

Who was let in by a link in a mail to one of its pages, or opened an invitation, sees that page alone, with what hangs under
its address.
The code on the wall of a room is a right of its own (`lessons/board/catching_views.py`): it shows the cards of one session
and names no network.

For anybody else its addresses are those of a network that does not exist.
"""

from flask import g

from app.accounts import rights, sessions
from app.events import course_meetings, event_queries, event_series
from app.events.models import Event, Series
from app.materials import reading
from app.materials.reading import Reader
from app.me import sessions as own_sessions
from app.network import network_queries
from app.network.models import Network, Standing
from app.web.personal import INVITATION, VISIT


def may_visit(network: Network, path: str = "") -> bool:
    """Whether who looks may know that this network exists, or may see this page of it.

    What they get is kept by no cache if not everybody may.
    """
    if network.listed:
        return True
    account = sessions.current_account()
    known = (
        (account is not None and rights.may_read(account, network.id))
        or _is_member(network)
        or (path != "" and path in _pages_of_invitations())
        or (path != "" and network.id in VISIT.network_ids(path))
    )
    if known:
        g.visits_unlisted = True
    return known


def find_visible_network(slug: str) -> Network | None:
    """The network of an address, as far as who looks may know of it."""
    network = network_queries.find_network(slug)
    return network if network and may_visit(network) else None


def find_visible_event(slug: str) -> Event | None:
    """The public event of an address, as far as who looks may know of its network."""
    event = event_queries.find_public_event(slug)
    return event if event and may_visit(event.network, f"/events/{slug}") else None


def find_visible_series(slug: str) -> Series | None:
    """The series of an address, as far as who looks may know of its network."""
    series = event_series.find_public_series(slug)
    return series if series and may_visit_series(series) else None


def may_visit_series(series: Series) -> bool:
    """Whether who looks may see the page of a series of which something is public."""
    return may_visit(series.network, f"/series/{series.slug}")


def reader_of(event: Event) -> Reader:
    """Who this browser showed to be, for what not everybody may read of a session; then the page is kept by no cache."""
    invitations, person = INVITATION.remembered(), own_sessions.signed_in_person()
    if invitations:
        g.knows_reader = True
    here = [each for each in invitations if each.event_id == event.id]
    own = reading.invitations_of(person, event) if person else []
    return Reader(
        [each.id for each in here] + own, {each.person_id for each in here} | ({person.id} if person else set())
    )


def _is_member(network: Network) -> bool:
    """Whether whoever is signed in on their own pages is a member."""
    person = own_sessions.signed_in_person()
    return person is not None and any(
        each.network_id == network.id and each.standing == Standing.MEMBER for each in person.memberships
    )


def _pages_of_invitations() -> set[str]:
    """The pages of what this browser opened an invitation to: a forwarded one opens no more of its network."""
    found = set()
    for event in (invitation.event for invitation in INVITATION.remembered()):
        found.add(f"/events/{event.slug}")
        if meeting := course_meetings.meeting_shown(event):
            found.add(f"/courses/{meeting.edition.course.slug}")
    return found
