"""A frozen report in each form: all say the same, nothing that was left out can be read, paper is tagged."""

import hashlib
import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import odfdo
import pikepdf
import pytest
from docx import Document as WordDocument
from docx.oxml.ns import qn
from flask import render_template_string
from flask_babel import force_locale
from openpyxl import load_workbook

from app import clock
from app.agendas.models import Agenda
from app.database import db, only_reading
from app.indicators.models import Aim
from app.indicators.numbers import format_figure
from app.network.models import Network, NetworkColour
from app.network.people import people
from app.network.people.models import Person
from app.papers import paper_sheets, paper_type
from app.papers.blocks import Block, Prose, Style, Table
from app.papers.kinds import DocumentKind
from app.progress import report_documents, report_tables
from app.progress.contents import Reach, WordsSaid
from app.progress.frozen import freeze_contents, read_contents
from app.progress.models import Readers, ReportFile
from app.progress.report_blocks import Bars, TileMap, group_blocks, list_blocks
from app.sheets import TableKind
from tests import factories
from tests.helpers import sign_in
from tests.indicators import made as measured
from tests.progress import published
from tests.progress.sample_contents import LONG, figure, line, sample_contents, sample_edition, target

pytestmark = pytest.mark.one_database

_PAGE = '{% from "progress/body.html" import report_body %}{{ report_body(groups) }}'
_QUESTIONS = ["Wat spraken we af?", "Is bereikt wat we wilden?", "Is gedaan wat we zouden doen?", "Heeft het gekost wat het mocht?", "Wat gaan we doen?"]  # fmt: skip


def _edition(**values):
    """Of an agenda that is in no database."""
    edition = sample_edition(**values)
    edition.report.agenda = Agenda(network=Network(name="Digitale Transformatie", colour=NetworkColour.VIOLET))
    return edition


def _blocks(**values):
    return list(list_blocks(sample_contents(**values), _edition()))


def _page(**values) -> str:
    groups = group_blocks(list_blocks(sample_contents(**values), _edition()))
    return render_template_string(_PAGE, groups=groups)


def _words_of_indicator(year) -> list[str]:
    """What blocks and cells say of an indicator with this figure of the year."""
    blocks = _blocks(themes=[], indicators=[line(1, "Bezoek", year, None, figure(None, None, None))])
    cells = [cell for each in blocks if isinstance(each, Table) for row in each.plain_rows for cell in row]
    return cells + [each.text for each in blocks if isinstance(each, Block)]


