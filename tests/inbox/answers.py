"""Answers to invitations as calendar programs send them, written after the RFCs and what these programs are known to do.

Each takes the request that it answers, as the program read it from the mail.
"""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from textwrap import dedent

import icalendar

from app import clock
from tests.helpers import vevent_of

WORDS = {"ACCEPTED": "Geaccepteerd", "DECLINED": "Geweigerd", "TENTATIVE": "Voorlopig"}


@dataclass(frozen=True)
class Request:
    """What a calendar kept of an invitation."""

    uid: str
    sequence: int
    organizer: str
    attendee: str
    starts_at: datetime
    ends_at: datetime
    title: str

    @classmethod
    def of(cls, mail) -> "Request":
        event: icalendar.Event = vevent_of(mail)
        attendee, organizer = (str(event[name]).removeprefix("mailto:") for name in ("ATTENDEE", "ORGANIZER"))
        starts_at, ends_at = event.start.astimezone(UTC), event.end.astimezone(UTC)
        return cls(
            str(event["UID"]), int(event["SEQUENCE"]), organizer, attendee, starts_at, ends_at, str(event["SUMMARY"])
        )


def stamp(moment: datetime | None = None) -> str:
    return (moment or clock.now()).strftime("%Y%m%dT%H%M%SZ")


def mail(headers: str, *parts: str) -> bytes:
    text = dedent(headers).strip() + "\n\n" + "\n".join(parts)
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode("latin-1", "replace")


def calendar(request: Request, answer: str, at: datetime | None = None, **change) -> str:
    """A REPLY of one VEVENT; `change` replaces or, with None, leaves out whole lines by their name."""
    lines = {
        "PRODID": "PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN",
        "VERSION": "VERSION:2.0",
        "METHOD": "METHOD:REPLY",
        "BEGIN": "BEGIN:VEVENT",
        "UID": f"UID:{request.uid}",
        "DTSTAMP": f"DTSTAMP:{stamp(at)}",
        "SEQUENCE": f"SEQUENCE:{request.sequence}",
        "DTSTART": f"DTSTART:{stamp(request.starts_at)}",
        "DTEND": f"DTEND:{stamp(request.ends_at)}",
        "ORGANIZER": f"ORGANIZER:mailto:{request.organizer}",
        "ATTENDEE": f"ATTENDEE;PARTSTAT={answer}:mailto:{request.attendee}",
        "SUMMARY": f"SUMMARY:{request.title}",
        "COMMENT": None,
        "EXTRA": None,
    } | change
    body = [line for line in lines.values() if line]
    return "\n".join(["BEGIN:VCALENDAR", *body, "END:VEVENT", "END:VCALENDAR", ""])


def base64_of(text: str, charset: str = "utf-8") -> str:
    return base64.encodebytes(text.replace("\n", "\r\n").encode(charset)).decode()


def _zone() -> str:
    """The zone as Outlook writes it: a Windows name, rules since 1601."""
    return dedent(
        """\
        BEGIN:VTIMEZONE
        TZID:W. Europe Standard Time
        BEGIN:STANDARD
        DTSTART:16010101T030000
        TZOFFSETFROM:+0200
        TZOFFSETTO:+0100
        RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
        END:STANDARD
        BEGIN:DAYLIGHT
        DTSTART:16010101T020000
        TZOFFSETFROM:+0100
        TZOFFSETTO:+0200
        RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
        END:DAYLIGHT
        END:VTIMEZONE
        """
    )


def exchange(request: Request, answer: str, comment: str = "", at: datetime | None = None, **change) -> bytes:
    """Outlook new, web and phone: Exchange writes it. No ORGANIZER, an empty comment, STATUS that means nothing."""
    local = "TZID=W. Europe Standard Time:%Y%m%dT%H%M%S"
    words = WORDS.get(answer, answer)
    text = calendar(
        request,
        answer,
        at,
        **{
            "PRODID": "PRODID:Microsoft Exchange Server 2010",
            "BEGIN": _zone() + "BEGIN:VEVENT",
            "ORGANIZER": None,
            "ATTENDEE": f"ATTENDEE;PARTSTAT={answer};CN=Jan Jansen:MAILTO:{request.attendee}",
            "COMMENT": f"COMMENT;LANGUAGE=nl-NL:{comment}\\n",
            "SUMMARY": f"SUMMARY;LANGUAGE=nl-NL:{words}: {request.title}",
            "DTSTART": "DTSTART;" + clock.to_local(request.starts_at).strftime(local),
            "DTEND": "DTEND;" + clock.to_local(request.ends_at).strftime(local),
            "EXTRA": "CLASS:PUBLIC\nPRIORITY:5\nTRANSP:OPAQUE\nSTATUS:CONFIRMED\nX-MICROSOFT-CDO-APPT-SEQUENCE:0",
        }
        | change,
    )
    return mail(
        f"""
        From: Jan Jansen <{request.attendee}>
        To: {request.organizer}
        Subject: {words}: {request.title}
        Thread-Topic: {request.title}
        Thread-Index: AQHc
        Message-ID: <{answer}.{stamp(at)}@oss.example>
        X-MS-Has-Attach:
        MIME-Version: 1.0
        Content-Type: multipart/alternative; boundary="_000_AM0PR"
        """,
        '--_000_AM0PR\nContent-Type: text/plain; charset="iso-8859-1"\nContent-Transfer-Encoding: quoted-printable\n',
        comment,
        '--_000_AM0PR\nContent-Type: text/html; charset="iso-8859-1"\n\n<html><body></body></html>',
        '--_000_AM0PR\nContent-Type: text/calendar; charset="utf-8"; method=REPLY\nContent-Transfer-Encoding: base64\n',
        base64_of(text),
        "--_000_AM0PR--",
    )


