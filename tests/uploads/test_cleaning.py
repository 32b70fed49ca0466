"""No byte stays of what a file tells beside its content: place, device, author, remarks, thumbnails, properties."""

import io
import zipfile

import docx
import openpyxl
import pikepdf
import pypdfium2
import pytest
from PIL import Image

from app.uploads import cleaning
from app.uploads.cleaning import CannotBeCleaned
from tests.uploads import files
from tests.uploads.files import TOLD, WORDS, telling, unpacked

pytestmark = pytest.mark.one_database

KINDS = {
    "jpg": (files.photo, {*TOLD}),
    "png": (files.png, {*TOLD} - {"51.6441"}),
    "pdf": (files.pdf, {*TOLD}),
    "docx": (files.word, {*TOLD}),
    "xlsx": (files.sheet, {*TOLD}),
    "pptx": (files.slides, {*TOLD}),
    "odt": (files.open_text, {*TOLD}),
}
"""What makes each kind of file, and what it tells before."""


@pytest.fixture(autouse=True)
def _settings(app):
    """The process with a budget asks whether a transaction is open."""


@pytest.mark.parametrize("ending", KINDS)
def test_nothing_that_it_tells_is_left(ending):
    make, told = KINDS[ending]
    content = make()
    assert telling(content) == told
    assert telling(cleaning.clean_file(content, ending)) == set()


@pytest.mark.parametrize("ending", ["pdf", "docx", "xlsx", "pptx", "odt"])
def test_what_it_says_stays(ending):
    assert WORDS.encode() in unpacked(cleaning.clean_file(KINDS[ending][0](), ending))


def test_a_pdf_that_says_that_all_can_read_it_goes_on_saying_so():
    made = pikepdf.new()
    made.add_blank_page()
    with made.open_metadata() as told:
        told["{http://www.aiim.org/pdfua/ns/id/}part"] = "1"
        told["dc:title"] = "Het verslag"
        told["dc:creator"] = ["Jan Verklapper"]
    made.save(out := io.BytesIO())
    clean = cleaning.clean_file(out.getvalue(), "pdf")
    with pikepdf.open(io.BytesIO(clean)) as pdf:
        told = pdf.open_metadata()
        assert dict(told) == {
            "{http://www.aiim.org/pdfua/ns/id/}part": "1",
            "{http://purl.org/dc/elements/1.1/}title": "Het verslag",
        }
    assert telling(clean) == set()


class TestPictures:
    def test_a_photo_stands_upright(self):
        picture = Image.open(io.BytesIO(cleaning.clean_file(files.photo(), "jpg")))
        assert (picture.size, picture.getexif(), set(picture.info) - {"jfif_density"}) == (
            (40, 60),
            {},
            {"jfif", "jfif_version", "jfif_unit", "progressive", "progression"},
        )
        above, below = picture.getpixel((20, 5)), picture.getpixel((20, 55))
        assert (above[2] > 200, below[0] > 200) == (True, True)

    def test_a_drawing_keeps_what_shines_through(self):
        picture = Image.open(io.BytesIO(cleaning.clean_file(files.png(), "png")))
        assert (picture.mode, picture.getpixel((0, 0))) == ("RGBA", (0, 128, 0, 100))

    def test_the_pixels_inside_a_document_stay_to_the_bit(self):
        with zipfile.ZipFile(io.BytesIO(cleaning.clean_file(files.word(), "docx"))) as packed:
            inside = packed.read("word/media/image1.jpg")
        assert Image.open(io.BytesIO(inside)).tobytes() == Image.open(io.BytesIO(files.photo())).tobytes()


class TestDocuments:
    def test_a_pdf_opens_and_keeps_its_links(self):
        clean = cleaning.clean_file(files.pdf(), "pdf")
        assert len(pypdfium2.PdfDocument(clean)) == 1
        with pikepdf.open(io.BytesIO(clean)) as opened:
            assert [str(each.A.URI) for each in opened.pages[0].Annots] == ["https://blijft.example"]

    def test_a_word_file_opens_with_its_picture_and_what_was_changed(self):
        document = docx.Document(io.BytesIO(cleaning.clean_file(files.word(), "docx")))
        assert (len(document.inline_shapes), "erbij gezet" in document.paragraphs[0]._p.xml) == (1, True)

    def test_a_sheet_opens(self):
        book = openpyxl.load_workbook(io.BytesIO(cleaning.clean_file(files.sheet(), "xlsx")))
        assert (book.active["A1"].value, book.active["A1"].comment) == (WORDS, None)

    def test_an_open_document_keeps_its_kind_first_and_the_words_after_a_remark(self):
        with zipfile.ZipFile(io.BytesIO(cleaning.clean_file(files.open_text(), "odt"))) as packed:
            first = packed.infolist()[0]
            assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
            assert f"{WORDS}, ook hierna".encode() in packed.read("content.xml")
            assert b"Thumbnails" not in packed.read("META-INF/manifest.xml")

    def test_what_lies_inside_is_cleaned_too(self):
        assert telling(cleaning.clean_file(files.slides(embedded=files.sheet()), "pptx")) == set()


@pytest.mark.parametrize(
    ("ending", "content", "problem"),
    [
        ("jpg", b"\xff\xd8\xffniets", "broken"),
        ("jpg", files.photo()[:300], "broken"),
        ("pdf", b"%PDF-1.7 niets", "broken"),
        ("pdf", files.pdf(locked=True), "locked"),
        ("docx", b"PK\x03\x04niets", "broken"),
        ("docx", files.word()[:-900], "broken"),
        ("odt", files.word(), "broken"),
        ("odt", files.open_text(**{"Pictures/tekening.emf": b"\1\0\0\0"}), "part"),
        ("pptx", files.slides(embedded=b"\xd0\xcf\x11\xe0 ole"), "part"),
    ],
)
def test_what_cannot_be_cleaned_is_refused_with_the_reason(ending, content, problem):
    with pytest.raises(CannotBeCleaned) as refused:
        cleaning.clean_file(content, ending)
    assert refused.value.problem == problem


def test_a_refusal_names_the_part():
    with pytest.raises(CannotBeCleaned) as refused:
        cleaning.clean_file(files.open_text(**{"Pictures/tekening.emf": b"\1\0\0\0"}), "odt")
    assert "tekening.emf" in str(refused.value.words)


def test_a_picture_that_unfolds_without_end_is_refused():
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    with pytest.raises(CannotBeCleaned) as refused:
        cleaning.clean_file(out.getvalue(), "png")
    assert refused.value.problem == "heavy"
