"""Joining a network from its public page: by the link in a mail to the address that was given (double opt-in).

Who may is one rule, `may_join`, asked when somebody asks and again when they confirm. The page does the same for every
address; somebody who is a member already learns so by mail alone.
"""

from datetime import timedelta
from enum import Enum, auto

import sqlalchemy as sa
from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _l

from app import clock, tokens, urls
from app.database import db, rows_changed, take_row, too_often
from app.network import correspondence, memberships
from app.network.models import Joining, JoinRequest, Network, Standing
from app.network.organisations import organisations
from app.network.organisations.models import Organisation, OrganisationDomain
from app.network.people import address_reading, job_positions, mail_addresses, mailboxes, people
from app.network.people.models import Language, Person
from app.outbox import letters
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_queue import plan_finished_mail
from app.outbox.mime import Mail
from app.setbacks import one_by_one
from app.tokens import Purpose
from app.words import Refusal

VALID = timedelta(days=7)
MOST_A_DAY = 3
"""Requests for one address and network within a day, or in one name that we know there; further ones are dropped unseen."""


class Entry(Enum):
    """How somebody who asks comes into a network."""

    AT_ONCE = auto()
    AFTER_YES = auto()
    NOT = auto()


class NotForYou(Refusal):
    """This network does not take whoever asks."""

    says = {
        Joining.NAMED: _l("Dit netwerk is voor mensen van bepaalde organisaties. Gebruik het mailadres van je werk."),
        Joining.INVITED: _l("Lid worden van dit netwerk kan alleen op uitnodiging."),
        "archived": _l("Dit netwerk is afgerond. Lid worden kan niet meer."),
    }
    field = "address"


def may_join(network: Network, address: str) -> Entry:
    """How the owner of this address, proven or about to be, comes into the network by asking."""
    if network.archived_at is not None:
        return Entry.NOT
    match network.joining:
        case Joining.OPEN:
            return Entry.AT_ONCE
        case Joining.APPROVAL:
            return Entry.AFTER_YES
        case Joining.NAMED:
            return Entry.AT_ONCE if is_of_named(network, address) else Entry.NOT
        case _:
            return Entry.NOT


def _why_not(network: Network) -> str:
    return "archived" if network.archived_at is not None else str(network.joining)


def is_of_named(network: Network, address: str) -> bool:
    """Whether the address is of a domain that the network names, or below one: @a.oss.nl is of oss.nl, @boss.nl is not.

    Where somebody says that they work proves nothing; neither does a domain on which anybody gets an address.
    """
    domain = address.rpartition("@")[2].lower()
    ours = sa.select(OrganisationDomain.domain).where(
        OrganisationDomain.organisation_id.in_([each.id for each in network.joining_organisations])
    )
    named = {*network.joining_domains, *db.session.scalars(ours)}.difference(organisations.PUBLIC_DOMAINS)
    return any(domain == each or domain.endswith(f".{each}") for each in named)


def ask_to_join(network: Network, name: str, address: str, language: Language, *, through: bool = False) -> None:
    """Record that somebody wants to join; raises mail_addresses.BadAddress, or NotForYou by the domain of the address."""
    if may_join(network, address) is Entry.NOT:
        raise NotForYou(_why_not(network))
    read = mail_addresses.read_address(address)
    db.session.add(JoinRequest(network_id=network.id, name=name, address=read, language=language, through=through))


def mail_join_links() -> int:
    """Mail the link to everybody who asked since the last time; return how many."""
    waiting = sa.select(JoinRequest.id).where(~JoinRequest.mailed).order_by(JoinRequest.id)
    return one_by_one.do_each("mail_join_links", db.session.scalars(waiting).all(), _mail_join_link)


def _mail_join_link(join_request_id: int) -> int | None:
    request = take_row(JoinRequest, join_request_id, ~JoinRequest.mailed)
    if request is None:
        return None
    request.mailed = True
    if not _asked_too_often(request):
        _plan_join_mail(request)
    return 1


def join_request_of_link(token: str) -> JoinRequest | None:
    """The request of a link, as long as it is valid; using it twice changes nothing."""
    join_request_id, _ = tokens.read_token(Purpose.JOIN, token) or (0, 0)
    return db.session.scalar(
        sa.select(JoinRequest).where(JoinRequest.id == join_request_id, JoinRequest.created_at > clock.now() - VALID)
    )


