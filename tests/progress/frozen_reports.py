"""Reports that were frozen, checked and published, for tests."""

from datetime import date

from app import clock
from app.agendas.models import Agenda
from app.database import db
from app.progress import editions, freezing
from app.progress.models import Readers, Report, ReportEdition, ReportMembers
from tests import factories
from tests.progress import made


def report(of: Agenda, day: date | None = None, *, readers: Readers = Readers.PUBLIC, **values) -> Report:
    """A yearly report that looks on today, or on another day."""
    return made.report(of, day or clock.today(), readers=readers, **values)


def freeze(of: Report) -> ReportEdition:
    """Asked for by an organiser and counted by the clockwork."""
    edition = editions.ask_for_edition(of, factories.account(of.agenda.network))
    db.session.commit()
    freezing.freeze_wanted_editions()
    db.session.refresh(edition)
    return edition


def publish(edition: ReportEdition) -> ReportEdition:
    """Checked by another organiser and published."""
    editions.check_edition(edition, factories.account(edition.report.agenda.network, name="Bram van Gestel"))
    editions.publish_edition(edition)
    db.session.commit()
    return edition


def member_ids(edition: ReportEdition, indicator_id: int, year: int) -> set[int]:
    return set(db.session.get_one(ReportMembers, (edition.id, indicator_id, year)).ids)
