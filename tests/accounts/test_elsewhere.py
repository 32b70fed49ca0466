"""No address and no field of a form reaches what is elsewhere: ids of another network change nothing there and tell nothing.

Two worlds with one of everything; the first is made first, so that low numbers are its rows in every table. Somebody of
the second sends every form of every page of theirs, with each field that holds a number replaced by one of elsewhere,
a name in an address (slug) by one of elsewhere, a link or code by one of elsewhere, and what says for whom it is, signed,
by one that holds elsewhere; and every address with each number and slug in it replaced.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
import sqlalchemy as sa

from app import tokens
from app.accounts import sessions
from app.database import db
from app.events.models import Slot
from app.invitations.models import Invitation
from app.lessons.insights.models import Insight
from app.me import sessions as own_sessions
from app.network.models import Network
from app.network.people import network_notes, people
from app.network.people.models import EmailAddress, Person
from app.registration.models import Allotment
from app.tokens import Purpose
from tests.accounts.test_rights import ACTS, PAGES, make_world

CANARIES = ("Wendelmoet", "kanarie.example", "zingt alleen", "Motie kanarie")
SHARED = {
    "organisations", "organisation_domains", "organisation_kinds", "roles", "themes", "busy_days", "places", "rooms", "search_words",
    "search_variants", "search_entries", "accounts", "doubles", "heartbeats", "circuits",
}  # fmt: skip
"""Tables of which organisers of all networks may change the same rows, or that the program keeps for itself."""
LOW = ("1", "2")


@dataclass
class FormOnPage:
    """A form as a browser would send it."""

    action: str
    values: dict[str, str] = field(default_factory=dict)
    numbered: set[str] = field(default_factory=set)
    """Fields that hold a number, or offer numbers to choose from."""
    offered: dict[str, set[str]] = field(default_factory=dict)
    """What each field holds or offers."""


class _Reader(HTMLParser):
    def __init__(self, page: str):
        super().__init__()
        self.page, self.forms, self._open, self._select = page, [], None, ""

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self._open = FormOnPage(given.get("action") or self.page) if given.get("method") == "post" else None
            self.forms += [self._open] if self._open else []
        if self._open is None:
            return
        if tag in {"input", "textarea", "button"} and given.get("name"):
            self._note(given["name"], given.get("value") or "")
        elif tag == "select":
            self._select = given.get("name") or ""
        elif tag == "option" and self._select:
            self._note(self._select, given.get("value") or "", chosen="selected" in given)

    def handle_endtag(self, tag):
        if tag == "form":
            self._open = None
        if tag == "select":
            self._select = ""

    def _note(self, name: str, value: str, *, chosen: bool = False) -> None:
        if chosen or name not in self._open.values:
            self._open.values[name] = value
        self._open.offered.setdefault(name, set()).add(value)
        if value.isdigit():
            self._open.numbered.add(name)


def forms_of(client, page: str) -> list[FormOnPage]:
    """The forms of a page for sending, that have more than a button."""
    answer = client.get(page)
    reader = _Reader(page)
    reader.feed(answer.text if answer.status_code == 200 and answer.mimetype == "text/html" else "")
    return [each for each in reader.forms if set(each.values) - {"csrf_token", "whose"}]


@pytest.fixture
def elsewhere(app, written) -> dict:
    return written.make_once(_make_elsewhere)


def _make_elsewhere() -> dict:
    """A world of which nobody in the other one may learn or change anything."""
    there = make_world("elders")
    network = db.session.query(Network).filter_by(slug="elders").one()
    for person in db.session.query(Person):
        people.rename_person(person, f"Wendelmoet {person.id}")
        network_notes.write_note(person, network, "zingt alleen")
    for address in db.session.query(EmailAddress):
        address.address = address.key = f"w{address.id}@kanarie.example"
        address.domain = "kanarie.example"
    for model in (Slot, Insight):
        db.session.execute(sa.update(model).values(title="Motie kanarie"))
    db.session.commit()
    return there


@pytest.fixture
def own(elsewhere) -> dict:
    return make_world("eigen")


@pytest.fixture
def visitor(app, monkeypatch, own):
    """A browser of an organiser of the second world; forms need no token of a page here."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    client = app.test_client()
    with client.session_transaction() as session:
        session["account"] = sessions.open_session(own["accounts"]["organiser"])
    return client


