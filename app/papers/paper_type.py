"""The type on paper: the site's own, and slices of other fonts for the characters that it lacks.

Which slices there are comes from the build (app/web/styles/paper.mjs). Each is a family of its own: WeasyPrint mixes up the
glyphs of several files of one family.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app import budget
from app.web import assets

FOLDER = assets.FOLDER.parent / "paper"
_OWN = {f"font:{weight}": f"source-sans-3-latin-{weight}-normal.woff2" for weight in (400, 700)}
"""Addresses in the sheet of what the build made of the site's type."""
_LATIN = [(0, 0xFF), (0x131, 0x131), (0x152, 0x153), (0x2000, 0x206F), (0x20AC, 0x20AC), (0x2122, 0x2122)]
"""What the site's own type has, of what texts hold."""
PICTURE = "face:picture"
"""The address of the picture in the sheet of a document."""
_SKIN_TONES = dict.fromkeys(range(0x1F3FB, 0x1F400))
"""They colour the emoji before them, which paper in one ink cannot."""


@dataclass(frozen=True)
class Slice:
    """Part of a font: its file, the weight that it serves or all of them (''), and the first and last of each span of characters."""

    file: str
    weight: str
    characters: tuple[tuple[int, int], ...]

    @property
    def family(self) -> str:
        return self.file.removesuffix(".woff2").removesuffix("-normal").removesuffix(f"-{self.weight}")

    @property
    def address(self) -> str:
        """How the sheet of a document names it."""
        return f"font:{self.file}"


_ADDRESS = re.compile(r"(?<![\w\"'/.=:+@-])((?:https?://|www\.)[^\s<>\"']+|[\w.+-]+@[\w.-]+)")
"""Of the web or a mailbox, in a text but not in an attribute of a tag."""


def printable(html: str) -> str:
    """A page without what paper cannot show; an address gets no hyphen of ours where it breaks."""
    return _ADDRESS.sub(r'<span class="address">\1</span>', html.translate(_SKIN_TONES))


def slices_for(text: str) -> list[Slice]:
    """The slices with the characters of a text that the site's own type lacks."""
    lacking = {code for code in map(ord, set(text)) if not _holds(_LATIN, code)}
    return [each for each in _slices() if any(_holds(each.characters, code) for code in lacking)]


def lay_out(html: str, picture: bytes | None = None) -> bytes:
    """A sheet as PDF, tagged for screen readers (PDF/UA), with a JPEG at PICTURE. Raises OSError without Pango."""
    import weasyprint

    budget.demand_no_write_lock()
    pdf: bytes = weasyprint.HTML(string=html, url_fetcher=_own_files_alone(picture)).write_pdf(pdf_variant="pdf/ua-1")
    return pdf


def _own_files_alone(picture: bytes | None) -> Any:
    """A fetcher of the site's own type and this picture; any other address, as in somebody's text, is never fetched."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFiles(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            if picture and url == PICTURE:
                return URLFetcherResponse(url, picture, {"Content-Type": "image/jpeg"})
            return URLFetcherResponse(url, read_font(url), {"Content-Type": "font/woff2"})

    return OwnFiles()


def read_font(address: str) -> bytes:
    """The file behind an address in the sheet. Raises ValueError for any other, as in somebody's text."""
    if address in _OWN:
        return (assets.FOLDER / assets.asset_url(_OWN[address]).removeprefix("/static/")).read_bytes()
    if any(each.address == address for each in _slices()):
        return Path(FOLDER, address.removeprefix("font:")).read_bytes()
    raise ValueError("no external resources")


@cache
def _slices() -> list[Slice]:
    found = json.loads((FOLDER / "slices.json").read_text())
    return [Slice(each["file"], each["weight"], tuple(map(tuple, each["characters"]))) for each in found]


def _holds(spans: Iterable[tuple[int, int]], code: int) -> bool:
    return any(first <= code <= last for first, last in spans)
