"""A personal link opens what its mail is about; the file of its owner opens for who reads the owner's mail."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock, mailed_codes
from app.database import db
from app.network import correspondence
from app.network.imports import merges
from app.network.models import Standing
from app.network.people import mail_addresses, people, proofs
from app.network.people.models import DigestFrequency, ProofRequest
from app.outbox.models import Message
from app.web import doors
from app.web.personal import PREFERENCES, Proof
from tests import factories
from tests.helpers import hidden, mails, parsed, post, text_of, work

pytestmark = pytest.mark.usefixtures("app")

BY_LINK = {
    "preferences.show_preferences",
    "preferences.confirm_stop",
    "preferences.change_preferences",
    "preferences.stop_digest",
    "preferences.rejoin_networks",
    "proofs.show_proof",
    "proofs.ask_proof",
    "proofs.show_code_form",
    "proofs.prove_by_code",
}
"""What who has the link under a mail may open and do, forwarded or not."""
FRESH = {
    "own_certificate.download_any",
    "preferences.show_leaving",
    "preferences.leave_everything",
    "own_data.show_own_data",
    "own_data.download_own_data",
    "own_data.rename_oneself",
    "own_data.claim_own_address",
    "own_data.prefer_own_address",
    "own_data.remove_own_address",
    "own_data.take_own_position",
    "own_data.end_own_position",
    "own_data.name_oneself",
    "own_data.restrict_own_data",
}
"""What asks for a mail just read."""


@pytest.fixture
def person(app):
    return factories.person("Sanne de Vries", at="Oss", of=factories.network(), address="sanne@gemeente.example")


def _page(person) -> str:
    db.session.flush()
    return correspondence.link_to_preferences(person).removeprefix("http://leerkring.test")


def _ask(client, person, back: str = ""):
    page = f"{_page(person)}/prove"
    return post(client, page, page=f"{page}?next={back}" if back else page, **({"next": back} if back else {}))


def _mail() -> str:
    work()
    return text_of(parsed(mails(Message.kind == "proof")[-1].body))


def _link(text: str) -> str:
    return re.search(r"http://leerkring\.test(/proof/\w+)", text)[1]


def _code(text: str) -> str:
    return re.search(r"\b(\d{3} \d{3})\b", text)[1]


def _wrong(code: str) -> str:
    return "000 000" if code != "000 000" else "111 111"


def _file(client) -> str | None:
    """What the page with somebody's own data says; nothing when it asks for proof."""
    answer = client.get("/preferences/mine/data")
    return answer.text if answer.status_code == 200 else None


def _gates(app) -> dict[str, doors.Page]:
    found = {name: getattr(view, "page", None) for name, view in app.view_functions.items()}
    return {name: page for name, page in found.items() if page and page.link is PREFERENCES}


def test_which_pages_of_the_personal_link_need_a_fresh_proof(app):
    pages = _gates(app)
    assert {name for name, page in pages.items() if page.proof is Proof.LINK} == BY_LINK
    assert {name for name, page in pages.items() if page.proof is Proof.FRESH} == FRESH


def test_a_page_that_forgets_to_say_what_it_needs_asks_for_proof(app):
    door = doors.PersonalPages("forgetful", __name__, link=PREFERENCES)
    door.add_url_rule("/preferences/mine/forgetful", view_func=lambda person: "")
    with pytest.raises(TypeError):
        door.add_url_rule("/preferences/mine/one", view_func=lambda person: "", endpoint="one", one_click=True)
    assert door._gates["<lambda>"].page.proof is Proof.FRESH


def test_the_forwarded_link_opens_no_file_and_changes_none(app, client, person):
    """Every address of every page that needs proof, with the token and by what the session remembers."""
    page = _page(person)
    post(client, page, digest="weekly", language="nl")
    position, address = person.positions[0].id, person.addresses[0].id
    before = (person.name, person.email, [each.ends_on for each in person.positions], person.digest)
    sent = hidden(client, "/preferences/mine")
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in FRESH:
            continue
        number = position if "positions" in rule.rule else address
        path = re.sub(r"<int:\w+_id>", str(number), rule.rule.replace("<token>", page.rpartition("/")[2]))
        for method in rule.methods & {"GET", "POST"}:
            values = {**sent, "name": "Ander", "address": "ander@elders.example", "organisation": "1"}
            answer = client.open(path, method=method, data=values if method == "POST" else None)
            if method == "POST":  # what was typed is handed back, beside the way to show who one is
                assert (answer.status_code, "/prove" in answer.text) == (403, True), path
                assert "sanne@gemeente.example" not in answer.text
                continue
            assert (answer.status_code, "/prove" in answer.location) == (303, True), (method, path)
            assert "sanne@gemeente.example" not in client.get(answer.location).text
    db.session.expire_all()
    assert (person.name, person.email, [each.ends_on for each in person.positions], person.digest) == before
    assert not mails(Message.kind == "own_address")


