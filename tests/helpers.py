"""What tests of several domains do: read mails, sign in, fill in forms as a browser does."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import icalendar
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app import jobs
from app.accounts import sessions
from app.accounts import sign_in as signing_in
from app.database import db
from app.me import sessions as own_sessions
from app.outbox import message_writing
from app.outbox.models import Message, MessageState
from app.setbacks import one_by_one

__all__ = ["calendar_of", "csrf", "links_in", "mail_to", "mails", "post", "sign_in", "text_of", "work"]


def work() -> dict[str, int]:
    """Let the clockwork do all that is due."""
    db.session.commit()
    done = jobs.do_jobs(jobs.MAILING)
    db.session.expire_all()
    assert [(each.job, each.item, each.error) for each in one_by_one.list_setbacks()] == []
    return done


@contextmanager
def database_work() -> Iterator[list[object]]:
    """Grows by one for every ten instructions of SQLite's virtual machine in the block, on whatever connections.

    Which way it finds rows is no matter of statements. A test is skipped on PostgreSQL, which does not count so.
    """
    if db.engine.dialect.name != "sqlite":
        pytest.skip("counted by SQLite")
    done: list[object] = []
    listeners = {
        "checkout": lambda connection, *_: connection.set_progress_handler(lambda: done.append(None), 10),
        "checkin": lambda connection, *_: connection.set_progress_handler(None, 10),
    }
    db.session.commit()
    for name, listener in listeners.items():
        sa.event.listen(db.engine, name, listener)
    try:
        yield done
    finally:
        db.session.commit()
        for name, listener in listeners.items():
            sa.event.remove(db.engine, name, listener)


def mails(*conditions) -> list[Message]:
    """Messages with their bytes, oldest first; what is promised is written first, as a moment later it would be."""
    db.session.flush()
    message_writing.write_due_messages()
    wanted = sa.select(Message).where(*conditions).order_by(Message.id).options(joinedload(Message.finished))
    return list(db.session.scalars(wanted, execution_options={"populate_existing": True}))


def mail_to(person, kind: str | None = None) -> EmailMessage:
    """The last mail to somebody, parsed."""
    conditions = [Message.person_id == person.id, Message.state != MessageState.SUPPRESSED]
    if kind:
        conditions.append(Message.kind == kind)
    return parsed(mails(*conditions)[-1].body)


def parsed(body: bytes) -> EmailMessage:
    return message_from_bytes(body, policy=policy.default)


def text_of(mail: EmailMessage) -> str:
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(mail: EmailMessage) -> str:
    return mail.get_body(("html",)).get_content()


def calendar_of(mail: EmailMessage) -> icalendar.Calendar | None:
    part = next((part for part in mail.walk() if part.get_content_type() == "text/calendar"), None)
    return icalendar.Calendar.from_ical(part.get_payload(decode=True)) if part else None


def vevent_of(mail: EmailMessage) -> icalendar.Event:
    return calendar_of(mail).walk("VEVENT")[0]


def links_in(mail: EmailMessage) -> list[str]:
    """Addresses on our own site in the HTML part."""
    found = re.findall(r'href="(http://leerkring\.test[^"]*)"', html_of(mail))
    return [address.replace("&amp;", "&").removeprefix("http://leerkring.test") for address in found]


class _Forms(HTMLParser):
    def __init__(self):
        super().__init__()
        self.hidden: dict[str, str] = {}

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "input" and values.get("name") in ("csrf_token", "whose"):
            self.hidden.setdefault(values["name"], values.get("value"))


def csrf(client, page: str) -> str:
    """The CSRF token that a page gives to its forms."""
    return hidden(client, page)["csrf_token"]


def hidden(client, page: str) -> dict[str, str]:
    """What every form of a page says without being asked: its CSRF token and, on a personal page, whose it is."""
    found = hidden_fields(client.get(page).text)
    assert "csrf_token" in found, f"{page} has no form"
    return found


def hidden_fields(text: str) -> dict[str, str]:
    """The same, of a page that is there already."""
    reader = _Forms()
    reader.feed(text)
    return reader.hidden


def post(client, address: str, /, *, page: str | None = None, **values):
    """Send a form as a browser does: with the token of the page it stands on."""
    data = {**hidden(client, page or address), **values}
    return client.post(address, data=data)


def sign_in(client, account) -> None:
    """Let a browser be somebody's, as after the button of a sign-in link."""
    with client.session_transaction() as session:
        session.clear()
        session["account"], session.permanent = sessions.open_session(account), True
    _be_as_after_a_request()


def sign_in_by_link(client, account) -> None:
    """Open a sign-in link and press its button, where that is what a test is about."""
    link = signing_in.make_sign_in_link(account).removeprefix("http://leerkring.test")
    assert post(client, link).status_code == 303


def sign_in_person(client, person, *, keep: bool = False) -> None:
    """The same on somebody's own pages, as after the button of the mail for that, which tests/me/test_signing_in.py presses."""
    with client.session_transaction() as session:
        session["person"] = own_sessions.open_session(person, kept=keep)
        session.permanent = session.permanent or keep
    _be_as_after_a_request()


def _be_as_after_a_request() -> None:
    """What the test did is saved, and what it has is read anew."""
    db.session.commit()
    db.session.expire_all()
