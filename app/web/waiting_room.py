"""What a request sends is awaited before it takes one of the few threads that answer.

A thread that waits for bytes answers nobody: without a proxy that keeps whole requests, eight of them that never end
would stop the site. So the server (granian, by its own interface RSGI) hands over a request when its head is there; what
follows is received beside all others, within a deadline, and only then the application is asked, by WSGI (PEP 3333).
"""

import asyncio
import io
import logging
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from queue import SimpleQueue
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote

from werkzeug.http import parse_options_header

from app.setbacks import one_by_one
from app.web import upload_limits

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

log = logging.getLogger("leerkring.server")

THREADS = 2
"""Requests that a process answers at once; they wait mostly for the database."""
GRACE = 20
"""Seconds that anybody may take to send."""
SLOWEST = 32 * 1024
"""Bytes for which they may take another second."""
_IN_MEMORY = 256 * 1024
"""Bytes of one request; what is larger stands in a file meanwhile."""
_ASCII = bytes(range(128))
"""What a query may hold as it is; some send the rest unquoted, and WSGI has room for bytes alone."""
_PLAIN = [("content-type", "text/plain")]

Headers = list[tuple[str, str]]


class NotWhole(Exception):
    """What was sent is not all that was meant, or nobody can tell; with the status that says why."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class WaitingRoom:
    """A server's application around a WSGI application, which gets requests whole."""

    def __init__(self, app: "WSGIApplication", material_megabytes: int = 0) -> None:
        self._app, self._material_megabytes = app, material_megabytes
        self._whole: SimpleQueue[tuple[Any, IO[bytes], Any, Callable[[], None]]] = SimpleQueue()

    def __rsgi_init__(self, _: asyncio.AbstractEventLoop) -> None:
        """A process begins to serve."""
        for _number in range(THREADS):
            threading.Thread(target=self._answer_for_ever, daemon=True).start()

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """One request; `scope` and `protocol` are of granian."""
        loop = asyncio.get_running_loop()
        announced = scope.headers.get("content-length") or ""
        kind = scope.headers.get("content-type") or ""
        most = upload_limits.most_bytes(scope.path, self._material_megabytes)
        sends = _sends_something(scope, announced, most)
        try:
            content = await receive(protocol, announced, kind, most) if sends else io.BytesIO()
        except NotWhole as refused:
            protocol.response_str(refused.status, [*_PLAIN, ("connection", "close")], refused.status.phrase)
            return
        answered = loop.create_future()

        def note_answered() -> None:
            loop.call_soon_threadsafe(answered.set_result, None)

        self._whole.put((scope, content, protocol, note_answered))
        await answered

    def _answer_for_ever(self) -> None:
        while True:
            scope, content, protocol, note_answered = self._whole.get()
            try:
                with content:
                    protocol.response_bytes(*ask(self._app, environ_of(scope, content)))
            except Exception as error:
                words, steps = one_by_one.describe_error(error), one_by_one.steps_to_error(error)
                log.error("a request could not be answered: %s\n%s", words, steps)
                with suppress(Exception):  # whoever asked may have left
                    protocol.response_str(500, _PLAIN, "Internal Server Error")
            finally:
                with suppress(RuntimeError):  # the loop is over when the server stops meanwhile
                    note_answered()


def ask(app: "WSGIApplication", environ: "WSGIEnvironment") -> tuple[int, Headers, bytes]:
    """The status, headers and body with which a WSGI application answers."""
    begun: list[tuple[int, Headers]] = []

    def start_response(status: str, headers: Headers, _: Any = None) -> Callable[[bytes], object]:
        begun.append((int(status[:3]), headers))
        return log.error  # writing in the old way, which Flask never does

    pieces = app(environ, start_response)
    try:
        body = b"".join(pieces)
    finally:
        if hasattr(pieces, "close"):
            pieces.close()
    return *begun[-1], body


def environ_of(scope: Any, content: IO[bytes]) -> "WSGIEnvironment":
    """A request in the terms of WSGI."""
    name, _, port = scope.server.rpartition(":")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": quote(scope.query_string, safe=_ASCII),
        "SERVER_NAME": name,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": content,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        if "_" in name:  # would be taken for the name with hyphens, which a proxy may have checked or set
            continue
        key = name.upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        apart = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{apart}{value}" if key in environ else value
    if scope.authority:
        environ.setdefault("HTTP_HOST", scope.authority)
    return environ


def _sends_something(scope: Any, announced: str, most: int) -> bool:
    """Whether anything follows that is read: what is announced as too large is refused unread."""
    if announced.isdigit():
        return 0 < int(announced) <= most
    return "transfer-encoding" in scope.headers


async def receive(protocol: Any, announced: str = "", kind: str = "", most: int = upload_limits.FILE) -> IO[bytes]:
    """What follows the head of a request of that content type. Raises NotWhole, since half a form is not what was meant.

    Of what comes in chunks the server does not tell whether it ended or broke off, so there only a form with files is
    taken, which says itself where it ends.
    """
    content: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  # closed when it was answered
    try:
        size = await _receive_pieces(protocol, content, most)
        if announced.isdigit():
            if size < int(announced):
                raise NotWhole(HTTPStatus.REQUEST_TIMEOUT)
        elif size > most:
            raise NotWhole(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        elif not _says_that_it_ends(content, kind):
            raise NotWhole(HTTPStatus.LENGTH_REQUIRED)
    except NotWhole:
        content.close()
        raise
    content.seek(0)
    return content


async def _receive_pieces(protocol: Any, content: IO[bytes], most: int) -> int:
    """Receive up to a bit more than anybody may send; returns how many bytes came."""
    loop = asyncio.get_running_loop()
    begun, size, pieces = loop.time(), 0, aiter(protocol)
    try:
        while size <= most:
            async with asyncio.timeout_at(begun + GRACE + size / SLOWEST):
                piece = await anext(pieces)
            content.write(piece)
            size += len(piece)
    except StopAsyncIteration:
        pass
    except TimeoutError as late:
        raise NotWhole(HTTPStatus.REQUEST_TIMEOUT) from late
    return size


def _says_that_it_ends(content: IO[bytes], kind: str) -> bool:
    """Whether the last line is that of a form with files (RFC 2046 section 5.1.1)."""
    boundary = parse_options_header(kind)[1].get("boundary", "")
    last = f"--{boundary}--".encode("latin-1", "replace")
    content.seek(max(0, content.tell() - len(last) - len(b"\r\n")))
    return bool(boundary) and content.read().rstrip(b"\r\n").endswith(last)
