"""Delivery over a real SMTP conversation: every message ends as sent, waiting with a next time, or failed."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock, tokens
from app.database import db
from app.outbox import (
    claiming,
    delivery,
    leases,
    message_history,
    message_queue,
    message_states,
    message_writing,
    sending_pace,
)
from app.outbox.kinds import MessageKind
from app.outbox.letters import Letter
from app.outbox.message_states import ForbiddenMove
from app.outbox.message_writing import Draft
from app.outbox.mime import Mail
from app.outbox.models import MailTotal, Message, MessageState, SentNote
from app.outbox.sent_journal import SentJournal
from app.outbox.smtp_connection import as_sent
from app.setbacks import one_by_one
from app.tokens import Purpose
from tests import factories
from tests.helpers import database_work, parsed
from tests.outbox.sink import mail_server

SENT, RETRYING, FAILED, DUE = MessageState.SENT, MessageState.RETRYING, MessageState.FAILED, MessageState.DUE
PLANNED = MessageState.PLANNED


def _enqueue(*addresses: str) -> list[Message]:
    letter = Letter("Onderwerp", "<p>Hallo</p>", "Hallo\n")
    rows = [
        message_queue.plan_finished_mail(Mail(letter, address, "Iemand", "Leerkring"), "test") for address in addresses
    ]
    db.session.commit()
    return rows


def _deliver() -> dict[MessageState, int]:
    """Send what is due; rows are read anew afterwards."""
    done = delivery.deliver_due_messages()
    db.session.expire_all()
    return done


def _states() -> list[MessageState]:
    return list(db.session.scalars(sa.select(Message.state).order_by(Message.id)))


def test_many_messages_take_one_connection(sink):
    _enqueue(*(f"persoon{number}@oss.example" for number in range(30)))
    assert _deliver() == {SENT: 30}
    assert db.session.scalars(sa.select(SentNote)).all() == [], "the journal would grow for ever"
    assert (sink.connections, len(sink.envelopes)) == (1, 30)


@pytest.mark.parametrize(
    ("ahead", "lapsed"),
    [
        (-timedelta(seconds=1), True),
        (timedelta(0), False),
        (leases.LEASE + timedelta(minutes=1), False),
        (leases.LEASE + timedelta(minutes=1, seconds=1), True),
    ],
)
def test_a_claim_holds_as_long_as_a_clock_that_differs_a_minute_may_have_made_it(app, ahead, lapsed):
    (row,) = _enqueue("jan@oss.example")
    now = clock.now()
    row.state, row.claimed_by, row.claimed_until = MessageState.SENDING, "other-1", now + ahead
    db.session.flush()
    over = sa.select(Message.id).where(leases.lapsed_claims(Message.claimed_until, now, leases.LEASE))
    assert db.session.scalars(over).all() == ([row.id] if lapsed else [])


@pytest.mark.parametrize(("early", "leaves"), [(timedelta(seconds=1), 0), (timedelta(0), 1)])
def test_a_message_leaves_from_the_very_moment_that_it_is_due(app, early, leaves):
    (row,) = _enqueue("jan@oss.example")
    with time_machine.travel(row.due_at - early, tick=False):
        assert len(claiming.claim_parcels()) == leaves


@pytest.mark.parametrize(("ago", "room"), [(timedelta(seconds=59), False), (timedelta(minutes=1), True)])
def test_what_left_a_whole_minute_ago_leaves_room_again(app, monkeypatch, ago, room):
    monkeypatch.setitem(app.config, "MAIL_PACE_TOTAL", 1)
    now = clock.now()
    with time_machine.travel(now - ago, tick=False):
        (row,) = _enqueue("jan@oss.example")
        row.state, row.sent_at = SENT, clock.now()
    db.session.flush()
    with time_machine.travel(now, tick=False):
        assert sending_pace.Pace().admits("oss.example", False) == room


def test_stored_bytes_are_what_is_sent_from_a_verp_address(sink):
    (row,) = _enqueue("jan@oss.example")
    _deliver()
    envelope = sink.envelopes[0]
    assert envelope.mail_from == f"bounce+{tokens.make_token(Purpose.BOUNCE, row.id)}@leerkring.example"
    assert envelope.content.rstrip(b"\r\n") == row.body.rstrip(b"\r\n")
    assert parsed(envelope.content)["Message-ID"] == row.message_id


def test_sent_message_is_sent_once(sink):
    _enqueue("jan@oss.example")
    assert (_deliver(), _deliver()) == ({SENT: 1}, {})
    assert len(sink.envelopes) == 1


@pytest.mark.parametrize(
    ("where", "answer", "state", "words"),
    [
        ("rcpt", "550 5.1.1 no such user", FAILED, "550 5.1.1 no such user"),
        ("rcpt", "450 4.2.1 try later", RETRYING, "450 4.2.1 try later"),
        ("rcpt", "452 4.2.2 mailbox full", RETRYING, "452 4.2.2 mailbox full"),
        ("rcpt", "421 4.7.0 slow down", RETRYING, "421 4.7.0 slow down"),
        ("data", "554 5.7.1 policy", FAILED, "554 5.7.1 policy"),
        ("data", "451 4.3.0 later", RETRYING, "451 4.3.0 later"),
        ("data", "drop", RETRYING, "SMTPServerDisconnected"),
        ("rcpt", "drop", RETRYING, "SMTPServerDisconnected"),
    ],
)
def test_refusals_end_in_words(sink, where, answer, state, words):
    getattr(sink, where)["lastig@oss.example"] = answer
    first, second = _enqueue("lastig@oss.example", "gewoon@oss.example")
    _deliver()
    assert (first.state, words in first.response) == (state, True)
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        _deliver()
    assert second.state == SENT
    assert sink.recipients["gewoon@oss.example"] == 1


def test_refused_sender_fails_with_the_servers_words(sink):
    sink.sender = "550 5.7.60 not allowed to send as"
    (row,) = _enqueue("jan@oss.example")
    _deliver()
    assert (row.state, row.response) == (FAILED, "550 5.7.60 not allowed to send as")


def test_pauses_grow_and_end_after_two_days(sink):
    sink.rcpt["jan@oss.example"] = "450 later"
    (row,) = _enqueue("jan@oss.example")
    pauses, moment = [], clock.now()
    while row.state != FAILED:
        with time_machine.travel(moment, tick=False):
            _deliver()
            pauses.append((row.due_at - moment).total_seconds() / 60)
            moment = row.due_at + timedelta(seconds=1) if row.state == RETRYING else moment
    assert [4 < pauses[0] < 7, 13 < pauses[1] < 19, 40 < pauses[2] < 55] == [True, True, True]
    assert timedelta(hours=48) < moment - row.created_at < timedelta(hours=60)


def test_an_old_mail_is_not_given_up_at_its_first_try(sink):
    sink.rcpt["jan@oss.example"] = "450 later"
    (row,) = _enqueue("jan@oss.example")
    row.created_at = clock.now() - timedelta(days=3)
    db.session.commit()
    _deliver()
    assert row.state == RETRYING


def test_unreachable_server_keeps_everything_waiting(app):
    rows = _enqueue("a@oss.example", "b@oss.example")
    with mail_server(app, port=1):
        _deliver()
    assert [(row.state, row.attempts, "ConnectionRefusedError" in row.response) for row in rows] == [
        (RETRYING, 1, True)
    ] * 2


def test_message_of_a_dead_worker_is_sent_again_after_its_lease(sink):
    (row,) = _enqueue("jan@oss.example")
    message_states.move_message(row, MessageState.SENDING)
    row.claimed_by, row.claimed_until = "dead-1", clock.now() + leases.LEASE
    db.session.commit()
    assert _deliver() == {}
    with time_machine.travel(clock.now() + leases.LEASE + timedelta(minutes=1)):
        assert _deliver() == {SENT: 1}


def test_own_actions_overtake_mailings(sink):
    from app.outbox.models import Priority

    slow, _ = _enqueue("mailing@oss.example", "bevestiging@oss.example")
    slow.priority = int(Priority.MAILING)
    db.session.commit()
    _deliver()
    assert [envelope.rcpt_tos[0] for envelope in sink.envelopes] == ["bevestiging@oss.example", "mailing@oss.example"]


def test_pace_holds_back_a_domain_for_a_minute(sink, app):
    rows = _enqueue(
        *(f"p{number}@klein.example" for number in range(app.config["MAIL_PACE"] + 5)), "ander@groot.example"
    )
    for row in rows:
        row.paced = True
    db.session.commit()
    _deliver()
    assert sink.recipients.total() == app.config["MAIL_PACE"] + 1
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        _deliver()
    assert set(_states()) == {SENT}


@pytest.mark.parametrize("setting", ["MAIL_PACE", "MAIL_PACE_TOTAL"])
def test_what_another_worker_is_sending_counts_for_the_pace(sink, app, monkeypatch, setting):
    monkeypatch.setitem(app.config, setting, 2)
    *theirs, ours = _enqueue(*(f"p{number}@klein.example" for number in range(3)))
    for row in (*theirs, ours):
        row.paced = True
    for row in theirs:
        message_states.move_message(row, MessageState.SENDING)
        row.claimed_by, row.claimed_until = "other-1", clock.now() + timedelta(minutes=1)
    db.session.commit()
    assert _deliver() == {}
    assert ours.state == DUE


def test_a_domain_that_had_its_share_holds_up_no_other(sink, app):
    more_than_one_batch = app.config["MAIL_PACE"] + claiming.BATCH + 1
    rows = _enqueue(*(f"p{number}@klein.example" for number in range(more_than_one_batch)), "ander@groot.example")
    for row in rows:
        row.paced = True
    db.session.commit()
    _deliver()
    assert sink.recipients["ander@groot.example"] == 1


def test_without_server_mail_goes_to_the_built_in_mailbox(app):
    (row,) = _enqueue("jan@oss.example")
    _deliver()
    assert (row.state, row.response) == (SENT, "250 in the built-in mailbox")


def test_a_mail_that_cannot_be_written_is_tried_again_and_fails_alone(app, monkeypatch):
    address = factories.person().addresses[0]
    registration = factories.registration(factories.event())
    message_queue.plan_message(MessageKind.TEST, address, details={})
    db.session.commit()

    def states() -> list[tuple]:
        message_writing.write_due_messages()
        return [(each.state, each.response) for each in db.session.scalars(sa.select(Message).order_by(Message.id))]

    assert (states(), registration.invitation_id) == ([(DUE, ""), (PLANNED, "")], registration.invitation.id)
    later = clock.now()
    for tries, pause in enumerate(one_by_one.PAUSES, 1):
        assert states()[1] == (PLANNED, "")
        assert [(each.job, each.tries) for each in one_by_one.list_setbacks()] == [("write_message", tries)]
        later += pause + timedelta(seconds=5)
        with time_machine.travel(later, tick=False):
            states()
    assert states()[1] == (FAILED, "not_written")
    mended = Mail(Letter("Onderwerp", "<p>Hallo</p>", "Hallo\n"), address.address, "Jan", "Leerkring")
    monkeypatch.setattr(message_writing, "_ways", dict(message_writing._ways))
    message_writing.register_writer(MessageKind.TEST, lambda messages: [Draft(mended, ()) for _ in messages])
    (setback,) = one_by_one.list_setbacks()
    assert setback.set_aside
    one_by_one.try_again(setback)
    assert (states()[1], one_by_one.list_setbacks()) == ((DUE, ""), [])


def test_only_the_written_moves_are_allowed(app):
    (row,) = _enqueue("jan@oss.example")
    with pytest.raises(ForbiddenMove):
        message_states.move_message(row, SENT)


def test_the_servers_last_words_are_kept(sink):
    (row,) = _enqueue("jan@oss.example")
    _deliver()
    assert (row.state, row.response) == (SENT, "250 accepted")


def test_421_lets_the_whole_domain_wait(sink):
    sink.rcpt["lastig@oss.example"] = "421 4.7.0 slow down"
    _, second, other = _enqueue("lastig@oss.example", "gewoon@oss.example", "ander@best.example")
    _deliver()
    assert (second.state, second.attempts, other.state) == (RETRYING, 0, SENT)
    assert second.due_at > clock.now() + timedelta(minutes=2)


def test_pace_in_total(sink, app):
    app.config["MAIL_PACE_TOTAL"] = 10
    try:
        _enqueue(*(f"p{number}@d{number}.example" for number in range(15)))
        _deliver()
        assert sink.recipients.total() == 10
        with time_machine.travel(clock.now() + timedelta(seconds=61)):
            _deliver()
        assert sink.recipients.total() == 15
    finally:
        app.config["MAIL_PACE_TOTAL"] = 0


def test_what_a_dead_worker_noted_is_not_sent_again(sink):
    sent, unsent = _enqueue("een@oss.example", "twee@oss.example")
    claiming.claim_parcels()
    with SentJournal() as journal:
        journal.note(sent.id, "250 taken before the end")
    with time_machine.travel(clock.now() + timedelta(minutes=3)):
        assert _deliver() == {SENT: 1}
    assert [envelope.rcpt_tos for envelope in sink.envelopes] == [["twee@oss.example"]]
    assert (sent.state, sent.response, unsent.state) == (SENT, "250 taken before the end", SENT)
    assert [(step.state, step.words) for step in message_history.list_message_steps(unsent)] == [
        (MessageState.PLANNED, ""),
        (DUE, ""),
        (RETRYING, "interrupted"),
        (SENT, "250 accepted"),
    ]


def test_a_sign_of_life_keeps_a_claim(sink):
    _enqueue("jan@oss.example")
    with claiming.work_on(claiming.claim_parcels()):
        _show_life(minutes=1.8)
    with time_machine.travel(clock.now() + timedelta(minutes=3)):
        assert _deliver() == {}


def test_a_sign_of_life_keeps_no_claim_on_what_is_not_being_sent(sink):
    """A worker whose batch broke off lives on, and so does its name."""
    _enqueue("jan@oss.example")
    claiming.claim_parcels()
    _show_life(minutes=1.8)
    with time_machine.travel(clock.now() + timedelta(minutes=3)):
        assert _deliver() == {SENT: 1}


def test_a_sign_of_life_keeps_no_claim_of_another_worker(sink):
    _enqueue("jan@oss.example")
    with claiming.work_on(claiming.claim_parcels()):
        db.session.execute(sa.update(Message).values(claimed_by="ander"))
        _show_life(minutes=1.8)
    with time_machine.travel(clock.now() + timedelta(minutes=3)):
        assert _deliver() == {SENT: 1}


def test_a_claim_of_a_clock_that_was_put_back_an_hour_lapses(sink):
    _enqueue("jan@oss.example")
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        claiming.claim_parcels()
    assert _deliver() == {SENT: 1}


def _show_life(minutes: float) -> None:
    with time_machine.travel(clock.now() + timedelta(minutes=minutes)):
        claiming.renew_claims()
        db.session.commit()


def test_history_has_every_refusal_with_the_servers_words(sink):
    sink.rcpt["jan@oss.example"] = "450 4.2.1 greylisted"
    (row,) = _enqueue("jan@oss.example")
    _deliver()
    sink.rcpt.clear()
    with time_machine.travel(clock.now() + timedelta(minutes=10)):
        _deliver()
    assert [(step.state, step.words) for step in message_history.list_message_steps(row)] == [
        (MessageState.PLANNED, ""),
        (DUE, ""),
        (RETRYING, "450 4.2.1 greylisted"),
        (SENT, "250 accepted"),
    ]


def test_paused_messages_wait_and_go_on_where_they_were(sink):
    first, second = _enqueue("een@oss.example", "twee@oss.example")
    assert message_queue.pause_messages(Message.id == second.id) == 1
    _deliver()
    assert (first.state, second.state) == (SENT, MessageState.PAUSED)
    later = clock.now() + timedelta(hours=3)
    assert message_queue.resume_messages(later, Message.id == second.id) == 1
    db.session.commit()
    assert _deliver() == {}
    with time_machine.travel(later + timedelta(seconds=1)):
        assert _deliver() == {SENT: 1}


def test_totals_never_go_down(sink):
    sink.rcpt["weg@oss.example"] = "550 5.1.1 no such user"
    _enqueue("een@oss.example", "weg@oss.example")
    _deliver()
    _enqueue("twee@oss.example")
    _deliver()
    assert dict(db.session.execute(sa.select(MailTotal.state, MailTotal.number)).all()) == {SENT: 2, FAILED: 1}


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        (b"Subject: x\r\n\r\nDag\r\n", b"Subject: x\r\n\r\nDag\r\n.\r\n"),
        (b".een\r\n..twee\r\n.\r\n", b"..een\r\n...twee\r\n..\r\n.\r\n"),
        (b"zonder einde", b"zonder einde\r\n.\r\n"),
        (b"a.b\r\nc .\r\n", b"a.b\r\nc .\r\n.\r\n"),
    ],
)
def test_dots_at_the_beginning_of_a_line_end_no_mail(body, sent):
    assert as_sent(body) == sent


def test_a_turn_is_no_more_work_the_more_mails_there_ever_were(app):
    """SQLite went through all of them for those that were stopped on their way."""
    few, many = (_work_of_turn(beside=mails) for mails in (10, 400))
    assert many < few * 1.2


def _work_of_turn(beside: int) -> int:
    _enqueue(*(f"persoon{number}@oss.example" for number in range(beside)))
    message_states.move_messages(MessageState.SUPPRESSED, Message.state == DUE, words="Gestopt")
    _enqueue("sanne@best.example")
    with database_work() as work:
        assert _deliver() == {SENT: 1}
    return len(work)
