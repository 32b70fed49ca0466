"""Pages of editions: organisers freeze, check, publish and correct; everybody reads what is public."""

import html
import re
from datetime import date

import pytest
import sqlalchemy as sa

from app import clock
from app.accounts.models import AuditEntry, NetworkRole, Subject
from app.agendas.models import AgendaState
from app.attendance.models import Attendance
from app.database import db
from app.indicators import indicators
from app.indicators.models import Indicator, Measure
from app.network.imports import merges
from app.network.people import people
from app.network.people.models import Person
from app.progress import editions, freezing
from app.progress.models import Readers, ReportKind, Scope
from tests import factories
from tests.helpers import post, sign_in
from tests.indicators import made as measured
from tests.progress import frozen_reports as frozen

pytestmark = pytest.mark.one_database

YEAR = clock.today().year


def _text(answer) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


@pytest.fixture
def agenda(app):
    theme = measured.theme("Veiligheid")
    agenda = measured.agenda(factories.network(slug="digitaal"), theme, slug="samen", state=AgendaState.PUBLISHED)
    event = factories.held(agenda.network, title="Sessie over veiligheid")
    event.themes = [theme]
    for number in range(6):
        factories.attendance(event, factories.person(f"Mens Nummer{number}", at="Oosterhout", of=agenda.network))
    measured.indicator(agenda, Measure.PEOPLE, theme=theme)
    return agenda


@pytest.fixture
def report(agenda):
    return frozen.report(agenda)


@pytest.fixture
def page(report):
    return f"/organise/networks/digitaal/agendas/{report.agenda_id}/reports/{report.id}"


def _sessions_indicator(agenda):
    """One that counts sessions."""
    return measured.indicator(agenda, Measure.SESSIONS)


def _indicator_id(edition):
    return editions.contents_for(edition).themes[0].indicators[0].indicator_id


class TestSteps:
    def test_frozen_by_one_checked_by_another_and_read_by_everybody(self, client, agenda, report, page):
        sign_in(client, factories.account(agenda.network))
        assert "Leg de rapportage vast" in client.get(page).text
        assert post(client, f"{page}/freeze", page=page).status_code == 303
        assert "Wordt geteld" in _text(client.get(f"{page}/editions/1"))
        freezing.freeze_wanted_editions()
        own = _text(client.get(f"{page}/editions/1"))
        assert "Vraag een andere organisator" in own
        assert "Nagekeken: dit klopt" not in own

        sign_in(client, factories.account(agenda.network, name="Bram van Gestel"))
        assert post(client, f"{page}/editions/1/check", page=f"{page}/editions/1").status_code == 303
        assert client.get(f"/agendas/samen/reports/{report.id}").status_code == 404
        assert post(client, f"{page}/editions/1/publish", page=f"{page}/editions/1").status_code == 303
        said = _text(client.get(f"/agendas/samen/reports/{report.id}"))
        assert "Sessie over veiligheid" in said
        assert "Peildatum" in said
        assert "geteld" in said
        assert report.title in _text(client.get("/agendas/samen"))

    def test_a_correction_asks_why_and_both_editions_are_named(self, client, agenda, report, page):
        frozen.publish(frozen.freeze(report))
        sign_in(client, factories.account(agenda.network))
        assert post(client, f"{page}/correct", reason=" ").status_code == 422
        assert post(client, f"{page}/correct", reason="Een sessie vergeten").status_code == 303
        freezing.freeze_wanted_editions()
        edition = editions.list_editions(report)[-1]
        frozen.publish(edition)

        address = f"/agendas/samen/reports/{report.id}"
        last, first = _text(client.get(address)), _text(client.get(f"{address}?edition=1"))
        for said in (last, first):
            assert "Uitgave 1" in said
            assert "Uitgave 2" in said
            assert "Een sessie vergeten" in said
        assert "Deze uitgave is verbeterd" in first
        assert "Deze uitgave is verbeterd" not in last
        assert "Deze uitgave is verbeterd: Een sessie vergeten" in _text(client.get(f"{page}/editions/1"))
        assert "Deze uitgave is verbeterd" not in _text(client.get(f"{page}/editions/2"))
        assert client.get(f"{address}?edition=3").status_code == 404

    def test_what_was_counted_anew_meanwhile_is_not_checked_unseen(self, client, agenda, report, page):
        frozen.freeze(report)
        sign_in(client, factories.account(agenda.network, name="Bram van Gestel"))
        shown = client.get(f"{page}/editions/1").text
        frozen.freeze(report)
        form = re.search(rf'action="{page}/editions/1/check".*?</form>', shown, re.DOTALL)[0]
        values = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
        client.post(f"{page}/editions/1/check", data={key: html.unescape(value) for key, value in values.items()})
        assert editions.list_editions(report)[0].checked_at is None


