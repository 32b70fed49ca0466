"""Pictures inside documents: their pixels stay to the bit, what is written beside them goes. Knows no database."""

import io
import struct
from collections.abc import Iterator

from app.uploads.answers import Unclean

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"),
    *(b"acTL", b"fcTL", b"fdAT"),
}
"""Chunks of a PNG that say how it looks."""
_JP2 = b"\x00\x00\x00\x0cjP  "
_JP2_DROPPED = {b"uuid", b"xml ", b"uinf"}
_BARE = {0x01, *range(0xD0, 0xD8)}
"""Markers of a JPEG that carry nothing."""
_SCAN, _END, _JFIF, _ADOBE, _COMMENT = 0xDA, 0xD9, 0xE0, 0xEE, 0xFE


def scrub_picture(content: bytes, name: str) -> bytes:
    """A picture of any kind that documents hold, without what it tells. Raises Unclean for a kind that we do not know."""
    try:
        if content.startswith(b"\xff\xd8"):
            return b"\xff\xd8" + b"".join(_jpeg_parts(content))
        if content.startswith(_PNG):
            return _PNG + b"".join(_png_chunks(content))
        if content.startswith(_JP2):
            return b"".join(_jp2_boxes(content))
        if content.startswith(b"\xff\x4f\xff\x51"):
            return content
        return _write_anew(content)
    except (struct.error, IndexError, OSError, ValueError, SyntaxError):
        raise Unclean("part", name) from None


def _jpeg_parts(content: bytes) -> Iterator[bytes]:
    """The segments that say how it looks, and the scans between them; ITU T.81, annex B."""
    at = 2
    while True:
        while content[at] == 0xFF and content[at + 1] == 0xFF:
            at += 1
        if content[at] != 0xFF:
            raise ValueError("no marker")
        marker = content[at + 1]
        if marker == _END:
            yield b"\xff\xd9"
            return
        length = 0 if marker in _BARE else struct.unpack_from(">H", content, at + 2)[0]
        end = at + 2 + length
        if marker == _JFIF:
            if content[at + 4 : at + 9] == b"JFIF\0":
                yield b"\xff\xe0\x00\x10" + content[at + 4 : at + 16] + b"\0\0"
        elif marker == _ADOBE or not (0xE0 <= marker <= 0xEF or marker == _COMMENT):
            yield content[at:end]
        at = end
        if marker == _SCAN:
            end = _end_of_scan(content, at)
            yield content[at:end]
            at = end


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the next marker begins, or the end of a picture that was cut off."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            raise ValueError("cut off")
        if content[at + 1] not in {0x00, 0xFF, *_BARE}:
            return at
        at += 1 if content[at + 1] == 0xFF else 2


def _png_chunks(content: bytes) -> Iterator[bytes]:
    at = len(_PNG)
    while True:
        (length,) = struct.unpack_from(">I", content, at)
        kind, end = content[at + 4 : at + 8], at + 12 + length
        if kind in _PNG_KEPT:
            yield content[at:end]
        if kind == b"IEND":
            return
        at = end


def _jp2_boxes(content: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        if length == 1:
            (length,) = struct.unpack_from(">Q", content, at + 8)
        end = len(content) if length == 0 else at + length
        if end < at + 8:
            raise ValueError("no box")
        if kind not in _JP2_DROPPED:
            yield content[at:end]
        at = end


def _write_anew(content: bytes) -> bytes:
    from PIL import Image

    picture = Image.open(io.BytesIO(content), formats=["GIF", "TIFF", "BMP", "WEBP"])
    picture.load()
    out = io.BytesIO()
    if picture.format == "GIF":
        picture.info.pop("comment", None)
        picture.save(out, "GIF", save_all=True, comment=b"")
        return out.getvalue()
    bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    if picture.mode == "P":
        bare.putpalette(picture.getpalette() or [])
    bare.save(out, picture.format)
    return out.getvalue()
