"""What is special about a day: said wherever one is chosen, and minded by what proposes one."""

import re
from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest
import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale

from app import clock, wording
from app.database import db
from app.events import busy_days, school_holidays, special_days
from app.events.models import BusyKind, Event
from app.invitations.waves import wave_proposals, wave_recipients
from app.invitations.waves.models import Wave, WaveKind
from app.polls.models import Poll
from app.settings import ROOT
from tests import factories
from tests.helpers import hidden, post, sign_in

HOLIDAY = "Voorjaarsvakantie regio Zuid"
XMAS_HOLIDAY = "Kerstvakantie regio Zuid (za 19 december tot en met zo 3 januari)."


@pytest.fixture
def network(client):
    found = factories.network(slug="netwerk")
    sign_in(client, factories.account(found))
    return found


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 12, 25), f"vr 25 december 2026 is een feestdag: Eerste kerstdag. {XMAS_HOLIDAY}"),
        (date(2027, 1, 17), "zo 17 januari 2027 is een zondag."),
        (date(2027, 1, 16), "za 16 januari 2027 valt in het weekend."),
        (date(2027, 2, 17), f"{HOLIDAY} (za 13 februari tot en met zo 21 februari)."),
        (date(2027, 2, 22), ""),
        (
            date(2027, 10, 31),
            "zo 31 oktober 2027 is een zondag. "
            "Herfstvakantie regio Zuid (za 23 oktober tot en met zo 31 oktober). "
            "In de nacht naar zo 31 oktober 2027 gaat de klok een uur terug.",
        ),
        (date(2027, 1, 20), ""),
    ],
)
def test_what_is_said_of_a_day(network, day, said):
    with force_locale("nl"):
        assert special_days.say_remarks(day) == said


def test_of_several_days_all_is_said_and_in_english_too(network):
    with force_locale("en"):
        said = special_days.say_remarks(date(2027, 3, 27), date(2027, 3, 29))
    assert "Sat 27 March 2027 is in a weekend." in said
    assert "Sun 28 March 2027 is a public holiday: Easter Sunday." in said
    assert "the clocks go forward an hour" in said
    assert "Mon 29 March 2027 is a public holiday" in said


