"""The virus scanner looks at files in the background: clamd, by its command INSTREAM (clamd(8)).

What nobody looked at is never called clean, nor what the scanner read only a part of.
"""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app

from app.database import db, take_row
from app.materials import infected, materials, virus_mails
from app.materials.models import Material, MaterialKind, Scan
from app.setbacks import one_by_one

LARGEST_SCANNED = 25 * 2**20
"""Bytes; of a larger file clamd reads no more than this, by its own settings, and then says OK."""
_SECONDS = 120
_PIECE = 2**16


class ScannerFault(Exception):
    """The scanner said something else than what it found."""


def scan_waiting_materials() -> int:
    """Have the files scanned that were not; returns how many. Raises OSError when there is no scanner at its address."""
    scanner = current_app.config["SCANNER"]
    if not scanner:
        return 0
    wanted = sa.select(Material.id).where(
        Material.kind == MaterialKind.FILE, Material.scan == Scan.NOT_SCANNED, materials.there()
    )
    waiting = db.session.scalars(wanted.order_by(Material.id)).all()
    db.session.commit()
    if waiting:
        _greet(scanner)
    return one_by_one.do_each("scan_waiting_materials", waiting, lambda material_id: _scan(scanner, material_id))


def _scan(scanner: str, material_id: int) -> int | None:
    """Have one scanned while others may write; what was replaced meanwhile has to wait again."""
    material = db.session.get(Material, material_id)
    content = materials.read_content(material) if material else None
    version = material.version if material else 0
    db.session.commit()
    if content is None:
        return None
    found = ask_scanner(scanner, content)
    taken = take_row(Material, material_id, Material.version == version)
    if taken is None:
        return None
    taken.scan = found
    if found == Scan.INFECTED:
        tell_of_virus(taken)
    return 1


def tell_of_virus(material: Material) -> None:
    """Mail that a file holds a virus to the organisers, and to a speaker who sent it."""
    virus_mails.tell_organisers(material)
    infected.send(material)


def ask_scanner(scanner: str, content: bytes) -> Scan:
    """What the scanner says of some bytes. Raises OSError when it does not answer, ScannerFault when it makes no sense."""
    if len(content) > LARGEST_SCANNED:
        return Scan.TOO_LARGE
    with _connection(scanner) as connection:
        connection.sendall(b"zINSTREAM\0")
        try:
            for start in range(0, len(content), _PIECE):
                piece = content[start : start + _PIECE]
                connection.sendall(struct.pack(">I", len(piece)) + piece)
            connection.sendall(struct.pack(">I", 0))
        except ConnectionError:
            pass  # it takes no more than its own limit, and says so before it hangs up
        return _read_verdict(_receive(connection))


def _read_verdict(said: str) -> Scan:
    if said.endswith(" OK"):
        return Scan.CLEAN
    if "size limit exceeded" in said or "Heuristics.Limits.Exceeded" in said:
        return Scan.TOO_LARGE
    if said.endswith(" FOUND"):
        return Scan.INFECTED
    raise ScannerFault(said[:100])


def _greet(scanner: str) -> None:
    with _connection(scanner) as connection:
        connection.sendall(b"zPING\0")
        if _receive(connection) != "PONG":
            raise ScannerFault("no PONG")


@contextmanager
def _connection(scanner: str) -> Iterator[socket.socket]:
    parts = urlsplit(scanner)
    if parts.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(_SECONDS)
        with connection:
            connection.connect(parts.path)
            yield connection
    else:
        with socket.create_connection((parts.hostname or "", parts.port or 3310), timeout=_SECONDS) as connection:
            yield connection


def _receive(connection: socket.socket) -> str:
    """What it says until it ends with a zero, or hangs up."""
    said = b""
    while not said.endswith(b"\0") and len(said) < 1000 and (piece := connection.recv(1000)):
        said += piece
    return said.rstrip(b"\0\n").decode("utf-8", "replace")
