"""Every setting once: name, type, default, meaning. Read from the environment by :func:`load_settings`."""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent.parent


class SettingError(ValueError):
    """A setting has a value that cannot be used; the message says which one and why."""


def _boolean(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"", "0", "false", "no", "off"}:
        return False
    raise ValueError("use 1 or 0")


def _choice(*allowed: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError("use one of: " + ", ".join(allowed))
        return text

    return parse


def _whole(least: int, most: int = 10**9) -> Callable[[str], int]:
    """Reads a whole number within bounds."""

    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text[:10]) <= most and len(text) <= 10):
            raise ValueError(f"use a whole number from {least} to {most}")
        return int(text)

    return parse


def _host(text: str) -> str:
    if not re.fullmatch(r"[\w.:\-\[\]%]+", text):
        raise ValueError("use the name or address of a machine, such as smtp.example.nl")
    return text


def _mail_address(text: str) -> str:
    if not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", text):
        raise ValueError("use an address such as leerkring@example.nl")
    return text


def _database(text: str) -> str:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError("use an address such as postgresql://user:password@host/name") from None
    if url.get_backend_name() not in {"sqlite", "postgresql", "postgres"}:
        raise ValueError("use an address that begins with postgresql:// or sqlite:///")
    return text


def _readable_file(text: str) -> Path:
    path = Path(text)
    try:
        path.read_bytes()
    except OSError as error:
        raise ValueError(error.strerror) from None
    return path


_PORT = _whole(1, 65535)
_COUNT = _whole(0)


def _servers(text: str) -> tuple[tuple[str, int], ...]:
    found = []
    for each in text.split(","):
        host, _, port = each.strip().rpartition(":") if each.count(":") == 1 else (each.strip(), "", "")
        found.append((_host(host), _PORT(port or "53")))
    return tuple(found)


def _inbox(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"imap", "imaps"} or not parts.hostname or not parts.username or parts.port == 0:
        raise ValueError("use imaps://user:password@host:993/INBOX; write @ : and / in a password as %40 %3A and %2F")
    return text


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0 or re.search(r"\s", text):
        raise ValueError("use an address such as https://leerkring.example.nl")
    return text.rstrip("/")


def _scanner(text: str) -> str:
    parts = urlsplit(text)
    over_network = parts.scheme == "clamd" and parts.hostname and parts.port
    if not (over_network or (parts.scheme == "unix" and parts.path and not parts.netloc)):
        raise ValueError("use clamd://host:3310 or unix:///path/of/the/socket")
    return text


@dataclass(frozen=True)
class Setting:
    """One environment variable; an empty value counts as absent."""

    name: str
    parse: Callable[..., Any]
    default: object
    meaning: str


