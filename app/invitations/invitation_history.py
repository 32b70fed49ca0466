"""What happened to an invitation, step by step."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from app.database import db
from app.invitations.models import HistoryEntry, Invitation, Step


def note_invitation_step(invitation: Invitation, step: Step, account_id: int | None = None, **how: Any) -> None:
    """Write down a step; `account_id` when an organiser did it for the person, `how`: from_calendar, by_address, words."""
    db.session.add(HistoryEntry(invitation_id=invitation.id, step=step, account_id=account_id, **how))


def note_steps(invitations: Iterable[Invitation], step: Step, account_id: int | None = None, **how: Any) -> None:
    """The same step of several, in one statement."""
    same = {"step": step, "account_id": account_id, **how}
    if rows := [{"invitation_id": each.id, **same} for each in invitations]:
        db.session.execute(sa.insert(HistoryEntry), rows)
