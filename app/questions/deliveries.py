"""A question on its way to members: in their digest, each with a link and an address for an answer of their own.

Who gets no digest reads it on the page; so it says how many it reached.
"""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from app import clock, tokens, urls
from app.database import db, insert_new
from app.network import memberships
from app.network.models import Membership, Standing
from app.network.people.models import Person
from app.questions import questions
from app.questions.models import NetworkQuestion, QuestionDelivery
from app.tokens import Purpose


@dataclass(frozen=True)
class Reach:
    """How many members were told in a digest, and how many there are beside the asker."""

    told: int
    members: int


def make_for(person_ids: Collection[int]) -> None:
    """Give each of these members a link and an address for every question that can be answered; who asks needs none."""
    there = QuestionDelivery.question_id == NetworkQuestion.id, QuestionDelivery.person_id == Membership.person_id
    theirs = Membership.person_id.in_(person_ids), Membership.standing == Standing.MEMBER
    not_own = sa.or_(NetworkQuestion.person_id.is_(None), NetworkQuestion.person_id != Membership.person_id)
    missing = (
        sa.select(NetworkQuestion.id.label("question_id"), Membership.person_id)
        .join(Membership, Membership.network_id == NetworkQuestion.network_id)
        .where(*questions.is_open_now(), *theirs, not_own)
        .where(~sa.select(QuestionDelivery.id).where(*there).exists())
        .order_by(NetworkQuestion.id, Membership.person_id)
    )
    rows = [dict(row) for row in db.session.execute(missing).mappings()]
    if rows:
        db.session.execute(insert_new(QuestionDelivery.__table__, "question_id", "person_id"), rows)


def find_for(person_ids: Collection[int]) -> dict[tuple[int, int], QuestionDelivery]:
    """What these people have of questions that can be answered, by person and question."""
    wanted = sa.select(QuestionDelivery).join(QuestionDelivery.question).where(*questions.is_open_now())
    found = db.session.scalars(wanted.where(QuestionDelivery.person_id.in_(person_ids)))
    return {(each.person_id, each.question_id): each for each in found}


def note_told(delivery_ids: Collection[int]) -> None:
    """Digests that told them are on their way."""
    told = sa.update(QuestionDelivery).where(QuestionDelivery.id.in_(delivery_ids), QuestionDelivery.told_at.is_(None))
    if delivery_ids:
        db.session.execute(told.values(told_at=clock.now()).execution_options(synchronize_session=False))


def list_told(person: Person) -> list[QuestionDelivery]:
    """What somebody was told of that can be answered still."""
    wanted = sa.select(QuestionDelivery).join(QuestionDelivery.question).where(*questions.is_open_now())
    wanted = wanted.where(QuestionDelivery.person_id == person.id, QuestionDelivery.told_at.is_not(None))
    return list(db.session.scalars(wanted.order_by(QuestionDelivery.id)))


def count_reach(question: NetworkQuestion) -> Reach:
    told = sa.select(sa.func.count()).where(
        QuestionDelivery.question_id == question.id, QuestionDelivery.told_at.is_not(None)
    )
    members = sa.select(sa.func.count()).where(memberships.is_member_of_network(question.network_id))
    if question.person_id:
        members = members.where(Membership.person_id != question.person_id)
    return Reach(db.session.scalars(told).one(), db.session.scalars(members).one())


def link_to_question(delivery: QuestionDelivery) -> str:
    """Where its reader reads it without signing in, and is led to where they answer."""
    return urls.question_url(tokens.make_token(Purpose.QUESTION, delivery.id))


def answer_address(delivery: QuestionDelivery) -> str:
    """Where its reader mails an answer."""
    return urls.reply_address(tokens.make_token(Purpose.QUESTION_REPLY, delivery.id))


def delivery_of_link(token: str) -> QuestionDelivery | None:
    """What a link is about, as long as others may read the question and its reader is a member."""
    delivery_id, _ = tokens.read_token(Purpose.QUESTION, token) or (0, 0)
    delivery = db.session.get(QuestionDelivery, delivery_id)
    if delivery is None or not delivery.question.is_shown:
        return None
    reader = reader_of(delivery)
    return delivery if reader and questions.is_member(reader, delivery.question.network) else None


def reader_of(delivery: QuestionDelivery) -> Person | None:
    """Whose it is today: who that person became one with, nobody once they were erased."""
    person = delivery.person
    while person.merged_into is not None:
        person = person.merged_into
    return None if person.erased_at else person
