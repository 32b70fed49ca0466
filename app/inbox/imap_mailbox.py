"""The mailbox over IMAP: opened with a time limit and a checked certificate, looked through, mail moved to folders.

Nothing is deleted and nothing is marked as read.
"""

import imaplib
import re
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from urllib.parse import unquote, urlsplit

import imap_tools
from flask import current_app
from imap_tools import AND, BaseMailBox

from app import clock
from app.inbox import oauth

TIMEOUT = 60
"""Seconds that the server may take for an answer."""
MOST_CONTENT = 1024 * 1024
"""Bytes of a mail that are fetched; what comes after them is attachments."""
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_ITEMS = {name: re.compile(rb"\b" + pattern) for name, pattern in {
    "uid": rb"UID (\d+)", "date": rb'INTERNALDATE "([^"]+)"', "size": rb"RFC822\.SIZE (\d+)",
}.items()}  # fmt: skip
"""What an answer to FETCH says beside the contents, in whatever order (RFC 3501 section 7.4.2)."""

TROUBLE = (imap_tools.ImapToolsError, imaplib.IMAP4.error, OSError)
"""What goes wrong between us and a mailbox."""


@dataclass(frozen=True)
class FetchedMail:
    """A mail as the server has it; `content` is its head or at most its first MOST_CONTENT bytes."""

    uid: int
    received_at: datetime
    size: int
    content: bytes


class Mailbox:
    """One folder of the mailbox, open."""

    def __init__(self, box: BaseMailBox, folder: str):
        self._box, self.folder = box, folder
        status = box.folder.status(folder, ["UIDVALIDITY", "UIDNEXT"])
        self.uid_validity, self._next_uid = status["UIDVALIDITY"], status["UIDNEXT"]

    def after(self, last_uid: int) -> list[int]:
        """UIDs of mail that came after this one, oldest first; n:* always names the last mail (RFC 3501 section 6.4.8)."""
        if last_uid + 1 >= self._next_uid:
            return []
        return sorted(number for number in map(int, self._box.uids(f"UID {last_uid + 1}:*")) if number > last_uid)

    def before_recent(self, days: int) -> int:
        """The last UID before the mail of the last `days` days: where reading begins the first time."""
        since = clock.today() - timedelta(days=days)
        recent = [int(number) for number in self._box.uids(AND(date_gte=since))]
        return min(recent, default=self._next_uid) - 1

    def heads(self, uids: Iterable[int]) -> Iterator[FetchedMail]:
        return self._fetch(uids, "BODY.PEEK[HEADER]")

    def mails(self, uids: Iterable[int]) -> Iterator[FetchedMail]:
        return self._fetch(uids, f"BODY.PEEK[]<0.{MOST_CONTENT}>")

    def move(self, uids: Iterable[int], folder: str) -> None:
        """File mail in a folder of ours, made when it is not there."""
        folder = self._prefix + folder
        if not self._box.folder.exists(folder):
            self._box.folder.create(folder)
        self._box.move([str(uid) for uid in uids], folder)

    @cached_property
    def _prefix(self) -> str:
        """What the names of one's own folders begin with, as `INBOX.` on some servers (NAMESPACE, RFC 2342)."""
        try:
            _, answer = self._box.client.namespace()
        except imaplib.IMAP4.error:  # a server that knows no NAMESPACE has no prefix either
            return ""
        found = re.match(rb'\(\("((?:[^"\\]|\\.)*)"', answer[0] or b"") if answer else None
        return found[1].decode("ascii", "replace").replace("\\", "") if found else ""

    def append(self, content: bytes, folder: str | None = None) -> None:
        self._box.append(content, folder or self.folder)

    def wait(self, seconds: float) -> bool:
        """Whether something happened in the folder within `seconds` (IDLE, RFC 2177).

        Dovecot 2.4 tells of mail that came just before only as the listening ends, beside the answer to DONE.
        """
        before = self._told()
        return bool(self._box.idle.wait(timeout=seconds)) or self._told() != before

    def _told(self) -> int:
        return len(self._box.client.untagged_responses.get("EXISTS", []))

    @property
    def can_wait(self) -> bool:
        return "IDLE" in self._box.client.capabilities

    def _fetch(self, uids: Iterable[int], what: str) -> Iterator[FetchedMail]:
        wanted = ",".join(map(str, uids))
        if not wanted:
            return
        kind, answer = self._box.client.uid("FETCH", wanted, f"(UID INTERNALDATE RFC822.SIZE {what})")
        if kind != "OK":
            raise imap_tools.ImapToolsError(f"FETCH: {kind}")
        for place, part in enumerate(answer):
            if isinstance(part, tuple):
                after = answer[place + 1] if place + 1 < len(answer) else b""
                yield _fetched_mail(part[0] + (b" " + after if isinstance(after, bytes) else b""), part[1])


@contextmanager
def open_mailbox() -> Iterator[Mailbox]:
    """The mailbox of INBOX_URL; raises one of TROUBLE."""
    parts = urlsplit(current_app.config["INBOX_URL"])
    folder = unquote(parts.path.lstrip("/")) or "INBOX"
    box = _connect(parts.scheme, parts.hostname, parts.port)
    try:
        _sign_in(box, unquote(parts.username or ""), unquote(parts.password or ""), folder)
        yield Mailbox(box, folder)
    finally:
        try:
            box.client.logout()
        except TROUBLE:
            box.client.shutdown()


def _sign_in(box: BaseMailBox, user: str, password: str, folder: str) -> None:
    if not oauth.is_oauth_wanted():
        box.login(user, password, folder)
        return
    try:
        box.xoauth2(user, oauth.access_token(), folder)
    except (imap_tools.MailboxLoginError, imaplib.IMAP4.error):
        oauth.forget_access_token()
        raise


def _connect(scheme: str, host: str, port: int | None) -> BaseMailBox:
    """Always over TLS with a valid certificate, except on this machine itself."""
    if scheme == "imaps":
        return imap_tools.MailBox(host, port or 993, timeout=TIMEOUT, ssl_context=ssl.create_default_context())
    if host in _LOOPBACK:
        return imap_tools.MailBoxUnencrypted(host, port or 143, timeout=TIMEOUT)
    return imap_tools.MailBoxStartTls(host, port or 143, timeout=TIMEOUT, ssl_context=ssl.create_default_context())


def _fetched_mail(items: bytes, content: bytes) -> FetchedMail:
    """One mail of an answer to FETCH. Raises ImapToolsError when the server says it in a way that is not understood."""
    found = {name: pattern.search(items) for name, pattern in _ITEMS.items()}
    uid, date, size = (match and match[1] for match in found.values())
    if uid is None:
        raise imap_tools.ImapToolsError(f"FETCH without a UID: {items[:80]!r}")
    return FetchedMail(int(uid), _moment((date or b"").decode("ascii", "replace")), int(size or len(content)), content)


def _moment(text: str) -> datetime:
    """An INTERNALDATE, such as '17-Jul-1996 02:44:25 -0700' (RFC 3501 section 2.3.3)."""
    try:
        return datetime.strptime(text.strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        return clock.now()
