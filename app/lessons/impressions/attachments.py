"""Files that come with an impression: only kinds that readers can open, whose content is what the name says."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import clock
from app.accounts.models import Account
from app.database import db, take_row
from app.lessons.impressions import impressions
from app.lessons.impressions.models import Attachment, Impression
from app.network.people import names
from app.setbacks import one_by_one
from app.uploads import cleaning, file_kinds
from app.uploads.people_shown import PeopleShown
from app.words import Refusal

MOST = 10


class AttachmentRefused(Refusal):
    """This file cannot come with it."""

    says = {
        "kind": _l("Dit soort bestand kan niet. Kies pdf, docx, pptx, xlsx, odt, ods, odp, png, jpg of webp."),
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
    name = names.clean_name(file_kinds.last_part(name))[-150:]
    ending = file_kinds.ending_of(name)
    if ending not in file_kinds.ENDINGS:
        raise AttachmentRefused("kind")
    if not content:
        raise AttachmentRefused("empty")
    if not file_kinds.begins_as(content, ending):
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
