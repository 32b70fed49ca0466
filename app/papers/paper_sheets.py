"""A sheet of A4 as PDF: our type and ink around what stands on it, tagged for screen readers."""

from flask import current_app

from app.papers import paper_type


def write_sheet(
    title: str, author: str, colour: str, body: str, picture: bytes | None = None, language: str = "nl"
) -> bytes:
    """HTML on paper, with who wrote it at the foot of each page. Raises OSError without Pango."""
    printable = paper_type.printable(body)
    sheet = current_app.jinja_env.get_template("papers/sheet.html")
    slices = paper_type.slices_for(printable)
    html = sheet.render(title=title, author=author, colour=colour, body=printable, slices=slices, language=language)
    return paper_type.lay_out(html, picture)


MISSING = "pango"
"""The problem of a PDF on a machine without the library."""


def can_make_pdf() -> bool:
    """Whether WeasyPrint finds Pango on this machine."""
    try:
        import weasyprint  # noqa: F401
    except OSError:
        return False
    return True
