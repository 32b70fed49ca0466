"""What the organisers of a network say in the digests that go out until a day."""

from datetime import date, timedelta

import sqlalchemy as sa

from app import clock
from app.database import db
from app.digests.models import OrganiserWord
from app.network.models import Network


def current_organiser_words() -> dict[int, OrganiserWord]:
    """The latest word of each network that still holds, by id of network."""
    held = sa.select(OrganiserWord).where(OrganiserWord.until >= clock.today()).order_by(OrganiserWord.id)
    return {word.network_id: word for word in db.session.scalars(held)}


def add_organiser_word(network: Network, text: str, until: date) -> OrganiserWord:
    word = OrganiserWord(network_id=network.id, text=text, until=until)
    db.session.add(word)
    return word


def withdraw_organiser_word(word: OrganiserWord) -> None:
    """Let it end yesterday. The row stays, since its id remembers who saw it."""
    word.until = clock.today() - timedelta(days=1)
