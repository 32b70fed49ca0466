"""The set-up check: all of /healthz, and what only a person at the machine can mend."""

import smtplib
import stat

from flask import current_app

from app.lessons import documents
from app.outbox.connection import Line
from app.upkeep import health
from app.upkeep.health import Finding


def findings() -> list[Finding]:
    """Everything that was looked at, well or not."""
    return [*health.findings(), _address(), _secret(), _mail_server(), _pdf()]


def _address() -> Finding:
    base = current_app.config["BASE_URL"]
    local = "//localhost" in base or "//127." in base
    well = base.startswith("https://") or local
    return Finding(
        "address",
        well,
        base,
        "" if well else "Set BASE_URL to an https:// address: links in mails carry personal keys.",
    )


def _secret() -> Finding:
    path = current_app.config["INSTANCE_PATH"] / "secret_key"
    if not path.exists():
        return Finding("secret key", True, "from the environment")
    private = not stat.S_IMODE(path.stat().st_mode) & 0o077
    return Finding("secret key", private, str(path), "" if private else f"Run: chmod 600 {path}")


def _mail_server() -> Finding:
    """Say hello to the mail server, as a worker would."""
    server = current_app.config["MAIL_SERVER"]
    if not server:
        return Finding("mail server", True, "none: mail goes to the built-in mailbox at /mailbox")
    where = f"{server}:{current_app.config['MAIL_PORT']}"
    try:
        with Line() as line:
            code, words = line.host.noop()
    except (smtplib.SMTPException, OSError) as error:
        return Finding(
            "mail server",
            False,
            f"{where}: {error}",
            "Correct MAIL_SERVER, MAIL_PORT, MAIL_USE_TLS, MAIL_USERNAME and MAIL_PASSWORD.",
        )
    return Finding("mail server", code == 250, f"{where}: {code} {words.decode(errors='replace')}")


def _pdf() -> Finding:
    """Whether impressions can be laid out as PDF."""
    well = documents.can_make_pdf()
    advice = (
        "" if well else "Install Pango (Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0)."
    )
    return Finding("pdf", well, "Pango is there" if well else "Pango is missing: impressions have no PDF", advice)
