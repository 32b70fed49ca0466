"""What kind of mail it is: by its shape first, its headers last."""

import pytest

from app import tokens, urls
from app.inbox import mail_parsing, mail_shapes
from app.inbox.models import Shape
from app.tokens import Purpose
from tests.inbox import letters

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("app")]
VERP = "bounce+{}@leerkring.example"


def _verp() -> str:
    return VERP.format(tokens.make_token(Purpose.BOUNCE, 7))


def _reply() -> str:
    return urls.reply_address(tokens.make_token(Purpose.REPLY, 7))


def _shape(content: bytes) -> Shape:
    message = mail_parsing.parse_mail(content)
    return mail_shapes.shape_of(message, mail_parsing.token_of(message))


def test_each_kind_is_told_apart():
    unsubscribe = urls.reply_address(tokens.make_token(Purpose.UNSUBSCRIBE, 7))
    assert {
        "google accepts": _shape(letters.accept(_reply())),
        "report": _shape(letters.report(_verp())),
        "report without our address": _shape(letters.report("leerkring@leerkring.example")),
        "exchange": _shape(letters.exchange_report(_verp(), "<x@y>")),
        "qmail": _shape(letters.qmail(_verp())),
        "complaint": _shape(letters.complaint(_verp(), "<x@y>")),
        "receipt": _shape(letters.receipt(_reply())),
        "out of office": _shape(letters.away(_reply())),
        "out of office to the envelope": _shape(letters.away(_verp())),
        "unsubscribe": _shape(letters.human(unsubscribe, Subject="unsubscribe")),
        "somebody": _shape(letters.human(_reply())),
    } == {
        "google accepts": Shape.CALENDAR,
        "report": Shape.BOUNCE,
        "report without our address": Shape.BOUNCE,
        "exchange": Shape.BOUNCE,
        "qmail": Shape.BOUNCE,
        "complaint": Shape.COMPLAINT,
        "receipt": Shape.RECEIPT,
        "out of office": Shape.AUTO_REPLY,
        "out of office to the envelope": Shape.AUTO_REPLY,
        "unsubscribe": Shape.UNSUBSCRIBE,
        "somebody": Shape.HUMAN,
    }


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner-email=x"},
        {"X_Autoreply": "yes"},
        {"Precedence": "auto_reply"},
        {"Subject": "Out of Office: ik ben weg"},
        {"Subject": "Automatische Antwort: Einladung"},
    ],
)
def test_automatic_replies_by_their_headers(headers):
    assert _shape(letters.human(_reply(), **headers)) == Shape.AUTO_REPLY


@pytest.mark.parametrize(
    "headers", [{"Auto_Submitted": "no"}, {"X_Auto_Response_Suppress": "All"}, {"Subject": "Afwezigen"}]
)
def test_headers_that_say_nothing_by_themselves(headers):
    assert _shape(letters.human(_reply(), **headers)) == Shape.HUMAN


def test_an_ordinary_mail_to_people_is_no_bounce_whatever_stands_in_it():
    """flufl.bounce takes some ordinary mails for bounces; it is not asked about these."""
    text = letters.qmail(_reply()).replace(b"Return-Path: <>\r\n", b"Return-Path: <jan@oss.example>\r\n")
    assert _shape(text) == Shape.HUMAN


def test_a_null_sender_is_one_however_it_is_written():
    text = letters.qmail(_reply()).replace(b"Return-Path: <>\r\n", b"Return-Path: < >\r\n")
    assert _shape(text) == Shape.BOUNCE


def test_a_forwarded_acceptance_is_no_answer():
    inner = letters.accept(_reply()).decode()
    outer = letters.mail(
        f"""
        From: iemand@oss.example
        To: {_reply()}
        Subject: FW: Geaccepteerd
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="z"
        """,
        f"--z\nContent-Type: message/rfc822\n\n{inner}\n--z--\n",
    )
    assert _shape(outer) == Shape.HUMAN


