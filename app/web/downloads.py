"""What is taken along: tables, in each form of file, and files that somebody uploaded."""

from urllib.parse import quote

from flask import Response

from app import folding
from app.sheets import TableKind

TABLE = f"<any({', '.join(TableKind)}):ending>"
"""The end of such an address."""


def send_table(content: bytes, ending: str, name: str) -> Response:
    """A table as a file with this name, to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.{ending}"'}
    return Response(content, mimetype=TableKind(ending).mimetype, headers=headers)


def send_upload(content: bytes, name: str) -> Response:
    """What somebody uploaded, to keep under its own name (RFC 6266); no browser shows or runs it on our page."""
    plain = folding.fold_accents(name).encode("ascii", "replace").decode()
    for sign, instead in (('"', ""), ("\\", ""), ("?", "_")):
        plain = plain.replace(sign, instead)
    header = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    headers = {"Content-Disposition": header, "X-Content-Type-Options": "nosniff"}
    return Response(content, mimetype="application/octet-stream", headers=headers)
