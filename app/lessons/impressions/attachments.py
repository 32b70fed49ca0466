"""Files that come with an impression: only kinds that readers can open, whose content is what the name says."""

from dataclasses import dataclass
from urllib.parse import quote

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import clock, folding
from app.accounts.models import Account
from app.database import db, take_row
from app.lessons.impressions import impressions
from app.lessons.impressions.models import Attachment, Impression
from app.network.people import names
from app.setbacks import one_by_one
from app.uploads import cleaning
from app.uploads.people_shown import PeopleShown
from app.words import Refusal

MOST = 10
_STARTS = {
    "pdf": (b"%PDF-",),
    "png": (b"\x89PNG",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    **dict.fromkeys(("docx", "pptx", "xlsx", "odt", "ods", "odp"), (b"PK\x03\x04",)),
}
"""How the bytes of each kind of file begin."""


class AttachmentRefused(Refusal):
    """This file cannot come with it."""

    says = {
        "kind": _l("Dit soort bestand kan niet. Kies pdf, docx, pptx, xlsx, odt, ods, odp, png of jpg."),
        "content": _l("De inhoud past niet bij de naam van het bestand. Sla het opnieuw op en probeer het nog eens."),
        "empty": _l("Het bestand is leeg."),
        "many": _l("Er kunnen hooguit %(most)d bijlagen bij een impressie."),
    }
    field = "file"
    tone = "error"


@dataclass(frozen=True)
class CleanFile:
    """A file as `clean_attachment` makes it: what it holds is what its name says, and nothing about its maker."""

    name: str
    content: bytes


def clean_attachment(name: str, content: bytes) -> CleanFile:
    """The file as it may be kept. Raises AttachmentRefused and cleaning.CannotBeCleaned.

    Nothing may be pending in the session: it takes seconds.
    """
    name = names.clean_name(name.replace("\\", "/").rpartition("/")[2])[-150:]
    ending = name.rpartition(".")[2].lower()
    if ending not in _STARTS:
        raise AttachmentRefused("kind")
    if not content:
        raise AttachmentRefused("empty")
    if not content.startswith(_STARTS[ending]):
        raise AttachmentRefused("content")
    return CleanFile(name, cleaning.clean_file(content, ending))


def add_attachment(
    impression: Impression, file: CleanFile, people_shown: PeopleShown, by: Account, note: str = ""
) -> Attachment:
    """Keep a file with the report. Raises AttachmentRefused, or what impressions.note_impression_change raises."""
    if len(impression.attachments) >= MOST:
        raise AttachmentRefused("many", most=MOST)
    attachment = Attachment(name=file.name, size=len(file.content), content=file.content, people_shown=people_shown)
    impression.attachments.append(attachment)
    db.session.flush()
    impressions.note_impression_change(impression, by, note)
    return attachment


def remove_attachment(attachment: Attachment, impression: Impression, by: Account, note: str) -> None:
    impression.attachments.remove(attachment)
    db.session.flush()
    impressions.note_impression_change(impression, by, note)


def clean_stored_attachments() -> int:
    """Clean the files that were kept before files were cleaned; returns how many. One that cannot be is set aside."""
    waiting = db.session.scalars(sa.select(Attachment.id).where(_UNCLEAN).order_by(Attachment.id)).all()
    db.session.commit()
    return one_by_one.do_each("clean_stored_attachments", waiting, _clean_stored_attachment)


_UNCLEAN = Attachment.cleaned_at.is_(None)


def _clean_stored_attachment(attachment_id: int) -> int | None:
    """Clean one while others may write."""
    kept = sa.select(Attachment.name, Attachment.content).where(Attachment.id == attachment_id, _UNCLEAN)
    found = db.session.execute(kept).one_or_none()
    db.session.commit()
    clean = clean_attachment(*found) if found else None
    attachment = take_row(Attachment, attachment_id, _UNCLEAN)
    if clean is None or attachment is None:
        return None
    attachment.content, attachment.size, attachment.cleaned_at = clean.content, len(clean.content), clock.now()
    return 1


def download_header(name: str) -> str:
    """The header that offers a file for download under its own name (RFC 6266)."""
    plain = (
        folding.fold_accents(name)
        .encode("ascii", "replace")
        .decode()
        .replace('"', "")
        .replace("\\", "")
        .replace("?", "_")
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
