"""Reading a delivery report: whether a mail is one, what it says of which address, and how sure that is.

The fields of RFC 3464 first; then flufl.bounce, which knows the forms of many old servers but takes ordinary mail for
bounces too, so it is asked only about mail that looks like a report by its sender; then the words themselves.
"""

import re
from dataclasses import dataclass
from email.message import Message as Mail
from email.utils import parseaddr

from app.inbox import bounce_words, mail_parsing
from app.inbox.models import BounceKind

HARD = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.1.11", "5.1.351", "5.2.1", "5.4.310"}
"""Codes that are about the address (RFC 3463, RFC 7505, and Microsoft 365 for the last ones)."""
_BY_WORDS = re.compile(r"^5\.([0-5]\.0|4\.1|4\.4)$")
"""Codes that servers use for several things: Exchange refuses unknown recipients with 5.4.1, Postfix a domain that is
not there with 5.4.4, Outlook.com an unknown mailbox with 5.5.0. Their words decide."""
_ABOUT_US = re.compile(r"^[45]\.(7\.\d+|3\.4|6\.\d+|4\.\d+|1\.[78]|1\.20|1\.90|2\.3|5\.[1-9]\d*)$")
"""Policy, size, content, routing, our own address: not the address's fault."""
_EXCHANGE_REFUSES = re.compile(r"recipient address rejected: access denied", re.IGNORECASE)
_CODE = re.compile(r"(?<![\d.])([245]\.[0-7]\.\d{1,3})(?!\.?\d)")
"""An enhanced status code (RFC 3463); no address of a machine, no version of a program."""
_DONE = {"delivered", "relayed", "expanded"}
_STATUS_PARTS = {"message/delivery-status", "message/global-delivery-status"}
_COPY = re.compile(
    r"^[ \t>]*(-+ ?(below this line|this is a copy|the following is a copy|original message|oorspronkelijk bericht|"
    r"the body of the message|returned message|message (header|text))|original message headers|received: (from|by)\b"
    r"|message headers follow|oorspronkelijke berichtkoppen|diagnostische gegevens van het bericht)",
    re.IGNORECASE | re.MULTILINE,
)
"""Where our own mail begins in a report: its words say nothing about the address."""
_DAEMON = re.compile(
    r"mailer-?daemon|postmaster|mail delivery|delivery (sub)?system|microsoftexchange|system administrator|systeembeheerder"
    r"|mail administrator|bounce|^mdaemon|delivery (status|failure)|mimecast|symantec|barracuda|no-?reply@.*(mail|mx)",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"undeliver(able|ed)|deliver(y|ing).{0,25}(fail|error|problem|delay|incomplete|unsuccessful)|fail(ure|ed).{0,20}(notice|deliver)"
    r"|delivery (status )?notification|returned mail|mail (could not|not) be delivered|not delivered|message.{0,20}(undelivered|delayed|status)"
    r"|could not (be delivered|deliver|send)|couldn.t be delivered|wasn.t delivered|unable to deliver|did not reach|rejected:"
    r"|onbestelbaar|niet (besteld|bezorgd|afgeleverd|worden (bezorgd|afgeleverd))|niet-bestelbaar|(bezorging|aflevering).{0,20}(mislukt|vertraagd)|unzustellbar"
    r"|nicht (zugestellt|zustellbar)|fehlgeschlagen|non (remis|distribu|recapit)|[ée]chec|no se (ha )?p(uede|udo|odido) entregar|mancat",
    re.IGNORECASE,
)
_PASSED_ON = re.compile(r"^(re|fwd?|antw|doorst|aw|wg|tr)\s*:", re.IGNORECASE)
_WARNING = re.compile(r"delay|warning|vertrag|vertraag|verz[öo]ger|retard", re.IGNORECASE)
MOST_IDS = 50
"""How many of those in a text are looked for."""
_ADDRESS = re.compile(r"[\w.+'=-]{1,64}@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True)
class DeliveryReport:
    """What a report says: which kind of trouble, its code and the server's words."""

    kind: BounceKind
    status: str
    words: str


def read_report(message: Mail) -> DeliveryReport | None:
    """What a mail reports about the delivery of one of ours; None when it is no such report."""
    groups = _all_groups(message)
    return _by_standard(message, groups) or (None if _all_done(groups) else _by_experience(message))


def says_delivered(message: Mail) -> bool:
    """Whether a report says only that a mail arrived."""
    return _all_done(_all_groups(message))


def looks_like_report(message: Mail, *, at_bounces: bool) -> bool:
    """A report that is not written as one: who sends it and what it is called; `at_bounces`: to an address for bounces only."""
    if message.get("X-Failed-Recipients") or message.get("X-MS-Exchange-Message-Is-Ndr") is not None:
        return True
    path = mail_parsing.header_text(message, "Return-Path").replace(" ", "")
    if path not in {"", "<>"} and not at_bounces and not _DAEMON.search(path):
        return False
    subject = mail_parsing.header_text(message, "Subject")
    named = bool(_FAILED.search(subject)) and not _PASSED_ON.match(subject)
    if _DAEMON.search(mail_parsing.header_text(message, "From")):
        return named or bool(_FAILED.search(report_text(message)))
    return named and (at_bounces or path == "<>") and not mail_parsing.header_text(message, "In-Reply-To")


def addresses_reported_on(message: Mail) -> list[str]:
    """The addresses that a report says it is about, in lower case: its fields, else those in its text."""
    fields = [
        mail_parsing.header_text(group, name).rpartition(";")[2]
        for group in _all_groups(message)
        for name in ("Original-Recipient", "Final-Recipient")
    ]
    named = [*fields, *mail_parsing.header_text(message, "X-Failed-Recipients").split(",")]
    found = [address.lower() for text in named if (address := parseaddr(text.strip())[1])]
    return list(dict.fromkeys(found or [each.lower() for each in _ADDRESS.findall(report_text(message))]))


def read_original_ids(message: Mail) -> list[str]:
    """The Message-ID in the mail or headers that a report brings back."""
    found = []
    for part in mail_parsing.mail_parts(message):
        kind = part.get_content_type()
        inside = mail_parsing.children(part)
        if kind in {"message/rfc822", "message/global"} and inside:
            found += mail_parsing.message_ids_in(inside[0], "Message-ID")
        elif kind in {"text/rfc822-headers", "message/rfc822-headers"}:
            found += mail_parsing.message_ids_in(
                mail_parsing.parse_mail(mail_parsing.part_text(part).encode()), "Message-ID"
            )
    return found


def mentioned_ids(message: Mail) -> list[str]:
    """The Message-IDs in what a report answers and in all of its text."""
    texts = [mail_parsing.part_text(part) for part in mail_parsing.mail_parts(message) if not part.is_multipart()]
    answered = mail_parsing.message_ids_in(message, "In-Reply-To", "References")
    return answered + [found for text in texts for found in mail_parsing.message_ids_of(text)][:MOST_IDS]


def report_text(message: Mail) -> str:
    """What the server writes, without our own mail below it; also of a report whose parts are cut wrong."""
    text = mail_parsing.written_text(message)
    if not text:
        raw = message.get_payload()
        text = raw if isinstance(raw, str) else ""
    copy = _COPY.search(text)
    return text[: copy.start()] if copy and copy.start() else text


def _by_standard(message: Mail, groups: list[Mail]) -> DeliveryReport | None:
    """The fields of a delivery report (RFC 3464 section 2): Action first, then Status, then the server's text."""
    for fields in groups:
        action = mail_parsing.header_text(fields, "Action").lower().partition(" ")[0].strip("();")
        if action not in {"failed", "delayed"}:
            continue
        words = _server_words(fields)
        status = _exact_code(words) or _exact_code(mail_parsing.header_text(fields, "Status"))
        status = status or _status_code(words) or _status_code(mail_parsing.header_text(fields, "Status")) or ""
        said = words if words or _speaks(status) else report_text(message)[:4000]
        return DeliveryReport(_kind_of_trouble(action, status, said), status, words or status)
    return None


def _speaks(status: str) -> bool:
    """Whether a code by itself says what is the matter."""
    return bool(status) and not _BY_WORDS.match(status)


def _exact_code(text: str) -> str | None:
    """The first code in a text that says something by itself."""
    return next((code for code in _CODE.findall(text) if _speaks(code)), None)


def _all_done(groups: list[Mail]) -> bool:
    actions = [mail_parsing.header_text(group, "Action").lower() for group in groups]
    return bool(actions) and all(action in _DONE for action in actions)


def _all_groups(message: Mail) -> list[Mail]:
    parts = (part for part in mail_parsing.mail_parts(message) if part.get_content_type() in _STATUS_PARTS)
    return [group for part in parts for group in _recipient_groups(part)]


def _recipient_groups(report: Mail) -> list[Mail]:
    """The groups of fields of a report, one per recipient; the first group is about the whole mail."""
    groups = mail_parsing.children(report)
    if not groups:
        text = str(report.get_payload()).strip()
        groups = [mail_parsing.parse_mail(group.encode()) for group in re.split(r"\r?\n\r?\n", text)]
    return [group for group in groups if group.get("Action")]


def _server_words(fields: Mail) -> str:
    """'smtp; 550 5.1.1 no such user' without the name of the protocol."""
    text = mail_parsing.header_text(fields, "Diagnostic-Code")
    return (text.partition(";")[2] if re.match(r"[\w-]+\s*;", text) else text).strip()[:1000]


def _status_code(text: str) -> str | None:
    found = _CODE.search(text)
    return found[1] if found else None


def _kind_of_trouble(action: str, status: str, words: str) -> BounceKind:
    """By its code; by its words where there is none, the code means several things, or the words speak against it."""
    if action == "delayed":
        return BounceKind.DELAYED
    if not _speaks(status):
        return _kind_of_words(status, words)
    if status in HARD:
        return _kind_unless_other(words)
    return BounceKind.POLICY if _ABOUT_US.match(status) else BounceKind.SOFT


def _kind_of_words(status: str, words: str) -> BounceKind:
    if bounce_words.says_unknown(words) and not status.startswith("4"):
        return BounceKind.HARD
    if status == "5.4.1" and (not words or _EXCHANGE_REFUSES.search(words)):
        return BounceKind.HARD
    return BounceKind.POLICY if _ABOUT_US.match(status) else BounceKind.SOFT


def _kind_unless_other(words: str) -> BounceKind:
    """A code about the address counts, unless the words give another reason."""
    if bounce_words.says_about_us(words):
        return BounceKind.POLICY
    return BounceKind.SOFT if bounce_words.says_passing(words) else BounceKind.HARD


def _by_experience(message: Mail) -> DeliveryReport | None:
    """A report in a form of its own, as its code and its words have it."""
    text = report_text(message)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    line = next((line for line in lines if _exact_code(line)), "") or next(
        (each for each in lines if _CODE.search(each)), ""
    )
    status = _exact_code(line) or _status_code(line) or ""
    found = known_to_flufl(message)
    if found is None and not (status or _speaks_of_failing(message, text)):
        return None
    words = line or " ".join(text.split())
    if found is False or (
        bounce_words.says_delayed(text) and _WARNING.search(mail_parsing.header_text(message, "Subject"))
    ):
        return DeliveryReport(BounceKind.DELAYED, status, words[:1000])
    return DeliveryReport(
        _kind_of_trouble("failed", status, line if _speaks(status) else text[:4000]), status, words[:300]
    )


def _speaks_of_failing(message: Mail, text: str) -> bool:
    return bool(_FAILED.search(text) or _FAILED.search(mail_parsing.header_text(message, "Subject")))


def known_to_flufl(message: Mail) -> bool | None:
    """Whether flufl.bounce takes it for a lasting failure (True), a passing one (False), or for no report (None)."""
    from flufl.bounce import all_failures

    try:
        temporary, permanent = all_failures(message)
    except Exception:
        # flufl.bounce 6 stumbles over mail that lacks what it looks for, such as an empty From.
        return None
    return True if permanent else False if temporary else None
