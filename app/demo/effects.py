"""What came of the demo's suggestions: what organisers said, and what who was there answered two months later."""

import random
from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app import clock
from app.attendance.models import Attendance
from app.database import db
from app.lessons.impressions import facts
from app.lessons.impressions.models import Impression
from app.lessons.insights import suggestion_states, use_questions, uses
from app.lessons.insights.models import Suggestion, SuggestionUse, SuggestionVerdict, UseAnswer

VERDICTS = {
    "Als provincie steeds zeggen welke rol je hebt": (
        SuggestionVerdict.DONE,
        "Staat sinds 2025 bovenaan elke brief over samenwerking in de regio.",
    ),
    "Minder dure inhuur van buiten": (
        SuggestionVerdict.DECLINED,
        "Elke organisatie gaat hier zelf over. Samen werven en opleiden bleek wel te kunnen.",
    ),
    "Vraag grote gemeenten om mee te lezen bij kleine": (
        SuggestionVerdict.DONE,
        "Twee grote gemeenten lezen mee; aanvragen gaan via het netwerk.",
    ),
    "Nodig bij elk cijfer iemand uit die ermee te maken heeft": (
        SuggestionVerdict.DECLINED,
        "Te veel werk per cijfer. Eén gesprek per programma bleek genoeg.",
    ),
}
_BECAUSE = {
    UseAnswer.USED: ("Staat nu vast op onze agenda.", "We begonnen klein, en dat werkte."),
    UseAnswer.TRIED: ("Eén keer gedaan; er was te weinig tijd voor een vervolg.",),
    UseAnswer.NOT_YET: ("Komt na de zomer.",),
    UseAnswer.NO: ("Bij ons doet een ander team dit.",),
}


_FIRST = timedelta(days=3 * 365)
"""Who was at a session before this was not asked."""


def add_effects(impression: Impression) -> None:
    """What organisers said of its suggestions and, of a report that is old enough but not from before all this, what people
    answered."""
    for suggestion in _suggestions(impression):
        if suggestion.text in VERDICTS:
            suggestion_states.settle(suggestion, *VERDICTS[suggestion.text])
    last = max(event.ends_at for event in facts.events_of_impression(impression))
    if clock.now() - _FIRST < last < clock.now() - use_questions.AFTER:
        _add_answers(impression)


def _suggestions(impression: Impression) -> Iterator[Suggestion]:
    return (suggestion for insight in impression.insights for suggestion in insight.suggestions)


def _add_answers(impression: Impression) -> None:
    """Two of three who were there answer; some suggestions were used by many, others by nobody."""
    pick, events = random.Random(impression.slug), facts.events_of_impression(impression)
    wanted = sa.select(Attendance).where(Attendance.event_id.in_([event.id for event in events]))
    there = db.session.scalars(wanted.order_by(Attendance.id).options(joinedload(Attendance.invitation)))
    asked = {each.invitation.person_id: each for each in there}
    uses.note_asked((impression.id, person_id) for person_id in asked)
    answering = {person_id: each for person_id, each in asked.items() if pick.random() < 0.67}
    for number, suggestion in enumerate(_suggestions(impression)):
        chances = ((6, 2, 2, 1), (0, 1, 4, 4), (1, 2, 5, 3))[number % 3]
        for attendance in answering.values():
            db.session.add(_use(suggestion, attendance, pick.choices(list(UseAnswer), chances)[0], pick))
    db.session.flush()


def _use(suggestion: Suggestion, attendance: Attendance, answer: UseAnswer, pick: random.Random) -> SuggestionUse:
    at = attendance.at + use_questions.AFTER + timedelta(days=pick.randrange(10))
    uses_it = answer == UseAnswer.USED and attendance.organisation_id is not None
    return SuggestionUse(
        suggestion_id=suggestion.id,
        person_id=attendance.invitation.person_id,
        answer=answer,
        because=pick.choice(_BECAUSE[answer]) if pick.random() < 0.1 else "",
        organisation_id=attendance.organisation_id,
        shown_at=at if uses_it and pick.random() < 0.1 else None,
        askable_at=at if uses_it and pick.random() < 0.04 else None,
        answered_at=min(at, clock.now()),
    )
