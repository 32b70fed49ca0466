"""Tokens in links and addresses: an id, a version and a signature, never stored.

A token is derived again for every reminder and is revoked by raising the version.
Lower-case base32, since mail clients lower-case addresses; each purpose has a secret
of its own, so that a token for one thing opens nothing else.
"""

import base64
import hashlib
import hmac
from enum import StrEnum

from flask import current_app

_HEAD = 6
"""Bytes of id (5) and version (1)."""
_SIGNATURE = 16
"""Bytes of signature: 128 bits."""


class Purpose(StrEnum):
    INVITATION = "invitation"
    REPLY = "reply"
    BOUNCE = "bounce"
    FEED = "feed"
    FEED_ALL = "feed-all"
    FEED_ORGANISER = "feed-organiser"
    UNSUBSCRIBE = "unsubscribe"
    SIGN_IN = "sign-in"
    CHECK_IN = "check-in"
    EVALUATION = "evaluation"
    COMMITMENT = "commitment"
    PREFERENCES = "preferences"
    JOIN = "join"
    ADDRESS = "address"
    ADDRESS_CHANGE = "address-change"
    ADDRESS_PROPOSAL = "address-proposal"
    SEATS = "seats"
    DIGEST_STOP = "digest-stop"
    MAIL_TEST = "mail-test"
    INSTEAD = "instead"
    POLL = "poll"
    POLL_REPLY = "poll-reply"
    OWN_SIGN_IN = "own-sign-in"
    DEPARTURE = "departure"
    VISIT = "visit"
    STAY = "stay"
    KOPPEL = "koppel"
    SPEAKER = "speaker"
    NEXT_EDITION = "next-edition"
    USED = "used"
    MATCH = "match"
    CONTACT = "contact"
    QUESTION = "question"
    QUESTION_REPLY = "question-reply"


def make_token(purpose: Purpose, row_id: int, version: int = 1, about: str = "") -> str:
    """The token of a row: 36 characters of lower-case base32. `about` is signed along: it holds with the same alone."""
    head = row_id.to_bytes(5, "big") + version.to_bytes(1, "big")
    return base64.b32encode(head + _sign(purpose, head, about)).decode().rstrip("=").lower()


def read_token(purpose: Purpose, token: str, about: str = "") -> tuple[int, int] | None:
    """Return (id, version) of a genuine token, None for anything else.

    Wrong characters, another purpose and a forged signature take the same way and time.
    """
    token = token.strip().lower()
    try:
        head = base64.b32decode(token[:16].upper().ljust(16, "A"))[:_HEAD]
    except ValueError:
        head = bytes(_HEAD)
    row_id, version = int.from_bytes(head[:5], "big"), head[5]
    genuine = hmac.compare_digest(make_token(purpose, row_id, version, about).encode(), token.encode())
    return (row_id, version) if genuine else None


def _sign(purpose: Purpose, head: bytes, about: str = "") -> bytes:
    secret = current_app.config["SECRET_KEY"].encode()
    signed = purpose.encode() + b"\0" + head + about.encode()
    return hmac.new(secret, signed, hashlib.sha256).digest()[:_SIGNATURE]
