"""Answers from calendars, read from a real mailbox: what they change, what they never change, and what people hear of it."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from app import clock
from app.database import db
from app.events import planning
from app.events.models import Mode
from app.inbox import itip, mailbox_reading, reply_letters
from app.inbox.models import IncomingMail, Outcome
from app.invitations import invitation_queries
from app.invitations.models import Answer, Invitation, Origin, Step
from app.network.people import mail_addresses
from app.outbox.kinds import MessageKind
from app.outbox.models import Message
from app.registration import answers, cockpit, registration_letters
from app.registration.models import Registration, RegistrationState
from tests import factories
from tests.helpers import links_in, mail_to, mails, parsed, post, sign_in, text_of, vevent_of, work
from tests.inbox import answers as sent
from tests.inbox.answers import Request

PROGRAMS = [sent.exchange, sent.outlook, sent.google, sent.apple, sent.thunderbird, sent.bare]
NAMED = [each.__name__ for each in PROGRAMS]


@pytest.fixture
def network(app):
    return factories.network(slug="netwerk", contact_address="team@netwerk.example", contact_name="het team")


@pytest.fixture
def jan(network):
    return factories.person("Jan Jansen", of=network, address="jan@oss.example")


@pytest.fixture
def invitation(network, jan) -> Invitation:
    return factories.invitation(factories.event(network, seats_on_site=2), jan)


@pytest.fixture
def ask(invitation):
    """What the calendar keeps of the mail that was sent last, or of a first invitation."""
    registration_letters.plan_registration_letter(MessageKind.SUBSTITUTE_INVITATION, invitation, collega="Loes")
    work()

    def last() -> Request:
        work()
        calendars = [parsed(each.body) for each in mails(Message.invitation_id == invitation.id)]
        return Request.of([each for each in calendars if b"text/calendar" in each.as_bytes()][-1])

    return last


@pytest.fixture
def receive(mailbox):
    """Let mails arrive and be read; returns what became of each."""

    def deliver(*contents: bytes) -> list[tuple[Outcome, str]]:
        last = db.session.scalar(sa.select(sa.func.max(IncomingMail.id))) or 0
        db.session.commit()
        mailbox.deliver(*contents)
        mailbox_reading.read_mailbox()
        db.session.expire_all()
        rows = db.session.scalars(sa.select(IncomingMail).where(IncomingMail.id > last).order_by(IncomingMail.id))
        return [(row.outcome, row.reason) for row in rows]

    return deliver


def _standing(invitation: Invitation) -> cockpit.InvitationStanding:
    db.session.expire_all()
    registration = db.session.scalar(sa.select(Registration).where(Registration.invitation_id == invitation.id))
    return cockpit.standing_of(invitation, registration)


def _steps(invitation: Invitation) -> list[tuple]:
    return [
        (entry.step, entry.by_address) for entry, _ in reversed(invitation_queries.list_invitation_steps(invitation))
    ]


def _kinds(invitation: Invitation) -> list[str]:
    return [each.kind for each in mails(Message.invitation_id == invitation.id)]


def _text(person, kind: str) -> str:
    """The words of the last mail of a kind, on one line."""
    return " ".join(text_of(mail_to(person, kind)).split())


def _change(event, **change) -> None:
    values = {name: getattr(event, name) for name in planning.EventDetails.__dataclass_fields__}
    planning.change_event(event, planning.EventDetails(**values | change))


@pytest.mark.parametrize("program", PROGRAMS, ids=NAMED)
def test_accept_registers_and_decline_frees_the_place(program, invitation, ask, receive):
    assert receive(program(ask(), "ACCEPTED")) == [(Outcome.HANDLED, "calendar_applied")]
    assert _standing(invitation) == cockpit.InvitationStanding.COMING
    confirmed = mail_to(invitation.person, "confirmed")
    assert "Dit antwoord kwam uit je agenda." in text_of(confirmed)
    assert str(vevent_of(confirmed)["ATTENDEE"].params["PARTSTAT"]) == "ACCEPTED"
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        assert receive(program(ask(), "DECLINED")) == [(Outcome.HANDLED, "calendar_applied")]
        assert _standing(invitation) == cockpit.InvitationStanding.DECLINED
        cancelled = mail_to(invitation.person, "cancelled")
    assert (vevent_of(cancelled)["STATUS"], str(vevent_of(cancelled)["UID"])) == ("CANCELLED", invitation.event.uid)
    assert [step for step, _ in _steps(invitation)] == [Step.REGISTERED, Step.CANCELLED]
    assert _kinds(invitation) == ["substitute_invitation", "confirmed", "cancelled"]


@pytest.mark.parametrize("program", PROGRAMS, ids=NAMED)
def test_tentative_is_a_maybe_that_is_asked_again(program, invitation, ask, receive):
    assert receive(program(ask(), "TENTATIVE")) == [(Outcome.HANDLED, "calendar_applied")]
    assert (_standing(invitation), invitation.answer) == (cockpit.InvitationStanding.MAYBE, None)
    assert "Je bent nog niet aangemeld" in text_of(mail_to(invitation.person, "maybe"))
    funnel = cockpit.count_funnel(invitation.event)
    assert (funnel.invited, funnel.answered, funnel.maybe, funnel.silent) == (1, 0, 1, 0)


def test_tentative_keeps_a_place_that_one_has(invitation, ask, receive):
    answers.accept_invitation(invitation, Mode.ON_SITE)
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        receive(sent.exchange(ask(), "TENTATIVE"))
        assert _standing(invitation) == cockpit.InvitationStanding.COMING
        assert "Je plek blijft van jou" in text_of(mail_to(invitation.person, "maybe"))
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        receive(sent.exchange(ask(), "ACCEPTED"))
        assert _kinds(invitation)[-2:] == ["maybe", "confirmed"]


def test_a_full_session_puts_on_the_waiting_list_and_says_so(network, invitation, ask, receive):
    for _ in range(2):
        factories.registration(invitation.event)
    receive(sent.exchange(ask(), "ACCEPTED"))
    assert _standing(invitation) == cockpit.InvitationStanding.WAITING
    assert "op plaats 1" in text_of(mail_to(invitation.person, "waiting"))


def test_a_place_given_up_in_outlook_goes_to_who_waits(invitation, ask, receive):
    answers.accept_invitation(invitation, Mode.ON_SITE)
    factories.registration(invitation.event)
    waiting = factories.registration(invitation.event)
    assert waiting.state == RegistrationState.WAITING
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        receive(sent.exchange(ask(), "DECLINED"))
        db.session.refresh(waiting)
        assert waiting.state == RegistrationState.CONFIRMED
        assert mail_to(waiting.invitation.person, "promoted")


def test_a_hybrid_session_takes_them_in_the_room_and_says_how_to_join_online(network, jan, receive):
    invitation = factories.invitation(factories.hybrid(network), jan)
    registration_letters.plan_registration_letter(MessageKind.SUBSTITUTE_INVITATION, invitation, collega="Loes")
    work()
    receive(sent.exchange(Request.of(mail_to(jan)), "ACCEPTED"))
    registration = db.session.scalars(sa.select(Registration)).one()
    assert registration.mode == Mode.ON_SITE
    assert "Doe je liever online mee?" in _text(jan, "confirmed")


def test_undo_on_the_page_brings_back_what_held(client, invitation, ask, receive):
    receive(sent.exchange(ask(), "ACCEPTED"))
    page = next(link for link in links_in(mail_to(invitation.person, "confirmed")) if link.startswith("/i/"))
    assert "Maak dit antwoord ongedaan" in client.get(page).text
    post(client, page.partition("?")[0], answer="undo")
    assert (_standing(invitation), invitation.answer) == (cockpit.InvitationStanding.SILENT, None)
    undone = vevent_of(mail_to(invitation.person, "answer_undone"))
    assert (undone["STATUS"], str(undone["ATTENDEE"].params["PARTSTAT"])) == ("CONFIRMED", "NEEDS-ACTION")
    assert "Maak dit antwoord ongedaan" not in client.get(page).text
    post(client, page.partition("?")[0], answer="undo")
    assert [step for step, _ in _steps(invitation)] == [Step.REGISTERED, Step.UNDONE]


def test_undo_of_a_decline_gives_the_place_back(client, invitation, ask, receive):
    answers.accept_invitation(invitation, Mode.ON_SITE)
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        receive(sent.exchange(ask(), "DECLINED"))
        page = next(link for link in links_in(mail_to(invitation.person, "cancelled")) if link.startswith("/i/"))
        post(client, page, answer="undo")
        assert _standing(invitation) == cockpit.InvitationStanding.COMING


def test_the_same_answer_twice_changes_and_says_nothing_more(invitation, ask, receive):
    request = ask()
    first = sent.exchange(request, "ACCEPTED", at=clock.now() - timedelta(minutes=9))
    again = sent.exchange(request, "ACCEPTED", at=clock.now() - timedelta(minutes=5))
    outcomes = receive(first, first, again)
    assert outcomes == [
        (Outcome.HANDLED, "calendar_applied"),
        (Outcome.HANDLED, "calendar_same"),
        (Outcome.HANDLED, "calendar_same"),
    ]
    assert _kinds(invitation) == ["substitute_invitation", "confirmed"]


def test_of_two_answers_the_later_holds_whichever_arrives_last(invitation, ask, receive):
    request, now = ask(), clock.now()
    yes = sent.exchange(request, "ACCEPTED", at=now - timedelta(minutes=20))
    no = sent.exchange(request, "DECLINED", at=now - timedelta(minutes=10))
    assert receive(no, yes) == [(Outcome.HANDLED, "calendar_applied"), (Outcome.HANDLED, "calendar_older")]
    assert _standing(invitation) == cockpit.InvitationStanding.DECLINED


def test_of_two_answers_in_one_second_the_first_holds(invitation, ask, receive):
    request, now = ask(), clock.now()
    receive(sent.exchange(request, "ACCEPTED", at=now), sent.exchange(request, "DECLINED", at=now))
    assert _standing(invitation) == cockpit.InvitationStanding.COMING


PHONE = {"SEQUENCE": "SEQUENCE:0"}
"""Another program of the same person, which keeps no SEQUENCE."""


def _ago(request: Request, answer: str, minutes: float, **change) -> bytes:
    return sent.bare(request, answer, at=clock.now() - timedelta(minutes=minutes), **change)


@pytest.mark.parametrize(
    ("first", "then", "reasons", "standing"),
    [
        ((9, "ACCEPTED", {}), (5, "DECLINED", PHONE), ["applied", "applied"], "declined"),
        ((5, "DECLINED", PHONE), (9, "ACCEPTED", {}), ["applied", "older"], "declined"),
        ((9, "DECLINED", PHONE), (5, "ACCEPTED", {}), ["applied", "applied"], "coming"),
        ((5, "ACCEPTED", {}), (9, "DECLINED", PHONE), ["applied", "older"], "coming"),
        ((5, "ACCEPTED", {}), (5, "DECLINED", PHONE), ["applied", "older"], "coming"),
        ((5, "ACCEPTED", PHONE), (5, "DECLINED", {}), ["applied", "applied"], "declined"),
        ((5, "ACCEPTED", {}), (5, "DECLINED", {}), ["applied", "older"], "coming"),
        ((5, "ACCEPTED", {}), (0, "DECLINED", {"DTSTAMP": None} | PHONE), ["applied", "applied"], "declined"),
        ((0, "ACCEPTED", {"DTSTAMP": None}), (5, "DECLINED", PHONE), ["applied", "older"], "coming"),
        ((-99, "ACCEPTED", {}), (5, "DECLINED", {}), ["applied", "older"], "coming"),
        ((5, "ACCEPTED", {}), (-99, "DECLINED", PHONE), ["applied", "applied"], "declined"),
    ],
    ids=[
        "later_lower", "earlier_higher", "later_higher", "earlier_lower", "same_moment_lower", "same_moment_higher",
        "same_moment", "without_moment", "older_than_without_moment", "older_than_in_the_future", "in_the_future",
    ],
)  # fmt: skip
def test_of_two_programs_the_moment_decides_and_not_their_sequence(
    invitation, ask, receive, first, then, reasons, standing
):
    invitation.calendar_sequence = 4
    registration_letters.plan_registration_letter(MessageKind.SUBSTITUTE_INVITATION, invitation, collega="Loes")
    request = ask()
    assert request.sequence == 4
    outcomes = receive(*(_ago(request, answer, minutes, **change) for minutes, answer, change in (first, then)))
    assert outcomes == [(Outcome.HANDLED, f"calendar_{reason}") for reason in reasons]
    assert _standing(invitation) == standing


def test_a_moment_in_another_zone_is_the_same_moment(invitation, ask, receive):
    """09:10 UTC lies before 10:20 in Amsterdam in winter, whichever figures they are written in."""
    request, now = ask(), clock.now()

    def at(minutes: int, line: str) -> dict:
        moment = now - timedelta(minutes=minutes)
        local = clock.to_local(moment).strftime("%Y%m%dT%H%M%S")
        return {"DTSTAMP": line.format(local=local, utc=sent.stamp(moment))}

    replies = [
        ("DECLINED", at(20, "DTSTAMP;TZID=Europe/Amsterdam:{local}")),
        ("ACCEPTED", at(25, "DTSTAMP:{local}")),
        ("ACCEPTED", at(30, "DTSTAMP:{utc}")),
        ("TENTATIVE", at(15, "DTSTAMP:{utc}")),
        ("DECLINED", at(10, "DTSTAMP:{local}")),
    ]
    outcomes = receive(*(sent.bare(request, answer, **change) for answer, change in replies))
    assert [reason.removeprefix("calendar_") for _, reason in outcomes] == [
        "applied", "older", "older", "applied", "applied",
    ]  # fmt: skip


def test_a_mailbox_that_was_not_read_for_a_while_does_not_make_answers_later(mailbox, invitation, ask):
    """Given in the calendar at nine by a clock that is ahead, on the page at ten, and read at noon."""
    request, now = ask(), clock.now()
    db.session.commit()
    mailbox.deliver(sent.bare(request, "DECLINED", at=now + timedelta(hours=2)))
    with time_machine.travel(now + timedelta(hours=1)):
        answers.accept_invitation(invitation, Mode.ON_SITE)
        db.session.commit()
    with time_machine.travel(now + timedelta(hours=3)):
        mailbox_reading.read_mailbox()
    assert _standing(invitation) == cockpit.InvitationStanding.COMING


@pytest.mark.parametrize(("answer", "reason"), [("ACCEPTED", "asked_again"), ("DECLINED", "applied")])
def test_sequence_tells_which_date_was_answered(invitation, ask, receive, answer, reason):
    """Without DTSTART nothing else does."""
    old, week, event = ask(), timedelta(days=7), invitation.event
    answers.accept_invitation(invitation, Mode.ON_SITE)
    _change(event, starts_at=event.starts_at + week, ends_at=event.ends_at + week, closes_at=event.closes_at + week)
    work()
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        again = ask()
        assert again.sequence > old.sequence
        answers.take_answer_back(invitation)
        invitation.answered_at = None
        assert receive(sent.bare(old, answer, DTSTART=None, DTEND=None)) == [(Outcome.HANDLED, f"calendar_{reason}")]


def test_an_answer_on_the_page_goes_before_an_earlier_one_by_mail(invitation, ask, receive):
    request = ask()
    answers.accept_invitation(invitation, Mode.ON_SITE)
    assert receive(sent.exchange(request, "DECLINED", at=clock.now() - timedelta(minutes=1))) == [
        (Outcome.HANDLED, "calendar_older")
    ]
    assert _standing(invitation) == cockpit.InvitationStanding.COMING


@pytest.mark.parametrize(
    ("minutes", "standing"),
    [(1, cockpit.InvitationStanding.COMING), (3, cockpit.InvitationStanding.DECLINED)],
    ids=["ahead", "later"],
)
def test_a_clock_that_is_a_little_ahead_does_not_win_from_the_page(invitation, ask, receive, minutes, standing):
    request, now = ask(), clock.now()
    answers.accept_invitation(invitation, Mode.ON_SITE)
    with time_machine.travel(now + timedelta(minutes=9)):
        receive(sent.exchange(request, "DECLINED", at=now + timedelta(minutes=minutes)))
        assert _standing(invitation) == standing


def test_a_clock_that_is_ahead_does_not_win_for_ever(invitation, ask, receive):
    request = ask()
    receive(sent.exchange(request, "DECLINED", at=clock.now() + timedelta(days=3)))
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        receive(sent.exchange(request, "ACCEPTED"))
    assert _standing(invitation) == cockpit.InvitationStanding.COMING


def test_yes_to_a_date_that_has_moved_is_asked_again(invitation, ask, receive):
    old = ask()
    event, week = invitation.event, timedelta(days=7)
    _change(event, starts_at=event.starts_at + week, ends_at=event.ends_at + week, closes_at=event.closes_at + week)
    work()
    assert receive(sent.exchange(old, "ACCEPTED")) == [(Outcome.HANDLED, "calendar_asked_again")]
    assert _standing(invitation) == cockpit.InvitationStanding.SILENT
    again = mail_to(invitation.person, "asked_again")
    assert vevent_of(again).start == clock.to_local(event.starts_at)
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        assert receive(sent.exchange(old, "DECLINED")) == [(Outcome.HANDLED, "calendar_applied")]
        assert _standing(invitation) == cockpit.InvitationStanding.DECLINED


def test_a_moved_room_is_no_reason_to_ask_again(invitation, ask, receive):
    old = ask()
    _change(invitation.event, venue="Schouwburg")
    work()
    assert receive(sent.exchange(old, "ACCEPTED")) == [(Outcome.HANDLED, "calendar_applied")]
    assert _standing(invitation) == cockpit.InvitationStanding.COMING


def test_a_comment_reaches_the_organisers_and_the_history(invitation, ask, receive):
    receive(sent.exchange(ask(), "ACCEPTED", comment="Ik kom wat later\\, rond 14 uur"))
    (note,) = mails(Message.kind == "calendar_note")
    assert (note.recipient, parsed(note.body)["Reply-To"]) == ("team@netwerk.example", "Leerkring <jan@oss.example>")
    assert "> Ik kom wat later, rond 14 uur" in text_of(parsed(note.body))
    assert invitation_queries.list_invitation_steps(invitation)[0][0].words == "Ik kom wat later, rond 14 uur"


def test_googles_comment_is_found_where_google_puts_it(invitation, ask, receive):
    receive(sent.google(ask(), "DECLINED", comment="Vakantie"))
    assert [each.words for each, _ in invitation_queries.list_invitation_steps(invitation)] == ["Vakantie", ""]


def test_another_time_is_passed_on_and_answered_in_words(invitation, ask, receive):
    answers.accept_invitation(invitation, Mode.ON_SITE)
    outcome = receive(sent.counter(ask(), timedelta(days=1), "Dan heb ik raad"))
    assert outcome == [(Outcome.HANDLED, "calendar_proposed")]
    assert _standing(invitation) == cockpit.InvitationStanding.COMING
    assert "stelt voor" in text_of(parsed(mails(Message.kind == "calendar_note")[0].body))
    assert "We gaven je voorstel door" in text_of(mail_to(invitation.person, "time_proposed"))
    receive(sent.counter(ask(), timedelta(days=2)))
    assert _kinds(invitation).count("time_proposed") == 1
    assert len(mails(Message.kind == "calendar_note")) == 2


def test_a_secretary_answers_for_somebody_and_the_history_says_so(invitation, ask, receive):
    by = "secretariaat@oss.example"
    receive(sent.bare(ask(), "ACCEPTED", sender=f"Secretariaat <{by}>"))
    assert (_standing(invitation), _steps(invitation)) == (cockpit.InvitationStanding.COMING, [(Step.REGISTERED, by)])
    confirmed = mails(Message.kind == "confirmed")[0]
    assert confirmed.recipient == "jan@oss.example"
    assert f"gegeven door {by}" in text_of(parsed(confirmed.body))


def test_sent_by_names_the_delegate(invitation, ask, receive):
    request = ask()
    attendee = f'ATTENDEE;PARTSTAT=DECLINED;SENT-BY="MAILTO:hulp@oss.example":mailto:{request.attendee}'
    receive(sent.bare(request, "DECLINED", ATTENDEE=attendee))
    assert _steps(invitation) == [(Step.DECLINED, "hulp@oss.example")]


def test_delegating_asks_a_colleague(invitation, ask, receive):
    request = ask()
    attendee = f'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:sanne@oss.example":mailto:{request.attendee}'
    assert receive(sent.bare(request, "DELEGATED", ATTENDEE=attendee)) == [(Outcome.HANDLED, "calendar_delegated")]
    assert invitation.answer == Answer.SUBSTITUTE
    theirs = db.session.scalars(sa.select(Invitation).where(Invitation.origin == Origin.SUBSTITUTE)).one()
    assert (theirs.address.address, theirs.substitute_for_id) == ("sanne@oss.example", invitation.id)


def test_delegating_to_what_is_no_address_waits_for_an_organiser(invitation, ask, receive):
    request = ask()
    attendee = f'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:sanne":mailto:{request.attendee}'
    assert receive(sent.bare(request, "DELEGATED", ATTENDEE=attendee)) == [(Outcome.REVIEW, "no_substitute")]
    assert _standing(invitation) == cockpit.InvitationStanding.SILENT


def test_a_forwarded_invitation_to_a_cancelled_session_offers_nothing(invitation, ask, receive):
    request = ask()
    planning.cancel_event(invitation.event, "Ziekte")
    theirs = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:piet@best.example"
    reply = sent.bare(request, "ACCEPTED", sender="piet@best.example", ATTENDEE=theirs)
    assert receive(reply) == [(Outcome.HANDLED, "forwarded_closed")]
    assert mails(Message.kind == "instead") == []


def test_another_time_without_a_time_waits_for_an_organiser(invitation, ask, receive):
    reply = sent.bare(ask(), "TENTATIVE", METHOD="METHOD:COUNTER", DTSTART=None)
    assert receive(reply) == [(Outcome.REVIEW, "calendar_unreadable")]
    assert _steps(invitation) == []


def test_a_forwarded_invitation_registers_nobody_and_offers_to_come_instead(client, invitation, ask, receive):
    request = ask()
    attendee = "ATTENDEE;CN=Piet Pieters;PARTSTAT=ACCEPTED:mailto:piet@best.example"
    reply = sent.bare(request, "ACCEPTED", sender="Piet Pieters <piet@best.example>", ATTENDEE=attendee)
    assert receive(reply, reply) == [(Outcome.HANDLED, "offered_instead")] * 2
    assert (_standing(invitation), db.session.scalar(sa.select(sa.func.count()).select_from(Registration))) == (
        cockpit.InvitationStanding.SILENT,
        0,
    )
    assert _steps(invitation) == [(Step.FORWARDED, "piet@best.example")]
    (offer,) = mails(Message.kind == "instead")
    assert (offer.recipient, offer.person_id) == ("piet@best.example", None)
    assert invitation.event.title not in text_of(parsed(offer.body))
    (page,) = [link for link in links_in(parsed(offer.body)) if link.startswith("/instead/")]
    assert "We vragen het Jan Jansen." in post(client, page).text
    assert "We vragen het Jan Jansen." in client.get(page).text
    wanted = mail_to(invitation.person, "substitute_wanted")
    assert "Piet Pieters (piet@best.example)" in text_of(wanted)
    link = next(each for each in links_in(wanted) if "antwoord=collega" in each).partition("#")[0]
    assert 'value="piet@best.example"' in client.get(link).text
    post(client, link.partition("?")[0], answer="substitute", name="Piet Pieters", address="piet@best.example")
    theirs = db.session.scalars(sa.select(Invitation).where(Invitation.origin == Origin.SUBSTITUTE)).one()
    assert theirs.address.address == "piet@best.example"


def test_another_address_of_the_same_person_is_theirs(invitation, ask, receive):
    mail_addresses.add_address(invitation.person, "j.jansen@gemeente-oss.example")
    attendee = "ATTENDEE;PARTSTAT=ACCEPTED:MAILTO:J.Jansen@Gemeente-Oss.example"
    receive(sent.bare(ask(), "ACCEPTED", sender="j.jansen@gemeente-oss.example", ATTENDEE=attendee))
    assert (_standing(invitation), _steps(invitation)) == (cockpit.InvitationStanding.COMING, [(Step.REGISTERED, "")])


KNOWN, OTHERS = "j.jansen@gemeente-oss.example", "piet@best.example"
STRANGE = "vreemde@elders.example"


@pytest.mark.parametrize(
    ("attendee", "sender", "reason"),
    [
        (KNOWN, STRANGE, "calendar_applied"),
        (KNOWN.upper(), KNOWN, "calendar_applied"),
        ("j@gemeente-ö.example", "j@gemeente-ö.example", "calendar_applied"),
        ("j@xn--gemeente--87a.example", STRANGE, "calendar_applied"),
        (STRANGE, KNOWN, "calendar_applied"),
        (STRANGE, "jan@oss.example", "calendar_applied"),
        ("geen adres", KNOWN, "calendar_applied"),
        (OTHERS, KNOWN, "offered_instead"),
        (STRANGE, STRANGE, "offered_instead"),
        (STRANGE, OTHERS, "offered_instead"),
        ("", STRANGE, "offered_instead"),
        ("", "geen adres", "unsure_sender"),
    ],
)
def test_who_answers_to_the_secret_address(network, invitation, ask, receive, attendee, sender, reason):
    """Every known address is the person, in ATTENDEE or else in From; what is another's is theirs."""
    for address in (KNOWN, "j@gemeente-ö.example"):
        mail_addresses.add_address(invitation.person, address)
    factories.person("Piet", of=network, address=OTHERS)
    line = f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{attendee}" if attendee else None
    encoded = f"=?utf-8?b?{base64.b64encode(sender.encode()).decode()}?=" if not sender.isascii() else sender
    reply = sent.bare(ask(), "ACCEPTED", sender=encoded, ATTENDEE=line).decode("latin-1").encode()
    ((_, found),) = receive(reply)
    assert (found, _standing(invitation) == "coming") == (reason, reason == "calendar_applied")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"UID": "UID:event-van-een-ander@elders.example"}, "other_event"),
        ({"UID": None}, "calendar_applied"),
        ({"METHOD": "method:reply"}, "calendar_applied"),
        ({"DTSTAMP": None}, "calendar_applied"),
        ({"DTSTART": None, "DTEND": None}, "calendar_applied"),
        ({"DTSTART": "DTSTART:morgen", "DTEND": "DTEND:gisteren"}, "calendar_applied"),
        ({"SEQUENCE": "SEQUENCE:negen"}, "calendar_applied"),
        ({"DTSTART": "DTSTART;TZID=Customized Time Zone:20270101T100000", "DTEND": None}, "calendar_asked_again"),
        ({"EXTRA": "RRULE:FREQ=SECONDLY"}, "calendar_applied"),
        ({"EXTRA": "END:VEVENT\nBEGIN:VEVENT\nUID:x\nRECURRENCE-ID:20270101T100000Z"}, "several_events"),
        ({"ATTENDEE": "ATTENDEE;PARTSTAT=ACCEPTED;X-NUM-GUESTS=2:mailto:jan@oss.example"}, "guests"),
        ({"ATTENDEE": "ATTENDEE;PARTSTAT=IN-PROCESS:mailto:jan@oss.example"}, "other_answer"),
        ({"ATTENDEE": "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:jan@oss.example"}, "no_answer"),
        ({"ATTENDEE": None}, "other_answer"),
        ({"ATTENDEE": None, "sender": "vreemde@elders.example"}, "offered_instead"),
        ({"EXTRA": "ATTENDEE;PARTSTAT=ACCEPTED:mailto:piet@best.example"}, "other_answer"),
        ({"BEGIN": None, "EXTRA": "kapot"}, "calendar_unreadable"),
    ],
)
def test_odd_answers(change, reason, invitation, ask, receive):
    (found,) = receive(sent.bare(ask(), "ACCEPTED", **change))
    assert found[1] == reason
    coming = _standing(invitation) == cockpit.InvitationStanding.COMING
    assert coming == (reason == "calendar_applied")


