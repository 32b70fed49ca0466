"""Reports of delivery in the shapes of named systems, after their manuals and sources; the people are made up.

Each is (system, sender, subject, text, code, server's words, meaning); a report without a code is text alone.
"""

from textwrap import dedent
from typing import NamedTuple

from tests.inbox import letters

WHO = "j.jansen@oss.example"


class Shape(NamedTuple):
    """How a system writes: its sender, its subjects, and the text around what the other server said."""

    sender: str
    subjects: tuple[str, ...]
    text: str
    standard: bool = True
    """Whether it has the fields of RFC 3464."""


SYSTEMS = {
    "Postfix": Shape(
        "Mail Delivery System <MAILER-DAEMON@mx.oss.example>",
        ("Undelivered Mail Returned to Sender",),
        f"This is the mail system at host mx.oss.example.\n\nI'm sorry to have to inform you that your message could not\n"
        f"be delivered to one or more recipients.\n\n<{WHO}>: host mail.oss.example[192.0.2.4] said: %s (in reply to RCPT TO command)\n",
    ),
    "Exim": Shape(
        "Mail Delivery System <Mailer-Daemon@mx.oss.example>",
        ("Mail delivery failed: returning message to sender", "Mail delivery failed"),
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to"
        f" one or more of its\nrecipients. This is a permanent error.\n\n  {WHO}\n    host mail.oss.example [192.0.2.4]\n"
        f"    SMTP error from remote mail server after RCPT TO:<{WHO}>:\n    %s\n\n------ This is a copy of the message ------\n\nSubject: x\n",
        standard=False,
    ),
    "sendmail": Shape(
        "Mail Delivery Subsystem <MAILER-DAEMON@oss.example>",
        ("Returned mail: see transcript for details", "Returned mail: User unknown"),
        "The original message was received at Fri, 20 Nov 2026 10:00:00 +0100\n\n   ----- The following addresses had permanent fatal"
        f" errors -----\n<{WHO}>\n    (reason: %s)\n\n   ----- Transcript of session follows -----\n... while talking to mail.oss.example.:\n",
    ),
    "qmail": Shape(
        "MAILER-DAEMON@oud.example",
        ("failure notice",),
        "Hi. This is the qmail-send program at oud.example.\nI'm afraid I wasn't able to deliver your message to the following"
        f" addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<{WHO}>:\n192.0.2.4 does not like"
        " recipient.\nRemote host said: %s\nGiving up on 192.0.2.4.\n\n--- Below this line is a copy of the message.\n\nSubject: x\n",
        standard=False,
    ),
    "Exchange": Shape(
        "Microsoft Exchange <MicrosoftExchange329e71ec88ae4615@oss.example>",
        ("Undeliverable: Uitnodiging", "Onbestelbaar: Uitnodiging", "Unzustellbar: Uitnodiging", "Non remis : Uitnodiging"),
        f"Delivery has failed to these recipients or groups:\n\n{WHO}\n\nDiagnostic information for administrators:\n\n%s\n",
    ),
    "Office 365": Shape(
        "postmaster@oss.onmicrosoft.example",
        ("Undeliverable: Uitnodiging", "Niet-bestelbaar: Uitnodiging"),
        f"Your message to {WHO} couldn't be delivered.\n\nRemote Server returned '%s'\n",
    ),
    "Outlook": Shape(
        "System Administrator <postmaster@oss.example>",
        ("Undeliverable: Uitnodiging", "Onbestelbaar: Uitnodiging"),
        f"Your message\n\n  To: {WHO}\n  Subject: Uitnodiging\n\ndid not reach the following recipient(s):\n\n{WHO} on Fri, 20 Nov\n    %s\n",
        standard=False,
    ),
    "Google": Shape(
        "Mail Delivery Subsystem <mailer-daemon@googlemail.example>",
        ("Delivery Status Notification (Failure)",),
        f"Message not delivered to {WHO}.\n\nThe response from the remote server was:\n%s\n",
    ),
    "Mimecast": Shape(
        "postmaster@mimecast.example",
        ("[Postmaster] Email Delivery Failure", "Message Delivery Failure"),
        f"Delivery to the following recipient failed permanently:\n\n{WHO}\n\nReason: %s\n",
        standard=False,
    ),
    "Domino": Shape(
        "Postmaster <postmaster@oss.example>", ("DELIVERY FAILURE: %s",), f"Your message\n\nwas not delivered to:\n  {WHO}\n\nbecause:\n  %s\n", standard=False
    ),
}  # fmt: skip