def outlook(request: Request, answer: str, at: datetime | None = None) -> bytes:
    """Classic Outlook by SMTP: sequence 0, quoted zone, 8bit."""
    text = calendar(
        request,
        answer,
        at,
        PRODID="PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN",
        BEGIN=_zone() + "BEGIN:VEVENT",
        ORGANIZER=None,
        COMMENT="COMMENT:\\n",
        DTSTART='DTSTART;TZID="W. Europe Standard Time":' + clock.to_local(request.starts_at).strftime("%Y%m%dT%H%M%S"),
        DTEND='DTEND;TZID="W. Europe Standard Time":' + clock.to_local(request.ends_at).strftime("%Y%m%dT%H%M%S"),
    )
    return mail(
        f"""
        From: "Jan Jansen" <{request.attendee}>
        To: <{request.organizer}>
        Subject: {WORDS[answer]}: {request.title}
        X-Mailer: Microsoft Outlook 16.0
        MIME-Version: 1.0
        Content-Type: multipart/alternative; boundary="----=_NextPart_000"
        """,
        "------=_NextPart_000\nContent-Type: text/plain; charset=us-ascii\n\n",
        "------=_NextPart_000\nContent-Type: text/calendar; charset=utf-8; method=REPLY\nContent-Transfer-Encoding: 8bit\n",
        text,
        "------=_NextPart_000--",
    )


def google(request: Request, answer: str, comment: str = "", at: datetime | None = None, guests: int = 0) -> bytes:
    """Google Calendar: says that a machine made it, sends the calendar twice, and writes addresses in lower case."""
    note = f';X-RESPONSE-COMMENT="{comment}"' if comment else ""
    text = calendar(
        request,
        answer,
        at,
        PRODID="PRODID:-//Google Inc//Google Calendar 70.9054//EN",
        ORGANIZER=f"ORGANIZER;CN=Netwerk:mailto:{request.organizer.lower()}",
        ATTENDEE=f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={answer}{note}\n"
        f" ;CN=Jan Jansen;X-NUM-GUESTS={guests}:mailto:{request.attendee}",
        EXTRA="STATUS:CONFIRMED\nTRANSP:OPAQUE",
    )
    return mail(
        f"""
        Return-Path: <{request.attendee}>
        Reply-To: {request.attendee}
        Sender: Google Calendar <calendar-notification@google.com>
        Auto-Submitted: auto-generated
        Message-ID: <calendar-{stamp(at)}@google.com>
        Subject: {WORDS[answer]}: {request.title}
        From: {request.attendee}
        To: {request.organizer.lower()}
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="0000a"
        """,
        '--0000a\nContent-Type: multipart/alternative; boundary="0000b"\n',
        '--0000b\nContent-Type: text/plain; charset="UTF-8"; format=flowed\nContent-Transfer-Encoding: base64\n',
        base64_of(f"Jan heeft deze uitnodiging beantwoord. {comment}"),
        f'--0000b\nContent-Type: text/calendar; charset="UTF-8"; method=REPLY\nContent-Transfer-Encoding: 7bit\n\n{text}',
        "--0000b--",
        '--0000a\nContent-Type: application/ics; name="invite.ics"\nContent-Disposition: attachment; filename="invite.ics"',
        f"Content-Transfer-Encoding: base64\n\n{base64_of(text)}",
        "--0000a--",
    )


