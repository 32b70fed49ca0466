"""QR codes (ISO/IEC 18004) for pages and mails."""

import io
from functools import lru_cache


@lru_cache(maxsize=256)
def draw_code_png(text: str) -> bytes:
    """The code as PNG, small enough for a mail. It takes some milliseconds: draw it before a transaction that needs it."""
    import segno

    out = io.BytesIO()
    segno.make(text, micro=False, error="m").save(out, kind="png", scale=5, border=4)
    return out.getvalue()


def draw_code_svg(text: str, title: str | None = None) -> str:
    """The code as SVG for a page; black on white in every colour scheme, or cameras fail. `title` says what it is, where that
    is said nowhere else."""
    import segno

    return segno.make(text, micro=False, error="m").svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None, title=title
    )
