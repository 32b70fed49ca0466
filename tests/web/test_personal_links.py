"""Two people's links in one browser never mix: what is sent counts for whose page it stood on."""

import pytest

from app.database import db
from app.events import event_questions
from app.events.models import Preset
from app.invitations import invitation_links
from app.invitations.models import Answer
from tests import factories
from tests.helpers import hidden, post

HERE = "http://leerkring.test"


@pytest.fixture
def two(app):
    """Two invitations of one session, and the page at the address that both share after answering."""
    event = factories.event()
    event.questions = [event_questions.make_preset_question(Preset.DIETARY)]
    return [factories.invitation(event, factories.person(name)) for name in ("Karin Smit", "Bob Bakker")]


def _answer(client, invitation, answer: str = "on_site"):
    link = invitation_links.link_to_invitation(invitation).removeprefix(HERE)
    return post(client, link, answer=answer)


def test_the_page_that_was_left_open_answers_for_its_own_person(client, two):
    first, second = two
    mine = _answer(client, first).location
    on_the_page = hidden(client, mine)
    assert _answer(client, second).location == mine
    client.post(mine, data={**on_the_page, "answer": "no"})
    assert [first.answer, second.answer] == [Answer.NO, Answer.YES]
    assert "Karin" in client.get(mine).text


def test_a_form_that_does_not_say_whose_it_is_changes_nothing(client, two):
    first, second = two
    mine = _answer(client, first).location
    sent = hidden(client, mine)
    for whose in ("", sent["whose"][:-1] + "x", sent["whose"].replace(f".{first.id}.", f".{second.id}.")):
        answer = client.post(mine, data={**sent, "whose": whose, "answer": "no"})
        assert (answer.status_code, "Er is niets veranderd" in answer.text) == (409, True)
    db.session.expire_all()
    assert [first.answer, second.answer] == [Answer.YES, None]


def test_whose_alone_opens_nothing_in_another_browser(app, client, two):
    first, _ = two
    mine = _answer(client, first).location
    sent = hidden(client, mine)
    other = app.test_client()
    assert (
        other.post(
            mine, data={**sent, "csrf_token": hidden(other, "/sign-in")["csrf_token"], "answer": "no"}
        ).status_code
        == 404
    )
    assert first.answer == Answer.YES


def test_what_a_session_remembered_before_this_still_opens(client, two):
    first, _ = two
    with client.session_transaction() as session:
        session["invitations"] = {first.event.slug: [first.id, first.token_version]}
    assert "Karin" in client.get(f"/my/{first.event.slug}").text
