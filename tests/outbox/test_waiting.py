"""What somebody waits for leaves before a mailing, and alarms leave whatever holds up the rest. By order, not by time."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import clock, jobs
from app.accounts import sign_in
from app.database import db
from app.events.models import Mode
from app.network import joining
from app.network.people.models import Language
from app.outbox import circuit_breaker, claiming, delivery, dispatch, fair_share, message_queue, message_writing
from app.outbox.kinds import MessageKind, Priority
from app.outbox.letters import Letter
from app.outbox.mime import Mail
from app.outbox.models import Message, MessageState
from app.registration import answers, link_requests
from app.upkeep import health
from tests import factories

SENT, SENDING, FAILED = MessageState.SENT, MessageState.SENDING, MessageState.FAILED
LETTER = Letter("Onderwerp", "<p>Hallo</p>", "Hallo\n")


def _mailing(size: int, **columns) -> None:
    for number in range(size):
        mail = Mail(LETTER, f"lid{number}@oss.example", "Lid", "Leerkring")
        message_queue.plan_finished_mail(mail, MessageKind.TEST, priority=Priority.MAILING, **columns)
        db.session.commit()


def _states(*conditions) -> dict[MessageState, int]:
    wanted = sa.select(Message.state, sa.func.count()).where(*conditions).group_by(Message.state)
    return dict(db.session.execute(wanted).all())


def _ask_everything(network) -> set[str]:
    """Everything that somebody waits for at their screen; returns of which kinds the mails are."""
    event = factories.event(network, open_to_all=True)
    answers.accept_invitation(factories.invitation(event), Mode.ON_SITE)
    link_requests.ask_invitation_link(event, "Sanne", "sanne@best.example")
    joining.ask_to_join(network, "Piet", "piet@best.example", Language.NL)
    sign_in.ask_sign_in(factories.account(admin=True).email)
    db.session.commit()
    return {MessageKind.CONFIRMED, MessageKind.REQUESTED, MessageKind.JOIN, MessageKind.SIGN_IN}


def test_what_somebody_waits_for_leaves_in_the_next_turn_while_a_mailing_runs(app, monkeypatch):
    """More letters wait to be written than one turn writes, and ten times as many to be sent as it sends."""
    monkeypatch.setattr(message_writing, "BATCH", 2)
    monkeypatch.setattr(claiming, "BATCH", 10)
    event = factories.event()
    people = factories.crowd(dispatch._WRITTEN_AHEAD * message_writing.BATCH + 5, of=event.network)
    factories.wave(event, to=factories.audience(event.network))
    _mailing(10 * claiming.BATCH)
    jobs.do_jobs(["planned"])
    db.session.execute(sa.update(Message).values(due_at=clock.now() - timedelta(hours=1)))
    dispatch.work_off_outbox(0)
    wanted = _ask_everything(event.network)
    jobs.do_jobs(["sign_in_mails", "link_requests", "join_requests"])
    dispatch.work_off_outbox(0)
    assert (
        set(db.session.scalars(sa.select(Message.kind).where(Message.kind.in_(wanted), Message.state == SENT)))
        == wanted
    )
    mailing = _states(Message.priority == Priority.MAILING)
    assert mailing[SENT] < 2 * claiming.BATCH < sum(mailing.values()) == len(people) + 10 * claiming.BATCH


def test_a_batch_that_takes_long_lets_what_somebody_waits_for_go_first(app, monkeypatch):
    monkeypatch.setattr(delivery, "OVERTAKEN_AFTER", 0)
    _mailing(5)
    parcels = claiming.claim_parcels()
    _ask_everything(factories.network())
    assert delivery._deliver(parcels, troubled=False) == {}
    assert _states(Message.priority == Priority.MAILING) == {MessageState.RETRYING: 5}
    jobs.do_jobs(jobs.MAILING)
    assert _states() == {SENT: 9}


def test_a_mailing_has_its_share_while_people_keep_changing_their_minds(app, monkeypatch):
    """More letters about own acts wait all the time than a turn writes and sends, and the mail server is slow."""
    monkeypatch.setattr(message_writing, "BATCH", 4)
    monkeypatch.setattr(claiming, "BATCH", 8)
    monkeypatch.setattr(delivery, "OVERTAKEN_AFTER", 0)
    event = factories.event(seats_on_site=100)
    people = factories.crowd(6, of=event.network)
    factories.wave(event, to=factories.audience(event.network))
    jobs.do_jobs(["planned"])
    for _ in range(3 * dispatch._WRITTEN_AHEAD * message_writing.BATCH):
        answers.accept_invitation(factories.invitation(event), Mode.ON_SITE)
        db.session.commit()
    left = []
    for _ in range(3):
        dispatch.work_off_outbox(0)
        sent = _states(Message.priority == Priority.OWN_ACTION), _states(Message.kind == MessageKind.INVITATION)
        left.append(tuple(each.get(SENT, 0) for each in sent))
    assert left == [(6, 2), (12, 4), (18, 6)]
    invited = sa.select(Message.person_id).where(Message.kind == MessageKind.INVITATION, Message.state == SENT)
    assert set(db.session.scalars(invited)) == {person.id for person in people}


@pytest.mark.parametrize(("own", "others"), [(0, 3), (1, 3), (2, 0), (3, 1), (8, 2), (9, 5), (9, 1)])
def test_what_is_spread_keeps_its_order_and_its_share(own, others):
    waiting = [Message(id=number, priority=Priority.OWN_ACTION) for number in range(own)]
    waiting += [Message(id=own + number, priority=Priority.MAILING) for number in range(others)]
    spread = fair_share.spread(waiting)
    assert [each for each in spread if each.priority == Priority.OWN_ACTION] == waiting[:own]
    assert [each for each in spread if each.priority == Priority.MAILING] == waiting[own:]
    places = [place for place, each in enumerate(spread, start=1) if each.id >= own]
    assert places[: own // 3] == [4, 8, 12][: min(own // 3, others)]


def test_a_batch_that_takes_long_goes_on_while_nobody_waits(app, monkeypatch):
    monkeypatch.setattr(delivery, "OVERTAKEN_AFTER", 0)
    _mailing(5)
    assert delivery.deliver_due_messages() == {SENT: 5}


@pytest.mark.parametrize("stuck", ["circuit", "pace", "letters", "sending", "thousands"])
def test_alarms_leave_although_the_outbox_is_stuck(app, monkeypatch, stuck):
    factories.account(admin=True)
    health.note_heartbeat("worker-1")
    _mailing(3, due_at=clock.now() - timedelta(hours=1))
    if stuck == "circuit":
        for number in range(circuit_breaker.LIMIT):
            circuit_breaker.note_refusal(number, "550 5.7.60 not allowed")
    elif stuck == "pace":
        monkeypatch.setitem(app.config, "MAIL_PACE_TOTAL", 1)
        db.session.execute(sa.update(Message).values(state=SENT, sent_at=clock.now()))
        _mailing(3, due_at=clock.now() - timedelta(hours=1))
    elif stuck == "letters":
        monkeypatch.setattr(message_writing, "write_some_messages", lambda: 1 / 0)
    elif stuck == "sending":
        claim = {"claimed_by": "elsewhere", "claimed_until": clock.now() + timedelta(minutes=1)}
        db.session.execute(sa.update(Message).values(state=SENDING, **claim))
        _mailing(1, due_at=clock.now() - timedelta(hours=1))
    else:
        _mailing(3 * claiming.BATCH, due_at=clock.now() - timedelta(hours=2))
    db.session.commit()
    before = _states(Message.kind != MessageKind.ALARM)
    assert jobs.do_jobs(["alarms"])["alarms"] >= 1
    assert _states(Message.kind == MessageKind.ALARM) == {SENT: 1}
    assert _states(Message.kind != MessageKind.ALARM) == before


def test_an_alarm_that_could_not_leave_is_tried_again_by_its_own_job(app):
    """No mail server answers at first."""
    factories.account(admin=True)
    health.note_heartbeat("worker-1")
    _mailing(1, due_at=clock.now() - timedelta(hours=1))
    app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=1)
    try:
        jobs.do_jobs(["alarms"])
        assert _states(Message.kind == MessageKind.ALARM) == {MessageState.RETRYING: 1}
    finally:
        app.config.update(MAIL_SERVER="", MAIL_PORT=25)
    db.session.execute(sa.update(Message).where(Message.kind == MessageKind.ALARM).values(due_at=clock.now()))
    jobs.do_jobs(["alarms"])
    assert _states(Message.kind == MessageKind.ALARM) == {SENT: 1}
