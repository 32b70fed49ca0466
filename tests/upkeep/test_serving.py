"""The server ends when told to, answers while others send for ever, and renews its processes without losing a request."""

import asyncio
import io
import socket
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http import HTTPStatus
from threading import Event, Thread
from types import SimpleNamespace
from urllib.parse import urlsplit
from urllib.request import urlopen

import psutil
import pytest

from app import extensions
from app.web import upload_limits, waiting_room
from tests.server import PATIENCE, prepared, serving

RENEWED_AT_ONCE = {"GRANIAN_WORKERS_MAX_RSS": "1", "GRANIAN_RSS_SAMPLE_INTERVAL": "1", "GRANIAN_RESPAWN_INTERVAL": "12"}

MANY = 100
"""Those who send at once; eight would have stopped a server whose threads wait for them."""


def test_told_to_stop_while_a_worker_still_loads_it_ends(databases, tmp_path):
    with prepared(tmp_path / "instance", databases.with_tables("sqlite")) as ready, serving(ready, "--workers", "2"):
        pass
    # Leaving waits for the process to end, and fails when it does not.


@pytest.fixture(scope="module")
def server(databases, tmp_path_factory):
    """With one worker, for tests that leave it as it is."""
    folder = tmp_path_factory.mktemp("instance")
    with prepared(folder, databases.with_tables("sqlite")) as ready, serving(ready, "--workers", "1") as running:
        yield running


def test_a_worker_shares_what_was_loaded_before_it_began(server):
    (worker,) = _workers()
    memory = psutil.Process(worker).memory_full_info()
    assert memory.uss < memory.rss / 2


