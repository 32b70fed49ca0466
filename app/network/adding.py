"""Adding somebody to a network who is known already, from another network: they hear of it, and stop it by the link."""

from flask_babel import gettext

from app.network import correspondence, memberships
from app.network.correspondence import Envelope
from app.network.models import Membership, Network, Standing
from app.network.people.models import Person
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_queue import plan_finished_mail


def add_known_person(person: Person, network: Network) -> Membership:
    """Make somebody a member and tell them; who is a member already stays so, and hears nothing."""
    if any(each.network_id == network.id and each.standing == Standing.MEMBER for each in person.memberships):
        return memberships.join_network(person.id, network.id)
    membership = memberships.join_network(person.id, network.id)
    tell_added(person, network)
    return membership


def tell_added(person: Person, network: Network) -> None:
    """Mail somebody that they are in this network from now on; an address that bounced gets no mail."""
    memberships.make_known(person, network.id)
    address, kind = correspondence.preferred_address(person), MessageKind.ADDED
    if address is None or address.bounced_at:
        return
    link = memberships.link_to_unsubscribe(person, network.id)

    def fields() -> dict[str, object]:
        button = LetterBlock.render("button", link=link, label=gettext("Geen mail van dit netwerk"))
        return {"voornaam": person.call_name, "netwerk": network.name, "knop": button}

    envelope = Envelope(kind.because, address, network, preferences_url=correspondence.link_to_preferences(person))
    plan_finished_mail(
        correspondence.write_mail(person, kind.letter, fields, envelope),
        kind,
        person_id=person.id,
        network_id=network.id,
    )