class TestSchoolHolidays:
    """Those that the ministry published come with the program; organisers note what differs."""

    def test_each_line_of_the_file_can_be_right_and_names_its_page(self):
        for each in school_holidays.published():
            first_year, last_year = map(int, each.school_year.split("-"))
            assert date(first_year, 8, 1) < each.first_day < each.last_day < date(last_year, 9, 15)
            assert (each.first_day.weekday(), each.last_day.weekday()) == (5, 6), each
            assert re.match(r"https://www\.(rijksoverheid|government)\.nl/.*" + each.school_year, each.source)
        kinds = Counter((each.school_year, each.region) for each in school_holidays.published())
        assert set(kinds.values()) == {5}
        assert len(kinds) == 3 * len({year for year, _ in kinds})
        names = Counter((each.name_nl, each.name_en) for each in school_holidays.published())
        assert set(names.values()) == {len(kinds)}

    def test_summers_do_not_begin_everywhere_at_once(self):
        summers = [each for each in school_holidays.published() if each.name_nl == "Zomervakantie"]
        assert len({each.first_day for each in summers}) == len(summers)

    @pytest.mark.parametrize(("region", "said"), [("zuid", True), ("midden", False), ("noord", False)])
    def test_those_of_the_own_region_are_said(self, network, monkeypatch, region, said):
        monkeypatch.setitem(current_app.config, "SCHOOL_REGION", region)
        assert ("regio Zuid" in special_days.say_remarks(date(2027, 2, 17))) == said
        assert ("oorjaarsvakantie" in special_days.say_remarks(date(2027, 2, 24))) != said

    def test_in_english_by_their_english_names(self, network):
        with force_locale("en"):
            assert special_days.say_remarks(date(2027, 2, 17)).startswith("Spring holiday, region Zuid (")

    def test_what_was_noted_of_the_same_days_is_not_said_twice_and_other_days_are(self, network):
        spans = [(date(2027, 2, 13), date(2027, 2, 21)), (date(2027, 2, 22), date(2027, 2, 28))]
        busy_days.add_busy_days(BusyKind.SCHOOL_HOLIDAY, "Carnaval", spans)
        assert "Carnaval" not in special_days.say_remarks(date(2027, 2, 17))
        assert "Carnaval" in special_days.say_remarks(date(2027, 2, 24))

    def test_their_page_says_until_when_they_are_known_and_from_where(self, client, network, time_machine):
        time_machine.move_to(datetime(2026, 9, 1, 10, tzinfo=clock.UTC), tick=False)
        sign_in(client, factories.account(network))
        page = client.get("/organise/days").text
        assert "Schoolvakanties die we al kennen, tot en met zo 26 augustus 2029" in page
        assert f'href="{school_holidays.published()[-1].source}"' in page
        time_machine.move_to(datetime(2040, 9, 1, 10, tzinfo=clock.UTC), tick=False)
        sign_in(client, factories.account(network))
        assert "De schoolvakanties van komende jaren kennen we nog niet" in client.get("/organise/days").text

    def test_a_later_year_is_noted_and_then_minded(self, client, network):
        values = {"kind": "school_holiday", "name": "Herfstvakantie 2031", "organisation": ""}
        post(client, "/organise/days", days="18-10-2031 t/m 26-10-2031", **values)
        assert "Herfstvakantie 2031" in special_days.say_remarks(date(2031, 10, 22))
        assert special_days.around_school_holiday(date(2031, 10, 22))[0] == date(2031, 10, 17)


