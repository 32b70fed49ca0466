"""A real SMTP server for tests: keeps what it accepts and misbehaves as it is told."""

import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller


@dataclass
class Sink:
    """`rcpt`, `sender` and `data` answer instead of 250 by address; 'drop' breaks the connection."""

    rcpt: dict[str, str] = field(default_factory=dict)
    sender: str | None = None
    data: dict[str, str] = field(default_factory=dict)
    envelopes: list = field(default_factory=list)
    connections: int = 0
    _awaited: list[tuple[int, threading.Event]] = field(default_factory=list)

    def reached(self, count: int) -> threading.Event:
        """An event that is set once so many mails have arrived."""
        event = threading.Event()
        self._awaited.append((count, event))
        if len(self.envelopes) >= count:
            event.set()
        return event

    @property
    def recipients(self) -> Counter:
        return Counter(envelope.rcpt_tos[0] for envelope in self.envelopes)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.sender:
            return self.sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.rcpt.get(address)
        if answer == "drop":
            server.transport.abort()
            return "421 bye"
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        answer = self.data.get(envelope.rcpt_tos[0])
        if answer == "drop":
            server.transport.abort()
            return "421 bye"
        if answer:
            return answer
        self.envelopes.append(envelope)
        for count, event in self._awaited:
            if len(self.envelopes) >= count:
                event.set()
        return "250 accepted"


@contextmanager
def listening(sink: Sink):
    """Run the sink on a free port of this machine and give that port."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@contextmanager
def mail_server(app, port: int):
    """Let the application send to this port."""
    state = app.extensions["mail"]
    app.config["MAIL_SERVER"] = state.server = "127.0.0.1"
    kept, state.port = state.port, port
    yield
    app.config["MAIL_SERVER"] = None
    state.port = kept
