"""Answers that a client may keep: strong ETag, Last-Modified, 304 for both (RFC 9110 section 13)."""

from datetime import datetime

from flask import Response, make_response, request


def calendar_response(body: bytes, etag: str, changed_at: datetime, name: str, *, private: bool = False) -> Response:
    """iCalendar bytes as an answer; empty with status 304 when the client has them already."""
    response = make_response(body)
    response.content_type = "text/calendar; charset=utf-8"
    response.set_etag(etag)
    response.last_modified = changed_at
    response.headers["Cache-Control"] = f"{'private' if private else 'public'}, max-age=900"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.make_conditional(request)
    return response
