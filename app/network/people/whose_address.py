"""What an organiser reads of an address that is somebody else's: whose it is, when they may know them, and what can be done."""

from flask_babel import gettext

from app.network.people import mailboxes, people
from app.network.people.models import Person
from app.network.seeing import Viewer


def ask_whose(name: str, address: str, viewer: Viewer, *, through: bool) -> str:
    """Whose an address is that was given with a name that its owner does not have; nothing when there is nothing to ask."""
    known = mailboxes.find_meant(name, address, through=through)
    return _say_whose(known, viewer) if known and not mailboxes.may_be_named(known, name) else ""


def others_behind(person: Person, viewer: Viewer) -> dict[str, list[Person]]:
    """Who else is reached at each address of somebody, by its key, as far as the viewer sees them."""
    boxes = mailboxes.who_are_behind([each.key for each in person.addresses])
    others = {key: [each for each in box.everybody if each.id != person.id] for key, box in boxes.items()}
    person_ids = {each.id for behind in others.values() for each in behind}
    seen = people.seen_of(person_ids, viewer) if person_ids else set()
    return {key: [each for each in behind if each.id in seen] for key, behind in others.items()}


def say_taken(address: str, viewer: Viewer) -> str:
    """That an address is somebody else's own."""
    owner = mailboxes.find_owner(address)
    if owner and people.seen_of([owner.id], viewer):
        whose = gettext("Dit adres hoort bij %(name)s. Is dat dezelfde persoon? Voeg ze samen.", name=owner.name)
    else:
        whose = gettext("Dit adres hoort bij iemand in een ander netwerk. Vraag de beheerder om ze samen te voegen.")
    return f"{whose} {gettext('Of wordt deze persoon via dat postvak bereikt? Vink dat dan aan.')}"


def _say_whose(owner: Person, viewer: Viewer) -> str:
    if people.seen_of([owner.id], viewer):
        return gettext("Dit adres is van %(name)s.", name=owner.name)
    return gettext("Dit adres is van iemand in een ander netwerk.")