def confirm_join(request: JoinRequest, organisation: Organisation | None = None) -> Person | None:
    """Make the person who asked a member, or let them wait for an organiser: then None. Raises NotForYou."""
    db.session.refresh(request, with_for_update=True)  # two presses at once make one member
    entry = entry_of(request)
    if entry is Entry.NOT:
        raise NotForYou(_why_not(request.network))
    if entry is Entry.AFTER_YES:
        _wait_for_yes(request, organisation)
        return None
    request.organisation = organisation
    return make_member(request)


def entry_of(request: JoinRequest) -> Entry:
    """How who asked comes in; a member is in already."""
    return Entry.AT_ONCE if _is_member(request) else may_join(request.network, request.address)


def make_member(request: JoinRequest) -> Person:
    """Make who asked a member; they want mail of the network again, whatever they said before."""
    person = people.find_or_add_person(
        request.name, request.address, language=request.language, through=request.through
    )
    db.session.flush()
    if request.organisation and not person.positions:
        job_positions.add_or_change_position(person, request.organisation)
    membership = memberships.join_network(person.id, request.network_id)
    memberships.resubscribe_member(membership)
    if address := next(
        (each for each in person.addresses if each.key == address_reading.address_key(request.address)), None
    ):
        mail_addresses.clear_bounce(address)
    db.session.flush()
    return person


def find_requester(request: JoinRequest) -> Person | None:
    """Who asked, when they are known already."""
    return mailboxes.find_meant(request.name, request.address, through=request.through)


def forget_old_join_requests() -> int:
    """Delete requests whose link is no longer valid; the others go after their term (app/privacy/retention.py)."""
    unproven = JoinRequest.confirmed_at.is_(None) & (JoinRequest.created_at < clock.now() - VALID)
    return rows_changed(sa.delete(JoinRequest).where(unproven))


def _is_member(request: JoinRequest) -> bool:
    person = find_requester(request)
    return person is not None and any(
        each.network_id == request.network_id and each.standing == Standing.MEMBER for each in person.memberships
    )


def _wait_for_yes(request: JoinRequest, organisation: Organisation | None) -> None:
    """Let it wait, once; what the same address asked before makes place for it."""
    if request.confirmed_at is not None:
        return
    same = (
        JoinRequest.network_id == request.network_id,
        mail_addresses.is_address(JoinRequest.address, request.address),
        *_of_who_asks(request),
    )
    waits = (JoinRequest.confirmed_at.is_not(None), JoinRequest.verdict.is_(None))
    db.session.execute(sa.delete(JoinRequest).where(*same, *waits, JoinRequest.id != request.id))
    request.confirmed_at, request.organisation = clock.now(), organisation


def _of_who_asks(request: JoinRequest) -> list[sa.ColumnElement[bool]]:
    """Of a mailbox of several only what was asked in this name."""
    shared = request.through or mailboxes.who_is_behind(request.address).shared
    return [JoinRequest.name == request.name] if shared else []


def _asked_too_often(request: JoinRequest) -> bool:
    return too_often(
        JoinRequest.created_at,
        clock.now() - timedelta(days=1),
        MOST_A_DAY,
        mail_addresses.is_address(JoinRequest.address, request.address),
        JoinRequest.network_id == request.network_id,
        JoinRequest.id < request.id,
        *([JoinRequest.name == request.name] if find_requester(request) else []),
    )


def _plan_join_mail(request: JoinRequest) -> None:
    link = urls.confirm_join_url(tokens.make_token(Purpose.JOIN, request.id))
    waits = entry_of(request) is Entry.AFTER_YES
    with force_locale(request.language):
        if waits:
            label = gettext("Ja, ik vraag dit")
        else:
            label = gettext("Word lid van %(network)s", network=request.network.name)
        button = LetterBlock.render("button", link=link, label=label)
    plan_letter(request, MessageKind.JOIN, {"knop": button, "dagen": VALID.days, "wacht": waits})


def plan_letter(request: JoinRequest, kind: MessageKind, values: dict[str, object]) -> None:
    """Plan a mail to the address that asked, as the network."""
    network, language = request.network, request.language
    with force_locale(language):
        sender = gettext("%(network)s via %(site)s", network=network.name, site=letters.site_name())
    layout = correspondence.footer_of_network(network) | {"because": kind.because}
    letter = letters.write_letter(
        letters.letter_source(kind.letter, language),
        {"naam": request.name, "netwerk": network.name} | values,
        language,
        layout,
    )
    plan_finished_mail(Mail(letter, request.address, request.name, sender), kind, network_id=network.id)
