"""Pages about the site itself."""

from datetime import timedelta

from flask import Blueprint, Response, current_app, redirect, render_template, url_for

from app import addresses, clock
from app.web import assets
from app.web.security import PRIVATE_PATHS

blueprint = Blueprint("web", __name__)


@blueprint.get("/privacy")
def privacy():
    return render_template("web/privacy.html")


@blueprint.get("/accessibility")
def accessibility():
    return render_template("web/accessibility.html")


@blueprint.get("/robots.txt")
def robots():
    return Response(
        "\n".join(["User-agent: *", *(f"Disallow: {path}" for path in (*PRIVATE_PATHS, "/calendar/"))]) + "\n",
        mimetype="text/plain",
    )


@blueprint.get("/.well-known/security.txt")
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


@blueprint.get("/favicon.ico")
def favicon():
    return redirect(assets.address("icon.svg"), 301)
