"""PDFs without properties, remarks, attached files, signatures and what their pictures tell. Knows no database."""

import base64
import io
import zlib
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

from app.uploads.answers import Unclean, answers
from app.uploads.embedded import scrub_picture

_DROPPED = (
    *("/Metadata", "/PieceInfo", "/Thumb", "/LastModified", "/CreatorInfo", "/AF", "/VP", "/LGIDict", "/XFA"),
    *("/SigFlags", "/OpenAction", "/AA", "/Collection", "/Perms", "/DSS", "/SpiderInfo", "/Legal"),
)
"""Keys that tell of who made it, where and with what, or that act by themselves (ISO 32000-2, 14)."""
_UA_PART = "{http://www.aiim.org/pdfua/ns/id/}part"
_KEPT_ANNOTATIONS = {"/Link", "/Widget"}
_NAMES_DROPPED = ("/EmbeddedFiles", "/JavaScript")


@answers(pikepdf.PdfError)
def clean_pdf(content: bytes, _: str = "pdf") -> bytes:
    try:
        pdf = pikepdf.open(io.BytesIO(content))
    except pikepdf.PasswordError:
        raise Unclean("locked") from None
    with pdf:
        if not pdf.pages:
            raise Unclean("broken")
        mark = _read_accessibility_mark(pdf)
        _drop_from(pdf.trailer, ("/Info", *_DROPPED))
        for page in pdf.pages:
            _drop_remarks(page.obj)
        for each in pdf.objects:
            _clean_object(each)
        _drop_from(pdf.Root.get("/Names"), _NAMES_DROPPED)
        _write_accessibility_mark(pdf, mark)
        out = io.BytesIO()
        pdf.save(
            out,
            fix_metadata_version=False,
            encryption=False,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
        )
    return out.getvalue()


def _read_accessibility_mark(pdf: pikepdf.Pdf) -> dict[str, str]:
    """By what a document says to be PDF/UA, with the title that this asks for (ISO 14289-1, 5 and 7.1)."""
    told = pdf.open_metadata()
    found = {name: str(told[name]) for name in (_UA_PART, "dc:title") if name in told}
    return found if found.get(_UA_PART) in {"1", "2"} else {}


def _write_accessibility_mark(pdf: pikepdf.Pdf, mark: dict[str, str]) -> None:
    if mark:
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as told:
            for name, value in mark.items():
                told[name] = value


def _drop_remarks(page: Any) -> None:
    """Keep links and the fields of forms; notes, marks and attached files carry the names of who made them."""
    if isinstance(remarks := page.get("/Annots"), Array):
        page["/Annots"] = Array([each for each in remarks if _is_kept(each)])


def _is_kept(annotation: Any) -> bool:
    return isinstance(annotation, Dictionary) and str(annotation.get("/Subtype")) in _KEPT_ANNOTATIONS


def _clean_object(each: Any) -> None:
    """Clean an object and the ones written inside it; others are in the file's own list."""
    if isinstance(each, Stream):
        _clean_stream(each)
    if isinstance(each, (Dictionary, Stream)):
        _drop_from(each, _DROPPED)
        if each.get("/FT") == Name.Sig and "/V" in each:
            del each["/V"]
    children = each.values() if isinstance(each, Dictionary) else each if isinstance(each, Array) else ()
    for child in children:
        if isinstance(child, (Dictionary, Array)) and not child.is_indirect:
            _clean_object(child)


def _drop_from(each: Any, keys: tuple[str, ...]) -> None:
    for key in keys if isinstance(each, (Dictionary, Stream)) else ():
        if key in each:
            del each[key]


def _clean_stream(stream: Any) -> None:
    filters = stream.get("/Filter")
    chain = list(filters) if isinstance(filters, Array) else [filters]
    if chain[-1:] not in ([Name.DCTDecode], [Name.JPXDecode]):
        return
    content = stream.read_raw_bytes()
    for each in chain[:-1]:
        content = _unpack(content, each)
    parameters = stream.get("/DecodeParms")
    last = parameters[-1] if isinstance(parameters, Array) and len(parameters) else parameters
    stream.write(
        scrub_picture(content, "Image"),
        filter=chain[-1],
        decode_parms=last if isinstance(last, Dictionary) else None,
    )


def _unpack(content: bytes, packed: Any) -> bytes:
    try:
        if packed == Name.FlateDecode:
            return zlib.decompress(content)
        if packed == Name.ASCII85Decode:
            return base64.a85decode(b"".join(content.split()).removesuffix(b"~>"))
    except (zlib.error, ValueError):
        pass
    raise Unclean("part", "Image")
