"""Links as mail programs and people mangle them: one redirect to what was meant.

A sentence ends in a dot, a link stands in brackets or between < and >, a copy takes a space of no width along (RFC 3986
appendix C), a phone begins a word with a capital. No address of ours ends in such a character or has a capital.
"""

from flask import Flask, current_app, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import RequestRedirect

from app.database import SAFE_METHODS
from app.plain_text import visible_text

_BEHIND = " \t\r\n\xa0./,;:!?*_=|\\'\"`)>]}‘’“”«»…–—"


def bind(app: Flask) -> None:
    app.before_request(_open_what_was_meant)


def _open_what_was_meant() -> ResponseReturnValue | None:
    """Elsewhere, when what is asked is an address with something behind it or with capitals; nothing is sent twice."""
    if request.method not in SAFE_METHODS or request.path.startswith("/api/") or not _is_mangled():
        return None
    plain = _without_end(request.path) or "/"
    for path in dict.fromkeys((plain, plain.lower())):
        if path != request.path and (found := _address_at(path)):
            return redirect(found)
    return None


def _is_mangled() -> bool:
    """Whether no page is at this address, or its token or slug is none for a mark at its end or a capital."""
    if request.routing_exception is not None:
        return isinstance(request.routing_exception, NotFound)
    values = request.view_args or {}
    slug, token = (str(values.get(name) or "") for name in ("slug", "token"))
    return slug != slug.lower() or any(_without_end(each) != each for each in (slug, token))


def _without_end(text: str) -> str:
    return visible_text(text).rstrip(_BEHIND)


def _address_at(path: str) -> str | None:
    """Where a page is, seen from the root of the site; None when none is at this path."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return None
    try:
        adapter.match(path, method="GET")
    except RequestRedirect as elsewhere:
        return elsewhere.new_url
    except HTTPException:
        return None
    query = f"?{request.query_string.decode(errors='replace')}" if request.query_string else ""
    return request.root_path.rstrip("/") + path + query
