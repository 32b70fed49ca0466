"""Flask-Mail's connection with what it lacks: time limits, checked certificates, finished bytes.

Flask-Mail 0.10 starts TLS without checking the certificate, waits for ever, greets with the
machine's own name and refuses to close a connection that is already gone.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import flask_mail
from flask import current_app

DATA_PATIENCE = 5
"""How many times MAIL_TIMEOUT a server may take to answer a command or a message (RFC 5321 section 4.5.3.2)."""


@cache
def _trust() -> ssl.SSLContext:
    """The certificates that this machine trusts; reading them takes as long as sending a hundred messages."""
    return ssl.create_default_context()


_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9_.+=-]+@[A-Za-z0-9.-]+", re.ASCII).fullmatch
"""An address that stands between angle brackets as it is, with nothing in it to be read first."""
_DOT = re.compile(rb"(?m)^\.")


class _Host(smtplib.SMTP):
    """Sends what needs no care without looking for what does, which takes smtplib half of a message's time.

    Keeps the server's last answer to a message, which smtplib throws away: it names it in the server's own log.
    """

    accepted = b""
    before_content: Callable[[], None] = staticmethod(lambda: None)
    """Called when the server waits for the content of a message; what it raises ends the conversation."""

    def mail(self, sender: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        if not _PLAIN_ADDRESS(sender):
            return super().mail(sender, options)
        return self.docmd("MAIL", " ".join((f"FROM:<{sender}>", *options)))

    def rcpt(self, recip: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        if options or not _PLAIN_ADDRESS(recip):
            return super().rcpt(recip, options)
        return self.docmd("RCPT", f"TO:<{recip}>")

    def data(self, msg: Any) -> tuple[int, bytes]:
        code, words = self.docmd("DATA")
        if code != 354:
            raise smtplib.SMTPDataError(code, words)
        try:
            self.before_content()
        except BaseException:
            self.close()
            raise
        self.send(as_sent(msg))
        code, self.accepted = self.getreply()
        return code, self.accepted


def as_sent(body: bytes) -> bytes:
    """A mail as it goes over the line: a dot at the beginning of a line is doubled, a dot alone ends it (RFC 5321 section 4.5.2)."""
    if body.startswith(b".") or b"\n." in body:
        body = _DOT.sub(b"..", body)
    return body + (b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n")


class _HostOverTLS(_Host, smtplib.SMTP_SSL):
    pass


class SmtpConversation(flask_mail.Connection):
    """One SMTP conversation for many messages; use it as a context manager."""

    host: _Host

    def __init__(self, before_content: Callable[[], None] | None = None) -> None:
        super().__init__(current_app.extensions["mail"])
        self._before_content = before_content

    @property
    def last_words(self) -> str:
        """What the server said when it took the last message."""
        return "250 " + self.host.accepted.decode("utf-8", "replace")[:900]

    def deliver(self, body: bytes, envelope_from: str, recipient: str) -> None:
        """Send finished bytes as they are; Flask-Mail's own way would build a message and parse both addresses twice more."""
        self.host.sendmail(envelope_from, [recipient], body)

    def configure_host(self) -> _Host:
        name = current_app.config["MAIL_DEFAULT_SENDER"].rpartition("@")[2]
        timeout = current_app.config["MAIL_TIMEOUT"]
        if self.mail.use_ssl:
            host: _Host = _HostOverTLS(
                self.mail.server, self.mail.port, local_hostname=name, timeout=timeout, context=_trust()
            )
        else:
            host = _Host(self.mail.server, self.mail.port, local_hostname=name, timeout=timeout)
        if host.sock:
            host.sock.settimeout(timeout * DATA_PATIENCE)
            host.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._before_content:
            host.before_content = self._before_content
        if self.mail.use_tls:
            host.starttls(context=_trust())
        if self.mail.username:
            host.login(self.mail.username, self.mail.password or "")
        return host

    def __exit__(self, *_: Any) -> None:
        try:
            super().__exit__(*_)
        except (smtplib.SMTPException, OSError):
            self.host.close()
