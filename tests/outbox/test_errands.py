"""What acts do with many rows: nothing leaves meanwhile, nothing is lost when a worker breaks off, and the next act finds it done."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.orm.attributes import set_committed_value

from app import clock
from app.database import db
from app.events import planning
from app.events.planning import EventDetails, Notice
from app.invitations.deliveries import chosen_mails
from app.invitations.models import Invitation
from app.invitations.waves import wave_runs, waves
from app.invitations.waves.models import WaveState
from app.network import memberships
from app.network.models import Membership, Standing
from app.network.people.models import Person
from app.outbox import delivery, errands, message_writing
from app.outbox.models import Errand, Message, MessageState, MessageStep
from app.registration import answers, change_notices
from app.registration.models import Registration, RegistrationState
from app.setbacks import one_by_one
from app.setbacks.models import Setback
from tests import books, factories, watch
from tests.helpers import post, sign_in, work

pytestmark = pytest.mark.usefixtures("app")

PEOPLE = 5
S = MessageState
LATER = timedelta(minutes=2)
"""After which what could be held back leaves."""


@pytest.fixture(autouse=True)
def small_steps(monkeypatch):
    """As with ten thousand: more than fit in the act, or in one step after it."""
    monkeypatch.setattr(errands, "AT_ONCE", 2)
    monkeypatch.setattr(errands, "STEP", 2)


@pytest.fixture
def event():
    """A session to which people come who know that they do."""
    event = factories.event(town="Oosterhout")
    for person in factories.crowd(PEOPLE, of=event.network):
        factories.registration(event, person)
    work()
    return event


@pytest.fixture
def wave():
    """A mailing that was planned and of which nothing left."""
    event = factories.event()
    factories.crowd(PEOPLE, of=event.network)
    wave = factories.wave(event, to=factories.audience(event.network))
    wave_runs.run_due_waves()
    return wave


def _move(event, town="Breda", reason="") -> None:
    values = {name: getattr(event, name) for name in EventDetails.__dataclass_fields__}
    planning.change_event(
        event, EventDetails(**values | {"town": town}), Notice(reason=reason, hold=change_notices.HOLD)
    )
    db.session.commit()


def _states(event, *kinds: str) -> dict[MessageState, int]:
    counted = sa.select(Message.state, sa.func.count()).where(Message.event_id == event.id, Message.kind.in_(kinds))
    return dict(db.session.execute(counted.group_by(Message.state)).all())


def _changes(event) -> dict[MessageState, int]:
    return _states(event, "event_changed")


def _count_errands() -> int:
    return db.session.scalars(sa.select(sa.func.count()).select_from(Errand)).one()


def _try_to_send() -> int:
    """As workers that write and send do, two minutes later."""
    db.session.commit()
    with time_machine.travel(clock.now() + LATER):
        message_writing.write_due_messages()
        return sum(delivery.deliver_due_messages().values())


def _do_steps(number: int, monkeypatch) -> None:
    """So many steps, after which the worker is no more."""
    with monkeypatch.context() as patch:
        patch.setattr(errands, "PATIENCE", 0)
        for errand_id in db.session.scalars(sa.select(Errand.id).order_by(Errand.id)).all()[:1]:
            for _ in range(number):
                errands._carry_on(errand_id, until=-1.0)


class TestTelling:
    def test_everybody_is_told_once_however_often_it_breaks_off(self, event, monkeypatch):
        account = factories.account()
        _move(event)
        assert (_changes(event), _count_errands()) == ({S.PLANNED: 2}, 1)
        _do_steps(1, monkeypatch)
        assert _changes(event) == {S.PLANNED: 4}
        db.session.execute(sa.update(Errand).values(done=0))
        db.session.commit()
        assert errands.carry_on_errands() == PEOPLE
        assert (_changes(event), _count_errands()) == ({S.PLANNED: PEOPLE}, 0)
        assert change_notices.count_waiting(event).leaving == PEOPLE
        assert change_notices.hold_back(event, account.id) == PEOPLE

    def test_who_takes_part_no_more_by_then_is_not_told(self, event):
        _move(event)
        last = sa.select(sa.func.max(Errand.id))
        (row_ids,) = db.session.scalars(sa.select(Errand.row_ids).where(Errand.id.in_(last))).all()

        answers.decline_invitation(db.session.get(Invitation, row_ids[-1]))
        work()
        with time_machine.travel(clock.now() + LATER):
            work()
        told = sa.select(Message.invitation_id).where(Message.kind == "event_changed", Message.state == S.SENT)
        assert sorted(db.session.scalars(told)) == sorted(row_ids[:-1])

    def test_of_two_changes_at_once_the_last_is_told_with_its_own_reason(self, event):
        _move(event, "Breda", "the first")
        _move(event, "Tilburg", "the last")
        errands.carry_on_errands()
        details = db.session.scalars(sa.select(Message.details).where(Message.kind == "event_changed")).all()
        told = sorted((each["sequence"], each["reden"]) for each in details)
        assert told == [(event.sequence - 1, "the first")] * PEOPLE + [(event.sequence, "the last")] * PEOPLE

    def test_the_page_says_that_it_is_not_finished(self, event, client, monkeypatch):
        monkeypatch.setattr(errands, "PATIENCE", -1)
        sign_in(client, factories.account(event.network))
        _move(event)
        page = f"/organise/events/{event.slug}"
        assert "De mails van deze sessie worden nu bijgewerkt" in client.get(page).text
        errands.carry_on_errands()
        assert "De mails van deze sessie worden nu bijgewerkt" not in client.get(page).text


class TestHoldingBack:
    @pytest.fixture
    def moved(self, event):
        _move(event)
        errands.carry_on_errands()
        return event

    def test_none_leaves_while_they_are_being_held_back(self, moved, monkeypatch):
        assert change_notices.hold_back(moved, factories.account().id) == PEOPLE
        assert _changes(moved) == {S.PLANNED: PEOPLE - 2, S.PAUSED: 2}
        assert _try_to_send() == 0
        _do_steps(1, monkeypatch)
        assert (_try_to_send(), _changes(moved)) == (0, {S.PLANNED: 1, S.PAUSED: 4})
        errands.carry_on_errands()
        assert (_changes(moved), _try_to_send()) == ({S.PAUSED: PEOPLE}, 0)

    def test_a_step_that_is_done_twice_stands_once_in_the_history(self, moved, monkeypatch):
        change_notices.hold_back(moved, factories.account().id)
        _do_steps(1, monkeypatch)
        db.session.execute(sa.update(Errand).values(done=0))
        db.session.commit()
        errands.carry_on_errands()
        steps = sa.select(sa.func.count()).where(MessageStep.state == S.PAUSED)
        assert db.session.scalars(steps).one() == PEOPLE

    @pytest.mark.parametrize(
        ("act", "after"),
        [(change_notices.send_after_all, {S.PLANNED: PEOPLE}), (change_notices.drop, {S.CANCELLED: PEOPLE})],
    )
    def test_the_next_act_is_about_all_of_them(self, moved, act, after):
        account = factories.account()
        change_notices.hold_back(moved, account.id)
        assert act(moved, account.id) == PEOPLE
        db.session.commit()
        errands.carry_on_errands()
        assert _changes(moved) == after

    def test_a_change_that_tells_nobody_is_in_the_mails_that_wait(self, moved):
        account = factories.account()
        change_notices.hold_back(moved, account.id)
        values = {name: getattr(moved, name) for name in EventDetails.__dataclass_fields__}
        planning.change_event(moved, EventDetails(**values | {"town": "Tilburg"}), Notice(send=False))
        change_notices.send_after_all(moved, account.id)
        errands.carry_on_errands()
        details = db.session.scalars(sa.select(Message.details).where(Message.kind == "event_changed")).all()
        assert {each["sequence"] for each in details} == {moved.sequence}
        assert _try_to_send() == PEOPLE

    def test_a_mail_about_something_else_leaves_meanwhile(self, moved):
        change_notices.hold_back(moved, factories.account().id)
        other = factories.event(moved.network)
        factories.registration(other)
        assert _try_to_send() == 1


class TestCancelling:
    def test_no_mail_of_a_cancelled_session_leaves_and_reviving_plans_each_again(self, wave, monkeypatch):
        event = wave.event
        planning.cancel_event(event, "")
        assert _states(event, "invitation") == {S.PLANNED: PEOPLE - 2, S.CANCELLED: 2}
        assert (books.balance(), _try_to_send()) == (True, 0)
        _do_steps(1, monkeypatch)
        assert (books.balance(), _try_to_send()) == (True, 0)
        errands.carry_on_errands()
        assert _states(event, "invitation") == {S.CANCELLED: PEOPLE}
        planning.publish_event(event)
        assert _states(event, "invitation") == {S.CANCELLED: PEOPLE, S.PLANNED: 2}
        errands.carry_on_errands()
        assert _states(event, "invitation") == {S.CANCELLED: PEOPLE, S.PLANNED: PEOPLE}
        assert _try_to_send() == PEOPLE

    def test_reviving_at_once_brings_back_every_mail(self, wave):
        planning.cancel_event(wave.event, "")
        planning.publish_event(wave.event)
        errands.carry_on_errands()
        assert _try_to_send() == PEOPLE

    def test_the_change_before_is_overtaken_for_everybody(self, event):
        _move(event)
        errands.carry_on_errands()
        change_notices.hold_back(event, factories.account().id)
        planning.cancel_event(event, "", Notice(hold=change_notices.HOLD))
        db.session.commit()
        assert _try_to_send() == 2
        errands.carry_on_errands()
        assert _changes(event) == {S.SUPPRESSED: PEOPLE}
        with time_machine.travel(clock.now() + LATER):
            work()
        assert _states(event, "event_cancelled") == {S.SENT: PEOPLE}


class TestWaves:
    def test_pausing_going_on_and_withdrawing(self, wave):
        assert (waves.pause_wave(wave), wave.state) == (PEOPLE, WaveState.PAUSED)
        assert (_states(wave.event, "invitation"), _try_to_send()) == ({S.PLANNED: PEOPLE - 2, S.PAUSED: 2}, 0)
        assert (waves.resume_wave(wave), wave.state) == (PEOPLE, WaveState.DONE)
        db.session.commit()
        waves.pause_wave(wave)
        assert waves.withdraw_wave(wave) == PEOPLE
        assert books.balance()
        errands.carry_on_errands()
        assert _states(wave.event, "invitation") == {S.CANCELLED: PEOPLE}

    def test_one_that_began_since_it_was_read_is_paused(self, wave):
        """A step of it is being planned, and its mails are to wait as well."""
        set_committed_value(wave, "state", WaveState.PLANNED)
        assert (waves.pause_wave(wave), wave.state) == (PEOPLE, WaveState.PAUSED)

    def test_no_digest_tells_of_a_mailing_that_is_being_withdrawn(self, wave):
        from app.digests import digest_selection  # which is loaded after the site

        held = sa.update(Message).where(Message.wave_id == wave.id)
        db.session.execute(held.values(state=S.HELD).execution_options(synchronize_session=False))
        last = sa.select(sa.func.max(Message.person_id)).where(Message.wave_id == wave.id)
        person = db.session.get_one(Person, db.session.scalar(last))
        assert digest_selection._held_by_person([person])
        wave.state = WaveState.GOING
        waves.withdraw_wave(wave)
        assert _states(wave.event, "invitation") == {S.HELD: PEOPLE - 2, S.CANCELLED: 2}
        assert digest_selection._held_by_person([person]) == {}

    def test_what_was_ticked_goes_on_and_waits_again(self, wave):
        event, account = wave.event, factories.account()
        chosen = sa.select(Message).where(Message.event_id == event.id)
        assert chosen_mails.pause_chosen(event, chosen, account.id) == PEOPLE
        since = clock.now()
        assert chosen_mails.resume_chosen(event, chosen, account.id) == PEOPLE
        assert chosen_mails.pause_again(event, since, account.id) == PEOPLE
        assert chosen_mails.drop_chosen(event, chosen, account.id) == PEOPLE
        db.session.commit()
        errands.carry_on_errands()
        assert _states(event, "invitation") == {S.CANCELLED: PEOPLE}


def test_an_act_goes_on_with_it_before_its_page_shows(client, wave):
    sign_in(client, factories.account(wave.event.network))
    post(
        client, f"/organise/events/{wave.event.slug}/waves/{wave.id}/pause", page=f"/organise/events/{wave.event.slug}"
    )
    assert (_states(wave.event, "invitation"), _count_errands()) == ({S.PAUSED: PEOPLE}, 0)


def test_an_act_that_is_saved_is_answered_though_the_database_is_gone_after_it(client, wave, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise sa.exc.OperationalError("SELECT", {}, Exception("gone"))

    sign_in(client, factories.account(wave.event.network))
    page = f"/organise/events/{wave.event.slug}"
    with monkeypatch.context() as patch:
        patch.setattr(one_by_one, "do_each", fail)
        answer = post(client, f"{page}/waves/{wave.id}/pause", page=page)
    assert (answer.status_code, _count_errands()) == (303, 1)
    work()
    assert (_states(wave.event, "invitation"), _count_errands()) == ({S.PAUSED: PEOPLE}, 0)


def test_what_a_request_has_no_time_for_is_left_to_the_clockwork(client, wave, monkeypatch):
    monkeypatch.setattr(errands, "PATIENCE", -1)
    sign_in(client, factories.account(wave.event.network))
    post(
        client, f"/organise/events/{wave.event.slug}/waves/{wave.id}/pause", page=f"/organise/events/{wave.event.slug}"
    )
    assert (_states(wave.event, "invitation"), _count_errands()) == ({S.PAUSED: 4, S.PLANNED: 1}, 1)
    work()
    assert (_states(wave.event, "invitation"), _count_errands()) == ({S.PAUSED: PEOPLE}, 0)


class TestTheNextAct:
    """What somebody asks for while an earlier act of theirs is still being carried out."""

    @pytest.fixture
    def page(self, client, wave, monkeypatch):
        monkeypatch.setattr(watch, "ROWS", 4 * errands.STEP + 1)
        sign_in(client, factories.account(wave.event.network))
        waves.pause_wave(wave)
        db.session.commit()
        return f"/organise/events/{wave.event.slug}"

    def test_comes_after_it_and_each_step_is_saved_by_itself(self, client, wave, page):
        assert _states(wave.event, "invitation") == {S.PAUSED: 2, S.PLANNED: 3}
        answer = post(client, f"{page}/waves/{wave.id}/resume", page=page)
        assert answer.status_code == 303
        assert (_states(wave.event, "invitation"), _count_errands()) == ({S.PLANNED: PEOPLE}, 0)
        assert watch.found == []

    def test_is_refused_in_words_while_it_cannot_be_done(self, client, wave, page):
        bad = Errand(kind="go_on", event_id=wave.event_id, details={}, row_ids=[1], done=0)
        db.session.add(bad)
        db.session.commit()
        post(client, f"{page}/waves/{wave.id}/resume", page=page)
        assert "Een eerdere wijziging wordt nog uitgevoerd" in client.get(page).text
        assert _states(wave.event, "invitation") == {S.PAUSED: PEOPLE}
        assert [each.item for each in one_by_one.list_setbacks()] == [str(bad.id)]
        db.session.execute(sa.delete(Setback))
        db.session.execute(sa.delete(Errand))
        db.session.commit()


def test_one_that_fails_is_noted_and_the_others_go_on(wave):
    event = factories.event(wave.event.network)
    bad = Errand(kind="go_on", event_id=event.id, details={}, row_ids=[1], done=0)
    db.session.add(bad)
    waves.pause_wave(wave)
    db.session.commit()
    errands.carry_on_errands()
    assert _states(wave.event, "invitation") == {S.PAUSED: PEOPLE}
    assert [(each.job, each.item) for each in one_by_one.list_setbacks()] == [(errands.JOB, str(bad.id))]
    db.session.execute(sa.delete(Setback))
    db.session.execute(sa.delete(Errand))
    db.session.commit()


def test_no_step_is_large(wave, monkeypatch):
    """Each message of a step is written with a line in its history."""
    monkeypatch.setattr(watch, "ROWS", 2 * errands.STEP + 2)
    db.session.commit()
    waves.pause_wave(wave)
    db.session.commit()
    errands.carry_on_errands()
    assert watch.found == []


class TestLeavingTogether:
    @pytest.fixture
    def members(self):
        """Members of a network who all come to its session."""
        event = factories.event()
        people = factories.crowd(PEOPLE, of=event.network)
        for person in people:
            factories.registration(event, person)
        db.session.commit()
        return [person.memberships[0] for person in people]

    def _standings(self, members) -> list[Standing]:
        wanted = sa.select(Membership.standing).where(Membership.id.in_([each.id for each in members]))
        return sorted(db.session.scalars(wanted.order_by(Membership.id)))

    def test_each_leaves_with_their_place_and_balance_holds_half_way(self, members, monkeypatch):
        memberships.leave_together(members)
        db.session.commit()
        assert self._standings(members).count(Standing.LEFT) == 2
        _do_steps(1, monkeypatch)
        assert (self._standings(members).count(Standing.LEFT), books.balance()) == (4, True)
        errands.carry_on_errands()
        assert self._standings(members) == [Standing.LEFT] * PEOPLE
        assert db.session.scalars(sa.select(Registration.state)).all() == [RegistrationState.CANCELLED] * PEOPLE

    def test_undoing_half_way_brings_everybody_back(self, members):
        kept = memberships.leave_together(members)
        db.session.commit()
        assert memberships.come_back_together(members[0].network_id, kept) == errands.AT_ONCE, "the others never left"
        db.session.commit()
        errands.carry_on_errands()
        assert self._standings(members) == [Standing.MEMBER] * PEOPLE
        assert db.session.scalars(sa.select(Registration.state)).all() == [RegistrationState.CONFIRMED] * PEOPLE