def _told(answer) -> str:
    """What an answer says, also as a workbook."""
    content = answer.get_data()
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b" ".join(map(book.read, book.namelist()))
    return content.decode(errors="replace")


@pytest.fixture
def harm(elsewhere, written):
    """Says which rows changed that were there before, and which canaries an answer shows."""
    before = {name: set(map(repr, rows)) for name, rows in written.keep().items() if name not in SHARED}

    def found(answer) -> list[str]:
        now = {name: set(map(repr, rows)) for name, rows in written.changed().items() if name in before}
        changed = [name for name, rows in now.items() if before[name] - rows]
        for name in changed:
            before[name] &= now[name]
        return changed + [canary for canary in CANARIES if canary in _told(answer)]

    return found


def _with_each_number_of_elsewhere(address: str, own: dict, there: dict) -> Iterator[str]:
    """An address of the own world, each number in it in turn one of elsewhere."""
    for name in re.findall(r"{(\w+)}", address):
        if name not in {"n", "e", "t", "r"}:
            yield address.format(**(own | {name: there[name]}))


def test_no_address_reaches_a_row_of_elsewhere(elsewhere, harm, own, visitor):
    found = {}
    for act in ACTS:
        for address in _with_each_number_of_elsewhere(act, own, elsewhere):
            if wrong := harm(visitor.post(address)):
                found[address] = wrong
    for page in PAGES:
        for address in _with_each_number_of_elsewhere(page, own, elsewhere):
            answer = visitor.get(address)
            if wrong := [canary for canary in CANARIES if canary in _told(answer)]:
                found[address] = wrong
    assert found == {}


def test_no_field_of_a_form_reaches_a_row_of_elsewhere(harm, own, visitor):
    found, sent = {}, 0
    for page in PAGES:
        for form in forms_of(visitor, page.format(**own)):
            for name in sorted(form.numbered):
                for number in LOW:
                    sent += 1
                    if wrong := harm(visitor.post(form.action, data=form.values | {name: number})):
                        found[f"{form.action} {name}={number}"] = wrong
    assert sent > 50
    assert found == {}


def _slugs(world: dict) -> dict[str, str]:
    return {"network": world["n"], "event": world["e"]}


def test_no_slug_in_an_address_reaches_a_row_of_elsewhere(elsewhere, harm, own, visitor):
    found = {}
    for address in (*ACTS, *PAGES):
        for name in {"n", "e"} & set(re.findall(r"{(\w+)}", address)):
            filled = address.format(**(own | {name: elsewhere[name]}))
            if wrong := harm(visitor.post(filled) if address in ACTS else visitor.get(filled)):
                found[filled] = wrong
    assert found == {}


def test_no_slug_in_a_field_reaches_a_row_of_elsewhere(elsewhere, harm, own, visitor):
    """What offers a name of an own network or session, and what no form has: a field of that name sent along."""
    mine, theirs = _slugs(own), _slugs(elsewhere)
    found, sent = {}, 0
    for page in PAGES:
        for form in forms_of(visitor, page.format(**own)):
            named = {
                name: theirs[kind] for name, values in form.offered.items() for kind in mine if mine[kind] in values
            }
            sent += len(named)
            for values in [{name: slug} for name, slug in named.items()] + [theirs | {"slug": theirs["event"]}]:
                if wrong := harm(visitor.post(form.action, data=form.values | values)):
                    found[f"{form.action} {values}"] = wrong
    assert sent > 0
    assert found == {}


