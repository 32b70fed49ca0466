"""The bytes of a mail: shape, headers, nothing smuggled in."""

import pytest

from app.outbox.letters import Letter
from app.outbox.mime import CalendarPart, Mail, write_mail_bytes
from tests.helpers import parsed

ICS = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:caf\xc3\xa9\r\nEND:VCALENDAR\r\n"
EVIL = "a\r\nBcc: x@kwaad.example"


def _build(**changes):
    values = {
        "letter": Letter("Onderwerp é", "<p>é</p>", "é\n"),
        "recipient": "jan@oss.example",
        "recipient_name": "Jan",
        "sender_name": "Netwerk via Leerkring",
        "reply_to": "antwoord+abc@leerkring.example",
        "list_name": "netwerk Netwerk",
        "unsubscribe_url": "http://leerkring.test/unsubscribe/abc",
        "feedback": "1:2:invitation",
    }
    return write_mail_bytes(Mail(**values | changes), "leerkring@leerkring.example", "<1@leerkring.example>")


def test_plain_mail_has_two_alternatives():
    mail = parsed(_build())
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_calendar_mail_has_the_shape_that_programs_accept():
    mail = parsed(_build(calendar=CalendarPart("REQUEST", ICS)))
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics",
    ]  # fmt: skip
    part = mail.get_body(("calendar",)) or next(
        each for each in mail.walk() if each.get_content_type() == "text/calendar"
    )
    assert (
        part.get_param("method"),
        part.get_param("charset"),
        part["Content-Transfer-Encoding"],
        part["Content-Disposition"],
    ) == (
        "REQUEST",
        "utf-8",
        "base64",
        None,
    )
    twin = next(each for each in mail.walk() if each.get_content_type() == "application/ics")
    assert part.get_payload(decode=True) == twin.get_payload(decode=True) == ICS
    assert (twin.get_param("name"), twin.get_filename()) == ("invite.ics", "invite.ics")


def test_headers_say_what_we_are():
    mail = parsed(_build())
    assert {
        name: mail[name]
        for name in (
            "Auto-Submitted",
            "X-Auto-Response-Suppress",
            "List-Id",
            "List-Unsubscribe",
            "List-Unsubscribe-Post",
            "Feedback-ID",
            "Message-ID",
        )
    } == {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply, RN, NRN",
        "List-Id": '"Netwerk" <netwerk.leerkring.example>',
        "List-Unsubscribe": "<http://leerkring.test/unsubscribe/abc>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Feedback-ID": "1:2:invitation:leerkring",
        "Message-ID": "<1@leerkring.example>",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient_name": EVIL},
        {"sender_name": EVIL},
        {"list_name": f"netwerk {EVIL}"},
        {"letter": Letter(EVIL, "", "")},
    ],
)
def test_no_value_adds_a_header(changes):
    mail = parsed(_build(**changes))
    assert mail["Bcc"] is None
    assert len(mail.get_all("Subject")) == 1


def test_lines_are_short_and_ascii():
    body = _build(letter=Letter("é" * 300, "<p>" + "é" * 5000 + "</p>", "é" * 5000))
    assert max(map(len, body.split(b"\r\n"))) <= 998
    assert body.isascii()


@pytest.mark.parametrize(
    "name", ["O'Brien", "Đỗ Thị Hồng", "Jan, Piet", 'Jan "de Man"', "<Jan>", "Jan@Piet", "=?utf-8?q?x?="]
)
def test_names_come_through(name):
    assert parsed(_build(recipient_name=name))["To"].addresses[0].display_name.replace("\\", "") in {name, "x"}
