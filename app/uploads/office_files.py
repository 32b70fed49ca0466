"""Word, PowerPoint and Excel without properties, remarks, names of writers and what their pictures tell.

Every part is of a kind that we know, or the file is refused. Knows no database.
"""

import io
import zipfile
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from docx.opc.exceptions import PackageNotFoundError
from docx.opc.package import OpcPackage
from docx.opc.part import Part, XmlPart
from lxml import etree

from app.uploads.answers import Unclean, answers
from app.uploads.embedded import scrub_picture
from app.uploads.markup import clean_drawing, read_markup, remove_element, write_markup

_DEEPEST = 3
"""How many files may lie inside each other."""
_DROPPED = {
    *("core-properties", "extended-properties", "custom-properties", "thumbnail", "comments", "commentsExtended"),
    *("commentsIds", "commentsExtensible", "people", "person", "threadedComment", "commentAuthors", "authors"),
    *("attachedTemplate", "printerSettings", "customXml", "revisionHeaders", "usernames", "customProperty"),
    *("changesInfo", "revisionInfo", "tags", "presProps.custom", "digital-signature", "origin", "mailMergeSource"),
}
"""Last words of the kinds of relation whose parts tell of people, machines and remarks."""
_GONE = {
    *("commentRangeStart", "commentRangeEnd", "commentReference", "absPath", "attachedTemplate", "docVars"),
    *("fileSharing", "legacyDrawing", "custDataLst", "mailMerge", "annotationRef"),
}
"""Elements that go with them."""
_NAMES = {"author", "initials", "userName", "userId", "providerId"}
"""Attributes that name a writer: they stay, empty, for a change that is tracked needs one."""
_MAIN = {
    "docx": ".wordprocessingml.document.main",
    "pptx": ".presentationml.presentation.main",
    "xlsx": ".spreadsheetml.sheet.main",
}
"""What the main part of each kind is: one with macros or of another program is not what its name says."""
_FONTS = {".odttf", ".fntdata", ".ttf"}
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


@answers(zipfile.BadZipFile, PackageNotFoundError, etree.LxmlError, KeyError, ValueError, OSError)
def clean_office_file(content: bytes, ending: str = "") -> bytes:
    return _clean_package(content, 1, _MAIN.get(ending, ""))


def _clean_package(content: bytes, depth: int, main: str = "") -> bytes:
    if depth > _DEEPEST:
        raise Unclean("heavy")
    package = OpcPackage.open(io.BytesIO(content))
    if main and main not in package.main_document_part.content_type:
        raise Unclean("other")
    _drop_relations(package.rels)
    seen: set[int] = set()
    waiting: list[Part] = [each.target_part for each in package.rels.values() if not each.is_external]
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        dropped = _drop_relations(part.rels)
        _clean_part(part, dropped, depth)
        waiting += [each.target_part for each in part.rels.values() if not each.is_external]
    out = io.BytesIO()
    package.save(out)
    return out.getvalue()


def _drop_relations(relations: Any) -> set[str]:
    """Let go of the parts that tell too much; returns the numbers by which the text pointed at them."""
    kinds = {number: each.reltype.rpartition("/")[2] for number, each in relations.items()}
    gone = {number for number, kind in kinds.items() if kind in _DROPPED}
    if "comments" in kinds.values():
        gone |= {number for number, kind in kinds.items() if kind == "vmlDrawing"}
    for number in gone:
        del relations[number]
    for each in relations.values():
        if each.is_external and _is_local(each.target_ref):
            each._target = PureWindowsPath(each.target_ref.removeprefix("file:")).name or "-"
    return gone


def _is_local(address: str) -> bool:
    """Whether it is a place on somebody's machine or network."""
    return address.lower().startswith("file:") or address.startswith("\\\\") or address[1:3] == ":\\"


def _clean_part(part: Part, dropped: set[str], depth: int) -> None:
    name = str(part.partname)
    if name.endswith(".svg"):
        part._blob = clean_drawing(part.blob)
    elif part.content_type.endswith("xml") or name.endswith((".xml", ".vml")):
        root = read_markup(part.blob)
        _clean_xml(root, dropped)
        if isinstance(part, XmlPart):
            part._element = root
        else:
            part._blob = write_markup(root)
    elif part.blob.startswith(b"PK\x03\x04"):
        part._blob = _clean_package(part.blob, depth + 1)
    elif PurePosixPath(name).suffix not in _FONTS:
        part._blob = scrub_picture(part.blob, PurePosixPath(name).name)


def _clean_xml(root: Any, dropped: set[str]) -> None:
    for element in list(root.iter(etree.Element)):
        if etree.QName(element).localname in _GONE and element.getparent() is not None:
            remove_element(element)
            continue
        for key in list(element.attrib):
            if key.startswith(_RELATION) and element.get(key) in dropped:
                del element.attrib[key]
            elif etree.QName(key).localname in _NAMES:
                element.set(key, "")
                _drop_date(element)


def _drop_date(element: Any) -> None:
    for key in list(element.attrib):
        if etree.QName(key).localname == "date":
            del element.attrib[key]
