"""Pages go over the line compressed, to who takes that; files of the build are compressed already.

What is compressed betrays by its length whether a guess stands in it beside a secret such as a form's token (BREACH). No
other site can have a browser send our cookies unseen (SameSite=Lax), and the length of a page differs each time: the header
of gzip has room for a name that nobody reads, here of a random length ('Heal the Breach').
"""

import zlib
from secrets import randbelow

from flask import Flask, Response, request

LEAST = 1000
"""Bytes from which on it is worth it."""
LEVEL = 3
"""Of zlib: as small as the highest but for a tenth, in a quarter of the time."""
LONGEST_NAME = 100
_HEAD = b"\x1f\x8b\x08\x08\0\0\0\0\0\xff"
"""RFC 1952: gzip, deflate, with a name, no time, whatever system."""


def compress(content: bytes) -> bytes:
    """The content as gzip, with a name of random length in it."""
    deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    name = b"-" * randbelow(LONGEST_NAME)
    tail = zlib.crc32(content).to_bytes(4, "little") + (len(content) % 2**32).to_bytes(4, "little")
    return _HEAD + name + b"\0" + deflate.compress(content) + deflate.flush() + tail


def bind(app: Flask) -> None:
    app.after_request(_compress_page)


def _compress_page(response: Response) -> Response:
    """Pages that are kept are asked for by nobody in particular, who takes nothing compressed: their bytes serve everybody."""
    if "gzip" not in request.environ.get("HTTP_ACCEPT_ENCODING", "") or response.mimetype != "text/html":
        return response
    response.vary.add("Accept-Encoding")
    small = response.is_streamed or len(response.get_data()) < LEAST
    if not small and "Content-Encoding" not in response.headers and request.accept_encodings["gzip"] > 0:
        response.set_data(compress(response.get_data()))
        response.headers["Content-Encoding"] = "gzip"
    return response