def test_who_sends_for_ever_holds_up_nobody(server):
    with ExitStack() as open_lines:
        for _ in range(MANY):
            _begin_to_send(open_lines.enter_context(_line_to(server.address)))
        with urlopen(f"{server.address}/", timeout=20) as page:
            assert "Leerkring" in page.read().decode()
        with _line_to(server.address) as line:
            line.sendall(b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\na=b")
            assert line.recv(12) == b"HTTP/1.1 400"  # no token of a form; but it was read and answered
        with _line_to(server.address) as line:  # breaks off after the first chunk
            line.sendall(b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n")
            line.shutdown(socket.SHUT_WR)
            assert line.recv(12) == b"HTTP/1.1 411"


def _line_to(address: str) -> socket.socket:
    parts = urlsplit(address)
    return socket.create_connection((parts.hostname, parts.port), timeout=20)


def _begin_to_send(line: socket.socket) -> None:
    line.sendall(b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\na")


class Sender:
    """What the server hands over of one who sends these pieces and then nothing for ever, or ends."""

    def __init__(self, *pieces: bytes, ends: bool = True):
        self._pieces, self._ends = list(pieces), ends

    def __aiter__(self):
        return self

    async def __anext__(self) -> bytes:
        if self._pieces:
            return self._pieces.pop(0)
        if not self._ends:
            await asyncio.Event().wait()
        raise StopAsyncIteration


def _receive(*asked):
    """In a thread of its own, since a browser of another test may have a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(waiting_room.receive(*asked))).result()


def _refused(*asked) -> HTTPStatus:
    with pytest.raises(waiting_room.NotWhole) as refused:
        _receive(*asked)
    return refused.value.status


def test_who_stops_sending_half_way_is_sent_away(monkeypatch):
    monkeypatch.setattr(waiting_room, "GRACE", 0.01)
    assert _refused(Sender(b"naam=", ends=False), "8") == HTTPStatus.REQUEST_TIMEOUT
    with _receive(Sender(b"naam=", b"Jan"), "8") as whole:
        assert whole.read() == b"naam=Jan"


def test_a_form_that_breaks_off_half_way_is_not_taken_for_a_whole_one():
    assert _refused(Sender(b"naam=Jan&tekst=Ik ben"), "40") == HTTPStatus.REQUEST_TIMEOUT


FILES = "multipart/form-data; boundary=grens"


@pytest.mark.parametrize("end", [b"--grens--", b"--grens--\r\n"])
def test_in_chunks_only_what_says_itself_that_it_ends_is_taken(end):
    form = b'--grens\r\nContent-Disposition: form-data; name="naam"\r\n\r\nJan\r\n'
    with _receive(Sender(form, end), "", FILES) as whole:
        assert whole.read() == form + end
    for half, kind in ((form, FILES), (form + end[:5], FILES), (form + end, "multipart/form-data"), (b"a=b", "")):
        assert _refused(Sender(half), "", kind) == HTTPStatus.LENGTH_REQUIRED


def test_who_sends_without_end_is_read_no_further_than_anybody_may_send():
    mega, pieces = b"x" * 2**20, Sender(*[b"x" * 2**20] * 40)
    assert _refused(pieces, "", FILES) == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert 40 - len(pieces._pieces) == upload_limits.FILE // len(mega) + 1


def test_the_application_gets_a_request_as_wsgi_has_it():
    def app(environ, start_response):
        start_response("418 I'M A TEAPOT", [("X-One", "1")])
        names = (
            "REQUEST_METHOD",
            "PATH_INFO",
            "QUERY_STRING",
            "REMOTE_ADDR",
            "HTTP_COOKIE",
            "CONTENT_TYPE",
            "HTTP_HOST",
        )
        return [str([environ[name] for name in names]).encode()]

    class Scope:
        method, path, query_string, scheme, http_version = "GET", "/café", "q=%C3%A9", "http", "1.1"
        server, client, authority = "127.0.0.1:80", "127.0.0.1:5", None

        class headers:
            @staticmethod
            def items():
                return [("host", "leerkring.test"), ("cookie", "a=1"), ("cookie", "b=2"), ("content-type", "text/x")]

    status, headers, body = waiting_room.ask(app, waiting_room.environ_of(Scope, None))
    assert (status, headers) == (HTTPStatus.IM_A_TEAPOT, [("X-One", "1")])
    path = "/café".encode().decode("latin-1")
    assert body.decode() == str(["GET", path, "q=%C3%A9", "127.0.0.1", "a=1; b=2", "text/x", "leerkring.test"])


def _environ(**given):
    headers = given.pop("headers", [])
    told = {
        "method": "GET",
        "path": "/",
        "query_string": "",
        "scheme": "http",
        "http_version": "1.1",
        "authority": None,
    }
    told |= {"server": "127.0.0.1:80", "client": "127.0.0.1:5", "headers": dict(headers)} | given
    return waiting_room.environ_of(SimpleNamespace(**told), io.BytesIO())


@pytest.mark.parametrize("query", ["q=é", "lang=é", "q=😀", "é=1", "q=%C3%A9&é"])
def test_a_query_that_was_sent_unquoted_is_read_as_meant(app, query):
    status, _, body = waiting_room.ask(app, _environ(path="/library", query_string=query))
    assert status == HTTPStatus.OK
    if query == "q=😀":
        assert 'value="😀"' in body.decode()


def test_an_address_of_ipv6_counts_by_the_network_of_its_sender(app):
    def sender(client: str) -> str:
        with app.request_context(_environ(client=client)):
            return extensions._sender()

    assert sender("[2001:db8::1]:5") == sender("[2001:db8::2]:6") == "2001:db8::/64"


def test_a_header_with_an_underscore_does_not_pass_for_the_one_that_a_proxy_sets():
    environ = _environ(headers=[("X-Forwarded-For", "192.0.2.1"), ("X_Forwarded_For", "198.51.100.1")])
    assert environ["HTTP_X_FORWARDED_FOR"] == "192.0.2.1"


def _workers() -> list[int]:
    """The server processes that answer requests, the oldest first, as far as this process began them."""
    found = psutil.Process().children(recursive=True)
    return [process.pid for process in sorted(found, key=psutil.Process.create_time) if _is_worker(process)]


def _is_worker(process: psutil.Process) -> bool:
    try:
        return " worker-" in " ".join(process.cmdline()) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.faults
def test_a_process_that_grew_is_renewed_without_losing_a_request(databases, tmp_path):
    url = databases.with_tables("sqlite")
    with prepared(tmp_path / "instance", url, **RENEWED_AT_ONCE) as ready, serving(ready, "--workers", "1"):
        oldest, renewed, answers = _workers()[0], Event(), []

        def visit() -> None:
            while not renewed.wait(0.05):
                try:
                    with urllib.request.urlopen(f"{ready.address}/", timeout=PATIENCE) as answer:
                        answers.append(answer.status)
                except OSError as lost:
                    answers.append(lost)

        visitors = [Thread(target=visit) for _ in range(2)]
        for each in visitors:
            each.start()
        for _ in range(PATIENCE):
            if oldest not in _workers():
                break
            renewed.wait(0.25)
        renewed.set()
        for each in visitors:
            each.join()
        after = _workers()
    assert (bool(after), oldest in after) == (True, False)
    assert (set(answers), len(answers) > 20) == ({200}, True)
