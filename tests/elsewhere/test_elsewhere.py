"""Partners' calendars: what is read of them, from where, and that nothing in them leads inside or runs away."""

import socket
import subprocess
import threading
from contextlib import contextmanager, suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import sqlalchemy as sa
import time_machine

from app import budget, clock, jobs
from app.database import db
from app.elsewhere import calendar_fetching, calendar_reading, outside_calendars, partner_asking
from app.elsewhere.calendar_fetching import NotFetched
from app.elsewhere.models import OutsideCalendar, OutsideEvent
from app.elsewhere.partner_asking import NoCalendar
from tests import factories
from tests.helpers import post, sign_in


def ics(*events: str, head: str = "") -> bytes:
    body = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Partner//NL\n{head}{body}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def _day(days: int = 10) -> str:
    return (clock.today() + timedelta(days=days)).strftime("%Y%m%d")


def event(uid: str = "1@partner.example", title: str = "Themadag", days: int = 10, more: str = "") -> str:
    return f"UID:{uid}\nDTSTART;TZID=Europe/Amsterdam:{_day(days)}T100000\nDTEND;TZID=Europe/Amsterdam:{_day(days)}T120000\nSUMMARY:{title}{more}"


class Partner:
    """A partner's web server: an answer for each path, and what was asked of it."""

    def __init__(self):
        self.answers: dict[str, tuple[int, dict, bytes]] = {}
        self.asked: list[tuple[str, dict]] = []

    def put(self, path: str, content: bytes = b"", status: int = 200, **headers: str) -> str:
        self.answers[path] = (status, {name.replace("_", "-"): value for name, value in headers.items()}, content)
        return f"http://127.0.0.1:{self.port}{path}"

    @contextmanager
    def running(self):
        partner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                partner.asked.append((self.path, dict(self.headers)))
                status, headers, content = partner.answers[self.path]
                if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
                    status, content = 304, b""
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *words):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()


@pytest.fixture
def partner(app, monkeypatch):
    monkeypatch.setitem(app.config, "CALENDARS_ON_THIS_MACHINE", True)
    with Partner().running() as running:
        yield running


@pytest.fixture
def network(app):
    return factories.network(slug="netwerk", name="Klimaatadaptatie")


@pytest.fixture
def organiser(client, network):
    sign_in(client, factories.account(network))
    return client


PAGE = "/organise/networks/netwerk/elsewhere"


def test_an_address_brings_events_into_agenda_and_planning(organiser, client, network, partner):
    address = partner.put("/agenda.ics", ics(event(more="\nLOCATION:Breda\nURL:https://partner.example/dag")))
    assert post(organiser, PAGE, name="Waterschap", address=address).status_code == 303
    assert ("Wordt opgehaald" in client.get(PAGE).text, partner.asked) == (True, [])
    jobs.do_jobs(["calendars"])
    page = client.get(PAGE).text
    assert ("1 komende bijeenkomst" in page, "Wordt opgehaald" in page) == (True, False)
    agenda = client.get("/").text
    assert [
        word in agenda
        for word in ("Themadag", "Elders", "Waterschap, via Klimaatadaptatie", "https://partner.example/dag")
    ] == [True] * 4
    day = (clock.today() + timedelta(days=10)).isoformat()
    planned = post(organiser, "/organise/networks/netwerk/events/new", title="Onze dag", day=day, look="1")
    assert "Elders, Waterschap: Themadag." in planned.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(factories.Event)) == 0


def test_a_file_is_read_once(organiser, network):
    import io

    file = (io.BytesIO(ics(event())), "agenda.ics")
    assert post(organiser, PAGE, name="Partner", file=file).status_code == 303
    calendar = db.session.scalars(sa.select(OutsideCalendar)).one()
    assert (calendar.address, calendar.next_at, len(calendar.events)) == ("", None, 1)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("file:///etc/passwd", "no_address"),
        ("partner.example/agenda.ics", "no_address"),
        ("https://", "no_address"),
        ("http://10.0.0.1/agenda.ics", "inside"),
        ("http://169.254.169.254/latest/meta-data", "inside"),
        ("http://[::1]/agenda.ics", "inside"),
        ("http://127.0.0.1/agenda.ics", "inside"),
        ("http://localhost/agenda.ics", "inside"),
    ],
)
def test_addresses_that_lead_nowhere_or_inside_are_refused(app, address, reason):
    with pytest.raises(NotFetched) as refused:
        calendar_fetching.fetch_calendar(address)
    assert refused.value.reason == reason


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://10.0.0.1/agenda.ics", "gopher://x/"])
def test_a_redirect_is_looked_at_too(partner, target):
    address = partner.put("/weg", status=302, Location=target)
    with pytest.raises(NotFetched):
        calendar_fetching.fetch_calendar(address, on_this_machine=True)


