"""Reports that are due: the three moments of a year, who does what by when, and what may not be changed any more."""

from datetime import date, timedelta

import pytest
import time_machine

from app import clock
from app.accounts.shared_changes import CannotUndo
from app.agendas import agendas
from app.agendas.models import AgendaState
from app.database import db
from app.progress import due_dates, editions, freezing, reports, words
from app.progress.due_dates import Step
from app.progress.models import Part, Readers, Report, ReportKind, Scope
from tests import factories
from tests.agendas import made as agreed
from tests.helpers import post, sign_in
from tests.progress import made

YEAR = 2026


@pytest.fixture
def agenda(app):
    network = factories.network(slug="netwerk")
    return agreed.agenda(network, starts_on=date(2024, 1, 1), ends_on=date(2026, 12, 31))


@pytest.fixture
def page(client, agenda):
    sign_in(client, factories.account(agenda.network))
    return f"/organise/networks/netwerk/agendas/{agenda.id}/reports"


def _sent(**values):
    return {
        "title": "Tussenrapportage",
        "kind": "interim",
        "scope": "all",
        "readers": "internal",
        "reference_day": "2026-04-30",
        "words_due_on": "2026-05-21",
        "due_on": "2026-06-11",
    } | values


class TestMoments:
    def test_one_press_plans_the_three_moments_of_a_year(self, client, agenda, page):
        answer = post(client, f"{page}/moments", page=page, year="2026")
        assert answer.status_code == 303
        assert [(each.title, each.reference_day, each.words_due_on, each.due_on) for each in reports.list_reports(agenda)] == [
            ("Tussenrapportage 1 2026", date(2026, 4, 30), date(2026, 5, 21), date(2026, 6, 11)),
            ("Tussenrapportage 2 2026", date(2026, 8, 31), date(2026, 9, 21), date(2026, 10, 12)),
            ("Jaarrapportage 2026", date(2026, 12, 31), date(2027, 1, 21), date(2027, 2, 11)),
        ]  # fmt: skip
        shown = client.get(page).text
        assert "3 momenten zijn gepland." in shown
        assert "Jaarrapportage 2026" in shown

    def test_a_day_on_which_few_people_work_is_said_at_its_field_and_after_saving(self, client, agenda, page):
        sent = _sent(words_due_on="2026-12-25", due_on="2026-12-28")
        answer = post(client, f"{page}/new", **sent)
        assert "is een feestdag: Eerste kerstdag" in client.get(answer.location).text
        assert "Eerste kerstdag" in client.get(f"{answer.location}/edit").text
        answer = post(
            client, f"{answer.location}/edit", **sent | {"words_due_on": "2026-12-24", "due_on": "2026-12-26"}
        )
        assert "is een feestdag: Tweede kerstdag" in client.get(answer.location).text

    def test_the_button_says_it_of_its_days_too(self, client, page):
        post(client, f"{page}/moments", page=page, year="2025")
        assert "zo 21 september 2025 is een zondag. zo 12 oktober 2025 is een zondag." in client.get(page).text

    def test_pressed_twice_it_plans_them_once(self, client, agenda, page):
        post(client, f"{page}/moments", page=page, year="2026")
        post(client, f"{page}/moments", page=page, year="2026")
        assert "In 2026 zijn alle momenten al gepland" in client.get(page).text
        assert db.session.query(Report).count() == 3

    def test_one_that_was_moved_some_days_is_not_planned_again(self, client, agenda, page):
        for report in reports.plan_moments(agenda, 2026):
            report.reference_day -= timedelta(days=2)
        db.session.flush()
        assert 2026 not in reports.years_to_plan(agenda, reports.list_reports(agenda))
        with pytest.raises(reports.NothingToPlan):
            reports.plan_moments(agenda, 2026)

    def test_what_is_there_stays_and_the_others_come_beside_it(self, agenda):
        made.report(agenda, date(2026, 4, 30), kind=ReportKind.INTERIM, title="De eerste")
        assert [each.title for each in reports.plan_moments(agenda, 2026)] == [
            "Tussenrapportage 2 2026",
            "Jaarrapportage 2026",
        ]
        assert len(reports.list_reports(agenda)) == 3

    def test_moments_outside_the_agenda_are_none(self, app):
        half = agreed.agenda(factories.network(), starts_on=date(2026, 5, 1), ends_on=date(2026, 12, 30))
        assert [each.reference_day for each in reports.plan_moments(half, 2026)] == [date(2026, 8, 31)]
        with pytest.raises(reports.NothingToPlan):
            reports.plan_moments(half, 2027)

    @pytest.mark.parametrize("year", ["", "x", "99999999999999999999", "1"])
    def test_a_year_that_is_none_is_refused_in_words(self, client, agenda, page, year):
        assert post(client, f"{page}/moments", page=page, year=year).status_code == 303
        assert db.session.query(Report).count() == 0

    @pytest.mark.parametrize(("today", "first"), [("2026-03-01", 2026), ("2027-03-01", 2026), ("2023-06-01", 2024)])
    def test_this_year_is_proposed_first_then_the_nearest(self, agenda, today, first):
        with time_machine.travel(today, tick=False):
            assert reports.years_to_plan(agenda, [])[0] == first