class TestDoors:
    """The session, its copy, a poll and a round: each says it, at the field and after saving."""

    XMAS = "2026-12-25"

    @pytest.fixture(autouse=True)
    def _early(self, time_machine):
        time_machine.move_to(datetime(2026, 9, 1, 10, tzinfo=clock.UTC), tick=False)

    def _said(self, client, answer) -> bool:
        return "is een feestdag: Eerste kerstdag" in client.get(answer.location).text

    def test_a_new_session(self, client, network):
        page = "/organise/networks/netwerk/events/new"
        values = {"title": "Kerst", "format": "session", "day": self.XMAS, "start": "13:30", "end": "16:30"}
        values |= {"zone": "Europe/Amsterdam", "on_site": "y", "town": "Oss"}
        assert self._said(client, post(client, page, **values))
        assert "Eerste kerstdag" in post(client, page, **values | {"title": ""}).text

    def test_a_moved_session_and_a_copy(self, client, network):
        event = factories.event(network, published=False)
        db.session.commit()
        page = f"/organise/events/{event.slug}/edit"
        values = hidden(client, page) | {"title": "Kerst", "format": "session", "day": self.XMAS, "start": "13:30"}
        values |= {"end": "16:30", "zone": "Europe/Amsterdam", "on_site": "y", "town": "Oss"}
        assert self._said(client, client.post(page, data=values))
        assert "Eerste kerstdag" in client.get(page).text
        assert self._said(client, post(client, f"/organise/events/{event.slug}/copy", day=self.XMAS))

    def test_a_poll(self, client, network):
        values = {"title": "Kerst", "people": "jan@oss.example"}
        for number, day in enumerate((self.XMAS, "2026-12-16")):
            values |= {f"dates-{number}-day": day, f"dates-{number}-start": "10:00", f"dates-{number}-end": "11:00"}
        assert self._said(client, post(client, "/organise/networks/netwerk/polls/new", **values))
        assert db.session.scalars(sa.select(Poll)).one().title == "Kerst"

    def test_a_round_and_the_day_that_is_counted(self, client, network):
        event = factories.event(
            network, starts_at=factories.utc(2027, 1, 29, 12), ends_at=factories.utc(2027, 1, 29, 15)
        )
        db.session.commit()
        base = f"/organise/events/{event.slug}/waves"
        values = {
            "kind": "reminder",
            "timing": "at",
            "day": self.XMAS,
            "hour": "09:00",
            "audience": "",
            "first_audience": "",
        }
        values |= {"parts": "all"}
        answer = post(client, f"{base}/new", **values)
        assert answer.status_code == 303, answer.text[answer.text.find("fouten") :][:800]
        assert self._said(client, answer)
        assert "Dat is vr 18 december 2026." in client.get(f"{base}/new?kind=invitation").text
        assert "Dat is do 31 december 2026." in client.get(f"{base}/day?kind=reminder&days=29").text
        assert client.get(f"{base}/day?days=x").text == client.get(f"{base}/day?days=99999").text == ""

    def test_while_a_day_is_chosen(self, client, network):
        for query, said in (
            ("dates-3-day=2026-12-25", True),
            ("day=25-12-2026", True),
            ("day=2026-12-16", False),
            ("day=x", False),
        ):
            assert ("Eerste kerstdag" in client.get(f"/organise/days/said?{query}").text) == said

    def test_every_field_of_a_date_says_it_unless_it_is_about_the_past(self):
        """A field that is left out says why by its name: since when, until when something holds, a succession, a decision."""
        sources = {path.relative_to(ROOT).as_posix(): path.read_text() for path in (ROOT / "app").rglob("*forms.py")}
        left_out = {
            (path, name)
            for path, source in sources.items()
            for name in re.findall(r"(\w+) = DayField\((?:(?!\n    \w+ = )[\s\S])*?plans=False", source)
        }
        assert left_out == {
            ("app/network/people/forms.py", "starts_on"),
            ("app/network/people/forms.py", "ends_on"),
            ("app/network/organisations/forms.py", "day"),
            *(("app/indicators/forms.py", name) for name in ("valid_from", "decided_on", "day")),
            *(("app/agendas/forms.py", name) for name in ("starts_on", "ends_on", "signed_on", "ratified_on")),
            *(("app/themes/forms.py", name) for name in ("starts_on", "ends_on")),
            ("app/progress/forms.py", "reference_day"),
            ("app/contact_moments/forms.py", "day"),
        }
        assert not any("DateField(" in source for path, source in sources.items() if path != "app/web/forms.py")
        pages = {path.name for path in (ROOT / "templates").rglob("*.html") if 'type="date"' in path.read_text()}
        assert pages == {"person.html", "badges.html"}, "when somebody left a position, or came in: about the past"