@pytest.mark.parametrize(
    "content_type", ["application/ics", "text/x-vcalendar", 'application/octet-stream; name="antwoord.ics"']
)
@pytest.mark.parametrize("method", ["METHOD:REPLY", "method:reply", "METHOD:COUNTER"])
def test_calendar_answers_in_any_dress(content_type, method):
    content = letters.accept(_reply()).replace(b"text/calendar; charset=UTF-8; method=REPLY", content_type.encode())
    assert _shape(content.replace(b"METHOD:REPLY", method.encode())) == Shape.CALENDAR


def test_an_invitation_is_no_answer():
    assert (
        _shape(letters.accept(_reply(), Auto_Submitted="no").replace(b"METHOD:REPLY", b"METHOD:REQUEST"))
        != Shape.CALENDAR
    )


def test_a_mail_of_a_thousand_parts_or_levels_is_looked_at_within_limits():
    wide = "".join("--b\nContent-Type: text/plain\n\nx\n" for _ in range(1000))
    message = mail_parsing.parse_mail(
        letters.mail('From: a@b.nl\nContent-Type: multipart/mixed; boundary="b"', wide + "--b--\n")
    )
    assert len(list(mail_parsing.mail_parts(message))) == mail_parsing.MOST_PARTS
    deep = b"x"
    for level in range(100):
        deep = (
            f'Content-Type: multipart/mixed; boundary="b{level}"\n\n--b{level}\n'.encode()
            + deep
            + f"\n--b{level}--\n".encode()
        )
    assert len(list(mail_parsing.mail_parts(mail_parsing.parse_mail(deep)))) <= mail_parsing.DEEPEST + 2


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Jan is niet meer werkzaam bij de gemeente Oss.", True),
        ("Sinds 1 november werkt Jan hier niet meer: hij is uit dienst.", True),
        ("Jan no longer works for us.", True),
        ("Ik ben met vakantie en werk maandag weer.", False),
    ],
)
def test_replies_that_say_that_somebody_has_left(text, gone):
    assert mail_shapes.says_sender_left(mail_parsing.parse_mail(letters.away(_reply(), text=text))) is gone


class TestAddresses:
    def test_tokens_are_read_wherever_the_address_stands(self):
        token = tokens.make_token(Purpose.REPLY, 7)
        for header in ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc"):
            message = mail_parsing.parse_mail(
                f'From: a@b.nl\n{header}: "Netwerk" <Antwoord+{token.upper()}@leerkring.example>\n\n'.encode()
            )
            assert mail_parsing.token_of(message).row_id == 7

    def test_a_wrong_token_is_none(self):
        assert (
            mail_parsing.token_of(
                mail_parsing.parse_mail(b"To: antwoord+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@leerkring.example\n\n")
            )
            is None
        )

    @pytest.mark.parametrize(
        ("headers", "ours"),
        [
            ("To: antwoord@leerkring.example", True),
            ("To: Antwoord+abc@Leerkring.example", True),
            ("To: bounce+abc@leerkring.example", True),
            ("To: info@gemeente.example\nIn-Reply-To: <1@leerkring.example>", True),
            ("To: info@gemeente.example", False),
            ("To: info@gemeente.example\nSubject: nieuwsbrief van leerkring.example", False),
        ],
    )
    def test_mail_of_others_in_a_shared_mailbox_is_told_apart(self, headers, ours):
        assert (
            mail_parsing.is_for_us(
                mail_parsing.parse_mail(f"From: a@b.nl\n{headers}\n\n".encode()), "leerkring.example"
            )
            is ours
        )

    def test_broken_headers_break_nothing(self):
        message = mail_parsing.parse_mail(
            b"From: =?utf-8?b?////?= <\xff\xfe@x>\nSubject: =?onbekend?q?=C3=A9?=\nTo: <<>>,,;\n\n\x00"
        )
        assert (mail_parsing.token_of(message), mail_parsing.header_text(message, "Date")) == (None, "")
        assert isinstance(mail_parsing.header_text(message, "Subject"), str)
