"""The doors: what does not say what it asks is not hung, and what is somebody's own is kept and found by nobody."""

import re

import pytest
from flask import Flask

from app.accounts import accounts
from app.accounts.rights import Need
from app.database import db
from app.extensions import limiter
from app.invitations.waves.models import Wave
from app.lessons.board import boards
from app.settings import ROOT
from app.web import doors
from app.web.assets import asset_url
from app.web.doors import OrganiserPages, PersonalPages, PublicPages, row_of
from app.web.personal import INVITATION, Link
from tests import factories
from tests.databases import application
from tests.helpers import sign_in


def _view(*objects):
    return "open"


@pytest.mark.parametrize(
    ("door", "address", "said", "why"),
    [
        (OrganiserPages, "/x", {}, "say what it needs="),
        (OrganiserPages, "/x", {"needs": "admin"}, "say what it needs="),
        (OrganiserPages, "/x", {"needs": Need.ORGANISE}, "ORGANISE of which network or event?"),
        (OrganiserPages, "/networks/<slug>", {"needs": Need.PEOPLE}, "PEOPLE are of an event"),
        (
            OrganiserPages,
            "/events/<slug>/<int:slot_id>",
            {"needs": Need.READ, "subject": lambda event, slot_id, day: event},
            "the address names its subject by half",
        ),
        (PersonalPages, "/x/<token>", {}, "say by which link="),
        (PersonalPages, "/x", {"link": Link(lambda token: None)}, "this link is not remembered"),
        (PublicPages, "/x", {"methods": ["GET", "POST"]}, "say how often it may be sent, limit="),
        (PublicPages, "/x", {"methods": ["POST"], "limit": "20/hour", "kept": ()}, "is not kept="),
    ],
)
def test_a_page_that_does_not_say_what_it_asks_is_refused_at_import(door, address, said, why):
    with pytest.raises(TypeError, match=why):
        door("some", __name__).route(address, **said)(_view)


@pytest.mark.parametrize(
    ("door", "address", "said"),
    [
        (OrganiserPages, "/x", {"needs": Need.SIGNED_IN}),
        (OrganiserPages, "/networks/<slug>/<int:wave_id>", {"needs": Need.READ, "subject": row_of(Wave)}),
        (PersonalPages, "/x/<token>", {"link": Link(lambda token: None)}),
        (PersonalPages, "/my/<slug>", {"link": INVITATION}),
        (PublicPages, "/x", {}),
        (PublicPages, "/x", {"methods": ["POST"], "limit": "20/hour"}),
    ],
)
def test_a_page_that_says_so_is_hung(door, address, said):
    door("some", __name__).route(address, **said)(_view)


def test_two_addresses_of_one_view_ask_the_same():
    door = OrganiserPages("some", __name__)
    door.get("/x", needs=Need.ADMIN)(_view)
    with pytest.raises(TypeError, match="its addresses say different things"):
        door.get("/y", needs=Need.SIGNED_IN)(_view)


def test_an_address_under_no_door_keeps_the_application_from_starting():
    app = Flask("some", static_folder=None)
    app.add_url_rule("/x", view_func=_view)
    with pytest.raises(TypeError, match="hangs under no door"):
        doors.check(app)


def _opened(app) -> dict[str, str]:
    """Every address that can be opened, by its rule; nothing that it names exists."""
    rules = [rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods]
    filled = {rule: re.sub(r"<any\((\w+)[^>]*>", r"\1", re.sub(r"<int:\w+>", "1", rule)) for rule in rules}
    return {rule: re.sub(r"<\w+>", "x", path) for rule, path in filled.items()}


OWN = [
    "/i/",
    "/my/",
    "/organise",
    "/sign-in",
    "/unsubscribe/",
    "/mailbox",
    "/c/",
    "/check",
    "/evaluation/",
    "/commitments/",
    "/preferences/",
    "/join/",
    "/address/",
    "/address-change/",
    "/address-proposal/",
    "/me",
    "/members/",
    "/message/",
    "/come-back/",
    "/stay/",
    "/seats/",
    "/calendar/",
    "/match/",
    "/poll/",
    "/speak/",
    "/koppels/",
    "/next-edition/",
    "/used/",
    "/question/",
    "/instead/",
    "/visit/",
]
"""What the addresses begin with of pages that are somebody's own."""
FOR_MEMBERS = ["/networks/<slug>/questions"]
"""The same of a network's part for its members: an address there tells nothing of who opens it."""


