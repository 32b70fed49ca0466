"""What an organiser asks people who come; two questions are ready-made."""

from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

from app.database import db
from app.events.models import Event, Preset, Question, QuestionKind
from app.registration.models import QuestionAnswer


def make_preset_question(kind: Preset) -> Question:
    """A new ready-made question."""
    if kind == Preset.DIETARY:
        return Question(
            kind=QuestionKind.TEXT,
            preset=kind,
            label=gettext("Heb je dieetwensen?"),
            reason=gettext("We geven dit door aan de keuken, zonder je naam."),
            only_on_site=True,
            place=90,
            choices=[],
        )
    return Question(
        kind=QuestionKind.TEXT,
        preset=kind,
        label=gettext("Heb je iets nodig om mee te kunnen doen?"),
        reason=gettext("Bijvoorbeeld een plek voor een rolstoel, een ringleiding of een tolk."),
        place=91,
        choices=[],
    )


def make_preset_questions() -> list[Question]:
    return [make_preset_question(kind) for kind in Preset]


def add_preset_question(event: Event, kind: Preset) -> None:
    """Ask a ready-made question, if the event does not ask it yet."""
    if all(question.preset != kind for question in event.questions):
        event.questions.append(make_preset_question(kind))


def add_question(event: Event, **values: Any) -> Question:
    question = Question(event_id=event.id, place=len(event.questions), **values)
    db.session.add(question)
    return question


def count_event_answers(question: Question) -> int:
    """How many people gave an answer that is not empty."""
    given = sa.select(sa.func.count()).where(QuestionAnswer.question_id == question.id, QuestionAnswer.value != "")
    return db.session.scalars(given).one()
