"""The figures of the demo's agenda."""

import pytest

from app.demo import agenda_figures
from app.indicators import figures
from tests.indicators import made

pytestmark = pytest.mark.usefixtures("app")


def test_the_demo_has_the_indicators_of_the_report_once_with_their_targets():
    agenda = made.agenda(None, made.theme())
    agenda_figures.add_figures(agenda)
    agenda_figures.add_figures(agenda)
    year = figures.year_now(agenda)
    found = {each.indicator.name: each for each in figures.list_figures(agenda, year)}

    assert len(found) == len(agenda_figures.INDICATORS) == 11
    supervised = found["Gemeenten onder preventief financieel toezicht"]
    assert (supervised.target_words, supervised.realised_words, supervised.met) == ("ten hoogste 0", "0", True)
    assert found["Toezichtontvangers met minstens één voortgangsgesprek"].target_words == "ten minste 65"
    assert found["Opkomst bij verkiezingen in Noord-Brabant"].whole
