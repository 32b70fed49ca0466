"""The first view of each kind of page is light: few requests, few bytes over the line, on the demo's content."""

import gzip
import re
import zlib

import pytest
import time_machine

from app.accounts import accounts, sessions
from app.database import db
from app.invitations import invitation_links
from app.web import assets, compressing
from tests.costs import measuring
from tests.databases import STANDSTILL, application

MOST_REQUESTS, MOST_BYTES = 6, 60_000
EVENT = f"/events/{measuring.SESSION}"
VISITED = ("/", "/catalogue", EVENT, f"/networks/{measuring.NETWORK}", "/library", "/sign-in")
ORGANISED = ("", EVENT, f"{EVENT}/edit", f"{EVENT}/waves", f"{EVENT}/waves/3/text/nl", f"{EVENT}/day/door")
TAKES = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture(scope="module")
def demo(databases, tmp_path_factory):
    with time_machine.travel(STANDSTILL, tick=False):
        url = databases.with_demo_at_standstill("sqlite")
        app = application(url, tmp_path_factory.mktemp("light"), BASE_URL="http://leerkring.test")
        yield app


def _answer_page(app):
    with app.app_context():
        return invitation_links.link_to_invitation(measuring._invitations()[0]).removeprefix("http://leerkring.test")


def _organiser(app):
    client = app.test_client()
    with app.app_context():
        secret = sessions.open_session(accounts.find_account(measuring.ORGANISER))
        db.session.commit()
    with client.session_transaction() as session:
        session["account"] = secret
    return client


def _first_view(client, path):
    """How many requests a browser makes for a page, and how many bytes come of them."""
    page = client.get(path, headers=TAKES)
    assert page.status_code == 200, path
    html = gzip.decompress(page.data).decode() if page.content_encoding == "gzip" else page.text
    files = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', html))
    answers = [
        client.get(file, headers=TAKES) for file in files | {assets.asset_url("source-sans-3-latin-700-normal.woff2")}
    ]
    sizes = [len(answer.data) for answer in (page, *answers)]
    for answer in answers:
        answer.close()
    return len(sizes), sum(sizes)


def test_first_views_are_light(demo):
    visitor, organiser = demo.test_client(), _organiser(demo)
    views = {path: _first_view(visitor, path) for path in (*VISITED, _answer_page(demo))}
    views |= {f"/organise{path}": _first_view(organiser, f"/organise{path}") for path in ORGANISED}
    assert {path: view for path, view in views.items() if view[0] > MOST_REQUESTS or view[1] > MOST_BYTES} == {}


def test_what_renews_itself_has_its_script(demo):
    organiser = _organiser(demo)
    pages = {
        path: organiser.get(f"/organise{path}").text
        for path in ("", f"{EVENT}/day", f"{EVENT}/waves/new?kind=invitation")
    }
    live = assets.asset_url("live.js")
    assert {path: live in page for path, page in pages.items()} == {
        path: " hx-" in page for path, page in pages.items()
    }
    assert {live in page for page in pages.values()} == {True, False}


class TestCompressing:
    def test_to_who_takes_it(self, demo):
        client = _organiser(demo)
        plain, packed = client.get("/organise"), client.get("/organise", headers=TAKES)
        without_tokens = [
            re.sub(r'value="[^"]{40,}"', "", text) for text in (plain.text, gzip.decompress(packed.data).decode())
        ]
        assert without_tokens[0] == without_tokens[1]
        assert (plain.content_encoding, packed.content_encoding) == (None, "gzip")
        assert "Accept-Encoding" in packed.headers["Vary"]
        refused = client.get("/organise", headers={"Accept-Encoding": "gzip;q=0, identity"})
        assert refused.content_encoding is None

    def test_kept_pages_stay_as_they_are(self, demo):
        client = demo.test_client()
        assert client.get("/", headers=TAKES).data == client.get("/").data

    def test_never_twice_of_one_length(self):
        content = b"<p>" * 1000
        packed = {compressing.compress(content) for _ in range(100)}
        assert len({len(each) for each in packed}) > 20
        assert {zlib.decompress(each, wbits=31) for each in packed} == {content}
