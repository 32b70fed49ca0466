"""Steering waves: in parts, paused, withdrawn, released by two; the proposed ones; thanks the next morning."""

from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock
from app.database import db
from app.events import planning
from app.events.models import EventFormat, Mode
from app.invitations import inviting
from app.invitations.models import Invitation
from app.invitations.waves import wave_estimates, wave_proposals, wave_recipients, wave_runs, waves
from app.invitations.waves.mail_guard import MailingWay
from app.invitations.waves.models import Wave, WaveKind, WaveState
from app.invitations.waves.wave_estimates import Spared
from app.invitations.waves.waves import SameOrganiser, UselessWave
from app.lessons.evaluations import evaluations
from app.network import memberships
from app.network.audiences import audiences
from app.network.audiences.audience_blocks import AudienceBlock
from app.network.audiences.audiences import LeftOut
from app.network.models import Membership
from app.outbox import delivery
from app.outbox.models import Message, MessageState
from app.registration import answers
from tests import factories
from tests.helpers import mail_to, mails, text_of, work

pytestmark = pytest.mark.usefixtures("app")


def _sent(kind: WaveKind) -> list[str]:
    return sorted(row.recipient for row in mails(Message.kind == kind.value, Message.state == MessageState.SENT))


def _addresses(*people) -> list[str]:
    return sorted(person.email for person in people)


def _states(wave: Wave) -> dict[MessageState, int]:
    rows = sa.select(Message.state, sa.func.count()).where(Message.wave_id == wave.id).group_by(Message.state)
    return dict(db.session.execute(rows).all())


class TestParts:
    def test_a_group_goes_first_and_the_rest_days_later(self):
        event = factories.event(starts_at=factories.start(days=40))
        board = [factories.person(of=event.network, at="Oss", role="bestuurder") for _ in range(2)]
        others = [factories.person(of=event.network, at="Oss", role="ambtenaar") for _ in range(3)]
        first = factories.audience(event.network, "Bestuur", audiences.make_condition(AudienceBlock.ROLE, "bestuurder"))
        wave = factories.wave(event, to=factories.audience(event.network), first_audience=first, rest_after=3)
        work()
        assert (_sent(WaveKind.INVITATION), wave.state) == (_addresses(*board), WaveState.GOING)
        assert wave.due_at - clock.now() > timedelta(days=2)
        with time_machine.travel(wave.due_at + timedelta(minutes=1)):
            work()
        assert (_sent(WaveKind.INVITATION), wave.state) == (_addresses(*board, *others), WaveState.DONE)

    def test_so_many_at_a_time_and_the_next_when_somebody_declines(self):
        event = factories.event(starts_at=factories.start(days=40))
        people = factories.crowd(5, of=event.network)
        wave = factories.wave(event, to=factories.audience(event.network), at_a_time=2)
        work()
        assert (_sent(WaveKind.INVITATION), wave.state) == (_addresses(*people[:2]), WaveState.GOING)
        answers.accept_invitation(inviting.find_invitation(event, people[0]), Mode.ON_SITE)
        answers.decline_invitation(inviting.find_invitation(event, people[1]))
        with time_machine.travel(wave.due_at + timedelta(minutes=1)):
            work()
        assert _sent(WaveKind.INVITATION) == _addresses(*people[:3])
        with time_machine.travel(event.closes_at + timedelta(minutes=1)):
            work()
        assert (_sent(WaveKind.INVITATION), wave.state) == (_addresses(*people[:3]), WaveState.DONE)

    def test_it_is_done_when_everybody_was_invited(self):
        event = factories.event(starts_at=factories.start(days=40))
        factories.crowd(2, of=event.network)
        wave = factories.wave(event, to=factories.audience(event.network), at_a_time=5)
        work()
        assert (wave.state, len(_sent(WaveKind.INVITATION))) == (WaveState.DONE, 2)


