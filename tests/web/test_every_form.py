"""Every form as a page gives it, sent as it stands, empty, with each field twice, with ids of elsewhere and with nonsense.

Whatever comes in, it is answered: no fault, and what is refused has changed nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from app.database import db
from app.events import event_questions
from app.events.models import Preset
from app.invitations import invitation_links
from app.outbox.models import Message
from tests import factories
from tests.accounts.test_rights import PAGES, ROLES, make_world
from tests.helpers import links_in, mails, parsed, sign_in, sign_in_person
from tests.promises.test_scanners import _mails_of_every_kind
from tests.tables import State, Written, everything

QUIET = {"access_log", "account_sessions", "audit_log", "audit_networks", "job_runs", "rate_counts"}
"""Tables that say that something was asked, not what came of it."""
ENDS = {"accounts.sign_out", "me.sign_out"}
"""Presses after which the rest could not be sent."""
OWN_PAGES = ("/me", "/me/mail", "/me/data", "/me/leave", "/me/calendar", "/me/devices")
"""Pages of who is signed in on their own pages in this browser."""
TOKENS = {"csrf_token", "whose"}
Pairs = list[tuple[str, str]]


@dataclass
class Sent:
    """A form, as a browser sends it when its first button is pressed."""

    action: str
    pairs: Pairs = field(default_factory=list)
    pressed: bool = False
    """Whether its button is there already: others would be of another press."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted({name for name, _ in self.pairs}))