class TestProposals:
    @pytest.fixture
    def at(self, network, time_machine):
        def event(now: str, start: str) -> Event:
            time_machine.move_to(datetime.fromisoformat(now).replace(tzinfo=clock.UTC), tick=False)
            day = date.fromisoformat(start)
            begin = clock.utc_moment(day, time(13, 30))
            return factories.event(network, starts_at=begin, ends_at=begin + timedelta(hours=3), closes_at=begin)

        return event

    def _days(self, event) -> dict[WaveKind, date]:
        return {each.kind: clock.to_local(each.due_at).date() for each in wave_proposals.propose_waves(event)}

    def test_rounds_leave_before_a_school_holiday_and_keep_their_order(self, at):
        days = self._days(at("2026-12-01T10:00", "2027-03-31"))
        assert days[WaveKind.INVITATION] == date(2027, 2, 12)
        assert list(days.values()) == sorted(days.values())
        assert days[WaveKind.SAVE_THE_DATE] == date(2027, 2, 3)

    def test_what_lies_close_to_the_session_goes_before_a_holiday(self, at):
        assert self._days(at("2026-12-01T10:00", "2027-02-17"))[WaveKind.LAST_INFORMATION] == date(2027, 2, 15)

    def test_not_where_that_would_be_in_the_past(self, at):
        event = at("2027-02-16T10:00", "2027-03-31")
        assert min(each.due_at for each in wave_proposals.propose_waves(event)) > clock.now()

    @pytest.mark.parametrize("kind", wave_recipients.STANDING)
    def test_no_proposal_lies_in_the_past(self, at, kind):
        event = at("2027-01-04T10:00", "2027-01-07")
        if kind is not WaveKind.THANK_YOU:
            assert clock.now() < wave_proposals.propose_wave(event, kind).due_at

    def test_nor_on_the_form(self, client, at):
        event = at("2027-01-04T10:00", "2027-01-20")
        sign_in(client, factories.account(event.network))
        db.session.commit()
        page = client.get(f"/organise/events/{event.slug}/waves/new?kind=invitation").text
        assert 'value="2027-01-05"' in page
        assert "Die dag is geweest." in client.get(f"/organise/events/{event.slug}/waves/day?days=42").text

    def test_a_proposal_that_is_taken_over_stays_where_it_was_shown(self, at, network):
        event = at("2026-12-01T10:00", "2027-03-31")
        shown = self._days(event)
        wave_proposals.add_proposed_waves(event, factories.audience(network))
        saved = db.session.scalars(sa.select(Wave).order_by(Wave.due_at)).all()
        assert {each.kind: clock.to_local(each.due_at).date() for each in saved} == shown


class TestPeriods:
    def test_until_a_day_means_that_day(self, app):
        with force_locale("nl"):
            assert wording.format_until(factories.utc(2027, 2, 17, 23)) == "en met wo 17 februari 2027"
            assert wording.format_until(factories.utc(2027, 2, 17, 22, 59)) == "en met wo 17 februari 2027"
            assert wording.format_until(factories.utc(2027, 2, 17, 11)) == "wo 17 februari 2027, 12.00 uur"
        with force_locale("en"):
            assert wording.format_until(factories.utc(2027, 2, 17, 23)) == "the end of Wed 17 February 2027"

    def test_another_zone_stands_beside_every_time(self):
        begin, end, zone = factories.utc(2027, 1, 20, 12), factories.utc(2027, 1, 20, 15), "Europe/London"
        with force_locale("nl"):
            assert wording.format_hours(begin, end, zone) == "12.00–15.00 uur (tijd in Londen)"
            assert wording.format_day_and_hour(begin, zone) == "wo 20 januari 2027, 12.00 uur (tijd in Londen)"
            assert wording.format_until(begin, zone).endswith("(tijd in Londen)")
            assert wording.format_hours(begin, end) == "13.00–16.00 uur"

    def test_each_zone_has_a_name(self):
        assert wording.PLACES.keys() == set(clock.ZONES)

    def test_closing_on_a_day_is_told_as_that_day(self, client, network):
        event = factories.event(network, closes_at=factories.start(7, 0) - timedelta(minutes=1))
        event.closes_at = clock.start_of_day(clock.to_local(event.closes_at).date()) - timedelta(minutes=1)
        db.session.commit()
        day = wording.format_day(event.closes_at)
        assert f"tot en met {day}" in client.get(f"/events/{event.slug}").text


class TestPast:
    """A session that has been speaks of itself in the past tense."""

    def test_on_its_public_page(self, client, network):
        event = factories.held(network)
        db.session.commit()
        page = client.get(f"/events/{event.slug}").text
        assert "Deze sessie is geweest." in page
        assert "als je je aanmeldt" not in page

    def test_for_who_had_a_seat_and_for_organisers(self, client, network):
        event = factories.event(network)
        factories.registration(event, factories.person("An Ros"))
        factories.move(event, hours=-24 * 25)
        db.session.commit()
        cockpit = client.get(f"/organise/events/{event.slug}").text
        assert "had een plek" in cockpit
        assert "Had een plek" in cockpit
        assert not re.search(r">\s*(Komt|komen)\b|\d (komt|komen) niet", cockpit)
