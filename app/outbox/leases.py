"""Whose work something is for now: a claim holds for a while, and lapses when its worker died or broke off."""

import os
import secrets
import socket
from datetime import datetime, timedelta
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import QueryableAttribute

from app.database import Condition

LEASE = timedelta(minutes=2)
_CLOCKS_DIFFER = timedelta(minutes=1)
"""How far the clocks of two machines may be apart."""


@cache
def _name_of_process(process: int) -> str:
    return f"{socket.gethostname()[:40]}-{process}-{secrets.token_hex(4)}"


def worker_name() -> str:
    """The name of this process, which no other has: a container that begins anew has the same host and number."""
    return _name_of_process(os.getpid())


def lapsed_claims(until: QueryableAttribute[datetime | None], now: datetime, lease: timedelta) -> Condition:
    """Claims that hold no more: over, or made by a clock that was ahead of ours and put back since."""
    return sa.or_(until < now, until > now + lease + _CLOCKS_DIFFER)
