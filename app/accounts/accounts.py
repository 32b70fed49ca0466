"""Accounts, their roles per network and their keys for the API."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.accounts.models import Account, ApiToken, Grant, NetworkRole
from app.database import db, write_in_passing
from app.network.models import Network
from app.network.people import mail_addresses, name_reading, names
from app.words import Refusal

API_TOKEN_DAYS = 365
"""How long a key works unless its maker says otherwise."""


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
        account = Account(email=email, name=name_reading.read_name(name).name or _name_of_address(email), grants=[])
        db.session.add(account)
        db.session.flush()
    account.active = account.active or reopen
    if not account.active:
        raise AccountClosed(address=email)
    account.is_admin = account.is_admin or is_admin
    db.session.flush()
    return account


def _name_of_address(email: str) -> str:
    """A name until its owner gives one: 'Hans' of hans@, which is how pages and mails speak of them."""
    local = email.partition("@")[0]
    return local[:1].upper() + local[1:]


def grant_role(account: Account, network: Network, role: NetworkRole) -> bool:
    """Give an account a role in a network, replacing the one it has; False when it has that role already."""
    existing = next((each for each in account.grants if each.network_id == network.id), None)
    if existing is None:
        existing = Grant(account=account, network=network, network_id=network.id)
        db.session.add(existing)
    changed = existing.role != role
    existing.role = role
    return changed


def other_organisers(network: Network, account: Account) -> list[Account]:
    """The colleagues who organise a network beside somebody, and can sign in."""
    wanted = (
        sa.select(Account).join(Grant, Grant.account_id == Account.id).where(Account.active, Account.id != account.id)
    )
    mine = wanted.where(Grant.network_id == network.id, Grant.role == NetworkRole.ORGANISER)
    return list(db.session.scalars(mine.order_by(Account.name, Account.id)))


def networks_organised_alone(account: Account) -> list[Network]:
    """The networks that nobody else organises."""
    mine = [each.network for each in account.grants if each.role == NetworkRole.ORGANISER]
    return [network for network in mine if not other_organisers(network, account)]


def make_api_token(
    account: Account, name: str = "", networks: Sequence[Network] = (), days: int = API_TOKEN_DAYS
) -> str:
    """A new key for the API, of these networks or of all that its account sees; it is shown once, only its digest is kept."""
    token = "lk_" + secrets.token_urlsafe(32)
    ends = clock.now() + timedelta(days=days)
    row = ApiToken(account_id=account.id, digest=_digest_of_token(token), name=names.clean_name(name), expires_at=ends)
    row.networks, row.all_networks = list(networks), not networks
    db.session.add(row)
    db.session.flush()
    return token


def load_api_token(token: str) -> ApiToken | None:
    """The row of a key that still opens something, with its account and networks."""
    unended = sa.or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > clock.now())
    wanted = sa.select(ApiToken).join(ApiToken.account).where(Account.active, unended)
    options = (joinedload(ApiToken.account), selectinload(ApiToken.networks))
    return db.session.scalar(wanted.where(ApiToken.digest == _digest_of_token(token)).options(*options))


def note_use_of_api_token(row: ApiToken) -> None:
    """Note the day on which a key was used last, beside the request, which only reads; once a day."""
    today = clock.today()
    if row.used_on != today:
        write_in_passing(sa.update(ApiToken).where(ApiToken.id == row.id).values(used_on=today))


def list_api_tokens(account: Account) -> list[ApiToken]:
    """The keys of an account, newest first."""
    wanted = sa.select(ApiToken).where(ApiToken.account_id == account.id).options(selectinload(ApiToken.networks))
    return list(db.session.scalars(wanted.order_by(ApiToken.id.desc())))


def _digest_of_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
