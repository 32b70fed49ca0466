"""Catching lessons: from phones in the room, by note takers, on the screen, sorted by the moderator."""

import re

import pytest
import sqlalchemy as sa

from app.database import db
from app.lessons.board import boards, cards
from app.lessons.board.models import Board, Card, CardState
from app.lessons.impressions import impressions
from app.network.people import people
from tests import factories
from tests.helpers import csrf, post, sign_in


@pytest.fixture
def board(app) -> Board:
    event = factories.event()
    factories.move(event, hours=-1)
    return boards.open_board(event)


@pytest.fixture
def moderator(client, board):
    sign_in(client, factories.account(board.event.network))
    return client


def _cards() -> list[Card]:
    return list(db.session.scalars(sa.select(Card).order_by(Card.id)))


def test_a_thought_goes_from_a_phone_to_the_screen(client, board):
    answer = post(client, f"/k/{board.code}", text="  Begin klein.\r\nEn samen. ")

    assert client.get(answer.location).text.count("Begin klein.") == 1
    assert [card.text for card in _cards()] == ["Begin klein.\nEn samen."]
    screen = client.get(f"/k/{board.code.upper()}/screen").text
    assert "Begin klein." in screen
    assert f"leerkring.test/k/<wbr>{board.code}" in screen
    assert "<html" not in client.get(f"/k/{board.code}/live").text


def test_names_only_when_the_moderator_allows_them(client, board):
    page = f"/k/{board.code}"
    assert "Niemand ziet wie dit stuurt." in client.get(page).text
    post(client, page, text="Zonder", author="Sanne")
    board.named = True
    post(client, page, text="Met", author="Sanne")
    board.event.confidential = True
    post(client, page, text="Vertrouwelijk", author="Sanne")

    assert [(card.text, card.author) for card in _cards()] == [("Zonder", ""), ("Met", "Sanne"), ("Vertrouwelijk", "")]


def test_a_confidential_board_does_not_name_its_session(client, board):
    board.event.confidential, board.event.title = True, "Geheim overleg"

    assert "Geheim overleg" not in client.get(f"/k/{board.code}").text + client.get(f"/k/{board.code}/screen").text


def test_moderated_cards_wait_until_they_are_shown(client, board):
    board.moderated = True
    page = client.get(post(client, f"/k/{board.code}", text="Eerst bekijken").location).text
    assert "De moderator bekijkt je kaartje eerst." in page
    assert "Eerst bekijken" not in client.get(f"/k/{board.code}/screen").text

    sign_in(client, factories.account(board.event.network))
    learned = f"/organise/events/{board.event.slug}/learned"
    post(client, f"{learned}/cards/{_cards()[0].id}", page=learned, action="show")
    assert "Eerst bekijken" in client.get(f"/k/{board.code}/screen").text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Vul dit in."),
        (" \n\t ", "Vul dit in."),
        ("x" * 10_000, "Gebruik hooguit 500 tekens."),
    ],
)
def test_what_is_no_card_is_told_at_the_field(client, board, text, words):
    answer = post(client, f"/k/{board.code}", text=text)

    assert answer.status_code == 422
    assert words in answer.text
    assert _cards() == []


def test_scripts_and_strange_characters_stay_text(client, board):
    post(client, f"/k/{board.code}", text="<script>alert(1)</script>\x00\x07 ‮ 🙂")

    assert "&lt;script&gt;" in client.get(f"/k/{board.code}/screen").text
    assert "\x07" not in _cards()[0].text


def test_a_closed_board_and_a_wrong_address(client, board):
    token = csrf(client, f"/k/{board.code}")
    board.open = False

    client.post(f"/k/{board.code}", data={"text": "Te laat", "csrf_token": token})

    assert "Het bord is gesloten" in client.get(f"/k/{board.code}").text
    assert _cards() == []
    assert client.get("/k/zzzzzz").status_code == 404


def test_three_hundred_people_in_a_minute_but_nobody_alone(app, board):
    from app.extensions import limiter

    limiter.enabled = True
    try:
        limiter.reset()
        statuses = [
            post(app.test_client(), f"/k/{board.code}", text=f"Les {number}").status_code for number in range(60)
        ]
        alone = app.test_client()
        token = csrf(alone, f"/k/{board.code}")
        eager = [
            alone.post(f"/k/{board.code}", data={"text": "Meer", "csrf_token": token}).status_code for _ in range(14)
        ]
    finally:
        limiter.enabled = False

    assert statuses == [303] * 60
    assert eager == [303] * 12 + [429] * 2
    assert cards.count_shown_cards(board) == 72


def test_the_screen_takes_a_fixed_number_of_queries(client, board, queries):
    for size in (1, 40):
        for number in range(size):
            cards.catch_card(board, f"Les {number}")
        db.session.commit()
        with queries() as seen:
            client.get(f"/k/{board.code}/live")
        assert len(seen) == 3


