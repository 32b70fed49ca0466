"""The virus scanner looks at files in the background: clamd, by its command INSTREAM (clamd(8)).

What nobody looked at is never called clean, nor what the scanner read only a part of.
"""

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app

from app.database import Condition, db, take_row
from app.materials import infected, materials, virus_mails
from app.materials.models import Material, MaterialKind, Scan
from app.setbacks import one_by_one

LARGEST_SCANNED = 25 * 2**20
"""Bytes; of a larger file clamd reads no more than this, by its own settings, and then says OK."""
_SECONDS = 120
_PIECE = 2**16


class ScannerFault(Exception):
    """The scanner said something else than what it found."""


@dataclass(frozen=True)
class ScannedFiles:
    """A table with files for the scanner, in its columns `id` and `scan`."""

    job: str
    model: type[Any]
    waits: Callable[[], Condition]
    """The condition that a row has a file that may be given out."""
    read: Callable[[Any], bytes | None]
    version: Callable[[Any], int]
    """What is another once the file of a row was replaced; asked while others wait, so it reads no file."""
    tell: Callable[[Any], None]
    """Let who has to know hear that a virus was found."""


def scan_waiting(files: ScannedFiles) -> int:
    """Have the files scanned that were not; returns how many. Raises OSError when there is no scanner at its address."""
    scanner = current_app.config["SCANNER"]
    if not scanner:
        return 0
    wanted = sa.select(files.model.id).where(files.model.scan == Scan.NOT_SCANNED, files.waits())
    waiting = db.session.scalars(wanted.order_by(files.model.id)).all()
    db.session.commit()
    if waiting:
        _greet(scanner)
    return one_by_one.do_each(files.job, waiting, lambda row_id: _scan(scanner, files, row_id))


def _scan(scanner: str, files: ScannedFiles, row_id: int) -> int | None:
    """Have one scanned while others may write; what was replaced meanwhile has to wait again."""
    row = db.session.get(files.model, row_id)
    content, version = (files.read(row), files.version(row)) if row else (None, None)
    db.session.commit()
    if content is None:
        return None
    found = ask_scanner(scanner, content)
    taken = take_row(files.model, row_id)
    if taken is None or files.version(taken) != version:
        return None
    taken.scan = found
    if found == Scan.INFECTED:
        files.tell(taken)
    return 1


def scan_waiting_materials() -> int:
    """Have the files with sessions scanned; returns how many. Raises what `scan_waiting` raises."""
    return scan_waiting(_MATERIALS)


def tell_of_virus(material: Material) -> None:
    """Mail that a file holds a virus to the organisers, and to a speaker who sent it."""
    virus_mails.tell_organisers_of_material(material)
    infected.send(material)


def _waits() -> Condition:
    return sa.and_(Material.kind == MaterialKind.FILE, materials.there())


_MATERIALS = ScannedFiles(
    "scan_waiting_materials", Material, _waits, materials.read_content, attrgetter("version"), tell_of_virus
)


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
