"""People as somebody types or pastes them: names and addresses of a mail program or a spreadsheet."""

from flask_babel import lazy_gettext as _l

from app.network.people import address_reading, mail_addresses, mailboxes, names, people
from app.network.people.mail_addresses import Recipient
from app.network.people.models import Person
from app.words import Refusal


class Nobody(Refusal):
    """A part of the list that means nobody, such as a name without an address."""

    says = _l("%(refused)s Verbeter dit, of haal het weg.")
    field = "people"


def read_people(text: str) -> list[Person]:
    """Who is meant by a text as mail programs and people write it (mail_addresses.read_addresses).

    Somebody we do not know yet is added, by the name that the address spells when there is none; where several are
    behind an address, the name says who. Raises Nobody, with all that is wrong.
    """
    read = mail_addresses.read_addresses(text)
    boxes, unclear = mailboxes.who_are_behind([each.address for each in read.recipients]), []
    for each in read.recipients:
        try:
            boxes[address_reading.address_key(each.address)].meant(each.name)
        except mailboxes.WhoIsMeant as refused:
            unclear.append(str(refused.words))
    if wrong := [*read.refused, *unclear]:
        raise Nobody(refused=" ".join(wrong))
    return [_find_or_add(each) for each in read.recipients]


def _find_or_add(recipient: Recipient) -> Person:
    known = mailboxes.find_meant(recipient.name, recipient.address)
    return known or people.find_or_add_person(
        recipient.name or names.name_of_address(recipient.address), recipient.address
    )
