"""What goes with a person who spoke: what they answered and said of themselves, their picture, slides and name."""

import sqlalchemy as sa

from app.database import db
from app.materials.models import Material
from app.network.faces import pictures
from app.network.people import people
from app.network.people.models import Person
from app.speakers.models import AskedSpeaker


def erase_speaker(person: Person) -> None:
    """The part of the programme stays, with where its speaker came from."""
    for asked in db.session.scalars(sa.select(AskedSpeaker).where(AskedSpeaker.person_id == person.id)).all():
        asked.speaker.name, asked.speaker.agreed = people.UNKNOWN, False
        for slides in asked.slides:
            db.session.execute(sa.delete(Material).where(Material.id == slides.id))
        db.session.delete(asked)
    db.session.flush()
    pictures.forget_unused_pictures()
