"""What is erased from the lessons with a person: the name under their cards and with what they promised. Insights stay,
they name nobody.
"""

import sqlalchemy as sa

from app.database import db
from app.invitations.models import Invitation
from app.lessons.board.models import Board, Card
from app.network.people.models import Person


def erase_card_authors(person: Person) -> None:
    boards = sa.select(Board.id).join(Invitation, Invitation.event_id == Board.event_id)
    theirs = boards.where(Invitation.person_id == person.id)
    named = sa.update(Card).where(Card.board_id.in_(theirs), sa.func.lower(Card.author) == person.name.lower())
    db.session.execute(named.values(author="").execution_options(synchronize_session=False))