class TestForm:
    def test_a_report_is_planned_on_a_day_that_has_still_to_come(self, client, agenda, page):
        later = date(clock.today().year + 1, 4, 30)
        agenda.ends_on = date(later.year, 12, 31)
        days = {"reference_day": str(later), "words_due_on": str(later), "due_on": str(later)}
        answer = post(client, f"{page}/new", **_sent(**days))
        report = db.session.query(Report).one()
        assert (answer.status_code, answer.location) == (303, f"{page}/{report.id}")
        assert (report.reference_day, report.asked_at) == (later, None)

    @pytest.mark.parametrize(
        ("sent", "field", "said"),
        [
            ({"reference_day": "2027-01-01", "due_on": "2027-06-01"}, "reference_day", "binnen de periode van de agenda: ma 1 januari 2024"),
            ({"reference_day": "2023-12-31"}, "reference_day", "binnen de periode van de agenda"),
            ({"due_on": "2026-05-20"}, "due_on", "voor de dag waarop de teksten klaar moeten zijn"),
            ({"due_on": "2026-04-29", "words_due_on": "2026-04-01"}, "due_on", "voor de peildatum"),
            ({"reference_day": "31 april 2026"}, "reference_day", "Deze datum bestaat niet."),
            ({"words_due_on": "2000-01-01"}, "words_due_on", "hoogstens 60 dagen voor de peildatum"),
            ({"title": " "}, "title", "Vul dit in."),
        ],
    )  # fmt: skip
    def test_days_that_do_not_go_together_are_refused_at_their_field(self, client, agenda, page, sent, field, said):
        answer = post(client, f"{page}/new", **_sent(**sent))
        assert (answer.status_code, db.session.query(Report).count()) == (422, 0)
        at_field = answer.text.split(f'id="{field}-error">')[1].split("</div>")[0]
        assert said in at_field

    def test_one_sent_twice_is_planned_once(self, client, agenda, page):
        assert [post(client, f"{page}/new", **_sent()).status_code for _ in range(2)] == [303, 422]
        assert post(client, f"{page}/new", **_sent(readers="public")).status_code == 303
        report = db.session.query(Report).filter_by(readers=Readers.PUBLIC).one()
        answer = post(client, f"{page}/{report.id}/edit", **_sent())
        assert (answer.status_code, "Er is al een rapportage" in answer.text) == (422, True)

    def test_nothing_is_planned_in_a_network_that_is_archived(self, client, agenda, page):
        agenda.network.archived_at = clock.now()
        assert post(client, f"{page}/new", **_sent()).status_code == 422 or db.session.query(Report).count() == 0
        assert db.session.query(Report).count() == 0

    def test_a_change_is_seen_on_the_page(self, client, agenda, page):
        report = made.report(agenda, date(2026, 4, 30))
        answer = post(client, f"{page}/{report.id}/edit", **_sent(title="Eerste tussenrapportage", readers="public"))
        assert answer.status_code == 303
        shown = client.get(f"{page}/{report.id}").text
        assert "Eerste tussenrapportage" in shown
        assert "Voor iedereen" in shown


