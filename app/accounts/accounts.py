"""Accounts, their roles per network and their keys for the API."""

import hashlib
import secrets

import sqlalchemy as sa

from app.accounts.models import Account, ApiToken, Grant, NetworkRole
from app.database import db
from app.network import names, people
from app.network.models import Network


def by_email(email: str) -> Account | None:
    return db.session.scalar(sa.select(Account).where(Account.email == email.strip().lower()))


def create(email: str, name: str = "", *, is_admin: bool = False) -> Account:
    """The account of this address, made when there is none; raises people.BadAddress."""
    email = people.read_address(email).lower()
    account = by_email(email)
    if account is None:
        account = Account(email=email, name=names.clean(name) or email.partition("@")[0], grants=[])
        db.session.add(account)
    account.active = True
    account.is_admin = account.is_admin or is_admin
    db.session.flush()
    return account


def grant(account: Account, network: Network, role: NetworkRole) -> Grant:
    """Give an account a role in a network, in place of the one it has."""
    existing = next((each for each in account.grants if each.network_id == network.id), None)
    if existing is None:
        existing = Grant(account=account, network=network, network_id=network.id)
        db.session.add(existing)
    existing.role = role
    return existing


def make_api_token(account: Account) -> str:
    """A new key for the API; it is shown once, only its digest is kept."""
    token = "lk_" + secrets.token_urlsafe(32)
    db.session.add(ApiToken(account_id=account.id, digest=_digest(token)))
    return token


def by_api_token(token: str) -> Account | None:
    wanted = sa.select(Account).join(ApiToken).where(ApiToken.digest == _digest(token), Account.active)
    return db.session.scalar(wanted)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
