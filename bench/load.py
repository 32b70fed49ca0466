"""Load from another process: clients that keep their connection and do nothing else."""

import http.client
import re
import socket
import sys
from collections.abc import Callable
from statistics import median
from threading import Thread
from time import perf_counter
from urllib.parse import urlencode, urlsplit

CLIENTS = 8


def pages(port: int, path: str, seconds: float) -> dict[str, float]:
    """Requests a second for one page from CLIENTS clients."""
    counts: list[int] = []
    _together(lambda: counts.append(_ask_again(port, path, seconds)))
    return {"requests_per_s": sum(counts) / seconds}


def registrations(links: list[str], clients: int) -> dict[str, float]:
    """Follow personal links and say yes: registrations a second, and the time of one from link to confirmed."""
    waiting, times = list(links), []

    def work() -> None:
        while True:
            try:
                link = waiting.pop()
            except IndexError:
                return
            times.append(_register(link))

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


def _register(link: str) -> float:
    """GET the page, POST yes, GET what holds: the three requests of a registration. Returns seconds."""
    parts = urlsplit(link)
    connection = http.client.HTTPConnection(parts.hostname, parts.port)
    start = perf_counter()
    connection.request("GET", parts.path)
    answer = connection.getresponse()
    token = re.search(rb'name="csrf_token" value="([^"]+)"', answer.read())[1].decode()
    cookie = answer.getheader("Set-Cookie").partition(";")[0]
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", parts.path, urlencode({"csrf_token": token, "answer": "on_site"}), headers)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 303, answer.status
    connection.request(
        "GET", answer.getheader("Location"), headers={"Cookie": answer.getheader("Set-Cookie").partition(";")[0]}
    )
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200, answer.status
    taken = perf_counter() - start
    connection.close()
    return taken


if __name__ == "__main__":
    import json

    task = json.load(sys.stdin)
    print(json.dumps(globals()[task.pop("do")](**task)))
