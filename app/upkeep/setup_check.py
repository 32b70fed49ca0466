"""The set-up check: all of health, and what takes longer to look at or only a person can mend."""

import smtplib
import stat

from flask import current_app
from flask_babel import gettext

from app import settings
from app.database import only_reading
from app.outbox.smtp_connection import SmtpConversation
from app.papers import paper_sheets
from app.upkeep import health, sender_check
from app.upkeep.health import Finding
from app.upkeep.models import Check

LEAST_SIZE = 2 * 1024 * 1024
"""Bytes that the mail server must take in one message: forwarded answers bring the mail they answer along."""


def check_everything() -> list[Finding]:
    """Everything that was looked at, well or not; nobody waits while other servers answer."""
    with only_reading():
        return [
            *health.check_health(),
            _check_address(),
            _check_secret(),
            check_controller(),
            *_mail_server(),
            *sender_check.check_sender(),
            _check_pdf(),
        ]


def mail_test_findings() -> list[Finding]:
    """What became of the last test of mail out and back."""
    return sender_check.sender_mail_test_findings()


def _check_address() -> Finding:
    base = current_app.config["BASE_URL"]
    local = "//localhost" in base or "//127." in base
    well = base.startswith("https://") or local
    advice = gettext("Zet BASE_URL op een adres met https://: links in mails zijn persoonlijke sleutels.")
    return Finding(Check.ADDRESS, well, base, "" if well else advice)


def _check_secret() -> Finding:
    path = current_app.config["INSTANCE_PATH"] / "secret_key"
    if not path.exists():
        return Finding(Check.SECRET_KEY, True, gettext("uit de omgeving"))
    private = not stat.S_IMODE(path.stat().st_mode) & 0o077
    return Finding(
        Check.SECRET_KEY, private, str(path), "" if private else gettext("Voer uit: chmod 600 %(path)s", path=path)
    )


def check_controller() -> Finding:
    """Whether the privacy page names a body rather than the words that stand there by default, once mail leaves the machine."""
    config = current_app.config
    wanted = {"SITE_OWNER": config["SITE_OWNER"] != settings.default_of("SITE_OWNER")}
    wanted |= {name: bool(config[name]) for name in ("PRIVACY_OFFICER", "PROCESSORS")}
    missing = ", ".join(name for name, there in wanted.items() if not there)
    advice = gettext("Zet %(names)s: de privacypagina zegt nu niet wie verantwoordelijk is.", names=missing)
    return Finding(
        Check.CONTROLLER, not (missing and config["MAIL_SERVER"]), config["SITE_OWNER"], advice if missing else ""
    )


def _mail_server() -> list[Finding]:
    """Say hello to the mail server, as a worker would, and hear what it can."""
    server = current_app.config["MAIL_SERVER"]
    if not server:
        shown = current_app.config["DEMO"]
        advice = gettext("Zet MAIL_SERVER, of gebruik alleen verzonnen mensen.") if shown else ""
        detail = gettext("geen: mail gaat naar het ingebouwde postvak op /mailbox")
        return [Finding(Check.MAIL_SERVER, not shown, detail, advice)]
    where = f"{server}:{current_app.config['MAIL_PORT']}"
    try:
        with SmtpConversation() as line:
            code, words = line.host.noop()
            line.host.ehlo_or_helo_if_needed()
            able = line.host.esmtp_features
    except (smtplib.SMTPException, OSError) as error:
        advice = gettext("Verbeter MAIL_SERVER, MAIL_PORT, MAIL_USE_TLS, MAIL_USERNAME en MAIL_PASSWORD.")
        return [Finding(Check.MAIL_SERVER, False, f"{where}: {error}", advice)]
    answer = Finding(Check.MAIL_SERVER, code == 250, f"{where}: {code} {words.decode(errors='replace')}")
    return [answer, _check_tls(server), _check_size(able)]


def _check_tls(server: str) -> Finding:
    """Whether the way to the mail server is closed to others, with a certificate that was checked."""
    if current_app.config["MAIL_USE_SSL"] or current_app.config["MAIL_USE_TLS"]:
        return Finding(Check.MAIL_SERVER_TLS, True, gettext("met een gecontroleerd certificaat"))
    local = server in {"localhost", "127.0.0.1", "::1"}
    detail = gettext("op deze machine zelf, niet nodig") if local else gettext("zonder versleuteling")
    return Finding(Check.MAIL_SERVER_TLS, local, detail, "" if local else gettext("Zet MAIL_USE_TLS=1."))


def _check_size(able: dict[str, str]) -> Finding:
    limit = int(able["size"]) if able.get("size", "").isdigit() else 0
    if not limit:
        return Finding(Check.MAIL_SIZE, True, gettext("geen grens genoemd"))
    detail = gettext("tot %(size)s MB", size=round(limit / 2**20, 1))
    advice = gettext("Laat de mailserver berichten tot 2 MB aannemen.")
    return Finding(Check.MAIL_SIZE, limit >= LEAST_SIZE, detail, "" if limit >= LEAST_SIZE else advice)


def _check_pdf() -> Finding:
    """Whether impressions and reports can be laid out as PDF."""
    well = paper_sheets.can_make_pdf()
    advice = gettext("Installeer Pango (Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0).")
    detail = gettext("Pango is er") if well else gettext("Pango ontbreekt: impressies en rapportages hebben geen PDF")
    return Finding(Check.PDF, well, detail, "" if well else advice)
