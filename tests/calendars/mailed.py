"""The calendar of somebody as it is after all mails so far: read by ical.js, applied as RFC 5546 section 2.1.5 says."""

import json
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path

import sqlalchemy as sa

from app.database import db
from app.outbox.models import FinishedMessage, Message, MessageState
from app.settings import ROOT
from tests.calendars.independent import NODE


@dataclass(frozen=True)
class Entry:
    """What one mail tells about one event."""

    method: str
    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    title: str
    text: str
    answer: str
    """PARTSTAT of who was invited: ACCEPTED where it stands as an appointment, not as a question."""

    @property
    def version(self) -> tuple[int, datetime]:
        """Of two, a calendar keeps the one with the higher SEQUENCE, and of the same the later DTSTAMP."""
        return self.sequence, self.stamp


def read_entries(calendars: Iterable[str]) -> list[Entry]:
    """What each of these calendars, with one event each, says by ical.js."""
    script = Path(__file__).with_name("read_mailed.mjs")
    given = json.dumps(list(calendars))
    done = subprocess.run([NODE, script], input=given, capture_output=True, check=True, cwd=ROOT, text=True)
    moments = ("stamp", "starts_at", "ends_at")
    return [
        Entry(**each | {name: datetime.fromisoformat(each[name]) for name in moments})
        for each in json.loads(done.stdout)
    ]


def entries_by_recipient() -> dict[str, list[Entry]]:
    """What every mail that left with a calendar in it told, by its recipient, in the order in which they left."""
    left = sa.select(Message.recipient, FinishedMessage.content).join(FinishedMessage.message)
    left = left.where(Message.state == MessageState.SENT).order_by(Message.sent_at, Message.id)
    found = [(recipient, text) for recipient, body in db.session.execute(left) for text in _calendars_in(body)]
    entries = defaultdict(list)
    for (recipient, _), entry in zip(found, read_entries(text for _, text in found), strict=True):
        entries[recipient].append(entry)
    return entries


def _calendars_in(body: bytes) -> list[str]:
    mail = message_from_bytes(body, policy=policy.default)
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return [part.get_payload(decode=True).decode() for part in parts]


def standing(entries: Iterable[Entry]) -> list[Entry]:
    """What stands in a calendar after these mails. What is older than what is known changes nothing."""
    known: dict[str, Entry] = {}
    for entry in entries:
        if entry.uid not in known or entry.version > known[entry.uid].version:
            known[entry.uid] = entry
    return [entry for entry in known.values() if entry.method == "REQUEST"]
