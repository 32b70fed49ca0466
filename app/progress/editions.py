"""Editions of a report: asked for, counted by the clockwork, checked by a second organiser, published for good, corrected.

What was published stands as it is. What is wrong in it is put right in a next edition, which says why.
"""

from collections.abc import Collection
from datetime import date

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import defer, joinedload

from app import clock, wording
from app.accounts.models import Account
from app.agendas.models import Agenda
from app.database import db, lock_row
from app.network.models import Network
from app.network.seeing import Viewer
from app.progress import frozen, small_numbers
from app.progress.contents import ReportContents
from app.progress.models import Readers, Report, ReportEdition, ReportFile, ReportWords, Scope
from app.words import Refusal


class CannotFreeze(Refusal):
    """A report cannot be counted and frozen now."""

    says = {
        "future": _l("De peildatum is %(day)s. Die dag moet nog komen."),
        "early": _l("De peildatum ligt voor het begin van de agenda. Kies een andere dag."),
        "published": _l(
            "Deze rapportage is gepubliceerd en blijft zo staan. Klopt er iets niet, maak dan een correctie."
        ),
    }
    field = "reference_day"


class CannotCorrect(Refusal):
    """There is nothing to correct, or somebody is at it."""

    says = {
        "nothing": _l("Er is nog niets gepubliceerd. Leg de rapportage opnieuw vast, dan telt wat er nu staat."),
        "under_way": _l("Er is al een correctie in de maak."),
        "reason": _l("Schrijf op wat deze correctie verbetert."),
    }
    field = "reason"


class StepNotAllowed(Refusal):
    """An edition is not yet, or no more, what this step asks."""

    says = {
        "uncounted": _l("Deze uitgave wordt nog geteld. Wacht een minuut en open de pagina opnieuw."),
        "own_work": _l(
            "Je hebt deze uitgave zelf laten vastleggen. Vraag een andere organisator om haar na te kijken."
        ),
        "moved": _l("De rapportage is intussen gewijzigd. Leg haar opnieuw vast."),
        "not_checked": _l("Een tweede organisator moet deze uitgave eerst nakijken."),
        "published": _l("Deze uitgave is al gepubliceerd."),
    }


def ask_for_edition(report: Report, by: Account) -> ReportEdition:
    """Have a report counted and frozen on its reference day; what was frozen and not yet published is counted anew.

    Raises CannotFreeze.
    """
    last = _last_edition(report)
    _demand_day(report)
    if last and last.published_at:
        raise CannotFreeze("published")
    edition = last or _add_edition(report, 1)
    _want(edition, by)
    return edition


def correct(report: Report, reason: str, by: Account) -> ReportEdition:
    """Begin a next edition that puts right what was published, and says why. Raises CannotCorrect and CannotFreeze."""
    last = _last_edition(report)
    if last is None or last.published_at is None:
        raise CannotCorrect("nothing" if last is None or last.number == 1 else "under_way")
    if not reason.strip():
        raise CannotCorrect("reason")
    _demand_day(report)
    edition = _add_edition(report, last.number + 1, reason.strip())
    _want(edition, by)
    return edition


def count_anew(report: Report, by: Account) -> bool:
    """After a change of what a report is about: what is not yet published is counted anew. Whether there was any.

    Whoever changed it had it frozen, so that another checks it. Raises CannotFreeze.
    """
    last = _last_edition(report)
    if last is None or last.published_at:
        return False
    _demand_day(report)
    _want(last, by)
    return True


def check_edition(edition: ReportEdition, by: Account) -> None:
    """A second organiser read it and found it right. Raises StepNotAllowed."""
    _demand_frozen(edition)
    if edition.frozen_by_id == by.id:
        raise StepNotAllowed("own_work")
    edition.checked_at, edition.checked_by = clock.now(), by
    db.session.flush()


def publish_edition(edition: ReportEdition) -> None:
    """From now on it stands for good. Raises StepNotAllowed."""
    _demand_frozen(edition)
    if edition.checked_at is None:
        raise StepNotAllowed("not_checked")
    edition.published_at = clock.now()
    db.session.flush()


def forget_names(edition_ids: Collection[int]) -> None:
    """After a name was taken out of these: their files are made anew, and what is being counted now is counted again."""
    db.session.execute(sa.delete(ReportFile).where(ReportFile.edition_id.in_(edition_ids)))
    waiting = sa.update(ReportEdition).where(ReportEdition.counted_at.is_(None))
    db.session.execute(waiting.values(wanted_at=clock.now()))


def find_edition(network: Network, agenda_id: int, report_id: int, number: int) -> ReportEdition | None:
    """An edition of a report over an agenda that this network keeps."""
    wanted = (
        sa.select(ReportEdition)
        .join(ReportEdition.report)
        .join(Report.agenda)
        .where(
            Agenda.network_id == network.id,
            Agenda.id == agenda_id,
            Report.id == report_id,
            ReportEdition.number == number,
        )
        .options(joinedload(ReportEdition.report).joinedload(Report.agenda).joinedload(Agenda.network))
        .options(joinedload(ReportEdition.frozen_by), joinedload(ReportEdition.checked_by))
    )
    return db.session.scalar(wanted)