def test_webcal_is_https(app):
    assert calendar_fetching.clean_calendar_address("webcal://partner.example/a.ics") == "https://partner.example/a.ics"


@pytest.mark.parametrize(("status", "reason"), [(404, "gone"), (410, "gone"), (403, "refused"), (500, "refused")])
def test_what_the_partner_says_is_told(partner, status, reason):
    with pytest.raises(NotFetched) as refused:
        calendar_fetching.fetch_calendar(partner.put("/nee", status=status), on_this_machine=True)
    assert refused.value.reason == reason


def test_too_much_is_not_read(partner, monkeypatch):
    monkeypatch.setattr(calendar_fetching, "MOST_BYTES", 1000)
    with pytest.raises(NotFetched) as refused:
        calendar_fetching.fetch_calendar(partner.put("/veel", b"x" * 200_000), on_this_machine=True)
    assert refused.value.reason == "too_big"


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # a first alarm may fall into the collector
@pytest.mark.parametrize("begun", [False, True])
def test_a_partner_that_sends_a_byte_at_a_time_has_one_deadline_for_all_of_them(app, monkeypatch, begun):
    monkeypatch.setattr(calendar_fetching, "PATIENCE", 0.3)
    with dripping(begun) as address, pytest.raises(NotFetched) as refused:
        calendar_fetching.fetch_calendar(address, on_this_machine=True)
    assert refused.value.reason == "no_answer"