SETTINGS = (
    Setting("INSTANCE_PATH", Path, ROOT / "instance", "Folder for what this installation owns: the SQLite database and the secret key."),
    Setting("DATABASE_URL", _database, None, "SQLAlchemy address of the database; postgresql://user:password@host/name for several machines. Default: SQLite in the instance folder."),
    Setting("SECRET_KEY", str, None, "Signs every link and session; at least 32 characters, the same on all machines. Default: made on the first start and kept in the instance folder."),
    Setting("HOST", _host, "127.0.0.1", "Network address that the web server listens on; put a reverse proxy with TLS in front."),
    Setting("PORT", _PORT, 8000, "Port of the web server."),
    Setting("BASE_URL", _web_address, None, "Address at which people reach the site; stands in every mail and calendar entry. Default: http://localhost:PORT."),
    Setting("TRUSTED_PROXIES", _COUNT, 0, "How many reverse proxies in front of the server set X-Forwarded-For and -Proto."),
    Setting("SITE_NAME", str, "Leerkring", "Name of this site in pages and mails."),
    Setting("SITE_OWNER", str, "de beheerder van deze site", "Public body that is responsible for the personal data, as named in mails and on the privacy page."),
    Setting("CONTACT_ADDRESS", _mail_address, None, "Mail address for questions about the site, privacy and accessibility. Default: the address in MAIL_DEFAULT_SENDER."),
    Setting("PRIVACY_OFFICER", _mail_address, None, "Mail address of the data protection officer (functionaris gegevensbescherming), on the privacy page and in the register of processing."),
    Setting("PROCESSORS", str, "", "Who handles the personal data for the controller, such as the host and the mail server, on the privacy page and in the register."),
    Setting("SECURITY_CONTACT", _mail_address, None, "Mail address for reports of vulnerabilities, in /.well-known/security.txt. Default: CONTACT_ADDRESS."),
    Setting("SCHOOL_REGION", _choice("noord", "midden", "zuid"), "zuid", "Region of which the school holidays are said wherever a date is chosen, and avoided by proposals."),
    Setting("SESSION_DAYS", _whole(1, 365), 14, "Days after which an organiser signs in anew."),
    Setting("ADMIN_REST_HOURS", _whole(1, 8760), 12, "Hours without use after which an administrator signs in anew."),
    Setting("MATERIAL_MB", _whole(1, 100), 25, "Largest file, in MB, that organisers put with a session; a proxy in front has to let as much through."),
    Setting("SCANNER", _scanner, None, "Virus scanner that looks at those files: clamd://host:3310, or unix:///run/clamav/clamd.ctl on this machine. Without it they are not scanned, and no page says that they were."),
    Setting("MAIL_SERVER", _host, None, "Host of the SMTP server. Without it nothing leaves the machine: mail goes to the built-in mailbox at /mailbox, which everybody can read: so BASE_URL and HOST must then be this machine itself, or DEMO must be 1."),
    Setting("DEMO", _boolean, False, "Let an address that others can reach show the built-in mailbox, for a demonstration with invented people; every page says so in red."),
    Setting("MAIL_PORT", _PORT, 25, "Port of the SMTP server; 465 speaks TLS from the first byte."),
    Setting("MAIL_USE_TLS", _boolean, False, "Use STARTTLS and refuse a server whose certificate does not fit."),
    Setting("MAIL_USERNAME", str, None, "User name at the SMTP server, when it wants one."),
    Setting("MAIL_PASSWORD", str, None, "Password at the SMTP server."),
    Setting("MAIL_DEFAULT_SENDER", _mail_address, "leerkring@leerkring.example", "Address in the From of every mail; the network's name is put before it."),
    Setting("MAIL_TIMEOUT", _whole(1), 60, "Seconds that the mail server may take to greet; for taking a message it may take five times as long."),
    Setting("MAIL_DKIM_SELECTOR", str, None, "Name of the DKIM key of the sender's domain (<selector>._domainkey.<domain>), to check it."),
    Setting("MAIL_DKIM_KEY", _readable_file, None, "Private DKIM key (PEM file) to sign with here, for a mail server that does not sign; needs MAIL_DKIM_SELECTOR."),
    Setting("DNS_SERVERS", _servers, (), "Name servers for the set-up check, as 'host' or 'host:port' with commas between them. Default: those of the machine."),
    Setting("MAIL_PACE", _COUNT, 30, "Messages a minute to one recipient domain, for networks that do not switch pacing off. What somebody causes by an own answer is not held back."),
    Setting("MAIL_PACE_TOTAL", _COUNT, 0, "Messages a minute in all, for a mail server that allows no more; 0: as many as it takes."),
    Setting("MAILS_PER_WEEK", _whole(1), 2, "How many mails a person gets in a week that are not about an own registration; what is over it goes into their digest. Anybody may choose less."),
    Setting("REPLY_ADDRESS", _mail_address, None, "Mailbox for answers to invitations; must accept plus addressing (antwoord+token@…). Default: antwoord@ the domain of MAIL_DEFAULT_SENDER."),
    Setting("INBOX_URL", _inbox, None, "Mailbox in which answers and bounces arrive: imaps://user:password@host:port/folder. Without it nothing that comes back is read."),
    Setting("INBOX_TOKEN_URL", _web_address, None, "Where a token for the mailbox is asked, for Exchange Online: https://login.microsoftonline.com/<tenant>/oauth2/v2.0/token. The password in INBOX_URL is then left out."),
    Setting("INBOX_CLIENT_ID", str, None, "Client id of this program's registration at that token server."),
    Setting("INBOX_CLIENT_SECRET", str, None, "Secret that belongs to INBOX_CLIENT_ID."),
    Setting("INBOX_SCOPE", str, "https://outlook.office365.com/.default", "What the token is asked for."),
    Setting("INBOX_AUTHSERV_ID", str, None, "Name under which the mail server of that mailbox writes Authentication-Results (RFC 8601). Without it a calendar's answer that came to another address than the invited person's own goes to an organiser."),
    Setting("CALENDARS_ON_THIS_MACHINE", _boolean, False, "Read partners' calendars from addresses of this machine itself too; addresses inside a network are always refused."),
    Setting("METRICS_TOKEN", str, None, "Key for /metrics, which Prometheus sends as a bearer token. Without it that page does not exist."),
    Setting("CALENDAR_ORGANIZER", _choice("token", "constant"), "token", "ORGANIZER of calendar requests: 'token' gives everybody an own reply address, 'constant' always REPLY_ADDRESS."),
)  # fmt: skip


