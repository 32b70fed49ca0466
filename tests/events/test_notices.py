"""What causes mail asks first, by every door that changes a session, and can be held back for a minute."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.database import db
from app.outbox import message_writing
from app.outbox.models import Message, MessageState
from app.polls import polls
from app.registration.models import RegistrationState
from tests import factories
from tests.helpers import mail_to, post, sign_in, text_of, work
from tests.web.test_versions import Filled


@pytest.fixture
def network(client):
    network = factories.network(slug="netwerk")
    sign_in(client, factories.account(network))
    return network


@pytest.fixture
def event(network):
    """A session to which somebody comes and somebody else was asked."""
    event = factories.event(network, town="Oosterhout")
    factories.registration(event)
    asked = factories.invitation(event)
    work()
    asked.calendar_status = "tentative"
    asked.calendar_sequence, asked.calendar_stamp = event.sequence, clock.now()
    db.session.commit()
    return event


def told(event, kind: str = "event_changed") -> list[MessageState]:
    wanted = sa.select(Message.state).where(Message.event_id == event.id, Message.kind == kind)
    return list(db.session.scalars(wanted))


def fill(client, event, **values) -> dict[str, str]:
    form = next(
        form for form in Filled(client.get(f"/organise/events/{event.slug}/edit").text).forms if "opened" in form
    )
    return form | {"format": event.format.value, "zone": event.zone} | values


def change(client, event, **values):
    """Send the form of a session, with the answer when that is asked."""
    return client.post(f"/organise/events/{event.slug}/edit", data=fill(client, event, **values))


class TestEditing:
    @pytest.mark.parametrize(
        "values",
        [
            {"town": "Breda"},
            {"day": "2099-03-04"},
            {"start": "10:00"},
            {"online": "y", "join_url": "https://x.example"},
        ],
    )
    def test_what_others_hear_of_is_asked_first(self, client, event, values):
        before = (event.starts_at, event.town, event.join_url)
        asked = change(client, event, **values)
        assert asked.status_code == 200
        assert "Wie krijgt bericht?" in asked.text
        assert "1 persoon zei ja" in asked.text
        assert "1 persoon is gevraagd" in asked.text
        assert (event.starts_at, event.town, event.join_url) == before
        assert told(event) == []

    def test_it_shows_what_was_and_will_be(self, client, event):
        asked = change(client, event, town="Breda").text
        assert "<del>Oosterhout</del> → <ins>Breda</ins>" in asked

    def test_the_page_that_asks_sends_all_of_it_with_the_answer(self, client, event):
        asked = change(client, event, town="Breda", summary="Anders")
        form = next(form for form in Filled(asked.text).forms if "town" in form)
        done = client.post(
            f"/organise/events/{event.slug}/edit",
            data=form | {"notice": "send", "notice_reason": "De zaal is te klein."},
        )
        assert done.status_code == 303
        assert (event.town, event.summary) == ("Breda", "Anders")
        assert told(event) == [MessageState.PLANNED] * 2

    def test_what_nobody_hears_of_is_saved_at_once(self, client, event):
        assert change(client, event, summary="Anders").status_code == 303
        assert told(event) == []

    def test_where_nobody_was_invited_nothing_is_asked(self, client, network):
        event = factories.event(network)
        assert change(client, event, town="Breda").status_code == 303

    def test_without_mail_nobody_is_told(self, client, event):
        assert change(client, event, town="Breda", notice="silent").status_code == 303
        assert event.town == "Breda"
        assert told(event) == []

    def test_the_reason_stands_in_the_mail(self, client, event, time_machine):
        change(client, event, town="Breda", notice="send", notice_reason="De zaal is te klein.")
        time_machine.move_to(clock.now() + timedelta(minutes=2))
        work()
        assert "De zaal is te klein." in text_of(mail_to(_somebody(event), "event_changed"))

    def test_a_silent_change_right_after_one_that_is_told_goes_along(self, client, event, time_machine):
        change(client, event, town="Breda", notice="send")
        change(client, event, town="Roosendaal", notice="silent")
        time_machine.move_to(clock.now() + timedelta(minutes=2))
        work()
        assert told(event) == [MessageState.SENT] * 2
        assert "Roosendaal" in text_of(mail_to(_somebody(event), "event_changed"))


def _somebody(event):
    wanted = sa.select(Message).where(Message.event_id == event.id, Message.kind == "event_changed").limit(1)
    return db.session.scalars(wanted).one().person


class TestHoldingBack:
    def _act(self, client, event, act: str) -> str:
        page = f"/organise/events/{event.slug}"
        answer = post(client, f"{page}/notice/{act}", page=page)
        return client.get(answer.location).text

    def test_within_a_minute_it_can_be_held_back_and_sent_after_all(self, client, event, time_machine):
        change(client, event, town="Breda", notice="send")
        work()
        assert told(event) == [MessageState.PLANNED] * 2
        assert "2 mails over de wijziging zijn tegengehouden" in self._act(client, event, "hold")
        time_machine.move_to(clock.now() + timedelta(minutes=5))
        work()
        assert told(event) == [MessageState.PAUSED] * 2
        self._act(client, event, "send")
        work()
        assert told(event) == [MessageState.SENT] * 2

    def test_after_a_minute_it_is_gone(self, client, event, time_machine):
        change(client, event, town="Breda", notice="send")
        time_machine.move_to(clock.now() + timedelta(minutes=2))
        work()
        assert "De mail is al weg." in self._act(client, event, "hold")

    def test_what_was_held_back_can_be_dropped(self, client, event, time_machine):
        change(client, event, town="Breda", notice="send")
        self._act(client, event, "hold")
        assert "Er gaat geen mail over deze wijziging weg." in self._act(client, event, "drop")
        assert told(event) == [MessageState.CANCELLED] * 2

    def _write(self, client, event, time_machine) -> None:
        """A change of which the mail was written, but has not left."""
        change(client, event, town="Breda", notice="send")
        time_machine.move_to(clock.now() + timedelta(minutes=2))
        message_writing.write_due_messages()
        assert told(event) == [MessageState.DUE] * 2

    def test_what_was_written_and_held_back_tells_how_it_is_when_it_leaves(self, client, event, time_machine):
        self._write(client, event, time_machine)
        self._act(client, event, "hold")
        change(client, event, town="Roosendaal", notice="silent")
        self._act(client, event, "send")
        work()
        assert told(event) == [MessageState.SENT] * 2
        assert "Roosendaal" in text_of(mail_to(_somebody(event), "event_changed"))

    def test_what_was_written_tells_a_silent_change_as_well(self, client, event, time_machine):
        self._write(client, event, time_machine)
        change(client, event, town="Roosendaal", notice="silent")
        work()
        assert told(event) == [MessageState.SENT] * 2
        assert "Roosendaal" in text_of(mail_to(_somebody(event), "event_changed"))

    @pytest.mark.parametrize("notice", ["silent", "send"])
    def test_what_was_written_stays_when_the_session_is_cancelled(self, client, event, time_machine, notice):
        self._write(client, event, time_machine)
        post(client, f"/organise/events/{event.slug}/cancel", reason="", notice=notice)
        work()
        assert told(event) == [MessageState.SUPPRESSED] * 2

    def test_what_was_written_and_held_back_stays_when_the_session_was_cancelled(self, client, event, time_machine):
        self._write(client, event, time_machine)
        self._act(client, event, "hold")
        post(client, f"/organise/events/{event.slug}/cancel", reason="", notice="silent")
        self._act(client, event, "send")
        work()
        assert told(event) == [MessageState.SUPPRESSED] * 2

    def test_a_later_change_takes_the_place_of_what_was_held_back(self, client, event, time_machine):
        change(client, event, town="Breda", notice="send")
        self._act(client, event, "hold")
        change(client, event, town="Roosendaal", notice="send")
        assert sorted(told(event)) == [MessageState.PLANNED] * 2 + [MessageState.SUPPRESSED] * 2


class TestMoreSeats:
    """Whoever waits gets a place by it, and hears that."""

    @pytest.fixture
    def full(self, client, event):
        """The session with no more seats than are taken, and somebody who waits."""
        event.seats_on_site = 1
        waiting = factories.registration(event)
        work()
        assert waiting.state == RegistrationState.WAITING
        return waiting

    def test_ask_first_who_comes_in(self, client, event, full):
        asked = change(client, event, seats_on_site="2")
        assert (asked.status_code, event.seats_on_site) == (200, 1)
        assert "1 persoon van de wachtlijst krijgt een plek" in asked.text
        assert "Bewaar en mail 1 persoon" in asked.text
        assert full.state == RegistrationState.WAITING

    def test_the_mail_can_be_held_back_for_a_minute(self, client, event, full, time_machine):
        assert change(client, event, seats_on_site="2", notice="send").status_code == 303
        assert (full.state, told(event, "promoted")) == (RegistrationState.CONFIRMED, [MessageState.PLANNED])
        work()
        assert told(event, "promoted") == [MessageState.PLANNED]
        assert "Houd tegen" in client.get(f"/organise/events/{event.slug}").text
        time_machine.move_to(clock.now() + timedelta(minutes=2))
        work()
        assert told(event, "promoted") == [MessageState.SENT]

    def test_or_is_not_sent(self, client, event, full):
        assert change(client, event, seats_on_site="2", notice="silent").status_code == 303
        assert (full.state, told(event, "promoted")) == (RegistrationState.CONFIRMED, [])

    def test_nobody_is_asked_about_seats_for_which_nobody_waits(self, client, event):
        assert change(client, event, seats_on_site="2").status_code == 303


class TestWhoJustCame:
    """Said yes a moment before it was cancelled, so that no mail has told their calendar yet."""

    @pytest.mark.parametrize(("notice", "mails"), [("send", ["event_cancelled"]), ("silent", [])])
    def test_hears_that_it_was_cancelled_and_not_that_they_have_a_place(
        self, client, event, time_machine, notice, mails
    ):
        invitation = factories.registration(event).invitation
        db.session.commit()
        post(client, f"/organise/events/{event.slug}/cancel", reason="", notice=notice)
        time_machine.move_to(clock.now() + timedelta(minutes=2))
        work()
        sent = sa.select(Message.kind).where(Message.invitation_id == invitation.id, Message.state == MessageState.SENT)
        assert list(db.session.scalars(sent)) == mails


class TestOtherDoors:
    def test_cancelling_can_be_done_without_mail(self, client, event):
        page = f"/organise/events/{event.slug}/cancel"
        assert "1 persoon zei ja" in client.get(page).text
        post(client, page, reason="", notice="silent")
        assert event.cancelled
        assert told(event, "event_cancelled") == []

    def test_cancelling_can_be_held_back(self, client, event):
        post(client, f"/organise/events/{event.slug}/cancel", reason="De zaal is weg.")
        work()
        assert told(event, "event_cancelled") == [MessageState.PLANNED] * 2
        assert "Houd tegen" in client.get(f"/organise/events/{event.slug}").text

    def test_reviving_asks_first(self, client, event, time_machine):
        page = f"/organise/events/{event.slug}"
        post(client, f"{page}/cancel", reason="")
        time_machine.move_to(clock.now() + timedelta(minutes=2))
        work()
        asked = post(client, f"{page}/publish", page=page)
        assert (asked.status_code, event.cancelled) == (200, True)
        assert "gaat toch door" in asked.text
        assert post(client, f"{page}/publish", page=page, notice="send").status_code == 303
        assert told(event) == [MessageState.PLANNED] * 2

    def test_a_poll_that_moves_a_session_asks_first(self, client, event):
        begin = factories.start(40)
        poll = polls.create_poll(
            event.network, event.title, "", [(begin, begin + timedelta(hours=2))], holds=False, event=event
        )
        db.session.commit()
        page = f"/organise/networks/netwerk/polls/{poll.id}"
        choose = f"{page}/choose/{poll.dates[0].id}"
        asked = post(client, choose, page=page)
        assert "Wie krijgt bericht?" in asked.text
        assert event.starts_at != begin
        assert post(client, choose, page=page, notice="silent").status_code == 303
        assert (event.starts_at, told(event)) == (begin, [])
