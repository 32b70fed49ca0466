"""Letters are written while others write: what came in between is seen before they are saved."""

import pytest
import sqlalchemy as sa
from icalendar import Calendar

from app import clock
from app.database import db
from app.events.models import Event
from app.outbox import leases, message_writing
from app.outbox.kinds import MessageKind
from app.outbox.models import FinishedMessage, Message, MessageState
from app.registration import registration_letters
from tests import factories
from tests.helpers import parsed, text_of


@pytest.fixture
def registration(app):
    """Somebody with a place, whose letter is planned."""
    registration = factories.registration(factories.event(title="Zoals het was"))
    db.session.commit()
    return registration


@pytest.fixture
def meanwhile(monkeypatch):
    """Has something happen once, by another connection, between writing and saving."""

    def happens(*statements: sa.Update) -> None:
        settle = message_writing._settle

        def settle_after_that(*written):
            monkeypatch.setattr(message_writing, "_settle", settle)
            db.session.commit()
            with db.engine.begin() as other:
                for statement in statements:
                    other.execute(statement)
            return settle(*written)

        monkeypatch.setattr(message_writing, "_settle", settle_after_that)

    return happens


def _letters() -> list[Message]:
    wanted = sa.select(Message).where(Message.kind == MessageKind.CONFIRMED)
    return list(db.session.scalars(wanted, execution_options={"populate_existing": True}))


def test_a_letter_about_what_changed_meanwhile_is_written_again(registration, meanwhile):
    meanwhile(sa.update(Event).values(title="Zoals het is"))
    assert message_writing.write_some_messages() == 0
    (letter,) = _letters()
    assert (letter.state, letter.claimed_by, letter.composed_at) == (MessageState.PLANNED, None, None)
    assert message_writing.write_some_messages() == 1
    assert "Zoals het is" in text_of(parsed(_letters()[0].body))


def test_what_was_taken_back_meanwhile_stays_so(registration, meanwhile):
    meanwhile(sa.update(Message).values(state=MessageState.CANCELLED, claimed_by=None, claimed_until=None))
    assert message_writing.write_due_messages() == 0
    assert [(each.state, each.body) for each in _letters()] == [(MessageState.CANCELLED, None)]


def test_what_another_worker_writes_is_left_alone_until_its_claim_lapses(registration, time_machine):
    db.session.execute(sa.update(Message).values(claimed_by="ander", claimed_until=clock.now() + leases.LEASE))
    assert message_writing.write_due_messages() == 0
    time_machine.move_to(clock.now() + leases.LEASE * 2)
    assert message_writing.write_due_messages() == 1
    assert [(each.state, each.claimed_by) for each in _letters()] == [(MessageState.DUE, None)]


def test_of_two_mails_to_one_calendar_the_later_is_written_when_it_is_known_what_the_first_tells(registration):
    registration_letters.plan_registration_letter(MessageKind.ASKED_AGAIN, registration.invitation)
    db.session.commit()
    assert [message_writing.write_some_messages() for _ in range(3)] == [1, 1, 0]
    bodies = db.session.scalars(sa.select(FinishedMessage).order_by(FinishedMessage.message_id))
    stamps = [_calendar(each.content)["DTSTAMP"].dt for each in bodies]
    assert stamps[0] < stamps[1] == registration.invitation.calendar_stamp


def _calendar(content: bytes):
    (part,) = [part for part in parsed(content).walk() if part.get_content_type() == "text/calendar"]
    return Calendar.from_ical(part.get_content()).walk("VEVENT")[0]
