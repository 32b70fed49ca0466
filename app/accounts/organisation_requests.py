"""Renaming an organisation, or letting it go up in another: who may do so at once, and who waits for an administrator.

At once: administrators, and who organises every network that has people there. Anybody else asks; administrators get a
mail and say yes or no, and whoever asked hears which.
"""

from datetime import date

import sqlalchemy as sa
from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from app import clock, urls
from app.accounts import rights, shared_changes
from app.accounts.models import Account, OrganisationRequest, RequestKind
from app.database import db
from app.network.organisations import lineage
from app.network.organisations.models import Organisation
from app.outbox import letters
from app.outbox.kinds import MessageKind
from app.outbox.message_queue import plan_finished_mail
from app.outbox.mime import Mail
from app.words import Refusal


class CannotAsk(Refusal):
    """This cannot be asked, or answered, now."""

    says = {
        "waits": _l("Over deze organisatie wacht al een verzoek op een beheerder."),
        "answered": _l("Dit verzoek is al beantwoord."),
        "name_taken": _l("Er is intussen een andere organisatie die %(name)s heet. Er is niets gewijzigd."),
    }


def may_act_at_once(account: Account, *organisations: Organisation) -> bool:
    """Whether no network has people there that this account does not organise."""
    networks = db.session.scalars(shared_changes.networks_at(*(each.id for each in organisations)))
    return account.is_admin or all(rights.may_organise(account, network_id) for network_id in networks)


def rename_or_ask(organisation: Organisation, name: str, account: Account) -> bool:
    """Give an organisation another name; False when that waits for an administrator. Raises CannotAsk."""
    if name == organisation.name:
        return True
    if may_act_at_once(account, organisation):
        organisation.name = name
        return True
    _ask(OrganisationRequest(organisation=organisation, kind=RequestKind.RENAME, new_name=name), account)
    return False


def succeed_or_ask(organisation: Organisation, successor: Organisation, day: date, account: Account) -> bool:
    """Let an organisation go up in another; False when that waits for an administrator.

    Raises CannotAsk and lineage.NoSuccession.
    """
    if may_act_at_once(account, organisation, successor):
        lineage.succeed_organisation(organisation, successor, day)
        return True
    lineage.check_succession(organisation, successor)
    asked = OrganisationRequest(
        organisation=organisation, kind=RequestKind.SUCCESSION, successor=successor, successor_id=successor.id, day=day
    )
    _ask(asked, account)
    return False


def list_waiting() -> list[OrganisationRequest]:
    """What administrators have not answered yet, longest first."""
    options = [
        joinedload(OrganisationRequest.organisation),
        joinedload(OrganisationRequest.successor),
        joinedload(OrganisationRequest.asked_by),
    ]
    return list(db.session.scalars(_waiting().order_by(OrganisationRequest.id).options(*options)))


def count_waiting() -> int:
    return db.session.scalars(sa.select(sa.func.count()).select_from(_waiting().subquery())).one()


def waiting_of(organisation: Organisation) -> OrganisationRequest | None:
    return db.session.scalar(_waiting().where(OrganisationRequest.organisation_id == organisation.id))


def answer_request(asked: OrganisationRequest, granted: bool, account: Account) -> None:
    """Carry out what was asked, or not, and tell who asked. Raises CannotAsk and lineage.NoSuccession."""
    db.session.refresh(asked, with_for_update=True)
    if asked.answered_at is not None:
        raise CannotAsk("answered")
    asked.answered_at, asked.answered_by_id, asked.granted = clock.now(), account.id, granted
    about = asked.organisation.name
    if granted:
        _carry_out(asked)
    if asked.asked_by and asked.asked_by.active:
        _plan_mail(MessageKind.ORGANISATION_ANSWER, asked.asked_by, asked, account, about)


def _waiting() -> sa.Select[OrganisationRequest]:
    return sa.select(OrganisationRequest).where(OrganisationRequest.answered_at.is_(None))


def _ask(asked: OrganisationRequest, account: Account) -> None:
    with db.session.no_autoflush:
        if waiting_of(asked.organisation) is not None:
            raise CannotAsk("waits")
    asked.asked_by = account
    asked.organisation_id = asked.organisation.id
    db.session.add(asked)
    db.session.flush()
    for admin in db.session.scalars(sa.select(Account).where(Account.is_admin, Account.active)):
        _plan_mail(MessageKind.ORGANISATION_REQUEST, admin, asked, account, asked.organisation.name)


def _carry_out(asked: OrganisationRequest) -> None:
    if asked.successor is not None and asked.day is not None:
        lineage.succeed_organisation(asked.organisation, asked.successor, asked.day)
        return
    name = asked.new_name or asked.organisation.name
    same = sa.select(Organisation.id).where(Organisation.name == name, Organisation.id != asked.organisation_id)
    if db.session.scalar(same) is not None:
        raise CannotAsk("name_taken", name=name)
    asked.organisation.name = name


def _plan_mail(kind: MessageKind, to: Account, asked: OrganisationRequest, by: Account, about: str) -> None:
    """Tell an administrator that something waits, or an organiser what was answered."""
    site, language = letters.site_name(), to.language
    for_admin = kind == MessageKind.ORGANISATION_REQUEST
    page = "/organise/organisations/requests" if for_admin else f"/organise/organisations/{asked.organisation_id}"
    with force_locale(language):
        label = gettext("Bekijk het verzoek") if for_admin else gettext("Bekijk de organisatie")
        button = letters.LetterBlock.render("button", link=urls.absolute_url(page), label=label)
    values = {
        "naam": to.name,
        "site": site,
        "door": by.name,
        "organisatie": about,
        "nieuw": asked.successor.name if asked.successor else asked.new_name,
        "gaat_op": asked.successor is not None,
        "akkoord": asked.granted,
        "knop": button,
    }
    source = letters.letter_source(kind.letter, language)
    letter = letters.write_letter(source, values, language, {"because": kind.because})
    plan_finished_mail(Mail(letter, to.email, to.name, site), kind)
