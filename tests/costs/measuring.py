"""Counts what warm requests cost: statements to the database, and calls of Python functions.

Both are the same run after run and machine after machine on one database, one content (the demo at STANDSTILL) and, for
the calls, one minor version of Python. It is a process of its own, so that nothing that tests did counts along:

    python -m tests.costs.measuring DATABASE_URL [ROUNDS]

prints them as JSON; with ROUNDS also the least milliseconds of processor time in so many requests.
"""

import contextvars
import gc
import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from itertools import repeat
from pathlib import Path
from time import process_time

import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import EnvironBuilder

from app import tokens
from app.accounts import accounts, sessions
from app.database import db
from app.events.models import Event
from app.invitations.models import Invitation
from app.me import sessions as own_sessions
from app.tokens import Purpose
from tests.databases import STANDSTILL, application

WARM = 8
"""Requests before those that count: PostgreSQL's driver prepares a statement that comes for the sixth time."""
_NOT_COUNTED = ("PRAGMA", "BEGIN", "SET TRANSACTION", "SELECT pg_catalog")
ORGANISER = "loes.verhoeven@oosterhout.example"
SESSION, NETWORK = "datagedreven-werken", "digitale-transformatie"

Costs = dict[str, dict[str, float]]
"""Per page or act: 'statements', 'calls' and perhaps 'ms'."""


