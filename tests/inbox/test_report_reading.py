"""Reports as named systems write them: recognised, what they mean for the address, and no ordinary mail among them."""

import itertools

import pytest

from app import tokens, urls
from app.inbox import mail_parsing, mail_shapes, report_reading
from app.inbox.models import BounceKind, Shape
from app.tokens import Purpose
from tests.inbox import letters, reports

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("app")]
PLAIN = letters.US


def _verp() -> str:
    return f"bounce+{tokens.make_token(Purpose.BOUNCE, 7)}@leerkring.example"


def _shape(mail: bytes) -> Shape:
    message = mail_parsing.parse_mail(mail)
    return mail_shapes.shape_of(message, mail_parsing.token_of(message))


def _kind(mail: bytes) -> BounceKind | None:
    found = report_reading.read_report(mail_parsing.parse_mail(mail))
    return found and found.kind


@pytest.mark.parametrize("system", reports.SYSTEMS)
def test_each_system_is_recognised_with_and_without_our_address(system):
    subjects = range(len(reports.SYSTEMS[system].subjects))
    words = (*reports.UNKNOWN, *reports.OTHERWISE)
    missed = [
        (to, subject, said)
        for to, subject, said in itertools.product((_verp(), PLAIN), subjects, words)
        if _shape(reports.written(system, said, to, subject)) != Shape.BOUNCE
    ]
    assert missed == []


@pytest.mark.parametrize("system", reports.SYSTEMS)
def test_an_address_that_does_not_exist_is_told_from_all_else(system):
    unknown = {said: _kind(reports.written(system, said, PLAIN)) for said in reports.UNKNOWN}
    assert [said for said, kind in unknown.items() if kind != BounceKind.HARD] == []
    otherwise = {said: _kind(reports.written(system, said, PLAIN)) for said in reports.OTHERWISE}
    assert [said for said, kind in otherwise.items() if kind in {BounceKind.HARD, None}] == []


def test_a_report_whose_parts_are_cut_wrong_is_read_by_its_words():
    assert _kind(reports.broken(PLAIN)) == BounceKind.HARD


@pytest.mark.parametrize(("sender", "subject", "text"), reports.ORDINARY)
def test_no_ordinary_mail_is_taken_for_a_report(sender, subject, text):
    _is_of_somebody(f"<{sender.rpartition('<')[2].strip('>')}>", sender, subject, text)


@pytest.mark.parametrize(
    ("sender", "subject", "text"), [each for each in reports.ORDINARY if "Undelivered" not in each[1]]
)
def test_nor_one_without_a_sender_on_its_envelope(sender, subject, text):
    """But for 'Undelivered', which only a machine sends like that."""
    _is_of_somebody("<>", sender, subject, text)


def _is_of_somebody(path, sender, subject, text) -> None:
    for to in (PLAIN, urls.reply_address(tokens.make_token(Purpose.REPLY, 7))):
        headers = f"Return-Path: {path}\nFrom: {sender}\nTo: {to}\nSubject: {subject}"
        assert _shape(letters.mail(headers, text)) in {Shape.HUMAN, Shape.AUTO_REPLY}


def test_a_warning_of_delay_is_news():
    mail = letters.mail(
        f"From: Mail Delivery System <Mailer-Daemon@x.example>\nTo: {PLAIN}\nSubject: Warning: message 1abc delayed 24 hours",
        "A message that you sent has not yet been delivered to one or more of its recipients.\n\n  jan@oss.example\n\n"
        "No action is required on your part. Delivery attempts will continue for some time.\n",
    )
    assert (_shape(mail), _kind(mail)) == (Shape.BOUNCE, BounceKind.DELAYED)


def test_our_own_words_below_a_report_say_nothing_of_the_address():
    mail = reports.written("Exim", "552 Mailbox full", PLAIN) + b"\r\nDit adres bestaat niet. no such user\r\n"
    assert _kind(mail) == BounceKind.SOFT
    mail = reports.written("qmail", "554 transaction failed", PLAIN).replace(
        b"Subject: x", b"Subject: x\r\n\r\nno such user", 1
    )
    assert _kind(mail) == BounceKind.SOFT
