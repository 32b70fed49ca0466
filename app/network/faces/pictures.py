"""Pictures of networks and sessions: made light, kept, shown and taken away."""

import base64
import secrets
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import budget
from app.database import db
from app.network.faces.models import Picture
from app.signals import Signal
from app.uploads.people_shown import PeopleShown
from app.words import Refusal

changed = Signal("A network or session has another picture, or none any more; sent with which.")

FILES = {"wide.avif": "image/avif", "narrow.avif": "image/avif", "mail.jpg": "image/jpeg", "shared.jpg": "image/jpeg"}
"""What a picture consists of, and the kind of each."""
_OTHERS = (
    (b"GIF8", "gif"),
    (b"%PDF", "kind"),
    (b"<", "svg"),
    (b"\xef\xbb\xbf<", "svg"),
)
"""How files begin that are no picture of ours, and what to say of them."""


class NoFace(Refusal):
    """This file cannot be the face of anything."""

    says = {
        "empty": _l("Kies een bestand."),
        "gif": _l("Een GIF kan niet, want die kan bewegen. Bewaar het beeld als PNG of JPEG en kies dat."),
        "svg": _l("Een SVG kan niet, want daar kan een programma in zitten. Bewaar het logo als PNG en kies dat."),
        "kind": _l("Dit is geen PNG, JPEG of WebP. Kies een ander bestand."),
        "broken": _l("Dit is geen PNG, JPEG of WebP, of het bestand is beschadigd. Kies een ander bestand."),
        "heavy": _l("Deze afbeelding heeft te veel beeldpunten. Maak haar kleiner en probeer het nog eens."),
    }
    field = "picture"


class NotAsked(Refusal):
    """People can be recognised on it who did not agree."""

    says = _l("Deze afbeelding ziet iedereen. Vraag het eerst aan wie erop staat, of kies een andere.")
    field = "people_shown"


@dataclass(frozen=True)
class Face:
    """A picture as it is kept: its files, whether it is a logo, and its width and height."""

    files: dict[str, bytes]
    logo: bool
    size: tuple[int, int]


class Faced(Protocol):
    """What has a face: a network or a session."""

    picture: Picture | None


def make_face(content: bytes) -> Face:
    """A picture bare and light. Raises NoFace. Nothing may be pending in the session: a large photo takes seconds."""
    if not content:
        raise NoFace("empty")
    if other := next((problem for start, problem in _OTHERS if content.lstrip().startswith(start)), None):
        raise NoFace(other)
    try:
        answer = budget.run_within_budget("app.uploads.faces:make_face", content)
    except budget.OverBudget:
        raise NoFace("heavy") from None
    if "refused" in answer:
        raise NoFace(answer["refused"])
    width, height = answer["size"]
    files = {name: base64.b64decode(file) for name, file in answer["files"].items()}
    return Face(files, answer["logo"], (width, height))


def give_picture(place: Faced, face: Face, alt: str, people_shown: PeopleShown) -> None:
    """Show this picture from now on, instead of the one before. Raises NotAsked."""
    refuse_unasked(people_shown)
    width, height = face.size
    place.picture = Picture(
        key=secrets.token_hex(16),
        alt=alt,
        logo=face.logo,
        width=width,
        height=height,
        people_shown=people_shown,
        **face.files,
    )
    _note_change(place)


def describe_picture(picture: Picture, alt: str, people_shown: PeopleShown) -> None:
    """Say better what it shows. Raises NotAsked."""
    refuse_unasked(people_shown)
    picture.alt, picture.people_shown = alt, people_shown


def refuse_unasked(people_shown: PeopleShown) -> None:
    if people_shown == PeopleShown.UNASKED:
        raise NotAsked


def take_picture_away(place: Faced) -> None:
    place.picture = None
    _note_change(place)


def _note_change(place: Faced) -> None:
    forget_unused_pictures()
    changed.send(place)


def forget_unused_pictures() -> None:
    """Delete the pictures that no network and no session shows any more."""
    db.session.flush()
    used = [sa.exists().where(column == Picture.id) for column in _columns_that_show()]
    db.session.execute(sa.delete(Picture).where(~sa.or_(*used)).execution_options(synchronize_session=False))


def _columns_that_show() -> list[sa.Column[int]]:
    return [
        key.parent
        for table in db.metadata.tables.values()
        for key in table.foreign_keys
        if key.column is Picture.__table__.c.id
    ]


def read_picture_file(key: str, name: str) -> bytes | None:
    """One of the FILES of a picture; None when there is none."""
    column = getattr(Picture, name.partition(".")[0])
    found: bytes | None = db.session.scalar(sa.select(column).where(Picture.key == key))
    return found
