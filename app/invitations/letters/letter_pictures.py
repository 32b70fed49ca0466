"""Pictures for the letters of a network: made small enough to travel inside every mail."""

import base64
import re

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import budget, folding
from app.database import db
from app.invitations.letters.models import LetterImage
from app.network.models import Network
from app.uploads.people_shown import PeopleShown
from app.words import Refusal

WIDTH = 1088
"""Pixels: twice the width of a mail's text, for sharp screens."""
HEAVIEST = 50_000
"""Bytes of one picture."""
Shrunk = tuple[bytes, tuple[int, int]]
"""A picture as it travels, with its width and height."""


class NotAPicture(Refusal):
    """The file is no PNG or JPEG, or broken, or so large that it may be a trap."""

    says = _l("Dit is geen PNG of JPEG, of het bestand is beschadigd. Kies een ander bestand.")
    field = "picture"


class NotAsked(Refusal):
    """People can be recognised on it who did not agree: a letter goes to hundreds."""

    says = _l("Een brief gaat naar veel mensen. Vraag het eerst aan wie erop staat, of kies een andere afbeelding.")
    field = "people_shown"


def keep_picture(network: Network, name: str, alt: str, shrunk: Shrunk, people_shown: PeopleShown) -> LetterImage:
    """Keep a picture, shrunk, under a name that can stand in a field; one of that name is replaced. Raises NotAsked."""
    if people_shown == PeopleShown.UNASKED:
        raise NotAsked
    small, (width, height) = shrunk
    image = LetterImage(
        network_id=network.id,
        name=picture_field_name(name),
        alt=alt,
        width=width,
        height=height,
        content=small,
        size=len(small),
        people_shown=people_shown,
    )
    old = db.session.scalar(sa.select(LetterImage).filter_by(network_id=network.id, name=image.name))
    if old:
        db.session.delete(old)
        db.session.flush()
    db.session.add(image)
    return image


def picture_field_name(name: str) -> str:
    """'Route naar de zaal' as it stands in a field: 'route_naar_de_zaal'."""
    return re.sub(r"[^a-z0-9]+", "_", folding.fold_accents(name)).strip("_")[:40] or "plaatje"


def shrink_picture(content: bytes) -> Shrunk:
    """The picture without anything but its pixels, no wider than WIDTH and no heavier than HEAVIEST, and its size.

    Raises NotAPicture. Nothing may be pending in the session: a large photo takes seconds.
    """
    try:
        answer = budget.run_within_budget("app.uploads.pictures:shrink_picture", content, str(WIDTH), str(HEAVIEST))
    except budget.OverBudget:
        raise NotAPicture from None
    if "refused" in answer:
        raise NotAPicture
    width, height = answer["size"]
    return base64.b64decode(answer["content"]), (width, height)
