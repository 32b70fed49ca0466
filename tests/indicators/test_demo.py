"""The figures of the demo's agenda."""

from datetime import date

import pytest

from app.demo import agenda_figures
from app.indicators import figures, signs
from app.indicators.models import Aspect, Sign
from tests import factories
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


def test_every_year_of_the_demo_ends_with_signs_of_which_one_is_late_and_says_why():
    agenda = made.agenda(None, factories.theme("Klimaatadaptatie"), factories.theme(agenda_figures.FINANCES))
    agenda_figures.add_figures(agenda)
    found = signs.signs_now(signs.list_signs(agenda), date(figures.year_now(agenda) - 1, 12, 31))
    climate, finances = (found[each.theme_id] for each in agenda.themes)

    assert {each.sign for each in climate.values()} == {Sign.GREEN}
    assert finances[Aspect.TIME].sign == Sign.ORANGE
    [(cause, consequence, correction)] = signs.answers_now(finances.values())
    assert all([cause, consequence, correction])
