"""What one proves by reading a mail: with its link, which acts on POST, or with its six digits in another browser.

A request is a row with digests alone. Link and code work again within their minutes, since a mail scanner may open
the link first and people press twice.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.database import Model, Moment, db, rows_changed

VALID = timedelta(minutes=20)
KEPT = timedelta(days=1)
"""How long a request is remembered, for whoever asks or guesses too often."""
MOST_WRONG_CODES = 5


class MailedCode(Model):
    """A request for such a mail, and how often its code was guessed wrong."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    browser_digest: Mapped[str] = mapped_column(sa.String(64))
    """Of the secret that only the asking browser keeps; the code follows from it."""
    mailed: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    wrong_codes: Mapped[int] = mapped_column(default=0)


Request = TypeVar("Request", bound=MailedCode)


def load_valid_request(model: type[Request], request_id: int, lock: bool = False) -> Request | None:
    """The request of this number, within its minutes; locked by who tries a code."""
    wanted = sa.select(model).where(model.id == request_id, model.created_at > clock.now() - VALID)
    return db.session.scalar(wanted.with_for_update() if lock else wanted)


def write_code(request: MailedCode) -> str:
    """Six digits, derived from the request and its browser's secret: '123 456'."""
    digits = _digits(request)
    return f"{digits[:3]} {digits[3:]}"


def try_code(request: MailedCode, code: str, *, works: bool) -> bool:
    """Whether these are the digits of a request that `works`; a wrong one counts, and after MOST_WRONG_CODES none is right."""
    if request.wrong_codes >= MOST_WRONG_CODES:
        return False
    if works and is_code(request, code):
        return True
    request.wrong_codes += 1
    return False


def is_code(request: MailedCode, code: str) -> bool:
    """Whether these are its digits, however they are written; compared in the same time for all."""
    digits = "".join(c for c in code if c.isdigit())
    return hmac.compare_digest(_digits(request).encode(), digits.encode())


def minutes_valid() -> int:
    return int(VALID.total_seconds() // 60)


def make_browser_secret() -> str:
    return secrets.token_urlsafe(24)


def digest_of_text(text: str) -> str:
    return hmac.new(current_app.config["SECRET_KEY"].encode(), b"sign-in\0" + text.encode(), hashlib.sha256).hexdigest()


def forget_old_requests(model: type[MailedCode]) -> int:
    """Delete requests that are a day old."""
    return rows_changed(sa.delete(model).where(model.created_at < clock.now() - KEPT))


def _digits(request: MailedCode) -> str:
    return (
        f"{int(digest_of_text(f'code {request.__tablename__} {request.id} {request.browser_digest}'), 16) % 10**6:06d}"
    )
