"""The HTML part of a mail in a frame that can do nothing: no scripts, nothing from elsewhere."""

import base64
import hashlib
import re
from html import unescape

from flask import Response

from app.web.security import content_policy


def text_frame(text: str) -> Response:
    """Plain text for an iframe."""
    response = Response(text, mimetype="text/plain")
    response.headers["Content-Security-Policy"] = content_policy(frame_ancestors="'self'", sandbox="")
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def mail_frame(html: str, *, dark: bool | None = None) -> Response:
    """A mail for an iframe; its own inline styles are allowed by their digest, no others.

    `dark` shows it as a program in dark or in light mode would, whatever the browser prefers.
    """
    if dark is not None:
        html = html.replace("@media (prefers-color-scheme: dark)", "@media all" if dark else "@media not all")
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