class TestPausing:
    @pytest.fixture
    def wave(self):
        """A wave that was planned and of which nothing was written yet."""
        event = factories.event()
        factories.crowd(3, of=event.network)
        wave = factories.wave(event, to=factories.audience(event.network))
        wave_runs.run_due_waves()
        return wave

    def test_a_paused_wave_waits_and_goes_on(self, wave):
        assert (waves.pause_wave(wave), wave.state) == (3, WaveState.PAUSED)
        assert (work(), _states(wave)) == ({}, {MessageState.PAUSED: 3})
        assert (waves.resume_wave(wave), wave.state) == (3, WaveState.DONE)
        assert work()["sent"] == 3

    def test_who_answered_during_the_pause_gets_nothing(self, wave):
        waves.pause_wave(wave)
        invitation = db.session.scalars(sa.select(Invitation).order_by(Invitation.id)).first()
        answers.decline_invitation(invitation)
        waves.resume_wave(wave)
        work()
        assert _states(wave) == {MessageState.SENT: 2, MessageState.SUPPRESSED: 1}

    def test_resuming_at_night_waits_for_the_morning(self, wave):
        wave.event.network.quiet_hours = True
        waves.pause_wave(wave)
        night = clock.utc_moment(clock.to_local(factories.start(days=2)).date(), time(22))
        with time_machine.travel(night):
            waves.resume_wave(wave)
            assert work() == {}
        with time_machine.travel(clock.next_sending_moment(night) + timedelta(minutes=1)):
            assert work()["sent"] == 3

    def test_withdrawing_takes_back_what_has_not_left(self, wave):
        waves.pause_wave(wave)
        account = factories.account(wave.event.network)
        assert (waves.withdraw_wave(wave, account), wave.state) == (3, WaveState.CANCELLED)
        assert (work(), _states(wave)) == ({}, {MessageState.CANCELLED: 3})

    def test_nothing_is_left_to_pause_when_all_are_gone(self, wave):
        work()
        assert (waves.pause_wave(wave), wave.state) == (0, WaveState.DONE)

    def test_a_cancelled_event_ends_a_wave_between_its_parts(self):
        event = factories.event(starts_at=factories.start(days=40))
        factories.crowd(3, of=event.network)
        wave = factories.wave(event, to=factories.audience(event.network), at_a_time=1)
        work()
        planning.cancel_event(event, "")
        assert wave.state == WaveState.CANCELLED


def test_who_answers_between_writing_and_a_late_leaving_is_taken_out(app):
    """A letter may wait for hours: for the pace, the quiet hours, a mail server."""
    event = factories.event()
    people = factories.crowd(4, of=event.network)
    factories.wave(event, to=factories.audience(event.network))
    mails()
    wave_runs.run_due_waves()
    mails()
    answers.decline_invitation(inviting.find_invitation(event, people[0]))
    membership = db.session.scalar(sa.select(Membership).filter_by(person_id=people[1].id))
    memberships.unsubscribe_member(membership)
    db.session.commit()
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        delivery.deliver_due_messages()
        work()
    assert _sent(WaveKind.INVITATION) == _addresses(*people[2:])


class TestFourEyes:
    @pytest.fixture
    def event(self):
        event = factories.event(factories.network(four_eyes_from=3))
        factories.crowd(3, of=event.network)
        return event

    @pytest.fixture
    def wave(self, event):
        return factories.wave(
            event, to=factories.audience(event.network), state=WaveState.DRAFT, days_before=7, hour=time(9)
        )

    def test_a_large_wave_waits_for_a_second_organiser(self, event, wave):
        first, second = factories.account(event.network), factories.account(event.network, name="Bram van Gestel")
        waves.release_wave(wave, first)
        assert wave.state == WaveState.AWAITING
        with pytest.raises(SameOrganiser):
            waves.approve_wave(wave, first)
        waves.approve_wave(wave, second)
        assert (wave.state, wave.asked_by_id, wave.released_by_id) == (WaveState.PLANNED, first.id, second.id)

    def test_the_database_keeps_them_two(self, event, wave):
        account = factories.account(event.network)
        wave.asked_by_id = wave.released_by_id = account.id
        with pytest.raises(sa.exc.IntegrityError):
            db.session.flush()
        db.session.rollback()

    def test_a_small_wave_needs_no_second(self, event):
        wave = factories.wave(event, WaveKind.REMINDER, state=WaveState.DRAFT, days_before=7, hour=time(9))
        waves.release_wave(wave, factories.account(event.network))
        assert wave.state == WaveState.PLANNED

    def test_a_wave_that_grew_since_waits_after_all(self, event):
        few = factories.audience(event.network, "Weinig", audiences.make_condition(AudienceBlock.ROLE, "bestuurder"))
        wave = factories.wave(event, to=few, state=WaveState.DRAFT)
        wave.due_at = clock.now() + timedelta(minutes=1)
        waves.release_wave(wave, factories.account(event.network))
        for _ in range(4):
            factories.person(of=event.network, at="Oss", role="bestuurder")
        with time_machine.travel(clock.now() + timedelta(minutes=2)):
            assert work() == {}
        assert wave.state == WaveState.AWAITING

    def test_a_change_after_the_release_asks_again(self, event, wave):
        first, second = factories.account(event.network), factories.account(event.network)
        waves.release_wave(wave, first)
        waves.approve_wave(wave, second)
        waves.withdraw_release(wave)
        assert (wave.state, wave.released_by_id) == (WaveState.DRAFT, None)


