"""OpenDocument texts, sheets and slides without properties, remarks, names and what their pictures tell.

Every part is of a kind that we know, or the file is refused. Knows no database.
"""

import io
import zipfile
from pathlib import PurePosixPath
from typing import Any

from lxml import etree

from app.uploads.answers import Unclean, answers
from app.uploads.embedded import scrub_picture
from app.uploads.markup import clean_drawing, read_markup, remove_element, write_markup

_MANIFEST = "META-INF/manifest.xml"
_PATH = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}full-path"
_PROPERTIES = b"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.3"><office:meta/></office:document-meta>"""
_MIMETYPES = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
    "odp": b"application/vnd.oasis.opendocument.presentation",
}
_DROPPED_NAMES = {"settings.xml", "manifest.rdf", "layout-cache", "documentsignatures.xml", "macrosignatures.xml"}
_DROPPED_FOLDERS = {"Thumbnails", "Configurations2", "Basic", "Scripts", "Versions"}
_GONE = {"annotation", "annotation-end", "creator-initials"}
"""Elements of remarks; who wrote one, or tracked a change, has two more."""
_EMPTIED = {"author-name", "author-initials", "sender-firstname", "sender-lastname", "initial-creator", "creator"}
_DC = "http://purl.org/dc/elements/1.1/"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"


@answers(zipfile.BadZipFile, etree.LxmlError, KeyError, ValueError, OSError, NotImplementedError)
def clean_open_document(content: bytes, ending: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = [each.filename for each in old.infolist() if not each.is_dir() and not _is_dropped(each.filename)]
        if "mimetype" not in names or "content.xml" not in names:
            raise Unclean("broken")
        if old.getinfo("content.xml").flag_bits & 1 or b"encryption-data" in old.read(_MANIFEST):
            raise Unclean("locked")
        if ending and old.read("mimetype").strip() != _MIMETYPES[ending]:
            raise Unclean("other")
        new.writestr(_entry("mimetype"), old.read("mimetype"), zipfile.ZIP_STORED)
        for name in names:
            if name != "mimetype":
                new.writestr(_entry(name), _clean_part(name, old.read(name)), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry without the moment and the system that it was made on."""
    return zipfile.ZipInfo(name)


def _is_dropped(name: str) -> bool:
    path = PurePosixPath(name)
    return path.name in _DROPPED_NAMES or bool(_DROPPED_FOLDERS & set(path.parts))


def _clean_part(name: str, content: bytes) -> bytes:
    path = PurePosixPath(name)
    if path.name == "meta.xml":
        return _PROPERTIES
    if path.suffix == ".svg":
        return clean_drawing(content)
    if path.suffix == ".xml":
        return _clean_xml(content, manifest=name == _MANIFEST)
    if path.suffix in {".ttf", ".otf"} or not content:
        return content
    return scrub_picture(content, path.name)


def _clean_xml(content: bytes, *, manifest: bool) -> bytes:
    root = read_markup(content)
    for element in list(root.iter(etree.Element)):
        tag = etree.QName(element)
        if _goes(element, manifest=manifest) and element.getparent() is not None:
            remove_element(element)
        elif tag.namespace == _TEXT and tag.localname in _EMPTIED:
            element.text = ""
    return write_markup(root)


def _goes(element: Any, *, manifest: bool) -> bool:
    if manifest:
        return _is_dropped(element.get(_PATH, ""))
    tag = etree.QName(element)
    return tag.localname in _GONE or (tag.namespace == _DC and tag.localname in {"creator", "date"})