class TestPublished:
    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"reference_day": "2026-04-29"}, "De peildatum blijft zoals die is."),
            ({"kind": "interim"}, "blijft van deze soort"),
            ({"scope": "network"}, "blijft gaan over wat ze telde"),
            ({"title": "Zo heet ze nu"}, "blijft zo heten"),
            ({"readers": "public"}, "blijft voor dezelfde lezers"),
        ],
    )
    def test_what_it_is_about_stays(self, client, agenda, page, sent, said):
        report = made.report(agenda, date(2026, 4, 30))
        made.edition(report, published=True)
        answer = post(client, f"{page}/{report.id}/edit", **_sent(title="Jaarrapportage", kind="yearly") | sent)
        assert (answer.status_code, said in answer.text) == (422, True)
        db.session.refresh(report)
        assert (report.reference_day, report.kind, report.scope) == (date(2026, 4, 30), ReportKind.YEARLY, Scope.ALL)
        assert (report.title, report.readers) == ("Jaarrapportage", Readers.INTERNAL)

    def test_it_is_due_later(self, client, agenda, page):
        report = made.report(agenda, date(2026, 4, 30))
        made.edition(report, published=True)
        sent = _sent(kind="yearly", title="Jaarrapportage", due_on="2026-07-01")
        assert post(client, f"{page}/{report.id}/edit", **sent).status_code == 303
        assert report.due_on == date(2026, 7, 1)

    def test_it_is_not_taken_away(self, client, agenda, page):
        report = made.report(agenda, date(2026, 4, 30))
        made.edition(report, published=True)
        post(client, f"{page}/{report.id}/remove", page=f"{page}/{report.id}/edit")
        assert "Deze rapportage is gepubliceerd en blijft staan." in client.get(f"{page}/{report.id}").text
        assert db.session.query(Report).count() == 1

    @pytest.mark.parametrize("values", [{"title": "Anders"}, {"readers": Readers.PUBLIC}, {"scope": Scope.NETWORK}])
    def test_whoever_changes_what_was_frozen_does_not_check_it_themselves(self, agenda, values):
        first, second = factories.account(agenda.network), factories.account(agenda.network)
        report = made.report(agenda, clock.today() - timedelta(days=1))
        edition = editions.ask_for_edition(report, first)
        db.session.commit()
        assert reports.change_report(report, made.details(**values), second)
        db.session.commit()
        freezing.freeze_wanted_editions()
        db.session.refresh(edition)
        with pytest.raises(editions.StepNotAllowed, match="own_work"):
            editions.check_edition(edition, second)
        editions.check_edition(edition, first)
        assert editions.contents_for(edition).title == report.title

    def test_another_day_for_what_was_only_frozen_has_all_counted_anew_and_says_so(self, client, agenda, page):
        report = made.report(agenda, date(2026, 4, 30))
        edition = made.edition(report)
        edition.counted_at, edition.contents = clock.now(), {"year": 1}
        post(client, f"{page}/{report.id}/edit", **_sent(kind="yearly", reference_day="2026-04-29"))
        assert "Alles wordt opnieuw geteld." in client.get(f"{page}/{report.id}").text
        assert (edition.counted_at, edition.contents, edition.reference_day) == (None, {}, date(2026, 4, 29))

    def test_what_was_frozen_looks_on_no_day_to_come(self, agenda):
        report = made.report(agenda, date(2026, 4, 30))
        edition = made.edition(report)
        with time_machine.travel("2026-06-01", tick=False), pytest.raises(editions.CannotFreeze, match="future"):
            reports.change_report(report, made.details(date(2026, 6, 30)), factories.account())
        assert edition.reference_day == date(2026, 4, 30)


class TestRemoving:
    def test_what_was_planned_by_mistake_goes_and_comes_back(self, client, agenda, page):
        report = made.report(agenda, date(2026, 4, 30), asked=True)
        asked = report.asked_at
        assert post(client, f"{page}/{report.id}/remove", page=f"{page}/{report.id}/edit").status_code == 303
        assert db.session.query(Report).count() == 0
        post(client, "/organise/undo", page=page)
        back = db.session.query(Report).one()
        assert (back.title, back.reference_day, back.asked_at) == ("Jaarrapportage", date(2026, 4, 30), asked)

    def test_what_comes_back_is_where_it_was(self, client, agenda, page):
        report, last = (
            made.report(agenda, date(2026, 4, 30)),
            made.report(agenda, date(2026, 5, 31), title="De laatste"),
        )
        address = f"{page}/{report.id}"
        post(client, f"{address}/remove", page=f"{address}/edit")
        assert client.get(address).status_code == 404
        post(client, "/organise/undo", page=page)
        assert "Jaarrapportage" in client.get(address).text
        assert last.title == "De laatste"

    def test_what_is_there_again_is_not_brought_back_once_more(self, agenda):
        report = made.report(agenda, date(2026, 4, 30))
        kept = vars(made.details(report.reference_day, title="Terug"))
        with pytest.raises(CannotUndo, match="undone"):
            reports.restore_report(agenda.network, kept | {"id": report.id, "agenda_id": agenda.id})
        assert [each.title for each in reports.list_reports(agenda)] == ["Jaarrapportage"]

    def test_what_somebody_wrote_in_stays(self, client, agenda, page):
        report = made.report(agenda, date(2026, 4, 30))
        words.write_words(report, Part.HAPPENED, "Veel", by=factories.account(agenda.network))
        post(client, f"{page}/{report.id}/remove", page=f"{page}/{report.id}/edit")
        assert "In deze rapportage is al geschreven." in client.get(f"{page}/{report.id}").text
        assert db.session.query(Report).count() == 1

    def test_what_was_frozen_stays(self, agenda):
        report = made.report(agenda, date(2026, 4, 30))
        made.edition(report)
        with pytest.raises(reports.Begun):
            reports.remove_report(report)


