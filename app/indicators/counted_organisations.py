"""Which organisations an indicator counts: one that went up in another counts for what it is today."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from app.database import db
from app.indicators.models import Narrow
from app.network.organisations import lineage
from app.network.organisations.models import Organisation


def read_what_each_is_today() -> dict[int, int]:
    """By id of each organisation that of what it is today; for who counts much at once, and reads this once."""
    lines = sa.select(Organisation.id, lineage.organisation_id_today(Organisation.id))
    return {each: today or each for each, today in db.session.execute(lines)}


class Organisations:
    """Which organisations count, and what each is today."""

    def __init__(self, narrowing: Mapping[Narrow, list[Any] | None], today: Mapping[int, int] | None = None) -> None:
        self._today = today if today is not None else read_what_each_is_today()
        self.narrowed = self._narrow(narrowing)
        """Ids of those that alone count; None: all."""

    def today(self, organisation_ids: Iterable[int]) -> set[int]:
        return {self._today[each] for each in organisation_ids}

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
            asked[Organisation.id] = [self._today.get(each, each) for each in of]
        wanted = sa.select(Organisation.id).where(*(column.in_(values) for column, values in asked.items()))
        living = set(db.session.scalars(wanted))
        return {each for each, today in self._today.items() if today in living}
