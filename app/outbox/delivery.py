"""Out of the outbox: send a claimed batch over one connection and write each result.

Any number of workers on any number of machines may do this at once (outbox/claiming.py).
"""

import random
import re
import smtplib
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from time import monotonic

import sqlalchemy as sa
from flask import current_app

from app import clock, tokens
from app.database import db, rows_changed
from app.outbox import circuit_breaker, claiming, fair_share, message_states
from app.outbox.claiming import Parcel
from app.outbox.models import CLAIMABLE, MailTotal, Message, MessageState, Reason
from app.outbox.sent_journal import SentJournal, carry_over_sent_notes
from app.outbox.smtp_connection import SmtpConversation
from app.signals import Signal

CONNECTION_SECONDS = 60
"""How long one connection is used; with claiming.BATCH messages as the other limit."""
OVERTAKEN_AFTER = 2
"""Seconds after which a batch of a mailing lets mail go first that somebody waits for, once one of it left after such mail."""
RETRY_MINUTES = (5, 15, 45, 120, 240, 480)
"""Pauses after a temporary refusal; the last one repeats until GIVE_UP."""
GIVE_UP = timedelta(hours=48)
BUSY = timedelta(minutes=3)
"""How long a domain that answered 421 gets nothing; shorter than the first pause, so that the others go first."""
MAILBOX_RESPONSE = Reason.IN_BUILT_IN_MAILBOX

unknown_address = Signal("A mail server says that there is no such address; sent with the address and its words.")
_UNKNOWN = re.compile(r"^5\d\d [# ]*5\.(1\.(1|2|3|6|10)|2\.1|4\.1)\b")
"""Enhanced status codes that are about the address itself (RFC 3463); others are not its fault."""


class ConnectionLost(Exception):
    """The connection is gone; the rest of the batch waits for another one, that to a `busy` domain a while longer."""

    def __init__(self, words: str, busy: str = ""):
        super().__init__(words)
        self.busy = busy


class SenderRefused(Exception):
    """The server refuses us, not a recipient, and the circuit is open: the rest of the batch is left alone."""


def deliver_due_messages() -> Counter[str]:
    """Send everything that is due and return how many messages ended in which state."""
    tally: Counter[str] = Counter()
    while some := deliver_some_messages():
        tally += some
    return tally


def deliver_some_messages() -> Counter[str]:
    """Send one batch and return how many messages ended in which state; empty when nothing may be sent now."""
    room, troubled = circuit_breaker.claim_allowed_tries(), circuit_breaker.is_troubled()
    parcels = claiming.claim_parcels(claiming.BATCH if room is None else room) if room != 0 else []
    return _deliver_claimed(parcels, troubled)


def deliver_alarms() -> Counter[str]:
    """Send alarms over a line of their own and return how many ended in which state.

    Whatever holds the rest of the outbox up does not hold them: a circuit that is open, the pace, a server that takes its
    time over a mailing, or a letter that cannot be written.
    """
    return _deliver_claimed(claiming.claim_alarms(), circuit_breaker.is_troubled())


def _deliver_claimed(parcels: list[Parcel], troubled: bool) -> Counter[str]:
    db.session.commit()
    with claiming.work_on(parcels):
        tally = _deliver(parcels, troubled) if parcels else Counter()
    if tally:
        _add_to_totals(tally)
        db.session.commit()
    return tally


def _deliver(parcels: list[Parcel], troubled: bool) -> Counter[str]:
    """Send a batch. No transaction is open meanwhile, so that others may write."""
    tally: Counter[str] = Counter()
    waiting, busy = list(reversed(parcels)), ""
    end = monotonic() + CONNECTION_SECONDS
    look_at = monotonic() + OVERTAKEN_AFTER
    own = False
    try:
        with SentJournal() as journal, _open_line(journal) as line:
            while waiting and monotonic() < end:
                own_before, own = own, fair_share.is_own_act(waiting[-1])
                if not own and not own_before and monotonic() >= look_at:
                    if claiming.somebody_waits():
                        break
                    look_at = monotonic() + OVERTAKEN_AFTER
                may_leave = journal.may_leave(waiting[-1].id)
                state = _send_parcel(line, journal, waiting[-1]) if may_leave else MessageState.SUPPRESSED
                tally[state] += 1
                waiting.pop()
                if state == MessageState.SENT and troubled:
                    circuit_breaker.note_acceptance()
                troubled = state == MessageState.FAILED
    except ConnectionLost as lost:
        tally[_try_later(waiting.pop(), str(lost))] += 1
        busy = lost.busy
    except SenderRefused:
        tally[MessageState.FAILED] += 1
        waiting.pop()
    except (smtplib.SMTPException, OSError) as trouble:
        for parcel in waiting:
            tally[_try_later(parcel, _trouble_in_words(trouble))] += 1
        waiting.clear()
    carry_over_sent_notes(Message.id.in_([parcel.id for parcel in parcels]))
    _put_back(waiting)
    if busy:
        _let_wait(busy)
    return tally


