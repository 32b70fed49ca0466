"""The files of an impression: each form of file says the same, and paper shows every sign."""

import io
import re

import odfdo
import pikepdf
import pypdfium2
import pytest
from docx import Document as WordDocument
from flask_babel import force_locale

from app import clock
from app.database import db, only_reading
from app.lessons.impressions import documents, impressions
from app.lessons.insights import insights
from app.papers import paper_type
from app.papers.kinds import DocumentKind
from tests import factories

pytestmark = pytest.mark.one_database

LONG = "Klimaatadaptatiestrategieën"
FOREIGN = "Nguyễn Văn An, Łukasz, Ελένη, Иван, 中文, 日本語, かな, 한국어, 🎉, 👍🏽, ✓"


@pytest.fixture
def event(app):
    return factories.held(title="Samen slimmer")


def _published(event):
    impression = factories.impression(event, published=False)
    impressions.check_impression(impression, factories.account(event.network))
    impressions.publish_impression(impression)
    db.session.commit()
    return impression


@pytest.fixture
def made(event):
    """The bytes of each form, of an impression with everything that is hard to set."""
    by = factories.account(event.network)
    impression = factories.impression(event, "Samen <inkopen> & delen", published=False)
    impression.title, impression.set_up = f"Over {LONG}", f"- {FOREIGN}\n- tweede"
    impression.intro = "Zie https://www.oosterhout.example/" + "heel-lang-adres/" * 12
    suggestion = insights.add_suggestion(impression.insights[0], "Maak een lijst", by)
    for name, what in (("An Ros", "De lijst maken"), ("Bo Ros", "De lijst delen")):
        factories.commitment(event, factories.person(name), what, suggestion=suggestion, named=True)
    db.session.commit()
    with only_reading(), force_locale("nl"):
        return {kind: documents._MAKERS[kind](impression) for kind in DocumentKind}


def test_open_document_has_real_headings_lists_and_properties(made):
    opened = odfdo.Document(io.BytesIO(made[DocumentKind.OPEN_DOCUMENT]))
    headings = [(int(each.level), each.text) for each in opened.body.headers]
    assert headings == [
        (1, "Feiten en cijfers"), (2, "Opzet"), (1, "Inzichten"), (2, "Samen <inkopen> & delen"), (3, "Suggesties"),
    ]  # fmt: skip
    deep = [each.text_recursive for each in opened.body.get_elements("//text:list//text:list//text:p")]
    assert [words.partition(" (")[0] for words in deep] == ["Afspraak: De lijst maken", "Afspraak: De lijst delen"]
    assert (opened.meta.title, opened.meta.language) == (f"Over {LONG}", "nl-NL")
    assert opened.meta.creation_date.date() == clock.now().date()


def test_word_and_open_document_say_the_same_in_the_same_order(made):
    word = WordDocument(io.BytesIO(made[DocumentKind.WORD]))
    opened = odfdo.Document(io.BytesIO(made[DocumentKind.OPEN_DOCUMENT]))
    lines = [each.text_recursive for each in opened.body.get_elements("//text:p | //text:h")]
    assert lines == [each.text for each in word.paragraphs]
    assert any(FOREIGN in line for line in lines)


def test_on_paper_every_sign_has_a_glyph(made):
    """A font without a sign draws its empty box, glyph 0."""
    pdf = pikepdf.open(io.BytesIO(made[DocumentKind.PDF]))
    drawn = []
    for page in pdf.pages:
        for operands, operator in pikepdf.parse_content_stream(page, "TJ Tj"):
            parts = operands[0] if str(operator) == "TJ" else operands
            drawn += [bytes(each) for each in parts if isinstance(each, pikepdf.String)]
    glyphs = {code for text in drawn for code in zip(text[::2], text[1::2], strict=True)}
    assert glyphs
    assert (0, 0) not in glyphs


def test_on_paper_long_words_are_broken_by_the_rules_and_addresses_anywhere(made):
    pages = pypdfium2.PdfDocument(made[DocumentKind.PDF])
    for page in pages:
        text = page.get_textpage()
        right = max(text.get_charbox(n)[2] for n in range(text.count_chars()))
        assert right <= page.get_width() - 20 / 25.4 * 72


def test_an_address_gets_no_hyphen_where_it_breaks():
    page = '<p>Zie https://oss.example/lang, mail jan@oss.example. <a href="https://x.example">www.x.example</a></p>'
    marked = re.findall(r'<span class="address">(.*?)</span>', paper_type.printable(page))
    assert marked == ["https://oss.example/lang,", "jan@oss.example.", "www.x.example"]
    assert '<a href="https://x.example">' in paper_type.printable(page)


def test_nothing_but_what_is_lacking_is_set_in_another_type():
    assert paper_type.slices_for("Gewone tekst – met ‘tekens’ en € 5, naïef") == []
    assert paper_type.slices_for("ễ")[0].family == "source-sans-3-vietnamese"
    with pytest.raises(ValueError, match="external"):
        paper_type.read_font("font:../../wsgi.py")


@pytest.mark.parametrize("kind", DocumentKind)
def test_each_form_is_offered_and_handed_out(client, event, kind):
    impression = _published(event)
    documents.make_wanted_documents()
    assert f"/impressions/{impression.slug}.{kind}" in client.get(f"/impressions/{impression.slug}").text
    answer = client.get(f"/impressions/{impression.slug}.{kind}")
    assert (answer.status_code, answer.mimetype) == (200, kind.mimetype)
