"""Joining a network from its public page: by the link in a mail to the address that was given (double opt-in).

The page does the same for every address; who is a member already learns so by mail alone.
"""

from datetime import timedelta

import sqlalchemy as sa
from flask_babel import force_locale, gettext

from app import addresses, clock, tokens
from app.database import db, rows_changed, too_often
from app.network import memberships, people
from app.network.models import JoinRequest, Language, Network, Organisation, Person
from app.outbox import letters
from app.outbox.kinds import MessageKind
from app.outbox.letters import Block
from app.outbox.mime import Mail
from app.outbox.queue import enqueue
from app.tokens import Purpose

VALID = timedelta(days=7)
MOST_A_DAY = 3
"""Requests for one address and network within a day; further ones are dropped unseen."""


def ask(network: Network, name: str, address: str, language: Language) -> None:
    """Note that somebody wants to join; raises people.BadAddress."""
    db.session.add(
        JoinRequest(network_id=network.id, name=name, address=people.read_address(address), language=language)
    )


def mail_asked() -> int:
    """Mail the link to everybody who asked since the last time; return how many."""
    waiting = sa.select(JoinRequest).where(~JoinRequest.mailed).order_by(JoinRequest.id)
    requests = list(db.session.scalars(waiting.with_for_update(skip_locked=True)))
    for request in requests:
        request.mailed = True
        if not _too_often(request):
            _mail(request)
    db.session.commit()
    return len(requests)


def find(token: str) -> JoinRequest | None:
    """The request of a link, as long as it is valid; using it twice changes nothing."""
    number, _ = tokens.read(Purpose.JOIN, token) or (0, 0)
    return db.session.scalar(
        sa.select(JoinRequest).where(JoinRequest.id == number, JoinRequest.created_at > clock.now() - VALID)
    )


def confirm(request: JoinRequest, organisation: Organisation | None = None) -> Person:
    """Make who asked a member; mail of the network is wanted again, whatever was said before."""
    person = people.find_or_add(request.name, request.address, language=request.language)
    db.session.flush()
    if organisation and not person.positions:
        people.place_at(person, organisation)
    membership = memberships.join(person.id, request.network_id)
    memberships.resubscribe(membership)
    if address := next((each for each in person.addresses if each.key == people.key(request.address)), None):
        people.works_again(address)
    db.session.flush()
    return person


def forget_old() -> int:
    """Delete requests whose link is no longer valid."""
    return rows_changed(sa.delete(JoinRequest).where(JoinRequest.created_at < clock.now() - VALID))


def _too_often(request: JoinRequest) -> bool:
    return too_often(
        JoinRequest.created_at,
        clock.now() - timedelta(days=1),
        MOST_A_DAY,
        JoinRequest.address == request.address,
        JoinRequest.network_id == request.network_id,
        JoinRequest.id < request.id,
    )


def _mail(request: JoinRequest) -> None:
    network, language = request.network, request.language
    link = addresses.join_network_page(tokens.make(Purpose.JOIN, request.id))
    with force_locale(language):
        button = Block.render("button", link=link, label=gettext("Word lid van %(network)s", network=network.name))
        site = letters.site_name()
        sender = gettext("%(network)s via %(site)s", network=network.name, site=site)
    values = {"naam": request.name, "netwerk": network.name, "knop": button, "dagen": VALID.days}
    layout = {
        "because": MessageKind.JOIN.because,
        "network": network,
        "contact_name": network.contact_name,
        "contact_address": network.contact_address,
    }
    letter = letters.write(letters.source(MessageKind.JOIN.letter, language), values, language, layout)
    enqueue(Mail(letter, request.address, request.name, sender), MessageKind.JOIN, network_id=network.id)
