"""Pictures for the letters of a network: made small enough to travel inside every mail."""

import io
import re
import warnings
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import budget
from app.database import db
from app.invitations.letters.models import LetterImage
from app.network.models import Network
from app.network.people import names
from app.words import Refusal

if TYPE_CHECKING:
    from PIL import Image

WIDTH = 1088
"""Pixels: twice the width of a mail's text, for sharp screens."""
HEAVIEST = 50_000
"""Bytes of one picture."""
_QUALITIES = (85, 75, 65, 55, 45)
_SHRINK = 0.8


class NotAPicture(Refusal):
    """The file is no PNG or JPEG, or broken, or so large that it may be a trap."""

    says = _l("Dit is geen PNG of JPEG, of het bestand is beschadigd. Kies een ander bestand.")
    field = "picture"


def keep_picture(network: Network, name: str, alt: str, shrunk: tuple[bytes, tuple[int, int]]) -> LetterImage:
    """Keep a picture, shrunk, under a name that can stand in a field; one of that name is replaced."""
    small, (width, height) = shrunk
    image = LetterImage(
        network_id=network.id,
        name=picture_field_name(name),
        alt=alt,
        width=width,
        height=height,
        content=small,
        size=len(small),
    )
    old = db.session.scalar(sa.select(LetterImage).filter_by(network_id=network.id, name=image.name))
    if old:
        db.session.delete(old)
        db.session.flush()
    db.session.add(image)
    return image


def picture_field_name(name: str) -> str:
    """'Route naar de zaal' as it stands in a field: 'route_naar_de_zaal'."""
    return re.sub(r"[^a-z0-9]+", "_", names.fold_accents(name)).strip("_")[:40] or "plaatje"


def shrink_picture(content: bytes) -> tuple[bytes, tuple[int, int]]:
    """The picture without anything but its pixels, no wider than WIDTH and no heavier than HEAVIEST, and its size.

    Raises NotAPicture. Nothing may be pending in the session: a large photo takes seconds.
    """
    budget.demand_no_write_lock()
    picture = _open_picture(content)
    picture.thumbnail((WIDTH, WIDTH * 2))
    if picture.mode in {"P", "LA", "RGBA"}:
        png = _save_picture(picture, "PNG", optimize=True)
        if len(png) <= HEAVIEST:
            return png, picture.size
    picture = _on_white(picture)
    while True:
        for quality in _QUALITIES:
            jpeg = _save_picture(picture, "JPEG", quality=quality, optimize=True, progressive=True)
            if len(jpeg) <= HEAVIEST:
                return jpeg, picture.size
        picture = picture.resize((max(1, int(picture.width * _SHRINK)), max(1, int(picture.height * _SHRINK))))


def _open_picture(content: bytes) -> "Image.Image":
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=["PNG", "JPEG"])
            picture.load()
            return ImageOps.exif_transpose(picture)
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombWarning,
        Image.DecompressionBombError,
    ) as error:
        raise NotAPicture from error


def _on_white(picture: "Image.Image") -> "Image.Image":
    from PIL import Image

    if picture.mode not in {"RGBA", "LA", "P"}:
        return picture.convert("RGB")
    picture = picture.convert("RGBA")
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white


def _save_picture(picture: "Image.Image", kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()
