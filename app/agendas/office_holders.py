"""Whom an organiser means for a place in a koppel: somebody of the network by name, or anybody by mail address."""

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.database import db
from app.network.models import Membership, Network, Standing
from app.network.people import names, written_people
from app.network.people.models import Person
from app.words import Refusal

NAMED = 5
"""How many people a refusal names at most."""


class NotOnePerson(Refusal):
    """What was typed means nobody, or more than one."""

    says = {
        "unknown": _l("In dit netwerk is niemand die zo heet. Vul een mailadres in, met de naam erbij."),
        "several": _l("Wie bedoel je: %(names)s? Vul een mailadres in."),
        "one": _l("Vul één persoon in."),
    }
    field = "people"


def read_office_holder(network: Network, text: str) -> Person:
    """Who is meant; somebody new is added by their address. Raises NotOnePerson and written_people.Nobody."""
    found = written_people.read_people(text) if "@" in text else _of_this_name(network, text)
    if len(found) == 1:
        return found[0]
    if "@" in text:
        raise NotOnePerson("one")
    raise (
        NotOnePerson("several", names=", ".join(each.name for each in found[:NAMED]))
        if found
        else NotOnePerson("unknown")
    )


def _of_this_name(network: Network, text: str) -> list[Person]:
    """People of the network whose name has all these words; who is called exactly so goes before the others."""
    here = sa.select(Membership.person_id).where(
        Membership.network_id == network.id, Membership.standing != Standing.LEFT
    )
    words = [Person.search_text.like(names.search_pattern(word)) for word in text.split()[:8]]
    wanted = sa.select(Person).where(Person.id.in_(here), Person.erased_at.is_(None), *words)
    found = list(db.session.scalars(wanted.order_by(Person.sort_name, Person.id).limit(50)))
    exactly = [each for each in found if names.fold_name(each.name) == names.fold_name(text)]
    return exactly or found
