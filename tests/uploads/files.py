"""Files as people send them: with their place, device, name, remarks and a small picture of it all inside."""

import io
import struct
import zipfile
import zlib

import docx
import openpyxl
import pikepdf
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image as SheetImage
from PIL import Image, PngImagePlugin

TOLD = ("Jan Verklapper", "Camera van Jan", "Bij Jan thuis", "51.6441", "KLEINBEELD")
"""Author, device, remark, place and thumbnail; each file holds those that its kind can."""
WORDS = "De tekst die blijft"


def photo(size: tuple[int, int] = (60, 40)) -> bytes:
    """A JPEG that lies on its side, red above and blue below when it stands."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, *size))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x013B] = 8, "Camera van Jan", "Jan Verklapper"
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 38.0, 38.76), 29: "51.6441"})
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0Bij Jan thuis"
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=b"Bij Jan thuis", xmp=b"<x>Jan Verklapper</x>", quality=95)
    segments = _segment(0xE1, b"Exif\0\0" + _thumbnail()) + _segment(0xED, b"Photoshop 3.0\x008BIM\x04\x0cKLEINBEELD")
    made = out.getvalue()
    (length,) = struct.unpack_from(">H", made, made.index(b"Exif") - 2)
    after = made.index(b"Exif") - 2 + length
    return made[:after] + segments + made[after:] + b"KLEINBEELD na het einde"


def _segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def _thumbnail() -> bytes:
    """An Exif block of which the second directory points at a small JPEG."""
    small = b"\xff\xd8KLEINBEELD\xff\xd9"
    first, second = struct.pack(">HI", 0, 14), struct.pack(">H", 2)
    entries = struct.pack(">HHII", 0x201, 4, 1, 44) + struct.pack(">HHII", 0x202, 4, 1, len(small))
    return b"MM\0\x2a\0\0\0\x08" + first + second + entries + b"\0\0\0\0" + small


def png() -> bytes:
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", "Jan Verklapper")
    told.add_itxt("Comment", "Bij Jan thuis", zip=True)
    exif = Image.Exif()
    exif[0x010F] = "Camera van Jan"
    out = io.BytesIO()
    Image.new("RGBA", (30, 20), (0, 128, 0, 100)).save(out, "PNG", pnginfo=told, exif=exif)
    return out.getvalue() + b"KLEINBEELD"


def pdf(*, locked: bool = False) -> bytes:
    made = pikepdf.new()
    page = made.add_blank_page()
    image = made.make_stream(
        photo(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=60, Height=40, BitsPerComponent=8,
        ColorSpace=pikepdf.Name.DeviceRGB, Filter=pikepdf.Name.DCTDecode,
    )  # fmt: skip
    twice = made.make_stream(
        zlib.compress(photo()), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=60, Height=40,
        BitsPerComponent=8, ColorSpace=pikepdf.Name.DeviceRGB,
        Filter=pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.DCTDecode]),
    )  # fmt: skip
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=image, Twice=twice))
    page.obj.Contents = made.make_stream(b"q 60 0 0 40 0 0 cm /Im Do Q BT (%b) Tj ET" % WORDS.encode())
    page.obj.PieceInfo = pikepdf.Dictionary(App=pikepdf.Dictionary(Private=pikepdf.String("Camera van Jan")))
    page.obj.Thumb = made.make_stream(b"KLEINBEELD", Width=1, Height=1)
    page.obj.Group = pikepdf.Dictionary(Deep=pikepdf.Array([pikepdf.Dictionary(Metadata=made.make_stream(b"51.6441"))]))
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9])
    note.T, note.Contents = pikepdf.String("Jan Verklapper"), pikepdf.String("Bij Jan thuis")
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9])
    link.A = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://blijft.example"))
    page.obj.Annots = pikepdf.Array([made.make_indirect(note), link])
    made.attachments["Jan Verklapper.txt"] = pikepdf.AttachedFileSpec(made, b"Bij Jan thuis")
    made.docinfo["/Author"] = "Jan Verklapper"
    with made.open_metadata() as told:
        told["xmp:CreatorTool"] = "Camera van Jan"
    out = io.BytesIO()
    made.save(out, encryption=pikepdf.Encryption(owner="x", user="geheim") if locked else False)
    return out.getvalue()


def word() -> bytes:
    document = docx.Document()
    paragraph = document.add_paragraph(WORDS)
    document.add_comment(paragraph.runs, text="Bij Jan thuis", author="Jan Verklapper", initials="JV")
    document.add_picture(io.BytesIO(photo()))
    document.core_properties.author = document.core_properties.last_modified_by = "Jan Verklapper"
    changed = docx.oxml.parse_xml(
        '<w:ins xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" w:id="9" w:author="Jan Verklapper"'
        ' w:date="2026-01-01T00:00:00Z"><w:r><w:t>erbij gezet</w:t></w:r></w:ins>'
    )
    paragraph._p.append(changed)
    document.part.relate_to(
        r"file:///C:\Users\Jan Verklapper\lijst.docx", "http://x.example/hyperlink", is_external=True
    )
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def sheet() -> bytes:
    book = openpyxl.Workbook()
    book.active["A1"] = WORDS
    book.active["A1"].comment = Comment("Bij Jan thuis", "Jan Verklapper")
    book.active.add_image(SheetImage(io.BytesIO(photo())), "C3")
    book.properties.creator, book.properties.description = "Jan Verklapper", "Camera van Jan"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def slides(*, embedded: bytes | None = None) -> bytes:
    """A presentation of one slide, with somebody's remark, in the least that the format asks."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    pml = "http://schemas.openxmlformats.org/presentationml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.presentationml"
    parts = {
        "ppt/presentation.xml": (f'<p:presentation xmlns:p="{pml}"/>', f"{kind}.presentation.main+xml"),
        "ppt/slides/slide1.xml": (f'<p:sld xmlns:p="{pml}"><p:t>{WORDS}</p:t></p:sld>', f"{kind}.slide+xml"),
        "ppt/comments/comment1.xml": (f'<p:cmLst xmlns:p="{pml}">Bij Jan thuis</p:cmLst>', f"{kind}.comments+xml"),
        "ppt/commentAuthors.xml": (f'<p:cmAuthorLst xmlns:p="{pml}">Jan Verklapper</p:cmAuthorLst>', f"{kind}.commentAuthors+xml"),
        "docProps/app.xml": ("<Properties>Camera van Jan</Properties>", "application/xml"),
        "docProps/core.xml": ("<core>Jan Verklapper</core>", "application/xml"),
    }  # fmt: skip
    relations = {
        "_rels/.rels": [
            (f"{office}/officeDocument", "ppt/presentation.xml"), (f"{office}/extended-properties", "docProps/app.xml"),
            (f"{package}/relationships/metadata/core-properties", "docProps/core.xml"),
            (f"{package}/relationships/metadata/thumbnail", "docProps/thumbnail.jpeg"),
        ],
        "ppt/_rels/presentation.xml.rels": [
            (f"{office}/slide", "slides/slide1.xml"), (f"{office}/commentAuthors", "commentAuthors.xml"),
        ],
        "ppt/slides/_rels/slide1.xml.rels": [
            (f"{office}/comments", "../comments/comment1.xml"), (f"{office}/image", "../media/image1.jpeg"),
            *([(f"{office}/oleObject", "../embeddings/object1.bin")] if embedded else []),
        ],
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        named = "".join(f'<Override PartName="/{name}" ContentType="{each}"/>' for name, (_, each) in parts.items())
        kinds = (
            '<Default Extension="jpeg" ContentType="image/jpeg"/><Default Extension="bin" ContentType="application/x"/>'
        )
        kinds += '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        packed.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types">{kinds}{named}</Types>')
        for name, (content, _) in parts.items():
            packed.writestr(name, content)
        for name, targets in relations.items():
            each = "".join(f'<Relationship Id="r{n}" Type="{t}" Target="{to}"/>' for n, (t, to) in enumerate(targets))
            packed.writestr(name, f'<Relationships xmlns="{package}/relationships">{each}</Relationships>')
        packed.writestr("docProps/thumbnail.jpeg", photo())
        packed.writestr("ppt/media/image1.jpeg", photo())
        if embedded:
            packed.writestr("ppt/embeddings/object1.bin", embedded)
    return out.getvalue()