@contextmanager
def dripping(begun: bool):
    """A server that answers a byte at a time for as long as anybody listens: of the head, or of what follows it."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n" if begun else b"HTTP/1.1 200 OK\r\nX-Slow: "
    over = threading.Event()

    def drip() -> None:
        line, _ = listener.accept()
        with line, suppress(OSError):
            line.sendall(head)
            while not over.wait(0.02):
                line.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=drip, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        over.set()


def test_wrong_addresses_get_a_message_at_the_field(organiser, network):
    page = post(organiser, PAGE, name="Partner", address="partner.example/agenda.ics")
    assert (page.status_code, "Dit is geen adres van een agenda." in page.text) == (422, True)
    page = post(organiser, PAGE, name="Partner")
    assert "Vul een adres in of kies een bestand" in page.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OutsideCalendar)) == 0


def test_what_is_wrong_at_an_address_stands_beside_it(organiser, client, network, partner):
    post(organiser, PAGE, name="Partner", address=partner.put("/html", b"<html></html>"))
    post(organiser, PAGE, name="Binnen", address="https://10.1.2.3/x.ics")
    jobs.do_jobs(["calendars"])
    page = client.get(PAGE).text
    assert [
        words in page for words in ("Hier staat geen agenda in.", "ligt binnen een eigen netwerk", "Wordt opgehaald")
    ] == [True, True, False]


def _die(*_, **__):
    raise KeyboardInterrupt


def test_a_calendar_of_a_worker_that_broke_off_is_read_by_the_next_one(network, partner, monkeypatch):
    calendar = outside_calendars.add_calendar_by_address(network, "Partner", partner.put("/agenda.ics", ics(event())))
    db.session.commit()
    with monkeypatch.context() as killed:
        killed.setattr(subprocess, "run", _die)
        with pytest.raises(KeyboardInterrupt):
            outside_calendars.refresh_due_calendars()
    db.session.rollback()
    jobs.do_jobs(["calendars"])
    assert partner.asked == []
    with time_machine.travel(clock.now() + outside_calendars.LEASE + timedelta(seconds=1)):
        jobs.do_jobs(["calendars"])
    db.session.expire_all()
    assert (len(calendar.events), calendar.asked_at) == (1, None)


def test_it_is_read_again_by_the_clockwork_and_only_when_it_changed(network, partner):
    address = partner.put("/agenda.ics", ics(event()), ETag='"een"')
    outside_calendars.add_calendar_by_address(network, "Partner", address)
    db.session.commit()
    jobs.do_jobs(["calendars"])
    with time_machine.travel(clock.now() + outside_calendars.EVERY + timedelta(minutes=1)):
        assert jobs.do_jobs(["calendars"]) == {"calendars": 1}
        assert partner.asked[-1][1]["If-None-Match"] == '"een"'
        partner.put("/agenda.ics", ics(event(title="Verzet", days=11), event("2", "Nieuw")), ETag='"twee"')
    with time_machine.travel(clock.now() + 2 * outside_calendars.EVERY + timedelta(minutes=2)):
        jobs.do_jobs(["calendars"])
    db.session.expire_all()
    titles = db.session.scalars(sa.select(OutsideEvent.title).order_by(OutsideEvent.title))
    assert list(titles) == ["Nieuw", "Verzet"]


def test_a_partner_that_fails_keeps_what_we_have_and_says_so(organiser, client, network, partner):
    address = partner.put("/agenda.ics", ics(event()))
    calendar = outside_calendars.add_calendar_by_address(network, "Partner", address)
    db.session.commit()
    jobs.do_jobs(["calendars"])
    partner.put("/agenda.ics", status=404)
    post(organiser, f"{PAGE}/{calendar.id}/refresh", page=PAGE)
    jobs.do_jobs(["calendars"])
    assert "Op dit adres staat geen agenda meer." in client.get(PAGE).text
    assert "Themadag" in client.get("/").text


def test_removing_can_be_undone_for_a_day(organiser, client, network, partner):
    calendar = outside_calendars.add_calendar_from_file(network, "Partner", ics(event()))
    db.session.commit()
    post(organiser, f"{PAGE}/{calendar.id}/remove", page=PAGE)
    assert "Themadag" not in client.get("/").text
    post(organiser, "/organise/undo", page=PAGE)
    assert "Themadag" in client.get("/").text
    post(organiser, f"{PAGE}/{calendar.id}/remove", page=PAGE)
    with time_machine.travel(clock.now() + timedelta(days=2)):
        jobs.do_jobs(["tidy_up"])
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OutsideEvent)) == 0


def test_readers_do_not_touch_it(client, network):
    sign_in(client, factories.account(factories.network()))
    assert client.get(PAGE).status_code == 404


class TestReading:
    def _read(self, *events: str, head: str = "") -> list[tuple[str, str]]:
        found, _ = partner_asking.read_outside_calendar(ics(*events, head=head))
        return [(each.title, clock.to_local(each.starts_at).strftime("%d %H:%M")) for each in found]

    def test_series_are_followed_within_the_window_only(self, app):
        found, skipped = partner_asking.read_outside_calendar(ics(event(more="\nRRULE:FREQ=WEEKLY")))
        assert (len(found) in (56, 57), skipped) == (True, 0)

    @pytest.mark.parametrize(
        "rule", ["FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=1", "FREQ=DAILY;BYHOUR=1,2;BYMINUTE=1,2"]
    )
    def test_rules_that_never_end_within_a_day_are_left_out(self, app, rule):
        assert partner_asking.read_outside_calendar(ics(event(more=f"\nRRULE:{rule}"), event("2", "Gewoon")))[1] == 1
        assert [title for title, _ in self._read(event(more=f"\nRRULE:{rule}"), event("2", "Gewoon"))] == ["Gewoon"]

    def test_zones_by_windows_names_unknown_names_and_utc(self, app):
        day = clock.today() + timedelta(days=10)
        stamp = day.strftime("%Y%m%d")
        found = self._read(
            f"UID:1\nDTSTART;TZID=W. Europe Standard Time:{stamp}T100000\nSUMMARY:Windows",
            f"UID:2\nDTSTART;TZID=Customized Time Zone:{stamp}T110000\nSUMMARY:Onbekend",
            f"UID:3\nDTSTART:{stamp}T110000Z\nSUMMARY:UTC",
            f"UID:4\nDTSTART:{stamp}T130000\nSUMMARY:Zwevend",
        )
        hour = clock.to_local(clock.utc_moment(day, factories.time(12))).utcoffset() + timedelta(hours=11)
        assert found == [
            (title, f"{day.day:02d} {at}")
            for title, at in (
                ("Windows", "10:00"),
                ("Onbekend", "11:00"),
                ("UTC", f"{hour.seconds // 3600}:00"),
                ("Zwevend", "13:00"),
            )
        ]

    def test_days_without_hours_and_ends_before_their_begin(self, app):
        found, _ = partner_asking.read_outside_calendar(
            ics(
                f"UID:1\nDTSTART;VALUE=DATE:{_day(5)}\nSUMMARY:Dag",
                f"UID:2\nDTSTART:{_day(6)}T100000Z\nDTEND:{_day(6)}T090000Z\nSUMMARY:Om",
            )
        )
        assert [(each.title, each.all_day, each.ends_at - each.starts_at) for each in found] == [
            ("Dag", True, timedelta(days=1)),
            ("Om", False, timedelta(hours=1)),
        ]

    @pytest.mark.parametrize(
        "rule",
        [
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=WEEKLY;BYDAY=MO, TU",
            "FREQ=DAILY;BYSETPOS=99999",
            "FREQ=NEVER",
        ],
    )
    def test_a_rule_that_cannot_be_followed_costs_only_its_own_event(self, app, rule):
        text = ics(event("1", more=f"\nRRULE:{rule}"), event("2", "Gewoon", more="\nRRULE:FREQ=WEEKLY;COUNT=2"))
        found, _ = partner_asking.read_outside_calendar(text)
        assert [each.title for each in found if each.uid == "2"] == ["Gewoon", "Gewoon"]

    def test_a_thousand_rules_without_end_leave_what_happens_once(self, app):
        endless = [event(f"d{number}", more="\nRRULE:FREQ=DAILY") for number in range(1000)]
        found, skipped = partner_asking.read_outside_calendar(ics(*endless, event("2", "Gewoon")))
        assert (skipped > 900, [each.title for each in found if each.uid == "2"]) == (True, ["Gewoon"])

    def test_many_rules_that_lead_nowhere_cost_only_their_own_events(self, app, monkeypatch):
        """Each takes its half second, and together they would take all the time that there is for the file."""
        monkeypatch.setattr(calendar_reading, "SECONDS_A_SERIES", 0.02)
        monkeypatch.setattr(calendar_reading, "SECONDS_OF_RULES", 0.1)
        nowhere = [event(f"n{number}", more="\nRRULE:FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30") for number in range(100)]
        text = ics(*nowhere, event("w", "Wekelijks", more="\nRRULE:FREQ=WEEKLY;COUNT=2"), event("2", "Gewoon"))
        found, skipped = calendar_reading.find_outside_events(text, clock.now().isoformat())
        assert ([each["title"] for each in found], skipped) == (["Gewoon"], 101)

    def test_a_fault_of_ours_is_no_file_that_is_too_large_and_is_logged_without_what_was_read(self, app, caplog):
        with pytest.raises(RuntimeError):
            budget.run_within_budget("tests.elsewhere.foreign:break_off", b"Jan Geheim")
        assert ("break_off" in caplog.text, "Jan Geheim" in caplog.text) == (True, False)

    def test_what_goes_on_for_ever_is_ended_from_outside(self, app, monkeypatch):
        monkeypatch.setattr(budget, "SECONDS", 1)
        with pytest.raises(budget.OverBudget):
            budget.run_within_budget("tests.elsewhere.foreign:read_for_ever", b"")

    def test_broken_lines_cost_one_event_and_not_the_calendar(self, app):
        found, skipped = partner_asking.read_outside_calendar(
            ics("UID:1\nDTSTART:morgen\nSUMMARY:Kapot", "UID:3\nSUMMARY:Geen begin", event("2", "Heel"))
        )
        assert ([each.title for each in found], skipped) == (["Heel"], 2)

    def test_cancelled_and_past_ones_are_left_out_and_the_same_one_twice_is_one(self, app):
        found, _ = partner_asking.read_outside_calendar(
            ics(
                event(more="\nSTATUS:CANCELLED"),
                event("2", "Lang geleden", days=-90),
                event("3", "Eens"),
                event("3", "Eens"),
            )
        )
        assert [each.title for each in found] == ["Eens"]

    @pytest.mark.parametrize("content", [b"", b"\x00\x01", b"BEGIN:VCALENDAR", b"BEGIN:VCALENDAR\r\nkapot", b"<html>"])
    def test_what_is_no_calendar(self, app, content):
        try:
            found, _ = partner_asking.read_outside_calendar(content)
        except NoCalendar:
            return
        assert found == []

    def test_ten_thousand_events(self, app):
        many = [event(f"{number}@x", f"Dag {number}", days=1 + number % 300) for number in range(10_000)]
        found, skipped = partner_asking.read_outside_calendar(ics(*many))
        assert (len(found), skipped) == (calendar_reading.MOST, 0)

    def test_control_characters_and_scripts_stay_text(self, client, network):
        outside_calendars.add_calendar_from_file(
            network, "Partner", ics(event(title="<script>alert(1)</script>\x07", more="\nURL:javascript:alert(1)"))
        )
        page = client.get("/").text
        assert ("<script>alert" in page, "javascript:" in page, "&lt;script&gt;" in page) == (False, False, True)