def list_editions(report: Report) -> list[ReportEdition]:
    """The first before the others, without what they say."""
    wanted = sa.select(ReportEdition).where(ReportEdition.report_id == report.id).order_by(ReportEdition.number)
    return list(db.session.scalars(wanted.options(defer(ReportEdition.contents))))


def list_public_editions(agenda: Agenda, report_id: int | None = None) -> list[ReportEdition]:
    """What was published for everybody, of one report if one is named: the latest day first, of that the last edition."""
    wanted = (
        sa.select(ReportEdition)
        .join(ReportEdition.report)
        .where(
            Report.agenda_id == agenda.id,
            ReportEdition.readers == Readers.PUBLIC,
            ReportEdition.published_at.is_not(None),
            *([Report.id == report_id] if report_id else []),
        )
        .order_by(ReportEdition.reference_day.desc(), Report.id, ReportEdition.number.desc())
        .options(joinedload(ReportEdition.report), defer(ReportEdition.contents))
    )
    return list(db.session.scalars(wanted))


def list_public_reports(agenda: Agenda) -> list[ReportEdition]:
    """The last edition of each report that everybody may read."""
    return list({each.report_id: each for each in reversed(list_public_editions(agenda))}.values())[::-1]


def last_published(report: Report) -> ReportEdition | None:
    """What whoever reads along reads of it."""
    return next((each for each in reversed(report.editions) if each.published_at), None)


def contents_for(edition: ReportEdition, viewer: Viewer | None = None) -> ReportContents:
    """What an edition says, for whoever looks; without a viewer what all of its readers may read.

    Who does not organise all networks that were counted reads no small number. What stands in a file is for all readers.
    """
    contents = frozen.read_contents(edition.contents)
    if edition.readers == Readers.INTERNAL and viewer and knows_all(edition.report, viewer):
        return small_numbers.show_all_numbers(contents)
    return small_numbers.hide_small_numbers(contents)


def may_read(edition: ReportEdition, viewer: Viewer) -> bool:
    """Whether who may read its network may know of it: until it is published, organisers alone."""
    return bool(edition.published_at) or viewer.may_organise(edition.report.agenda.network_id)


def knows_all(report: Report, viewer: Viewer) -> bool:
    """Whether somebody organises all networks of which a report counts."""
    only_own = report.scope == Scope.NETWORK and viewer.may_organise(report.agenda.network_id)
    return viewer.organises is None or only_own


def is_as_planned(edition: ReportEdition) -> bool:
    """Whether it looks on the day, and is for the readers, that its report has now."""
    return (edition.reference_day, edition.readers) == (edition.report.reference_day, edition.report.readers)


def count_words_since(edition: ReportEdition) -> int:
    """How many texts were written after it was counted, so that they are not in it."""
    later = sa.select(sa.func.count()).where(ReportWords.report_id == edition.report_id)
    later = later.where(ReportWords.written_at > (edition.counted_at or clock.now()))
    return db.session.scalars(later).one()


def _last_edition(report: Report) -> ReportEdition | None:
    """Held until the transaction ends, together with its report, so that two at once become one."""
    lock_row(report)
    wanted = sa.select(ReportEdition).where(ReportEdition.report_id == report.id)
    last = wanted.order_by(ReportEdition.number.desc()).limit(1).with_for_update()
    return db.session.scalar(last, execution_options={"populate_existing": True})


def _add_edition(report: Report, number: int, reason: str = "") -> ReportEdition:
    edition = ReportEdition(report=report, number=number, reason=reason)
    db.session.add(edition)
    return edition


def _want(edition: ReportEdition, by: Account) -> None:
    """The clockwork counts it, and what was checked before is to be checked again."""
    report = edition.report
    edition.reference_day, edition.readers = report.reference_day, report.readers
    edition.wanted_at, edition.counted_at, edition.contents = clock.stamp_after(edition.wanted_at), None, {}
    edition.frozen_by, edition.checked_at, edition.checked_by = by, None, None
    edition.files.clear()
    db.session.flush()


def freezes_from(report: Report) -> date | None:
    """The day from which it can be counted and frozen, where that has still to come."""
    return report.reference_day if report.reference_day > clock.today() else None


def _demand_day(report: Report) -> None:
    if freezes_from(report):
        raise CannotFreeze("future", day=wording.format_day(report.reference_day))
    if report.reference_day < report.agenda.starts_on:
        raise CannotFreeze("early")


def _demand_frozen(edition: ReportEdition) -> None:
    """Held until the transaction ends. Raises StepNotAllowed."""
    lock_row(edition.report)
    lock_row(edition)
    if edition.published_at:
        raise StepNotAllowed("published")
    if edition.counted_at is None:
        raise StepNotAllowed("uncounted")
    if not is_as_planned(edition):
        raise StepNotAllowed("moved")
