"""Out of the outbox: claim a batch, send it over one connection, write each result.

Any number of workers on any number of machines may do this at once: a claim is exclusive
(FOR UPDATE SKIP LOCKED, on SQLite the single writer) and lapses when its worker dies, after
which another one sends the same bytes, with the same Message-ID, again.
"""

import os
import random
import re
import smtplib
import socket
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta

import sqlalchemy as sa
from blinker import Signal
from flask import current_app
from sqlalchemy.orm import undefer

from app import clock, tokens
from app.database import db
from app.outbox import states
from app.outbox.connection import Line, StoredMessage
from app.outbox.models import Message, MessageState

BATCH = 100
LEASE = timedelta(minutes=15)
RETRY_MINUTES = (5, 15, 45, 120, 240, 480)
"""Pauses after a temporary refusal; the last one repeats until GIVE_UP."""
GIVE_UP = timedelta(hours=48)
MAILBOX_RESPONSE = "250 in the built-in mailbox"


unknown_address = Signal("A mail server says that there is no such address; sent with the address and its words.")
_UNKNOWN = re.compile(r"^5\d\d [# ]*5\.(1\.(1|2|3|6|10)|2\.1|4\.1)\b")
"""Enhanced status codes that are about the address itself (RFC 3463); others are not its fault."""


class Lost(Exception):
    """The connection is gone; the rest of the batch waits for another one."""


def deliver_due() -> Counter:
    """Send everything that is due and return how many messages ended in which state."""
    tally: Counter = Counter()
    while batch := _claim():
        tally += _deliver(batch)
    return tally


def worker_name() -> str:
    return f"{socket.gethostname()[:40]}-{os.getpid()}"


def _claim() -> list[Message]:
    """Take up to BATCH messages for this worker, own actions before mailings, within the pace of their domains."""
    now = clock.now()
    room = _Pace()
    free = sa.or_(
        Message.state.in_([MessageState.DUE, MessageState.RETRYING]) & (Message.due_at <= now),
        (Message.state == MessageState.SENDING) & (Message.claimed_until < now),
    )
    candidates = (
        sa.select(Message)
        .where(free, ~(Message.paced & Message.domain.in_(room.full)))
        .order_by(Message.priority, Message.due_at, Message.id)
        .limit(BATCH)
        .options(undefer(Message.body))
        .with_for_update(skip_locked=True)
    )
    claimed = [message for message in db.session.scalars(candidates) if room.admits(message)]
    for message in claimed:
        states.move(message, MessageState.SENDING)
        message.claimed_by, message.claimed_until = worker_name(), now + LEASE
        message.attempts += 1
    db.session.commit()
    return claimed


class _Pace:
    """How many paced messages each recipient domain may still get this minute."""

    def __init__(self):
        self.limit = current_app.config["MAIL_PACE"]
        minute_ago = clock.now() - timedelta(minutes=1)
        recent = (Message.state == MessageState.SENDING) | (Message.sent_at > minute_ago)
        counts = sa.select(Message.domain, sa.func.count()).where(Message.paced, recent).group_by(Message.domain)
        self.used = Counter(dict(db.session.execute(counts).all()))
        self.full = [domain for domain, count in self.used.items() if count >= self.limit]

    def admits(self, message: Message) -> bool:
        if not message.paced:
            return True
        self.used[message.domain] += 1
        return self.used[message.domain] <= self.limit


def _deliver(batch: list[Message]) -> Counter:
    tally: Counter = Counter()
    waiting = list(batch)
    try:
        with _line() as line:
            while waiting:
                _send(line, waiting[0])
                tally[waiting.pop(0).state] += 1
    except Lost as lost:
        tally[_settle_unsent(waiting.pop(0), str(lost))] += 1
        for message in waiting:
            _put_back(message)
    except (smtplib.SMTPException, OSError) as trouble:
        for message in waiting:
            tally[_settle_unsent(message, _words(trouble))] += 1
    return tally


def _line() -> AbstractContextManager:
    """A connection to the mail server, or nothing when there is none: then the mailbox page shows the mail."""
    return Line() if current_app.config["MAIL_SERVER"] else nullcontext()


def _send(line: Line | None, message: Message) -> None:
    """Send one message and save what became of it; raises Lost when the connection broke."""
    if line is None:
        _sent(message, MAILBOX_RESPONSE)
        return
    domain = current_app.config["MAIL_DEFAULT_SENDER"].rpartition("@")[2]
    envelope = f"bounce+{tokens.make(tokens.Purpose.BOUNCE, message.id)}@{domain}"
    try:
        line.send(StoredMessage(message.recipient, message.body), envelope)
    except smtplib.SMTPRecipientsRefused as refused:
        code, words = next(iter(refused.recipients.values()))
        _refused(message, code, words)
        if _UNKNOWN.search(message.response):
            unknown_address.send(message.recipient, words=message.response)
            db.session.commit()
    except smtplib.SMTPResponseException as refused:
        _refused(message, refused.smtp_code, refused.smtp_error)
    except ValueError as unusable:
        _fail(message, _words(unusable))
    except (smtplib.SMTPServerDisconnected, OSError) as trouble:
        raise Lost(_words(trouble)) from trouble
    else:
        _sent(message, "250 accepted by the mail server")


def _sent(message: Message, response: str) -> None:
    states.move(message, MessageState.SENT)
    message.sent_at, message.response = clock.now(), response
    message.claimed_by = message.claimed_until = None
    db.session.commit()


def _refused(message: Message, code: int, words: bytes | str) -> None:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    response = f"{code} {text}"[:1000]
    if 500 <= code < 600:
        _fail(message, response)
    else:
        _settle_unsent(message, response)
        if code == 421:
            raise Lost(response)


def _settle_unsent(message: Message, response: str) -> MessageState:
    """Try again after a growing pause, or give up after two days; returns the new state."""
    now = clock.now()
    if message.state != MessageState.SENDING:
        return message.state
    if now - message.created_at > GIVE_UP and message.attempts > 1:
        _fail(message, response)
        return message.state
    pause = RETRY_MINUTES[min(message.attempts, len(RETRY_MINUTES)) - 1]
    states.move(message, MessageState.RETRYING)
    message.due_at = now + timedelta(minutes=pause * random.uniform(0.9, 1.2))
    message.response = response
    message.claimed_by = message.claimed_until = None
    db.session.commit()
    return message.state


def _fail(message: Message, response: str) -> None:
    states.move(message, MessageState.FAILED)
    message.response = response
    message.claimed_by = message.claimed_until = None
    db.session.commit()


def _put_back(message: Message) -> None:
    """Return a claimed message that was never tried, as if it had not been claimed."""
    states.move(message, MessageState.RETRYING)
    message.attempts -= 1
    message.claimed_by = message.claimed_until = None
    db.session.commit()


def _words(trouble: Exception) -> str:
    return f"{type(trouble).__name__}: {trouble}"[:1000]
