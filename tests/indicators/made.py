"""Agendas, themes, talks and indicators for tests."""

from datetime import date, timedelta
from itertools import count

from app import clock
from app.agendas.models import Agenda, AgendaTheme
from app.contact_moments.models import ContactKind, ContactMoment
from app.database import db
from app.indicators import indicators
from app.indicators.indicators import Rule
from app.indicators.models import Combining, Direction, Indicator, Measure, Result
from app.network.models import Network
from app.network.organisations.models import Organisation
from app.themes import themes
from app.themes.models import Theme
from tests import factories

_numbers = count(1)


def theme(name: str = "") -> Theme:
    number = next(_numbers)
    return themes.add_theme(name or f"Thema nummer {number}", f"Theme number {number}")


def agenda(of: Network | None = None, *on: Theme, **values) -> Agenda:
    """Three years around today."""
    year = clock.today().year
    number = next(_numbers)
    defaults = {
        "slug": f"agenda-{number}",
        "title": f"Samenwerkingsagenda {number}",
        "starts_on": date(year - 1, 1, 1),
        "ends_on": date(year + 1, 12, 31),
        "quality_label": "Prestatie",
        "time_label": "Tijd",
        "money_label": "Middelen",
        "green_means": "gaat zoals afgesproken",
        "orange_means": "vraagt bijsturing",
        "red_means": "wordt niet gehaald",
    }
    made = Agenda(network=of or factories.network(), **defaults | values)
    made.themes = [AgendaTheme(theme=each, place=place) for place, each in enumerate(on)]
    db.session.add(made)
    db.session.flush()
    return made


def rule(measure: Measure = Measure.SESSIONS, **values) -> Rule:
    defaults = {
        "definition": "Wat telt",
        "owner": "Programmamanager",
        "unit": "aantal",
        "result": Result.OUTPUT,
        "direction": Direction.AT_LEAST,
        "combining": Combining.ONCE,
        "measure": measure,
    }
    return Rule(**defaults | values)


def indicator(of: Agenda, measure: Measure = Measure.SESSIONS, *, theme: Theme | None = None, **values) -> Indicator:
    return indicators.add_indicator(of, f"Indicator {next(_numbers)}", theme and theme.id, rule(measure, **values))


def talk(of: Network, *with_whom: Organisation, days_ago: int = 1, **values) -> ContactMoment:
    made = ContactMoment(
        network=of,
        kind=values.pop("kind", ContactKind.PROGRESS_TALK),
        day=clock.today() - timedelta(days=days_ago),
        organisations=list(with_whom),
        **values,
    )
    db.session.add(made)
    db.session.flush()
    return made
