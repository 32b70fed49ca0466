"""Headers that every answer carries (OWASP Secure Headers; internet.nl)."""

from flask import Flask, Response, abort, request

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


_STANDARD = content_policy()


def bind(app: Flask) -> None:
    secure = app.config["SESSION_COOKIE_SECURE"]

    @app.before_request
    def refuse_nul() -> None:
        """No text of a person has a NUL, and PostgreSQL cannot store one; forms lose theirs when they are read."""
        if "\0" in request.path or any("\0" in value for _, value in request.args.items(multi=True)):
            abort(404)

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", _STANDARD)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Referrer-Policy", "no-referrer")
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), interest-cohort=()")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if doors.is_private():
            headers.setdefault("Cache-Control", "no-store")
            headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return languages.remember_language(response)
