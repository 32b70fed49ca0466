"""What an organiser asks people who come; two questions are ready-made."""

import re
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext

from app.database import db
from app.events.models import Event, Preset, Question, QuestionKind
from app.registration.models import QuestionAnswer

SPECIAL = (
    "allerg", "intoleran", "dieet", r"\bdiets?\b", "dietary", "halal", "hallal", "koosjer", "kosjer", "kosher", "vegetar",
    r"\bvegan", "veganist", r"\bgluten", "lactose", "coeliak", "coeliac", "celiac", "zwanger", "pregnan", "medicijn",
    "medicatie", "medicine", "medication", "medisch", "medical", "gezond", "health", r"\bziek", "illness", r"\bsick", "diagnos",
    "diabet", "epilep", "beperking", "disabilit", "disabled", "handicap", "rolstoel", "wheelchair", "slechtziend",
    "slechthorend", "ringleiding", "gebarentolk", r"\bblind", r"\bdoof\b", r"\bdeaf\b", "hulphond", r"\bautis", r"\badhd\b",
    "geloof", "gelovig", "godsdien", "religi", "levensbeschouw", "levensovertuig", "moskee", "mosque", "church", "gebed",
    r"\bbidden\b", "prayer", "ramadan", "hoofddoek", "headscarf", "moslim", "muslim", "islam", "christel", "christian", "joods",
    "jewish", "hindoe", "hindu", "katholiek", "catholic",
)  # fmt: skip
"""How words on health and religion look, in Dutch and English: parts of words, as regular expressions."""
_SPECIAL = re.compile("|".join(SPECIAL), re.IGNORECASE)


def make_preset_question(kind: Preset) -> Question:
    """A new ready-made question."""
    if kind == Preset.DIETARY:
        return Question(
            kind=QuestionKind.TEXT,
            preset=kind,
            label=gettext("Heb je dieetwensen?"),
            reason=gettext(
                "We geven dit door aan de keuken, zonder je naam. Alleen wie iets voor je moet regelen, kan zien van wie het is."
            ),
            only_on_site=True,
            place=90,
            choices=[],
        )
    return Question(
        kind=QuestionKind.TEXT,
        preset=kind,
        label=gettext("Heb je iets nodig om mee te kunnen doen?"),
        reason=gettext(
            "Bijvoorbeeld een plek voor een rolstoel, een ringleiding of een tolk. We tellen dit zonder je naam. Alleen wie iets voor je moet regelen, kan zien van wie het is."
        ),
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


def looks_special(*texts: str) -> bool:
    """Whether a question seems to ask for health or religion (GDPR article 9), by its words; it may be mistaken."""
    return any(_SPECIAL.search(text) for text in texts)


def asks_special(question: Question) -> bool:
    """Whether an organiser's own question seems to; the ready-made ones are made for it."""
    return not question.preset and looks_special(question.label, *question.choices)


def is_about_needs(question: Question) -> bool:
    """Whether an answer may tell of somebody's health or belief, as those to the ready-made questions do."""
    return bool(question.preset) or asks_special(question)


def count_event_answers(question: Question) -> int:
    """How many people gave an answer that is not empty."""
    given = sa.select(sa.func.count()).where(QuestionAnswer.question_id == question.id, QuestionAnswer.value != "")
    return db.session.scalars(given).one()
