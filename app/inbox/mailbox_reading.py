"""Reading the mailbox: what is new is stored first, then handled, then filed, a handful at a time.

A crash between any two of these repeats safely: a stored mail is handled once, a handled
one is filed once, and the mailbox itself loses nothing. One worker reads at a time.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from threading import Event, Lock
from time import monotonic
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import OperationalError

from app import clock
from app.database import db, give_up_transaction, insert_new, only_reading, rows_changed
from app.inbox import mail_handling, mail_parsing, mail_reading
from app.inbox.models import Doubt, InboxStatus, IncomingMail, Outcome, Shape
from app.outbox import leases
from app.setbacks import one_by_one

if TYPE_CHECKING:
    from app.inbox.imap_mailbox import FetchedMail, Mailbox

log = logging.getLogger("leerkring.inbox")

FIRST_TIME_DAYS = 3
"""How far back reading begins in a mailbox that is new to us; what is older stays untouched."""
LOOKED_AT, TAKEN = 200, 20
"""Mails whose heads are fetched at once, and mails that are stored, handled and filed together."""
LEASE = timedelta(minutes=5)
LISTENING, SLICE = 25 * 60, 5
"""Seconds that one connection listens, below the 29 minutes after which servers may hang up, and between two looks whether to stop."""
_one_thread = Lock()
"""Listening and looking now and then are two jobs of one worker; its claim is for both."""
LOOKING, READING, HANDLING, FILING = "look_at_mail", "receive_mail", "handle_mail", "file_mail"
"""Under which names what fails is noted."""
FOLDERS = {
    Outcome.HANDLED: "Leerkring verwerkt",
    Outcome.REVIEW: "Leerkring nakijken",
}


def read_mailbox() -> Counter[str]:
    """Read everything new; returns how many mails had which outcome. Empty without a mailbox, or when another one reads."""
    if not current_app.config["INBOX_URL"] or not _one_thread.acquire(blocking=False):
        return Counter()
    try:
        return _read_claimed() if _claim_mailbox() else Counter()
    finally:
        _one_thread.release()


def _read_claimed() -> Counter[str]:
    from app.inbox import imap_mailbox

    done: Counter[str] = Counter()
    try:
        with imap_mailbox.open_mailbox() as mailbox:
            done = _read_open_mailbox(mailbox)
    except imap_mailbox.TROUBLE as trouble:
        give_up_transaction()
        _note_trouble(f"{type(trouble).__name__}: {trouble}"[:500])
    except Exception as error:
        give_up_transaction()
        log.error("the mailbox could not be read\n%s", one_by_one.steps_to_error(error))
        _note_trouble(one_by_one.describe_error(error))
    else:
        _note_well()
    return done


def listen_for_arrivals(stopped: Event) -> Iterator[None]:
    """Each time that something came in, as the server tells it (IDLE, RFC 2177), until `stopped` or for LISTENING.

    Ends at once where there is no mailbox, or its server tells nothing; then it is only looked at now and then.
    """
    if not current_app.config["INBOX_URL"]:
        return
    from app.inbox import imap_mailbox

    end = monotonic() + LISTENING
    try:
        with imap_mailbox.open_mailbox() as mailbox:
            yield
            while mailbox.can_wait and not stopped.is_set() and monotonic() < end:
                if mailbox.wait(SLICE):
                    yield
    except imap_mailbox.TROUBLE as trouble:
        log.info("listening to the mailbox ended: %s", type(trouble).__name__)


def mailbox_status() -> InboxStatus | None:
    return db.session.get(InboxStatus, 1, populate_existing=True)


def _claim_mailbox() -> bool:
    """Become the worker that reads for a while; the claim of a reader that died lapses by itself."""
    now = clock.now()
    db.session.execute(insert_new(InboxStatus.__table__, "id").values({"id": 1, "last_uid": 0, "trouble": ""}))
    free = sa.or_(
        InboxStatus.claimed_until.is_(None),
        leases.lapsed_claims(InboxStatus.claimed_until, now, LEASE),
        InboxStatus.claimed_by == leases.worker_name(),
    )
    mine = sa.update(InboxStatus).where(InboxStatus.id == 1, free)
    claim = mine.values(claimed_by=leases.worker_name(), claimed_until=now + LEASE)
    claimed = rows_changed(claim.execution_options(synchronize_session=False))
    db.session.commit()
    return bool(claimed)


def _read_open_mailbox(mailbox: "Mailbox") -> Counter[str]:
    done: Counter[str] = Counter()
    last_uid = _last_uid_seen(mailbox)
    _try_to_file(mailbox)
    for uids in _in_batches(_uids_to_try_again(mailbox), LOOKED_AT):
        done += _read_mails(mailbox, uids)
    for uids in _in_batches(mailbox.after(last_uid), LOOKED_AT):
        done += _read_mails(mailbox, uids)
        _went_to(uids[-1])
    return done + handle_stored_mails()


def _read_mails(mailbox: "Mailbox", uids: Sequence[int]) -> Counter[str]:
    """Store and handle those of these mails that are for us; one that cannot be read is tried again by itself."""
    done: Counter[str] = Counter()
    ours: list[int] = []

    def look(uid: int) -> int:
        mail = mail_parsing.parse_mail(heads[uid].content)
        ours.extend([uid] if mail_parsing.is_for_us(mail, domain) else [])
        return 1

    domain = current_app.config["MAIL_DEFAULT_SENDER"].rpartition("@")[2].lower()
    heads = {head.uid: head for head in mailbox.heads(uids)}
    _do_each_mail(LOOKING, mailbox, heads, look)
    for some in _in_batches(ours, TAKEN):
        mails = {mail.uid: mail for mail in mailbox.mails(some)}
        _do_each_mail(READING, mailbox, mails, partial(_store_fetched, mailbox, mails))
        done += handle_stored_mails()
        _try_to_file(mailbox)
    return done


def _store_fetched(mailbox: "Mailbox", mails: dict[int, "FetchedMail"], uid: int) -> int:
    return _store_mail(mailbox, mails[uid])


def _do_each_mail(job: str, mailbox: "Mailbox", uids: Iterable[int], work: Callable[[int], int]) -> None:
    """Each mail by itself, under a name that holds as long as the server's numbers do."""
    names = {f"{mailbox.uid_validity}:{uid}": uid for uid in uids}
    one_by_one.do_each(job, names, lambda name: work(names[name]), complete=False)