class TestProposals:
    def test_the_usual_waves_are_proposed_in_their_order(self):
        event = factories.event(starts_at=clock.utc_moment(date(2027, 6, 16), time(13)))
        with time_machine.travel(clock.utc_moment(date(2027, 1, 11), time(9))):
            found = [(wave.kind, clock.to_local(wave.due_at).date()) for wave in wave_proposals.propose_waves(event)]
        assert found == [
            (WaveKind.SAVE_THE_DATE, date(2027, 4, 21)),
            (WaveKind.INVITATION, date(2027, 5, 5)),
            (WaveKind.REMINDER, date(2027, 5, 26)),
            (WaveKind.LAST_PLACES, date(2027, 6, 4)),
            (WaveKind.LAST_INFORMATION, date(2027, 6, 14)),
            (WaveKind.THANK_YOU, date(2027, 6, 17)),
        ]

    def test_an_online_session_needs_fewer(self):
        event = factories.event(format=EventFormat.ONLINE, starts_at=factories.start(days=60))
        assert [wave.kind for wave in wave_proposals.propose_waves(event)] == [
            WaveKind.INVITATION,
            WaveKind.REMINDER,
            WaveKind.LAST_INFORMATION,
            WaveKind.THANK_YOU,
        ]

    def test_what_is_too_late_is_left_out_and_the_invitation_goes_tomorrow(self):
        event = factories.event(starts_at=factories.start(days=14))
        found = {wave.kind: wave for wave in wave_proposals.propose_waves(event)}
        assert WaveKind.SAVE_THE_DATE not in found
        assert clock.now() < found[WaveKind.INVITATION].due_at < clock.now() + timedelta(days=6)

    def test_accepted_proposals_are_drafts_and_not_proposed_again(self):
        event = factories.event(starts_at=factories.start(days=60))
        audience = factories.audience(event.network)
        added = wave_proposals.add_proposed_waves(event, audience)
        assert {wave.state for wave in added} == {WaveState.DRAFT}
        assert {wave.kind for wave in added if wave.audience_id} == {WaveKind.SAVE_THE_DATE, WaveKind.INVITATION}
        assert wave_proposals.propose_waves(event) == []

    def test_they_move_along_with_the_event(self):
        event = factories.event(starts_at=clock.utc_moment(date(2027, 6, 16), time(13)))
        (thanks,) = [wave for wave in wave_proposals.add_proposed_waves(event, None) if wave.kind == WaveKind.THANK_YOU]
        event.starts_at += timedelta(days=2)
        event.ends_at += timedelta(days=2)
        waves.reschedule_waves(event)
        assert clock.to_local(thanks.due_at).date() == date(2027, 6, 21)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2027, 4, 1), 3, date(2027, 3, 25)),
        (date(2027, 5, 3), 6, date(2027, 4, 26)),
        (date(2026, 12, 28), 2, date(2026, 12, 24)),
        (date(2027, 4, 26), -1, date(2027, 4, 28)),
    ],
    ids=["Easter Monday", "King's Day", "Christmas", "thanks after King's Day"],
)
def test_relative_waves_keep_off_public_holidays(start, days, due):
    event = factories.event(starts_at=clock.utc_moment(start, time(13)))
    assert clock.to_local(waves.wave_due_at(event, None, days, time(9))).date() == due


