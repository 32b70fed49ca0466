"""The public agenda by list and by month, narrowed down, and what else there is on a day."""

from datetime import date, datetime, time, timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.database import db
from app.events import agenda, busy_days, date_clashes, planning
from app.events.agenda import AgendaFilter
from app.events.models import BusyDays, BusyKind, EventFormat
from app.network import memberships, network_queries
from tests import factories
from tests.helpers import post, sign_in


@pytest.fixture
def network(app):
    return factories.network(slug="netwerk", name="Klimaatadaptatie")


def _titles(client, query: str = "") -> list[str]:
    page = client.get(f"/?{query}").text
    return [title for title in ("Oss", "Breda", "Online", "Besloten", "Concept", "Ander") if f">{title}</a>" in page]


@pytest.fixture
def several(network):
    griffier = network_queries.find_role("griffier")
    factories.event(network, title="Oss", town="Oss", format=EventFormat.EXPEDITION, roles=[griffier])
    factories.event(network, title="Breda", town="Breda")
    factories.event(network, title="Online", on_site=False, online=True, town="", join_url="https://x.example/")
    factories.event(network, title="Besloten", confidential=True)
    factories.event(network, title="Concept", published=False)
    factories.event(factories.network(slug="ander"), title="Ander", town="Oss")


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Oss", "Breda", "Online", "Ander"]),
        ("network=netwerk", ["Oss", "Breda", "Online"]),
        ("format=expedition", ["Oss"]),
        ("region=west-brabant", ["Breda"]),
        ("region=noordoost-brabant&network=ander", ["Ander"]),
        ("role=griffier", ["Oss"]),
        ("network=onbekend&format=x&region=y&role=z", ["Oss", "Breda", "Online", "Ander"]),
    ],
)
def test_narrowing_down(client, several, query, titles):
    assert _titles(client, query) == titles
    month = factories.start().strftime("%Y-%m")
    assert _titles(client, f"{query}&month={month}") == titles


def test_nothing_that_fits_says_how_to_go_on(client, several):
    assert "Toon alle sessies" in client.get("/?format=training").text


def test_a_month_has_whole_weeks_holidays_and_sessions_of_more_days(client, network):
    begin = clock.utc_moment(date(2027, 4, 26), time(10))
    factories.event(network, title="Driedaagse", starts_at=begin, ends_at=begin + timedelta(days=2))
    month = agenda.month_of_entries(AgendaFilter(), date(2027, 4, 1))
    days = [day for week in month.weeks for day in week]
    assert (days[0].date, days[-1].date, {len(week) for week in month.weeks}) == (
        date(2027, 3, 29),
        date(2027, 5, 2),
        {7},
    )
    assert [day.date.day for day in days if day.entries] == [26, 27, 28]
    assert [(day.date, day.holiday) for day in days if day.holiday][-1] == (date(2027, 4, 27), "Koningsdag")
    page = client.get("/?month=2027-04").text
    assert (page.count("Driedaagse"), "month=2027-03" in page, "month=2027-05" in page) == (3, True, True)


@pytest.mark.parametrize("month", ["2027-13", "nee", "0001-01", "9999-12", "2027-4", "2027-04-01"])
def test_a_month_that_is_none_is_this_month(client, month):
    assert f"{clock.today():%Y-%m}" in client.get(f"/?month={month}").text


def test_a_cancelled_session_is_struck(client, network):
    planning.cancel_event(factories.event(network, title="Weg"), "")
    page = client.get(f"/?month={factories.start():%Y-%m}").text
    assert ("struck" in page, "Geannuleerd" in page) == (True, True)


def test_month_takes_a_fixed_number_of_queries(client, network, queries):
    counts = []
    for size in (2, 30):
        for _ in range(size):
            factories.event(network)
        db.session.commit()
        with queries() as seen:
            client.get(f"/?month={factories.start():%Y-%m}")
        counts.append(len(seen))
    assert counts == [7, 7]


