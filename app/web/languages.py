"""Which language a page speaks: what the reader chose, else their account or person, else their browser."""

from flask import Response, current_app, g, has_request_context, request

LANGUAGES = {"nl": "Nederlands", "en": "English"}
COOKIE = "language"
YEAR = 365 * 24 * 3600


def choose_language() -> str:
    """The language of the running request, Dutch outside of one."""
    if not has_request_context():
        return "nl"
    chosen = request.args.get("lang") or request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    reader: str | None = g.get("reader_language")
    return reader or request.accept_languages.best_match(LANGUAGES, "nl")


def remember_language(response: Response) -> Response:
    """Keep a choice made with ?lang= for a year."""
    if (chosen := request.args.get("lang")) in LANGUAGES:
        safe_line = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(COOKIE, chosen, max_age=YEAR, samesite="Lax", httponly=True, secure=safe_line)
    return response
