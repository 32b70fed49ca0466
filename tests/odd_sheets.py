"""Spreadsheets that no library of ours writes, for tests."""

import io
import zipfile
from html import escape

_NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (("office", "office"), ("table", "table"), ("text", "text"))
)


def write_ods(sheets: dict[str, list[list[str]] | str], manifest: str = "<manifest/>") -> bytes:
    """An OpenDocument spreadsheet with these sheets: rows of cells, or XML to stand in their place."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">{rows_of_ods(rows)}</table:table>' for name, rows in sheets.items()
    )
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", f"<office:document-content {_NAMES}>{body}</office:document-content>")
    return out.getvalue()


def rows_of_ods(rows: list[list[str]] | str) -> str:
    """Rows of cells as the XML of a sheet."""
    if isinstance(rows, str):
        return rows
    cells = ("".join(map(_cell, row)) or "<table:table-cell/>" for row in rows)
    return "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)


def _cell(text: str) -> str:
    if not text:
        return "<table:table-cell/>"
    return f'<table:table-cell office:value-type="string"><text:p>{escape(text)}</text:p></table:table-cell>'
