"""Ticking mails on the board: letting them wait or go on, sending again, taking back, and taking the list along."""

import csv
import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock
from app.accounts.models import NetworkRole
from app.database import db
from app.invitations.deliveries import delivery_board
from app.invitations.waves import wave_runs, waves
from app.network.people import mail_addresses
from app.outbox import message_states
from app.outbox.kinds import MessageKind
from app.outbox.models import Message, MessageState
from tests import factories
from tests.helpers import post, sign_in, work


@pytest.fixture
def event(app, client):
    event = factories.event(factories.network(slug="netwerk", quiet_hours=False))
    sign_in(client, factories.account(event.network))
    return event


@pytest.fixture
def board(event) -> str:
    return f"/organise/events/{event.slug}/mails"


@pytest.fixture
def three(event) -> list[Message]:
    """Invitations to three people, planned for the day after tomorrow."""
    factories.crowd(3, of=event.network)
    wave = factories.wave(event, to=factories.audience(event.network))
    return _planned(wave)


def _planned(wave) -> list[Message]:
    wave_runs.run_due_waves()
    theirs = Message.wave_id == wave.id
    db.session.execute(sa.update(Message).where(theirs).values(due_at=clock.now() + timedelta(days=2)))
    db.session.commit()
    return list(db.session.scalars(sa.select(Message).where(theirs).order_by(Message.id)))


def _chosen(board: str, do: str, *messages, query: str = "") -> str:
    return f"{board}/chosen?do={do}{''.join(f'&tick={each.id}' for each in messages)}{query}"


def _send(client, board: str, act: str, *messages, query: str = ""):
    return post(client, _chosen(board, act, *messages, query=query).replace("/chosen?", f"/chosen/{act}?"), page=board)


def _states(*messages) -> list[MessageState]:
    db.session.expire_all()
    return [each.state for each in messages]


def _lose(*messages, state: MessageState = MessageState.FAILED) -> None:
    for each in messages:
        each.state = state
    db.session.commit()


def _later(**after):
    return time_machine.travel(clock.now() + timedelta(**after))


def _repeats() -> list[MessageState]:
    db.session.expire_all()
    again = sa.select(Message.state).where(Message.again_of_id.is_not(None)).order_by(Message.id)
    return list(db.session.scalars(again))


def _without_lists(statement: str) -> str:
    return re.sub(r" IN \(.*?\)(?= AND| RETURNING|$)", " IN ()", statement)


class TestTheBoard:
    def test_what_is_ticked_stays_over_pages_filters_and_states(self, client, board, three):
        page = client.get(f"{board}?q=Nummer001&tick={three[0].id}&tick={three[1].id}").text
        assert f'form="lijst" name="kept" value="{three[0].id}"' in page
        assert re.search(rf'name="tick" value="{three[1].id}"[^>]* checked', page)
        assert re.search(r'<button[^>]* form="lijst" name="show" value="planned">Gepland: 1<', page)

    @pytest.mark.parametrize(
        ("query", "found"), [("?show=planned", 2), ("?state=planned&show=lost", 1), ("?state=lost&show=all", 3)]
    )
    def test_a_button_of_a_state_goes_before_the_state_that_was_shown(self, client, board, three, query, found):
        _lose(three[0])
        assert client.get(board + query).text.count('class="tick"') == found

    @pytest.mark.parametrize(
        ("sort", "expected"), [("", "210"), ("earliest", "012"), ("name", "012"), ("onzin", "210")]
    )
    def test_order(self, client, board, three, sort, expected):
        found = re.findall(r'aria-label="Persoon Nummer00(\d), Uitnodiging"', client.get(f"{board}?sort={sort}").text)
        assert "".join(found) == expected

    def test_pages_and_acts_take_a_fixed_number_of_queries(self, client, event, board, queries):
        counted, changes = [], []
        for size in (3, 120):
            factories.crowd(size, of=event.network)
            _planned(factories.wave(event, to=factories.audience(event.network)))
            with queries() as seen:
                for act in ("pause", "drop", "again"):
                    client.get(f"{board}/chosen?do={act}&all=1")
                _send(client, board, "pause", query="&all=1")
                _send(client, board, "resume", query="&all=1")
            counted.append(sum("messages" in statement for statement in seen))
            changes.append([_without_lists(each) for each in seen if each.startswith("UPDATE messages")])
        assert counted[0] == counted[1] > 0
        assert changes[0] == changes[1]  # of one step; errands.STEP says how many ids those name at most

    def test_readers_get_no_boxes_and_act_upon_nothing(self, client, event, board, three):
        sign_in(client, factories.account(event.network, NetworkRole.READER))
        page = client.get(board).text
        assert ("Nummer001" in page, 'type="checkbox"' in page) == (True, False)

    def test_a_list_that_renews_itself_keeps_what_is_ticked_elsewhere(self, client, event, board, three):
        factories.registration(event)
        part = client.get(f"{board}?tick={three[0].id}&q=Nummer001", headers={"HX-Request": "true"}).text
        assert f'name="kept" value="{three[0].id}"' in part