def open_text(**more: bytes) -> bytes:
    names = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "text", "manifest", "meta")
    ) + ' xmlns:dc="http://purl.org/dc/elements/1.1/"'  # fmt: skip
    remark = (
        "<office:annotation><dc:creator>Jan Verklapper</dc:creator><text:p>Bij Jan thuis</text:p></office:annotation>"
    )
    body = f"<office:body><text:p>{WORDS}{remark}, ook hierna</text:p></office:body>"
    listed = ("content.xml", "meta.xml", "settings.xml", "Thumbnails/thumbnail.png", "Pictures/foto.jpg")
    entries = "".join(f'<manifest:file-entry manifest:full-path="{each}"/>' for each in listed)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        packed.writestr("content.xml", f"<office:document-content{names}>{body}</office:document-content>")
        packed.writestr(
            "meta.xml", f"<office:document-meta{names}><dc:creator>Jan Verklapper</dc:creator></office:document-meta>"
        )
        packed.writestr("settings.xml", f"<office:settings{names}>Camera van Jan</office:settings>")
        packed.writestr("Thumbnails/thumbnail.png", png())
        packed.writestr("Pictures/foto.jpg", photo())
        packed.writestr("META-INF/manifest.xml", f"<manifest:manifest{names}>{entries}</manifest:manifest>")
        for name, content in more.items():
            packed.writestr(name, content)
    return out.getvalue()


def unpacked(content: bytes) -> bytes:
    """All that somebody with the right tools reads in a file."""
    if content.startswith(b"%PDF"):
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(content)) as opened:
            opened.save(out, qdf=True, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.generalized, fix_metadata_version=False,
                        object_stream_mode=pikepdf.ObjectStreamMode.disable)  # fmt: skip
            images = [each.read_raw_bytes() for each in opened.objects if isinstance(each, pikepdf.Stream)]
        return content + out.getvalue() + b"".join(_inflated(each) for each in images)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            inside = [each.filename.encode() + unpacked(packed.read(each)) for each in packed.infolist()]
        return content + b"".join(inside)
    if content.startswith(b"\x89PNG"):
        return content + repr(Image.open(io.BytesIO(content)).info).encode()
    return content


def telling(content: bytes) -> set[str]:
    """What of TOLD is in a file, in any of the alphabets that such files use."""
    read = unpacked(content)
    return {each for each in TOLD if any(each.encode(code) in read for code in ("utf-8", "utf-16-le", "utf-16-be"))}


def _inflated(content: bytes) -> bytes:
    try:
        return zlib.decompress(content)
    except zlib.error:
        return content
