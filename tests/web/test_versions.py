"""Two who change the same thing: nobody's words are lost, and a form that forgets to say what it was opened with is found."""

import re
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

import pytest

from app.database import db
from app.network.models import Network
from tests import factories
from tests.accounts.test_rights import PAGES, world  # noqa: F401
from tests.helpers import post, sign_in

WITHOUT = {
    "/organise/networks/{n}/agendas/{agenda}/figures/new": "an indicator that is not there yet, with what most have",
    "/organise/networks/{n}/agendas/{agenda}/figures/{indicator}/target": "a target that is added; the others stay",
    "/organise/networks/{n}/agendas/{agenda}/figures/{indicator}/reading": "a figure that is added; the others stay",
    "/organise/networks/{n}/agendas/{agenda}/figures/signs/{theme}": "signs that are added; the others stay",
    "/organise/networks/{n}/questions/{helped}/insight": "proposes the words of an insight that is new",
    "/organise/networks/{n}/catalogue/new": "proposes today as the day on which what is new was checked",
    "/organise/networks/{n}/agendas/new": "proposes a period and the usual words for an agenda that is new",
    "/organise/networks/{n}/agendas/{agreed}/themes/{agenda_theme}/koppel/new?party={party}&kind=official": "proposes today for who takes the office",
    "/organise/networks/{n}/agendas/{agreed}/reports/new": "proposes the next moment for a report that is new",
    "/organise/networks/{n}/contact-moments/new": "proposes today as the day of a talk that is new",
    "/organise/organisations/{r}": "proposes today as the day of a talk that is new",
    "/organise/events/{e}/programme/new": "proposes the hour at which the part before ends",
    "/organise/events/{e}/programme/rounds/new": "proposes the hour at which the part before ends",
    "/organise/events/{e}/waves/new": "proposes the usual moment",
    "/organise/events/{e}/letters/new": "proposes an hour",
    "/organise/events/{e}/seats": "proposes a number and a day for seats that are new",
    "/organise/events/{e}/copy": "proposes a title and a day for a session that is new",
    "/organise/events/{e}/path/send": "proposes when the first of the drafts leaves; each keeps its own day unless that is changed",
    "/organise/networks/new": "proposes who answers questions about a network that is new",
    "/organise/networks/{n}/events/new": "proposes for a session that is new what the one before had",
    "/organise/networks/{n}/courses/editions/{edition}/copy": "proposes days for an edition that is new",
    "/organise/networks/{n}/courses/editions/{course_edition}/completion/certificates/{course_cert}": "proposes a name for a version that is new; it says which one it saw",
    "/organise/networks/{n}/matching/new": "proposes the usual rules of a round that is new",
    "/organise/networks/{n}/matching/{sent}/groups/{match_group}/dates": "proposes a title for a poll that is new",
    "/organise/networks/{n}/matching/{sent}/groups/{met_group}/meetings": "proposes how many sessions that are new",
    "/organise/networks/{n}/people/{p}": "proposes today as the day on which a position ends",
}
"""Forms that come filled in but change no stored row."""