class TestLastPlaces:
    def test_it_goes_to_who_is_silent_while_there_are_seats(self):
        event = factories.event(seats_on_site=2)
        silent, comes = factories.crowd(2, of=event.network)
        factories.wave(event, to=factories.audience(event.network))
        work()
        answers.accept_invitation(inviting.find_invitation(event, comes), Mode.ON_SITE)
        factories.wave(event, WaveKind.LAST_PLACES)
        work()
        assert _sent(WaveKind.LAST_PLACES) == _addresses(silent)

    def test_it_goes_to_nobody_when_the_last_seat_is_gone(self):
        event = factories.event(seats_on_site=1)
        _, comes = factories.crowd(2, of=event.network)
        factories.wave(event, to=factories.audience(event.network))
        work()
        answers.accept_invitation(inviting.find_invitation(event, comes), Mode.ON_SITE)
        wave = factories.wave(event, WaveKind.LAST_PLACES)
        work()
        assert (_sent(WaveKind.LAST_PLACES), wave.state) == ([], WaveState.DONE)


class TestThanks:
    def test_who_was_there_is_thanked_and_asked_in_one_mail(self):
        event = factories.held(days_ago=1)
        there, absent = factories.person(), factories.person()
        factories.attendance(event, there)
        factories.invitation(event, absent)
        factories.wave(event, WaveKind.THANK_YOU)
        evaluations.plan_due_evaluations()
        work()
        assert _sent(WaveKind.THANK_YOU) == _addresses(there)
        assert "Vul de vragen in" in text_of(mail_to(there))
        assert mails(Message.kind == "evaluation") == []
        assert evaluations.count_response(evaluations.evaluation_of_event(event)) == (0, 1)

    def test_without_questions_it_only_thanks(self):
        event = factories.held(days_ago=1)
        evaluations.ensure_evaluation(event).wanted = False
        there = factories.person()
        factories.attendance(event, there)
        factories.wave(event, WaveKind.THANK_YOU)
        work()
        assert "vragen" not in text_of(mail_to(there))

    def test_it_cannot_be_released_for_before_the_end(self):
        event = factories.event()
        wave = factories.wave(event, WaveKind.THANK_YOU, state=WaveState.DRAFT, at=event.starts_at)
        with pytest.raises(UselessWave) as useless:
            waves.release_wave(wave)
        assert useless.value.problem == "before_end"


class TestEstimates:
    def test_everybody_has_a_way_or_a_reason(self):
        event = factories.event()
        gets, answered, mailed, unsubscribed, bounced, nameless = factories.crowd(6, of=event.network)
        factories.wave(
            event,
            to=factories.audience(
                event.network, "Al gemaild", audiences.make_condition(AudienceBlock.PERSON, mailed.id)
            ),
        )
        work()
        answers.decline_invitation(factories.invitation(event, answered))
        memberships.unsubscribe_member(db.session.scalar(sa.select(Membership).filter_by(person_id=unsubscribed.id)))
        bounced.addresses[0].bounced_at = clock.now()
        nameless.addresses = []
        wave = factories.wave(event, to=factories.audience(event.network), state=WaveState.DRAFT)
        db.session.flush()
        assert wave_estimates.count_by_way(wave) == {
            MailingWay.AT_ONCE: 1,
            LeftOut.UNSUBSCRIBED: 1,
            LeftOut.NO_ADDRESS: 1,
            LeftOut.BOUNCED: 1,
            Spared.ANSWERED: 1,
            Spared.MAILED: 1,
        }
        assert wave_recipients.count_recipients(wave) == 1
        assert gets.id in {number for number, _ in db.session.execute(wave_recipients.select_recipients(wave))}

    def test_a_reminder_says_why_not(self):
        event = factories.event()
        _, comes = factories.crowd(2, of=event.network)
        factories.wave(event, to=factories.audience(event.network))
        work()
        answers.accept_invitation(inviting.find_invitation(event, comes), Mode.ON_SITE)
        wave = factories.wave(event, WaveKind.REMINDER, state=WaveState.DRAFT)
        assert wave_estimates.count_by_way(wave) == {MailingWay.AT_ONCE: 1, Spared.ANSWERED: 1}

    def test_the_pace_says_when_the_last_one_leaves(self, app):
        event = factories.event(factories.network(paced=True))
        for number in range(65):
            factories.person(of=event.network, address=f"p{number}@klein.example")
        wave = factories.wave(event, to=factories.audience(event.network))
        took = wave_estimates.last_mails_leave_at(wave) - clock.now()
        assert round(took / timedelta(minutes=1)) == 65 // app.config["MAIL_PACE"]
