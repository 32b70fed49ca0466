"""Load from another process, of which it is the main file: clients that keep their connection and do nothing else."""

import http.client
import re
import socket
import sys
from collections.abc import Callable
from statistics import median
from threading import Lock, Thread, local
from time import perf_counter, sleep
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

CLIENTS = 8


def pages(port: int, path: str, seconds: float) -> dict[str, float]:
    """Requests a second for one page from CLIENTS clients."""
    counts: list[int] = []
    _together(lambda: counts.append(_ask_again(port, path, seconds)))
    return {"requests_per_s": sum(counts) / seconds}


def registrations(links: list[str], clients: int, answer: str = "on_site") -> dict[str, float]:
    """Follow personal links and say yes: registrations a second, and the time of one from link to confirmed."""
    waiting, times = list(links), []

    def work() -> None:
        while True:
            try:
                link = waiting.pop()
            except IndexError:
                return
            times.append(sum(_register(link, answer)))

    start = perf_counter()
    _together(work, clients)
    return {"registrations_per_s": len(times) / (perf_counter() - start), "ms_each": median(times) * 1000}


def check_ins(day: str, invitations: list[int], cookie: str, clients: int) -> dict[str, float]:
    """Tap on people in the list at the door, from so many phones: the median time of a tap."""
    waiting, times = list(invitations), []

    def work() -> None:
        parts = urlsplit(day)
        connection = http.client.HTTPConnection(parts.hostname, parts.port)
        connection.request("GET", parts.path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        token = re.search(rb'name="csrf_token" value="([^"]+)"', answer.read())[1].decode()
        own = answer.getheader("Set-Cookie").partition(";")[0]
        headers = {"Cookie": own, "Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
        while waiting:
            start, number = perf_counter(), waiting.pop()
            body = urlencode({"csrf_token": token, "q": "persoon"})
            connection.request("POST", f"{parts.path}/{number}/present", body, headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            times.append(perf_counter() - start)

    _together(work, clients)
    return {"ms_each": median(times) * 1000}


def answers(links: list[str], seconds: float) -> dict[str, object]:
    """People who answer, spread over so many seconds: milliseconds of their pages and their answers, and what failed."""
    pages_ms: list[float] = []
    answers_ms: list[float] = []

    def answer(link: str) -> None:
        page, sent, after = _register(link)
        answers_ms.append(sent * 1000)
        pages_ms.extend((page * 1000, after * 1000))

    failed = _spread(links, seconds, answer)
    return {"pages_ms": pages_ms, "answers_ms": answers_ms, "failed": failed}


def scans(links: list[str], seconds: float, times: int) -> dict[str, object]:
    """Scanners of mail that HEAD and GET each link so many times, spread over so many seconds."""
    asked = [(method, urlsplit(link)) for _ in range(times) for link in links for method in ("HEAD", "GET")]
    lines = local()

    def scan(each: tuple[str, SplitResult]) -> None:
        method, parts = each
        if not hasattr(lines, "line"):
            lines.line = http.client.HTTPConnection(parts.hostname or "", parts.port)
        lines.line.request(method, parts.path)
        answer = lines.line.getresponse()
        answer.read()
        if answer.status != 200:
            raise OSError(f"{method}: {answer.status}")

    begun = perf_counter()
    failed = _spread(asked, seconds, scan)
    return {"done": len(asked) - len(failed), "seconds": perf_counter() - begun, "failed": failed[:20]}


def _spread(things: list[Any], seconds: float, work: Callable[[Any], None], clients: int = 24) -> list[str]:
    """Do something with each at its moment, all evenly within so many seconds; returns what went wrong, in words."""
    begun, failed = perf_counter(), []
    waiting = enumerate(things)
    taking = Lock()

    def go_on() -> None:
        while True:
            with taking:
                number, thing = next(waiting, (-1, None))
            if number < 0:
                return
            sleep(max(0.0, begun + number * seconds / len(things) - perf_counter()))
            try:
                work(thing)
            except (OSError, http.client.HTTPException, AssertionError, TypeError) as error:
                failed.append(repr(error))

    _together(go_on, clients)
    return failed


def _together(work: Callable[[], None], clients: int = CLIENTS) -> None:
    threads = [Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _ask_again(port: int, path: str, seconds: float) -> int:
    request = f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode()
    done, end = 0, perf_counter() + seconds
    with socket.create_connection(("127.0.0.1", port)) as connection:
        while perf_counter() < end:
            connection.sendall(request)
            _read_answer(connection)
            done += 1
    return done


def _read_answer(connection: socket.socket) -> None:
    buffer = b""
    while b"\r\n\r\n" not in buffer:
        buffer += connection.recv(1 << 16)
    head, _, body = buffer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    length = int(re.search(rb"content-length: (\d+)", head, re.IGNORECASE)[1])
    while len(body) < length:
        body += connection.recv(1 << 16)


def _register(link: str, yes: str = "on_site") -> tuple[float, float, float]:
    """GET the page, POST yes, GET what holds: the three requests of a registration. Returns the seconds of each."""
    parts = urlsplit(link)
    connection = http.client.HTTPConnection(parts.hostname, parts.port)
    start = perf_counter()
    connection.request("GET", parts.path)
    answer = connection.getresponse()
    token = re.search(rb'name="csrf_token" value="([^"]+)"', answer.read())[1].decode()
    got = perf_counter()
    cookie = answer.getheader("Set-Cookie").partition(";")[0]
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", parts.path, urlencode({"csrf_token": token, "answer": yes}), headers)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 303, answer.status
    sent = perf_counter()
    connection.request(
        "GET", answer.getheader("Location"), headers={"Cookie": answer.getheader("Set-Cookie").partition(";")[0]}
    )
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200, answer.status
    after = perf_counter() - sent
    connection.close()
    return got - start, sent - got, after


if __name__ == "__main__":
    import json

    task = json.load(sys.stdin)
    print(json.dumps(globals()[task.pop("do")](**task)))