class _Tables(HTMLParser):
    """The tables of a page: for each its name, its heading and its rows as plain text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.names: list[str] = []
        self._into: list[str] | None = None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag == "table":
            self.tables.append([])
        elif tag == "caption":
            self._into = self.names = [*self.names, ""]
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"th", "td"}:
            self.tables[-1][-1].append("")
            self._into = self.tables[-1][-1]
        elif tag == "br" and self._into:
            self._into[-1] += "\n"

    def handle_endtag(self, tag):
        if tag in {"th", "td", "caption"}:
            self._into = None

    def handle_data(self, data):
        if self._into:
            self._into[-1] += data


@pytest.fixture(scope="module")
def files(site):
    """The bytes of each form."""
    with site.app_context(), only_reading():
        contents = read_contents(freeze_contents(sample_contents()))
        return {kind: report_documents.write_file(contents, _edition(), kind) for kind in DocumentKind}


@pytest.fixture
def as_in_dutch(app):
    with app.test_request_context("/"), force_locale("nl"):
        yield


class TestWords:
    """What stands in it, in every form alike."""

    pytestmark = pytest.mark.usefixtures("as_in_dutch")

    def test_both_moments_the_edition_and_its_reason_come_first(self):
        edition = _edition(number=2, reason="De sessie in Oss telde dubbel.")
        head = [each.text for each in list_blocks(sample_contents(), edition) if isinstance(each, Block)][:5]
        assert head[0] == "Jaarrapportage 2025"
        assert head[2] == "Stand op wo 31 december 2025, geteld op ma 19 januari 2026, 10.05 uur."
        assert head[3:] == [
            "Uitgave 2, gepubliceerd op zo 1 februari 2026.",
            "Wat deze uitgave verbetert: De sessie in Oss telde dubbel.",
        ]

    def test_every_theme_answers_the_same_questions_in_the_same_order(self):
        headings = [each for each in _blocks() if isinstance(each, Block) and each.style in {Style.HEADING_1, Style.HEADING_2}]  # fmt: skip
        asked: dict[str, list[str]] = {}
        for each in headings:
            if each.style == Style.HEADING_1:
                asked[each.text] = []
            else:
                asked[list(asked)[-1]].append(each.text)
        themes = [each.name for each in sample_contents().themes]
        assert [asked[name] for name in themes] == [_QUESTIONS] * 6

    @pytest.mark.parametrize(
        ("indicator", "column", "said"),
        [
            ("Gemeenten onder preventief financieel toezicht", 2, "0 van ten hoogste 0: gehaald"),
            ("Gemeenten onder preventief financieel toezicht", 4, "1 van ten hoogste 0: niet gehaald\nstreefwaarde: ten hoogste 0"),
            ("Gemeenten onder preventief financieel toezicht", 5, "0 van ten hoogste 0: tot nu toe gehaald\nstreefwaarde: ten hoogste 0"),
            ("Opkomst bij verkiezingen in Noord-Brabant", 1, "n.v.t.: geen verkiezingen in dit jaar"),
            ("Opkomst bij verkiezingen in Noord-Brabant", 2, "–"),
            ("Opkomst bij verkiezingen in Noord-Brabant", 4, "75,45% (1.481.000 van 1.963.000)\nstreefwaarde: nog niet bekend"),
            ("Provinciale collega’s die de cursus ‘Vergroting weerbaarheid’ volgden", 1, "ten minste 100\ntot di 20 mei 2025: ten minste 150"),
            ("Medewerkers die een melding durven te doen", 2, "104% (520 van 500): gehaald"),
            ("Pilotgemeenten geholpen met kwetsbare vakantieparken", 1, "geen streefwaarde"),
            ("Gemeenten waarmee we spraken over fitheid tegen ondermijning", 4, "minder dan 5\nstreefwaarde: ten minste 15"),
            ("Gemeenten waarmee we spraken over fitheid tegen ondermijning", 5, "≥ 15\nstreefwaarde: ten minste 45"),
            ("Thema-onderzoeken", 2, "nog geen cijfer"),
        ],
    )  # fmt: skip
    def test_a_figure_says_what_a_controller_expects(self, indicator, column, said):
        rows = [row for each in _blocks() if isinstance(each, Table) for row in each.plain_rows]
        assert next(row for row in rows if row[0].startswith(f"{indicator}\n"))[column] == said

    def test_what_deviates_is_explained_and_what_is_on_course_is_not(self):
        words = [each.text for each in _blocks() if isinstance(each, Block)]
        assert [each for each in words if each.startswith("Waarom niet")] == [
            "Waarom niet alles op koers is: Planning, Middelen",
            "Waarom niet alles op koers is: Prestatie",
        ]
        changed = next(each for each in words if "de streefwaarde was ten minste 150; nu is die ten minste 100" in each)
        assert "di 20 mei 2025, bestuursrapportage I 2025: de cursus begon een half jaar later" in changed
        assert any("Sinds 1 juli 2025 tellen ook inhuurkrachten mee" in each for each in words)

    @pytest.mark.parametrize(
        ("was", "now", "said"),
        [
            (Aim.NONE, "77", "er was geen streefwaarde; nu is die ten minste 77. Besloten"),
            ("77", Aim.NONE, "de streefwaarde was ten minste 77; nu is er geen streefwaarde. Besloten"),
            (
                Aim.UNKNOWN,
                Aim.NOT_APPLICABLE,
                "de streefwaarde was nog niet bekend; nu is die niet van toepassing. Besl",
            ),
            (
                Aim.NOT_APPLICABLE,
                Aim.UNKNOWN,
                "de streefwaarde was niet van toepassing; nu is die nog niet bekend. Besl",
            ),
        ],
    )
    def test_a_target_that_changed_reads_as_a_sentence(self, was, now, said):
        now = target(now, on=date(2025, 3, 1), why="motie")
        changed = figure(2025, now, "3", earlier_targets=[target(was, why="er was niets")])
        words = _words_of_indicator(changed)
        assert any(said in each for each in words)

    def test_a_target_of_after_the_reference_day_stands_beside_the_one_that_held(self):
        later = target("90", on=date(2026, 1, 12), by="begroting 2026", why="er kwam geld bij")
        held = figure(2025, target("77"), "80", later_targets=[later])
        words = _words_of_indicator(held)
        assert "ten minste 77\nbesloten na de peildatum, op ma 12 januari 2026: ten minste 90" in words
        assert "80: gehaald" in words
        said = "Bezoek, 2025: besloten na de peildatum, op ma 12 januari 2026, begroting 2026: ten minste 90. er kwam"
        assert any(each.startswith(said) for each in words)

    def test_amounts_that_do_not_add_up_stand_as_they_were_printed(self):
        money = [each for each in _blocks() if isinstance(each, Table) and each.name.startswith("Geld in 2025")]
        assert money[0].rows[0][1:] == ["19.284", "1.624", "20.909", "18.733,5"]
        said = [each.text for each in _blocks() if isinstance(each, Block) and "niet precies het bedrag" in each.text]
        assert said == [
            "Begroting en wijziging (1.624) zijn samen niet precies het bedrag na wijziging: zo staat het in de bron."
        ]

    def test_a_theme_that_joined_or_ended_says_so(self):
        words = [each.text for each in _blocks() if isinstance(each, Block)]
        assert "Op de agenda vanaf za 18 januari 2025." in words
        assert "Op de agenda tot en met ma 30 juni 2025. Ging over in ‘Toekomstbestendig bestuur in Brabant’." in words

    def test_figures_of_a_theme_name_the_days_that_they_count(self):
        words = [each.text for each in _blocks() if isinstance(each, Block)]
        assert sum(each == "Van wo 1 januari 2025 tot en met wo 31 december 2025:" for each in words) == 3
        assert not any("2024 tot en met" in each for each in words)
        [*_, joined] = sample_contents().themes[:5]
        joined, ended = (
            replace(joined, reach=Reach(sessions=1), **values) for values in ({}, {"ends_on": date(2025, 6, 30)})
        )
        told = [each.text for each in _blocks(themes=[joined, ended]) if isinstance(each, Block)]
        assert "Van za 18 januari 2025 tot en met wo 31 december 2025:" in told
        assert "Van za 18 januari 2025 tot en met ma 30 juni 2025:" in told

    def test_that_nobody_was_reached_is_said_of_its_year_alone(self):
        assert "In 2025 was er nog geen sessie over dit thema." in [getattr(each, "text", "") for each in _blocks()]
        page = _page()
        assert not re.search(r"(?<!in 2025 )nog niet bereikt|was er, |per regio<", page, re.IGNORECASE)
        assert "In 2025 waren er 42 van de 56 gemeenten minstens één keer." in page

    def test_that_numbers_are_left_out_is_explained_once_and_only_then(self):
        words = [each.text for each in _blocks() if isinstance(each, Block)]
        assert sum("laten we weg" in each for each in words) == 1
        whole = sample_contents(themes=[], indicators=[], municipalities=[], before=None)
        told = [each.text for each in list_blocks(whole, _edition()) if isinstance(each, Block)]
        assert not any("laten we weg" in each for each in told)

    def test_a_target_of_nought_and_what_is_left_out_have_no_bar(self):
        drawn = [bar.name for each in _blocks() if isinstance(each, Bars) for bar in each.bars]
        assert "Gemeenten onder preventief financieel toezicht" not in drawn
        assert "Toezichtontvangers met minstens één voortgangsgesprek" not in drawn
        bars = {bar.name: bar for each in _blocks() if isinstance(each, Bars) for bar in each.bars}
        supervised = bars["Toezichtontvangers die we op een of meer gebieden beoordeelden"]
        assert (round(supervised.realised, 3), supervised.target, supervised.words) == (round(61 / 105, 3), 1, "61")
        above = bars["Medewerkers die een melding durven te doen"]
        assert (above.realised, round(above.target, 3)) == (1, round(100 / 104, 3))

    def test_the_map_has_every_municipality_and_the_table_the_same(self):
        tiles = next(each for each in _blocks() if isinstance(each, TileMap)).tiles
        table = next(
            each for each in _blocks() if isinstance(each, Table) and each.name == "Gemeenten per regio in 2025"
        )
        assert len(tiles) == 56
        in_table = " ".join(cell for row in table.plain_rows for cell in row)
        assert [each.organisation.name for each in tiles if each.organisation.name not in in_table] == []
        assert "Best" in in_table
        assert "Best (" not in in_table


class TestPage:
    pytestmark = pytest.mark.usefixtures("as_in_dutch")

    def test_a_picture_has_a_name_and_headings_skip_no_level(self):
        page = _page()
        assert page.count('<svg class="tile-map" viewBox="0 0 728 364" role="img"') == 1
        assert len(re.findall(r'<svg [^>]*role="img"[^>]*><title>[^<]+', page)) == page.count('role="img"') == 3
        every_line = [line for theme in sample_contents().themes for line in theme.indicators]
        for shown in (page, _page(indicators=every_line), _page(themes=[])):
            levels = [int(each) for each in re.findall(r"<h(\d)", shown)]
            assert levels[0] == 1
            assert all(after <= before + 1 for before, after in pairwise(levels))

    def test_words_of_others_are_no_html_and_their_headings_are_none_of_ours(self):
        theme = sample_contents().themes[0]
        page = _page()
        assert "Samen slimmer &lt;inkopen&gt; &amp; delen" in page
        assert str(Prose("# Kop\n\n<script>x</script>").html).startswith("<p><strong>Kop</strong></p>")
        assert "<script" not in Prose("<script>x</script>").html
        assert theme.name in page

    def test_english_readers_read_it_in_english(self):
        with force_locale("en"):
            page = _page()
        for words in (
            "Did we achieve what we wanted?",
            "0 of at most 0",
            "What the signs mean",
            "fewer than 5",
            "words from the leads yet.",
            "by the organisers",
            "Oosterhout or online",
        ):
            assert words in page
        for words in ("Is bereikt", "organisatoren", "Nog geen", "streefwaarde", "gehaald", "Gemeenten per regio"):
            assert words not in page

    def test_page_and_spreadsheet_hold_the_same_figures(self):
        contents = sample_contents()
        book = load_workbook(io.BytesIO(report_tables.write_report_sheets(TableKind.XLSX, contents)))
        heading, *rows = list(book["Indicatoren"].iter_rows(values_only=True))
        at = {name: place for place, name in enumerate(heading)}
        said = {(row[at["Indicator"]], row[at["Periode"]]): row for row in rows}
        read, compared = _Tables(_page()), 0
        for name, (head, *lines) in zip(read.names, read.tables, strict=True):
            if not name.startswith("Indicatoren"):
                continue
            for found in lines:
                indicator = found[0].split("\n")[0]
                for column, period in ((2, 2025), (head.index("Hele agenda"), "hele agenda")):
                    cell, row = found[column].split("\n")[0], said[indicator, period]
                    assert cell.endswith(row[at["Hoe het staat"]] or "")
                    figure = row[at["Gerealiseerd"]]
                    assert cell.startswith(figure if isinstance(figure, str) else format_figure(figure))
                    compared += 1
        assert compared == 2 * 10

    def test_a_number_is_a_number_in_the_spreadsheet_and_what_is_left_out_is_words(self):
        book = load_workbook(io.BytesIO(report_tables.write_report_sheets(TableKind.XLSX, sample_contents())))
        heading, *rows = list(book["Indicatoren"].iter_rows(values_only=True))
        values = {(row[1], row[5]): row[heading.index("Gerealiseerd")] for row in rows}
        assert values["Medewerkers die een melding durven te doen", 2025] == 104
        assert values["Gemeenten waarmee we spraken over fitheid tegen ondermijning", 2024] == "minder dan 5"
        amounts = list(book["Geld, in duizenden euro’s"].iter_rows(values_only=True))
        assert amounts[1][2:6] == (19284, 1624, 20909, 18733.5)
        csv = report_tables.write_report_sheets(TableKind.CSV, sample_contents()).decode("utf-8-sig")
        assert ";19284;1624;20909;18733,5;" in csv


class TestFiles:
    def test_word_and_open_document_say_the_same_in_the_same_order(self, app, files):
        opened = odfdo.Document(io.BytesIO(files[DocumentKind.OPEN_DOCUMENT]))
        word = WordDocument(io.BytesIO(files[DocumentKind.WORD]))
        headings = [(int(each.level), each.text) for each in opened.body.headers]
        of_word = [
            (int(each.style.name[-1]), each.text) for each in word.paragraphs if each.style.name.startswith("Heading")
        ]
        assert headings == of_word
        numbered = opened.styles.root.get_elements("//text:outline-level-style")
        assert {each.get_attribute("style:num-format") for each in numbered} == {""}
        assert [text for level, text in headings if level == 2] == _QUESTIONS * 6
        in_odt = [_rows_of(each) for each in opened.body.get_elements("//table:table")]
        in_word = [[[cell.text for cell in row.cells] for row in each.rows] for each in word.tables]
        assert in_odt == in_word
        assert len(in_odt) == len(_tables(app))

    def test_tables_of_both_have_heading_rows_names_and_all_figures(self, app, files):
        opened = odfdo.Document(io.BytesIO(files[DocumentKind.OPEN_DOCUMENT]))
        word = WordDocument(io.BytesIO(files[DocumentKind.WORD]))
        tables = _tables(app)
        assert [[[*each.heading], *each.plain_rows] for each in tables] == [
            [[cell.text for cell in row.cells] for row in each.rows] for each in word.tables
        ]
        for each in word.tables:
            assert each.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None
        names = [each._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) for each in word.tables]
        assert names == [each.name for each in tables]
        assert len(opened.body.get_elements("//table:table-header-rows/table:table-row")) == len(tables)
        titles = [each.text for each in opened.body.get_elements("//table:table/table:title")]
        assert titles == names

    def test_both_say_their_language_and_title_and_lead_where_the_page_leads(self, files):
        opened = odfdo.Document(io.BytesIO(files[DocumentKind.OPEN_DOCUMENT]))
        word = WordDocument(io.BytesIO(files[DocumentKind.WORD]))
        assert (opened.meta.title, opened.meta.language) == (
            "Jaarrapportage 2025: Samenwerkingsagenda 2024–2026",
            "nl-NL",
        )
        assert opened.meta.creation_date.date() == clock.now().date()
        assert (word.core_properties.title, word.core_properties.language) == (opened.meta.title, "nl-NL")
        address = "https://leerkring.example/events/1"
        assert address in {each.get_attribute("xlink:href") for each in opened.body.get_elements("//text:a")}
        assert address in {each.target_ref for each in word.part.rels.values()}
        assert "Samen slimmer <inkopen> & delen" in "\n".join(each.text for each in word.paragraphs)

    def test_paper_is_tagged_for_who_hears_it(self, files):
        pdf = pikepdf.open(io.BytesIO(files[DocumentKind.PDF]))
        root = pdf.Root
        assert (str(root.Lang), bool(root.MarkInfo.Marked)) == ("nl", True)
        with pdf.open_metadata() as about:
            assert about["dc:title"] == "Jaarrapportage 2025: Samenwerkingsagenda 2024–2026"
            assert about["pdfuaid:part"] == "1"
        tags = list(_tags(root.StructTreeRoot))
        kinds = [str(each.S) for each in tags]
        assert [kind for kind in kinds if kind in {"/H1", "/H2", "/H3"}][:3] == ["/H1", "/H2", "/H2"]
        assert kinds.count("/H3") == len(_QUESTIONS) * 6
        tables = [each for each in tags if each.S == "/Table"]
        assert tables
        assert all("/TH" in {str(inside.S) for inside in _tags(each)} for each in tables)
        pictures = [str(each.Alt) for each in tags if each.S == "/Figure" and "/Alt" in each]
        assert "Kaart van de gemeenten in 2025; de tabel eronder zegt hetzelfde" in pictures
        assert sum(each.startswith("Gerealiseerd naast de streefwaarde") for each in pictures) == 2
        assert kinds.count("/Figure") == len(pictures)

    def test_on_paper_nothing_stands_outside_the_margins(self, files):
        import pypdfium2

        pages = pypdfium2.PdfDocument(files[DocumentKind.PDF])
        words = ""
        for page in pages:
            text = page.get_textpage()
            words += text.get_text_bounded()
            right = max(text.get_charbox(n)[2] for n in range(text.count_chars()))
            assert right <= page.get_width() - 18 / 25.4 * 72
        assert LONG in words.replace("\r\n", "").replace("\ufffe", "")


def _tables(app) -> list[Table]:
    with app.test_request_context("/"), force_locale("nl"):
        return [each for each in _blocks() if isinstance(each, Table)]


def _rows_of(table) -> list[list[str]]:
    return [
        ["\n".join(line.text_recursive for line in cell.get_elements("text:p")) for cell in row.get_elements("table:table-cell")]
        for row in table.get_elements(".//table:table-row")
    ]  # fmt: skip


def _tags(element):
    """The elements of a tag tree, depth first (ISO 32000-1, 14.7.2)."""
    inside = element.get("/K", [])
    for each in inside if isinstance(inside, pikepdf.Array) else [inside]:
        if isinstance(each, pikepdf.Dictionary) and "/S" in each:
            yield each
            yield from _tags(each)


@pytest.fixture
def agenda(app):
    return measured.agenda(factories.network())


@pytest.fixture
def quick_paper(monkeypatch):
    """Paper that says only that it is some: what is made when is looked at here, not how."""
    monkeypatch.setattr(paper_type, "lay_out", lambda html, picture=None: b"%PDF")


@pytest.mark.usefixtures("as_in_dutch")
def test_what_was_frozen_long_ago_is_still_read():
    """As the first version kept it. What a report says since has a default in contents.py; this file stays as it is."""
    kept = json.loads(Path(__file__).with_name("kept_edition.json").read_text(encoding="utf-8"))
    contents = read_contents(kept)
    names = [line.name for theme in contents.themes for line in theme.indicators]
    assert names == [line["name"] for theme in kept["themes"] for line in theme["indicators"]]
    assert len(names) > 3
    assert len(list(list_blocks(contents, _edition()))) > 50
    assert report_tables.write_report_sheets(TableKind.CSV, contents)


@pytest.mark.usefixtures("quick_paper")
class TestMaking:
    def test_files_of_a_published_edition_are_made_once_and_stay(self, client, agenda):
        edition = published.published_edition(agenda)
        waiting = published.published_edition(agenda, published_at=None)
        db.session.commit()
        assert report_documents.make_wanted_files() == 3
        file = report_documents.file_of(edition, DocumentKind.WORD)
        first, digest = file.content, file.sha256
        assert hashlib.sha256(first).hexdigest() == digest
        assert report_documents.list_files(waiting) == {}
        edition.report.title = "Anders"
        db.session.commit()
        assert report_documents.make_wanted_files() == 0
        assert report_documents.file_of(edition, DocumentKind.WORD).content == first

    def test_without_pango_the_others_are_there_and_the_pdf_follows_once_it_is(self, agenda, monkeypatch):
        edition = published.published_edition(agenda)
        db.session.commit()

        def lacking(html, picture=None):
            raise OSError("cannot load library 'pango'")

        there = paper_type.lay_out
        monkeypatch.setattr(paper_type, "lay_out", lacking)
        monkeypatch.setattr(paper_sheets, "can_make_pdf", lambda: False)
        report_documents.make_wanted_files()
        files = report_documents.list_files(edition)
        assert {kind: (file.problem, bool(file.made_at)) for kind, file in files.items()} == {
            DocumentKind.PDF: ("pango", False), DocumentKind.OPEN_DOCUMENT: ("", True), DocumentKind.WORD: ("", True),
        }  # fmt: skip
        db.session.commit()
        assert report_documents.make_wanted_files() == 0
        monkeypatch.setattr(paper_type, "lay_out", there)
        monkeypatch.setattr(paper_sheets, "can_make_pdf", lambda: True)
        assert report_documents.make_wanted_files() == 1
        db.session.expire_all()
        assert report_documents.file_of(edition, DocumentKind.PDF).content == b"%PDF"

    def test_what_another_worker_made_meanwhile_stays(self, agenda):
        edition = published.published_edition(agenda)
        db.session.add(
            ReportFile(edition_id=edition.id, kind=DocumentKind.WORD, made_at=clock.now(), content=b"eerste")
        )
        db.session.commit()
        assert report_documents._make_file(edition.id, DocumentKind.WORD) == 0
        db.session.commit()
        db.session.expire_all()
        assert report_documents.file_of(edition, DocumentKind.WORD).content == b"eerste"

    def test_are_made_anew_without_the_name_of_who_is_erased(self, agenda):
        edition, somebody = self._naming(agenda), factories.person(_NAMED)
        beside = published.published_edition(agenda)
        db.session.commit()
        report_documents.make_wanted_files()
        assert _NAMED in _words(report_documents.file_of(edition, DocumentKind.WORD))
        kept = report_documents.file_of(beside, DocumentKind.WORD).made_at
        people.erase_person(somebody)
        db.session.commit()
        assert report_documents.list_files(edition) == {}
        assert report_documents.make_wanted_files() == 3
        assert "Dank aan een deelnemer." in _words(report_documents.file_of(edition, DocumentKind.WORD))
        assert report_documents.file_of(beside, DocumentKind.WORD).made_at == kept

    def test_what_names_somebody_who_is_erased_while_it_is_made_is_not_kept(self, app, agenda, monkeypatch):
        edition, somebody = self._naming(agenda), factories.person(_NAMED).id
        db.session.commit()

        def erase() -> None:
            with app.app_context():
                people.erase_person(db.session.get(Person, somebody))
                db.session.commit()

        def slowly(html, picture=None):
            if _NAMED in html:
                with ThreadPoolExecutor(1) as other:
                    other.submit(erase).result()
            return html.encode()

        monkeypatch.setattr(paper_type, "lay_out", slowly)
        report_documents._make_file(edition.id, DocumentKind.PDF)
        db.session.commit()
        assert report_documents.file_of(edition, DocumentKind.PDF) is None
        report_documents.make_wanted_files()
        assert "Dank aan een deelnemer." in report_documents.file_of(edition, DocumentKind.PDF).content.decode()

    def _naming(self, agenda):
        said = WordsSaid(f"Dank aan {_NAMED}.", "de organisatoren", clock.now())
        return published.published_edition(agenda, sample_contents(happened=said))


_NAMED = "Geheimke van der Test"


def _words(file) -> str:
    return "\n".join(each.text for each in WordDocument(io.BytesIO(file.content)).paragraphs)


class TestDoors:
    def test_a_public_edition_is_for_everybody(self, client, agenda):
        report = published.published_report(agenda)
        for ending, kind in {each.value: each.mimetype for each in (*DocumentKind, *TableKind)}.items():
            answer = client.get(f"/agendas/{agenda.slug}/reports/{report.id}/1.{ending}")
            assert (answer.status_code, answer.mimetype) == (200, kind)
            assert f'filename="{agenda.slug}-2025-12-31-1.{ending}"' in answer.headers["Content-Disposition"]

    def test_it_stands_also_when_its_agenda_is_withdrawn(self, client, agenda):
        report = published.published_report(agenda)
        agenda.state = "draft"
        db.session.commit()
        assert client.get(f"/agendas/{agenda.slug}/reports/{report.id}/1.pdf").status_code == 200
        assert client.get(f"/agendas/{agenda.slug}/reports/{report.id}").status_code == 200

    @pytest.mark.parametrize("change", ["internal", "draft", "unlisted", "number"])
    def test_what_is_not_public_is_not_there(self, client, agenda, change):
        edition = published.published_edition(agenda)
        number = 1
        if change == "internal":
            edition.readers = Readers.INTERNAL
        elif change == "draft":
            edition.published_at = None
        elif change == "unlisted":
            agenda.network.listed = False
        else:
            number = 2
        db.session.commit()
        for ending in ("pdf", "xlsx"):
            address = f"/agendas/{agenda.slug}/reports/{edition.report_id}/{number}.{ending}"
            assert client.get(address).status_code == 404

    def test_an_internal_one_is_for_who_may_read_the_network_and_a_draft_for_organisers(self, client, agenda):
        edition = published.published_edition(agenda, readers=Readers.INTERNAL)
        draft = published.published_edition(agenda, published_at=None)
        start = f"/organise/networks/{agenda.network.slug}/agendas/{agenda.id}/reports"
        sign_in(client, factories.account(agenda.network, role="reader"))
        assert client.get(f"{start}/{edition.report_id}/editions/1.xlsx").status_code == 200
        assert client.get(f"{start}/{edition.report_id}/editions/1.pdf").status_code == 503
        for ending in ("", ".xlsx", ".csv", ".pdf", ".docx"):
            assert client.get(f"{start}/{draft.report_id}/editions/1{ending}").status_code == 404
        sign_in(client, factories.account(agenda.network))
        assert client.get(f"{start}/{draft.report_id}/editions/1.xlsx").status_code == 200
        sign_in(client, factories.account(factories.network()))
        assert client.get(f"{start}/{edition.report_id}/editions/1.xlsx").status_code == 404

    def test_until_a_file_is_made_a_page_says_so(self, client, agenda):
        edition = published.published_edition(agenda)
        answer = client.get(f"/agendas/{agenda.slug}/reports/{edition.report_id}/1.pdf")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
        assert "Het bestand wordt gemaakt" in answer.text
