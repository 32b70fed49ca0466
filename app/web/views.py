"""Pages about the site itself."""

from datetime import timedelta

from flask import Response, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app import clock, urls
from app.web import assets, doors
from app.web.doors import PublicPages

public = PublicPages("web", __name__)


@public.get("/accessibility", kept=())
def show_accessibility() -> str:
    return render_template("web/accessibility.html")


@public.get("/robots.txt")
def serve_robots_txt() -> ResponseReturnValue:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in doors.private_paths())]
    lines.append(f"Sitemap: {urls.absolute_url('/sitemap.xml')}")
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@public.get("/.well-known/security.txt")
def serve_security_txt() -> ResponseReturnValue:
    """How to report a vulnerability (RFC 9116)."""
    expires = (clock.now() + timedelta(days=300)).strftime("%Y-%m-%dT00:00:00Z")
    lines = [
        f"Contact: mailto:{current_app.config['SECURITY_CONTACT']}",
        f"Expires: {expires}",
        "Preferred-Languages: nl, en",
        f"Canonical: {urls.absolute_url(url_for('web.serve_security_txt'))}",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@public.get("/favicon.ico")
def serve_favicon() -> ResponseReturnValue:
    return redirect(assets.asset_url("icon.svg"), 301)