def test_the_link_in_the_mail_leads_to_what_was_wanted(client, person):
    page = _page(person)
    asked = client.get(f"{page}/leave")
    assert client.get(asked.location).status_code == 200
    _ask(client, person, f"{page}/leave")
    link = _link(_mail())
    assert "Ben jij Sanne de Vries?" in client.get(link).text
    assert _file(client) is None
    answer = post(client, link)
    assert answer.location == f"{page}/leave"
    post(client, f"{page}/leave")
    db.session.expire_all()
    assert (person.memberships[0].standing, person.digest) == (Standing.LEFT, DigestFrequency.NEVER)


def test_the_code_works_where_it_was_asked_for(client, person):
    _ask(client, person)
    text = _mail()
    assert "S… @gemeente.example" in client.get("/preferences/mine/prove/code").text
    assert post(client, "/preferences/mine/prove/code", code=_code(text)).location == "/preferences/mine/data"
    assert "sanne@gemeente.example" in _file(client)


def test_the_link_works_twice_within_its_minutes_and_in_the_browser_that_opens_it(app, client, person):
    _ask(client, person)
    link = _link(_mail())
    for browser in (app.test_client(), client, app.test_client()):
        assert post(browser, link).status_code == 303
        assert "sanne@gemeente.example" in _file(browser)
    with time_machine.travel(clock.now() + timedelta(minutes=21)):
        assert app.test_client().get(link).status_code == 404


def test_a_scanner_that_opens_the_link_proves_nothing(app, client, person):
    _ask(client, person)
    link = _link(_mail())
    scanner = app.test_client()
    scanner.get(link), scanner.head(link)
    assert (_file(scanner), _file(client)) == (None, None)


def test_a_proof_holds_half_an_hour_after_the_last_page_that_needed_it(client, person):
    _ask(client, person)
    post(client, _link(_mail()))
    for minutes, opens in ((25, True), (50, True), (81, False)):
        with time_machine.travel(clock.now() + timedelta(minutes=minutes)):
            assert (_file(client) is not None) == opens, minutes


def test_a_proof_is_of_one_person(client, person):
    _ask(client, person)
    post(client, _link(_mail()))
    other = factories.person("Bob Bakker", of=factories.network())
    assert client.get(f"{_page(other)}/data").status_code == 303
    assert client.get(f"{_page(person)}/data").status_code == 200
    people_version = person.preferences_version
    person.preferences_version = people_version + 1
    assert client.get(f"{_page(person)}/data").status_code == 303


def test_the_code_of_one_person_opens_nothing_of_another(client, person):
    """Who holds two links asks for their own and types the code on the page of the other."""
    _ask(client, person)
    code = _code(_mail())
    other = factories.person("Bob Bakker", of=factories.network())
    post(client, _page(other), digest="weekly", language="nl")
    assert post(client, "/preferences/mine/prove/code", code=code).status_code == 422
    assert _file(client) is None


def test_ten_thousand_wrong_codes_from_many_addresses_find_nothing_and_lock_nobody_out(app, client, person):
    """However many guesses a day and from wherever: few are looked at, and the owner's own link goes on working."""
    looked_at = 0
    for _ in range(40):
        thief = app.test_client()
        _ask(thief, person)
        asked = db.session.scalars(sa.select(ProofRequest).order_by(ProofRequest.id.desc())).first()
        right = mailed_codes.write_code(asked)
        for _ in range(7):
            before = asked.wrong_codes
            proofs.is_right_code(person, asked.id, _wrong(right))
            looked_at += asked.wrong_codes - before if asked.mailed and not proofs._guessed_too_often(person) else 0
        db.session.commit()
        assert not proofs.is_right_code(person, asked.id, right)
    assert looked_at <= proofs.MOST_WRONG_A_DAY
    assert len(mails(Message.kind == "proof")) == proofs.MOST_MAILS
    _ask(client, person)
    assert post(client, _link(_mail())).status_code == 303
    assert "sanne@gemeente.example" in _file(client)


