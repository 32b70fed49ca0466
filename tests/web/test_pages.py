"""What every page has: security headers, languages, error pages; what the site says of itself."""

import re
from datetime import datetime

import pytest

from app import clock
from app.accounts import sign_in as sign_in_requests
from app.accounts.models import Account
from app.database import db
from app.web import assets
from tests import factories
from tests.helpers import post, sign_in

pytestmark = pytest.mark.one_database

PUBLIC = ("/", "/privacy", "/accessibility", "/help", "/help/badges", "/sign-in", "/mailbox", "/niets")


@pytest.mark.parametrize("page", PUBLIC)
def test_security_headers(client, app, page):
    headers = client.get(page).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:", "font-src": "'self'", "connect-src": "'self'",
        "frame-src": "'self'", "form-action": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'",
    }  # fmt: skip
    assert {
        name: headers[name]
        for name in ("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy")
    } == {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


@pytest.mark.parametrize("page", PUBLIC)
def test_no_inline_styles_scripts_or_requests_elsewhere(client, app, page):
    text = client.get(page).text
    assert (
        re.findall(
            r'style="|<style|<script(?![^>]* src=)|onclick=|(?:src|href)="https?://(?!localhost|autoriteitpersoonsgegevens\.nl/)',
            text,
        )
        == []
    )


def test_secure_cookies_and_hsts_behind_https(tmp_path):
    from app import create_app

    app = create_app(
        {"INSTANCE_PATH": str(tmp_path), "BASE_URL": "https://leerkring.example", "MAIL_SERVER": "mail.example"}
    )
    config = app.config
    assert (
        config["SESSION_COOKIE_NAME"],
        config["SESSION_COOKIE_SECURE"],
        config["SESSION_COOKIE_SAMESITE"],
        config["SESSION_COOKIE_HTTPONLY"],
    ) == (
        "__Host-leerkring",
        True,
        "Lax",
        True,
    )


def test_language_is_chosen_by_link_and_kept(client, app):
    assert '<html lang="nl">' in client.get("/").text
    assert '<html lang="en">' in client.get("/", headers={"Accept-Language": "en-GB"}).text
    response = client.get("/?lang=en")
    assert '<html lang="en">' in response.text
    assert "SameSite=Lax" in response.headers["Set-Cookie"]
    assert "Learning from each other" in client.get("/").text
    assert '<html lang="nl">' in client.get("/?lang=nl").text
    assert '<html lang="nl">' in client.get("/?lang=<script>").text


@pytest.mark.parametrize(
    ("address", "method", "status", "words"),
    [
        ("/niets", "get", 404, "Deze pagina is er niet"),
        ("/privacy", "post", 405, "Zo werkt deze pagina niet"),
        ("/sign-in", "post", 400, "De pagina stond te lang open"),
        ("/%00", "get", 404, "Deze pagina is er niet"),
        ("/?network=%00", "get", 404, "Deze pagina is er niet"),
    ],
)
def test_error_pages_say_how_to_go_on(client, app, address, method, status, words):
    response = getattr(client, method)(address)
    assert (response.status_code, words in response.text, "Naar de agenda" in response.text) == (status, True, True)


def test_an_error_of_ours_is_answered_calmly_and_logged_without_what_was_in_the_row(app, client, monkeypatch, caplog):
    """The database says in its error which address is there already."""
    monkeypatch.setattr(app, "testing", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def save_twice(_):
        db.session.add_all(Account(email="jan.geheim@oss.example", name="Jan Geheim") for _ in range(2))
        db.session.flush()

    monkeypatch.setattr(sign_in_requests, "ask_sign_in", save_twice)
    answer = post(client, "/sign-in", address="jan.geheim@oss.example")
    assert (answer.status_code, "Er ging iets mis bij ons" in answer.text) == (500, True)
    assert ("IntegrityError" in caplog.text, "geheim" in (caplog.text + answer.text).lower()) == (True, False)


def test_ten_megabytes_in_a_field_are_refused_in_words(client, app):
    invitation = factories.invitation(factories.event())
    from app.invitations import invitation_links

    response = client.post(
        invitation_links.link_to_invitation(invitation).removeprefix("http://leerkring.test"),
        data={"answer": "x" * 10_000_000},
    )
    assert (response.status_code, "Dit is te groot" in response.text) == (413, True)


def test_security_txt_follows_rfc_9116(client, app):
    text = client.get("/.well-known/security.txt").text
    fields = dict(line.split(": ", 1) for line in text.strip().splitlines())
    assert fields["Contact"] == "mailto:leerkring@leerkring.example"
    assert clock.now() < datetime.fromisoformat(fields["Expires"]) < clock.now().replace(year=clock.now().year + 1)


def test_static_files_are_kept_for_good_and_compressed(client, app):
    response = client.get(assets.asset_url("leerkring.css"), headers={"Accept-Encoding": "br"})
    assert (
        response.status_code,
        response.headers["Content-Encoding"],
        "immutable" in response.headers["Cache-Control"],
    ) == (200, "br", True)
    response.close()


def test_mailbox_does_not_exist_with_a_mail_server(tmp_path):
    from app import create_app

    app = create_app({"INSTANCE_PATH": str(tmp_path), "MAIL_SERVER": "mail.example"})
    assert [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/mailbox")] == []


def test_mailbox_shows_the_mail_its_calendar_part_and_headers(client, app):
    from tests.helpers import work

    factories.registration(
        factories.event(title="Datagedreven werken"), factories.person("Sanne de Vries", address="sanne@oss.example")
    )
    work()
    listed = client.get("/mailbox?q=sanne@oss").text
    number = re.search(r"/mailbox/(\d+)", listed)[1]
    page = client.get(f"/mailbox/{number}").text
    assert ("METHOD:REQUEST" in page, "Auto-Submitted" in page, "Dag Sanne," in page) == (True, True, True)
    framed = client.get(f"/mailbox/{number}/html")
    assert ("unsafe-inline" in framed.headers["Content-Security-Policy"], framed.headers["X-Frame-Options"]) == (
        False,
        "SAMEORIGIN",
    )
    assert client.get("/mailbox?q=niemand").text.count("/mailbox/") == 0


def test_page_and_scripts_of_a_participant_are_light(client, app):
    """First view: at most 60 KB over the wire, the page itself, style sheet, fonts and icon."""
    from app.invitations import invitation_links

    invitation = factories.invitation(factories.hybrid(description="x" * 4000))
    page = client.get(invitation_links.link_to_invitation(invitation).removeprefix("http://leerkring.test"))
    files = set(re.findall(r'"(/static/[^"]+)"', page.text)) | {
        assets.asset_url("source-sans-3-latin-700-normal.woff2")
    }
    answers = [client.get(file, headers={"Accept-Encoding": "br"}) for file in files]
    sizes = [len(page.data), *(len(answer.data) for answer in answers)]
    for answer in answers:
        answer.close()
    assert (len(sizes) <= 6, sum(sizes) <= 60_000) == (True, True)


@pytest.mark.parametrize("number", [99_999_999_999, 10**22])
def test_numbers_that_no_row_has_are_pages_that_are_not_there(client, app, number):
    event = factories.held()
    impression = factories.impression(event)
    sign_in(client, factories.account(event.network))
    learned = f"/organise/events/{event.slug}/learned"
    pages = (
        f"/library/{number}", f"/library?page={number}", f"/library?year={number}", f"/impressions/{impression.slug}/attachments/{number}",
        f"/organise/networks/{event.network.slug}/people/{number}", f"/organise/events/{event.slug}?organisation={number}",
        f"{learned}/insights/{number}", f"{learned}/commitments/new?card={number}",
    )  # fmt: skip

    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 404)
    assert client.get(f"/library?q={number}").status_code == 200
