"""Holds a watch on every transaction that may write: nothing slow happens while one is open.

On SQLite everybody waits for such a transaction from its first statement, so what counts is that it was begun, not that
it wrote. What is slow is a list of functions of libraries: a count, not a time, so that it says the same on every machine.
What takes some milliseconds each, a letter or a row, may happen so many times in one transaction.
"""

import sys
import threading
from collections import Counter
from collections.abc import Callable
from functools import wraps
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from app.database import is_read_only

SLOW = {
    "dns.resolver": ["Resolver.resolve"],
    "docx.document": ["Document.save"],
    "docx.opc.package": ["OpcPackage.open"],
    "email.parser": ["BytesParser.parsebytes"],
    "icalendar.cal.calendar": ["Calendar.from_ical"],
    "imaplib": ["IMAP4.open", "IMAP4._command"],
    "odfdo.document": ["Document.save"],
    "openpyxl.reader.excel": ["ExcelReader.read"],
    "openpyxl.workbook.workbook": ["Workbook.save"],
    "PIL.Image": ["open", "Image.save"],
    "recurring_ical_events.query": ["CalendarQuery.between"],
    "requests.sessions": ["Session.send"],
    "segno": ["QRCode.save"],
    "smtplib": ["SMTP.connect", "SMTP.mail", "SMTP.data"],
    "subprocess": ["Popen.__init__"],
    "urllib.request": ["OpenerDirector.open"],
    "vobject.base": ["readComponents"],
    "weasyprint": ["HTML.write_pdf"],
}
"""What waits for another machine, draws, or reads what somebody else made: names in modules."""
COMPOSING = {"app.outbox.letters": ["write_letter"], "app.outbox.mime": ["write_mail_bytes"]}
"""What somebody's own act may do for the few whom it tells."""
LETTERS = 5
"""Of each of these in one transaction."""
ROWS = 2_000
"""That one transaction may write."""
ALONE = {"upkeep/backups.py"}
"""What fills a database that nobody works in yet, in one transaction: it is there whole or not at all."""
_APP, _TESTS = (str(Path(__file__).parents[1] / folder) for folder in ("app", "tests"))

_WRITES = ("INSERT", "UPDATE", "DELETE")
_COUNTED = "counted by the watch"

_open = threading.local()
found: list[str] = []
"""What happened while somebody could have been waiting: which slow thing, asked for where in the program."""


def begin() -> None:
    """Watch from now on, for as long as this process lives."""
    sa.event.listen(Engine, "begin", _note_begin)
    sa.event.listen(Engine, "after_cursor_execute", _count_rows)
    for name in SLOW | COMPOSING:
        if name in sys.modules:
            _watch_module(sys.modules[name])
    sys.meta_path.insert(0, _Arrivals())


class _Arrivals(MetaPathFinder):
    """Watches a library from the moment that somebody needs it."""

    def find_spec(self, fullname: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path) if fullname in SLOW | COMPOSING else None
        if spec and spec.loader:
            _after_loading(spec.loader)
        return spec


def _after_loading(loader: Loader) -> None:
    carry_out = loader.exec_module

    def load(module: ModuleType) -> None:
        carry_out(module)
        _watch_module(module)

    loader.exec_module = load  # type: ignore[method-assign]


def _watch_module(module: ModuleType) -> None:
    for name in (SLOW | COMPOSING)[module.__name__]:
        owner, _, attribute = f".{name}".rpartition(".")
        holder = getattr(module, owner.lstrip(".")) if owner else module
        kept = vars(holder)[attribute]
        as_kept = type(kept) if isinstance(kept, classmethod | staticmethod) else lambda function: function
        most = LETTERS if module.__name__ in COMPOSING else 0
        watched = _watched(f"{module.__name__}.{name}", getattr(kept, "__func__", kept), most)
        setattr(holder, attribute, as_kept(watched))


def _watched(name: str, function: Callable[..., Any], most: int) -> Callable[..., Any]:
    @wraps(function)
    def noting(*args: Any, **options: Any) -> Any:
        for connection in [each for each in _writing() if each.in_transaction()]:
            _count(connection, name, 1, most)
        return function(*args, **options)

    return noting


def _count(connection: sa.Connection, what: str, times: int, most: int) -> None:
    """Note what happened more often in a transaction than it may."""
    counted = connection.info.setdefault(_COUNTED, Counter())
    before, counted[what] = counted[what], counted[what] + times
    asked_at = _place_in_the_program() if before <= most < counted[what] else ""
    if asked_at and asked_at.partition(":")[0] not in ALONE:
        found.append(f"{what} from {asked_at}")


def _count_rows(connection: sa.Connection, cursor: Any, statement: str, *_: Any) -> None:
    if connection in _writing() and statement.startswith(_WRITES) and cursor.rowcount > 0:
        _count(connection, "rows", cursor.rowcount, ROWS)


def _writing() -> list[sa.Connection]:
    """Connections of this thread with a transaction that may write, and some that had one."""
    return _open.__dict__.setdefault("connections", [])


def _note_begin(connection: sa.Connection) -> None:
    _open.connections = [each for each in _writing() if each.in_transaction()]
    if not is_read_only() and connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        _open.connections.append(connection)
        connection.info[_COUNTED] = Counter()


def _place_in_the_program() -> str:
    """The line of the program that a slow thing is asked for at; nothing when a test does so itself."""
    frame = sys._getframe(1)
    while frame:
        name = frame.f_code.co_filename
        if name.startswith(_APP):
            return f"{name.removeprefix(_APP)[1:]}:{frame.f_lineno}"
        if name.startswith(_TESTS) and name != __file__:
            return ""
        frame = frame.f_back
    return ""
