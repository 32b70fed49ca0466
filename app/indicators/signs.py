"""Signs of a theme: kwaliteit, tijd and geld at a moment, set by a person; not on course asks three answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from app import clock
from app.accounts.models import Account
from app.agendas.models import Agenda
from app.database import db
from app.indicators.models import Aspect, Assessment, Sign
from app.words import Refusal


class SignRefused(Refusal):
    """These signs cannot be set."""

    says = {
        "none": _l("Kies ten minste één teken."),
        "answers": _l(
            "Niet alles is op koers. Schrijf op wat de oorzaak is, wat het gevolg is en wat eraan gedaan wordt."
        ),
        "future": _l("Deze dag moet nog komen."),
    }
    _FIELDS = {"none": "quality", "answers": "cause", "future": "day"}

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.field = self._FIELDS[problem]  # type: ignore[misc]  # of this one refusal


@dataclass(frozen=True)
class Answers:
    """What is asked where something is not on course."""

    cause: str = ""
    consequence: str = ""
    correction: str = ""


def set_signs(
    agenda: Agenda, theme_id: int, day: date, signs: Mapping[Aspect, Sign], answers: Answers, by: Account | None
) -> None:
    """Set signs of a theme on a day; what was set before stays. Raises SignRefused."""
    if not signs:
        raise SignRefused("none")
    if day > clock.today():
        raise SignRefused("future")
    deviates = any(sign != Sign.GREEN for sign in signs.values())
    if deviates and not (answers.cause and answers.consequence and answers.correction):
        raise SignRefused("answers")
    for aspect, sign in signs.items():
        row = Assessment(agenda_id=agenda.id, theme_id=theme_id, day=day, aspect=aspect, sign=sign, entered_by=by)
        row.cause, row.consequence, row.correction = answers.cause, answers.consequence, answers.correction
        db.session.add(row)
    db.session.flush()


def list_signs(agenda: Agenda) -> list[Assessment]:
    """All signs that were set, the last one first."""
    wanted = sa.select(Assessment).where(Assessment.agenda_id == agenda.id)
    wanted = wanted.options(joinedload(Assessment.entered_by)).order_by(Assessment.day.desc(), Assessment.id.desc())
    return list(db.session.scalars(wanted))


def signs_now(signs: list[Assessment], day: date | None = None) -> dict[int, dict[Aspect, Assessment]]:
    """By theme the last sign of each aspect, up to a day when one is given; of what list_signs gave."""
    now: dict[int, dict[Aspect, Assessment]] = {}
    for each in signs:
        if day is None or each.day <= day:
            now.setdefault(each.theme_id, {}).setdefault(each.aspect, each)
    return now


class Answered(Protocol):
    """A sign with the answers to it: kept, or frozen in a report."""

    @property
    def sign(self) -> Any: ...
    @property
    def cause(self) -> Any: ...
    @property
    def consequence(self) -> Any: ...
    @property
    def correction(self) -> Any: ...


def answers_now(signs: Iterable[Answered]) -> list[tuple[str, str, str]]:
    """Cause, consequence and correction of what is not on course, each three once."""
    deviating = (each for each in signs if each.sign != Sign.GREEN)
    return list(dict.fromkeys((each.cause, each.consequence, each.correction) for each in deviating))


def label_of(agenda: Agenda, aspect: Aspect) -> str:
    """What the agenda calls it."""
    labels = {Aspect.QUALITY: agenda.quality_label, Aspect.TIME: agenda.time_label, Aspect.MONEY: agenda.money_label}
    return labels[aspect] or str(aspect.words)


def meaning_of(agenda: Agenda, sign: Sign) -> str:
    """What a sign says in this agenda."""
    return {Sign.GREEN: agenda.green_means, Sign.ORANGE: agenda.orange_means, Sign.RED: agenda.red_means}[sign]
