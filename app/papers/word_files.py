"""Blocks as DOCX, for Word: real headings, lists and tables, in Dutch for the spelling checker."""

import io
from collections.abc import Iterable
from typing import Any

from app.papers.blocks import HEADINGS, About, Block, Style, Table, readable


def write_docx(about: About, blocks: Iterable[Block | Table]) -> bytes:
    from docx import Document

    document = Document()
    _style_document(document, about)
    for block in blocks:
        if isinstance(block, Table):
            _add_table(document, block)
        else:
            _add_paragraph(document, block)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _add_paragraph(document: Any, block: Block) -> None:
    from docx.shared import Pt

    line = document.add_paragraph(style=str(block.style))
    if block.figure:
        line.add_run(f"{block.figure} ").font.size = Pt(20)
    run = line.add_run(readable(block.text))
    if block.address:
        _lead_to(line, run, block.address)
    if block.note:
        line.add_run(f"\n{readable(block.note)}").font.size = Pt(_SMALL)


_SMALL = 9.5


def _lead_to(line: Any, run: Any, address: str) -> None:
    """Make a link of a run (ECMA-376 part 1, 17.16.22)."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), line.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run.font.underline = True
    line._p.append(link)
    link.append(run._r)


def _add_table(document: Any, table: Table) -> None:
    """With its name before it, and a heading that comes back on every page (17.4.49)."""
    from docx.oxml import OxmlElement

    document.add_paragraph(readable(table.name), style="Caption").paragraph_format.keep_with_next = True
    made = document.add_table(rows=1, cols=len(table.heading), style="Table Grid")
    _describe(made, table.name)
    made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    _fill(made.rows[0], table.heading, table, bold=True)
    for texts in table.plain_rows:
        row = made.add_row()
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        _fill(row, texts, table)
    document.add_paragraph()


def _fill(row: Any, texts: Iterable[str], table: Table, *, bold: bool = False) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        line = cell.paragraphs[0]
        run = line.add_run(readable(text))
        run.font.size, run.bold = Pt(_SMALL), bold
        if place in table.figures:
            line.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _describe(made: Any, name: str) -> None:
    """What the table is, for who hears it, and that its first row and column are headings (17.4.58, 17.4.56)."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = made._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    if look is not None:
        properties.remove(look)
    for tag, values in (
        ("w:tblLook", {"w:val": "00A0", "w:firstRow": "1", "w:firstColumn": "1"}),
        ("w:tblCaption", {"w:val": readable(name)}),
    ):
        element = OxmlElement(tag)
        for key, value in values.items():
            element.set(qn(key), value)
        properties.append(element)


def _style_document(document: Any, about: About) -> None:
    """A4, our ink and type, long words broken after the language's rules, the title in the file's properties."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt, RGBColor

    document.core_properties.title, document.core_properties.author = about.title, about.author
    document.core_properties.language = "nl-NL"
    document.settings.element.append(OxmlElement("w:autoHyphenation"))
    page = document.sections[0]
    page.page_width, page.page_height, page.left_margin, page.right_margin = Mm(210), Mm(297), Mm(22), Mm(22)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(11)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "nl-NL")
    normal.element.get_or_add_rPr().append(language)
    for name in (Style.TITLE, *HEADINGS, "Caption"):
        document.styles[str(name)].font.color.rgb = RGBColor(0x1B, 0x1F, 0x3B)
        document.styles[str(name)].font.name = "Calibri"
