"""A token instead of a password for the mailbox, as Exchange Online wants it (XOAUTH2; OAuth 2.0, RFC 6749 section 4.4).

The program signs in as itself, with the client id and secret of its own registration in the tenant.
"""

from dataclasses import dataclass
from threading import Lock
from time import monotonic

from flask import current_app

TIMEOUT = 20
"""Seconds that the token server may take."""
EARLY = 60
"""How many seconds before it expires a token is no longer used."""


class NoToken(OSError):
    """The token server gave no token."""


@dataclass
class _Kept:
    text: str = ""
    until: float = 0.0


_kept = _Kept()
_lock = Lock()


def is_oauth_wanted() -> bool:
    return bool(current_app.config["INBOX_TOKEN_URL"])


def access_token() -> str:
    """An access token that is valid now; raises NoToken."""
    with _lock:
        if monotonic() >= _kept.until:
            _kept.text, seconds = _ask()
            _kept.until = monotonic() + max(0, seconds - EARLY)
        return _kept.text


def forget_access_token() -> None:
    """Ask for a new one next time: the mail server refused this one."""
    with _lock:
        _kept.until = 0.0


def _ask() -> tuple[str, int]:
    import requests

    config = current_app.config
    form = {
        "grant_type": "client_credentials",
        "client_id": config["INBOX_CLIENT_ID"],
        "client_secret": config["INBOX_CLIENT_SECRET"],
        "scope": config["INBOX_SCOPE"],
    }
    try:
        answer = requests.post(config["INBOX_TOKEN_URL"], data=form, timeout=TIMEOUT)
        given = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise NoToken(f"the token server does not answer: {type(error).__name__}") from None
    if not isinstance(given, dict) or not given.get("access_token"):
        reason = given.get("error", answer.status_code) if isinstance(given, dict) else answer.status_code
        raise NoToken(f"the token server refuses: {reason}")
    return str(given["access_token"]), int(given.get("expires_in", 0) or 0)