class TestNotes:
    def test_a_note_taker_types_on(self, moderator, board):
        page = f"/organise/events/{board.event.slug}/learned/notes"
        board.moderated, board.open = True, False

        for text in ("Eén", "Twee"):
            post(moderator, page, text=text)

        assert [(card.text, card.state) for card in _cards()] == [("Eén", "shown"), ("Twee", "shown")]
        assert re.findall(r'class="words">([^<]+)', moderator.get(page).text) == ["Twee", "Eén"]

    def test_the_script_gets_an_empty_field_and_the_list(self, moderator, board):
        page = f"/organise/events/{board.event.slug}/learned/notes"
        data = {"text": "Snel", "csrf_token": csrf(moderator, page)}

        answer = moderator.post(page, data=data, headers={"HX-Request": "true"})

        assert "<html" not in answer.text
        assert ">Snel</p>" in answer.text
        assert re.search(r"<textarea[^>]*></textarea>", answer.text)

    def test_two_note_takers_see_their_own(self, app, board):
        page = f"/organise/events/{board.event.slug}/learned/notes"
        for name in ("Els", "Jan"):
            client = app.test_client()
            sign_in(client, factories.account(board.event.network, name=name))
            post(client, page, text=f"Van {name}")
            assert re.findall(r'class="words">([^<]+)', client.get(page).text) == [f"Van {name}"]

        assert cards.count_shown_cards(board) == 2


class TestSorting:
    def _press(self, client, board, card, action, **more):
        page = f"/organise/events/{board.event.slug}/learned"
        return post(client, f"{page}/cards/{card.id}", page=page, action=action, **more)

    def test_three_plain_buttons(self, moderator, board):
        first, second, third = (
            cards.catch_card(board, text) for text in ("Samen inkopen", "Dat scheelt tijd", "Maak een lijst")
        )

        self._press(moderator, board, first, "insight")
        insight = impressions.impression_of_event(board.event).insights[0]
        self._press(moderator, board, second, "group", insight=insight.id)
        self._press(moderator, board, third, "suggestion", insight=insight.id)

        insight = impressions.impression_of_event(board.event).insights[0]
        assert (insight.title, [each.text for each in insight.suggestions]) == ("Samen inkopen", ["Maak een lijst"])
        assert [card.text for card in cards.cards_by_insight([insight])[insight.id]] == [
            "Samen inkopen",
            "Dat scheelt tijd",
            "Maak een lijst",
        ]
        assert cards.loose_cards(board) == []
        form = moderator.get(f"/organise/events/{board.event.slug}/learned/commitments/new?card={third.id}")
        assert 'value="Maak een lijst"' in form.text

    def test_a_long_card_becomes_a_short_title_with_all_its_words(self, moderator, board):
        card = cards.catch_card(board, "woord " * 80)

        self._press(moderator, board, card, "insight")

        insight = impressions.impression_of_event(board.event).insights[0]
        assert insight.title.endswith("woord…")
        assert len(insight.title) <= 200
        assert insight.explanation == card.text

    def test_hidden_cards_come_back(self, moderator, board):
        card = cards.catch_card(board, "Grof woord")
        self._press(moderator, board, card, "hide")
        assert "Grof woord" not in moderator.get(f"/k/{board.code}/screen").text
        assert "1 verborgen kaartje" in moderator.get(f"/organise/events/{board.event.slug}/learned").text

        self._press(moderator, board, card, "show")
        assert "Grof woord" in moderator.get(f"/k/{board.code}/screen").text

    def test_another_events_card_is_out_of_reach(self, moderator, board):
        other = cards.catch_card(boards.open_board(factories.event()), "Elders")

        assert self._press(moderator, board, other, "hide").status_code == 404
        assert other.state == CardState.SHOWN

    def test_a_card_can_be_taken_out_and_an_insight_removed(self, moderator, board):
        one, two = cards.catch_card(board, "Een"), cards.catch_card(board, "Twee")
        self._press(moderator, board, one, "insight")
        insight = impressions.impression_of_event(board.event).insights[0]
        self._press(moderator, board, two, "group", insight=insight.id)
        self._press(moderator, board, two, "loose")
        assert [card.text for card in cards.loose_cards(board)] == ["Twee"]

        page = f"/organise/events/{board.event.slug}/learned/insights/{insight.id}"
        post(moderator, f"{page}/remove", page=page)
        assert [card.text for card in cards.loose_cards(board)] == ["Een", "Twee"]

    def test_the_page_takes_a_fixed_number_of_queries(self, moderator, board, queries):
        counts = []
        for size in (3, 30):
            for number in range(size):
                self_card = cards.catch_card(board, f"Les {number}")
                if number % 3 == 0:
                    self._press(moderator, board, self_card, "insight")
            db.session.commit()
            with queries() as seen:
                moderator.get(f"/organise/events/{board.event.slug}/learned")
            counts.append(len(seen))
        assert counts[0] == counts[1]


def test_opening_the_board_twice_gives_one(moderator, board):
    page = f"/organise/events/{board.event.slug}/learned"
    post(moderator, f"{page}/board", page=page)

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Board)) == 1


def test_settings_of_the_board(moderator, board):
    page = f"/organise/events/{board.event.slug}/learned"

    post(moderator, f"{page}/settings", page=page, question="Wat ga je doen?", open="y", named="y")
    row = db.session.get(Board, board.id)
    assert (row.question, row.open, row.named, row.moderated) == ("Wat ga je doen?", True, True, False)
    assert post(moderator, f"{page}/settings", page=page, question=" ").status_code == 422


def test_who_is_erased_loses_the_name_under_their_cards(board):
    board.named = True
    person = factories.person("Sanne de Vries")
    factories.invitation(board.event, person)
    mine, other = cards.catch_card(board, "Van mij", "sanne de vries"), cards.catch_card(board, "Van Jan", "Jan")

    people.erase_person(person)
    db.session.expire_all()

    assert (mine.author, other.author) == ("", "Jan")
    assert (mine.text, person.name, person.email) == ("Van mij", people.UNKNOWN, None)
