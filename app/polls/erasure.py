"""What is erased from date polls with a person: their place in them, with every answer."""

import sqlalchemy as sa

from app.database import db
from app.network.people.models import Person
from app.polls.models import PollVote, Voter


def erase_poll_votes(person: Person) -> None:
    is_theirs = person.owns(Voter.person_id)
    for gone in (
        sa.delete(PollVote).where(PollVote.voter_id.in_(sa.select(Voter.id).where(is_theirs))),
        sa.delete(Voter).where(is_theirs),
    ):
        db.session.execute(gone.execution_options(synchronize_session=False))
