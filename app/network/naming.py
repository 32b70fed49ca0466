"""What the name of a network proposes: its web address, and the letters beside its colour."""

from itertools import count

import sqlalchemy as sa

from app import folding
from app.database import db
from app.network.models import Network

_SMALL = {"de", "het", "een", "en", "van", "voor", "in", "op", "the", "of", "and", "for"}


def propose_slug(name: str) -> str:
    """A readable part of an address that no network has yet."""
    base = folding.in_address(name)[:70].strip("-") or "netwerk"
    used = set(db.session.scalars(sa.select(Network.slug).where(Network.slug.startswith(base))))
    return base if base not in used else next(f"{base}-{n}" for n in count(2) if f"{base}-{n}" not in used)


def propose_letters(name: str) -> str:
    """The first letters of its words, small ones left out; of one word the first two."""
    words = folding.in_address(name).split("-")
    heavy = [word for word in words if word and word not in _SMALL] or words
    letters = heavy[0][:2] if len(heavy) == 1 else "".join(word[0] for word in heavy[:3])
    return letters.upper() or "N"
