"""Checks that use other people's reading of the standards, not ours."""

import json
import re
import subprocess
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from app.settings import ROOT

NODE = ROOT / ".venv" / "bin" / "node"


def times_by_ical_js(calendar: bytes) -> dict[str, tuple[datetime, datetime]]:
    """UID → start and end as ical.js reads them from the file alone."""
    return times_in_each_by_ical_js([calendar])[0]


def times_in_each_by_ical_js(calendars: list[bytes]) -> list[dict[str, tuple[datetime, datetime]]]:
    """The same of many calendars, each read by itself."""
    script = Path(__file__).with_name("read_times.mjs")
    files = json.dumps([calendar.decode() for calendar in calendars])
    done = subprocess.run([NODE, script], input=files, capture_output=True, check=True, cwd=ROOT, text=True)
    return [
        {uid: (datetime.fromisoformat(start), datetime.fromisoformat(end)) for uid, start, end in events}
        for events in json.loads(done.stdout)
    ]


def exchange_faults(mail: EmailMessage) -> list[str]:
    """What Exchange would refuse or misread in a calendar mail, after its published rules.

    MS-STANOICAL 2.2.168 (first child of multipart/mixed), MS-OXCICAL note 1 (one VEVENT),
    RFC 6047 section 2.4 (METHOD in the type), MS-STANOICAL 2.2.47 (zones without RDATE).
    """
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    if not parts:
        return []
    faults = []
    if mail.get_content_type() != "multipart/mixed":
        faults.append("not multipart/mixed")
    first = next(mail.iter_parts())
    if parts[0] not in list(first.walk()):
        faults.append("calendar part not under the first child of mixed")
    if list(first.iter_parts())[-1] is not parts[0]:
        faults.append("calendar part not last in alternative")
    part = parts[0]
    if part["Content-Disposition"]:
        faults.append("calendar part with Content-Disposition")
    body = part.get_payload(decode=True).decode()
    methods = re.findall(r"^METHOD:(\w+)\r$", body, re.M)
    if methods != [part.get_param("method")]:
        faults.append(f"METHOD {methods} against {part.get_param('method')}")
    if body.count("BEGIN:VEVENT") != 1:
        faults.append("not exactly one VEVENT")
    if body.count("\r\nATTENDEE") != 1:
        faults.append("not exactly one ATTENDEE")
    if "RDATE" in body:
        faults.append("RDATE in a zone")
    if re.search(r"(?<!\r)\n", body) or max(map(len, body.encode().split(b"\r\n"))) > 75:
        faults.append("lines not folded at 75 octets or not ended by CRLF")
    if re.search(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]", body):
        faults.append("control characters")
    twins = [each for each in mail.walk() if each.get_content_type() == "application/ics"]
    if [each.get_payload(decode=True) for each in twins] != [part.get_payload(decode=True)]:
        faults.append("attached twin differs")
    return faults
