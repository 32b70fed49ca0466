"""Pages about the site itself."""

from datetime import timedelta

from flask import Response, current_app, redirect, render_template, url_for

from app import addresses, clock
from app.web import assets, doors
from app.web.doors import PublicPages

public = PublicPages("web", __name__)


@public.get("/privacy")
def privacy():
    return render_template("web/privacy.html")


@public.get("/accessibility")
def accessibility():
    return render_template("web/accessibility.html")


@public.get("/robots.txt")
def robots():
    return Response(
        "\n".join(["User-agent: *", *(f"Disallow: {path}" for path in doors.private_paths())]) + "\n",
        mimetype="text/plain",
    )


@public.get("/.well-known/security.txt")
def security_txt():
    """How to report a vulnerability (RFC 9116)."""
    expires = (clock.now() + timedelta(days=300)).strftime("%Y-%m-%dT00:00:00Z")
    lines = [
        f"Contact: mailto:{current_app.config['SECURITY_CONTACT']}",
        f"Expires: {expires}",
        "Preferred-Languages: nl, en",
        f"Canonical: {addresses.absolute(url_for('web.security_txt'))}",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@public.get("/favicon.ico")
def favicon():
    return redirect(assets.address("icon.svg"), 301)
