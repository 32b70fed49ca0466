"""Blocks as ODT (OASIS OpenDocument 1.3): real headings, lists and tables, in Dutch for the spelling checker."""

import io
from collections.abc import Iterable
from typing import Any

from markupsafe import escape

from app import clock
from app.papers.blocks import BULLETS, HEADINGS, About, Block, Style, Table, readable

_INK = "#1b1f3b"
_STYLES: dict[Style, dict[str, Any]] = {
    Style.TITLE: {"size": "24pt", "color": _INK, "bold": True},
    Style.HEADING_1: {"size": "16pt", "color": _INK, "bold": True},
    Style.HEADING_2: {"size": "13pt", "color": _INK, "bold": True},
    Style.HEADING_3: {"size": "11pt", "color": _INK, "bold": True},
    Style.TEXT: {"size": "11pt"},
}
_NAMES = {
    Style.TITLE: "Title",
    **{style: style.replace(" ", "_20_") for style in HEADINGS},
    Style.TEXT: "Text_20_body",
}
"""How ODF names the same styles, so that an outline and a table of contents find the headings."""
_SMALL = "9.5pt"
_FONT = {"fo:font-family": "Calibri, Carlito, sans-serif"}
"""As Word has it, or one as wide."""


def write_odt(about: About, blocks: Iterable[Block | Table]) -> bytes:
    from odfdo import Document, Element

    document = Document("text")
    document.body.clear()
    _style_document(document, about)
    lists: list[Any] = []
    for number, block in enumerate(blocks):
        if isinstance(block, Block) and block.style in BULLETS:
            _append_item(document.body, lists, block)
            continue
        lists = []
        if isinstance(block, Table):
            document.body.append(_paragraph("TableName", block.name))
            document.body.append(Element.from_tag(_table(block, f"Table{number}")))
        elif block.style in HEADINGS:
            document.body.append(_heading(block))
        else:
            document.body.append(_filled(_paragraph(_NAMES[block.style]), block))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _heading(block: Block) -> Any:
    from odfdo import Header

    heading = Header(block.style.level, readable(block.text))
    heading.style = _NAMES[block.style]
    return heading


def _paragraph(style: str, text: str = "") -> Any:
    from odfdo import Paragraph

    made = Paragraph(style=style)
    made.append_plain_text(readable(text))
    return made


def _filled(line: Any, block: Block) -> Any:
    """A paragraph with the figure, the text or link and the note of a block."""
    from odfdo import Link, Span

    if block.figure:
        line.append(Span(f"{block.figure} ", style="Figure"))
    if block.address:
        line.append(Link(block.address, text=readable(block.text)))
    else:
        line.append_plain_text(readable(block.text))
    if block.note:
        line.append_plain_text(f"\n{readable(block.note)}")
    return line


def _append_item(body: Any, lists: list[Any], block: Block) -> None:
    """An item under the ones before it; `lists` are the lists that are open, from the outermost."""
    from odfdo import List, ListItem, Paragraph

    if not lists:
        lists.append(List(style="Bullets"))
        body.append(lists[0])
    level = block.style.level
    del lists[level:]
    if level > len(lists) and lists[-1].get_elements("text:list-item"):
        lists.append(List())
        lists[-2].get_elements("text:list-item")[-1].append(lists[-1])
    item = ListItem()
    item.append(_filled(Paragraph(style="Item"), block))
    lists[-1].append(item)


def _table(table: Table, name: str) -> str:
    """A table with heading rows, which come back on every page (ODF 1.3 part 3, 9.1.2 and 9.1.7)."""
    columns = f'<table:table-column table:number-columns-repeated="{len(table.heading)}"/>'
    heading = f"<table:table-header-rows>{_row(table.heading, table, 'TableHeading')}</table:table-header-rows>"
    rows = "".join(_row(row, table, "TableText") for row in table.plain_rows)
    title = f"<table:title>{escape(readable(table.name))}</table:title>"
    return f'<table:table table:name="{name}" table:style-name="Grid">{title}{columns}{heading}{rows}</table:table>'


