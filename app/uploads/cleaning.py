"""A file without what it tells beside its content: place, device, author, comments, thumbnails, properties.

Read and written in a process with a budget (app/budget.py), for it is foreign. What cannot be made clean is refused.
"""

import base64
from typing import Any

from flask_babel import lazy_gettext as _l

from app import budget
from app.words import Refusal

_CLEANERS = {
    "pdf": "pdf_files:clean_pdf",
    **dict.fromkeys(("png", "jpg", "jpeg", "webp"), "pictures:clean_picture"),
    **dict.fromkeys(("docx", "pptx", "xlsx"), "office_files:clean_office_file"),
    **dict.fromkeys(("odt", "ods", "odp"), "open_documents:clean_open_document"),
}
"""Which function of this package makes each kind of file clean."""
KINDS = frozenset(_CLEANERS)


class CannotBeCleaned(Refusal):
    """Something of this file would stay that its readers need not know."""

    says = {
        "broken": _l("Dit bestand is beschadigd of leeg. Sla het opnieuw op en probeer het nog eens."),
        "locked": _l("Dit bestand is beveiligd met een wachtwoord. Haal dat eraf en probeer het nog eens."),
        "part": _l(
            "In dit bestand zit een onderdeel dat we niet kunnen ontdoen van gegevens over de maker: %(part)s. "
            "Haal het eruit, of bewaar het bestand als pdf."
        ),
        "other": _l("De inhoud past niet bij de naam van het bestand. Sla het opnieuw op en probeer het nog eens."),
        "heavy": _l("Dit bestand is te groot om op te schonen. Maak het kleiner of splits het."),
    }
    field = "file"
    tone = "error"


def clean_file(content: bytes, ending: str) -> bytes:
    """The same file, clean. Raises CannotBeCleaned. Nothing may be pending in the session: it takes seconds."""
    try:
        answer: dict[str, Any] = budget.run_within_budget(f"app.uploads.{_CLEANERS[ending]}", content, ending)
    except budget.OverBudget:
        raise CannotBeCleaned("heavy") from None
    if "refused" in answer:
        raise CannotBeCleaned(answer["refused"], part=answer.get("part", ""))
    return base64.b64decode(answer["content"])
