"""Whether others can see that our mail is ours: SPF, DKIM and DMARC of the sender's domain, and one domain everywhere.

internet.nl and many receivers ask for strict alignment: From, DKIM and envelope sender all
of the same domain. DKIM is the mail server's work; signing here is a fallback (outbox/dkim_signing.py).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext

from app import clock
from app.database import db
from app.outbox import dkim_signing
from app.upkeep import mail_tests
from app.upkeep.health import Finding
from app.upkeep.models import Check, MailTest

if TYPE_CHECKING:
    import dns.resolver

DNS_SECONDS = 5
MOST_CLOCK_DIFFERENCE = 60
"""Seconds; DTSTAMP orders calendar mails, so a clock that is off makes answers come out of order."""


def check_sender() -> list[Finding]:
    """Everything about sending and receiving that depends on how this installation was set up."""
    if not current_app.config["MAIL_SERVER"]:
        return []
    domain = _domain()
    _look_anew()
    return [
        _check_spf(domain),
        _check_dkim(domain),
        _check_dmarc(domain),
        _reply_domain(domain),
        _check_clock(),
        *_check_mailbox(),
        *sender_mail_test_findings(),
    ]


def _domain() -> str:
    return str(current_app.config["MAIL_DEFAULT_SENDER"]).rpartition("@")[2].lower()


def _look_anew() -> None:
    """checkdmarc remembers answers for half an hour; somebody who has just mended a record wants to see that at once."""
    from checkdmarc import utils

    utils.DNS_CACHE.clear()


def _resolver() -> "dns.resolver.Resolver":
    """The name servers of DNS_SERVERS, else those of this machine."""
    import dns.resolver

    servers = current_app.config["DNS_SERVERS"]
    resolver = dns.resolver.Resolver(configure=not servers)
    if servers:
        resolver.nameservers = [host for host, _ in servers]
        resolver.nameserver_ports = dict(servers)
    resolver.lifetime = DNS_SECONDS
    return resolver


def _check_spf(domain: str) -> Finding:
    from checkdmarc import spf
    from dns.exception import DNSException

    try:
        found = spf.get_spf_record(domain, resolver=_resolver(), timeout=DNS_SECONDS)
    except (spf.SPFError, DNSException) as error:
        advice = gettext(
            "Zet een TXT-record op %(domain)s, zoals: v=spf1 include:<jouw mailserver> -all", domain=domain
        )
        return Finding(Check.SPF, False, _error_in_words(error), advice)
    ends = (found["parsed"].get("all") or "").lower()
    well = ends in {"fail", "softfail"}
    advice = gettext("Laat het record eindigen op ~all of -all.")
    return Finding(Check.SPF, well, found["record"], "" if well else advice)


def _check_dmarc(domain: str) -> Finding:
    from checkdmarc import dmarc
    from dns.exception import DNSException

    try:
        found = dmarc.get_dmarc_record(domain, resolver=_resolver(), timeout=DNS_SECONDS)
    except (dmarc.DMARCError, DNSException) as error:
        advice = gettext(
            "Zet een TXT-record op _dmarc.%(domain)s, zoals: v=DMARC1; p=quarantine; rua=mailto:dmarc@%(domain)s",
            domain=domain,
        )
        return Finding(Check.DMARC, False, _error_in_words(error), advice)
    policy = found["parsed"]["tags"]["p"]["value"]
    well = policy in {"quarantine", "reject"}
    advice = gettext("Zet p= op quarantine of reject, zodra alle mail van %(domain)s klopt.", domain=domain)
    return Finding(Check.DMARC, well, found["record"], "" if well else advice)


def _check_dkim(domain: str) -> Finding:
    """The public key of MAIL_DKIM_SELECTOR; without a selector only the mail test can tell."""
    from dns.exception import DNSException

    selector = current_app.config["MAIL_DKIM_SELECTOR"]
    if not selector:
        detail = gettext("geen MAIL_DKIM_SELECTOR opgegeven; de mailtest kijkt of mail ondertekend is")
        return Finding(Check.DKIM, True, detail)
    name = f"{selector}._domainkey.{domain}"
    try:
        answer = _resolver().resolve(name, "TXT")
        record = b"".join(answer[0].strings).decode("utf-8", "replace")
    except DNSException as error:
        advice = gettext("Zet de publieke sleutel van je mailserver in een TXT-record op %(name)s.", name=name)
        return Finding(Check.DKIM, False, _error_in_words(error), advice)
    if "p=" not in record or record.split("p=", 1)[1].split(";")[0].strip() == "":
        return Finding(
            Check.DKIM, False, record[:200], gettext("Dit record heeft geen sleutel meer. Zet er een nieuwe in.")
        )
    if current_app.config["MAIL_DKIM_KEY"] and not dkim_signing.fits_dkim_record(record):
        advice = gettext("De sleutel in MAIL_DKIM_KEY hoort niet bij dit record. Zet de goede publieke sleutel erin.")
        return Finding(Check.DKIM, False, name, advice)
    return Finding(Check.DKIM, True, name)


def _reply_domain(domain: str) -> Finding:
    """Bounces come to the sender's domain; answers may have their own, but then both must reach the same mailbox."""
    reply = current_app.config["REPLY_ADDRESS"].rpartition("@")[2].lower()
    detail = gettext("mail komt van %(domain)s, antwoorden gaan naar %(reply)s", domain=domain, reply=reply)
    well = bool(current_app.config["INBOX_URL"])
    advice = gettext(
        "Zet INBOX_URL op de mailbox waar antwoord+…@%(reply)s en bounce+…@%(domain)s in aankomen.",
        reply=reply,
        domain=domain,
    )
    return Finding(Check.WAY_BACK, well, detail, "" if well else advice)