def default_of(name: str) -> object:
    """What holds for a setting that nobody gave."""
    return next(setting.default for setting in SETTINGS if setting.name == name)


def load_settings(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the settings by name, derived defaults filled in.

    Raises SettingError for a value that cannot be used.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {setting.name: _read(setting, environ) for setting in SETTINGS}
    values["INSTANCE_PATH"] = _made_folder(values["INSTANCE_PATH"])
    values["DATABASE_URL"] = _database_url(values)
    values["SECRET_KEY"] = values["SECRET_KEY"] or _kept_secret(values["INSTANCE_PATH"])
    if len(values["SECRET_KEY"]) < 32:
        raise SettingError("SECRET_KEY: use at least 32 characters")
    values["BASE_URL"] = values["BASE_URL"] or f"http://localhost:{values['PORT']}"
    if not (values["MAIL_SERVER"] or values["DEMO"] or _is_for_this_machine(values)):
        raise SettingError(
            f"MAIL_SERVER: set it. Without a mail server every mail, with its personal links, stands on a page that "
            f"everybody can read at {values['BASE_URL']}/mailbox. For a demonstration with invented people: DEMO=1"
        )
    sender = values["MAIL_DEFAULT_SENDER"]
    if values["MAIL_DKIM_KEY"] and not values["MAIL_DKIM_SELECTOR"]:
        raise SettingError("MAIL_DKIM_KEY: set MAIL_DKIM_SELECTOR too")
    if values["INBOX_TOKEN_URL"] and not (values["INBOX_CLIENT_ID"] and values["INBOX_CLIENT_SECRET"]):
        raise SettingError("INBOX_TOKEN_URL: set INBOX_CLIENT_ID and INBOX_CLIENT_SECRET too")
    values["REPLY_ADDRESS"] = values["REPLY_ADDRESS"] or "antwoord@" + sender.rpartition("@")[2]
    values["CONTACT_ADDRESS"] = values["CONTACT_ADDRESS"] or sender
    values["SECURITY_CONTACT"] = values["SECURITY_CONTACT"] or values["CONTACT_ADDRESS"]
    return values


def _read(setting: Setting, environ: Mapping[str, str]) -> object:
    text = environ.get(setting.name, "").strip()
    if not text:
        return setting.default
    if not text.isprintable():
        raise SettingError(f"{setting.name}: use one line of text, without control characters")
    try:
        return setting.parse(text)
    except ValueError as error:
        raise SettingError(f"{setting.name}: {error}") from None


def _database_url(values: dict[str, Any]) -> str:
    url: str = values["DATABASE_URL"] or f"sqlite:///{_private_file(values['INSTANCE_PATH'] / 'leerkring.sqlite')}"
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url[len(short) :]
    return url


def _is_for_this_machine(values: dict[str, Any]) -> bool:
    """Whether nobody outside this machine comes to the site."""
    return all(_is_this_machine(host) for host in (values["HOST"], urlsplit(values["BASE_URL"]).hostname or ""))


def _is_this_machine(host: str) -> bool:
    """Whether a name means this machine wherever it is said: loopback, and names that resolve nowhere (RFC 6761)."""
    if host == "localhost" or host.endswith((".localhost", ".test")):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _made_folder(path: Path) -> Path:
    """The folder of this installation, also when its database and key are elsewhere: the disk under it is watched."""
    try:
        path = path.resolve()
        path.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError) as error:
        raise SettingError(f"INSTANCE_PATH: {getattr(error, 'strerror', None) or error}: {path}") from None
    return path


def _private_file(path: Path) -> Path:
    """A file that only its owner reads, from its first byte; SQLite gives its -wal and -shm the same rights."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise SettingError(f"INSTANCE_PATH: {error.strerror}: {path}") from None
    return path


def _kept_secret(instance: Path) -> str:
    """Return the secret of this installation, made on the first call and readable by its owner alone."""
    path = instance / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_secret(path)
    except OSError as error:
        raise SettingError(f"INSTANCE_PATH: {error.strerror}: {path}") from None
    secret = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w") as file:
        file.write(secret)
    return secret


def _read_secret(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "this is no text"
        raise SettingError(f"SECRET_KEY: {why}: {path}") from None
