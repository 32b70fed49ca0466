"""Nobody's work is lost on a form: signed out, signed in again, an old page, a link that was forgotten."""

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.database import db
from app.invitations import invitation_links
from app.network.people.models import PersonSession
from tests import factories
from tests.helpers import hidden, post, sign_in, sign_in_by_link, sign_in_person
from tests.web.test_versions import Filled

HERE = {"Sec-Fetch-Site": "same-origin"}
"""As a browser says of a form on a page of the site itself."""
WORDS = "Wat ik net bedacht"


@pytest.fixture
def network(client):
    network = factories.network()
    sign_in(client, factories.account(network))
    return network


def sign_out(client) -> None:
    assert post(client, "/sign-out", page="/organise").status_code == 303


def sent_again(page: str) -> dict[str, str]:
    """What the button of a page that holds a form sends."""
    return next(form for form in reversed(Filled(page).forms) if "csrf_token" in form)


class TestOrganisers:
    def _form(self, client, network) -> tuple[str, dict[str, str]]:
        page = f"/organise/networks/{network.slug}/settings"
        form = next(form for form in Filled(client.get(page).text).forms if "opened" in form)
        return page, form | {"summary": WORDS, "joining": "approval", "colour": network.colour.value}

    def test_after_signing_out_and_in_the_form_comes_back_filled(self, client, network):
        page, form = self._form(client, network)
        sign_out(client)
        kept = client.post(page, data=form, headers=HERE)
        assert kept.status_code == 403
        assert "Je bent uitgelogd" in kept.text
        sign_in_by_link(client, factories.account(network))
        back = client.post(page, data=sent_again(kept.text), headers=HERE)
        assert back.status_code == 200
        assert f'value="{WORDS}"' in back.text
        assert "Er is nog niets opgeslagen" in back.text
        assert network.summary != WORDS
        filled = next(form for form in Filled(back.text).forms if "opened" in form)
        filled |= {"joining": "approval", "colour": network.colour.value}
        assert client.post(page, data=filled).status_code == 303
        assert network.summary == WORDS

    def test_a_session_that_ran_out_keeps_what_was_typed(self, client, network):
        page, form = self._form(client, network)
        with client.session_transaction() as session:
            session.pop("account")
        kept = client.post(page, data=form)
        assert kept.status_code == 403
        assert WORDS in kept.text
        assert network.summary != WORDS

    def test_what_has_no_page_of_its_own_is_sent_again_by_a_button(self, client, network):
        event = factories.held(network)
        act = f"/organise/events/{event.slug}/learned/insights"
        kept = client.post(act, data={"csrf_token": "oud", "title": WORDS}, headers=HERE)
        assert kept.status_code == 400
        assert client.post(act, data=sent_again(kept.text)).status_code == 303
        assert WORDS in client.get(f"/organise/events/{event.slug}/learned").text

    def test_a_file_is_said_to_be_lost(self, client, network):
        page = f"/organise/networks/{network.slug}/import"
        data = {"csrf_token": "oud", "text": WORDS, "file": (io.BytesIO(b"a;b"), "lijst.csv")}
        assert "Een bestand kunnen we niet onthouden" in client.post(page, data=data, headers=HERE).text

    def test_another_site_gets_no_form_filled(self, client, network):
        page, form = self._form(client, network)
        for says in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
            answer = client.post(page, data=form | {"csrf_token": "oud"}, headers=says)
            assert answer.status_code == 400
            assert WORDS not in answer.text

    def test_a_view_that_would_act_at_once_writes_nothing(self, client, network):
        event = factories.event(network)
        page = f"/organise/events/{event.slug}/archive"
        assert post(client, page, reason="Om te bewaren").status_code == 303
        answer = client.post(page, data={"csrf_token": "oud", "reason": "Weg"}, headers=HERE)
        assert answer.status_code == 400
        assert "Om te bewaren" in client.get(page).text

    def test_what_is_gone_meanwhile_still_shows_what_was_typed(self, client, network):
        event = factories.event(network)
        page = f"/organise/events/{event.slug}/questions/999"
        token = hidden(client, "/organise")
        answer = client.post(page, data=token | {"label": WORDS}, headers=HERE)
        assert answer.status_code == 404
        assert WORDS in answer.text


class TestPersonal:
    def test_an_old_page_of_a_personal_link_is_sent_again_by_a_button(self, client, app):
        invitation = factories.invitation(factories.event())
        link = invitation_links.link_to_invitation(invitation).removeprefix("http://leerkring.test")
        kept = client.post(
            link, data={"csrf_token": "oud", "answer": "substitute", "name": "Piet Jansen"}, headers=HERE
        )
        assert (kept.status_code, "Piet Jansen" in kept.text) == (400, True)
        again = sent_again(kept.text)
        assert (again["answer"], again["name"]) == ("substitute", "Piet Jansen")
        assert client.post(link, data=again | {"answer": "no"}).status_code == 303

    def test_who_proved_too_long_ago_who_they_are_loses_nothing(self, client, app):
        person = factories.person("Jan", of=factories.network())
        page = "/me/data"
        sign_in_person(client, person)
        form = next(form for form in Filled(client.get(page).text).forms if "opened" in form)
        db.session.execute(sa.update(PersonSession).values(authenticated_at=clock.now() - timedelta(minutes=11)))
        kept = client.post(f"{page}/name", data=form | {"name": "Jan de Nieuwe"})
        assert kept.status_code == 403
        sign_in_person(client, person)
        again = sent_again(kept.text) | {"csrf_token": hidden(client, page)["csrf_token"]}
        assert client.post(f"{page}/name", data=again).status_code == 303
        db.session.refresh(person)
        assert person.name == "Jan de Nieuwe"
