"""Who is signed in: the cookie holds a secret, the table whose it is, so that signing out ends it everywhere."""

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import cache

import sqlalchemy as sa
from flask import current_app, g, request, session
from sqlalchemy.orm import contains_eager

from app import clock
from app.accounts.models import Account, AccountSession
from app.database import db, is_read_only, rows_changed, write_in_passing
from app.signals import Signal

emptied = Signal("All that the session of this browser holds is about to be dropped.")
_KEY, _DOOR = "account", "door"
NOTED_EVERY = timedelta(minutes=5)
"""How exactly is known when a session was used last; a page that only reads costs a write no more often."""
_BROWSERS = ("Edg", "OPR", "Firefox", "SamsungBrowser", "Chrome", "Safari")
"""As they name themselves, who pretends to be the next one first."""
_NAMES = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet"}
_SYSTEMS = ("Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux")


def start_session(account: Account) -> None:
    """Sign in; whatever the session held before is dropped, which prevents session fixation."""
    _empty_session()
    session[_KEY] = open_session(account, describe_browser(request.user_agent.string))
    session.permanent = True
    g.account = account


def open_session(account: Account, browser: str = "") -> str:
    """Note that somebody is signed in; returns the secret for the cookie."""
    secret = secrets.token_urlsafe(32)
    db.session.add(AccountSession(account_id=account.id, digest=_digest_of_secret(secret), browser=browser))
    db.session.flush()
    return secret


def end_session() -> None:
    """Sign out, also for whoever kept a copy of the cookie."""
    _empty_session()
    g.account = None


def note_door() -> None:
    """Remember that this browser keeps a list of the door: it goes when one signs out."""
    session[_DOOR] = True


def has_door() -> bool:
    return _DOOR in session


def account() -> Account:
    """The account of the running request, on a page that opens for an account alone; raises LookupError on any other."""
    found = current_account()
    if found is None:
        raise LookupError("nobody is signed in")
    return found


def current_account() -> Account | None:
    """The account of the running request; read once a request."""
    if "account" not in g:
        row = _load_session()
        g.account, g.account_session_id = (row.account, row.id) if row else (None, None)
        if row:
            _note_use(row)
    found: Account | None = g.account
    return found


def current_session_id() -> int | None:
    """The session of the running request."""
    current_account()
    found: int | None = g.get("account_session_id")
    return found


def list_sessions(account: Account) -> list[AccountSession]:
    """Where somebody is signed in, used last first."""
    wanted = sa.select(AccountSession).where(AccountSession.account_id == account.id, _still_valid(account.is_admin))
    latest_first = wanted.order_by(AccountSession.seen_at.desc(), AccountSession.id.desc())
    return list(db.session.scalars(latest_first, _limits()))


def end_sessions(account: Account, *, but: int | None = None) -> int:
    """Sign somebody out everywhere, `but` in one session; returns how many ended."""
    gone = sa.delete(AccountSession).where(AccountSession.account_id == account.id, AccountSession.id != (but or 0))
    return rows_changed(gone)


def forget_old_sessions() -> int:
    """Delete sessions that hold no more. Returns how many."""
    return rows_changed(sa.delete(AccountSession).where(AccountSession.created_at <= _oldest()))


def describe_browser(user_agent: str) -> str:
    """The name of a browser and its system, as far as it tells, such as 'Firefox, Windows'."""
    browser = next((_NAMES.get(name, name) for name in _BROWSERS if f"{name}/" in user_agent), "")
    system = next((name for name in _SYSTEMS if name in user_agent), "")
    return ", ".join(filter(None, (browser, system)))


def _load_session() -> AccountSession | None:
    secret = session.get(_KEY)
    if not isinstance(secret, str):  # of before, when the cookie itself said who it was
        return None
    return db.session.scalar(_of_secret(), {"digest": _digest_of_secret(secret), **_limits()})


def _still_valid(admin: bool) -> sa.ColumnElement[bool]:
    """Young enough; of administrators, who may do everything, also used lately."""
    young = AccountSession.created_at > sa.bindparam("oldest", type_=AccountSession.created_at.type)
    lately = AccountSession.seen_at > sa.bindparam("rested", type_=AccountSession.seen_at.type)
    return sa.and_(young, lately) if admin else young


def _limits() -> dict[str, datetime]:
    rest = timedelta(hours=current_app.config["ADMIN_REST_HOURS"])
    return {"oldest": _oldest(), "rested": clock.now() - rest}


@cache
def _of_secret() -> sa.Select[AccountSession]:
    return (
        sa.select(AccountSession)
        .join(AccountSession.account)
        .where(AccountSession.digest == sa.bindparam("digest"), Account.active)
        .where(sa.or_(_still_valid(admin=True), sa.and_(~Account.is_admin, _still_valid(admin=False))))
        .options(contains_eager(AccountSession.account))
    )


def _oldest() -> datetime:
    return clock.now() - timedelta(days=current_app.config["SESSION_DAYS"])


def _note_use(row: AccountSession) -> None:
    """Note it in the request's own transaction, or beside it when that only reads."""
    now = clock.now()
    if now - row.seen_at < NOTED_EVERY:
        return
    used = sa.update(AccountSession).where(AccountSession.id == row.id).values(seen_at=now)
    if is_read_only():
        write_in_passing(used)
    else:
        db.session.execute(used.execution_options(synchronize_session=False))


def _empty_session() -> None:
    emptied.send()
    _end_own_row()
    session.clear()


def _end_own_row() -> None:
    if isinstance(secret := session.get(_KEY), str):
        db.session.execute(sa.delete(AccountSession).where(AccountSession.digest == _digest_of_secret(secret)))


def _digest_of_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