class TestWaiting:
    def test_it_says_with_how_many_and_why_not(self, client, board, three):
        _lose(three[2])
        page = client.get(_chosen(board, "pause", *three)).text
        assert "Je koos 3 mails. Bij 2 kan dit." in page
        assert "Niet aangenomen: 1" in page

    def test_they_wait_and_go_on_after_a_minute(self, client, board, three):
        answer = _send(client, board, "pause", *three[:2])
        assert _states(*three) == [MessageState.PAUSED, MessageState.PAUSED, MessageState.PLANNED]
        assert "2 mails staan op pauze." in client.get(answer.location).text
        with _later(days=3):
            work()
            assert _states(*three) == [MessageState.PAUSED, MessageState.PAUSED, MessageState.SENT]
            _send(client, board, "resume", *three)
            work()
            assert _states(*three[:2]) == [MessageState.PLANNED] * 2
        with _later(days=3, minutes=2):
            work()
            assert _states(*three[:2]) == [MessageState.SENT] * 2

    def test_within_that_minute_it_can_be_undone(self, client, board, three):
        _send(client, board, "pause", *three)
        answer = _send(client, board, "resume", *three[:2])
        assert "2 mails gaan verder, over een minuut op zijn vroegst." in client.get(answer.location).text
        assert _states(*three) == [MessageState.PLANNED, MessageState.PLANNED, MessageState.PAUSED]
        post(client, "/organise/undo", page=board)
        assert _states(*three) == [MessageState.PAUSED] * 3

    def test_undoing_pauses_nothing_that_somebody_else_let_go(self, client, event, board, three):
        _send(client, board, "pause", *three)
        _send(client, board, "resume", three[0])
        other = client.application.test_client()
        sign_in(other, factories.account(event.network, name="Een Ander"))
        _send(other, board, "resume", three[1])
        post(client, "/organise/undo", page=board)
        assert _states(*three) == [MessageState.PAUSED, MessageState.PLANNED, MessageState.PAUSED]

    def test_mails_of_a_mailing_that_was_paused_go_on_with_it(self, client, board, three):
        waves.pause_wave(three[0].wave)
        db.session.commit()
        page = client.get(_chosen(board, "resume", *three)).text
        assert "Bij geen enkele kan dit." in page
        assert "Bij de andere niet:" not in page
        assert "daar gaan ze samen verder: 3" in page
        _send(client, board, "resume", *three)
        assert _states(*three) == [MessageState.PAUSED] * 3

    def test_mails_about_a_change_go_on_with_the_change(self, client, board, three):
        three[0].kind, three[0].wave_id = MessageKind.EVENT_CHANGED, None
        db.session.commit()
        for act in ("pause", "resume"):
            _send(client, board, act, *three)
        assert _states(*three) == [MessageState.PAUSED, MessageState.PLANNED, MessageState.PLANNED]


