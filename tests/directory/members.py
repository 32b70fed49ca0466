"""Members as the tests of the directory need them."""

from app.database import db
from app.directory import listings
from app.directory.models import Listing, Shown
from app.network.models import Network
from app.network.people.models import Person
from tests import factories


def listed(
    name: str, network: Network, *fields: Shown, knows: str = "", seeks: str = "", at: str = "Oss", **values
) -> Person:
    """A member who said yes to their name and these."""
    made = factories.person(name, of=network, at=at, **values)
    listings.keep_listing(made, network, {Shown.NAME, *fields}, knows, seeks)
    db.session.flush()
    return made


def number_of(person: Person, network: Network) -> int:
    """The id by which pages name somebody in the list."""
    found: Listing | None = listings.find_listing(person, network)
    assert found is not None
    return found.id
