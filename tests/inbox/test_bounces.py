"""Delivery reports: whose message, what kind of trouble, and what it means for the address."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock, tokens
from app.database import db
from app.inbox import bounces, mail_parsing, mail_reading, mailbox_reading, report_reading
from app.inbox.models import Bounce, BounceKind, Doubt, IncomingMail, Outcome, Shape
from app.network.models import Network
from app.network.people.models import EmailAddress
from app.outbox import message_history
from app.outbox.models import Message, MessageState
from app.tokens import Purpose
from tests import factories
from tests.helpers import post, sign_in, work
from tests.inbox import letters, reports


@pytest.fixture
def message(app) -> Message:
    """An invitation that a mail server took."""
    event = factories.event()
    factories.person("Jan Jansen", of=event.network, address="jan@oss.example")
    factories.wave(event, to=factories.audience(event.network))
    work()
    return db.session.scalars(sa.select(Message)).one()


def _verp(message: Message) -> str:
    return f"bounce+{tokens.make_token(Purpose.BOUNCE, message.id)}@leerkring.example"


def _read() -> dict:
    db.session.commit()
    done = mailbox_reading.read_mailbox()
    db.session.expire_all()
    return done


def _address() -> EmailAddress:
    return db.session.scalars(sa.select(EmailAddress)).one()


@pytest.mark.parametrize(
    ("status", "action", "words", "kind"),
    [
        ("5.1.1", "failed", "smtp; 550 5.1.1 no such user", BounceKind.HARD),
        ("5.0.0", "failed", "smtp; 550 5.1.1 no such user", BounceKind.HARD),
        ("5.1.10", "failed", "smtp;550 5.1.10 RecipientNotFound", BounceKind.HARD),
        ("5.4.1", "failed", "smtp; 550 5.4.1 Recipient address rejected: Access denied", BounceKind.HARD),
        ("5.2.1", "failed", "", BounceKind.HARD),
        ("5.1.351", "failed", "smtp;550 5.1.351 Remote server returned unknown recipient", BounceKind.HARD),
        (
            "5.4.4",
            "failed",
            "smtp;Host or domain name not found. Name service error for name=os.example",
            BounceKind.HARD,
        ),
        ("5.2.1", "failed", "smtp;550-5.2.1 The user is receiving mail at a rate that prevents more", BounceKind.SOFT),
        ("5.2.2", "failed", "smtp; 552 5.2.2 mailbox full", BounceKind.SOFT),
        ("5.0.0", "failed", "smtp; 550 something", BounceKind.SOFT),
        ("4.4.7", "failed", "smtp; 4.4.7 message expired", BounceKind.POLICY),
        ("5.7.1", "failed", "smtp; 550 5.7.1 blocked by policy", BounceKind.POLICY),
        ("5.7.26", "failed", "smtp; 550-5.7.26 unauthenticated", BounceKind.POLICY),
        ("5.3.4", "failed", "smtp; 552 5.3.4 too big", BounceKind.POLICY),
        ("5.6.1", "failed", "smtp; 554 5.6.1 not understood", BounceKind.POLICY),
        ("4.4.1", "delayed", "smtp; connection timed out", BounceKind.DELAYED),
    ],
)
def test_reports_are_read_by_code(app, status, action, words, kind):
    found = report_reading.read_report(mail_parsing.parse_mail(letters.report("x@y.example", status, action, words)))
    assert found.kind == kind


def test_old_reports_are_read_by_experience(app):
    found = report_reading.read_report(mail_parsing.parse_mail(letters.qmail("x@y.example")))
    assert (found.kind, found.status) == (BounceKind.HARD, "5.1.1")


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_reports_of_success_are_no_trouble(app, action):
    assert (
        report_reading.read_report(
            mail_parsing.parse_mail(letters.report("x@y.example", "2.1.5", action, "smtp; 250 ok"))
        )
        is None
    )


def test_a_hard_bounce_marks_address_and_message(message, mailbox):
    mailbox.deliver(letters.report(_verp(message), original=message.message_id))
    assert _read() == {Outcome.HANDLED: 1}
    address = _address()
    assert (message.state, address.bounced_at is not None, address.bounce) == (
        MessageState.BOUNCED,
        True,
        "550 5.1.1 no such user",
    )
    assert [(step.state, step.words) for step in message_history.list_message_steps(message)][-1] == (
        MessageState.BOUNCED,
        "550 5.1.1 no such user",
    )


def test_exchange_brings_the_whole_mail_back(message, mailbox):
    mailbox.deliver(letters.exchange_report("leerkring@leerkring.example", message.message_id))
    _read()
    assert (message.state, _address().bounced_at is not None) == (MessageState.BOUNCED, True)


def test_a_message_is_found_without_verp_by_what_the_report_brings_back(message, mailbox):
    mailbox.deliver(letters.report("leerkring@leerkring.example", original=message.message_id))
    _read()
    assert message.state == MessageState.BOUNCED


def test_soft_trouble_counts_on_three_days_within_two_weeks(message):
    for day in (0, 0, 5):
        with time_machine.travel(clock.now() + timedelta(days=day)):
            bounces.note_report(message, bounces.DeliveryReport(BounceKind.SOFT, "5.2.2", "552 5.2.2 full"))
    db.session.flush()
    assert _address().bounced_at is None
    with time_machine.travel(clock.now() + timedelta(days=9)):
        bounces.note_report(message, bounces.DeliveryReport(BounceKind.SOFT, "5.2.2", "552 5.2.2 full"))
        db.session.flush()
    assert _address().bounced_at is not None


def test_soft_trouble_long_ago_is_forgotten(message):
    for day in (0, 5, 15):
        with time_machine.travel(clock.now() + timedelta(days=day)):
            bounces.note_report(message, bounces.DeliveryReport(BounceKind.SOFT, "5.2.2", "full"))
    db.session.flush()
    assert _address().bounced_at is None


@pytest.mark.parametrize(
    ("last", "marked"), [(bounces.SOFT_WITHIN - timedelta(seconds=1), True), (bounces.SOFT_WITHIN, False)]
)
def test_soft_trouble_of_two_whole_weeks_ago_counts_no_more(message, last, marked):
    first = clock.now()
    for later in (timedelta(0), timedelta(days=5), last):
        with time_machine.travel(first + later, tick=False):
            bounces.note_report(message, bounces.DeliveryReport(BounceKind.SOFT, "5.2.2", "full"))
    assert (_address().bounced_at is not None) == marked


def test_policy_never_marks_an_address(message, mailbox):
    mailbox.deliver(letters.report(_verp(message), "5.7.1", words="smtp; 550 5.7.1 blocked"))
    _read()
    assert (message.state, _address().bounced_at) == (MessageState.BOUNCED, None)


def test_delayed_is_news_and_no_bounce(message, mailbox):
    mailbox.deliver(letters.report(_verp(message), "4.4.1", "delayed", "smtp; timed out"))
    _read()
    assert (message.state, _address().bounced_at) == (MessageState.SENT, None)
    assert "timed out" in {step.words for step in message_history.list_message_steps(message)}


def test_the_same_report_twice_changes_nothing_more(message, mailbox):
    mailbox.deliver(*[letters.report(_verp(message))] * 2)
    assert _read() == {Outcome.HANDLED: 2}
    assert [step.state for step in message_history.list_message_steps(message)].count(MessageState.BOUNCED) == 1


def test_a_forged_token_finds_no_message(message, mailbox):
    forged = f"bounce+{'a' * 36}@leerkring.example"
    mailbox.deliver(letters.report(forged, original="<unknown@leerkring.example>"))
    assert _read() == {Outcome.HANDLED: 1}
    assert (message.state, db.session.scalar(sa.select(sa.func.count(Bounce.id)))) == (MessageState.SENT, 0)


def test_reminders_leave_out_a_bounced_address(message, mailbox):
    from app.invitations.waves.models import WaveKind

    mailbox.deliver(letters.report(_verp(message)))
    _read()
    factories.wave(message.event, WaveKind.REMINDER)
    work()
    kinds = db.session.scalars(sa.select(Message.kind).order_by(Message.id))
    assert list(kinds) == ["invitation"]


def test_erasing_somebody_takes_their_bounces_and_mails_along(message, mailbox):
    from app.network.people import people

    mailbox.deliver(letters.report(_verp(message)), letters.human("antwoord@leerkring.example"))
    _read()
    people.erase_person(message.person)
    db.session.commit()
    left = [db.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in (Bounce, IncomingMail)]
    assert left == [0, 0]


@pytest.mark.parametrize(
    ("words", "marked"),
    [
        ("550 no such user here", True),
        ("The mailbox of this user is full", False),
        ("550 Access denied, you are blocked", False),
    ],
)
def test_a_report_without_a_code_is_soft_unless_its_words_say_unknown(message, mailbox, words, marked):
    mailbox.deliver(reports.written("Exim", words, _verp(message)))
    assert _read() == {Outcome.HANDLED: 1}
    assert (message.state, _address().bounced_at is not None) == (MessageState.BOUNCED, marked)


def test_a_report_cut_wrong_is_read_all_the_same(message, mailbox):
    mailbox.deliver(reports.broken(_verp(message)))
    assert _read() == {Outcome.HANDLED: 1}
    assert _address().bounced_at is not None


def test_a_report_that_cannot_be_read_waits_for_somebody(message, mailbox):
    mailbox.deliver(
        letters.mail(
            f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.oss.example\nTo: {_verp(message)}\nMIME-Version: 1.0\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
            "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.oss.example\n\n--b--\n",
        )
    )
    assert _read() == {Outcome.REVIEW: 1}
    row = db.session.scalars(sa.select(IncomingMail)).one()
    assert (row.doubt, row.network_id, message.state) == (
        Doubt.REPORT_UNREADABLE,
        message.network_id,
        MessageState.SENT,
    )


def test_without_our_address_the_message_is_found_by_its_id_in_the_text(message, mailbox):
    text = reports.written("Mimecast", f"550 no such user here (message {message.message_id})", letters.US)
    mailbox.deliver(text.replace(reports.WHO.encode(), b"somebody@else.example"))
    _read()
    assert (message.state, _address().bounced_at is not None) == (MessageState.BOUNCED, True)


@pytest.mark.parametrize(("days", "found"), [(0, True), (6, True), (9, False)])
def test_without_an_id_the_message_is_found_by_who_was_mailed_lately(message, mailbox, days, found):
    report = reports.written("Exim", "550 no such user", letters.US).replace(reports.WHO.encode(), b"Jan@oss.example")
    db.session.commit()
    mail = mail_reading.read_mail(report)
    with time_machine.travel(clock.now() + timedelta(days=days)):
        about = bounces.message_mailed_lately(mail)
    assert (about == message) is found


@pytest.mark.parametrize(("before", "found"), [(bounces.MOST_ADDRESSES - 1, True), (bounces.MOST_ADDRESSES, False)])
def test_of_a_report_with_many_addresses_the_first_few_are_looked_for(message, before, found):
    db.session.commit()
    mail = mail_reading.read_mail(reports.written("Exim", "550 no such user", letters.US))
    others = [f"ander{number}@oss.example" for number in range(before)]
    about = bounces.message_mailed_lately(replace(mail, addresses=[*others, "jan@oss.example"]))
    assert (about == message) is found


def _by_address_alone(sender: str, *headers: str) -> bytes:
    """A report that says nothing of our mail but whom it went to."""
    report = reports.written("Exim", "550 no such user", letters.US).decode().replace(reports.WHO, "jan@oss.example")
    lines = [f"From: Mail Delivery System <{sender}>", *headers]
    return re.sub(r"^From: .*$", "\n".join(lines), report, count=1, flags=re.MULTILINE).encode()


_PROVEN = "Authentication-Results: mx.leerkring.example; dmarc=pass header.from="


@pytest.mark.parametrize(
    ("sender", "result", "counts"),
    [
        ("mailer-daemon@oss.example", None, False),
        ("mailer-daemon@oss.example", "oss.example", True),
        ("postmaster@mx.oss.example", "mx.oss.example", True),
        ("postmaster@boef.example", "boef.example", False),
        ("postmaster@nep-oss.example", "nep-oss.example", False),
        ("collega@oss.example", "oss.example", False),
    ],
)
def test_a_report_that_knows_an_address_alone_counts_from_its_own_server_only(
    app, monkeypatch, message, mailbox, sender, result, counts
):
    """Anybody can write that somebody's address does not work."""
    monkeypatch.setitem(app.config, "INBOX_AUTHSERV_ID", "mx.leerkring.example")
    mailbox.deliver(_by_address_alone(sender, *([_PROVEN + result] if result else [])))
    _read()
    row = db.session.scalars(sa.select(IncomingMail)).one()
    assert (row.outcome, row.doubt, row.about_id) == (
        (Outcome.HANDLED, None, message.id) if counts else (Outcome.REVIEW, Doubt.REPORT_UNPROVEN, message.id)
    )
    assert (message.state == MessageState.BOUNCED, _address().bounced_at is not None) == (counts, counts)


