"""Merging two people of whom one is also in a network that the organiser does not organise: it waits for an administrator."""

from collections.abc import Collection

import sqlalchemy as sa
from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import aliased, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from app import clock, urls
from app.accounts import audit, rights
from app.accounts.models import Account, Action, MergeRequest
from app.database import db
from app.network.imports import merges
from app.network.imports.models import Merge
from app.network.models import Membership
from app.network.people import address_changes, address_notices
from app.network.people.models import Person, Position
from app.outbox import letters
from app.outbox.kinds import MessageKind
from app.outbox.message_queue import plan_finished_mail
from app.outbox.mime import Mail
from app.words import Refusal


class CannotAskMerge(Refusal):
    """This merge cannot be asked, or answered, now."""

    says = {
        "waits": _l("Dit verzoek wacht al op een beheerder."),
        "answered": _l("Dit verzoek is al beantwoord."),
    }


def may_merge_at_once(account: Account, *persons: Person) -> bool:
    """Whether every network of these people is organised by this account."""
    viewer = rights.viewer(account)
    return all(address_changes.may_change(viewer, each) for each in persons)


def merge_or_ask(kept: Person, gone: Person, account: Account) -> Merge | None:
    """Make two people one; None when that waits for an administrator. Raises CannotMerge and CannotAskMerge."""
    merges.check_merge(kept, gone)
    if may_merge_at_once(account, kept, gone):
        return _merge(kept, gone, account)
    address_notices.lock_people(kept, gone)  # two who ask at once make one request
    if waiting_of(kept, gone) is not None:
        raise CannotAskMerge("waits")
    asked = MergeRequest(kept=kept, gone=gone, asked_by=account)
    db.session.add(asked)
    db.session.flush()
    audit.note_in_audit_log(Action.ASKED_MERGE, asked)
    for admin in db.session.scalars(sa.select(Account).where(Account.is_admin, Account.active)):
        _plan_mail(MessageKind.MERGE_REQUEST, admin, account, "/organise/organisations/requests")
    return None


def list_waiting() -> list[MergeRequest]:
    """What administrators have not answered yet, longest first."""
    options: list[ExecutableOption] = [joinedload(MergeRequest.asked_by)]
    for side in (MergeRequest.kept, MergeRequest.gone):
        with_all = selectinload(Person.positions).joinedload(Position.organisation), selectinload(Person.addresses)
        networks = selectinload(Person.memberships).joinedload(Membership.network)
        options.append(joinedload(side).options(*with_all, networks))
    return list(db.session.scalars(_waiting().order_by(MergeRequest.id).options(*options)))


def count_waiting() -> int:
    return db.session.scalars(sa.select(sa.func.count()).select_from(_waiting().subquery())).one()


def waiting_of(first: Person, second: Person) -> MergeRequest | None:
    """What was asked about these two, whichever of them is to stay."""
    both = (first.id, second.id)
    return db.session.scalar(_waiting().where(MergeRequest.kept_id.in_(both), MergeRequest.gone_id.in_(both)))


def waiting_pairs(person_ids: Collection[int]) -> set[tuple[int, int]]:
    """The pairs among these people about whom an answer is awaited, the lower id first."""
    wanted = _waiting().with_only_columns(MergeRequest.kept_id, MergeRequest.gone_id)
    among = wanted.where(MergeRequest.kept_id.in_(person_ids), MergeRequest.gone_id.in_(person_ids))
    return {(min(kept, gone), max(kept, gone)) for kept, gone in db.session.execute(among)}


def answer_request(asked: MergeRequest, granted: bool, account: Account) -> None:
    """Merge them, or not, and tell who asked. Raises CannotMerge and CannotAskMerge."""
    db.session.refresh(asked, with_for_update=True)
    if asked.answered_at is not None:
        raise CannotAskMerge("answered")
    asked.answered_at, asked.answered_by, asked.granted = clock.now(), account, granted
    db.session.flush()
    if granted:
        _merge(asked.kept, asked.gone, account)
    if asked.asked_by and asked.asked_by.active:
        page = f"/organise/people/{asked.kept_id}" if granted else "/organise/doubles"
        _plan_mail(MessageKind.MERGE_ANSWER, asked.asked_by, account, page, granted)


def _merge(kept: Person, gone: Person, account: Account) -> Merge:
    row = merges.merge_people(kept, gone, account)
    audit.note_in_audit_log(Action.MERGED, row)
    return row


def _waiting() -> sa.Select[MergeRequest]:
    """Unanswered, about two people who can still become one."""
    kept, gone = aliased(Person), aliased(Person)
    wanted = sa.select(MergeRequest).where(MergeRequest.answered_at.is_(None))
    wanted = wanted.join(kept, kept.id == MergeRequest.kept_id).join(gone, gone.id == MergeRequest.gone_id)
    return wanted.where(*(each.merged_into_id.is_(None) & each.erased_at.is_(None) for each in (kept, gone)))


def _plan_mail(kind: MessageKind, to: Account, by: Account, page: str, granted: bool | None = None) -> None:
    """Tell an administrator that something waits, or an organiser what was answered; who it is about stands on the page."""
    language = to.language
    with force_locale(language):
        label = gettext("Bekijk het verzoek") if granted is None else gettext("Bekijk wie er staat")
        button = letters.LetterBlock.render("button", link=urls.absolute_url(page), label=label)
    values = {"naam": to.name, "door": by.name, "akkoord": granted, "knop": button}
    source = letters.letter_source(kind.letter, language)
    letter = letters.write_letter(source, values, language, {"because": kind.because})
    plan_finished_mail(Mail(letter, to.email, to.name, letters.site_name()), kind)
