"""Somebody is erased while a worker has mails to them, or about them, in hand: at most the one on its way still goes."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa

from app import clock, jobs, tokens
from app.database import db
from app.events.models import Mode
from app.inbox import mail_handling, mail_reading
from app.inbox.models import Bounce, IncomingMail
from app.invitations.letters import letter_texts
from app.network.people import people
from app.network.people.models import Person
from app.outbox import claiming, delivery, message_queue, message_writing
from app.outbox.kinds import MessageKind
from app.outbox.letters import Letter, letter_source
from app.outbox.mime import Mail
from app.outbox.models import RARE, Circuit, Message, MessageState, SentNote
from app.privacy.mentions import ABOUT_OTHERS
from app.registration import answers, seats
from app.setbacks import one_by_one
from app.tokens import Purpose
from app.upkeep import balance
from tests import factories, watch
from tests.inbox import letters
from tests.outbox.sink import Sink, listening, mail_server
from tests.privacy.test_erasing import ADDRESS, NAME, _erase, _person, _places

PLANNED, SENT, SUPPRESSED = MessageState.PLANNED, MessageState.SENT, MessageState.SUPPRESSED
OTHER = "ander@x.example"


@dataclass
class Meanwhile(Sink):
    """Does something while a mail to an address arrives."""

    does: dict[str, Callable[[], None]] = field(default_factory=dict)

    async def handle_DATA(self, server, session, envelope):
        act = self.does.pop(envelope.rcpt_tos[0], None)
        if act:
            act()
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def sink(app):
    sink = Meanwhile()
    with listening(sink) as port, mail_server(app, port):
        yield sink


@pytest.fixture
def person(app) -> Person:
    return _person(factories.network())


@pytest.fixture
def erase(app, person) -> Callable[[], None]:
    """Erases them beside whatever else is at hand, as another process would."""
    number = person.id

    def act() -> None:
        with app.app_context():
            _erase(db.session.get_one(Person, number))

    return act


def _mail(address: str, text: str = "Hallo", kind=MessageKind.CONFIRMED, **about) -> Message:
    letter = Letter(text, f"<p>{text}</p>", text)
    row = message_queue.plan_finished_mail(Mail(letter, address, "Iemand", "Leerkring"), kind, **about)
    db.session.flush()
    return row


def _deliver() -> None:
    delivery.deliver_due_messages()
    db.session.expire_all()


def _states() -> list[MessageState]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Message.state).order_by(Message.id)))


def _notes() -> list[SentNote]:
    return list(db.session.scalars(sa.select(SentNote)))


def test_of_a_batch_at_hand_what_was_not_sent_stays(sink, person, erase):
    _mail(OTHER)
    for _ in range(2):
        _mail(ADDRESS, NAME, person_id=person.id)
    sink.does[OTHER] = erase
    _deliver()
    assert (list(sink.recipients), _states(), _places(), _notes()) == (
        [OTHER],
        [SENT, SUPPRESSED, SUPPRESSED],
        set(),
        [],
    )


def test_the_one_on_its_way_went_and_keeps_its_fact_alone(sink, person, erase):
    for _ in range(2):
        _mail(ADDRESS, NAME, person_id=person.id)
    sink.does[ADDRESS] = erase
    _deliver()
    assert (sink.recipients.total(), _states(), _places(), _notes()) == (1, [SENT, SUPPRESSED], set(), [])


@pytest.mark.parametrize("answer", [f"451 4.7.1 <{ADDRESS}> later", f"550 5.7.1 <{ADDRESS}> unwanted", "drop"])
def test_one_that_is_refused_on_its_way_is_not_tried_again(sink, person, erase, answer):
    _mail(ADDRESS, NAME, person_id=person.id)
    sink.does[ADDRESS], sink.data[ADDRESS] = erase, answer
    _deliver()
    claims = db.session.scalars(sa.select(Message.claimed_by)).all()
    assert (_states(), claims, claiming.claim_parcels(), _places()) == ([SUPPRESSED], [None], [], set())


def test_a_mail_to_another_that_names_them_stays_too(sink, person, erase):
    network = person.memberships[0].network_id
    _mail("eerst@x.example")
    about = _mail(OTHER, f"{NAME} komt in je plaats", MessageKind.SUBSTITUTE_COMES, network_id=network)
    sink.does["eerst@x.example"] = erase
    _deliver()
    assert (list(sink.recipients), about.state, about.recipient, _places()) == (
        ["eerst@x.example"],
        SUPPRESSED,
        OTHER,
        set(),
    )


def test_what_a_worker_noted_before_it_died_stays_counted(person, erase):
    row = _mail(ADDRESS, NAME, person_id=person.id)
    db.session.commit()
    claiming.claim_parcels()
    with delivery.SentJournal() as journal:
        journal.note(row.id, f"250 taken for {ADDRESS}")
    erase()
    assert _places() == set()
    claiming.claim_parcels()
    assert (_states(), _notes(), _places()) == ([SENT], [], set())


def test_a_letter_that_is_being_saved_is_awaited_and_read(app, person, erase):
    """On PostgreSQL the bytes of another transaction are not to be seen yet."""
    number, network = person.id, person.memberships[0].network_id
    db.session.commit()
    with app.app_context():
        message_queue.begin_saving()
        name = db.session.get_one(Person, number).name
        _mail(OTHER, f"{name} komt in je plaats", MessageKind.SUBSTITUTE_COMES, network_id=network)
        erasing = threading.Thread(target=erase)
        erasing.start()
        erasing.join(0.3)
        assert erasing.is_alive(), "erasing waited for no letter"
        db.session.commit()
        db.session.remove()
    erasing.join(20)
    assert (_states(), _places()) == ([SUPPRESSED], set())
    watch.found.clear()  # the one mail of that very moment is read while others wait


def test_a_letter_that_was_written_before_and_not_saved_yet_is_written_again(app, person, erase, monkeypatch):
    """Nothing that it was written from shows that it named somebody who was erased meanwhile."""
    event = factories.event(person.memberships[0].network)
    factories.registration(event, factories.person("Gast", of=event.network))
    kind = "registration/confirmed"
    text = f"{letter_source(kind, 'nl')}\n\n{NAME} is er ook.\n"
    letter_texts.save_text(event.network, kind, "nl", text, None)
    db.session.commit()
    settle = message_writing._settle

    def settle_after_erasing(*written):
        monkeypatch.setattr(message_writing, "_settle", settle)
        db.session.commit()
        act = threading.Thread(target=erase)
        act.start()
        act.join(20)
        return settle(*written)

    monkeypatch.setattr(message_writing, "_settle", settle_after_erasing)
    assert message_writing.write_some_messages() == 0
    assert _places() == set()
    assert message_writing.write_some_messages() == 1
    assert _places() == set()


def test_one_that_was_planned_at_that_very_moment_goes_within_the_hour(person, erase):
    number = person.id
    erase()
    db.session.add(
        Message(kind="invitation", state="suppressed", person_id=number, recipient=ADDRESS, domain="zoek.example")
    )
    db.session.commit()
    assert _places() != set()
    jobs.tidy_up()
    assert _places() == set()


def test_one_that_was_planned_at_that_very_moment_is_blanked_when_it_would_be_written(person, erase):
    number = person.id
    event = factories.event(person.memberships[0].network)
    invitation = factories.invitation(event, person)
    db.session.commit()
    erase()
    for kind, about in (("declined", {"invitation_id": invitation.id}), ("stay", {})):
        row = Message(kind=kind, state=PLANNED, person_id=number, recipient=ADDRESS, domain="zoek.example", **about)
        db.session.add(row)
    db.session.commit()
    assert balance.find_breaches() != []
    message_writing.write_due_messages()
    assert (_states()[-2:], _places(), one_by_one.noted_items(message_writing.WRITING)) == ([SUPPRESSED] * 2, set(), {})


@pytest.mark.parametrize("site", ["postgresql"], indirect=True)
@pytest.mark.parametrize("answer", ["accept", "decline", "maybe", "substitute"])
def test_who_is_erased_while_they_answer_has_not_answered(app, person, erase, answer):
    """SQLite has one writer: who answers there reads after who erases."""
    event = factories.event(person.memberships[0].network)
    invitation = factories.invitation(event, person)
    db.session.commit()
    acts = {
        "accept": lambda: answers.accept_invitation(invitation, Mode.ON_SITE),
        "decline": lambda: answers.decline_invitation(invitation),
        "maybe": lambda: answers.answer_maybe(invitation, answers.FROM_CALENDAR),
        "substitute": lambda: answers.ask_substitute(invitation, "Collega", "collega@x.example"),
    }
    assert db.session.get_one(Person, person.id).name == NAME
    eraser = threading.Thread(target=erase)
    eraser.start()
    eraser.join()
    with pytest.raises(seats.RegistrationClosed):
        acts[answer]()
    db.session.rollback()
    assert _places() == set()


class TestATextThatNamesThem:
    """Of a session; mails with it go to others, who still get theirs."""

    @pytest.fixture
    def event(self, person):
        event = factories.event(person.memberships[0].network, title=f"Afscheid van {NAME}")
        factories.registration(event, person)
        for number in range(3):
            factories.registration(event, factories.person(f"Gast {number}", of=event.network))
        db.session.commit()
        return event

    def _to_guests(self) -> list[Message]:
        db.session.expire_all()
        return [each for each in db.session.scalars(sa.select(Message).order_by(Message.id)) if each.recipient]

    def test_is_written_anew_where_it_had_not_left(self, sink, event, erase):
        message_writing.write_due_messages()
        assert _places() != set()
        erase()
        assert _places() == set()
        message_writing.write_due_messages()
        _deliver()
        assert {each.state for each in self._to_guests()} == {SENT}
        assert len(sink.envelopes) == 3
        assert all(NAME.encode() not in envelope.content for envelope in sink.envelopes)

    def test_of_what_was_in_hand_the_bytes_go_once_it_left(self, sink, event, erase):
        message_writing.write_due_messages()
        guest = min(each.recipient for each in self._to_guests() if each.recipient != ADDRESS)
        sink.does[guest] = erase
        _deliver()
        jobs.tidy_up()
        assert ({each.state for each in self._to_guests()}, _places()) == ({SENT}, set())

    def test_why_it_changed_stands_in_no_mail(self, person):
        event, other = factories.event(person.memberships[0].network), factories.person()
        factories.invitation(event, person)
        about = {"event_id": event.id, "network_id": event.network_id, "person_id": other.id}
        message_queue.plan_message(
            MessageKind.EVENT_CHANGED, other.addresses[0], details={"reden": f"{NAME} is ziek"}, **about
        )
        db.session.commit()
        assert "messages.details" in _places()
        _erase(person)
        assert _places() == set()


def test_what_a_server_said_when_it_refused_us_keeps_no_address(person):
    db.session.add(Circuit(id=1, refused=[], words=f"550 no mail of yours for {ADDRESS}"))
    db.session.commit()
    _erase(person)
    assert _places() == set()


def test_a_report_that_comes_afterwards_leaves_nothing(sink, person):
    row = _mail(ADDRESS, NAME, person_id=person.id)
    _deliver()
    _erase(person)
    back = f"bounce+{tokens.make_token(Purpose.BOUNCE, row.id)}@leerkring.example"
    content = letters.report(back, "5.1.1", "failed", f"smtp; 550 5.1.1 <{ADDRESS}> unknown")
    kept = IncomingMail(
        folder="INBOX", uid_validity=1, uid=1, received_at=clock.now(), content=content, subject=f"Failed: {ADDRESS}"
    )
    db.session.commit()
    mail = mail_reading.read_mail(content)
    db.session.add(kept)
    mail_handling.handle_mail(kept, mail)
    assert (kept.reason, db.session.scalars(sa.select(Bounce)).all(), _places()) == ("erased", [], set())


def test_a_message_without_its_bytes_holds_up_no_other(sink, app):
    bare, whole = _mail("leeg@x.example"), _mail(OTHER)
    db.session.execute(sa.text("DELETE FROM finished_messages WHERE message_id = :id"), {"id": bare.id})
    db.session.commit()
    _deliver()
    assert (bare.state, whole.state) == (MessageState.FAILED, SENT)


def test_the_kinds_that_may_name_others_are_found_by_their_index():
    assert [kind for kind in (*ABOUT_OTHERS, *people.ASKED_MAILS) if repr(kind.value) in RARE.text] == []
