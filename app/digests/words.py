"""What the organisers of a network say in the digests that go out until a day."""

from datetime import date, timedelta

import sqlalchemy as sa

from app import clock
from app.database import db
from app.digests.models import Word
from app.network.models import Network


def current() -> dict[int, Word]:
    """The latest word of each network that still holds, by id of network."""
    held = sa.select(Word).where(Word.until >= clock.today()).order_by(Word.id)
    return {word.network_id: word for word in db.session.scalars(held)}


def say(network: Network, text: str, until: date) -> Word:
    word = Word(network_id=network.id, text=text, until=until)
    db.session.add(word)
    return word


def withdraw(word: Word) -> None:
    """Let it end yesterday. The row stays: who saw it is remembered by its id."""
    word.until = clock.today() - timedelta(days=1)