def _check_clock() -> Finding:
    """Our clock beside the database's and, after a mail test, the mail server's."""
    differences = [("database", _database_difference())]
    test = mail_tests.latest_mail_test()
    if test is not None and test.clock_difference is not None:
        differences.append(("mail server", abs(test.clock_difference)))
    worst, seconds = max(differences, key=lambda each: each[1])
    well = seconds <= MOST_CLOCK_DIFFERENCE
    detail = gettext("%(seconds)s seconden verschil met: %(other)s", seconds=round(seconds), other=worst)
    return Finding(Check.CLOCK, well, detail, "" if well else gettext("Zet de klok gelijk met een tijdserver (NTP)."))


def _database_difference() -> float:
    if db.session.get_bind().dialect.name == "sqlite":
        return 0.0

    theirs: datetime = db.session.scalars(sa.select(sa.func.clock_timestamp())).one()
    difference: float = abs((theirs - clock.now()).total_seconds())
    return difference


def _check_mailbox() -> Iterator[Finding]:
    """Whether the mailbox opens, and whether it tells at once when mail arrives."""
    if not current_app.config["INBOX_URL"]:
        return
    from app.inbox import imap_mailbox

    try:
        with imap_mailbox.open_mailbox() as mailbox:
            able = mailbox.can_wait
    except imap_mailbox.TROUBLE as trouble:
        advice = gettext("Verbeter INBOX_URL: server, naam, wachtwoord en map.")
        yield Finding(Check.MAILBOX, False, _error_in_words(trouble), advice)
    else:
        yield Finding(
            Check.MAILBOX, True, gettext("antwoordt, en meldt nieuwe mail meteen") if able else gettext("antwoordt")
        )


def sender_mail_test_findings() -> list[Finding]:
    """What became of the last test of mail out and back."""
    return list(_mail_test(_domain()))


def _mail_test(domain: str) -> Iterator[Finding]:
    test = mail_tests.latest_mail_test()
    if test is None:
        if current_app.config["INBOX_URL"]:
            advice = gettext("Stuur een testmail: op de pagina Systeem, of met flask --app wsgi mail-test.")
            yield Finding(Check.MAIL_TEST, False, gettext("nog nooit gedaan"), advice)
        return
    yield _came_back(
        Check.TEST_MAIL,
        test,
        test.reply_seen_at,
        gettext("Laat antwoord+…@ in de mailbox van INBOX_URL aankomen (plus-adressen)."),
    )
    yield _came_back(
        Check.TEST_BOUNCE,
        test,
        test.bounce_seen_at,
        gettext("Laat bounce+…@%(domain)s in de mailbox van INBOX_URL aankomen.", domain=domain),
    )
    yield _check_calendars(test)
    if test.reply_seen_at:
        yield _check_signature(test, domain)


def _came_back(name: Check, test: MailTest, seen_at: datetime | None, advice: str) -> Finding:
    if seen_at:
        took = round((seen_at - test.started_at).total_seconds())
        return Finding(name, True, gettext("kwam terug na %(seconds)s seconden", seconds=took))
    if mail_tests.is_mail_test_waiting(test):
        return Finding(name, True, gettext("onderweg"))
    return Finding(name, False, gettext("kwam niet terug"), advice)


def _check_calendars(test: MailTest) -> Finding:
    """Whether an invitation, an answer and a proposal came back as a calendar."""
    came = set(test.calendars.split())
    if came == set(mail_tests.CALENDARS):
        return Finding(Check.TEST_CALENDARS, True, gettext("uitnodiging, antwoord en voorstel kwamen heel terug"))
    if mail_tests.is_mail_test_waiting(test):
        return Finding(Check.TEST_CALENDARS, True, gettext("onderweg"))
    advice = gettext(
        "Antwoorden uit Outlook gaan zo verloren. Is dit Exchange? Zet bij die ene mailbox ImapUseProtocolDefaults op false en ImapForceICalForCalendarRetrievalOption op true (Set-CASMailbox). Zie docs/exchange.md."
    )
    missing = ", ".join(method for method in mail_tests.CALENDARS if method not in came)
    return Finding(Check.TEST_CALENDARS, False, gettext("niet heel terug: %(missing)s", missing=missing), advice)


def _check_signature(test: MailTest, domain: str) -> Finding:
    signed = test.dkim_domain or ""
    if not signed:
        advice = gettext(
            "Laat je mailserver ondertekenen met DKIM voor %(domain)s. Kan dat niet? Zet dan MAIL_DKIM_KEY en MAIL_DKIM_SELECTOR.",
            domain=domain,
        )
        return Finding(Check.ALIGNMENT, False, gettext("de testmail was niet ondertekend (DKIM)"), advice)
    well = signed == domain
    advice = gettext("Laat DKIM ondertekenen met %(domain)s, hetzelfde domein als de afzender.", domain=domain)
    return Finding(Check.ALIGNMENT, well, gettext("ondertekend door %(domain)s", domain=signed), "" if well else advice)


def _error_in_words(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:300]
