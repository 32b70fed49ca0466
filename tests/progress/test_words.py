"""Words in a report: of organisers, of koppels by their link, and of two who write the same at once."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
import time_machine

from app import clock
from app.agendas import agenda_themes, koppels
from app.agendas.models import AgendaState
from app.database import db
from app.network.people import own_data, people
from app.progress import words
from app.progress.models import Part, ReportWords
from tests import factories
from tests.agendas import made as agreed
from tests.helpers import hidden_fields, post, sign_in
from tests.progress import made

DAY = date(2026, 4, 30)


def _text(answer) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def _opened(page: str) -> str:
    return re.search(r'name="opened" value="([^"]*)"', page)[1]


@pytest.fixture
def row(app):
    network = factories.network(slug="netwerk")
    agenda = agreed.agenda(network, starts_on=date(2024, 1, 1), ends_on=date(2026, 12, 31))
    agenda.state = AgendaState.PUBLISHED
    return agreed.theme_on(agenda, ambition="Sessies voor gemeenten")


@pytest.fixture
def report(row):
    return made.report(row.agenda, DAY, asked=True)


@pytest.fixture
def address(report):
    return f"/organise/networks/netwerk/agendas/{report.agenda_id}/reports/{report.id}"


@pytest.fixture
def organiser(client, row):
    account = factories.account(row.agenda.network, name="Loes Verhoeven")
    sign_in(client, account)
    return account


def _link(office) -> str:
    return koppels.link_to_office(office).removeprefix("http://leerkring.test")


def _write(client, office, report, text: str):
    return post(client, f"{_link(office)}/reports/{report.id}", page=_link(office), text=text)


class TestOrganisers:
    def test_they_write_about_a_theme_and_about_all_of_it(self, client, organiser, address, row):
        answer = post(client, f"{address}/words/{row.id}", happened="Vier **sessies**.", coming="Nog twee.")
        assert (answer.status_code, answer.location) == (303, f"{address}#thema-{row.id}")
        post(client, f"{address}/words", happened="Een goed jaar.")
        shown = client.get(address).text
        assert "Vier <strong>sessies</strong>." in shown
        said = _text(client.get(address))
        assert [said.count(each) for each in ("Nog twee.", "Een goed jaar.", "Loes Verhoeven")] == [1, 1, 3]

    def test_what_stood_there_before_stays_to_be_read(self, client, organiser, address, row):
        post(client, f"{address}/words/{row.id}", happened="Drie sessies.")
        post(client, f"{address}/words/{row.id}", happened="Vier sessies.")
        said = _text(client.get(address))
        assert "1 eerdere tekst" in said
        assert said.index("Vier sessies.") < said.index("Drie sessies.")

    def test_what_did_not_change_is_not_written_again(self, client, organiser, address, row):
        for _ in range(2):
            post(client, f"{address}/words/{row.id}", happened="Drie sessies.", coming="")
        assert [each.text for each in db.session.query(ReportWords)] == ["Drie sessies."]

    def test_what_is_taken_back_is_missing_again(self, client, organiser, address, row, report):
        post(client, f"{address}/words/{row.id}", happened="Drie sessies.")
        post(client, f"{address}/words/{row.id}", happened="")
        assert words.words_now(report).by_organisers == {}
        assert "1 eerdere tekst" in _text(client.get(address))

    def test_two_at_once_lose_nothing_and_choose(self, client, app, organiser, address, row, report):
        opened = client.get(f"{address}/words/{row.id}").text
        colleague = app.test_client()
        sign_in(colleague, factories.account(row.agenda.network, name="Piet Smit"))
        post(colleague, f"{address}/words/{row.id}", happened="Van Piet.", coming="Piet gaat door.")
        mine = hidden_fields(opened) | {"opened": _opened(opened), "happened": "Van Loes.", "coming": ""}
        answer = client.post(f"{address}/words/{row.id}", data=mine)
        said = _text(answer)
        assert answer.status_code == 422
        assert "Iemand anders heeft dit intussen ook veranderd." in said
        assert ["Van Piet." in said, "Van Loes." in said] == [True, True]
        assert "Piet gaat door." in answer.text  # what only he wrote is taken over
        choice = re.search(r'name="keep-happened" value="(mine\.[^"]+)"', answer.text)[1]
        again = hidden_fields(answer.text) | {"opened": _opened(answer.text), "keep-happened": choice}
        sent = again | {"happened": "Van Loes.", "coming": "Piet gaat door."}
        assert client.post(f"{address}/words/{row.id}", data=sent).status_code == 303
        now = words.words_now(report).by_organisers
        assert [now[row.id, part].text for part in words.BY_ORGANISERS] == ["Van Loes.", "Piet gaat door."]
        assert "Van Piet." in _text(client.get(address))

    def test_two_who_press_at_the_same_moment_lose_nothing(self, app, row, address):
        browsers, page = [app.test_client(), app.test_client()], f"{address}/words/{row.id}"
        for number, browser in enumerate(browsers):
            sign_in(browser, factories.account(row.agenda.network, name=f"Organisator {number}"))
        db.session.commit()
        pages = [browser.get(page).text for browser in browsers]
        sent = [hidden_fields(each) | {"opened": _opened(each), "happened": f"Tekst {id(each)}"} for each in pages]
        db.session.commit()

        def press(number: int) -> int:
            with app.app_context():
                return browsers[number].post(page, data=sent[number]).status_code

        with ThreadPoolExecutor(2) as both:
            assert sorted(both.map(press, range(2))) == [303, 422]
        assert db.session.query(ReportWords).count() == 1

    def test_they_go_on_after_freezing_for_a_next_edition_and_the_page_says_so(
        self, client, organiser, address, row, report
    ):
        made.edition(report)
        assert "De rapportage is al vastgelegd." in _text(client.get(f"{address}/words/{row.id}"))
        assert post(client, f"{address}/words/{row.id}", happened="Toch nog.").status_code == 303

    def test_a_theme_that_is_not_on_the_agenda_is_not_there(self, client, organiser, address, row):
        elsewhere = agreed.theme_on(agreed.agenda(row.agenda.network))
        assert client.get(f"{address}/words/{elsewhere.id}").status_code == 404

    def test_the_koppel_s_words_are_read_only_with_office_and_date(self, client, organiser, address, row, report):
        words.write_words(report, Part.KOPPEL, "Het loopt.", office=agreed.office(row, "Sanne de Vries"))
        shown = client.get(f"{address}/words/{row.id}").text
        assert "gedeputeerde, Provincie Noord-Brabant" in shown
        assert "Het loopt." in shown.split('<form class="form flow"')[0]
        assert "Sanne de Vries" not in shown


class TestKoppels:
    @pytest.mark.parametrize("kind", ["executive", "official"])
    def test_who_stands_for_a_theme_writes_by_link(self, client, row, report, kind):
        office = agreed.office(row, kind=kind)
        asked = _text(client.get(_link(office)))
        assert "uiterlijk op do 21 mei 2026" in asked
        answer = _write(client, office, report, "Het gaat goed.")
        assert (answer.status_code, answer.location) == (303, f"{_link(office)}/reports/{report.id}")
        said = _text(client.get(_link(office)))
        assert ["Dank je." in said, "Het gaat goed." in said, "gedeputeerde, Provincie Noord-Brabant" in said] == [
            True
        ] * 3
        assert "Sanne" not in said

    def test_after_saving_it_stands_in_the_form_and_only_what_is_not_written_is_asked(self, client, row, report):
        office, first = agreed.office(row), made.report(row.agenda, DAY - timedelta(days=1), asked=True, title="Eerste")
        said = _text(client.get(_link(office)))
        assert ["Jouw woord voor Eerste" in said, "We vragen je ook een tekst voor: Jaarrapportage" in said] == [
            True
        ] * 2
        saved = client.get(_write(client, office, report, "Het gaat goed.").location)
        said = _text(saved)
        assert ["Dank je." in said, "Jouw woord voor Jaarrapportage" in said] == [True, True]
        assert "Het gaat goed.</textarea>" in saved.text
        assert "We vragen je ook een tekst voor: Eerste" in said
        post(client, f"{_link(office)}/reports/{first.id}", page=_link(office), text="Het begin.")
        said = _text(client.get(f"{_link(office)}/reports/{report.id}"))
        assert ["We vragen je ook" in said, "Je tekst staat ook in: Eerste" in said] == [False, True]

    @pytest.mark.parametrize("how", ["withdrawn", "archived"])
    def test_nothing_is_asked_while_the_agenda_is_a_draft_or_its_network_archived(self, client, row, report, how):
        office = agreed.office(row)
        token, page = _token(client, office), f"{_link(office)}/reports/{report.id}"
        if how == "withdrawn":
            row.agenda.state = AgendaState.DRAFT
        else:
            row.agenda.network.archived_at = clock.now()
        db.session.flush()
        assert "Jouw woord voor" not in _text(client.get(_link(office)))
        assert "Deze rapportage vraagt nu geen tekst." in _text(client.get(page))
        assert client.post(page, data={"text": "Toch.", "csrf_token": token}).status_code == 422
        assert words.words_now(report).of_place(office) is None

    def test_in_english_too(self, client, row, report):
        office = agreed.office(row, factories.person("Ann Lee", language="en"))
        said = _text(client.get(_link(office)))
        assert "We ask you for a few sentences about this theme" in said
        assert "Thank you." in _text(client.get(_write(client, office, report, "Fine.").location))

    def test_it_may_be_changed_until_the_report_is_frozen_and_then_is_refused_in_words(self, client, row, report):
        office = agreed.office(row)
        _write(client, office, report, "Eerst dit.")
        assert _write(client, office, report, "Nu dat.").status_code == 303
        token = _token(client, office)
        made.edition(report)
        page = f"{_link(office)}/reports/{report.id}"
        sent = {"text": "Te laat.", "csrf_token": token}
        answer = client.post(page, data=sent)
        said = _text(answer)
        assert (answer.status_code, "Deze rapportage is al vastgelegd." in said, "Te laat." in answer.text) == (
            422,
            True,
            True,
        )
        assert words.words_now(report).of_place(office).text == "Nu dat."
        assert "Deze rapportage vraagt nu geen tekst." in _text(client.get(page))

    def test_nothing_is_asked_before_its_day_and_after_publishing(self, client, row):
        report, office = made.report(row.agenda, DAY), agreed.office(row)
        assert "Jouw woord voor" not in _text(client.get(_link(office)))
        report.asked_at = clock.now()
        assert "Jouw woord voor" in _text(client.get(_link(office)))
        made.edition(report, published=True)
        assert "Jouw woord voor" not in _text(client.get(_link(office)))

    def test_nothing_at_all_is_refused_and_leaves_what_stood_there(self, client, row, report):
        office = agreed.office(row)
        assert _write(client, office, report, " ").status_code == 422
        _write(client, office, report, "Het gaat goed.")
        assert _write(client, office, report, "").status_code == 422
        assert words.words_now(report).of_place(office).text == "Het gaat goed."

    def test_both_places_of_a_koppel_stand_side_by_side_by_office(self, client, row, report):
        executive = agreed.office(row, "Jan Jansen", party=1, title="wethouder")
        official = agreed.office(row, "Anna Bos", party=1, kind="official", title="adviseur")
        _write(client, official, report, "Van de adviseur.")
        _write(client, executive, report, "Van de wethouder.")
        said = _text(client.get(_link(official)))
        assert said.index("wethouder, VBG") < said.index("adviseur, VBG")

    def test_who_comes_after_goes_on_with_what_stands_there(self, client, row, report):
        _write(client, agreed.office(row, "Jan Jansen"), report, "Van Jan.")
        after = agreed.office(row, "Anna Bos", starts_on=clock.today())
        assert "Van Jan." in client.get(_link(after)).text.split("<textarea")[1].split("</textarea>")[0]
        _write(client, after, report, "Van Jan en Anna.")
        assert [each.text for each in words.words_now(report).by_koppels[row.id]] == ["Van Jan en Anna."]

    def test_the_link_ends_with_the_office(self, client, row, report):
        office = agreed.office(row, ends_on=clock.today())
        token = _token(client, office)
        with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
            answer = client.post(f"{_link(office)}/reports/{report.id}", data={"text": "Nog iets", "csrf_token": token})
        assert (answer.status_code, db.session.query(ReportWords).count()) == (404, 0)

    def test_words_of_somebody_who_is_erased_stay_with_their_place(self, client, row, report):
        office = agreed.office(row)
        _write(client, office, report, "Het gaat goed.")
        people.erase_person(office.person)
        db.session.expire_all()
        found = words.words_now(report).by_koppels[row.id][0]
        assert (found.text, words.say_writer(found)) == ("Het gaat goed.", "Bestuurder, Provincie Noord-Brabant")

    def test_what_somebody_wrote_is_in_the_copy_of_their_data(self, client, row, report):
        office = agreed.office(row)
        _write(client, office, report, "Het gaat goed.")
        words.write_words(report, Part.KOPPEL, "Van een ander.", office=agreed.office(row, "Bas Groen", party=1))
        copy = own_data.copy_own_data(office.person)
        assert [each["text"] for each in copy["progress_words"]] == ["Het gaat goed."]

    def test_a_report_of_another_agenda_is_not_there(self, client, row):
        other = agreed.agenda(row.agenda.network)
        elsewhere = made.report(other, DAY, asked=True)
        office = agreed.office(row)
        assert client.get(f"{_link(office)}/reports/{elsewhere.id}").status_code == 404
        assert client.get(f"{_link(office)}/reports/9999999999999999999").status_code == 404

    def test_two_tabs_of_one_person_lose_nothing(self, client, row, report):
        office = agreed.office(row)
        opened = client.get(_link(office)).text
        _write(client, office, report, "In de ene.")
        mine = hidden_fields(opened) | {"opened": _opened(opened), "text": "In de andere."}
        answer = client.post(f"{_link(office)}/reports/{report.id}", data=mine)
        said = _text(answer)
        assert (answer.status_code, "In de ene." in said, "In de andere." in said) == (422, True, True)

    def test_its_page_shows_the_targets_of_the_theme_and_small_numbers_to_nobody(self, client, row, queries):
        from app.indicators import counts, targets
        from app.indicators.models import Aim, Count, Measure
        from app.indicators.targets import Decision
        from tests.indicators import made as measured

        office, year = agreed.office(row), clock.today().year
        made_ = measured.indicator(row.agenda, Measure.PEOPLE, theme=row.theme)
        targets.set_target(made_, year, Aim.NUMBER, 100, Decision("begroting", clock.today(), None))
        db.session.add(Count(indicator_id=made_.id, year=year, value=3, counted_at=clock.now()))
        db.session.add(Count(indicator_id=made_.id, year=counts.WHOLE, value=60, counted_at=clock.now()))
        said = _text(client.get(_link(office)))
        assert made_.name in said
        assert "ten minste 100" in said
        assert "minder dan 5" in said
        assert ["60" in said.split(made_.name)[1][:200]] == [True]


def test_a_theme_that_was_written_about_stays_on_its_agenda(row, report):
    words.write_words(report, Part.HAPPENED, "Veel", row=row, by=factories.account(row.agenda.network))
    with pytest.raises(words.WrittenAbout) as refused:
        agenda_themes.take_off_agenda(row)
    assert f"Over ‘{row.theme.words}’ is in een rapportage geschreven." in refused.value.words
    agenda_themes.take_off_agenda(agreed.theme_on(row.agenda))
    assert [each.text for each in words.list_words(report)] == ["Veel"]


def _token(client, office) -> str:
    return hidden_fields(client.get(_link(office)).text)["csrf_token"]
