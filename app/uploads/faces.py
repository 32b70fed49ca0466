"""A picture or logo as the face of a network or session: bare, cropped and light, once for each place where it stands.

A photo fills what it is given, so it is cropped to where most is to be seen. A logo, told by its even border, stays whole
on a plate on which it can be seen. Knows no database.
"""

import base64
import io
from typing import TYPE_CHECKING, Any

from app.uploads.answers import Answer, Unclean
from app.uploads.pictures import open_picture

if TYPE_CHECKING:
    from PIL import Image

Size = tuple[int, int]
Colour = tuple[int, ...]
WIDE: Size = (960, 480)
"""Pixels of a photo on a page; half of that on a telephone."""
LOGO: Size = (480, 200)
"""The box in which a logo fits."""
SHARED: Size = (1200, 630)
"""What programs show beside a link that was shared (ogp.me)."""
_HEAVIEST = {"narrow": 8_000, "wide": 12_000, "mail": 40_000, "shared": 90_000}
"""Bytes: a first view stays under 60 KB, and a mail under 100 KB with the pictures of its letter."""
_QUALITIES = (75, 55, 35)
_SHRINK = 0.7
_OPTIONS: dict[str, dict[str, Any]] = {"AVIF": {"speed": 8}, "JPEG": {"progressive": True}}
"""A slower AVIF is hardly smaller, and of what is wild at worst eight are made."""
_EVEN = 24
"""How far the channels of a border may lie apart that counts as one colour; JPEG alone makes ten of it."""
_WHITE, _DARK = (255, 255, 255), (27, 31, 59)
_KINDS = ("PNG", "JPEG", "WEBP")


def make_face(content: bytes) -> Answer:
    """Each file in base64 by where it stands, whether it is a `logo`, and the `size` of the wide one."""
    try:
        picture, _ = open_picture(content, _KINDS)
        flat, plate = _flatten(picture)
        wide = _on_plate(flat, plate, LOGO) if plate else _crop(flat, WIDE)
        half = (max(1, wide.width // 2), max(1, wide.height // 2))
        files = {
            "wide": _save(wide, "AVIF", "wide"),
            "narrow": _save(wide.resize(half), "AVIF", "narrow"),
            "mail": _save(wide, "JPEG", "mail"),
            "shared": _save(_centred(wide, plate) if plate else _crop(flat, SHARED), "JPEG", "shared"),
        }
    except Unclean as refused:
        return {"refused": refused.problem}
    encoded = {name: base64.b64encode(file).decode() for name, file in files.items()}
    return {"files": encoded, "logo": plate is not None, "size": wide.size}


def _flatten(picture: "Image.Image") -> tuple["Image.Image", Colour | None]:
    """Without transparency, on white or, for what is white itself, on dark; and the colour around it if it is a logo."""
    from PIL import Image

    seen = picture.convert("RGBA")
    alpha = seen.getchannel("A")
    plates = [Image.new("RGB", seen.size, colour) for colour in (_WHITE, _DARK)]
    for plate in plates:
        plate.paste(seen, mask=alpha)
    through = alpha.histogram()[0] > 0
    flat = plates[1] if through and _trim_box(plates[0], _WHITE) is None else plates[0]
    border = _border_colour(flat)
    if border is None:
        return flat, None
    box = _trim_box(flat, border) if border in {_WHITE, _DARK} else None
    return (flat.crop(box) if box else flat), border


def _border_colour(picture: "Image.Image") -> Colour | None:
    """The one colour of the outermost pixels; None when there are more."""
    width, height = picture.size
    edges = ((0, 0, width, 1), (0, height - 1, width, height), (0, 0, 1, height), (width - 1, 0, width, height))
    channels = [channel.crop(edge).getextrema() for channel in picture.split() for edge in edges]
    reach: Any = [channels[at : at + 4] for at in (0, 4, 8)]
    lowest, highest = ([find(value[end] for value in each) for each in reach] for find, end in ((min, 0), (max, 1)))
    if any(high - low > _EVEN for low, high in zip(lowest, highest, strict=True)):
        return None
    return _WHITE if min(lowest) >= 255 - _EVEN else tuple(highest)


def _trim_box(picture: "Image.Image", colour: Colour) -> Any:
    """What lies within a border of this colour; None when there is nothing else."""
    from PIL import Image, ImageChops

    differs = ImageChops.difference(picture, Image.new("RGB", picture.size, colour)).convert("L")
    return differs.point(lambda value: 255 if value > _EVEN else 0).getbbox()


def _crop(picture: "Image.Image", size: Size) -> "Image.Image":
    """Filling this size, or its shape when the picture is smaller, with the part where most is to be seen."""
    wide, high = size
    scale = min(picture.width / wide, picture.height / high)
    window = (max(1, round(wide * scale)), max(1, round(high * scale)))
    across, down = (_busiest(picture, axis, length) for axis, length in enumerate(window))
    part = picture.crop((across, down, across + window[0], down + window[1]))
    return part.resize(size) if scale > 1 else part


def _busiest(picture: "Image.Image", axis: int, length: int) -> int:
    """Where along this axis a window of this length shows most edges; of equals the one in the middle."""
    from PIL import ImageFilter

    whole = picture.size[axis]
    if whole <= length:
        return 0
    edges = picture.convert("L").resize((96, 96)).filter(ImageFilter.FIND_EDGES).crop((2, 2, 94, 94))
    strips = edges.resize((92, 1) if axis == 0 else (1, 92))
    values = list(strips.tobytes())
    steps = max(1, round(92 * length / whole))
    places = range(92 - steps + 1)
    middle = (92 - steps) / 2
    best = max(places, key=lambda place: (sum(values[place : place + steps]), -abs(place - middle)))
    return min(whole - length, round(best * whole / 92))


def _on_plate(logo: "Image.Image", colour: Colour, box: Size) -> "Image.Image":
    """A logo whole, with air of this colour around it."""
    from PIL import Image

    air = max(logo.size) // 16
    plate = Image.new("RGB", (logo.width + 2 * air, logo.height + 2 * air), colour)
    plate.paste(logo, (air, air))
    plate.thumbnail(box)
    return plate


def _centred(plate: "Image.Image", colour: Colour) -> "Image.Image":
    from PIL import Image

    canvas = Image.new("RGB", SHARED, colour)
    canvas.paste(plate, ((SHARED[0] - plate.width) // 2, (SHARED[1] - plate.height) // 2))
    return canvas


def _save(picture: "Image.Image", kind: str, place: str) -> bytes:
    """As good as its weight allows; smaller when nothing else helps."""
    while True:
        for quality in _QUALITIES:
            file = io.BytesIO()
            picture.save(file, kind, quality=quality, **_OPTIONS[kind])
            if file.tell() <= _HEAVIEST[place]:
                return file.getvalue()
        picture = picture.resize((max(1, int(picture.width * _SHRINK)), max(1, int(picture.height * _SHRINK))))
