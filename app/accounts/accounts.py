"""Accounts, their roles per network and their keys for the API."""

import hashlib
import secrets

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.accounts.models import Account, ApiToken, Grant, NetworkRole
from app.database import db
from app.network.models import Network
from app.network.people import mail_addresses, names
from app.words import Refusal


class AccountClosed(Refusal):
    """This account was closed, and only an administrator opens it again, on the page of all accounts."""

    says = _l("Het account van %(address)s is afgesloten. Een beheerder kan het weer openen.")
    tone = "error"
    field = "address"


def find_account(email: str) -> Account | None:
    return db.session.scalar(sa.select(Account).where(Account.email == email.strip().lower()))


def ensure_account(email: str, name: str = "", *, is_admin: bool = False, reopen: bool = False) -> Account:
    """The account with this address, created when there is none.

    Raises mail_addresses.BadAddress, and AccountClosed: asking for an account that was closed never opens it, unless whoever runs
    the machine says `reopen`.
    """
    email = mail_addresses.read_address(email).lower()
    account = find_account(email)
    if account is None:
        account = Account(email=email, name=names.clean_name(name) or email.partition("@")[0], grants=[])
        db.session.add(account)
        db.session.flush()
    account.active = account.active or reopen
    if not account.active:
        raise AccountClosed(address=email)
    account.is_admin = account.is_admin or is_admin
    db.session.flush()
    return account


def grant_role(account: Account, network: Network, role: NetworkRole) -> bool:
    """Give an account a role in a network, replacing the one it has; False when it has that role already."""
    existing = next((each for each in account.grants if each.network_id == network.id), None)
    if existing is None:
        existing = Grant(account=account, network=network, network_id=network.id)
        db.session.add(existing)
    changed = existing.role != role
    existing.role = role
    return changed


def make_api_token(account: Account) -> str:
    """A new key for the API; it is shown once, only its digest is kept."""
    token = "lk_" + secrets.token_urlsafe(32)
    db.session.add(ApiToken(account_id=account.id, digest=_digest_of_token(token)))
    return token


def account_of_api_token(token: str) -> Account | None:
    wanted = sa.select(Account).join(ApiToken).where(ApiToken.digest == _digest_of_token(token), Account.active)
    return db.session.scalar(wanted)


def _digest_of_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