def test_no_link_of_elsewhere_in_an_address_or_a_field_lets_an_organiser_act_there(elsewhere, harm, own, visitor):
    """A check-in code read at the door, and the number of each row of elsewhere as every kind of link or code."""
    found = {}
    for number in (elsewhere["i"], elsewhere["p"], elsewhere["l"]):
        token = tokens.make_token(Purpose.CHECK_IN, number)
        for answer in (visitor.get(f"/c/{token}"), visitor.post(f"/c/{token}")):
            if wrong := harm(answer):
                found[f"/c/ {number}"] = wrong
    for page in PAGES:
        for form in forms_of(visitor, page.format(**own)):
            for name in [each for each in form.values if re.search("token|code|link|key|next|q$", each)]:
                if name == "csrf_token":
                    continue
                for purpose, number in ((Purpose.CHECK_IN, "i"), (Purpose.INVITATION, "i"), (Purpose.PREFERENCES, "p")):
                    values = form.values | {name: tokens.make_token(purpose, elsewhere[number])}
                    if wrong := harm(visitor.post(form.action, data=values)):
                        found[f"{form.action} {name} {purpose}"] = wrong
    assert found == {}


def _remember(client, world: dict) -> None:
    """Let a browser have opened the links of somebody in a world, and be signed in as them just now."""
    person = db.session.get(Person, world["p"])
    invitation = db.session.get(Invitation, world["i"])
    allotment = db.session.get(Allotment, world["l"])
    secret = own_sessions.open_session(person)
    db.session.commit()
    with client.session_transaction() as session:
        session["person"] = secret
        session["invitations"] = [[world["e"], invitation.id, invitation.token_version]]
        session["seats"] = [[allotment.id, allotment.token_version]]


def _pages_without_token(world: dict) -> list[str]:
    return [
        "/me/mail",
        "/me/data",
        "/me/leave",
        f"/my/{world['e']}",
        "/seats/mine",
    ]


def test_what_says_for_whom_a_form_is_holds_in_no_other_browser(app, monkeypatch, elsewhere, harm, own):
    """The signed value is genuine, and of somebody of elsewhere; the browser is that of somebody of the own world."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    client, theirs = app.test_client(), app.test_client()
    _remember(client, own)
    _remember(theirs, elsewhere)
    signed = {
        form.values["whose"] for page in _pages_without_token(elsewhere) for form in personal_forms_of(theirs, page)
    }
    assert len(signed) == 3
    found, answers = {}, set()
    for page in _pages_without_token(own):
        for form in personal_forms_of(client, page):
            for whose in signed:
                answer = client.post(form.action, data=form.values | {"whose": whose})
                answers.add(answer.status_code)
                if wrong := harm(answer):
                    found[f"{form.action} {whose}"] = wrong
    assert (found, answers) == ({}, {409})


def personal_forms_of(client, page: str) -> list[FormOnPage]:
    """The forms of a page that say for whom they are, also those that have no more than a button."""
    reader = _Reader(page)
    reader.feed(client.get(page).text)
    return [each for each in reader.forms if "whose" in each.values]


def test_no_personal_form_reaches_a_row_of_elsewhere(app, monkeypatch, elsewhere, harm, own):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    client = app.test_client()
    mine = {
        "/i/{}": (Purpose.INVITATION, own["i"]),
        "/preferences/{}": (Purpose.PREFERENCES, own["p"]),
        "/commitments/{}": (Purpose.COMMITMENT, own["v"]),
        "/evaluation/{}": (Purpose.EVALUATION, own["i"]),
        "/seats/{}": (Purpose.SEATS, own["l"]),
    }
    found = {}
    _remember(client, own)
    made = [page.format(tokens.make_token(purpose, number)) for page, (purpose, number) in mine.items()]
    for page in (*made, "/me/data", "/me/devices"):
        for form in forms_of(client, page):
            for name in sorted(form.numbered):
                for low in LOW:
                    if wrong := harm(client.post(form.action, data=form.values | {name: low})):
                        found[f"{page} {name}={low}"] = wrong
        for rest in ("addresses/{}/remove", "addresses/{}/prefer", "positions/{}/end", "{}/take-back", "{}/end"):
            for low in LOW:
                if wrong := harm(client.post(f"{page}/{rest.format(low)}")):
                    found[f"{page}/{rest} {low}"] = wrong
    assert found == {}
