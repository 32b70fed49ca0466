"""What a report looks at: until which day, in which networks, and of which networks it may tell by name."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.orm import QueryableAttribute

from app.agendas.models import Agenda, AgendaTheme
from app.agendas.theme_contents import Scene
from app.database import Condition
from app.indicators import figures
from app.indicators.counting import Period
from app.network.models import Network
from app.progress.models import Readers, Report, Scope


@dataclass(frozen=True)
class Sight:
    """The eyes of a report on its reference day."""

    report: Report
    day: date
    """The reference day."""
    readers: Readers

    @property
    def agenda(self) -> Agenda:
        return self.report.agenda

    @cached_property
    def last(self) -> date:
        """The last day that counts: the reference day, or that of an agenda which ended before."""
        return min(self.day, self.agenda.ends_on)

    @cached_property
    def year(self) -> Period:
        """The year of that day until then, as far as the agenda ran."""
        return Period(max(self.agenda.starts_on, date(self.last.year, 1, 1)), self.last)

    @cached_property
    def before(self) -> Period | None:
        """The same days of the year before, all of them; nothing when the agenda had not begun by the last."""
        last = _year_earlier(self.last)
        return Period(_year_earlier(self.year.first), last) if self.agenda.starts_on <= last else None

    def period_of(self, year: int | None) -> Period:
        """A year until that day, as far as it lies within the agenda; None: all of the agenda until then."""
        whole = figures.period_of(self.agenda, year)
        return Period(whole.first, min(whole.last, self.last))

    def days_of(self, row: AgendaTheme) -> Period:
        """Those of the year on which a theme stood on the agenda; an end before the begin when it did on none."""
        return Period(max(self.year.first, row.first_day), min(self.last, row.last_day))

    @property
    def only_network(self) -> int | None:
        """The network whose sessions, talks and papers alone count; None for all."""
        return self.agenda.network_id if self.report.scope == Scope.NETWORK else None

    def counts(self, network_id: QueryableAttribute[int]) -> Iterator[Condition]:
        """The condition on a column that what it has counts."""
        if self.only_network:
            yield network_id == self.only_network

    @cached_property
    def told(self) -> sa.Select[int]:
        """Ids of networks of which its readers may know: those that are listed; who works along knows its own as well."""
        known: Condition = Network.listed.is_(True)
        if self.readers == Readers.INTERNAL:
            known = sa.or_(known, Network.id == self.agenda.network_id)
        return sa.select(Network.id).where(known, *self.counts(Network.id))

    def scene(self, row: AgendaTheme) -> Scene:
        """What may be told of a theme."""
        period = self.days_of(row)
        return Scene(row.theme_id, period.first, period.last, self.told)


def _year_earlier(day: date) -> date:
    """The same day a year before; of 29 February the day before it."""
    leap_day = (day.month, day.day) == (2, 29)
    return (day - timedelta(days=leap_day)).replace(year=day.year - 1)
