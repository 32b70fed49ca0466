"""The words in a report as they stand when it is frozen: as whom each was written, never by whom."""

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from app.agendas.models import Office
from app.database import db
from app.progress.contents import WordsSaid
from app.progress.models import Part, Report, ReportWords


@dataclass(frozen=True)
class SaidWords:
    """The last words of each theme and part; None is the agenda as a whole."""

    of_organisers: dict[tuple[int | None, Part], WordsSaid]
    of_koppels: dict[int | None, list[WordsSaid]]


def read_said_words(report: Report) -> SaidWords:
    """What was written last, in one statement; what was taken back is not among it."""
    wanted = sa.select(ReportWords).where(ReportWords.report_id == report.id).order_by(ReportWords.id)
    rows = db.session.scalars(wanted.options(joinedload(ReportWords.office).joinedload(Office.party))).all()
    last = {(each.agenda_theme_id, each.part, each.office_id): each for each in rows}
    standing = [each for each in last.values() if each.text]
    of_koppels = defaultdict(list)
    of_organisers: dict[tuple[int | None, Part], WordsSaid] = {}
    for each in standing:
        if each.part == Part.KOPPEL:
            of_koppels[each.agenda_theme_id].append(_say(each))
        else:
            of_organisers[each.agenda_theme_id, each.part] = _say(each)
    return SaidWords(of_organisers, of_koppels)


def _say(words: ReportWords) -> WordsSaid:
    return WordsSaid(words.text, _say_writer(words), words.written_at)


def _say_writer(words: ReportWords) -> str:
    if words.part != Part.KOPPEL:
        return gettext("de organisatoren")
    if words.office is None:
        return gettext("het koppel")
    return ", ".join(filter(None, (words.office.title, words.office.party.name)))
