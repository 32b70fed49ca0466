"""Answers that a client may keep and asks about each time: strong ETag, Last-Modified, 304 for both (RFC 9110 section 13).

A session may be withdrawn or become confidential at any moment, and is gone then at the next request, whatever stands
in between.
"""

from datetime import datetime

from flask import Response, make_response, request


def calendar_response(body: bytes, etag: str, changed_at: datetime, name: str, *, private: bool = False) -> Response:
    """iCalendar bytes as an answer; empty with status 304 when the client has them already."""
    response = make_response(body)
    response.content_type = "text/calendar; charset=utf-8"
    response.set_etag(etag)
    response.last_modified = changed_at
    response.headers["Cache-Control"] = f"{'private' if private else 'public'}, no-cache"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.make_conditional(request)
    return response
