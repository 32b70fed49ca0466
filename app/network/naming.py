"""What the name of a network proposes: its web address, and the letters beside its colour."""

from app import folding, slugs
from app.network.models import Network

_SMALL = {"de", "het", "een", "en", "van", "voor", "in", "op", "the", "of", "and", "for"}


def propose_slug(name: str) -> str:
    """A readable part of an address that no network has yet."""
    return slugs.free_slug(Network.slug, name, "netwerk")


def propose_letters(name: str) -> str:
    """The first letters of its words, small ones left out; of one word the first two."""
    words = folding.in_address(name).split("-")
    heavy = [word for word in words if word and word not in _SMALL] or words
    letters = heavy[0][:2] if len(heavy) == 1 else "".join(word[0] for word in heavy[:3])
    return letters.upper() or "N"