class Filled(HTMLParser):
    """The forms of a page that post: names and values of their fields, and which of them a reader finds filled in."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.filled: list[set[str]] = []
        self.actions: list[str] = []
        self._posts = False
        self._area = ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        name = values.get("name") or ""
        if tag == "form":
            self._posts = values.get("method") == "post"
            if self._posts:
                self.forms.append({})
                self.filled.append(set())
                self.actions.append(values.get("action") or "")
        elif not self._posts or not name:
            return
        elif tag == "textarea":
            self._area = name
            self.forms[-1][name] = ""
        elif tag == "input" and (values.get("type") not in ("checkbox", "radio") or "checked" in values):
            self.forms[-1][name] = values.get("value") or ""
            if values.get("type") not in ("hidden", "radio", "checkbox", "file") and values.get("value"):
                self.filled[-1].add(name)

    def handle_data(self, data):
        if self._area and self._posts:
            self.forms[-1][self._area] += data
            if data.strip():
                self.filled[-1].add(self._area)

    def handle_endtag(self, tag):
        if tag == "textarea" and self._area:
            self.forms[-1][self._area] = self.forms[-1][self._area].removeprefix("\n")
            self._area = ""
        elif tag == "form":
            self._posts = False


def forgetful(client, pages, world) -> dict[str, list[set[str]]]:  # noqa: F811
    """Pages with a form that comes filled in and does not say what it was opened with."""
    found = {}
    for page in pages:
        answer = client.get(page.format(**world))
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        read = Filled(answer.text)
        without = [
            filled for form, filled in zip(read.forms, read.filled, strict=True) if filled and "opened" not in form
        ]
        if without:
            found[page] = without
    return found


def test_every_form_of_a_stored_row_says_what_it_was_opened_with(client, world):  # noqa: F811
    sign_in(client, world["accounts"]["admin"])
    assert forgetful(client, PAGES, world).keys() == WITHOUT.keys()


@pytest.fixture
def network(client) -> Network:
    network = factories.network(name="Oosterhout", summary="Samen")
    sign_in(client, factories.account(network))
    return network


def opened(client, page: str) -> dict[str, str]:
    """A form as a browser would send it back unchanged."""
    return next(form for form in Filled(client.get(page).text).forms if "opened" in form)


def change(network: Network, **values: str) -> None:
    """What somebody else stores meanwhile."""
    for name, value in values.items():
        setattr(network, name, value)
    db.session.commit()


SETTINGS = "/organise/networks/{}/settings"
ALSO = {"joining": "approval", "colour": "blue"}


class TestTwoWhoChangeOneNetwork:
    def _page(self, network: Network) -> str:
        return SETTINGS.format(network.slug)

    def _opened(self, client, network: Network) -> dict[str, str]:
        return {**opened(client, self._page(network)), "joining": network.joining.value, "colour": network.colour.value}

    def test_what_only_others_changed_is_taken_over(self, client, network):
        form = self._opened(client, network)
        change(network, summary="Van een ander")
        answer = client.post(self._page(network), data=form | {"contact_name": "Ik"})
        answer = client.get(answer.location)
        assert (network.summary, network.contact_name) == ("Van een ander", "Ik")
        assert "Iemand anders veranderde intussen: In één zin." in answer.text

    def test_where_both_did_both_are_shown_and_nothing_is_stored(self, client, network):
        form = self._opened(client, network)
        change(network, summary="Van een ander")
        answer = client.post(self._page(network), data=form | {"summary": "Van mij"})
        assert answer.status_code == 422
        assert "Van een ander" in answer.text
        assert "Van mij" in answer.text
        assert network.summary == "Van een ander"

    @pytest.mark.parametrize(("chosen", "stored"), [("mine", "Van mij"), ("theirs", "Van een ander")])
    def test_the_chosen_one_is_stored(self, client, network, chosen, stored):
        form = self._opened(client, network) | {"summary": "Van mij"}
        change(network, summary="Van een ander")
        asked = client.post(self._page(network), data=form)
        choice = re.search(rf'name="keep-summary" value="({chosen}\.[^"]+)"', asked.text)[1]
        form |= {
            "opened": next(form["opened"] for form in Filled(asked.text).forms[::-1] if "opened" in form),
            "keep-summary": choice,
        }
        assert client.post(self._page(network), data=form).status_code == 303
        assert network.summary == stored

    def test_a_choice_between_other_words_is_asked_again(self, client, network):
        form = self._opened(client, network) | {"summary": "Van mij"}
        change(network, summary="Van een ander")
        asked = client.post(self._page(network), data=form)
        choice = re.search(r'name="keep-summary" value="(mine\.[^"]+)"', asked.text)[1]
        form |= {
            "opened": next(form["opened"] for form in Filled(asked.text).forms[::-1] if "opened" in form),
            "keep-summary": choice,
        }
        change(network, summary="Van een derde")
        assert "Van een derde" in client.post(self._page(network), data=form).text
        assert network.summary == "Van een derde"

    def test_who_is_alone_notices_nothing(self, client, network):
        form = self._opened(client, network)
        answer = client.post(self._page(network), data=form | {"summary": "Van mij"})
        answer = client.get(answer.location)
        assert network.summary == "Van mij"
        assert "Iemand anders" not in answer.text


def test_of_two_reports_that_are_written_at_once_each_keeps_its_own_part(client, app):
    event = factories.held()
    report = factories.impression(event, published=False)
    sign_in(client, factories.account(event.network))
    page = f"/organise/events/{event.slug}/impression/edit"
    form = opened(client, page)
    report.intro = "Van een ander"
    db.session.commit()
    assert client.post(page, data=form | {"set_up": "Van mij"}).status_code == 303
    assert (report.intro, report.set_up) == ("Van een ander", "Van mij")


def test_an_audience_that_two_make_is_asked_as_one(client, app):
    network = factories.network()
    audience = factories.audience(network, "Gemeenten", {"block": "kind", "values": ["gemeente"]})
    sign_in(client, factories.account(network))
    page = f"/organise/networks/{network.slug}/audiences/{audience.id}"
    form = opened(client, page)
    audience.rule = [[{"block": "kind", "values": ["provincie"], "not": False}]]
    db.session.commit()
    mine = form | {"0-block": "kind", "0-0-values": "waterschap", "save": "1"}
    asked = client.post(page, data=mine)
    assert asked.status_code == 422
    assert 'name="keep-conditions"' in asked.text
    assert audience.rule[0][0]["values"] == ["provincie"]
    assert post(client, page, page=page, **(mine | {"opened": ""})).status_code == 303


def test_two_at_the_very_same_moment_do_not_pass_over_one_another(app):
    """On PostgreSQL the second waits before it reads; SQLite lets in one writer at a time."""
    network = factories.network(summary="Samen")
    account = factories.account(network)
    page = SETTINGS.format(network.slug)
    clients = [app.test_client(), app.test_client()]
    for client in clients:
        sign_in(client, account)
    forms = [opened(client, page) | {"joining": "approval", "colour": network.colour.value} for client in clients]
    sent = [forms[0] | {"summary": "Van mij"}, forms[1] | {"summary": "Van jou"}]
    db.session.commit()
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda at: _post_apart(app, clients[at], page, sent[at]), range(2)))
    assert sorted(answers) == [303, 422]


def _post_apart(app, client, page: str, form: dict[str, str]) -> int:
    with app.app_context():
        return client.post(page, data=form).status_code
