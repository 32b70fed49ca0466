"""Pictures with nothing but their pixels, upright and in the colours of every screen. Knows no database."""

import io
import warnings
from typing import TYPE_CHECKING, Any

from app.uploads.answers import Answer, Unclean, answers

if TYPE_CHECKING:
    from PIL import Image

_QUALITIES = (85, 75, 65, 55, 45)
_SHRINK = 0.8
_GOOD = 92
"""Quality of a JPEG or WebP that is not made smaller."""


@answers()
def clean_picture(content: bytes, ending: str = "") -> bytes:
    """A PNG, JPEG or WebP again, of the same size; of one that moves the first picture."""
    picture, kind = open_picture(content, ("WEBP",) if ending == "webp" else ("PNG", "JPEG"))
    if ending == "webp":
        return _save_picture(picture, "WEBP", quality=_GOOD)
    if kind == "PNG":
        return _save_picture(picture, "PNG", optimize=True)
    return _save_picture(picture.convert("RGB"), "JPEG", quality=_GOOD, optimize=True, progressive=True)


def shrink_picture(content: bytes, widest: str, heaviest: str) -> Answer:
    """No wider than `widest` pixels and no heavier than `heaviest` bytes, with the `size` that it got."""
    size: list[tuple[int, int]] = []

    @answers()
    def shrink(content: bytes) -> bytes:
        picture, _ = open_picture(content)
        small, fits = _shrink(picture, int(widest), int(heaviest))
        size.append(fits)
        return small

    answer = shrink(content)
    return answer | {"size": size[0]} if size else answer


def open_picture(content: bytes, kinds: tuple[str, ...] = ("PNG", "JPEG")) -> tuple["Image.Image", str]:
    """A picture of one of these kinds upright and bare, and what to write it as: PNG or JPEG. Raises Unclean."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=list(kinds))
            picture.load()
            kind = str(picture.format)
            upright = ImageOps.exif_transpose(picture)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise Unclean("broken") from None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise Unclean("heavy") from None
    upright = _in_common_colours(upright)
    upright.info = {name: value for name, value in upright.info.items() if name == "transparency"}
    return upright, "PNG" if kind == "PNG" else "JPEG"


def _in_common_colours(picture: "Image.Image") -> "Image.Image":
    """In sRGB, so that its own profile, which names a device, can go."""
    from PIL import ImageCms

    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in {"RGB", "RGBA", "CMYK"}:
        return picture
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode=mode) or picture
    except (ImageCms.PyCMSError, OSError):
        return picture


def _shrink(picture: "Image.Image", widest: int, heaviest: int) -> tuple[bytes, tuple[int, int]]:
    picture.thumbnail((widest, widest * 2))
    if picture.mode in {"P", "LA", "RGBA"}:
        png = _save_picture(picture, "PNG", optimize=True)
        if len(png) <= heaviest:
            return png, picture.size
    picture = _on_white(picture)
    while True:
        for quality in _QUALITIES:
            jpeg = _save_picture(picture, "JPEG", quality=quality, optimize=True, progressive=True)
            if len(jpeg) <= heaviest:
                return jpeg, picture.size
        picture = picture.resize((max(1, int(picture.width * _SHRINK)), max(1, int(picture.height * _SHRINK))))


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