class Forms(HTMLParser):
    """The forms of a page that post."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Sent] = []
        self._form: Sent | None = None
        self._area = self._select = ""
        self._options: Pairs = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        name, value = values.get("name") or "", values.get("value")
        if tag == "form" and values.get("method") == "post":
            self._form = Sent(values.get("action") or "")
            self.found.append(self._form)
        elif self._form is None:
            return
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option" and self._select:
            self._options.append(("selected" if "selected" in values else "", value or ""))
        elif tag == "textarea" and name:
            self._area = name
            self._form.pairs.append((name, ""))
        elif tag == "input" and name and self._is_sent(values):
            self._form.pairs.append((name, "on" if value is None else value))
        elif tag == "button" and name and not self._form.pressed:
            self._form.pressed = True
            self._form.pairs.append((name, value or ""))

    @staticmethod
    def _is_sent(values: dict[str, str | None]) -> bool:
        return values.get("type") != "file" and (values.get("type") not in ("checkbox", "radio") or "checked" in values)

    def handle_data(self, data):
        if self._area and self._form:
            name, text = self._form.pairs[-1]
            self._form.pairs[-1] = (name, text + data)

    def handle_endtag(self, tag):
        if tag == "textarea" and self._area and self._form:
            self._form.pairs[-1] = (self._area, self._form.pairs[-1][1].removeprefix("\n"))
            self._area = ""
        elif tag == "select" and self._form and self._select:
            chosen = [value for selected, value in self._options if selected] or [v for _, v in self._options[:1]]
            self._form.pairs += [(self._select, value) for value in chosen]
            self._select = ""
        elif tag == "form":
            self._form = None


def _as_it_stands(sent: Sent, other: Sent | None) -> Pairs:
    return sent.pairs


def _empty(sent: Sent, other: Sent | None) -> Pairs:
    return [pair for pair in sent.pairs if pair[0] in TOKENS]


def _blank(sent: Sent, other: Sent | None) -> Pairs:
    return [(name, value if name in TOKENS else "") for name, value in sent.pairs]


def _twice(sent: Sent, other: Sent | None) -> Pairs:
    return sent.pairs + sent.pairs


def _of_nobody(sent: Sent, other: Sent | None) -> Pairs:
    return [(name, "2147483647" if value.isdigit() else value) for name, value in sent.pairs]


def _nonsense(sent: Sent, other: Sent | None) -> Pairs:
    """Numbers that no column holds, and text with what no column, list of choices or date has."""
    worse = [(name, "9" * 30 if value.isdigit() else "\x00²‮-0000-00-00") for name, value in sent.pairs]
    return [pair if pair[0] in TOKENS else bad for pair, bad in zip(sent.pairs, worse, strict=True)]


def _of_elsewhere(sent: Sent, other: Sent | None) -> Pairs:
    """Ids as the same form has them in another network, or in the mail of somebody else."""
    theirs = dict(other.pairs) if other else {}
    return [(name, theirs.get(name, value) if value.isdigit() else value) for name, value in sent.pairs]


WAYS: dict[str, Callable[[Sent, Sent | None], Pairs]] = {
    "as it stands": _as_it_stands,
    "empty": _empty,
    "blank": _blank,
    "each field twice": _twice,
    "ids of nobody": _of_nobody,
    "ids of elsewhere": _of_elsewhere,
    "nonsense": _nonsense,
}
OF_THE_DATABASE = {"ids of nobody", "nonsense"}
"""Ways that another kind of database may take otherwise; the rest is sent on SQLite alone."""


@dataclass
class Tried:
    """Sends forms in a world that is brought back each time, and keeps what went wrong."""

    app: object
    written: Written
    before: State = field(default_factory=dict)
    kinds: set = field(default_factory=set)
    wrong: list = field(default_factory=list)

    def take_as_it_is(self) -> None:
        self.before = self.written.keep()

    def new_forms(self, page: str, text: str) -> Iterator[tuple[str, int, Sent]]:
        """Forms that no page before it had: where each goes, and its place on the page."""
        routes = self.app.url_map.bind("leerkring.test")
        for place, sent in enumerate(Forms(text).found):
            action = sent.action or page
            endpoint = routes.match(urlsplit(action).path, method="POST")[0]
            kind = (endpoint, sent.names)
            if endpoint not in ENDS and kind not in self.kinds:
                self.kinds.add(kind)
                yield action, place, sent

    def send(self, client, page: str, action: str, sent: Sent, other: Sent | None) -> None:
        for way, mangle in WAYS.items():
            pairs = mangle(sent, other)
            if way != "as it stands" and pairs == sent.pairs:
                continue
            if db.engine.dialect.name == "postgresql" and way not in OF_THE_DATABASE:
                continue
            fault = self._press(client, action, pairs)
            if fault:
                self.wrong.append((page, action, way, fault))

    def _press(self, client, action: str, pairs: Pairs) -> str:
        values: dict[str, list[str]] = {}
        for name, value in pairs:
            values.setdefault(name, []).append(value)
        try:
            answer = client.post(action, data=values)
            if answer.status_code in {302, 303} and answer.location.startswith("/"):
                client.get(answer.location)
        except Exception as error:
            self._bring_back()
            return f"{type(error).__name__}: {str(error)[:300]}"
        return self._judge(answer)

    def _judge(self, answer) -> str:
        if answer.status_code >= 500:
            self._bring_back()
            return str(answer.status_code)
        if answer.status_code < 400:
            self._bring_back()
            return ""
        changed = sorted(self.written.changed().keys() - QUIET)
        self._bring_back()
        return f"{answer.status_code}, and yet changed: {changed}" if changed else ""

    def _bring_back(self) -> None:
        db.session.rollback()
        self.written.bring_back()
        db.session.expire_all()


@pytest.fixture
def tried(app, written) -> Tried:
    return Tried(app, written)


def _client(app, account):
    client = app.test_client()
    sign_in(client, account)
    return client


def test_of_organisers(app, tried):
    here, there = make_world("eigen"), make_world("ander")
    clients = {role: _client(app, here["accounts"][role]) for role in ("organiser", "admin")}
    tried.take_as_it_is()
    for page, statuses in PAGES.items():
        client = clients["organiser" if statuses[ROLES.index("organiser")] == 200 else "admin"]
        address = page.format(**here)
        for action, place, sent in tried.new_forms(address, _text(client.get(address))):
            others = Forms(_text(clients["admin"].get(page.format(**there)))).found
            tried.send(client, page, action, sent, others[place] if place < len(others) else None)
    assert tried.wrong == []
    assert len(tried.kinds) > 100
    assert everything() == tried.before


def _text(answer) -> str:
    return answer.text if answer.mimetype == "text/html" and answer.status_code == 200 else ""


def test_of_personal_links(app, tried, monkeypatch):
    monkeypatch.setitem(app.config, "MAILS_PER_WEEK", 9)
    _mails_of_every_kind()
    links = sorted(
        {link for message in mails(Message.composed_at.is_not(None)) for link in links_in(parsed(message.body))}
    )
    known, invited = _somebody_with_a_seat(app)
    tried.take_as_it_is()
    browsers = [(app.test_client(), link, [link]) for link in links]
    for client, link, pages in [(known, invited, [invited, *OWN_PAGES]), *browsers]:
        for page in pages:
            for action, place, sent in tried.new_forms(page, _text(client.get(page))):
                tried.send(client, page, action, sent, _same_form(app, links, link, place))
    assert tried.wrong == []
    assert everything() == tried.before
    assert {endpoint for endpoint, _ in tried.kinds} >= {"registration.answer_by_link", "own_data.rename_oneself"}


def _somebody_with_a_seat(app) -> tuple[FlaskClient, str]:
    """The browser of somebody who showed who they are, and the link of their invitation."""
    event = factories.hybrid(factories.network())
    event.questions = [event_questions.make_preset_question(Preset.DIETARY)]
    person = factories.person(at="Oss", of=event.network)
    invitation = factories.registration(event, person).invitation
    client = app.test_client()
    sign_in_person(client, person)
    return client, urlsplit(invitation_links.link_to_invitation(invitation)).path


def _same_form(app, links: list[str], link: str, place: int) -> Sent | None:
    """The form in that place behind a link of the same kind of somebody else."""
    kind = link.split("/")[1]
    for other in links:
        if other != link and other.split("/")[1] == kind:
            found = Forms(_text(app.test_client().get(other))).found
            return found[place] if place < len(found) else None
    return None
