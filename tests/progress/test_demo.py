"""The reports of the demo's agenda."""

import pytest

from app.demo import agenda_reports
from app.progress import editions, reports
from tests import factories
from tests.indicators import made as measured

pytestmark = pytest.mark.usefixtures("app")


def test_the_demo_has_last_year_published_and_a_draft_of_this_year_once():
    agenda = measured.agenda(None, measured.theme("Digitale transformatie"))
    people = factories.account(agenda.network), factories.account(admin=True)
    agenda_reports.add_reports(agenda, *people)
    agenda_reports.add_reports(agenda, *people)

    last, this = reports.list_reports(agenda)
    [edition] = editions.list_public_reports(agenda)
    assert (edition.report_id, reports.is_published(this), bool(this.words)) == (last.id, False, True)
    [theme] = editions.contents_for(edition).themes
    assert "strategen" in theme.happened.text