def test_the_log_of_the_network_tells_who_published_and_not_what_it_says(client, agenda, report, page):
    edition = frozen.freeze(report)
    editions.check_edition(edition, factories.account(agenda.network))
    publisher = factories.account(agenda.network, name="Loes Verhoeven")
    sign_in(client, publisher)
    post(client, f"{page}/editions/1/publish", page=f"{page}/editions/1")
    wanted = sa.select(AuditEntry).where(AuditEntry.subject == Subject.PROGRESS_EDITIONS)
    entry = db.session.scalars(wanted.where(AuditEntry.account_id == publisher.id)).one()
    assert (entry.network_id, entry.label, [*entry.changes]) == (
        agenda.network_id,
        f"{report.title}, 1",
        ["published_at"],
    )


def test_a_report_that_cannot_be_counted_says_so(client, agenda, report, page):
    db.session.add(Indicator(agenda=agenda, name="Zonder manier van tellen"))
    edition = frozen.freeze(report)
    sign_in(client, factories.account(agenda.network))
    said = _text(client.get(f"{page}/editions/1"))
    assert edition.counted_at is None
    assert "Het tellen lukt nog niet." in said
    assert "ongeveer een minuut" not in said


class TestWhoReads:
    def test_readers_of_the_network_read_it_once_it_is_published(self, client, agenda, page):
        report = frozen.report(agenda, readers=Readers.INTERNAL)
        page = page.rpartition("/")[0] + f"/{report.id}"
        edition = frozen.freeze(report)
        sign_in(client, factories.account(agenda.network, NetworkRole.READER))
        assert client.get(f"{page}/editions/1").status_code == 404
        frozen.publish(edition)
        assert client.get(f"{page}/editions/1").status_code == 200
        assert client.get(f"/agendas/samen/reports/{report.id}").status_code == 404
        sign_in(client, factories.account(factories.network()))
        assert client.get(f"{page}/editions/1").status_code == 404

    def test_a_report_of_a_network_that_is_not_listed_is_for_who_knows_it(self, client, agenda, report):
        frozen.publish(frozen.freeze(report))
        agenda.network.listed = False
        assert client.get(f"/agendas/samen/reports/{report.id}").status_code == 404

    def test_it_stands_when_its_agenda_is_withdrawn(self, client, agenda, report):
        frozen.publish(frozen.freeze(report))
        agenda.state = AgendaState.DRAFT
        assert client.get(f"/agendas/samen/reports/{report.id}").status_code == 200


