"""Who must still do what by when for the reports of an agenda."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask_babel import lazy_gettext as _l

from app import clock
from app.progress import reports, words
from app.progress.models import Report
from app.progress.words import Written
from app.words import Worded


class Step(Worded):
    """What a report asks, in the order in which it is done."""

    ASK = "ask", _l("Koppels en organisatoren krijgen de vraag om hun teksten te schrijven")
    KOPPELS = "koppels", _l("Koppels schrijven hun woord")
    ORGANISERS = "organisers", _l("Organisatoren schrijven wat er gebeurde en wat er komt")
    PUBLISH = (
        "publish",
        _l("Organisatoren leggen de rapportage vast, een tweede kijkt haar na, en ze wordt gepubliceerd"),
    )


@dataclass(frozen=True)
class DueDate:
    """A step of a report that is not done, with its last day; `done` of `of` texts are there, where it is about texts."""

    report: Report
    step: Step
    day: date
    done: int = 0
    of: int = 0

    @property
    def late(self) -> bool:
        """Not done in time. That nobody was asked is nobody's fault."""
        return self.step != Step.ASK and self.day < clock.today()


def list_due_dates(planned: Sequence[tuple[Report, Written]]) -> list[DueDate]:
    """What is to be done for those of these reports that are not published yet, the first day first."""
    found: list[DueDate] = []
    for report, written in planned:
        if not reports.is_published(report):
            found += _due_dates_of(report, written)
    return sorted(found, key=lambda each: (each.day, list(Step).index(each.step), each.report.id))


def written_in(planned: Sequence[Report]) -> list[tuple[Report, Written]]:
    """Each of these reports of one agenda with how many of its texts are there; in a fixed number of statements."""
    rows = sorted(words.list_words(*planned), key=lambda each: (each.report_id, -each.id))
    by_report = {report_id: list(some) for report_id, some in groupby(rows, key=lambda each: each.report_id)}
    return [(each, words.count_written(each, words.words_now(each, by_report.get(each.id, [])))) for each in planned]


def _due_dates_of(report: Report, written: Written) -> Iterator[DueDate]:
    if not reports.is_frozen(report):
        if report.asked_at is None:
            yield DueDate(report, Step.ASK, reports.asks_on(report))
        if written.koppels < written.of_koppels:
            yield DueDate(report, Step.KOPPELS, report.words_due_on, written.koppels, written.of_koppels)
        if written.organisers < written.of_organisers:
            yield DueDate(report, Step.ORGANISERS, report.words_due_on, written.organisers, written.of_organisers)
    yield DueDate(report, Step.PUBLISH, report.due_on)