class TestThatDay:
    def _words(self, network, day: date, but=None) -> list[str]:
        return [clash.words for clash in date_clashes.find_clashes(network, day, day, but)]

    def test_says_all_there_is_with_the_weightiest_first(self, network, time_machine):
        time_machine.move_to(datetime(2027, 1, 5, 10, tzinfo=clock.UTC), tick=False)
        day = factories.start().date()
        own, other = factories.event(network, title="Eigen"), factories.network(name="Brede Welvaart")
        factories.event(other, title="Anders")
        factories.event(other, title="Geheim", confidential=True)
        both = factories.person(of=network)
        memberships.join_network(both.id, other.id)
        busy_days.add_busy_days(BusyKind.COUNCIL, "Raad", [(day, day)], factories.organisation("Oss"))
        busy_days.add_busy_days(
            BusyKind.SCHOOL_HOLIDAY, "Herfstvakantie", [(day - timedelta(days=2), day + timedelta(days=2))]
        )
        db.session.flush()
        found = self._words(network, day)
        assert [words.partition(",")[0].partition(" (")[0] for words in found] == [
            "Herfstvakantie",
            "Je eigen netwerk houdt die dag al: Eigen",
            "Raadsavond in Oss: Raad.",
            "Brede Welvaart houdt Anders",
            "Brede Welvaart houdt een besloten bijeenkomst",
        ]
        assert found[3].endswith("1 lid van jouw netwerk hoort ook daarbij.")
        assert not any("Eigen" in words for words in self._words(network, day, own))

    def test_holidays_and_weekends(self, network):
        holiday = "Meivakantie regio Zuid (za 24 april tot en met zo 2 mei)."
        assert self._words(network, date(2027, 4, 27)) == ["di 27 april 2027 is een feestdag: Koningsdag.", holiday]
        assert self._words(network, date(2027, 4, 17)) == ["za 17 april 2027 valt in het weekend."]
        assert self._words(network, date(2027, 4, 22)) == []

    def test_the_form_shows_it_and_saves_nothing(self, client, network):
        sign_in(client, factories.account(network))
        page = post(client, "/organise/networks/netwerk/events/new", title="Nieuw", day="2027-04-27", look="1")
        assert (page.status_code, "Koningsdag" in page.text, 'value="Nieuw"' in page.text) == (200, True, True)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(factories.Event)) == 0


class TestBusyDays:
    PAGE = "/organise/days"

    def test_are_kept_together_and_removed_with_undo(self, client, network):
        sign_in(client, factories.account(network))
        days = "13-02-2027 t/m 21-02-2027\n2027-04-24 - 2027-05-02"
        assert (
            post(client, self.PAGE, kind="school_holiday", name="Vakantie Zuid", organisation="", days=days).status_code
            == 303
        )
        post(client, self.PAGE, kind="school_holiday", name="Vakantie Zuid", organisation="", days=days)
        spans = [(row.first_day, row.last_day) for row in busy_days.coming_busy_days()]
        assert spans == [(date(2027, 2, 13), date(2027, 2, 21)), (date(2027, 4, 24), date(2027, 5, 2))]
        number = db.session.scalar(sa.select(sa.func.min(BusyDays.id)))
        post(client, f"{self.PAGE}/{number}/remove", page=self.PAGE)
        assert len(busy_days.coming_busy_days()) == 1
        post(client, "/organise/undo", page=self.PAGE)
        assert [(row.first_day, row.last_day) for row in busy_days.coming_busy_days()] == spans

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"days": "30-02-2027"}, "‘30-02-2027’ is geen dag."),
            ({"days": "21-02-2027 t/m 13-02-2027"}, "is geen dag."),
            ({"days": "morgen"}, "‘morgen’ is geen dag."),
            ({"kind": "council"}, "Kies de gemeente van deze raad."),
            ({"name": ""}, "Vul dit in."),
        ],
    )
    def test_wrong_lines_are_named(self, client, network, change, message):
        sign_in(client, factories.account(network))
        values = {"kind": "other", "name": "Vrij", "days": "13-02-2027"} | change
        page = post(client, self.PAGE, **values)
        assert (page.status_code, message in page.text, busy_days.coming_busy_days()) == (422, True, [])

    def test_council_evenings_name_their_municipality(self, client, network):
        sign_in(client, factories.account(network))
        oss = str(factories.organisation("Oss").id)
        post(client, self.PAGE, kind="council", name="Raad", organisation=oss, days="13-02-2027\n20-02-2027")
        assert [row.organisation.name for row in busy_days.coming_busy_days()] == ["Oss", "Oss"]

    def test_are_for_organisers(self, client, app):
        assert client.get(self.PAGE).status_code in {302, 303}
