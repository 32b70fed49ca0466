"""The forms of file in which what is published can be taken along."""

from flask_babel import lazy_gettext as _l

from app.words import Worded


class DocumentKind(Worded):
    """A form of file; its value is how its name ends."""

    PDF = "pdf", _l("PDF")
    WORD = "docx", _l("Word")
    OPEN_DOCUMENT = "odt", _l("ODT")

    @property
    def mimetype(self) -> str:
        return _MIMETYPES[self]


_MIMETYPES = {
    DocumentKind.PDF: "application/pdf",
    DocumentKind.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    DocumentKind.OPEN_DOCUMENT: "application/vnd.oasis.opendocument.text",
}
