"""Mail that somebody wrote to look like ours or another's: it registers nobody, marks no address and answers nothing."""

import sqlalchemy as sa

from app import tokens, urls
from app.database import db
from app.inbox import mailbox_reading
from app.inbox.models import Bounce, IncomingMail, Outcome
from app.network.people.models import EmailAddress
from app.outbox.models import Message, MessageState
from app.registration.models import Registration
from app.tokens import Purpose
from tests import factories
from tests.helpers import mail_to, work
from tests.inbox import answers as sent
from tests.inbox import letters
from tests.inbox.answers import Request

GUESSED = "a" * 36


def _read(box, *contents: bytes) -> list[tuple[Outcome, str]]:
    db.session.commit()
    box.deliver(*contents)
    mailbox_reading.read_mailbox()
    db.session.expire_all()
    return [(row.outcome, row.reason) for row in db.session.scalars(sa.select(IncomingMail).order_by(IncomingMail.id))]


def _invited() -> tuple:
    """Somebody who was mailed an invitation, and what their calendar keeps of it."""
    event = factories.event(factories.network(contact_address="team@netwerk.example"))
    person = factories.person("Jan Jansen", of=event.network, address="jan@oss.example")
    factories.wave(event, to=factories.audience(event.network))
    work()
    return person, Request.of(mail_to(person)), db.session.scalars(sa.select(Message)).one()


def _mails() -> int:
    work()
    return db.session.scalars(sa.select(sa.func.count(Message.id))).one()


def test_an_answer_to_a_guessed_address_counts_no_more_than_one_to_none(mailbox):
    """With the person's own address in From and ATTENDEE, and the UID, which anybody can know."""
    _, request, _ = _invited()
    forged = {"to": f"antwoord+{GUESSED}@leerkring.example", "ORGANIZER": None}
    proof = "Authentication-Results: mx.leerkring.example; dmarc=pass header.from=oss.example\n"
    found = _read(
        mailbox,
        sent.bare(request, "ACCEPTED", **forged),
        sent.bare(request, "DECLINED", headers=proof, **forged),
        sent.bare(request, "ACCEPTED", sender="boef@elders.example", **forged),
    )
    assert found == [(Outcome.REVIEW, "unsure_sender")] * 3
    assert (db.session.scalars(sa.select(Registration)).all(), _mails()) == ([], 1)


def test_the_secret_of_one_purpose_is_none_of_another(mailbox):
    """A secret that came in a mail to somebody, at an address for something else."""
    _, request, message = _invited()
    bounced = tokens.make_token(Purpose.BOUNCE, message.id)
    to = urls.reply_address(bounced)
    assert _read(mailbox, sent.bare(request, "ACCEPTED", to=to, ORGANIZER=None)) == [(Outcome.REVIEW, "unsure_sender")]
    assert db.session.scalars(sa.select(Registration)).all() == []


def test_a_report_from_outside_marks_no_address(mailbox):
    """A guessed address, a Message-ID of our domain that is none, and one of a message that is not theirs to know."""
    person, _, message = _invited()
    number = tokens.make_token(Purpose.REPLY, message.invitation_id)
    found = _read(
        mailbox,
        letters.report(f"bounce+{GUESSED}@leerkring.example", original="<1@leerkring.example>"),
        letters.report("leerkring@leerkring.example", original=f"<{message.id}@leerkring.example>"),
        letters.report(f"bounce+{number}@leerkring.example", original="<2@leerkring.example>"),
        letters.complaint("leerkring@leerkring.example", "<3@leerkring.example>"),
    )
    assert [outcome for outcome, _ in found] == [Outcome.HANDLED] * 3 + [Outcome.REVIEW]
    address = db.session.scalars(sa.select(EmailAddress).filter_by(person_id=person.id)).one()
    assert (message.state, address.bounced_at) == (MessageState.SENT, None)
    assert db.session.scalars(sa.select(Bounce)).all() == []
    assert person.memberships[0].unsubscribed_at is None


def test_machines_that_answer_each_other_end_here(mailbox):
    """Automatic replies to our mails, from whomever and however often, and our own mail that comes back."""
    _, request, message = _invited()
    to = request.organizer
    loop = [letters.away(to, sender=f"robot{number % 2}@elders.example") for number in range(6)]
    own = [letters.human(to, Auto_Submitted="auto-generated", In_Reply_To=message.message_id)] * 2
    stranger = sent.bare(
        request, "ACCEPTED", sender="robot@elders.example", ATTENDEE="ATTENDEE:mailto:robot@elders.example"
    )
    before = _mails()
    assert {outcome for outcome, _ in _read(mailbox, *loop, *own)} == {Outcome.HANDLED}
    assert _mails() == before
    _read(mailbox, *[stranger.replace(b"Subject", b"Auto-Submitted: auto-replied\r\nSubject")] * 5)
    assert _mails() <= before + 2, "one offer to the robot and one mail to the invited, however often it answers"
