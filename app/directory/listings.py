"""What somebody puts in who is who of a network, for themselves alone, and takes away again."""

import base64
from collections.abc import Collection

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import budget
from app.database import db
from app.directory import consents
from app.directory.models import Listing, ListingPicture, Shown
from app.folding import fold_accents
from app.network import memberships
from app.network.models import Network, Standing
from app.network.people.models import Person
from app.words import Refusal

_WIDEST, _HEAVIEST = 240, 20_000
"""Pixels and bytes of a picture: a page of fifty stays light."""
MOST_BYTES = 10 * 1024 * 1024


class NoPicture(Refusal):
    """This file cannot be somebody's picture."""

    says = {
        "empty": _l("Kies een bestand."),
        "large": _l("Deze foto is groter dan 10 MB. Maak hem kleiner en probeer het nog eens."),
        "broken": _l("Dit is geen PNG of JPEG, of het bestand is beschadigd. Kies een ander bestand."),
        "heavy": _l("Deze foto heeft te veel beeldpunten. Maak hem kleiner en probeer het nog eens."),
        "unlisted": _l("Zet eerst je naam in de lijst. Daarna kun je een foto toevoegen."),
    }
    field = "picture"


def is_member(person: Person, network: Network) -> bool:
    """Whether somebody may see the members' part of a network."""
    found = memberships.find_membership(person.id, network.id)
    return found is not None and found.standing == Standing.MEMBER


def find_listing(person: Person, network: Network) -> Listing | None:
    mine = (Listing.person_id == person.id, Listing.network_id == network.id)
    return db.session.scalar(sa.select(Listing).where(*mine))


def keep_listing(person: Person, network: Network, fields: Collection[Shown], knows: str, seeks: str) -> None:
    """Show these to the members from here on, with these words; without the name in it nothing, and then no words are kept."""
    if Shown.NAME not in fields:
        withdraw_listing(person, network)
        return
    listing = find_listing(person, network) or Listing(person_id=person.id, network_id=network.id)
    listing.knows, listing.seeks = knows, seeks
    listing.found_by = fold_accents(f"{knows} {seeks}".strip())
    db.session.add(listing)
    db.session.flush()
    written = {Shown.KNOWS: knows, Shown.SEEKS: seeks}
    wanted = {each for each in fields if each not in {*written, Shown.PICTURE}}
    if Shown.PICTURE in consents.shown_in(person, network):
        wanted.add(Shown.PICTURE)
    consents.show(person, network, wanted | {each for each, text in written.items() if text})


def withdraw_listing(person: Person, network: Network) -> None:
    """Nothing of somebody is seen any more, and what they wrote and their picture are deleted."""
    consents.withdraw_all(person.id, network.id)
    if listing := find_listing(person, network):
        db.session.delete(listing)
        db.session.flush()


def make_picture(content: bytes) -> ListingPicture:
    """A picture upright, bare and small. Raises NoPicture. Nothing may be pending in the session: a large one takes seconds."""
    if not content:
        raise NoPicture("empty")
    if len(content) > MOST_BYTES:
        raise NoPicture("large")
    try:
        answer = budget.run_within_budget("app.uploads.pictures:shrink_picture", content, str(_WIDEST), str(_HEAVIEST))
    except budget.OverBudget:
        raise NoPicture("heavy") from None
    if "refused" in answer:
        raise NoPicture("heavy" if answer["refused"] == "heavy" else "broken")
    width, height = answer["size"]
    return ListingPicture(content=base64.b64decode(answer["content"]), width=width, height=height)


def show_picture(person: Person, network: Network, picture: ListingPicture) -> None:
    """Show it to the members instead of the one before. Raises NoPicture for who is not in the list."""
    shows, listing = consents.shown_in(person, network), find_listing(person, network)
    if listing is None or Shown.NAME not in shows:
        raise NoPicture("unlisted")
    _delete_picture(listing)
    picture.listing_id = listing.id
    db.session.add(picture)
    db.session.flush()
    consents.show(person, network, shows | {Shown.PICTURE})


def take_picture_away(person: Person, network: Network) -> None:
    if listing := find_listing(person, network):
        _delete_picture(listing)
        consents.show(person, network, consents.shown_in(person, network) - {Shown.PICTURE})


def _delete_picture(listing: Listing) -> None:
    gone = sa.delete(ListingPicture).where(ListingPicture.listing_id == listing.id)
    db.session.execute(gone.execution_options(synchronize_session="fetch"))
