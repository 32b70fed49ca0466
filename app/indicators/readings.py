"""Entering a figure by hand: where a measurement began, what was realised, what is expected; each with its source."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from app import clock
from app.accounts.models import Account
from app.database import db
from app.indicators import by_hand, counts
from app.indicators.figure_words import PERCENT
from app.indicators.models import Indicator, Measure, Reading, ReadingKind
from app.lessons.impressions.attachments import CleanFile
from app.words import Refusal


class ReadingRefused(Refusal):
    """This figure cannot be entered."""

    says = {
        "counted": _l("Deze indicator wordt geteld. Met de hand vul je alleen een nulmeting of een verwachting in."),
        "future": _l("Deze dag moet nog komen. Vul in wat er al is, of kies ‘Verwachting’."),
        "whole": _l("Vul bij een percentage ook in waarvan het een deel is."),
        "no_whole": _l("Alleen bij een percentage vul je in waarvan het een deel is."),
        "lower": _l("Dit is minder dan de %(value)s van daarvoor. Schrijf op hoe dat komt."),
        "above": _l("Dit is meer dan honderd procent. Schrijf op hoe dat kan."),
        "replaces": _l("Schrijf op wat er niet klopte aan het cijfer dat je verbetert."),
        "gone": _l("Dat cijfer is al verbeterd. Kijk wat er nu staat."),
    }
    _FIELDS = {"counted": "kind", "future": "day", "whole": "out_of", "no_whole": "out_of", "gone": "value"}

    def __init__(self, problem: str, **details: object) -> None:
        super().__init__(problem, **details)
        self.field = self._FIELDS.get(problem, "reason")  # type: ignore[misc]  # of this one refusal


@dataclass(frozen=True)
class NewReading:
    """What somebody fills in."""

    kind: ReadingKind
    day: date
    value: Decimal
    source: str
    out_of: Decimal | None = None
    link: str = ""
    reason: str = ""
    file: CleanFile | None = None


def add_reading(indicator: Indicator, new: NewReading, by: Account | None, replaces: Reading | None = None) -> Reading:
    """Enter a figure; instead of an earlier one, which stays, when it says so. Raises ReadingRefused."""
    _check(indicator, new, replaces)
    reading = Reading(
        kind=new.kind,
        day=new.day,
        value=new.value,
        out_of=new.out_of,
        source=new.source,
        link=new.link,
        reason=new.reason,
        file_name=new.file.name if new.file else "",
        file_content=new.file.content if new.file else None,
        replaces_id=replaces.id if replaces else None,
        entered_by=by,
    )
    indicator.readings.append(reading)
    db.session.flush()
    return reading


def _check(indicator: Indicator, new: NewReading, replaces: Reading | None) -> None:
    version = counts.version_on(indicator, new.day)
    realised = new.kind == ReadingKind.REALISED
    if realised and version.measure != Measure.BY_HAND:
        raise ReadingRefused("counted")
    if new.kind != ReadingKind.FORECAST and new.day > clock.today():
        raise ReadingRefused("future")
    if (version.unit == PERCENT) != (new.out_of is not None):
        raise ReadingRefused("whole" if new.out_of is None else "no_whole")
    if new.out_of is not None and new.out_of <= 0:
        raise ReadingRefused("whole")
    if replaces and any(each.replaces_id == replaces.id for each in indicator.readings):
        raise ReadingRefused("gone")
    if new.reason:
        return
    if replaces:
        raise ReadingRefused("replaces")
    if new.out_of is not None and new.value > new.out_of:
        raise ReadingRefused("above")
    if realised and (before := _reading_before(indicator, new)) and before.value > new.value:
        raise ReadingRefused("lower", value=f"{before.value.normalize():f}".replace(".", ","))


def _reading_before(indicator: Indicator, new: NewReading) -> Reading | None:
    """What stood in the same year: figures of a year begin anew."""
    return by_hand.last_reading(indicator.readings, ReadingKind.REALISED, date(new.day.year, 1, 1), new.day)


def reading_of(indicator: Indicator, reading_id: int | None) -> Reading | None:
    return next((each for each in indicator.readings if each.id == reading_id), None)