def test_pages_that_are_somebodys_own_are_kept_by_no_cache_and_found_by_no_search_engine(app, client):
    told = {}
    for rule, path in _opened(app).items():
        headers = client.get(path).headers
        told[rule] = headers.get("Cache-Control"), headers.get("X-Robots-Tag"), headers.get("Referrer-Policy")
    private = {rule for rule in told if rule.startswith((*OWN, *FOR_MEMBERS))} - {"/metrics"}
    assert {told[rule] for rule in private} == {("no-store", "noindex, nofollow", "no-referrer")}
    assert {robots for rule, (_, robots, _) in told.items() if rule not in private} == {None}


def test_the_manual_names_to_the_proxy_what_is_somebodys_own():
    manual = (ROOT / "docs" / "running.md").read_text().partition("a personal key or tells of a person:")[2]
    named = manual.partition("\n6.")[0].split()
    assert named == sorted(OWN)


def test_every_address_with_a_key_in_it_is_private(app):
    keyed = [rule.rule for rule in app.url_map.iter_rules() if "token" in rule.arguments]
    assert keyed
    with app.test_request_context():
        own = tuple(doors.private_paths())
    assert [rule for rule in keyed if not rule.startswith(own)] == []


def test_search_engines_are_asked_to_stay_away_from_what_is_somebodys_own(client):
    lines = client.get("/robots.txt").text.splitlines()
    members = [path.replace("<slug>", "*") for path in FOR_MEMBERS]
    sitemap = "Sitemap: http://leerkring.test/sitemap.xml"
    assert sorted(lines) == sorted(["User-agent: *", sitemap, *(f"Disallow: {path}" for path in (*OWN, *members))])


def test_an_answer_that_knows_who_is_signed_in_is_kept_by_no_cache_also_where_there_is_no_page(client):
    sign_in(client, factories.account(factories.network()))
    answer = client.get("/organise/no/such/page")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")


def test_a_public_form_is_sent_as_often_as_its_page_says_and_looked_at_freely(app, client):
    factories.network(slug="kring")
    app.config["WTF_CSRF_ENABLED"], limiter.enabled = False, True
    try:
        limiter.reset()
        sent = [client.post("/networks/kring/join").status_code for _ in range(21)]
        assert (sent, client.get("/networks/kring/join").status_code) == ([422] * 20 + [429], 200)
    finally:
        app.config["WTF_CSRF_ENABLED"], limiter.enabled = True, False


def test_who_counts_as_another_browser_each_time_is_still_one_sender(app):
    board = boards.open_board(factories.event())
    db.session.commit()
    app.config["WTF_CSRF_ENABLED"], limiter.enabled = False, True
    try:
        limiter.reset()
        most = int(doors.ROOM.partition(" ")[0])
        sent = [app.test_client().post(f"/k/{board.code}").status_code for _ in range(most + 1)]
        assert (set(sent[:-1]), sent[-1]) == ({422}, 429)
    finally:
        app.config["WTF_CSRF_ENABLED"], limiter.enabled = True, False


@pytest.mark.parametrize(
    "path",
    [
        asset_url("leerkring.css"),
        "/static/nothing.css",
        "/no/such/page",
        "/healthz",
        "/api/v1/nothing",
        "/api/v1/networks",
    ],
)
def test_every_kind_of_answer_carries_the_headers(client, path):
    with client.get(path) as answer:
        headers = answer.headers
    told = {name: headers.get(name) for name in ("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy")}
    assert set(told.values()) == {"nosniff", "DENY", "no-referrer"}
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_what_the_api_tells_is_kept_by_no_cache(client):
    event = factories.event(factories.network())
    key = accounts.make_api_token(factories.account(event.network))
    db.session.commit()
    for path in ("networks", "events", f"events/{event.slug}/participants", "events/nothing"):
        answer = client.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {key}"})
        assert answer.headers.get("Cache-Control") == "no-store", path


def test_every_cookie_is_for_a_safe_line_alone_where_the_site_has_one(tmp_path):
    secure = application("sqlite://", tmp_path, BASE_URL="https://leerkring.test", MAIL_SERVER="localhost")
    cookies = secure.test_client().get("/accessibility?lang=en").headers.getlist("Set-Cookie")
    assert [("Secure" in cookie, "HttpOnly" in cookie, "SameSite=Lax" in cookie) for cookie in cookies] == [(True,) * 3]
