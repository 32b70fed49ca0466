"""A walk as one picture: what somebody saw, step by step, side by side."""

import io
import os

from PIL import Image
from playwright.sync_api import Page

from app.settings import ROOT

PICTURES = ROOT / "docs" / "images"
_BETWEEN = 12
_BACKGROUND = (214, 218, 230)


class Film:
    """Frames of a walk for the documentation, taken when asked with SCREENSHOTS=1."""

    def __init__(self, name: str, *, across: int, width: int):
        self.name, self.across, self.width = name, across, width
        self.frames: list[Image.Image] = []

    def take(self, page: Page) -> None:
        """Keep what stands on the screen now."""
        if os.environ.get("SCREENSHOTS"):
            page.evaluate("scrollTo(0, 0)")
            frame = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            self.frames.append(frame.resize((self.width, frame.height * self.width // frame.width), Image.LANCZOS))

    def save(self) -> None:
        """Lay the frames in rows and keep them as one light picture."""
        if not self.frames:
            return
        high = max(frame.height for frame in self.frames)
        rows = -(-len(self.frames) // self.across)
        size = (_laid(self.across, self.width), _laid(rows, high))
        sheet = Image.new("RGB", size, _BACKGROUND)
        for number, frame in enumerate(self.frames):
            row, column = divmod(number, self.across)
            sheet.paste(frame, (_laid(column, self.width), _laid(row, high)))
        PICTURES.mkdir(parents=True, exist_ok=True)
        sheet.save(PICTURES / f"{self.name}.webp", quality=55, method=6)


def _laid(many: int, size: int) -> int:
    """How far so many frames reach, with what is between them."""
    return _BETWEEN + many * (size + _BETWEEN)