def _open_line(journal: SentJournal) -> AbstractContextManager[SmtpConversation | None]:
    """A connection to the mail server, or nothing when there is none: then the mailbox page shows the mail."""
    return SmtpConversation(journal.settle) if current_app.config["MAIL_SERVER"] else nullcontext()


def _send_parcel(line: SmtpConversation | None, journal: SentJournal, parcel: Parcel) -> MessageState:
    """Send one message and save what became of it; raises ConnectionLost when the connection broke, SenderRefused when we are unwanted."""
    if line is None:
        journal.note(parcel.id, MAILBOX_RESPONSE)
        return MessageState.SENT
    domain = current_app.config["MAIL_DEFAULT_SENDER"].rpartition("@")[2]
    envelope = f"bounce+{tokens.make_token(tokens.Purpose.BOUNCE, parcel.id)}@{domain}"
    try:
        line.deliver(parcel.body, envelope, parcel.recipient)
    except smtplib.SMTPRecipientsRefused as refused:
        code, words = next(iter(refused.recipients.values()))
        return _recipient_refused(parcel, code, _answer_in_words(code, words))
    except smtplib.SMTPResponseException as refused:
        return _we_are_refused(parcel, refused.smtp_code, _answer_in_words(refused.smtp_code, refused.smtp_error))
    except ValueError as unusable:
        return _give_up_on(parcel, _trouble_in_words(unusable))
    except (smtplib.SMTPServerDisconnected, OSError) as trouble:
        raise ConnectionLost(_trouble_in_words(trouble)) from trouble
    journal.note(parcel.id, line.last_words)
    return MessageState.SENT


def _recipient_refused(parcel: Parcel, code: int, response: str) -> MessageState:
    if code < 500:
        return _put_off(parcel, code, response)
    if _UNKNOWN.search(response):
        unknown_address.send(parcel.recipient, words=response)
    return _give_up_on(parcel, response)


def _we_are_refused(parcel: Parcel, code: int, response: str) -> MessageState:
    """A refusal at MAIL FROM or DATA is about us or the message, never about the recipient."""
    if code < 500:
        return _put_off(parcel, code, response)
    if _give_up_on(parcel, response) != MessageState.FAILED:
        return MessageState.SUPPRESSED
    opened = circuit_breaker.note_refusal(parcel.id, response)
    db.session.commit()
    if opened:
        raise SenderRefused(response)
    return MessageState.FAILED


def _put_off(parcel: Parcel, code: int, response: str) -> MessageState:
    """A temporary refusal; 421 closes the line and lets the whole domain wait a while (RFC 5321 section 3.8)."""
    if code == 421:
        raise ConnectionLost(response, busy=parcel.domain)
    return _try_later(parcel, response)


def _let_wait(domain: str) -> None:
    later = clock.now() + BUSY
    others = sa.update(Message).where(CLAIMABLE, Message.domain == domain, Message.due_at < later)
    db.session.execute(others.values(due_at=later).execution_options(synchronize_session=False))


def _try_later(parcel: Parcel, response: str) -> MessageState:
    """Try again after a growing pause, or give up after two days; returns the new state, suppressed for one that was stopped."""
    now = clock.now()
    if now - parcel.created_at > GIVE_UP and parcel.attempts > 1:
        return _give_up_on(parcel, response)
    pause = RETRY_MINUTES[min(parcel.attempts, len(RETRY_MINUTES)) - 1]
    due_at = now + timedelta(minutes=pause * random.uniform(0.9, 1.2))
    moved = message_states.move_messages(MessageState.RETRYING, Message.id == parcel.id, words=response, due_at=due_at)
    db.session.commit()
    return MessageState.RETRYING if moved else MessageState.SUPPRESSED


def _give_up_on(parcel: Parcel, response: str) -> MessageState:
    moved = message_states.move_messages(MessageState.FAILED, Message.id == parcel.id, words=response)
    db.session.commit()
    return MessageState.FAILED if moved else MessageState.SUPPRESSED


def _put_back(parcels: list[Parcel]) -> None:
    """Return claimed messages that were never tried, as if they had not been claimed."""
    if parcels:
        numbers = Message.id.in_([parcel.id for parcel in parcels])
        attempts = Message.attempts - 1
        message_states.move_messages(MessageState.RETRYING, numbers, step=False, attempts=attempts)


def _add_to_totals(tally: Counter[str]) -> None:
    """Add to the totals that monitoring reads."""
    for state, number in sorted(tally.items()):
        raised = sa.update(MailTotal).where(MailTotal.state == state).values(number=MailTotal.number + number)
        if not rows_changed(raised):
            db.session.add(MailTotal(state=state, number=number))
            db.session.flush()


def _answer_in_words(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {text}"[:1000]


def _trouble_in_words(trouble: Exception) -> str:
    return f"{type(trouble).__name__}: {trouble}"[:1000]
