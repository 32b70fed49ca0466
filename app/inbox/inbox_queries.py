"""Reads of incoming mail for organisers."""

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import joinedload, undefer

from app.accounts import rights
from app.accounts.models import Account
from app.database import db
from app.inbox.models import IncomingMail, Outcome
from app.invitations.models import Invitation

PER_PAGE = 50


def page_to_review(account: Account) -> Pagination:
    """A page of the mails that an organiser of their networks has to look at, latest first."""
    options = [joinedload(IncomingMail.person), joinedload(IncomingMail.network), joinedload(IncomingMail.about)]
    options.append(joinedload(IncomingMail.invitation).joinedload(Invitation.event))
    wanted = _mails_of_account(account).where(IncomingMail.outcome == Outcome.REVIEW).options(*options)
    return db.paginate(wanted.order_by(IncomingMail.id.desc()), per_page=PER_PAGE, error_out=False)


def count_to_review(account: Account) -> int:
    wanted = _mails_of_account(account).where(IncomingMail.outcome == Outcome.REVIEW)
    return db.session.scalars(sa.select(sa.func.count()).select_from(wanted.subquery())).one()


def find_incoming_mail(account: Account, mail_id: int) -> IncomingMail | None:
    """One mail with its contents, if it is in the account's networks."""
    wanted = _mails_of_account(account).where(IncomingMail.id == mail_id)
    return db.session.scalar(wanted.options(undefer(IncomingMail.content)))


def _mails_of_account(account: Account) -> sa.Select[IncomingMail]:
    """Mails of the networks that an account organises; those of no network are for administrators."""
    wanted = sa.select(IncomingMail)
    if account.is_admin:
        return wanted
    own = [grant.network_id for grant in account.grants if rights.may_organise(account, grant.network_id)]
    return wanted.where(IncomingMail.network_id.in_(own))