def apple(request: Request, answer: str, at: datetime | None = None) -> bytes:
    """Apple Calendar: an attachment without a method parameter, quoted-printable."""
    text = calendar(request, answer, at, PRODID="PRODID:-//Apple Inc.//macOS 14.0//EN", SEQUENCE=None)
    encoded = text.replace("=", "=3D")
    return mail(
        f"""
        From: Jan Jansen <{request.attendee}>
        To: {request.organizer}
        Subject: {WORDS[answer]}: {request.title}
        MIME-Version: 1.0 (Mac OS X Mail)
        Content-Type: multipart/alternative; boundary="Apple-Mail=_A"
        """,
        "--Apple-Mail=_A\nContent-Type: text/plain; charset=us-ascii\n\nJan Jansen heeft geantwoord.",
        '--Apple-Mail=_A\nContent-Type: multipart/mixed; boundary="Apple-Mail=_B"\n',
        "--Apple-Mail=_B\nContent-Type: text/html; charset=us-ascii\n\n<html><body>Jan</body></html>",
        "--Apple-Mail=_B\nContent-Disposition: attachment; filename=iCal-20261125.ics",
        'Content-Type: text/calendar; x-unix-mode=0644; name="iCal-20261125.ics"',
        f"Content-Transfer-Encoding: quoted-printable\n\n{encoded}",
        "--Apple-Mail=_B--",
        "--Apple-Mail=_A--",
    )


def thunderbird(request: Request, answer: str, at: datetime | None = None) -> bytes:
    """Thunderbird: the calendar as 8bit and once more as a file, the same boundary in every mail."""
    text = calendar(request, answer, at)
    return mail(
        f"""
        From: Jan Jansen <{request.attendee}>
        To: {request.organizer}
        Subject: {WORDS[answer]}: {request.title}
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="Boundary_(ID_qyG4ZdjoAsiZ+Jo19dCbWQ)"
        """,
        '--Boundary_(ID_qyG4ZdjoAsiZ+Jo19dCbWQ)\nContent-type: multipart/alternative; boundary="Boundary_(ID_inner)"\n',
        "--Boundary_(ID_inner)\nContent-type: text/plain; charset=UTF-8\nContent-transfer-encoding: 8BIT\n\nJan",
        f"--Boundary_(ID_inner)\nContent-type: text/calendar; method=REPLY; charset=UTF-8\nContent-transfer-encoding: 8BIT\n\n{text}",
        "--Boundary_(ID_inner)--",
        '--Boundary_(ID_qyG4ZdjoAsiZ+Jo19dCbWQ)\nContent-type: application/ics; name="invite.ics"',
        f'Content-transfer-encoding: 8BIT\nContent-disposition: attachment; filename="invite.ics"\n\n{text}',
        "--Boundary_(ID_qyG4ZdjoAsiZ+Jo19dCbWQ)--",
    )


def bare(
    request: Request,
    answer: str,
    at: datetime | None = None,
    sender: str | None = None,
    to: str | None = None,
    headers: str = "",
    **change,
) -> bytes:
    """Nothing but the calendar, which says itself what it is."""
    head = f"From: {sender or request.attendee}\nTo: {to or request.organizer}\nSubject: {answer}\n"
    head += f"Message-ID: <{answer}.{stamp(at)}.{len(str(change))}@bare.example>\n"
    head += headers + "MIME-Version: 1.0\nContent-Type: text/calendar; charset=UTF-8"
    return mail(head, calendar(request, answer, at, **change))


def counter(request: Request, later: timedelta, comment: str = "") -> bytes:
    """Another time proposed in Outlook: as its reply, with the new times."""
    local = "TZID=W. Europe Standard Time:%Y%m%dT%H%M%S"
    return exchange(
        request,
        "TENTATIVE",
        comment,
        METHOD="METHOD:COUNTER",
        DTSTART="DTSTART;" + clock.to_local(request.starts_at + later).strftime(local),
        DTEND="DTEND;" + clock.to_local(request.ends_at + later).strftime(local),
    )


def winmail(request: Request) -> bytes:
    """An acceptance in Exchange's own form (TNEF): a message class, and no calendar."""

    def attribute(name: int, data: bytes) -> bytes:
        return (
            b"\x01"
            + name.to_bytes(4, "little")
            + len(data).to_bytes(4, "little")
            + data
            + (sum(data) & 0xFFFF).to_bytes(2, "little")
        )

    tnef = b"\x78\x9f\x3e\x22\x01\x00" + attribute(0x00089006, b"\x00\x00\x01\x00")
    tnef += attribute(0x00069007, (1252).to_bytes(8, "little"))
    tnef += attribute(0x00078008, b"IPM.Microsoft Schedule.MtgRespP\x00")
    return mail(
        f"""
        From: Jan Jansen <{request.attendee}>
        To: {request.organizer}
        Subject: Geaccepteerd: {request.title}
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="w"
        """,
        "--w\nContent-Type: text/plain\n\n",
        '--w\nContent-Type: application/ms-tnef; name="winmail.dat"\nContent-Transfer-Encoding: base64\n',
        base64.encodebytes(tnef).decode(),
        "--w--",
    )