def _row(texts: Iterable[str], table: Table, style: str) -> str:
    cells = (_cell(text, f"{style}Right" if place in table.figures else style) for place, text in enumerate(texts))
    return f'<table:table-row table:style-name="WholeRow">{"".join(cells)}</table:table-row>'


def _cell(text: str, style: str) -> str:
    lines = "".join(f'<text:p text:style-name="{style}">{escape(line)}</text:p>' for line in readable(text).split("\n"))
    return f'<table:table-cell table:style-name="GridCell" office:value-type="string">{lines}</table:table-cell>'


def _style_document(document: Any, about: About) -> None:
    """Our ink and type, long words broken, the language, the title in the file's properties."""
    from odfdo import Element
    from odfdo import Style as OdtStyle

    document.meta.title, document.meta.language = about.title, "nl-NL"
    document.meta.creation_date = clock.now().replace(tzinfo=None)
    document.meta.creator = document.meta.initial_creator = about.author
    document.set_language("nl-NL")
    for style, look in _STYLES.items():
        made = OdtStyle("paragraph", name=_NAMES[style], parent_style="Standard", area="text", **look)
        made.display_name = _NAMES[style].replace("_20_", " ")
        made.set_properties({"fo:hyphenate": "true", **_FONT}, area="text")
        made.set_properties({"fo:margin-top": "0.2cm", "fo:margin-bottom": "0.2cm"}, area="paragraph")
        if style in HEADINGS:
            made.set_properties({"fo:keep-with-next": "always"}, area="paragraph")
        document.insert_style(made)
    item = OdtStyle("paragraph", name="Item", parent_style="Standard", area="text", **_STYLES[Style.TEXT])
    item.set_properties(_FONT, area="text")
    document.insert_style(item)
    document.insert_style(OdtStyle("text", name="Figure", area="text", size="20pt"))
    levels = "".join(
        f'<text:list-level-style-bullet text:level="{level}" text:bullet-char="{mark}"><style:list-level-properties '
        f'text:space-before="{level * 0.5}cm" text:min-label-width="0.5cm"/></text:list-level-style-bullet>'
        for level, mark in ((1, "•"), (2, "–"))
    )
    bullets = Element.from_tag(f'<text:list-style style:name="Bullets">{levels}</text:list-style>')
    document.insert_style(bullets, automatic=True)
    _number_no_headings(document)
    _style_tables(document)


def _number_no_headings(document: Any) -> None:
    """The template that odfdo begins with numbers them, '1.Gemeenten', and our blocks know nothing of that."""
    for level in document.styles.root.get_elements("//text:outline-level-style"):
        level.set_attribute("style:num-format", "")
        for name in ("style:num-suffix", "loext:num-list-format"):
            level.del_attribute(name)


def _style_tables(document: Any) -> None:
    """Small type between thin lines; rows that are not broken."""
    from odfdo import Element
    from odfdo import Style as OdtStyle

    for name, bold in (("TableText", False), ("TableHeading", True)):
        for suffix, align in (("", "start"), ("Right", "end")):
            made = OdtStyle(
                "paragraph", name=name + suffix, parent_style="Standard", area="text", size=_SMALL, bold=bold
            )
            made.set_properties({"fo:text-align": align}, area="paragraph")
            made.set_properties(_FONT, area="text")
            document.insert_style(made)
    caption = OdtStyle("paragraph", name="TableName", parent_style="Standard", area="text", size="10pt", bold=True)
    caption.set_properties(_FONT, area="text")
    caption.set_properties({"fo:keep-with-next": "always", "fo:margin-top": "0.3cm"}, area="paragraph")
    document.insert_style(caption)
    for family, name, properties in (
        (
            "table",
            "Grid",
            '<style:table-properties style:width="17cm" table:align="margins" fo:margin-bottom="0.3cm"/>',
        ),
        ("table-row", "WholeRow", '<style:table-row-properties fo:keep-together="always"/>'),
        ("table-cell", "GridCell", '<style:table-cell-properties fo:padding="0.1cm" fo:border="0.5pt solid #9aa1bd"/>'),
    ):
        style = f'<style:style style:name="{name}" style:family="{family}">{properties}</style:style>'
        document.insert_style(Element.from_tag(style), automatic=True)
