"""The letter with the personal link to how a theme stands, for who stands for it. An organiser has it sent."""

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.agendas import koppels
from app.agendas.models import Agenda, AgendaTheme, Office
from app.database import db
from app.network import correspondence
from app.network.correspondence import Envelope
from app.network.people.models import Person
from app.outbox import message_queue
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_writing import Draft, Suppressed, Written
from app.outbox.mime import Mail
from app.outbox.models import Message, Reason
from app.words import Refusal

LINK = MessageKind.KOPPEL


class CannotMailLink(Refusal):
    """A link is mailed to who stands there today and has an address."""

    says = {
        "not_there": _l("%(name)s staat hier vandaag niet. De link werkt alleen zolang iemand in het koppel zit."),
        "no_address": _l("Van %(name)s is geen mailadres bekend. Vul dat eerst aan."),
    }


def mail_link(office: Office) -> None:
    """Have the link mailed to who stands there, once for each time that it is asked. Raises CannotMailLink."""
    if not office.person or not office.is_held_on(clock.today()):
        raise CannotMailLink("not_there", name=koppels.name_of(office))
    address = correspondence.preferred_address(office.person)
    if address is None:
        raise CannotMailLink("no_address", name=office.person.name)
    message_queue.plan_message(
        LINK,
        address,
        details={"office": office.id},
        network_id=office.agenda_theme.agenda.network_id,
        person_id=office.person_id,
    )
    office.link_sent_at = clock.now()


def write_koppel_mails(messages: list[Message]) -> list[Written]:
    """Write a batch, except to who stands there no more or whose link was withdrawn meanwhile."""
    loading = joinedload(Office.agenda_theme).options(
        joinedload(AgendaTheme.theme), joinedload(AgendaTheme.agenda).joinedload(Agenda.network)
    )
    wanted = sa.select(Office).where(Office.id.in_([each.details["office"] for each in messages]))
    people = joinedload(Office.person).selectinload(Person.addresses)
    found = {each.id: each for each in db.session.scalars(wanted.options(loading, people, selectinload(Office.party)))}
    return [_write_koppel_mail(each, found.get(each.details["office"])) for each in messages]


def _write_koppel_mail(message: Message, office: Office | None) -> Written:
    person = office.person if office else None
    if (
        office is None
        or person is None
        or person.id != message.person_id
        or not correspondence.preferred_address(person)
    ):
        return Suppressed(Reason.NO_LONGER_HOLDS)
    if office.link_sent_at is None or not office.is_held_on(clock.today()):
        return Suppressed(Reason.NO_LONGER_HOLDS, [office])
    return Draft(_mail_of(office, person), [office, office.agenda_theme, person, *person.addresses])


def _mail_of(office: Office, person: Person) -> Mail:
    network = office.agenda_theme.agenda.network
    envelope = Envelope(
        because=LINK.because,
        address=correspondence.address_of(person),
        network=network,
        reply_to=network.contact_address,
        feedback=f"koppel:{network.id}:{LINK}",
    )
    return correspondence.write_mail(person, LINK.letter, lambda: _fields(office, person), envelope)


def _fields(office: Office, person: Person) -> dict[str, object]:
    label = gettext("Bekijk hoe het met dit thema staat")
    return {
        "voornaam": person.call_name,
        "thema": office.agenda_theme.theme.words,
        "agenda": office.agenda_theme.agenda.title,
        "partij": office.party.name,
        "knop": LetterBlock.render("button", link=koppels.link_to_office(office), label=label),
    }
