"""What a report says on its reference day: counted anew, of the days on which a theme stood on the agenda."""


import pytest

from app import clock
from app.indicators.models import Measure
from app.progress import counted, frozen
from tests import factories
from tests.indicators import made as measured
from tests.progress import made

pytestmark = pytest.mark.usefixtures("app")


def test_a_report_reads_back_as_it_was_counted():
    theme = measured.theme()
    agenda = measured.agenda(None, theme)
    event = factories.held(agenda.network)
    event.themes = [theme]
    for number in range(6):
        factories.attendance(event, factories.person(f"Mens Nummer{number}", at="Oosterhout"))
    measured.indicator(agenda, Measure.PEOPLE, theme=theme)
    measured.talk(agenda.network, factories.organisation("Oosterhout"), theme=theme)
    found = counted.count_report(made.report(agenda, clock.today()), clock.today())

    assert frozen.read_contents(frozen.freeze_contents(found.contents)) == found.contents
    [part] = found.contents.themes
    [line] = part.indicators
    assert (line.year.realised.part, part.reach.people, part.sessions[0].people) == (6, 6, 6)
    assert [len(each.ids) for each in found.members] == [6, 0, 6]
