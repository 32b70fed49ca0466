"""Tables to take along: every route that has one has it in each form of file."""

from flask import Response

from app.sheets import TableKind

TABLE = f"<any({', '.join(TableKind)}):ending>"
"""The end of such an address."""


def send_table(content: bytes, ending: str, name: str) -> Response:
    """A table as a file with this name, to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.{ending}"'}
    return Response(content, mimetype=TableKind(ending).mimetype, headers=headers)
