"""No page, rule or job costs more than before without somebody saying so: docs/developing.md says how."""

import pytest

from tests.costs import table
from tests.databases import KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_costs_are_those_of_the_table(databases, kind):
    found = table.measure(databases.with_demo_at_standstill(kind))
    assert table.deviations(table.read()[kind], found) == []
