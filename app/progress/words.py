"""Words in a report: of organisers what happened and what comes next, of a koppel a few words by their link.

They are only added: the last ones of a part count, what stood there before can be read by organisers.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from app import clock
from app.accounts.models import Account
from app.agendas import koppels
from app.agendas.models import AgendaTheme, Office, OfficeKind
from app.database import db, lock_row
from app.progress import reports
from app.progress.models import Part, Report, ReportWords
from app.words import Refusal

BY_ORGANISERS = (Part.HAPPENED, Part.NEXT)
Place = tuple[int, int, OfficeKind]
"""A place in a koppel: theme on the agenda, party, and as what; who stands there may change."""


class Closed(Refusal):
    """Words of a koppel come when the report is frozen already, or about a theme that it is not about."""

    says = {
        "frozen": _l(
            "Deze rapportage is al vastgelegd. Je tekst kan er niet meer in. Mail de organisatoren als er iets niet klopt."
        ),
        "not_asked": _l("Voor deze rapportage vragen we nog geen tekst."),
    }
    field = "text"


class WrittenAbout(Refusal):
    """A theme is taken off an agenda about which somebody wrote in a report."""

    says = _l("Over ‘%(theme)s’ is in een rapportage geschreven. Geef het thema een laatste dag, dan blijft dat staan.")


@dataclass(frozen=True)
class WordsNow:
    """What stands in a report now, without what was taken back."""

    by_organisers: dict[tuple[int | None, Part], ReportWords] = field(default_factory=dict)
    """By theme on the agenda, None for the agenda as a whole, and part."""
    by_koppels: dict[int, list[ReportWords]] = field(default_factory=dict)
    """By theme on the agenda the words of each place, party by party, the executive first."""

    def of_place(self, office: Office) -> ReportWords | None:
        """What stands for the place that somebody has, also when it is from who stood there before."""
        mine = self.by_koppels.get(office.agenda_theme_id, [])
        return next((each for each in mine if place_of(each.office) == place_of(office)), None)


def write_words(
    report: Report,
    part: Part,
    text: str,
    *,
    row: AgendaTheme | None = None,
    by: Account | None = None,
    office: Office | None = None,
) -> ReportWords | None:
    """Add what an organiser (`by`), or somebody in a koppel (`office`), wrote about a theme or about all; None when it
    says what stands there already.

    Raises Closed for a koppel whose report is frozen. Organisers go on: a correction may need other words.
    """
    lock_row(report)
    if office is not None:
        row = office.agenda_theme
        demand_open(report, office)
    before = _last_words(report, part, row, office)
    if text == (before.text if before else ""):
        return None
    words = ReportWords(report_id=report.id, agenda_theme=row, part=part, text=text, written_by=by, office=office)
    db.session.add(words)
    db.session.flush()
    return words


def keep_with_words(row: AgendaTheme) -> None:
    """Raises WrittenAbout for a theme on an agenda about which something was written."""
    if db.session.scalar(sa.select(ReportWords.id).where(ReportWords.agenda_theme_id == row.id).limit(1)):
        raise WrittenAbout(theme=row.theme.words)


def demand_open(report: Report, office: Office) -> None:
    """Raises Closed."""
    if reports.is_frozen(report):
        raise Closed("frozen")
    if not is_asked(report) or not reports.is_about(report, office.agenda_theme):
        raise Closed("not_asked")


def is_asked(report: Report) -> bool:
    """Whether koppels are asked for their words, and may write them: until the report is frozen."""
    return report.asked_at is not None and not reports.is_frozen(report) and reports.asks_anybody(report.agenda)


def reports_asking(row: AgendaTheme) -> list[Report]:
    """The reports that ask for words about a theme, the one that is due first before the others."""
    if not reports.asks_anybody(row.agenda):
        return []
    wanted = sa.select(Report).where(Report.agenda_id == row.agenda_id, Report.asked_at.is_not(None))
    wanted = wanted.where(~Report.editions.any()).order_by(Report.words_due_on, Report.id)
    return [each for each in db.session.scalars(wanted) if reports.is_about(each, row)]


def written_by_place(office: Office, of: Sequence[Report]) -> set[int]:
    """Ids of those of these reports in which the place that somebody has stands with words."""
    written = list_words(*of)
    about = {each.id: [some for some in written if some.report_id == each.id] for each in of}
    return {each.id for each in of if words_now(each, about[each.id]).of_place(office)}


def list_words(*of: Report) -> list[ReportWords]:
    """All that was written in these reports, the last first, with who wrote it."""
    wanted = sa.select(ReportWords).where(ReportWords.report_id.in_([each.id for each in of]))
    loading = (joinedload(ReportWords.written_by), joinedload(ReportWords.office).joinedload(Office.party))
    return list(db.session.scalars(wanted.options(*loading).order_by(ReportWords.id.desc())))


def words_now(report: Report, written: Sequence[ReportWords] | None = None) -> WordsNow:
    """What stands in a report; `written` is what list_words gave, when that is there already."""
    last = _last_of_each(list_words(report) if written is None else written)
    by_organisers: dict[tuple[int | None, Part], ReportWords] = {}
    by_koppels = defaultdict(list)
    for each in last:
        if each.part != Part.KOPPEL:
            by_organisers[each.agenda_theme_id, each.part] = each
        elif each.agenda_theme_id:
            by_koppels[each.agenda_theme_id].append(each)
    for places in by_koppels.values():
        places.sort(key=_order_of_place)
    return WordsNow(by_organisers, dict(by_koppels))


def _last_of_each(written: Iterable[ReportWords]) -> list[ReportWords]:
    """Of each part, and in a koppel of each place, the last that was written, unless that is nothing."""
    last: dict[tuple[object, ...], ReportWords] = {}
    for each in written:
        if each.part == Part.KOPPEL and each.office is None:
            continue  # somebody who never stood there wrote it
        last.setdefault((each.agenda_theme_id, each.part, place_of(each.office)), each)
    return [each for each in last.values() if each.text]


def place_of(office: Office | None) -> Place | None:
    return (office.agenda_theme_id, office.party_id, office.kind) if office else None


def _order_of_place(words: ReportWords) -> tuple[int, int, int]:
    office = words.office
    return (office.party.place, office.party_id, list(OfficeKind).index(office.kind)) if office else (0, 0, 0)


def _last_words(report: Report, part: Part, row: AgendaTheme | None, office: Office | None) -> ReportWords | None:
    """What stood in a part before, of a koppel in the same place."""
    about = (ReportWords.report_id == report.id, ReportWords.part == part)
    wanted = sa.select(ReportWords).where(*about, ReportWords.agenda_theme_id == (row.id if row else None))
    if office:
        mine = (Office.party_id == office.party_id, Office.kind == office.kind)
        wanted = wanted.join(Office, Office.id == ReportWords.office_id).where(*mine)
    return db.session.scalar(wanted.order_by(ReportWords.id.desc()).limit(1))


def say_office(office: Office) -> str:
    """As what somebody stands there, without their name: 'gedeputeerde, Provincie Noord-Brabant'."""
    return f"{office.title or office.kind.words}, {office.party.name}"


def say_writer(words: ReportWords) -> str:
    """Who wrote it, for organisers: a koppel by its office, a colleague by name."""
    if words.office:
        return say_office(words.office)
    return words.written_by.name if words.written_by else gettext("een organisator")


def places_to_write(report: Report) -> dict[int, list[koppels.Place]]:
    """By theme of a report the places in its koppel whose holders today can write by their link."""
    today = clock.today()
    return {
        each.id: [place for place in koppels.list_places(each, today) if place.holder]
        for each in reports.themes_of(report)
    }


def offices_to_ask(report: Report) -> list[Office]:
    """Who stands for a theme of a report today and has not written about it, nor did who stood there before."""
    now = words_now(report)
    found = (place.holder for places in places_to_write(report).values() for place in places)
    return [each for each in found if each and now.of_place(each) is None]


@dataclass(frozen=True)
class Written:
    """How many of the words that a report needs are there."""

    organisers: int
    of_organisers: int
    koppels: int
    of_koppels: int

    @property
    def complete(self) -> bool:
        return (self.organisers, self.koppels) == (self.of_organisers, self.of_koppels)


def count_written(report: Report, now: WordsNow) -> Written:
    """Texts of organisers, two a theme, and places of koppels that have somebody in them."""
    themes, places = reports.themes_of(report), places_to_write(report)
    mine = {(each.id, part) for each in themes for part in parts_of(report, each)}
    holders = [place.holder for some in places.values() for place in some]
    there = [each for each in holders if each and now.of_place(each)]
    return Written(len(mine & now.by_organisers.keys()), len(mine), len(there), len(holders))


def parts_of(report: Report, row: AgendaTheme | None) -> tuple[Part, ...]:
    """What organisers write: about a theme that ended before the reference day nothing comes next."""
    ended = row is not None and row.last_day < report.reference_day
    return (Part.HAPPENED,) if ended else BY_ORGANISERS


def earlier_by_part(written: Sequence[ReportWords], now: WordsNow) -> dict[tuple[int | None, Part], list[ReportWords]]:
    """By theme and part what stood there before, and what was taken back, the last first."""
    standing = {each.id for each in now.by_organisers.values()}
    standing |= {each.id for places in now.by_koppels.values() for each in places}
    earlier = defaultdict(list)
    for each in written:
        if each.id not in standing and each.text:
            earlier[each.agenda_theme_id, each.part].append(each)
    return earlier
