"""Who may see and do what: administrators all, organisers and readers their networks."""

from collections.abc import Callable
from functools import wraps

import sqlalchemy as sa
from flask import abort, redirect, request, url_for

from app.accounts import sessions
from app.accounts.models import Account, Grant, NetworkRole
from app.database import SAFE_METHODS
from app.network.models import Network
from app.network.seeing import CLOCKWORK, Viewer


def may_read(account: Account, network_id: int) -> bool:
    return account.is_admin or _role(account, network_id) is not None


def may_organise(account: Account, network_id: int) -> bool:
    return account.is_admin or _role(account, network_id) == NetworkRole.ORGANISER


def may_see_people(account: Account, event) -> bool:
    """Readers see who comes, but not at a confidential event."""
    return viewer(account).may_see_people(event)


def viewer(account: Account) -> Viewer:
    """With whose eyes an account looks; administrators see everything."""
    if account.is_admin:
        return CLOCKWORK
    roles = {
        role: frozenset(grant.network_id for grant in account.grants if grant.role == role) for role in NetworkRole
    }
    return Viewer(roles[NetworkRole.ORGANISER], roles[NetworkRole.READER])


def organises(account: Account) -> bool:
    """Whether an account may change what all networks share, such as organisations."""
    return account.is_admin or any(grant.role == NetworkRole.ORGANISER for grant in account.grants)


def networks(account: Account) -> sa.Select:
    """The networks that an account may see, by name."""
    wanted = sa.select(Network).order_by(Network.name)
    return wanted if account.is_admin else wanted.join(Grant).where(Grant.account_id == account.id)


def _role(account: Account, network_id: int) -> NetworkRole | None:
    return next((grant.role for grant in account.grants if grant.network_id == network_id), None)


def signed_in(view: Callable) -> Callable:
    """Only for who is signed in; others go to the sign-in page and come back."""

    @wraps(view)
    def guarded(*args, **kwargs):
        if sessions.current() is None:
            back = request.full_path.rstrip("?") if request.method in SAFE_METHODS else None
            return redirect(url_for("accounts.sign_in", next=back))
        return view(*args, **kwargs)

    return guarded


def admin_only(view: Callable) -> Callable:
    """Only for administrators."""

    @wraps(view)
    @signed_in
    def guarded(*args, **kwargs):
        if not sessions.current().is_admin:
            abort(403)
        return view(*args, **kwargs)

    return guarded


def demand_read(network_id: int) -> Account:
    """The signed-in account, if it may see this network; another network is as if it did not exist (404)."""
    account = sessions.current()
    if not may_read(account, network_id):
        abort(404)
    return account


def demand_organise(network_id: int) -> Account:
    """The signed-in account, if it may change this network: 404 for outsiders, 403 for readers."""
    account = demand_read(network_id)
    if not may_organise(account, network_id):
        abort(403)
    return account


def demand_organiser() -> Account:
    """The signed-in account, if it organises any network; 403 for readers."""
    account = sessions.current()
    if not organises(account):
        abort(403)
    return account