def test_one_answer_a_day_is_enough(invitation):
    reply_letters.plan_too_late_letter(invitation)
    reply_letters.plan_too_late_letter(invitation)
    assert _kinds(invitation).count(MessageKind.TOO_LATE) == 1
    with time_machine.travel(clock.now() + timedelta(days=1)):
        reply_letters.plan_too_late_letter(invitation)
    assert _kinds(invitation).count(MessageKind.TOO_LATE) == 2


def _read_alone(*lines: str) -> itip.CalendarMail:
    return itip.read_calendar_mail("\n".join(["BEGIN:VCALENDAR", "METHOD:REPLY", *lines, "END:VCALENDAR"]))


def test_a_series_is_read_before_its_exceptions():
    once = ["BEGIN:VEVENT", "RECURRENCE-ID:20270101T100000Z", "ATTENDEE;PARTSTAT=DECLINED:mailto:jan@oss.example"]
    series = ["BEGIN:VEVENT", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:jan@oss.example"]
    found = _read_alone(*once, "END:VEVENT", *series, "END:VEVENT")
    assert (found.answer, found.events) == ("accepted", 2)


@pytest.mark.parametrize("start", ["DTSTART:20270101T100000", "DTSTART:20270101T090000Z"])
def test_a_moment_without_a_zone_is_ours(start):
    assert _read_alone("BEGIN:VEVENT", start, "END:VEVENT").starts_at == datetime(2027, 1, 1, 9, tzinfo=UTC)


def test_upper_case_uid_latin_letters_and_a_huge_attachment(invitation, ask, receive):
    request = ask()
    whole = sent.exchange(request, "ACCEPTED", UID=f"UID:{request.uid.upper()}")
    closing = b"--_000_AM0PR--"
    heavy = b"--_000_AM0PR\r\nContent-Type: application/pdf\r\n\r\n" + b"JVBERi0x\r\n" * 2_000_000
    assert receive(whole.replace(closing, heavy + closing)) == [(Outcome.HANDLED, "calendar_applied")]
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        latin = sent.bare(request, "DECLINED", COMMENT="COMMENT:Caf\xe9").replace(
            b"charset=UTF-8", b"charset=ISO-8859-15"
        )
        receive(latin)
    assert invitation_queries.list_invitation_steps(invitation)[0][0].words == "Café"


def test_what_only_outlook_reads_waits_for_an_organiser(invitation, ask, receive):
    assert receive(sent.winmail(ask())) == [(Outcome.REVIEW, "winmail")]
    told = f"From: jan@oss.example\nTo: {ask().organizer}\nSubject: Meeting Forward Notification: Sessie\n"
    assert receive(sent.mail(told, "Your meeting was forwarded to Piet.")) == [(Outcome.REVIEW, "passed_on")]
    assert _standing(invitation) == cockpit.InvitationStanding.SILENT


def test_without_the_secret_only_a_proven_sender_counts(app, monkeypatch, invitation, ask, receive):
    monkeypatch.setitem(app.config, "INBOX_AUTHSERV_ID", "mx.leerkring.example")
    constant = {"to": "antwoord@leerkring.example", "ORGANIZER": None}
    proven = "Authentication-Results: mx.leerkring.example; dmarc=pass (p=reject) header.from=oss.example\n"
    forged = proven.replace("mx.leerkring", "mx.boef") + proven.replace("pass", "fail")
    request = ask()
    for headers in ("", forged, proven.replace("oss.example", "boef.example")):
        assert receive(sent.bare(request, "ACCEPTED", headers=headers, **constant)) == [
            (Outcome.REVIEW, "unsure_sender")
        ]
    other = sent.bare(request, "ACCEPTED", sender="boef@oss.example", headers=proven, **constant)
    assert receive(other) == [(Outcome.REVIEW, "unsure_sender")]
    assert _standing(invitation) == cockpit.InvitationStanding.SILENT
    assert receive(sent.bare(request, "ACCEPTED", headers=proven, **constant)) == [
        (Outcome.HANDLED, "calendar_applied")
    ]
    unknown = sent.bare(request, "ACCEPTED", headers=proven, UID="UID:onbekend@x", **constant)
    assert receive(unknown) == [(Outcome.REVIEW, "unknown_event")]


def test_a_token_of_one_event_opens_no_other(client, network, jan, invitation, ask, receive):
    """Right UID, right person, the secret of another event."""
    other = factories.invitation(factories.event(network), jan)
    registration_letters.plan_registration_letter(MessageKind.SUBSTITUTE_INVITATION, other, collega="Loes")
    work()
    theirs = Request.of(mail_to(jan))
    mixed = sent.bare(ask(), "ACCEPTED", to=theirs.organizer)
    assert receive(mixed) == [(Outcome.REVIEW, "other_event")]
    sign_in(client, factories.account(network))
    page = f"/organise/inbox/{db.session.scalar(sa.select(IncomingMail.id))}"
    post(client, f"{page}/take-over", page=page)
    assert "Hier staat geen antwoord in dat we kunnen overnemen." in client.get(page).text
    assert (_standing(invitation), _standing(other)) == (
        cockpit.InvitationStanding.SILENT,
        cockpit.InvitationStanding.SILENT,
    )


def test_after_closing_an_organiser_decides(client, network, invitation, ask, receive):
    request = ask()
    invitation.event.closes_at = clock.now() - timedelta(hours=1)
    assert receive(sent.exchange(request, "ACCEPTED")) == [(Outcome.REVIEW, "too_late")]
    assert "Antwoorden kon tot" in _text(invitation.person, "too_late")
    sign_in(client, factories.account(network))
    number = db.session.scalar(sa.select(IncomingMail.id))
    page = f"/organise/inbox/{number}"
    assert "Neem dit antwoord over" in client.get(page).text
    assert post(client, f"{page}/take-over", page=page).status_code == 303
    assert _standing(invitation) == cockpit.InvitationStanding.COMING
    assert db.session.scalar(sa.select(IncomingMail.outcome)) == Outcome.SETTLED


def test_cancelled_and_past_sessions(invitation, ask, receive):
    request = ask()
    planning.cancel_event(invitation.event, "Ziekte")
    work()
    assert receive(sent.exchange(request, "ACCEPTED")) == [(Outcome.HANDLED, "cancelled_event")]
    assert "Die sessie gaat niet door" in _text(invitation.person, "too_late")
    factories.move(invitation.event, hours=-48)
    assert receive(sent.exchange(request, "DECLINED")) == [(Outcome.HANDLED, "calendar_over")]


def test_a_storm_of_answers_ends_in_the_review_list(invitation, ask, receive, monkeypatch):
    from app.inbox import calendar_replies

    monkeypatch.setattr(calendar_replies, "MOST_AN_HOUR", 3)
    request, now = ask(), clock.now()
    storm = [
        sent.exchange(request, ("ACCEPTED", "DECLINED")[number % 2], at=now - timedelta(minutes=20 - number))
        for number in range(5)
    ]
    assert [reason for _, reason in receive(*storm)] == ["calendar_applied"] * 3 + ["too_many"] * 2


def test_a_confidential_session_tells_a_stranger_nothing(network, jan, receive):
    event = factories.event(network, title="Ondermijning in Oss", confidential=True)
    invitation = factories.invitation(event, jan)
    registration_letters.plan_registration_letter(MessageKind.SUBSTITUTE_INVITATION, invitation, collega="Loes")
    work()
    request = Request.of(mail_to(jan))
    receive(sent.bare(request, "ACCEPTED", sender="piet@best.example", ATTENDEE="ATTENDEE:mailto:piet@best.example"))
    (offer,) = mails(Message.kind == "instead")
    assert "Ondermijning" not in parsed(offer.body).as_string() + text_of(parsed(offer.body))
