"""A finished mail for showing on a page: its parts, and its HTML in a frame that can do nothing."""

import base64
import hashlib
import re
from dataclasses import dataclass
from email import message_from_bytes, policy

from flask import Response

from app.web.security import content_policy


@dataclass(frozen=True)
class Parts:
    html: str
    text: str
    calendar: str | None


def parts(body: bytes) -> Parts:
    """The readable parts of a mail that mime.build made."""
    found = {part.get_content_type(): part.get_content() for part in message_from_bytes(body, policy=policy.default).walk() if part.get_content_maintype() == "text"}
    return Parts(found["text/html"], found["text/plain"], found.get("text/calendar"))


def frame(html: str) -> Response:
    """The HTML part, for an iframe: no scripts, nothing from elsewhere; its own styles are allowed by their digest."""
    styles = set(re.findall(r'style="([^"]*)"', html)) | set(re.findall(r"<style[^>]*>(.*?)</style>", html, re.S))
    digests = sorted({f"'sha256-{base64.b64encode(hashlib.sha256(_unescaped(style).encode()).digest()).decode()}'" for style in styles})
    policy_ = content_policy(
        style_src=" ".join(["'unsafe-hashes'", *digests]),
        script_src="'none'",
        frame_ancestors="'self'",
        sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation",
    )
    response = Response(html.replace("<head>", '<head><base target="_top">', 1), mimetype="text/html")
    response.headers["Content-Security-Policy"] = policy_
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _unescaped(style: str) -> str:
    return style.replace("&quot;", '"').replace("&#39;", "'").replace("&amp;", "&")
