"""Which organisations an indicator counts: one that went up in another counts for what it is today."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from app.database import Rows, db
from app.indicators.models import Narrow
from app.network.organisations.models import Organisation


class Organisations:
    """Which organisations count, and what each is today."""

    def __init__(self, narrowing: Mapping[Narrow, list[Any] | None]) -> None:
        self._heirs = _heirs(sa.select(Organisation.id, Organisation.successor_id))
        self.narrowed = self._narrow(narrowing)
        """Ids of those that alone count; None: all."""

    def today(self, organisation_ids: Iterable[int]) -> set[int]:
        return {self._last(each) for each in organisation_ids}

    def _last(self, organisation_id: int) -> int:
        return _line(organisation_id, self._heirs)[-1]

    def _narrow(self, narrowing: Mapping[Narrow, list[Any] | None]) -> set[int] | None:
        """Those whose organisation of today is of these kinds, regions and names."""
        columns = {
            Narrow.KIND: Organisation.kind,
            Narrow.REGION: Organisation.region,
            Narrow.ORGANISATION: Organisation.id,
        }
        asked = {column: values for narrow, column in columns.items() if (values := narrowing.get(narrow))}
        if not asked:
            return None
        if of := asked.get(Organisation.id):
            asked[Organisation.id] = list(self.today(of))
        wanted = sa.select(Organisation.id).where(*(column.in_(values) for column, values in asked.items()))
        living = set(db.session.scalars(wanted))
        return {each for each in self._heirs if self._last(each) in living}


def _heirs(wanted: Rows) -> dict[int, int | None]:
    return dict(db.session.execute(wanted).all())


def _line(row_id: int, heirs: Mapping[int, int | None]) -> list[int]:
    """A row and what it went over in, in that order; a circle, which no rule makes, ends where it closes."""
    line = [row_id]
    while (heir := heirs.get(line[-1])) is not None and heir not in line:
        line.append(heir)
    return line
