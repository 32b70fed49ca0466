"""The HTML part of a mail in a frame that can do nothing: no scripts, nothing from elsewhere."""

import base64
import hashlib
import re
from html import unescape

from flask import Response

from app.web.security import content_policy


def mail_frame(html: str) -> Response:
    """A mail for an iframe; its own inline styles are allowed by their digest, no others."""
    styles = set(re.findall(r'style="([^"]*)"', html)) | set(re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL))
    digests = sorted(
        {f"'sha256-{base64.b64encode(hashlib.sha256(unescape(style).encode()).digest()).decode()}'" for style in styles}
    )
    response = Response(html.replace("<head>", '<head><base target="_top">', 1), mimetype="text/html")
    response.headers["Content-Security-Policy"] = content_policy(
        style_src=" ".join(["'unsafe-hashes'", *digests]),
        script_src="'none'",
        frame_ancestors="'self'",
        sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation",
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
