"""Who is invited: an audience that is there, people picked from the network, addresses that were pasted, or some of each."""

from collections.abc import Collection
from itertools import count

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.database import db
from app.events.models import Event
from app.invitations.waves.models import Wave, WaveState
from app.network import memberships
from app.network.audiences import audiences
from app.network.audiences.audience_blocks import AudienceBlock, Rule
from app.network.audiences.models import Audience
from app.network.people import written_people
from app.network.people.models import Person
from app.words import Refusal


class NobodyChosen(Refusal):
    """Neither an audience nor anybody by name."""

    says = _l("Kies een doelgroep, of mensen.")
    field = "audience"


def read_pasted(event: Event, text: str) -> list[Person]:
    """Who stand in a pasted text; who is new to the network becomes its guest. Raises written_people.Nobody."""
    found = written_people.read_people(text)
    for person in found:
        memberships.make_known(person, event.network_id)
    return found


def choose_audience(event: Event, audience: Audience | None, people: Collection[Person]) -> Audience:
    """The audience that is invited: this one, with these people beside it if there are any. Raises NobodyChosen."""
    if audience is None and not people:
        raise NobodyChosen
    if audience is not None and not people:
        return audience
    picked = [audiences.make_condition(AudienceBlock.PERSON, *sorted({person.id for person in people}))]
    own = gettext("Genodigden van ‘%(event)s’", event=event.slug)[:110]
    return audiences.ensure_audience(event.network, _free_name(event, own), [*_groups_of(audience), picked])


def _free_name(event: Event, own: str) -> str:
    """This name, with a number where something goes to that audience already: what was released keeps its readers."""
    goes = sa.or_(Wave.audience_id == Audience.id, Wave.first_audience_id == Audience.id)
    released = sa.select(Audience.name).join(Wave, goes).where(Wave.state != WaveState.DRAFT)
    taken = set(db.session.scalars(released.where(Audience.network_id == event.network_id)))
    return next(name for number in count(1) if (name := own if number == 1 else f"{own} ({number})") not in taken)


def _groups_of(audience: Audience | None) -> Rule:
    """The groups of an audience; that of everybody in the network says so, since others stand beside it."""
    if audience is None:
        return []
    return audience.rule or [[audiences.make_condition(AudienceBlock.NETWORK, audience.network_id)]]
