"""Who is signed in: an account's number and session version in the signed cookie."""

from flask import g, session

from app.accounts.models import Account
from app.database import db

_KEY = "account"


def start_session(account: Account) -> None:
    """Sign in; whatever the session held before is dropped, which prevents session fixation."""
    session.clear()
    session[_KEY] = [account.id, account.session_version]
    session.permanent = True
    g.account = account


def end_session() -> None:
    session.clear()
    g.account = None


def account() -> Account:
    """The account of the running request, on a page that opens for an account alone; raises LookupError on any other."""
    found = current_account()
    if found is None:
        raise LookupError("nobody is signed in")
    return found


def current_account() -> Account | None:
    """The account of the running request; read once a request."""
    if "account" not in g:
        number, version = session.get(_KEY) or (0, 0)
        account = db.session.get(Account, number) if number else None
        g.account = account if account and account.active and account.session_version == version else None
    found: Account | None = g.account
    return found
