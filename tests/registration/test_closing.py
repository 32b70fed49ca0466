"""After closing nobody comes in any more, saying no stays possible until the beginning, and after the end nobody is mailed."""

from datetime import timedelta

import pytest
import time_machine

from app import clock
from app.database import db
from app.events import planning
from app.events.models import Mode
from app.events.planning import EventDetails
from app.invitations import invitation_links
from app.invitations.models import Answer
from app.outbox.models import Message, MessageState
from app.registration import answers, calendar_answers, seats
from app.registration.calendar_answers import AnswerVerdict, ReceivedAnswer
from app.registration.models import CalendarAnswer, RegistrationState
from app.registration.seats import RegistrationClosed
from tests import factories
from tests.helpers import csrf, mails, post, sign_in, work


@pytest.fixture
def closed(app):
    """A session of tomorrow that closed an hour ago, with one seat that is taken and one person who waits."""
    event = factories.event(starts_at=clock.now() + timedelta(days=1), seats_on_site=1)
    comes, waits = factories.registration(event), factories.registration(event)
    event.closes_at = clock.now() - timedelta(hours=1)
    db.session.commit()
    work()
    return comes, waits


def _path(invitation):
    return invitation_links.link_to_invitation(invitation).removeprefix("http://leerkring.test")


def _sent():
    return len(mails(Message.state != MessageState.SUPPRESSED))


def test_who_cannot_come_says_so_on_the_page_and_the_seat_goes_to_who_waits(client, closed):
    comes, waits = closed
    page = _path(comes.invitation)
    shown = client.get(page).text
    assert "Afmelden kan tot het begin." in shown
    assert 'value="no"' in shown
    assert 'value="on_site"' not in shown
    post(client, page, answer="no")
    assert (comes.state, waits.state) == (RegistrationState.CANCELLED, RegistrationState.CONFIRMED)
    assert 'value="no"' not in client.get(page).text


def test_a_yes_after_closing_stays_refused(client, closed):
    comes, _ = closed
    late = factories.invitation(comes.invitation.event)
    db.session.commit()
    post(client, _path(late), answer="on_site")
    assert seats.registration_of(late) is None
    post(client, _path(late), answer="no")
    assert late.answer == Answer.NO


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (CalendarAnswer.DECLINED, AnswerVerdict.APPLIED),
        (CalendarAnswer.ACCEPTED, AnswerVerdict.TOO_LATE),
        (CalendarAnswer.TENTATIVE, AnswerVerdict.TOO_LATE),
    ],
)
def test_a_no_from_the_calendar_counts_until_the_beginning(closed, answer, verdict):
    invitation = closed[0].invitation
    invitation.answered_at = clock.now() - timedelta(days=1)
    given = ReceivedAnswer(answer, 9, clock.now())
    assert calendar_answers.apply_calendar_answer(invitation, given) == verdict


def test_once_it_began_only_an_organiser_cancels(client, closed):
    comes, waits = closed
    event = comes.invitation.event
    answers.decline_invitation(waits.invitation)
    page = _path(comes.invitation)
    token = csrf(client, page)
    with time_machine.travel(event.starts_at + timedelta(minutes=1)):
        assert "Afmelden kan" not in client.get(page).text
        client.post(page, data={"csrf_token": token, "answer": "no"})
        assert comes.state == RegistrationState.CONFIRMED
        answers.decline_invitation(comes.invitation, by=factories.account(event.network))
        assert comes.state == RegistrationState.CANCELLED


def test_a_substitute_who_was_asked_before_says_no_after_closing(app):
    event = factories.event()
    giver = factories.registration(event).invitation
    colleague = answers.ask_substitute(giver, "Collega", "collega@oss.example")
    event.closes_at = clock.now() - timedelta(hours=1)
    with pytest.raises(RegistrationClosed):
        answers.accept_invitation(colleague, Mode.ON_SITE)
    answers.decline_invitation(colleague)
    assert (colleague.answer, giver.answer) == (Answer.NO, Answer.YES)


class TestOver:
    @pytest.fixture
    def over(self, app):
        event = factories.event()
        factories.registration(event)
        db.session.commit()
        work()
        with time_machine.travel(event.ends_at + timedelta(hours=1)):
            yield event

    def test_nobody_is_mailed_of_a_change(self, over):
        before = _sent()
        same = {name: getattr(over, name) for name in EventDetails.__dataclass_fields__}
        assert not planning.change_event(over, EventDetails(**same | {"venue": "Zaal 2"}))
        work()
        assert _sent() == before

    def test_cancelling_is_neither_offered_nor_done(self, client, over):
        sign_in(client, factories.account(over.network))
        page = f"/organise/events/{over.slug}"
        assert "/cancel" not in client.get(f"{page}/edit").text
        assert "krijgt 1 persoon" not in client.get(f"{page}/edit").text
        assert client.get(f"{page}/cancel").status_code == 404
        with pytest.raises(planning.EventOver):
            planning.cancel_event(over, "")

    @pytest.mark.parametrize("kind", ["event_changed", "event_cancelled"])
    def test_a_letter_that_did_not_leave_in_time_stays_unsent(self, app, kind):
        event = factories.event()
        factories.registration(event)
        db.session.commit()
        work()
        before = _sent()
        same = {name: getattr(event, name) for name in EventDetails.__dataclass_fields__}
        if kind == "event_changed":
            planning.change_event(event, EventDetails(**same | {"venue": "Zaal 2"}))
        else:
            planning.cancel_event(event, "Ziek")
        db.session.commit()
        with time_machine.travel(event.ends_at + timedelta(minutes=1)):
            work()
            assert _sent() == before