class TestAgain:
    def test_it_goes_to_the_address_that_somebody_has_by_now(self, client, board, three):
        _lose(*three[:2])
        mail_addresses.set_address(three[0].person, "nieuw@oss.example")
        db.session.commit()
        assert "Je koos 3 mails. Bij 2 kan dit." in client.get(_chosen(board, "again", *three)).text
        answer = _send(client, board, "again", *three)
        assert "2 mails gaan over een minuut opnieuw weg." in client.get(answer.location).text
        work()
        assert _repeats() == [MessageState.PLANNED] * 2
        with _later(minutes=2):
            work()
        assert _repeats() == [MessageState.SENT] * 2
        again = sa.select(Message.recipient).where(Message.again_of_id == three[0].id)
        assert db.session.scalar(again) == "nieuw@oss.example"

    def test_within_a_minute_it_can_be_taken_back_and_sent_again_later(self, client, board, three):
        _lose(three[0])
        _send(client, board, "again", three[0])
        post(client, "/organise/undo", page=board)
        assert _repeats() == [MessageState.CANCELLED]
        _send(client, board, "again", three[0])
        assert _repeats() == [MessageState.CANCELLED, MessageState.PLANNED]

    def test_once_is_enough(self, client, board, three):
        _lose(three[0])
        _send(client, board, "again", three[0])
        assert "Is al opnieuw verstuurd: 1" in client.get(_chosen(board, "again", three[0])).text
        _send(client, board, "again", three[0])
        assert len(_repeats()) == 1

    def test_an_address_that_does_not_work_is_mended_first(self, client, board, three):
        _lose(three[0], state=MessageState.FAILED)
        mail_addresses.note_bounced_address(three[0].recipient, "550")
        db.session.commit()
        page = client.get(_chosen(board, "again", three[0])).text
        assert "Het mailadres werkt niet: verbeter het eerst: 1" in page
        _send(client, board, "again", three[0])
        assert _repeats() == []

    def test_more_than_can_be_repeated_together_is_refused(self, client, board, three, monkeypatch):
        from app.invitations.deliveries import chosen_mails, list_views

        for module in (chosen_mails, list_views):
            monkeypatch.setattr(module, "MOST", 2)
        _lose(*three)
        assert "hoogstens 2 tegelijk" in client.get(f"{board}/chosen?do=again&all=1").text
        answer = _send(client, board, "again", query="&all=1")
        assert ("hoogstens 2 tegelijk" in client.get(answer.location).text, _repeats()) == (True, [])


class TestTakingBack:
    def test_what_has_not_left_never_will(self, client, board, three):
        _lose(three[2])
        page = client.get(_chosen(board, "drop", *three)).text
        assert "Dit kun je niet ongedaan maken." in page
        assert "Trek 2 mails in" in page
        _send(client, board, "drop", *three)
        assert _states(*three) == [MessageState.CANCELLED, MessageState.CANCELLED, MessageState.FAILED]
        with _later(days=3):
            work()
        assert MessageState.SENT not in _states(*three)


class TestEither:
    @pytest.mark.parametrize("act", ["pause", "resume", "again", "drop"])
    def test_none_ticked_means_not_all(self, client, board, three, act):
        before = _states(*three)
        assert "Vink eerst aan wat je bedoelt." in client.get(client.get(f"{board}/chosen?do={act}").location).text
        _send(client, board, act)
        assert (_states(*three), _repeats()) == (before, [])

    def test_mails_of_another_session_are_chosen_by_no_number(self, client, event, board, three):
        other = factories.event(event.network)
        board = f"/organise/events/{other.slug}/mails"
        _send(client, board, "drop", *three)
        assert _states(*three) == [MessageState.PLANNED] * 3

    def test_all_that_meet_the_filter(self, client, board, three):
        _send(client, board, "drop", query="&all=1&q=Nummer001")
        assert _states(*three) == [MessageState.PLANNED, MessageState.CANCELLED, MessageState.PLANNED]

    def test_each_state_has_its_place(self):
        """A state from which nothing can be taken back, paused or repeated is over, or on its way."""
        steered = {*message_states.UNSENT, *message_states.LOST}
        assert set(MessageState) - steered == {
            MessageState.SENDING, MessageState.SENT, MessageState.SUPPRESSED, MessageState.CANCELLED, MessageState.BUNDLED,
        }  # fmt: skip


def test_the_ticked_ones_are_taken_along_with_the_columns_that_were(client, board, three):
    assert "Antwoord van de mailserver" in client.get(_chosen(board, "export", three[1])).text
    answer = post(client, f"{board}/export.csv?tick={three[1].id}", page=board, column=["1", "4"])
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert rows == [["Naam", "Mail"], ["Persoon Nummer001", "Uitnodiging"]]


def test_a_mail_that_was_taken_back_does_not_count_as_repeated(event, three):
    _lose(three[0])
    again = delivery_board.repeat_message(three[0], three[0].recipient)
    assert not delivery_board.can_repeat(three[0])
    again.state = MessageState.CANCELLED
    db.session.flush()
    assert delivery_board.can_repeat(three[0])
