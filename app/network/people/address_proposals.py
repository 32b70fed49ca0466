"""What an organiser who may not change somebody's addresses proposes instead: it happens when that person confirms it.

The mail with the link goes to the address that we have, never to the proposed one.
"""

from datetime import timedelta

import sqlalchemy as sa
from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _l

from app import clock, tokens, urls
from app.accounts.models import Account
from app.database import db, rows_changed, too_often
from app.network.models import Network
from app.network.people import address_notices, address_reading, mail_addresses, mailboxes
from app.network.people.models import AddressProposal, EmailAddress, Person, ProposedAct
from app.outbox import letters
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_queue import plan_finished_mail
from app.outbox.mime import Mail
from app.tokens import Purpose
from app.words import Refusal

VALID = timedelta(days=14)
MOST_A_DAY = 3
"""Proposals about one person, so that nobody is flooded by them."""


class CannotPropose(Refusal):
    """This is not asked of somebody now."""

    says = {
        "unreachable": _l(
            "Deze persoon zit ook in een netwerk dat je niet organiseert, en heeft geen adres dat werkt om iets te vragen. "
            "Vraag een beheerder."
        ),
        "waits": _l("Dit wacht al op bevestiging."),
        "often": _l("Deze persoon kreeg vandaag al een paar van zulke vragen. Probeer het morgen."),
    }
    field = "address"


class CannotConfirm(Refusal):
    """What was proposed does not happen."""

    says = {
        "answered": _l("Dit is al bevestigd."),
        "gone": _l(
            "Je gegevens zijn intussen gewist of samengevoegd met die van iemand anders. Er is niets gewijzigd."
        ),
        "changed": _l("Dit adres staat intussen niet meer bij je gegevens. Er is niets gewijzigd."),
        "taken": _l("Dit adres hoort intussen bij iemand anders. Er is niets gewijzigd."),
    }


def propose_change(
    person: Person,
    act: ProposedAct,
    address: str,
    network: Network,
    account: Account | None,
    *,
    through: bool = False,
) -> None:
    """Ask somebody by mail to confirm a change of their addresses. Raises BadAddress, CannotPropose and PersonGone."""
    address_notices.lock_person(person)
    asked = next((each for each in person.addresses if each.preferred and each.bounced_at is None), None)
    if asked is None:
        raise CannotPropose("unreachable")
    address = mail_addresses.read_address(address)
    if any((each.act, each.address) == (act, address) for each in waiting_proposals(person, network)):
        raise CannotPropose("waits")
    day_ago = clock.now() - timedelta(days=1)
    if too_often(AddressProposal.created_at, day_ago, MOST_A_DAY, AddressProposal.person_id == person.id):
        raise CannotPropose("often")
    proposal = AddressProposal(person_id=person.id, network=network, act=act, address=address, through=through)
    proposal.account_id = account.id if account else None
    db.session.add(proposal)
    db.session.flush()
    _plan_question(proposal, person, asked)


def say_asked(person: Person) -> str:
    """What the organiser reads who proposed it."""
    return gettext(
        "%(name)s zit ook in een netwerk dat je niet organiseert en krijgt een mail op het oude adres. "
        "Dit wacht op bevestiging.",
        name=person.name,
    )


def waiting_proposals(person: Person, network: Network) -> list[AddressProposal]:
    """What organisers of this network proposed to somebody, and has no answer yet."""
    wanted = sa.select(AddressProposal).where(
        AddressProposal.person_id == person.id,
        AddressProposal.network_id == network.id,
        AddressProposal.confirmed_at.is_(None),
        AddressProposal.created_at > clock.now() - VALID,
    )
    return list(db.session.scalars(wanted.order_by(AddressProposal.id)))


def proposal_of_link(token: str) -> AddressProposal | None:
    """What a link confirms, for as many days as that can be done."""
    address_proposal_id, _ = tokens.read_token(Purpose.ADDRESS_PROPOSAL, token) or (0, 0)
    proposal = db.session.get(AddressProposal, address_proposal_id)
    return proposal if proposal and proposal.created_at > clock.now() - VALID else None


def check_confirmable(proposal: AddressProposal) -> None:
    """Raises CannotConfirm."""
    person = proposal.person
    if person.erased_at or person.merged_into_id:
        raise CannotConfirm("gone")
    if proposal.confirmed_at is not None:
        raise CannotConfirm("answered")
    if proposal.act == ProposedAct.REMOVE:
        if address_reading.address_key(proposal.address) not in {each.key for each in person.addresses}:
            raise CannotConfirm("changed")
    elif not proposal.through and mailboxes.is_of_another(proposal.address, person):
        raise CannotConfirm("taken")


def confirm_proposal(proposal: AddressProposal) -> None:
    """Do what was proposed. Raises CannotConfirm."""
    person = proposal.person
    try:
        address_notices.lock_person(person)
    except address_notices.PersonGone as gone:
        raise CannotConfirm("gone") from gone
    db.session.refresh(proposal)
    check_confirmable(proposal)
    if proposal.act == ProposedAct.ADD:
        mail_addresses.add_address(person, proposal.address, through=proposal.through)
    elif proposal.act == ProposedAct.PREFER:
        mail_addresses.set_address(person, proposal.address, through=proposal.through)
    else:
        key = address_reading.address_key(proposal.address)
        mail_addresses.drop_address(next(each for each in person.addresses if each.key == key))
    proposal.confirmed_at = clock.now()


def forget_old_proposals() -> int:
    """Delete proposals whose link no longer works. Returns how many."""
    return rows_changed(sa.delete(AddressProposal).where(AddressProposal.created_at <= clock.now() - VALID))


def _plan_question(proposal: AddressProposal, person: Person, asked: EmailAddress) -> None:
    site, kind, language = letters.site_name(), MessageKind.ADDRESS_PROPOSED, person.language
    link = urls.address_proposal_url(tokens.make_token(Purpose.ADDRESS_PROPOSAL, proposal.id))
    with force_locale(language):
        button = LetterBlock.render("button", link=link, label=gettext("Bekijk en bevestig"))
        act = str(proposal.act.words)
    values = {
        "voornaam": person.call_name,
        "netwerk": proposal.network.name,
        "wat": act,
        "adres": address_notices.hide_address(proposal.address),
        "knop": button,
        "dagen": VALID.days,
    }
    letter = letters.write_letter(
        letters.letter_source(kind.letter, language), values, language, {"because": kind.because}
    )
    plan_finished_mail(
        Mail(letter, asked.address, person.name, site), kind, person_id=person.id, network_id=proposal.network_id
    )
