"""Signing in by mail: on POST only, in the browser that asked or by code, silent about who is known."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import current_app

from app import clock, mailed_codes
from app.accounts import sign_in as signing_in
from app.accounts.models import Account, AccountSession, SignIn
from app.database import db
from app.mailed_codes import KEPT, VALID
from app.outbox.models import Message
from tests import factories
from tests.helpers import csrf, mails, parsed, post, sign_in_by_link, text_of, work

pytestmark = pytest.mark.usefixtures("app")


def _ask(client, account: Account):
    return post(client, "/sign-in", address=account.email)


def _mail() -> str:
    work()
    return text_of(parsed(mails(Message.kind == "sign_in")[-1].body))


def _link(text: str) -> str:
    return re.search(r"http://leerkring\.test(/sign-in/\w+)", text)[1]


def _code(text: str) -> str:
    return re.search(r"\b(\d{3} \d{3})\b", text)[1]


def _signed_in(client) -> bool:
    return client.get("/organise").status_code == 200


@pytest.fixture
def account(app) -> Account:
    return factories.account(factories.network())


def test_link_signs_in_on_post_in_the_browser_that_asked(client, account):
    _ask(client, account)
    link = _link(_mail())
    assert "Bijna ingelogd" in client.get(link).text
    assert not _signed_in(client)
    assert post(client, link).location == "/organise"
    assert _signed_in(client)


def test_a_request_is_mailed_once(client, account):
    _ask(client, account)
    work()
    work()
    assert len(mails(Message.kind == "sign_in")) == 1


def test_a_scanner_that_opens_the_link_first_changes_nothing(app, client, account):
    _ask(client, account)
    link = _link(_mail())
    scanner = app.test_client()
    for _ in range(2):
        scanner.get(link), scanner.head(link)
    post(client, link)
    assert _signed_in(client)


def test_another_browser_is_refused_and_may_type_the_code(app, client, account):
    _ask(client, account)
    text = _mail()
    other = app.test_client()
    page = other.get(_link(text))
    assert ("andere browser" in page.text, "<form" in page.text.split("<main")[1]) == (True, False)
    token = csrf(other, "/sign-in")
    assert other.post(_link(text), data={"csrf_token": token}).status_code == 403
    assert not _signed_in(other)
    assert post(client, "/sign-in/code", code=_code(text)).status_code == 303
    assert _signed_in(client)


def test_link_works_again_within_its_minutes_and_not_after(app, client, account):
    _ask(client, account)
    link = _link(_mail())
    post(client, link)
    post(client, "/sign-out", page="/organise")
    assert not _signed_in(client)
    with time_machine.travel(clock.now() + timedelta(minutes=21)):
        assert client.get(link).status_code == 404
        assert client.post(link, data={"csrf_token": csrf(client, "/sign-in")}).status_code == 404


def test_known_and_unknown_addresses_get_the_same_pages(client, account):
    pages = []
    for address in (account.email, "onbekend@gemeente.example"):
        response = post(client, "/sign-in", address=address)
        pages.append(
            (response.status_code, response.location, client.get(response.location).text.replace(address, "…"))
        )
    strip = [re.sub(r'value="[^"]*"', "", page[2]) for page in pages]
    assert (pages[0][:2], strip[0]) == (pages[1][:2], strip[1])
    work()
    assert [message.recipient for message in mails(Message.kind == "sign_in")] == [account.email]


def test_known_and_unknown_addresses_take_the_same_statements(client, account, queries):
    seen_by = []
    for address in (account.email, "onbekend@gemeente.example"):
        token = csrf(client, "/sign-in")
        with queries() as seen:
            client.post("/sign-in", data={"csrf_token": token, "address": address})
        seen_by.append([statement.split("VALUES")[0] for statement in seen])
    assert seen_by[0] == seen_by[1]


def test_five_mails_in_twenty_minutes_are_enough(client, account):
    for _ in range(7):
        _ask(client, account)
    work()
    assert len(mails(Message.kind == "sign_in")) == 5


def test_five_wrong_codes_end_the_request(client, account):
    _ask(client, account)
    code = _code(_mail())
    wrong = "000 000" if code != "000 000" else "111 111"
    for _ in range(5):
        assert "Deze code klopt niet" in post(client, "/sign-in/code", code=wrong).text
    assert post(client, "/sign-in/code", code=code).status_code == 422
    assert not _signed_in(client)


def test_closed_account_cannot_sign_in_and_is_signed_out(client, account):
    _ask(client, account)
    link = _link(_mail())
    post(client, link)
    account.active = False
    assert not _signed_in(client)
    assert client.get(link).status_code == 404


def test_a_cookie_kept_from_before_signing_out_opens_nothing(app, client, account):
    sign_in_by_link(client, account)
    kept = client.get_cookie("leerkring").value
    post(client, "/sign-out", page="/organise")
    other = app.test_client()
    other.set_cookie("leerkring", kept)
    assert (_signed_in(client), _signed_in(other)) == (False, False)


def test_closing_an_account_ends_its_sessions_for_good(client, account):
    sign_in_by_link(client, account)
    chief, browser = factories.account(admin=True), current_app.test_client()
    sign_in_by_link(browser, chief)
    for active in "01":
        post(browser, f"/organise/accounts/{account.id}/active", page="/organise/accounts", active=active)
    assert (account.active, _signed_in(client)) == (True, False)


@pytest.mark.parametrize(
    ("admin", "used_after", "at_the_end", "in_then"),
    [
        (False, 0, timedelta(days=13), True),
        (False, 0, timedelta(days=14, minutes=1), False),
        (True, 0, timedelta(hours=11), True),
        (True, 0, timedelta(hours=12, minutes=1), False),
        (True, 11, timedelta(hours=22), True),
        (True, 11, timedelta(days=14, minutes=1), False),
    ],
)
def test_sessions_end_by_age_and_those_of_administrators_by_rest(client, admin, used_after, at_the_end, in_then):
    sign_in_by_link(client, factories.account(factories.network(), admin=admin))
    begun = clock.now()
    if used_after:
        with time_machine.travel(begun + timedelta(hours=used_after)):
            assert _signed_in(client)
    with time_machine.travel(begun + at_the_end):
        assert _signed_in(client) is in_then


def test_who_asks_five_mails_for_somebody_else_does_not_keep_them_out(app, client, account):
    attacker = app.test_client()
    for _ in range(5):
        _ask(attacker, account)
    link = _link(_mail())
    _ask(client, account)
    work()
    assert len(mails(Message.kind == "sign_in")) == 5
    assert post(client, link).location == "/organise"
    stranger = app.test_client()
    assert (post(stranger, link, page="/sign-in").status_code, _signed_in(attacker)) == (403, False)


def test_ten_thousand_wrong_codes_find_nothing(app, account):
    """After 25 wrong ones in a day, from whatever requests, not even the right code opens; the link still does."""
    for number in range(6):
        with time_machine.travel(clock.now() + timedelta(minutes=21 * number)):
            browser = app.test_client()
            _ask(browser, account)
            text = _mail()
            wrong = "000 000" if _code(text) != "000 000" else "111 111"
            for _ in range(5 if number < 5 else 0):
                post(browser, "/sign-in/code", code=wrong)
            if number == 5:
                assert post(browser, "/sign-in/code", code=_code(text)).status_code == 422
                assert post(browser, _link(text)).location == "/organise"


def test_one_sees_and_ends_ones_own_sessions_and_nobody_elses(app, client, account):
    sign_in_by_link(client, account)
    elsewhere, other = app.test_client(), app.test_client()
    elsewhere.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/145.0"
    sign_in_by_link(elsewhere, account)
    sign_in_by_link(other, factories.account(factories.network()))
    page = "/organise/account"
    assert "Firefox, Windows" in client.get(page).text
    for row in db.session.scalars(sa.select(AccountSession)):
        post(other, f"/organise/accounts/{account.id}/sessions/end", page=page, session=row.id)
    assert (_signed_in(client), _signed_in(elsewhere)) == (True, True)
    post(client, f"/organise/accounts/{account.id}/sessions/end", page=page)
    assert (_signed_in(client), _signed_in(elsewhere), _signed_in(other)) == (True, False, True)


def test_a_page_waits_for_no_other_writer_to_note_that_somebody_is_there(app, client, account):
    sign_in_by_link(client, account)
    before = db.session.scalars(sa.select(AccountSession.seen_at)).one()
    db.session.commit()
    with db.engine.connect() as other, time_machine.travel(clock.now() + timedelta(minutes=6)):
        other.execute(sa.update(AccountSession).values(browser="geschreven"))
        assert _signed_in(client)
        other.rollback()
        assert db.session.scalars(sa.select(AccountSession.seen_at)).one() == before
        assert _signed_in(client)
    db.session.rollback()
    assert db.session.scalars(sa.select(AccountSession.seen_at)).one() > before


def test_ones_own_name_can_be_changed(client, account):
    sign_in_by_link(client, account)
    post(client, "/organise/account", name="Loes Nieuw")
    assert (account.name, "Loes Nieuw" in client.get("/organise/account").text) == ("Loes Nieuw", True)


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/organise/organisations", "/organise/organisations"),
        ("https://kwaad.example/", "/organise"),
        ("//kwaad.example", "/organise"),
        ("/\\kwaad.example", "/organise"),
        ("/\tkwaad.example", "/organise"),
    ],
)
def test_one_comes_back_only_to_a_page_of_this_site(client, account, wanted, reached):
    client.post("/sign-in", data={"csrf_token": csrf(client, "/sign-in"), "address": account.email, "next": wanted})
    assert post(client, _link(_mail())).location == reached


def test_neither_link_nor_code_stands_in_the_database(client, account):
    _ask(client, account)
    text = _mail()
    row = db.session.scalars(sa.select(SignIn)).one()
    kept = " ".join(str(getattr(row, column.name)) for column in SignIn.__table__.c)
    assert (_code(text).replace(" ", "") in kept, _link(text).rpartition("/")[2] in kept, account.email in kept) == (
        False,
        False,
        False,
    )


@pytest.mark.parametrize(("after", "forgotten"), [(KEPT, 0), (KEPT + timedelta(seconds=1), 1)])
def test_requests_are_forgotten_after_a_day(account, after, forgotten):
    asked = _asked(account)
    with time_machine.travel(asked.created_at + after, tick=False):
        assert signing_in.forget_old_sign_ins() == forgotten


@pytest.mark.parametrize(("after", "works"), [(VALID - timedelta(seconds=1), True), (VALID, False)])
def test_a_request_ends_with_its_last_minute(account, after, works):
    asked = _asked(account)
    with time_machine.travel(asked.created_at + after, tick=False):
        assert (mailed_codes.load_valid_request(SignIn, asked.id) is not None) == works


@pytest.mark.parametrize(("after", "counts"), [(KEPT - timedelta(seconds=1), True), (KEPT, False)])
def test_wrong_codes_of_another_day_count_no_more(account, after, counts):
    guessed = _asked(account)
    guessed.wrong_codes = signing_in.MOST_WRONG_A_DAY
    with time_machine.travel(guessed.created_at + after, tick=False):
        asked = _asked(account)
        found = signing_in.account_of_code(asked.id, mailed_codes.write_code(asked))
    assert found == (None if counts else account)


def test_who_asked_for_their_own_address_opens_no_link_of_somebody_else(app, client, account):
    stranger, other = app.test_client(), factories.account(factories.network())
    _ask(client, account)
    link = _link(_mail())
    _ask(stranger, other)
    assert (post(stranger, link, page="/sign-in").status_code, _signed_in(stranger)) == (403, False)


def _asked(account: Account) -> SignIn:
    request = db.session.get_one(SignIn, signing_in.ask_sign_in(account.email).number)
    db.session.commit()
    return request
