"""Flask-Mail's connection with what it lacks: time limits, checked certificates, finished bytes.

Flask-Mail 0.10 starts TLS without checking the certificate, waits for ever, greets with the
machine's own name and refuses to close a connection that is already gone.
"""

import smtplib
import ssl
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


class _Host(smtplib.SMTP):
    """Keeps the server's last answer to a message, which smtplib throws away: it names it in the server's own log."""

    accepted = b""

    def data(self, message: Any) -> tuple[int, bytes]:
        code, self.accepted = super().data(message)
        return code, self.accepted


class _HostOverTLS(_Host, smtplib.SMTP_SSL):
    pass


class SmtpConversation(flask_mail.Connection):
    """One SMTP conversation for many messages; use it as a context manager."""

    host: _Host

    def __init__(self) -> None:
        super().__init__(current_app.extensions["mail"])

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
