"""Headers that every answer carries (OWASP Secure Headers; internet.nl)."""

from flask import Flask, Response, abort, g, request

from app.web import doors, languages

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def content_policy(**changes: str) -> str:
    """The Content-Security-Policy, some directives replaced (dashes written as underscores)."""
    policy = POLICY | {name.replace("_", "-"): value for name, value in changes.items()}
    return "; ".join(f"{name} {value}".strip() for name, value in policy.items())


_HEADERS = {
    "Content-Security-Policy": content_policy(),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def standard_headers(app: Flask) -> dict[str, str]:
    """What every answer carries, static files too, unless a page has a reason for another value."""
    secure = app.config["SESSION_COOKIE_SECURE"]
    return _HEADERS | ({"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} if secure else {})


def bind(app: Flask) -> None:
    standard = standard_headers(app)

    @app.before_request
    def refuse_nul() -> None:
        """No text of a person has a NUL, and PostgreSQL cannot store one; forms lose theirs when they are read."""
        if "\0" in request.path or any("\0" in value for _, value in request.args.items(multi=True)):
            abort(404)

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        if "content_policy" in g:
            headers.setdefault("Content-Security-Policy", g.content_policy)
        for name, value in standard.items():
            headers.setdefault(name, value)
        if doors.is_private():
            headers.setdefault("Cache-Control", "no-store")
            headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return languages.remember_language(response)
