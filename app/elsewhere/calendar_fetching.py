"""Fetching a partner's calendar from its address, without letting it lead us into our own network.

It is fetched and taken apart in a process with a budget (app/budget.py), by the clockwork alone: one that sends a byte a
second holds up nobody. That process loads nothing that a site is built with.
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    import requests

from app import budget
from app.elsewhere import calendar_reading, guarded_requests

MOST_BYTES = 10 * 1024 * 1024
PATIENCE = 20
"""Seconds that the whole of it may take, from asking for the name of the server to the last byte."""


class NotFetched(Exception):
    """There is no calendar to be had at that address; `reason` is the value of a Trouble."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class FetchedCalendar:
    """The bytes, or None when it is still the version that we have; and what to ask with the next time."""

    content: bytes | None
    etag: str
    last_modified: str


def clean_calendar_address(address: str) -> str:
    """The address as we ask for it: webcal: is another name for https:. Raises NotFetched."""
    parts = urlsplit(address.strip())
    scheme = {"webcal": "https", "webcals": "https"}.get(parts.scheme.lower(), parts.scheme.lower())
    if scheme not in {"http", "https"} or not parts.hostname:
        raise NotFetched("no_address")
    return urlunsplit((scheme, parts.netloc, parts.path, parts.query, ""))


def fetch_and_read(question: bytes, at: str) -> dict[str, Any]:
    """What a question about an address comes to at a moment `at`, in what JSON can hold."""
    try:
        fetched = fetch_calendar(**json.loads(question))
    except NotFetched as error:
        return {"trouble": error.reason}
    changed = fetched.content is not None
    read = calendar_reading.find_outside_events(fetched.content or b"", at) if changed else None
    return {"changed": changed, "read": read, "etag": fetched.etag, "last_modified": fetched.last_modified}


def fetch_calendar(
    address: str, etag: str = "", last_modified: str = "", *, agent: str = "Leerkring", on_this_machine: bool = False
) -> FetchedCalendar:
    """The bytes of a calendar, within PATIENCE. Raises NotFetched."""
    import requests
    from requests_hardened.ip_filter import InvalidIPAddress

    known = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    headers = {name: value for name, value in known.items() if value} | {"Accept": "text/calendar, */*;q=0.1"}
    try:
        with (
            budget.stop_after(PATIENCE, waiting=True),
            guarded_requests.guarded_session(agent, on_this_machine) as session,
            session.get(clean_calendar_address(address), headers=headers, stream=True) as answer,
        ):
            if answer.status_code == requests.codes.not_modified:
                return FetchedCalendar(None, etag, last_modified)
            if answer.status_code != requests.codes.ok:
                raise NotFetched("gone" if answer.status_code in {404, 410} else "refused")
            content = _read_answer(answer)
    except InvalidIPAddress:
        raise NotFetched("inside") from None
    except (requests.exceptions.InvalidSchema, requests.exceptions.InvalidURL, requests.exceptions.MissingSchema):
        raise NotFetched("no_address") from None
    except (requests.RequestException, OSError, ValueError):
        raise NotFetched("no_answer") from None
    return FetchedCalendar(content, answer.headers.get("ETag", "")[:200], answer.headers.get("Last-Modified", "")[:60])


def _read_answer(answer: "requests.Response") -> bytes:
    pieces, size = [], 0
    for piece in answer.iter_content(64 * 1024):
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES:
            raise NotFetched("too_big")
    return b"".join(pieces)
