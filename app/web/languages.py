"""Which language a page speaks: what the reader chose, else their account or person, else their browser."""

from functools import lru_cache

from flask import Response, current_app, g, has_request_context, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header, parse_cookie

LANGUAGES = {"nl": "Nederlands", "en": "English"}
COOKIE = "language"
ASKED = "lang"
"""In the query of any page: the language to speak from now on."""
YEAR = 365 * 24 * 3600
LONGEST = 500
"""Characters that are read of what a browser accepts; real ones have fewer than a hundred."""


def choose_language() -> str:
    """The language of the running request, Dutch outside of one."""
    if not has_request_context():
        return "nl"
    chosen = request.args.get(ASKED) or request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    reader: str | None = g.get("reader_language")
    return reader or language_of_browser(request.headers.get("Accept-Language", ""))


def language_of_visitor(cookies: str, accepted: str) -> str:
    """What `choose_language` chooses for whom no account or person is known, from two headers of a request."""
    chosen = parse_cookie(cookies).get(COOKIE) if cookies else None
    return chosen if chosen in LANGUAGES else language_of_browser(accepted)


@lru_cache(maxsize=256)
def language_of_browser(accepted: str) -> str:
    """The first of our languages that a browser accepts (Accept-Language), else Dutch."""
    return parse_accept_header(accepted[:LONGEST], LanguageAccept).best_match(LANGUAGES, "nl")


def remember_language(response: Response) -> Response:
    """Keep a choice made with ?lang= for a year."""
    if (chosen := request.args.get(ASKED)) in LANGUAGES:
        safe_line = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(COOKIE, chosen, max_age=YEAR, samesite="Lax", httponly=True, secure=safe_line)
    return response
