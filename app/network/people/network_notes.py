"""What organisers of a network want to remember of somebody: kept by network, read there and by the person."""

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.database import db
from app.network.models import Network, NetworkNote
from app.network.people.models import Person


def read_note(person: Person, network: Network) -> str:
    """What this network noted; empty when it noted nothing."""
    row = _find_note(person, network)
    return row.text if row else ""


def write_note(person: Person, network: Network, text: str) -> None:
    """Keep this as what the network noted; nothing is kept of an empty note."""
    row = _find_note(person, network)
    if row and text:
        row.text = text
    elif row:
        db.session.delete(row)
    elif text:
        db.session.add(NetworkNote(person_id=person.id, network_id=network.id, text=text))


def notes_about(person: Person) -> list[NetworkNote]:
    """Everything that was noted, by the name of the network."""
    wanted = sa.select(NetworkNote).join(NetworkNote.network).where(NetworkNote.person_id == person.id)
    return list(db.session.scalars(wanted.order_by(Network.name).options(joinedload(NetworkNote.network))))


def forget_notes(person: Person) -> None:
    db.session.execute(sa.delete(NetworkNote).where(NetworkNote.person_id == person.id))


def _find_note(person: Person, network: Network) -> NetworkNote | None:
    mine = (NetworkNote.person_id == person.id) & (NetworkNote.network_id == network.id)
    return db.session.scalar(sa.select(NetworkNote).where(mine))
