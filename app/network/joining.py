"""Joining a network from its public page: by the link in a mail to the address that was given (double opt-in).

The page does the same for every address; somebody who is a member already learns so by mail alone.
"""

from datetime import timedelta

import sqlalchemy as sa
from flask_babel import force_locale, gettext

from app import clock, tokens, urls
from app.database import db, rows_changed, take_row, too_often
from app.network import memberships
from app.network.models import JoinRequest, Network
from app.network.organisations.models import Organisation
from app.network.people import job_positions, mail_addresses, people
from app.network.people.models import Language, Person
from app.outbox import letters
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_queue import plan_finished_mail
from app.outbox.mime import Mail
from app.setbacks import one_by_one
from app.tokens import Purpose

VALID = timedelta(days=7)
MOST_A_DAY = 3
"""Requests for one address and network within a day; further ones are dropped unseen."""


def ask_to_join(network: Network, name: str, address: str, language: Language) -> None:
    """Record that somebody wants to join; raises mail_addresses.BadAddress."""
    db.session.add(
        JoinRequest(network_id=network.id, name=name, address=mail_addresses.read_address(address), language=language)
    )


def mail_join_links() -> int:
    """Mail the link to everybody who asked since the last time; return how many."""
    waiting = sa.select(JoinRequest.id).where(~JoinRequest.mailed).order_by(JoinRequest.id)
    return one_by_one.do_each("mail_join_links", db.session.scalars(waiting).all(), _mail_join_link)


def _mail_join_link(number: int) -> int:
    request = take_row(JoinRequest, number, ~JoinRequest.mailed)
    if request is None:
        return 0
    request.mailed = True
    if not _asked_too_often(request):
        _plan_join_mail(request)
    return 1


def join_request_of_link(token: str) -> JoinRequest | None:
    """The request of a link, as long as it is valid; using it twice changes nothing."""
    number, _ = tokens.read_token(Purpose.JOIN, token) or (0, 0)
    return db.session.scalar(
        sa.select(JoinRequest).where(JoinRequest.id == number, JoinRequest.created_at > clock.now() - VALID)
    )


def confirm_join(request: JoinRequest, organisation: Organisation | None = None) -> Person:
    """Make the person who asked a member; they want mail of the network again, whatever they said before."""
    person = people.find_or_add_person(request.name, request.address, language=request.language)
    db.session.flush()
    if organisation and not person.positions:
        job_positions.add_or_change_position(person, organisation)
    membership = memberships.join_network(person.id, request.network_id)
    memberships.resubscribe_member(membership)
    if address := next(
        (each for each in person.addresses if each.key == mail_addresses.address_key(request.address)), None
    ):
        mail_addresses.clear_bounce(address)
    db.session.flush()
    return person


def forget_old_join_requests() -> int:
    """Delete requests whose link is no longer valid."""
    return rows_changed(sa.delete(JoinRequest).where(JoinRequest.created_at < clock.now() - VALID))


def _asked_too_often(request: JoinRequest) -> bool:
    return too_often(
        JoinRequest.created_at,
        clock.now() - timedelta(days=1),
        MOST_A_DAY,
        JoinRequest.address == request.address,
        JoinRequest.network_id == request.network_id,
        JoinRequest.id < request.id,
    )


def _plan_join_mail(request: JoinRequest) -> None:
    network, language = request.network, request.language
    link = urls.confirm_join_url(tokens.make_token(Purpose.JOIN, request.id))
    with force_locale(language):
        button = LetterBlock.render(
            "button", link=link, label=gettext("Word lid van %(network)s", network=network.name)
        )
        site = letters.site_name()
        sender = gettext("%(network)s via %(site)s", network=network.name, site=site)
    values = {"naam": request.name, "netwerk": network.name, "knop": button, "dagen": VALID.days}
    layout = {
        "because": MessageKind.JOIN.because,
        "network": network,
        "contact_name": network.contact_name,
        "contact_address": network.contact_address,
    }
    letter = letters.write_letter(letters.letter_source(MessageKind.JOIN.letter, language), values, language, layout)
    plan_finished_mail(Mail(letter, request.address, request.name, sender), MessageKind.JOIN, network_id=network.id)
