"""Questions of an event: which ones somebody still has to answer, and keeping the answers."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from app.database import db
from app.events.models import Mode, Preset, Question
from app.invitations.models import Invitation
from app.registration.models import QuestionAnswer, Registration, RememberedAnswer

_ASKED = (
    sa.select(Question, RememberedAnswer.value)
    .outerjoin(
        RememberedAnswer,
        sa.and_(RememberedAnswer.preset == Question.preset, RememberedAnswer.person_id == sa.bindparam("person_id")),
    )
    .where(Question.event_id == sa.bindparam("event_id"))
    .order_by(Question.place, Question.id)
)
_REMEMBERED = (
    sa.select(Question.event_id, Question.id, RememberedAnswer.value)
    .join(RememberedAnswer, RememberedAnswer.preset == Question.preset)
    .where(
        Question.event_id.in_(sa.bindparam("event_ids", expanding=True)),
        RememberedAnswer.person_id == sa.bindparam("person_id"),
    )
)


def questions_for_mode(questions: list[Question], mode: Mode) -> list[Question]:
    """The questions for people who take part this way."""
    return [question for question in questions if not (question.only_on_site and mode == Mode.ONLINE)]


def given_answers(registration: Registration) -> dict[int, str]:
    """Answers by question id."""
    return {answer.question_id: answer.value for answer in registration.answers}


def asked_questions(invitation: Invitation, mode: Mode) -> tuple[list[Question], dict[Preset, str]]:
    """The questions for people who take part this way, and what they let us keep, by ready-made question."""
    person = {"event_id": invitation.event_id, "person_id": invitation.person_id}
    kept = dict(db.session.execute(_ASKED, person).all())
    remembered = {question.preset: value for question, value in kept.items() if question.preset and value is not None}
    return questions_for_mode(list(kept), mode), remembered


def fill_in_remembered(registration: Registration, invitation: Invitation) -> None:
    """Answer the ready-made questions from what the person let us keep, so that they are not asked again."""
    fill_in_all_remembered({invitation.event_id: registration}, invitation.person_id)


def fill_in_all_remembered(registrations: Mapping[int, Registration], person_id: int) -> None:
    """The same of somebody's registrations for several events, by the id of the event."""
    with db.session.no_autoflush:
        remembered = db.session.execute(_REMEMBERED, {"event_ids": list(registrations), "person_id": person_id}).all()
    for event_id, question_id, value in remembered:
        if question_id not in given_answers(registrations[event_id]):
            registrations[event_id].answers.append(QuestionAnswer(question_id=question_id, value=value))


def keep_answers(registration: Registration, values: dict[Question, str], remember: Collection[str]) -> None:
    """Keep the answers to these questions; an empty answer counts as answered with nothing.

    `remember` names the ready-made questions whose answer is kept for a next time; of the
    others among `values` nothing stays remembered.
    """
    person_id = registration.invitation.person_id
    existing = {each.question_id: each for each in registration.answers}
    for question, value in values.items():
        if question.id in existing:
            existing[question.id].value = value
        else:
            registration.answers.append(QuestionAnswer(question_id=question.id, value=value))
        if question.preset:
            db.session.execute(sa.delete(RememberedAnswer).filter_by(person_id=person_id, preset=question.preset))
            if question.preset in remember and value:
                db.session.add(RememberedAnswer(person_id=person_id, preset=question.preset, value=value))
