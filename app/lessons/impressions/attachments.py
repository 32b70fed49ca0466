"""Files that come with an impression: only kinds that readers can open, whose content is what the name says."""

from urllib.parse import quote

from app.accounts.models import Account
from app.database import db
from app.lessons.impressions import impressions
from app.lessons.impressions.models import Attachment, Impression
from app.network.people import names

MOST = 10
_STARTS = {
    "pdf": (b"%PDF-",),
    "png": (b"\x89PNG",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    **dict.fromkeys(("docx", "pptx", "xlsx", "odt", "ods", "odp"), (b"PK\x03\x04",)),
}
"""How the bytes of each kind of file begin."""


class AttachmentRefused(ValueError):
    """This file cannot come with it; `problem` says why: kind, content, empty, many."""

    def __init__(self, problem: str):
        super().__init__(problem)
        self.problem = problem


def add_attachment(impression: Impression, name: str, content: bytes, by: Account, note: str = "") -> Attachment:
    """Keep a file with the report. Raises AttachmentRefused, or what impressions.note_impression_change raises."""
    name = names.clean_name(name.replace("\\", "/").rpartition("/")[2])[-150:]
    ending = name.rpartition(".")[2].lower()
    if ending not in _STARTS:
        raise AttachmentRefused("kind")
    if not content:
        raise AttachmentRefused("empty")
    if not content.startswith(_STARTS[ending]):
        raise AttachmentRefused("content")
    if len(impression.attachments) >= MOST:
        raise AttachmentRefused("many")
    attachment = Attachment(name=name, size=len(content), content=content)
    impression.attachments.append(attachment)
    db.session.flush()
    impressions.note_impression_change(impression, by, note)
    return attachment


def remove_attachment(attachment: Attachment, impression: Impression, by: Account, note: str) -> None:
    impression.attachments.remove(attachment)
    db.session.flush()
    impressions.note_impression_change(impression, by, note)


def download_header(name: str) -> str:
    """The header that offers a file for download under its own name (RFC 6266)."""
    plain = (
        names.fold_accents(name)
        .encode("ascii", "replace")
        .decode()
        .replace('"', "")
        .replace("\\", "")
        .replace("?", "_")
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
