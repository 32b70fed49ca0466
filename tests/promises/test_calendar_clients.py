"""Feeds read by other people's programs: vdirsyncer fetches them over HTTP, khal says when everything is."""

import subprocess
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from app import clock
from app.database import db
from app.events import planning
from app.events.models import Mode
from app.feeds import personal_feed, public_feed
from app.registration import answers
from app.settings import ROOT
from app.tokens import Purpose
from tests import factories
from tests.databases import KINDS
from tests.server import prepared, serving

pytestmark = pytest.mark.faults

_SYNC = """
[general]
status_path = "{folder}/status/"
[pair feed]
a = "ours"
b = "theirs"
collections = null
[storage ours]
type = "filesystem"
path = "{folder}/feed/"
fileext = ".ics"
[storage theirs]
type = "http"
url = "{address}"
"""
_KHAL = """
[calendars]
[[feed]]
path = {folder}/feed/
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
local_timezone = Europe/Amsterdam
default_timezone = Europe/Amsterdam
[sqlite]
path = {folder}/khal.db
"""


class Reader:
    """Somebody with a calendar program that subscribes to one address."""

    def __init__(self, folder: Path, address: str):
        folder.mkdir()
        (folder / "feed").mkdir()
        self.sync_file, self.khal_file = folder / "sync.conf", folder / "khal.conf"
        self.sync_file.write_text(_SYNC.format(folder=folder, address=address))
        self.khal_file.write_text(_KHAL.format(folder=folder))

    def look(self) -> list[str]:
        """Begin, end and title of all events after fetching the feed."""
        self._run("vdirsyncer", "-c", self.sync_file, "discover", "feed")
        self._run("vdirsyncer", "-c", self.sync_file, "sync")
        wanted = [
            "list",
            "--day-format",
            "",
            "--format",
            "{start-long-full}|{end-long-full}|{title}",
            "2027-03-01",
            "280d",
        ]
        return sorted(set(self._run("khal", "-c", self.khal_file, *wanted).split("\n")) - {""})

    def _run(self, program: str, *arguments) -> str:
        command = [ROOT / ".venv" / "bin" / program, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, input="y\n")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def _line(event, title: str = "") -> str:
    begin, end = (clock.to_local(each).strftime("%Y-%m-%d %H:%M") for each in (event.starts_at, event.ends_at))
    return f"{begin}|{end}|{title or event.title}"


@pytest.fixture(params=KINDS)
def server(request, databases, tmp_path):
    url = databases.with_tables(request.param)
    with prepared(tmp_path / "instance", url) as ready, serving(ready, "--workers", "1"):
        yield ready


def test_a_real_client_sees_what_holds_through_changes_and_both_clock_changes(server, tmp_path):
    with server.app.app_context():
        network = factories.network(slug="netwerk", name="Klimaatadaptatie")
        events = []
        for year, month, day in ((2027, 3, 28), (2027, 10, 31)):
            for number in range(-10, 10):
                begin = clock.utc_moment(date(year, month, day) + timedelta(days=number), time(9))
                events.append(factories.event(network, starts_at=begin, ends_at=begin + timedelta(hours=2)))
        person = factories.person(of=network)
        answers.accept_invitation(factories.invitation(events[0], person), Mode.ON_SITE)
        db.session.commit()
        public = Reader(tmp_path / "public", public_feed.find_public_calendar("network", "netwerk").address)
        own = Reader(tmp_path / "own", personal_feed.link_to_personal_feed(person, Purpose.FEED_ALL))
        assert public.look() == sorted(_line(event) for event in events)
        assert own.look() == [_line(events[0])]

        values = {name: getattr(events[0], name) for name in planning.EventDetails.__dataclass_fields__}
        later = {
            "starts_at": events[0].starts_at + timedelta(hours=3),
            "ends_at": events[0].ends_at + timedelta(hours=3),
        }
        planning.change_event(events[0], planning.EventDetails(**values | later))
        planning.cancel_event(events[1], "")
        planning.withdraw_event(events[2])
        db.session.commit()
        lines = [_line(events[0]), _line(events[1], f"Geannuleerd: {events[1].title}"), *map(_line, events[3:])]
        assert public.look() == sorted(lines)
        assert own.look() == [_line(events[0])]