@pytest.mark.parametrize(("today", "may"), [("2026-04-29", False), ("2026-04-30", True)])
def test_the_button_to_freeze_comes_on_the_reference_day(client, agenda, today, may):
    with time_machine.travel(f"{today}T12:00+02:00", tick=False):
        sign_in(client, factories.account(agenda.network))
        report = made.report(agenda, date(2026, 4, 30))
        shown = client.get(f"/organise/networks/netwerk/agendas/{agenda.id}/reports/{report.id}").text
    assert (">Leg de rapportage vast</button>" in shown, "Vastleggen kan vanaf do 30 april 2026" in shown) == (
        may,
        not may,
    )


class TestDueDates:
    def test_they_say_who_does_what_by_when(self, agenda):
        agenda.state = AgendaState.PUBLISHED
        office = agreed.office(agreed.theme_on(agenda))
        with time_machine.travel("2026-05-25", tick=False):
            report = made.report(agenda, date(2026, 4, 30), asked=True)
            words.write_words(report, Part.KOPPEL, "Het gaat goed", office=office)
            due = due_dates.list_due_dates(due_dates.written_in([report]))
            found = [(each.step, each.day, each.late, each.done, each.of) for each in due]
        assert found == [
            (Step.ORGANISERS, date(2026, 5, 21), True, 0, 2),
            (Step.PUBLISH, date(2026, 6, 11), False, 0, 0),
        ]

    def test_before_anybody_wrote_all_of_it_is_to_be_done(self, agenda):
        agreed.office(agreed.theme_on(agenda))
        due = due_dates.list_due_dates(due_dates.written_in([made.report(agenda, date(2026, 4, 30))]))
        assert [(each.step, each.done, each.of) for each in due] == [
            (Step.ASK, 0, 0),
            (Step.KOPPELS, 0, 1),
            (Step.ORGANISERS, 0, 2),
            (Step.PUBLISH, 0, 0),
        ]

    def test_a_published_report_asks_nothing_any_more(self, agenda):
        report = made.report(agenda, date(2026, 4, 30))
        made.edition(report, published=True)
        assert due_dates.list_due_dates(due_dates.written_in([report])) == []

    def test_a_theme_that_ended_in_the_year_belongs_to_it_and_one_that_ended_before_does_not(self, agenda):
        ended, before, later, whole = (
            agreed.theme_on(agenda, ends_on=date(2026, 3, 31)),
            agreed.theme_on(agenda, ends_on=date(2025, 12, 31)),
            agreed.theme_on(agenda, starts_on=date(2026, 5, 1)),
            agreed.theme_on(agenda),
        )
        report = made.report(agenda, date(2026, 4, 30))
        assert reports.themes_of(report) == [ended, whole]
        assert [before in reports.themes_of(report), later in reports.themes_of(report)] == [False, False]
        assert words.parts_of(report, ended) == (Part.HAPPENED,)

    def test_the_list_takes_as_many_statements_for_thirty_reports_as_for_three(self, client, agenda, page, queries):
        for _ in range(3):
            agreed.office(agreed.theme_on(agenda), factories.person())
        reports.plan_moments(agenda, 2026)
        db.session.commit()
        with queries() as few:
            client.get(page)
        for year in (2024, 2025):
            reports.plan_moments(agenda, year)
        for day in range(1, 25):
            made.report(agenda, date(2026, 1, 1) + timedelta(days=day))
        db.session.commit()
        with queries() as many:
            client.get(page)
        assert len(many) == len(few)


def test_readers_see_when_reports_are_due_and_change_nothing(client, agenda):
    from app.accounts.models import NetworkRole

    made.report(agenda, date(2026, 4, 30))
    sign_in(client, factories.account(agenda.network, role=NetworkRole.READER))
    address = f"/organise/networks/netwerk/agendas/{agenda.id}/reports"
    shown = client.get(address).text
    assert ("Jaarrapportage" in shown, "Plan de momenten" in shown) == (True, False)
    assert client.get(f"{address}/new").status_code == 403
    assert agendas.find_agenda_of(agenda.network, agenda.id) is agenda


def test_readers_come_from_the_figures_to_what_was_published(client, agenda):
    from app.accounts.models import NetworkRole

    report = made.report(agenda, date(2026, 4, 30))
    planned = made.report(agenda, date(2026, 4, 29), title="Nog niet")
    made.edition(planned)
    made.edition(report, published=True)
    made.edition(report)
    sign_in(client, factories.account(agenda.network, role=NetworkRole.READER))
    figures = client.get(f"/organise/networks/netwerk/agendas/{agenda.id}/figures").text
    address = f"/organise/networks/netwerk/agendas/{agenda.id}/reports"
    assert f'href="{address}"' in figures
    shown = client.get(address).text
    assert f'<a href="{address}/{report.id}/editions/1">Jaarrapportage</a>' in shown
    assert "<strong>Nog niet</strong>" in shown
