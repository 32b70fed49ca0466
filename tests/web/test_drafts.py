"""What is typed outlives the browser: every form with a long text keeps a draft on the device, or says here why not."""

import re
from pathlib import Path

import pytest

from app.agendas import koppels
from app.agendas.models import Office
from app.database import db
from app.events import event_questions
from app.events.models import Event, Preset, Question, QuestionKind, Speaker
from app.invitations import invitation_links
from app.lessons.board import boards
from app.lessons.evaluations import evaluations
from app.lessons.insights import commitment_letters
from app.registration.forms import questions_form
from app.settings import ROOT
from app.speakers import asking
from app.speakers.models import SpeakerAnswer
from tests import factories
from tests.accounts.test_rights import PAGES, make_world
from tests.helpers import post, sign_in

pytestmark = pytest.mark.one_database

FREE = {
    "pasted": "a list of people, which lies where it was copied from",
    "people": "addresses of others, pasted as well",
    "addresses": "addresses of others, pasted as well",
    "notes": "what is noted about somebody lies on no device",
    "notice_reason": "a sentence on a page that asks on; what was typed before it is in a draft",
}
"""Fields of more lines in forms without a draft, by the last part of their name, and why."""
_FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
_BOX = re.compile(r'<textarea(?![^>]* hidden)[^>]* name="([^"]+)"')
_FIELD = re.compile(r"^\s+(\w+) = LinesField\(", re.MULTILINE)


def _long_forms(page: str) -> list[tuple[set[str], str]]:
    """The forms of a page with a long text, and which those are."""
    return [(boxes, form) for form in _FORM.findall(page) if (boxes := set(_BOX.findall(form)))]


def _is_free(names: set[str]) -> bool:
    return {re.split(r"[-_]\d+[-_]|-", name)[-1] for name in names} <= set(FREE)


def _without_draft(page: str) -> list[set[str]]:
    return [names for names, form in _long_forms(page) if "data-draft-offer" not in form and not _is_free(names)]


def _text_of(client, address: str) -> str:
    answer = client.get(address)
    return answer.text if answer.mimetype == "text/html" else ""


def _link_of_speaker(speaker_id: int) -> str:
    """Of somebody who said yes, and tells who they are."""
    asked = asking.asked_of_speaker(db.session.get_one(Speaker, speaker_id))
    asking.answer_request(asked, SpeakerAnswer.YES, "")
    return asking.link_of_speaker(asked)


@pytest.fixture
def pages(app, client) -> dict[str, str]:
    """Every page that may have a form, by address: of organisers as an administrator sees them, and those of a link."""
    world = make_world()
    event = db.session.query(Event).filter_by(slug=world["e"]).one()
    board = boards.open_board(event)
    event.questions.append(Question(kind=QuestionKind.TEXT, label="Wat wil je weten?", place=9))
    registration = factories.registration(event)
    there = factories.attendance(factories.held(event.network)).invitation
    evaluations.plan_due_evaluations()
    db.session.commit()
    personal = [
        f"/k/{board.code}",
        invitation_links.link_to_invitation(registration.invitation),
        invitation_links.questions_page(there),
        commitment_letters.link_to_commitment(factories.commitment(event, there.person)),
        _link_of_speaker(world["speaker"]),
        koppels.link_to_office(db.session.get_one(Office, world["office"])),
    ]
    db.session.commit()
    found = {page: _text_of(client, page.removeprefix("http://leerkring.test")) for page in personal}
    sign_in(client, world["accounts"]["admin"])
    return found | {page: _text_of(client, page.format(**world)) for page in PAGES}


def test_every_form_with_a_long_text_keeps_a_draft(pages):
    assert {page: lost for page, text in pages.items() if (lost := _without_draft(text))} == {}
    forms = [each for text in pages.values() for each in _long_forms(text)]
    fields = {name for file in Path(ROOT, "app").rglob("*forms.py") for name in _FIELD.findall(file.read_text())}
    seen = {name for names, _ in forms for name in names}
    unseen = {name for name in fields if not any(each.endswith(name) for each in seen)}
    assert unseen - set(FREE) == set(), "a form on a page that is not opened here would pass by"
    free = {re.split(r"[-_]", name)[-1] for names, form in forms if "data-draft-offer" not in form for name in names}
    assert set(FREE) - free <= {"notice_reason", "addresses"}, (
        "what is free of it exists; these two show after a choice"
    )


def test_a_draft_is_of_who_opened_the_link(client, app):
    """Two people answer in one browser, at an address that does not say which of them."""
    event = factories.event(factories.network())
    event.questions.append(Question(kind=QuestionKind.TEXT, label="Wat wil je weten?", place=1))
    owners = set()
    for invitation in (factories.invitation(event), factories.invitation(event)):
        db.session.commit()
        link = invitation_links.link_to_invitation(invitation).removeprefix("http://leerkring.test")
        post(client, link, answer="on_site")
        owners |= set(re.findall(r'data-draft-offer="([^"]+)"', client.get(f"/my/{event.slug}").text))
    assert len(owners) == 2


def test_answers_about_health_or_belief_lie_on_no_device(app):
    ordinary = Question(id=1, kind=QuestionKind.TEXT, label="Wat wil je weten?", choices=[])
    special = Question(id=2, kind=QuestionKind.TEXT, label="Heb je een allergie?", choices=[])
    ready = event_questions.make_preset_question(Preset.DIETARY)
    ready.id = 3
    with app.test_request_context():
        assert questions_form([ordinary, special, ready], {}, None).about_needs == ["question_2", "question_3"]


def test_two_people_at_one_device_have_drafts_of_their_own(client):
    """Their pages of one session have the same address, which does not say whose it is."""
    event = factories.event()
    event.questions.append(Question(kind=QuestionKind.TEXT, label="Wat wil je weten?", place=1))
    found = []
    for who in factories.crowd(2):
        registration = factories.registration(event, who)
        db.session.commit()
        link = invitation_links.link_to_invitation(registration.invitation).removeprefix("http://leerkring.test")
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(link).text)[1]
        client.post(link, data={"csrf_token": token, "answer": "on_site"})
        found.append(re.search(r'data-draft-offer="([^"]+)"', client.get(f"/my/{event.slug}").text)[1])
    assert found[0] != found[1]


def test_a_page_that_answers_a_form_says_so(client, app):
    """The device then knows that nothing was saved, and keeps what was typed."""
    network = factories.network(slug="netwerk")
    sign_in(client, factories.account(network))
    address = "/organise/networks/netwerk/events/new"
    assert "data-sent-back" not in client.get(address).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)[1]
    assert "data-sent-back" in client.post(address, data={"csrf_token": token}).text