class TestTheListBehindAFigure:
    def test_names_who_counted_and_says_who_is_not_shown(self, client, agenda, report, page):
        edition = frozen.freeze(report)
        address = f"{page}/editions/1/figures/{_indicator_id(edition)}/{YEAR}"
        sign_in(client, factories.account(agenda.network))
        assert _text(client.get(address)).count("Mens Nummer") == 6

        somebody = sorted(frozen.member_ids(edition, _indicator_id(edition), YEAR))
        people.erase_person(db.session.get(Person, somebody[0]))
        db.session.delete(db.session.query(Attendance).filter(Attendance.invitation.has(person_id=somebody[1])).one())
        said = _text(client.get(address))
        assert said.count("Mens Nummer") == 4
        assert "1 is sinds het vastleggen gewist" in said
        assert "1 telt nu niet meer mee" in said
        assert "geteld" in said
        assert client.get(f"{address}.csv").status_code == 200

    @pytest.mark.parametrize("measure", [Measure.PEOPLE, Measure.ORGANISATIONS])
    def test_says_what_went_together_since(self, client, agenda, page, measure):
        event = factories.held(agenda.network)
        first, second, _ = (
            factories.attendance(event, factories.person(at=town, of=agenda.network)).invitation.person
            for town in ("Breda", "Tilburg", "Oosterhout")
        )
        indicator = measured.indicator(agenda, measure)
        report = frozen.report(agenda, readers=Readers.INTERNAL, scope=Scope.NETWORK)
        frozen.freeze(report)
        if measure == Measure.PEOPLE:
            merges.merge_people(first, second)
        else:
            factories.organisation("Tilburg").successor_id = factories.organisation("Breda").id
        db.session.commit()
        sign_in(client, factories.account(agenda.network))
        said = _text(client.get(f"{page.rpartition('/')[0]}/{report.id}/editions/1/figures/{indicator.id}/{YEAR}"))
        assert "1 is sindsdien samengegaan met een ander in deze lijst." in said
        assert "telt nu niet meer mee" not in said
        assert "niet aan jou getoond" not in said

    def test_goes_by_the_rule_of_then_when_the_indicator_counts_otherwise_since(self, client, agenda, report, page):
        indicator = _sessions_indicator(agenda)
        factories.held(factories.network(), title="Sessie van een ander")
        frozen.freeze(report)
        other = measured.rule(Measure.ORGANISATIONS)
        indicators.change_indicator(indicator, indicator.name, None, other, reason="We tellen nu organisaties")
        db.session.commit()
        sign_in(client, factories.account(agenda.network))
        said = _text(client.get(f"{page}/editions/1/figures/{indicator.id}/0"))
        assert "Sessie over veiligheid" in said
        assert "Sessie van een ander" not in said
        assert "Deze indicator telt sindsdien anders. De lijst volgt de regel van toen." in said
        assert "telt nu niet meer mee" not in said

    def test_goes_by_the_rule_of_its_own_year_when_a_later_year_counts_otherwise(self, client, agenda, report, page):
        indicator = _sessions_indicator(agenda)
        held = factories.held(
            agenda.network, title="Sessie van vorig jaar", days_ago=clock.today().timetuple().tm_yday + 9
        )
        other = measured.rule(Measure.ORGANISATIONS)
        indicators.change_indicator(
            indicator, indicator.name, None, other, date(YEAR, 1, 1), "Vanaf dit jaar tellen we organisaties"
        )
        edition = frozen.freeze(report)
        sign_in(client, factories.account(agenda.network))
        assert frozen.member_ids(edition, indicator.id, YEAR - 1) == {held.id}
        assert "Sessie van vorig jaar" in _text(client.get(f"{page}/editions/1/figures/{indicator.id}/{YEAR - 1}"))

    def test_names_nobody_who_came_behind_closed_doors_alone(self, client, agenda, report, page):
        closed = factories.held(agenda.network, confidential=True)
        factories.attendance(closed, factories.person("Gesloten Deur", at="Breda", of=agenda.network))
        edition = frozen.freeze(report)
        sign_in(client, factories.account(agenda.network))
        said = _text(client.get(f"{page}/editions/1/figures/{_indicator_id(edition)}/{YEAR}"))
        assert "Gesloten Deur" not in said
        assert "1 niet aan jou getoond" in said

    def test_tells_no_number_of_a_handful_to_who_does_not_know_all(self, client, agenda, page):
        elsewhere = factories.network()
        factories.attendance(factories.held(elsewhere), factories.person("Elders Iemand", at="Breda"))
        indicator = measured.indicator(agenda, Measure.PEOPLE, narrowing={"network": [elsewhere.id]})
        report = frozen.report(agenda, kind=ReportKind.INTERIM)
        frozen.freeze(report)
        sign_in(client, factories.account(agenda.network))
        said = _text(client.get(f"{page.rpartition('/')[0]}/{report.id}/editions/1/figures/{indicator.id}/{YEAR}"))
        assert "Elders Iemand" not in said
        assert "Niet iedereen wordt aan jou getoond" in said

    def test_is_not_there_for_a_figure_by_hand_or_of_another_report(self, client, agenda, report, page):
        by_hand = measured.indicator(agenda, Measure.BY_HAND)
        frozen.freeze(report)
        sign_in(client, factories.account(agenda.network))
        for number in (by_hand.id, 999):
            assert client.get(f"{page}/editions/1/figures/{number}/{YEAR}").status_code == 404
