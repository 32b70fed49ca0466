"""What others changed in a network or a session since a moment, from the log, for its organisers."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.accounts.models import Account, Action, AuditEntry, Subject
from app.database import db
from app.events.models import Event
from app.network.models import Network

MOST = 5


def list_changes_of_network(network: Network, since: datetime, account: Account) -> list[AuditEntry]:
    """The last few, by others than this account."""
    return _list_changes(since, account, AuditEntry.network_id == network.id)


def list_changes_of_event(event: Event, since: datetime, account: Account) -> list[AuditEntry]:
    """The same of a session itself; what stands below it has pages of its own."""
    about = (AuditEntry.subject == Subject.EVENTS) & (AuditEntry.subject_id == event.id)
    return _list_changes(since, account, AuditEntry.network_id == event.network_id, about)


def _list_changes(since: datetime, account: Account, *conditions: sa.ColumnElement[bool]) -> list[AuditEntry]:
    of_access = [action for action in Action if action.of_access]
    wanted = (
        sa.select(AuditEntry)
        .where(*conditions, AuditEntry.at > since, AuditEntry.action.not_in(of_access))
        .where(AuditEntry.account_id.is_distinct_from(account.id))
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .options(joinedload(AuditEntry.account))
    )
    return list(db.session.scalars(wanted.limit(MOST)))
