"""Letters as an example: the session that they are shown with, and a mail to who organises it."""

from datetime import timedelta

from flask_babel import gettext

from app import clock
from app.accounts.models import Account
from app.events import event_queries
from app.events.models import Event, EventState
from app.invitations.letters import invitation_mail, letter_texts
from app.invitations.waves import wave_letters
from app.invitations.waves.models import Wave, WaveKind, WaveState
from app.network.models import Network
from app.network.people.models import Person
from app.network.people.name_reading import read_name
from app.outbox.kinds import MessageKind
from app.outbox.message_queue import plan_finished_mail
from app.outbox.mime import Mail


def mail_wave_example(wave: Wave, event: Event, account: Account) -> None:
    """Mail a wave to an organiser as a reader would get it; its buttons do nothing."""
    mail = write_wave_example(wave, event, as_reader(account))
    plan_finished_mail(mail, MessageKind.TEST, network_id=event.network_id, event_id=event.id)


def write_wave_example(wave: Wave, event: Event, reader: Person) -> Mail:
    """A mail of a wave as somebody would get it."""
    holding = letter_texts.load_own_texts({event.network_id}, {wave.id} if wave.id else ())
    return wave_letters.write_wave_mail(wave, invitation_mail.example_invitation(event, reader), holding)


def as_reader(account: Account) -> Person:
    """An organiser as somebody who gets a letter."""
    greeting = read_name(account.name).greeting
    return invitation_mail.example_person(account.name, greeting, account.email, account.language)


def mail_network_example(network: Network, account: Account) -> None:
    """Mail an organiser the invitation as this network writes it, before there is anything to invite to."""
    mail_wave_example(Wave(kind=WaveKind.INVITATION, state=WaveState.DRAFT), example_event(network), account)


def example_event(network: Network) -> Event:
    """The network's next session, or its last one; without any a made-up one that is in no database."""
    return event_queries.nearest_event(network) or Event(
        network=network,
        network_id=network.id,
        uid="voorbeeld@leerkring.example",
        slug="voorbeeld",
        title=gettext("Voorbeeldsessie"),
        summary="",
        directions="",
        bring="",
        day_contact="",
        day_phone="",
        state=EventState.PUBLISHED,
        confidential=False,
        starts_at=clock.now() + timedelta(days=30),
        ends_at=clock.now() + timedelta(days=30, hours=3),
        closes_at=clock.now() + timedelta(days=29),
        zone=clock.AMSTERDAM,
        on_site=True,
        venue=gettext("Zaal"),
        room="",
        street="",
        town="Oosterhout",
        online=False,
        join_url="",
        looks_back=False,
        sequence=0,
        created_at=clock.now(),
        changed_at=clock.now(),
    )
