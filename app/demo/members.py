"""Members of the demo who chose to be found, whom to ask at their organisations, and a recording for members alone."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.database import db
from app.directory import consents, listings, people_shown
from app.directory.models import Shown
from app.events.models import Event
from app.invitations.models import Invitation
from app.materials.models import ForWhom, Material, MaterialKind
from app.network.models import Membership, Network, Standing
from app.network.organisations.models import ContactPerson
from app.network.people.models import Person, Position
from app.registration.models import Registration, RegistrationState
from app.themes import themes
from app.uploads.people_shown import PeopleShown

LISTED = 32
_WORDS = (
    ("wonen in kleine kernen, en hoe je daar met inwoners over praat", "een gemeente die al met een woonvisie werkt"),
    ("moties en amendementen die standhouden", ""),
    ("samen inkopen met buurgemeenten", "een voorbeeld van een regionaal contract"),
    ("", "iemand om een dag mee te lopen"),
    ("participatie bij energieprojecten", "ervaring met een inwonersberaad"),
    ("een eerste begroting lezen als nieuw raadslid", ""),
    ("jongerenraden", "een griffier die er net een begon"),
    ("water en ruimtelijke plannen", ""),
)
"""What they know of and look for."""
_RECORDING = "Opname: wat nieuwe raadsleden vaak vragen"


def add_members(network: Network) -> None:
    """Once: who is listed already stays as they are."""
    if people_shown.count_people(network):
        return
    for number, person in enumerate(_list_members(network)):
        knows, seeks = _WORDS[number % len(_WORDS)] if number % 3 else ("", "")
        fields = {Shown.NAME, Shown.ROLE} | ({Shown.THEMES} if number % 2 else set())
        if number % 4 == 0 and person.positions:
            _add_contact(person, number)
            fields.add(Shown.CONTACT)
        listings.keep_listing(person, network, fields, knows, seeks)
    _add_recording(network)
    _show_participants(network)
    db.session.flush()


def _show_participants(network: Network) -> None:
    """Every other person who comes to what is next agreed to stand on its list."""
    coming = sa.select(Event.id).where(Event.network_id == network.id, ~Event.confidential, Event.ends_at > clock.now())
    wanted = sa.select(Invitation).join(Registration, Registration.invitation_id == Invitation.id)
    wanted = wanted.where(Invitation.event_id.in_(coming), Registration.state == RegistrationState.CONFIRMED)
    wanted = wanted.options(joinedload(Invitation.person), joinedload(Invitation.event))
    for invitation in list(db.session.scalars(wanted.order_by(Invitation.id)))[::2]:
        consents.show_at(invitation.person, invitation.event, shown=True)


def _list_members(network: Network) -> list[Person]:
    """Some, spread over the organisations."""
    wanted = sa.select(Person).join(Membership, Membership.person_id == Person.id)
    wanted = wanted.where(Membership.network_id == network.id, Membership.standing == Standing.MEMBER)
    wanted = wanted.options(selectinload(Person.positions).joinedload(Position.organisation)).order_by(Person.id)
    everybody = list(db.session.scalars(wanted))
    return everybody[:: max(1, len(everybody) // LISTED)][:LISTED]


def _add_contact(person: Person, number: int) -> None:
    """For all themes, or for one of them."""
    known = themes.list_themes()
    theme = known[number % len(known)] if number % 8 else None
    person.positions[0].organisation.contacts.append(ContactPerson(person=person, theme=theme))


def _add_recording(network: Network) -> None:
    held = sa.select(Event).where(Event.network_id == network.id, ~Event.confidential, Event.ends_at < clock.now())
    event = db.session.scalar(held.order_by(Event.starts_at.desc()).limit(1))
    if event is None:
        return
    db.session.add(
        Material(
            event_id=event.id,
            kind=MaterialKind.RECORDING,
            title=_RECORDING,
            for_whom=ForWhom.MEMBERS,
            people_shown=PeopleShown.AGREED,
            address="https://video.example/nieuwe-raadsleden",
            minutes=38,
        )
    )