def _uids_to_try_again(mailbox: "Mailbox") -> list[int]:
    """Mails of this mailbox that could not be read and whose next moment has come; those that are gone are let go."""
    prefix = f"{mailbox.uid_validity}:"
    waiting = {job: one_by_one.items_to_try_again(job) for job in (LOOKING, READING)}
    wanted = sorted(
        {int(item.removeprefix(prefix)) for items in waiting.values() for item in items if item.startswith(prefix)}
    )
    db.session.commit()
    there = {mail.uid for mail in mailbox.heads(wanted)} if wanted else set()
    for job, items in waiting.items():
        one_by_one.forget_items(job, [item for item in items if item not in {f"{prefix}{uid}" for uid in there}])
    db.session.commit()
    return [uid for uid in wanted if uid in there]


def _in_batches(uids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (uids[start : start + size] for start in range(0, len(uids), size))


def _claimed_status() -> InboxStatus:
    """The state of the mailbox, which stands from the first claim on."""
    return db.session.get_one(InboxStatus, 1)


def _last_uid_seen(mailbox: "Mailbox") -> int:
    """The last mail that was looked at; in a mailbox that is new, or was renumbered, the last before the recent ones."""
    state = _claimed_status()
    db.session.commit()  # no transaction is open while the server works
    if state.uid_validity != mailbox.uid_validity:
        before = mailbox.before_recent(FIRST_TIME_DAYS)
        state.uid_validity, state.last_uid = mailbox.uid_validity, before
        db.session.commit()
    return state.last_uid


def _store_mail(mailbox: "Mailbox", fetched: "FetchedMail") -> int:
    """Keep a mail as it came, unless it was kept before under this or an earlier number."""
    message = mail_parsing.parse_head(fetched.content)
    message_id = next(iter(mail_parsing.message_ids_in(message, "Message-ID")), "")[:300]
    if _known_by_another_number(mailbox, message_id, fetched):
        return 0
    row = {
        "folder": mailbox.folder,
        "uid_validity": mailbox.uid_validity,
        "uid": fetched.uid,
        "message_id": message_id,
        "sender": mail_parsing.sender_of(message)[1][:254],
        "subject": mail_parsing.header_text(message, "Subject")[:300],
        "received_at": fetched.received_at,
        "outcome": Outcome.NEW,
        "reason": "",
        "content": fetched.content,
    }
    return rows_changed(insert_new(IncomingMail.__table__, "folder", "uid_validity", "uid").values(row))


def _known_by_another_number(mailbox: "Mailbox", message_id: str, each: "FetchedMail") -> bool:
    """Whether a mail was read before the mailbox was renumbered (UIDVALIDITY, RFC 3501 section 2.3.1.1)."""
    mail = {"message_id": message_id, "uid_validity": mailbox.uid_validity, "received_at": each.received_at}
    return bool(message_id) and db.session.scalar(_UNDER_ANOTHER_NUMBER, mail) is not None


_UNDER_ANOTHER_NUMBER = (
    sa.select(IncomingMail.id)
    .where(
        IncomingMail.message_id == sa.bindparam("message_id"),
        IncomingMail.uid_validity != sa.bindparam("uid_validity"),
        IncomingMail.received_at == sa.bindparam("received_at"),
    )
    .limit(1)
)


def handle_stored_mails() -> Counter[str]:
    """Handle what is stored and not looked at yet, each in a transaction of its own."""
    done: Counter[str] = Counter()

    def handle(mail_id: int) -> int:
        done[_handle_one(mail_id)] += 1
        return 1

    waiting = sa.select(IncomingMail.id).where(IncomingMail.outcome == Outcome.NEW).order_by(IncomingMail.id)
    one_by_one.do_each(HANDLING, db.session.scalars(waiting).all(), handle)
    db.session.commit()
    return done


def _handle_one(mail_id: int) -> Outcome:
    """Handle a mail, or let somebody look at it; trouble with the database says nothing about the mail, and is raised."""
    try:
        with only_reading():
            content = db.session.scalar(_CONTENT, {"id": mail_id})
        mail = mail_reading.read_mail(content or b"")
        row = db.session.get_one(IncomingMail, mail_id, populate_existing=True)
        mail_handling.handle_mail(row, mail)
        db.session.commit()
    except OperationalError:
        raise
    except Exception as error:
        give_up_transaction()
        log.error("incoming mail %s could not be handled: %s", mail_id, one_by_one.describe_error(error))
        return _for_review(mail_id)
    return row.outcome


_CONTENT = sa.select(IncomingMail.content).where(IncomingMail.id == sa.bindparam("id"))


def _for_review(mail_id: int) -> Outcome:
    """A mail that cannot be handled waits for a person."""
    row = db.session.get_one(IncomingMail, mail_id, populate_existing=True)
    row.shape, row.outcome, row.reason = row.shape or Shape.UNREADABLE, Outcome.REVIEW, Doubt.UNREADABLE
    db.session.commit()
    return row.outcome


def _try_to_file(mailbox: "Mailbox") -> None:
    """Filing is housekeeping: when it fails, that is noted and reading goes on."""
    one_by_one.do_each(FILING, [mailbox.folder], lambda _: _file_mails(mailbox))


def _file_mails(mailbox: "Mailbox") -> int:
    """Move what was handled to its folder; what was moved by somebody else counts as filed."""
    wanted = sa.select(IncomingMail).where(
        IncomingMail.filed_at.is_(None),
        IncomingMail.outcome.in_(FOLDERS),
        IncomingMail.folder == mailbox.folder,
        IncomingMail.uid_validity == mailbox.uid_validity,
    )
    rows = list(db.session.scalars(wanted.order_by(IncomingMail.id)))
    db.session.commit()  # no transaction is open while the server works
    for outcome, folder in FOLDERS.items():
        mine = [row for row in rows if row.outcome == outcome]
        if mine:
            mailbox.move([row.uid for row in mine], folder)
            for row in mine:
                row.filed_at = clock.now()
    return len(rows)


def _went_to(uid: int) -> None:
    """Remember how far we are, and keep the claim to read."""
    state = _claimed_status()
    state.last_uid, state.claimed_until = uid, clock.now() + LEASE
    db.session.commit()


def _note_trouble(words: str) -> None:
    state = _claimed_status()
    state.trouble, state.trouble_since = words, state.trouble_since or clock.now()
    state.claimed_by = state.claimed_until = None
    db.session.commit()


def _note_well() -> None:
    state = _claimed_status()
    state.trouble, state.trouble_since, state.read_at = "", None, clock.now()
    state.claimed_by = state.claimed_until = None
    db.session.commit()