UNKNOWN = (
    "550 5.1.1 User unknown in virtual mailbox table",
    "550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
    "550 5.1.351 Remote server returned unknown recipient or mailbox unavailable",
    "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)",
    "550 5.4.310 DNS domain os.example does not exist [Message=InfoDomainNonexistent]",
    "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302)",
    "550 5.2.1 The email account that you tried to reach is disabled",
    "550 no such user here",
    "550 Unrouteable address",
    "550 Invalid Recipient - https://community.example/docs/DOC-1369#550",
    "511 sorry, no mailbox here by that name (#5.1.1 - chkuser)",
    "Host or domain name not found. Name service error for name=os.example type=A: Host not found (#5.4.4)",
    "550 Gebruiker onbekend",
    "550 Dit e-mailadres bestaat niet (meer)",
    "550 Unbekannter Benutzer",
    "550 Empfänger nicht gefunden",
    "550 Adresse inconnue",
    "550 Utilisateur inconnu",
    "550 5.0.0 <j.jansen@oss.example>... User unknown",
    "550 Domain os.example does not exist",
    "554 delivery error: dd This user doesn't have a oss.example account",
    "551 not our customer",
    "550 Account disabled",
    "550 mailbox j.jansen@oss.example inactive",
    "Das E-Mail-Konto, das Sie erreichen möchten, ist nicht vorhanden.",
    "L'adresse de courrier électronique que vous avez entrée est introuvable.",
    "550 Adresse inexistante",
)
OTHERWISE = (
    "552 5.2.2 Mailbox full",
    "The mailbox of this user is full",
    "452 4.2.2 The email account that you tried to reach is over quota",
    "550-5.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages",
    "550 Access denied, your address is blocked",
    "554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using zen.spamhaus.example",
    "550 5.7.26 This mail is unauthenticated, which poses a security risk to the sender",
    "550 5.7.1 Message rejected due to the sending address' policy",
    "550 5.1.1 Message blocked: your IP has a poor reputation",
    "550 5.1.8 Sender address rejected: Domain not found",
    "550 Sender address rejected: User unknown in local recipient table",
    "553 5.1.7 The sender's address does not exist",
    "552 5.3.4 Message size exceeds fixed limit",
    "550 Message rejected: spam content",
    "554 5.4.6 Too many hops, mail loops back to myself",
    "450 4.7.1 Greylisted, please try again later",
    "450 4.1.1 Recipient address rejected: unverified address: User unknown",
    "550 5.4.1 No answer from host",
    "550 5.4.4 Unable to route",
    "550 5.4.300 Message expired, connection refused",
    "550 Relay access denied",
    "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required",
    "550 Requested action not taken: mailbox unavailable. Sender address is not allowed",
    "550 5.2.0 STOREDRV.Deliver; mailbox quota exceeded",
    "550 Uw bericht is geweigerd als spam",
    "552 Postvak van deze gebruiker is vol",
    "552 Das Postfach des Benutzers ist voll",
    "554 transaction failed",
    "550 host mx.oss.example [5.1.1.9] refused to talk to me",
    "421 too many connections from your host",
    "550 permanent failure for one or more recipients (j.jansen@oss.example:blocked)",
    "550 5.1.1 Message rejected due to local policy: unknown sender",
    "550 SC-001 (BAY) Unfortunately, messages from 192.0.2.9 weren't sent. Please contact your Internet service provider",
    "La boîte aux lettres du destinataire est pleine",
)


def written(system: str, words: str, to: str, subject: int = 0) -> bytes:
    """The report of this system on a mail that the other server answered with these words."""
    import re

    shape = SYSTEMS[system]
    title = shape.subjects[subject].replace("%s", words[:40].encode("ascii", "ignore").decode())
    headers = f"From: {shape.sender}\nTo: {to}\nSubject: {title}\nMIME-Version: 1.0\n"
    text = shape.text.replace("%s", words)
    if not shape.standard:
        return letters.mail(headers + "Content-Type: text/plain; charset=utf-8", text)
    code = re.search(r"\b[45]\.\d\.\d+\b", words)
    fields = (
        f"Reporting-MTA: dns;mx.oss.example\n\nFinal-Recipient: rfc822;{WHO}\nAction: failed\n"
        f"Status: {code[0] if code else '5.0.0'}\nDiagnostic-Code: smtp;{words}\n"
    )
    return letters.mail(
        headers + 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n--b\nContent-Type: message/delivery-status\n\n{fields}\n--b--\n",
    )


def broken(to: str, words: str = "550 5.1.10 RESOLVER.ADR.RecipientNotFound") -> bytes:
    """A report whose parts are cut wrong."""
    return letters.mail(
        f"""
        From: postmaster@oss.example
        To: {to}
        Subject: Undeliverable: Uitnodiging
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="other"
        """,
        dedent(f"--b\nContent-Type: text/plain\n\nIt could not be delivered to {WHO}: {words}\n--b--\n"),
    )


ORDINARY = (
    ("Jan <jan@oss.example>", "Re: Uitnodiging", "Mijn collega kreeg de mail niet: zijn adres bestaat niet meer."),
    ("Jan <jan@oss.example>", "Fwd: Undeliverable: Uitnodiging", "550 5.1.1 user unknown, zie hieronder"),
    ("Jan <jan@oss.example>", "Undelivered Mail Returned to Sender", "Dit kreeg ik terug van Piet"),
    ("Postmaster <postmaster@oss.example>", "Quarantaine", "Er staan 3 mails in quarantaine."),
    ("Sanne <sanne@oss.example>", "Bezorging van de lunch", "De lunch wordt om 12 uur bezorgd. Niet eerder, want dat is mislukt."),
    ("Sanne <sanne@oss.example>", "Mijn postvak is vol", "Kunt u het nog eens sturen? Mailbox full zegt hij."),
    ("no-reply@oss.example", "Uw verzoek is ontvangen", "Wij antwoorden binnen vijf dagen."),
    ("Jan <jan@oss.example>", "Automatisch antwoord: Uitnodiging", "Dit adres bestaat niet meer. Mail mijn opvolger."),
    ("Jan <jan@oss.example>", "Afwezig", "User unknown? Nee, met vakantie."),
)  # fmt: skip