@dataclass
class Browser:
    """Asks the application itself, keeps its cookies and what it got last."""

    app: Flask
    cookies: dict[str, str] = field(default_factory=dict)
    status: int = 0
    location: str = ""
    page: str = ""

    def prepare(self, path: str, method: str = "GET", **data: str) -> Callable[[], None]:
        """The request, as what remains to be done for it by the application alone."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        asked = EnvironBuilder(path, "http://leerkring.test", method=method, data=data or None, headers=headers)
        environ = asked.get_environ()

        def ask() -> None:
            answered = self.app(environ, self._begin)
            self.page = b"".join(answered).decode()
            getattr(answered, "close", lambda: None)()

        apart = contextvars.Context()
        return lambda: apart.run(ask)

    def _begin(self, status: str, headers: list[tuple[str, str]], _: object = None) -> None:
        self.status = int(status.split()[0])
        for name, value in headers:
            if name == "Set-Cookie":
                self.cookies |= {key: each.value for key, each in SimpleCookie(value).items()}
            elif name == "Location":
                self.location = value

    def token(self) -> str:
        return re.search(r'name="csrf_token" value="([^"]+)"', self.page)[1]


Step = Callable[[Browser], Callable[[], None]]


def measure(app: Flask, steps: dict[str, Step], visitors: Iterator[Browser], rounds: int) -> tuple[Costs, Browser]:
    """What each step costs when one visitor after the other does them all; with the last visitor."""
    costs: Costs = {name: {} for name in steps}

    def go_through(work: Callable[[Callable[[], None]], float], what: str) -> Browser:
        browser = next(visitors)
        for name, step in steps.items():
            found = work(step(browser))
            costs[name][what] = min(found, costs[name].get(what, found)) if what == "ms" else found
        return browser

    for _ in range(WARM):
        go_through(time, "warm")
    go_through(count_statements, "statements")
    browser = go_through(count_calls, "calls")
    for _ in range(rounds):
        browser = go_through(time, "ms")
    for each in costs.values():
        each.pop("warm")
    return costs, browser


def count_statements(ask: Callable[[], object]) -> int:
    count = 0

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        nonlocal count
        count += not statement.startswith(_NOT_COUNTED)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    ask()
    sa.event.remove(db.engine, "before_cursor_execute", note)
    return count


def count_calls(ask: Callable[[], object]) -> int:
    count = 0

    def note(frame: object, event: str, _: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(note)
    ask()
    sys.setprofile(None)
    return count


def time(ask: Callable[[], object]) -> float:
    """Milliseconds of processor time."""
    start = process_time()
    ask()
    return round((process_time() - start) * 1000, 1)


def visit(path: str, method: str = "GET") -> Step:
    return lambda browser: browser.prepare(path, method)


def measure_demo(app: Flask, rounds: int = 0) -> Costs:
    """Everything in the table, on the demo at STANDSTILL. Public pages are kept for who has no session, and built for others."""
    found: Costs = {}
    invitations = _invitations()
    links = [_link_to(each) for each in invitations]
    anybody: dict[str, str] = {}
    organiser = _cookie(app, account=sessions.open_session(accounts.find_account(ORGANISER)))
    member = _cookie(app, person=own_sessions.open_session(invitations[0].person))
    db.session.remove()
    for name, path, cookies in (
        ("privacy page", "/privacy", anybody),
        ("no such page", "/nowhere", anybody),
        ("home", "/", anybody),
        ("event page", f"/events/{SESSION}", anybody),
        ("one event's .ics", f"/events/{SESSION}.ics", anybody),
        ("network page", f"/networks/{NETWORK}", anybody),
        ("library", "/library", anybody),
        ("home, built anew", "/", organiser),
        ("event page, built anew", f"/events/{SESSION}", organiser),
        ("network page, built anew", f"/networks/{NETWORK}", organiser),
        ("library, built anew", "/library", organiser),
        ("answer page", links[0], anybody),
        ("own preferences", "/me/mail", member),
        ("own page", "/me", member),
        ("organisers' start", "/organise", organiser),
        ("cockpit of 120", f"/organise/events/{SESSION}", organiser),
        ("people", f"/organise/networks/{NETWORK}/people", organiser),
        ("waves", f"/organise/events/{SESSION}/waves", organiser),
    ):
        found |= _measured(app, {name: visit(path)}, repeat_visitor(app, cookies), rounds)
    found |= _measured(app, {"answer page, HEAD": visit(links[0], "HEAD")}, repeat_visitor(app, anybody), rounds)
    found |= _registrations(app, "registration", links[1:], "on_site", rounds)
    found |= _jobs()
    return found | _registrations(app, "course of 6 days", _links_to_course(rounds), "enrol", rounds)


def _measured(app: Flask, steps: dict[str, Step], visitors: Iterator[Browser], rounds: int) -> Costs:
    costs, browser = measure(app, steps, visitors, rounds)
    assert browser.status < 400 or "no such page" in steps, (browser.status, *steps)
    return costs


def repeat_visitor(app: Flask, cookies: dict[str, str]) -> Iterator[Browser]:
    """The same visit again: what the answer adds to the cookies is not sent the next time."""
    return (Browser(app, dict(each)) for each in repeat(cookies))


def _links_to_course(rounds: int) -> list[str]:
    """Of enough people who are invited to an edition that has a place for each."""
    from tests.registration import made_courses  # as the jobs below

    edition = made_courses.edition(days=6, seats=100)
    invitations = [made_courses.invited(edition) for _ in range(WARM + 2 + rounds)]
    links = [_link_to(each) for each in invitations]
    db.session.commit()
    db.session.remove()
    return links


def _registrations(app: Flask, name: str, links: list[str], answer: str, rounds: int) -> Costs:
    """From link to confirmed, each time by somebody else."""
    steps: dict[str, Step] = {
        f"{name}: link": lambda browser: browser.prepare(browser.location),
        f"{name}: POST": lambda browser: browser.prepare(
            browser.location, "POST", csrf_token=browser.token(), answer=answer
        ),
        f"{name}: page after it": lambda browser: browser.prepare(browser.location),
    }
    return _measured(app, steps, (Browser(app, location=link) for link in links), rounds)


def _jobs() -> Costs:
    """What goes by itself, for one mail that came in or has to leave; each time about somebody who gave no answer yet."""
    from tests.costs import jobs  # statements of these rules can be made once every model is known

    silent = iter([each.id for each in reversed(_invitations()) if each.answer is None and each.address])
    return {name: _measured_job(job, silent, jobs.empty_outbox) for name, job in jobs.JOBS.items()}


def _measured_job(
    prepare: Callable[[Invitation], Callable[[], object]], silent: Iterator[int], clear_away: Callable[[], object]
) -> dict[str, float]:
    def go_through(work: Callable[[Callable[[], object]], float]) -> float:
        clear_away()
        invitation = db.session.get_one(Invitation, next(silent))
        job = prepare(invitation)
        db.session.commit()
        db.session.remove()
        found = work(job)
        db.session.remove()
        return found

    for _ in range(WARM):
        go_through(time)
    return {"statements": go_through(count_statements), "calls": go_through(count_calls)}


def _invitations() -> list[Invitation]:
    wanted = sa.select(Invitation).join(Invitation.event).where(Event.slug == SESSION).order_by(Invitation.id)
    return list(db.session.scalars(wanted))


def _link_to(invitation: Invitation) -> str:
    return f"/i/{tokens.make_token(Purpose.INVITATION, invitation.id, invitation.token_version)}"


def _cookie(app: Flask, **secrets: str) -> dict[str, str]:
    db.session.commit()
    signer = app.session_interface.get_signing_serializer(app)
    return {app.config["SESSION_COOKIE_NAME"]: signer.dumps(secrets)}


def main(url: str, rounds: str = "0") -> None:
    gc.disable()
    with tempfile.TemporaryDirectory(prefix="leerkring-costs-") as folder, time_machine.travel(STANDSTILL, tick=False):
        app = application(url, Path(folder), BASE_URL="http://leerkring.test", SITE_NAME="Leerkring")
        with app.app_context():
            print(json.dumps(measure_demo(app, int(rounds))))


if __name__ == "__main__":
    main(*sys.argv[1:])