def test_a_day_of_guesses_ends_codes_but_not_links(client, person):
    for _ in range(5):
        asked = proofs.ask_proof(person, person.addresses[0])
        asked.wrong_codes, asked.created_at = 5, clock.now() - timedelta(hours=2)
    _ask(client, person)
    text = _mail()
    assert post(client, "/preferences/mine/prove/code", code=_code(text)).status_code == 422
    assert post(client, _link(text)).status_code == 303


def test_neither_link_nor_code_stands_with_the_request(client, person):
    _ask(client, person)
    text = _mail()
    row = db.session.scalars(sa.select(ProofRequest)).one()
    kept = " ".join(str(getattr(row, column.name)) for column in ProofRequest.__table__.c)
    assert (_code(text).replace(" ", "") in kept, _link(text).rpartition("/")[2] in kept) == (False, False)


def test_requests_are_forgotten_after_a_day(person):
    proofs.ask_proof(person, person.addresses[0])
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        assert proofs.forget_old_proofs() == 1


def test_without_an_address_that_works_there_is_no_mail_and_a_way_out(client, person):
    mail_addresses.note_bounced_address(person.email, "550 5.1.1 no such user")
    page = f"{_page(person)}/prove"
    assert "geen mailadres van je dat werkt" in client.get(page).text
    sent = {**hidden(client, "/sign-in"), "next": ""}
    assert client.post(page, data=sent).status_code == 422
    assert not mails(Message.kind == "proof")


def test_what_was_left_comes_back_to_who_left_it(client, person):
    """In a browser with two links, the one does not get back what the other left."""
    other = factories.person("Bob Bakker", of=factories.network())
    _ask(client, person)
    post(client, _link(_mail()))
    post(client, f"{_page(person)}/leave")
    post(client, _page(other), digest="monthly", language="nl")
    assert "Toch weer meedoen" not in client.get("/preferences/mine").text
    post(client, "/preferences/mine/return", page="/preferences/mine")
    db.session.expire_all()
    assert (other.digest, person.memberships[0].standing) == (DigestFrequency.MONTHLY, Standing.LEFT)


class TestAfterTheirPersonChanged:
    """Links that were mailed before somebody was erased or turned out to be somebody else."""

    def test_nothing_opens_of_who_was_erased(self, client, person):
        _ask(client, person)
        pages = [_page(person), f"{_page(person)}/data", _link(_mail()), "/preferences/mine", "/preferences/mine/data"]
        people.erase_person(person)
        for page in pages:
            answer = client.get(page)
            assert (answer.status_code, "Deze link werkt niet (meer)" in answer.text) == (404, True), page
        assert not db.session.scalars(sa.select(ProofRequest)).all()

    def test_of_who_was_merged_the_file_asks_for_the_address_of_who_is_kept(self, client, person):
        kept = factories.person("Sanne Vries", of=factories.network(), address="s.vries@provincie.example")
        _ask(client, person)
        text = _mail()
        old = _page(person)
        post(client, _link(text))
        merges.merge_people(kept, person)
        db.session.commit()
        assert "Sanne" in client.get(old).text
        assert (client.get(_link(text)).status_code, client.get(f"{old}/data").status_code) == (404, 303)
        assert post(client, old, digest="weekly", language="nl").status_code == 303
        assert client.get("/preferences/mine/data").status_code == 303
        post(client, f"{old}/prove")
        assert "S… @provincie.example" in client.get("/preferences/mine/prove/code").text
        work()
        assert mails(Message.kind == "proof")[-1].recipient == "s.vries@provincie.example"

    def test_a_form_that_stood_open_during_the_merge_still_counts(self, client, person):
        kept = factories.person("Sanne Vries", of=factories.network())
        post(client, _page(person), digest="weekly", language="nl")
        merges.merge_people(kept, person)
        answer = post(client, "/preferences/mine", digest="monthly", language="nl")
        db.session.expire_all()
        assert (answer.status_code, kept.digest) == (303, DigestFrequency.MONTHLY)
