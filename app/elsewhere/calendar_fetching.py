"""Fetching a partner's calendar from its address, without letting it lead us into our own network."""

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from flask import current_app

if TYPE_CHECKING:
    import requests

from app import budget
from app.elsewhere.models import Trouble
from app.words import Refusal

MOST_BYTES = 10 * 1024 * 1024
PATIENCE = 20
"""Seconds that the whole calendar may take."""
_WAIT = (5, 10)
"""Seconds to connect, and between two pieces."""


class CannotFetch(Refusal):
    """There is no calendar to be had at that address."""

    says = {trouble: trouble.words for trouble in Trouble}
    field = "address"

    def __init__(self, reason: Trouble):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class FetchedCalendar:
    """The calendar, or None when it is still the version that we have; and what to ask with the next time."""

    content: bytes | None
    etag: str
    last_modified: str


def clean_calendar_address(address: str) -> str:
    """The address as we ask for it: webcal: is another name for https:. Raises CannotFetch."""
    parts = urlsplit(address.strip())
    scheme = {"webcal": "https", "webcals": "https"}.get(parts.scheme.lower(), parts.scheme.lower())
    if scheme not in {"http", "https"} or not parts.hostname:
        raise CannotFetch(Trouble.NO_ADDRESS)
    return urlunsplit((scheme, parts.netloc, parts.path, parts.query, ""))


def fetch_calendar(address: str, etag: str = "", last_modified: str = "") -> FetchedCalendar:
    """Ask for a calendar, by what we have already. Raises CannotFetch."""
    budget.demand_no_write_lock()
    import requests
    from requests_hardened.ip_filter import InvalidIPAddress

    known = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    headers = {name: value for name, value in known.items() if value} | {"Accept": "text/calendar, */*;q=0.1"}
    begun = monotonic()
    try:
        with (
            _guarded_session() as session,
            session.get(clean_calendar_address(address), headers=headers, stream=True) as answer,
        ):
            if answer.status_code == requests.codes.not_modified:
                return FetchedCalendar(None, etag, last_modified)
            if answer.status_code != requests.codes.ok:
                raise CannotFetch(Trouble.GONE if answer.status_code in {404, 410} else Trouble.REFUSED)
            content = _read_answer(answer, begun)
    except InvalidIPAddress:
        raise CannotFetch(Trouble.INSIDE) from None
    except (requests.exceptions.InvalidSchema, requests.exceptions.InvalidURL, requests.exceptions.MissingSchema):
        raise CannotFetch(Trouble.NO_ADDRESS) from None
    except (requests.RequestException, OSError, ValueError):
        raise CannotFetch(Trouble.NO_ANSWER) from None
    return FetchedCalendar(content, answer.headers.get("ETag", "")[:200], answer.headers.get("Last-Modified", "")[:60])


def _guarded_session() -> "requests.Session":
    """Every address, also one that is redirected to, is resolved once and must be on the open internet."""
    from requests_hardened import Config, Manager

    manager = Manager(
        Config(
            ip_filter_enable=True,
            ip_filter_allow_loopback_ips=current_app.config["CALENDARS_ON_THIS_MACHINE"],
            never_redirect=False,
            default_timeout=_WAIT,
            user_agent_override=f"Leerkring ({current_app.config['BASE_URL']})",
        )
    )
    session: requests.Session = manager.get_session()
    return session


def _read_answer(answer: "requests.Response", begun: float) -> bytes:
    pieces, size = [], 0
    for piece in answer.iter_content(64 * 1024):
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES:
            raise CannotFetch(Trouble.TOO_BIG)
        if monotonic() - begun > PATIENCE:
            raise CannotFetch(Trouble.NO_ANSWER)
    return b"".join(pieces)
