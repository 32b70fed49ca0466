"""Mails as other programs send them: bounces, complaints, receipts, automatic replies, people. After the RFCs and real mail."""

from textwrap import dedent

US = "leerkring@leerkring.example"


def mail(headers: str, body: str = "Hallo\n") -> bytes:
    return (dedent(headers).strip() + "\n\n" + body).replace("\n", "\r\n").encode()


def human(to: str = "antwoord@leerkring.example", sender: str = "jan@oss.example", **more: str) -> bytes:
    """Somebody writes something."""
    values = {
        "From": f"Jan Jansen <{sender}>",
        "To": to,
        "Subject": "Re: Uitnodiging",
        "Message_ID": f"<1.{sender}>",
    } | more
    headers = "\n".join(f"{name.replace('_', '-')}: {value}" for name, value in values.items())
    return mail(headers, "Mag ik mijn hond meenemen?\n")


def report(
    to: str,
    status: str = "5.1.1",
    action: str = "failed",
    words: str = "smtp; 550 5.1.1 no such user",
    original: str = "<x@leerkring.example>",
    sender: str = "MAILER-DAEMON@mx.oss.example",
) -> bytes:
    """A delivery report as Postfix and most others write it (RFC 3464)."""
    return mail(
        f"""
        Return-Path: <>
        From: Mail Delivery System <{sender}>
        To: {to}
        Subject: Undelivered Mail Returned to Sender
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="grens"
        """,
        dedent(
            f"""
            --grens
            Content-Type: text/plain; charset=us-ascii

            I'm sorry to have to inform you that your message could not be delivered.
            --grens
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mx.oss.example
            Arrival-Date: Wed, 25 Nov 2026 09:00:00 +0100

            Final-Recipient: rfc822; jan@oss.example
            Original-Recipient: rfc822;jan@oss.example
            Action: {action}
            Status: {status}
            Diagnostic-Code: {words}

            --grens
            Content-Type: text/rfc822-headers

            Message-ID: {original}
            Subject: Uitnodiging
            --grens--
            """
        ),
    )


def exchange_report(to: str, original: str) -> bytes:
    """What Exchange Online sends for an unknown recipient: its own report-type spelling, the mail itself brought back."""
    return mail(
        f"""
        Return-Path: <>
        From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@oss.example>
        To: {to}
        Subject: Onbestelbaar: Uitnodiging
        Auto-Submitted: auto-replied
        X-MS-Exchange-Message-Is-Ndr:
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type="delivery-status"; boundary="_000_"
        """,
        dedent(
            f"""
            --_000_
            Content-Type: multipart/alternative; boundary="_001_"

            --_001_
            Content-Type: text/plain; charset="utf-8"

            Uw bericht aan jan@oss.example kon niet worden bezorgd.
            --_001_
            Content-Type: text/html; charset="utf-8"

            <html><body>Uw bericht kon niet worden bezorgd.</body></html>
            --_001_--
            --_000_
            Content-Type: message/delivery-status

            Reporting-MTA: dns;AM0PR01MB0000.eurprd01.prod.exchangelabs.com

            Final-recipient: RFC822;jan@oss.example
            Action: failed
            Status: 5.1.10
            Diagnostic-code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup

            --_000_
            Content-Type: message/rfc822

            From: {US}
            To: jan@oss.example
            Subject: Uitnodiging
            Message-ID: {original}
            Content-Type: text/plain

            Kom je?
            --_000_--
            """
        ),
    )


def qmail(to: str) -> bytes:
    """A report from before there was a standard."""
    return mail(
        f"""
        Return-Path: <>
        From: MAILER-DAEMON@oud.example
        To: {to}
        Subject: failure notice
        """,
        "Hi. This is the qmail-send program at oud.example.\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        "<jan@oss.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
        "--- Below this line is a copy of the message.\n\nSubject: Uitnodiging\n",
    )


def complaint(to: str, original: str) -> bytes:
    """Somebody pressed 'this is spam' (RFC 5965)."""
    return mail(
        f"""
        From: <abuse@provider.example>
        To: {to}
        Subject: FW: Uitnodiging
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=feedback-report; boundary="b"
        """,
        dedent(
            f"""
            --b
            Content-Type: text/plain

            This is an email abuse report.
            --b
            Content-Type: message/feedback-report

            Feedback-Type: abuse
            User-Agent: SomeGenerator/1.0
            Version: 1
            --b
            Content-Type: message/rfc822

            From: {US}
            Message-ID: {original}
            Subject: Uitnodiging

            Kom je?
            --b--
            """
        ),
    )


def receipt(to: str) -> bytes:
    """That a mail was displayed (RFC 8098)."""
    return mail(
        f"""
        From: jan@oss.example
        To: {to}
        Subject: Gelezen: Uitnodiging
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=disposition-notification; boundary="b"
        """,
        "--b\nContent-Type: text/plain\n\nGelezen.\n--b\nContent-Type: message/disposition-notification\n\n"
        "Final-Recipient: rfc822;jan@oss.example\nDisposition: manual-action/MDN-sent-manually; displayed\n--b--\n",
    )


def away(to: str, sender: str = "jan@oss.example", text: str = "Ik ben er maandag weer.\n", **more: str) -> bytes:
    """An out-of-office as Exchange sends it: hardly any header, but the subject tells."""
    values = {"From": f"Jan <{sender}>", "To": to, "Subject": "Automatisch antwoord: Uitnodiging"}
    values |= {"X_Auto_Response_Suppress": "All"} | more
    return mail("\n".join(f"{name.replace('_', '-')}: {value}" for name, value in values.items()), text)


def accept(to: str, uid: str = "event-1@leerkring.test", **more: str) -> bytes:
    """An acceptance as Google sends it, which says that a machine made it."""
    values = {
        "From": "jan@oss.example",
        "To": to,
        "Subject": "Geaccepteerd: Uitnodiging",
        "Auto_Submitted": "auto-generated",
    }
    values |= more | {"MIME-Version": "1.0", "Content-Type": 'multipart/mixed; boundary="b"'}
    calendar = (
        "BEGIN:VCALENDAR\nPRODID:-//Google Inc//Google Calendar 70.9054//EN\nVERSION:2.0\nMETHOD:REPLY\nBEGIN:VEVENT\n"
        f"UID:{uid}\nDTSTAMP:20261125T090000Z\nSEQUENCE:0\nATTENDEE;PARTSTAT=ACCEPTED:mailto:jan@oss.example\n"
        "END:VEVENT\nEND:VCALENDAR\n"
    )
    return mail(
        "\n".join(f"{name.replace('_', '-')}: {value}" for name, value in values.items()),
        "--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\nContent-Type: text/plain\n\nJa\n--c\n"
        f"Content-Type: text/calendar; charset=UTF-8; method=REPLY\n\n{calendar}--c--\n--b--\n",
    )
