"""Whether something is still behind a link, asked in a process with a budget (app/budget.py).

Only 404 and 410 say that a page is gone. Many sites refuse a program what they show to a person, or are slow for an
hour: 401, 403, 406, 429, 5xx and no answer at all are "unsure" (found by lychee and others, and no reason to hide it).
"""

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import requests

from app import budget
from app.elsewhere import guarded_requests

PATIENCE = 20
"""Seconds for the whole of it, redirects too."""
_GONE = {404, 410}
_REFUSED = 400
"""From here on a status is no answer (RFC 9110 section 15)."""
_ASK_ANEW = {403, 405, 406, 501}
"""What servers say to HEAD that answer GET."""


def ask_link(question: bytes) -> dict[str, str]:
    """What became of the `address` in a question: 'works', 'missing' or 'unsure', as a value of LinkState."""
    import requests
    from requests_hardened.ip_filter import InvalidIPAddress

    asked = json.loads(question)
    try:
        with (
            budget.stop_after(PATIENCE, waiting=True),
            guarded_requests.guarded_session(asked["agent"], asked["on_this_machine"]) as session,
        ):
            status = _ask(session, asked["address"])
    except (InvalidIPAddress, requests.RequestException, OSError, ValueError):
        return {"found": "unsure"}
    return {"found": "missing" if status in _GONE else "works" if status < _REFUSED else "unsure"}


def _ask(session: "requests.Session", address: str) -> int:
    with session.head(address, allow_redirects=True) as answer:
        status = answer.status_code
    if status in _ASK_ANEW or status in _GONE:
        with session.get(address, stream=True) as answer:
            status = answer.status_code
    return status
