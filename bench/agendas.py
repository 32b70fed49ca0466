"""An agenda of twelve themes and forty indicators over the sessions of ten years: its page, and freezing a report on it."""

from collections.abc import Callable
from time import perf_counter

import sqlalchemy as sa

from app import clock
from app.accounts import sessions
from app.agendas.models import Agenda
from app.database import db
from app.events.models import Event
from app.indicators import counts
from app.indicators.models import Combining, Measure
from app.network.models import Network
from app.progress import editions, freezing, reports
from app.progress.models import Readers, ReportEdition, ReportKind, Scope
from app.progress.reports import ReportDetails
from app.themes.models import event_themes
from tests import factories
from tests.indicators import made
from tests.server import Server

THEMES, INDICATORS = 12, 40
_MEASURES = (Measure.SESSIONS, Measure.PEOPLE, Measure.ORGANISATIONS, Measure.REACHED, Measure.COMMITMENTS)
_COMBINED = (Combining.PER_YEAR, Combining.ONCE, Combining.LATEST)


def fill_agenda(network: Network) -> Agenda:
    """Each session is about one of the themes; what is measured of a theme counts its sessions, as people set it up."""
    themes = [made.theme() for _ in range(THEMES)]
    event_ids = db.session.scalars(sa.select(Event.id).order_by(Event.id)).all()
    about = [{"event_id": each, "theme_id": themes[place % THEMES].id} for place, each in enumerate(event_ids)]
    db.session.execute(sa.insert(event_themes), about)
    agenda = made.agenda(network, *themes)
    for number in range(INDICATORS):
        theme = themes[number % THEMES]
        combining, narrowing = _COMBINED[number % len(_COMBINED)], {"theme": [theme.id]}
        measure = _MEASURES[number % len(_MEASURES)]
        made.indicator(agenda, measure, theme=theme, combining=combining, narrowing=narrowing)
    db.session.commit()
    return agenda


def open_figures(server: Server, agenda: Agenda) -> Callable[[], object]:
    """The page of its figures, as its organiser opens it."""
    counts.count_due_indicators()
    account = factories.account(agenda.network)
    db.session.commit()
    client = server.app.test_client()
    with client.session_transaction() as session:
        session["account"] = sessions.open_session(account)
    page = f"/organise/networks/{agenda.network.slug}/agendas/{agenda.id}/figures?year=0"
    assert client.get(page).status_code == 200
    return lambda: client.get(page)


def freeze_report(agenda: Agenda) -> float:
    """Seconds from asking until it stands, with all that its figures counted."""
    day = clock.today()
    details = ReportDetails(
        kind=ReportKind.INTERIM,
        scope=Scope.ALL,
        readers=Readers.INTERNAL,
        title="Tussenrapportage",
        reference_day=day,
        words_due_on=day,
        due_on=day,
    )
    report = reports.plan_report(agenda, details)
    editions.ask_for_edition(report, factories.account(agenda.network))
    db.session.commit()
    start = perf_counter()
    freezing.freeze_wanted_editions()
    taken = perf_counter() - start
    frozen = db.session.scalars(sa.select(ReportEdition).where(ReportEdition.report_id == report.id)).one()
    assert frozen.counted_at is not None
    return taken