def test_an_organiser_decides_on_what_is_not_proven(client, message, mailbox):
    """Also when a member of another network wrote it: it is about a mail of this one."""
    factories.person("Boef", of=factories.network(), address="mailer-daemon@boef.example")
    mailbox.deliver(_by_address_alone("mailer-daemon@boef.example"))
    _read()
    row = db.session.scalars(sa.select(IncomingMail)).one()
    assert (row.doubt, row.network_id) == (Doubt.REPORT_UNPROVEN, message.network_id)
    network = db.session.get_one(Network, message.network_id)
    sign_in(client, factories.account(network))
    page = f"/organise/inbox/{row.id}"
    assert "jan@oss.example" in client.get(page).text
    post(client, f"{page}/stop", page=page)
    jan = db.session.scalars(sa.select(EmailAddress).filter_by(address="jan@oss.example")).one()
    assert jan.bounced_at is not None


def test_a_report_that_brings_another_mail_back_is_not_about_ours(message, mailbox):
    mailbox.deliver(letters.report(letters.US, original="<theirs@elsewhere.example>"))
    assert (_read(), message.state) == ({Outcome.HANDLED: 1}, MessageState.SENT)


def test_a_mail_with_a_subject_cut_off_holds_nothing_up(message, mailbox):
    cut = letters.human(Subject="=?utf-8?B?abcde?=")
    mailbox.deliver(letters.report(_verp(message)), cut, letters.human(sender="piet@oss.example"))
    assert sum(_read().values()) == 3
    assert (message.state, db.session.scalar(sa.select(sa.func.count(Bounce.id)))) == (MessageState.BOUNCED, 1)
    shapes = db.session.scalars(sa.select(IncomingMail.shape).order_by(IncomingMail.id))
    assert list(shapes) == [Shape.BOUNCE, Shape.HUMAN, Shape.HUMAN]
