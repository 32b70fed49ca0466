"""Once through real servers: Postfix takes our mail and bounces what it does not know, Dovecot keeps what comes back."""

import pytest
import sqlalchemy as sa

from app.database import db
from app.inbox import imap_mailbox, mailbox_reading
from app.network.people.models import EmailAddress
from app.outbox.models import Message, MessageState
from app.upkeep import mail_tests, sender_check
from tests import factories
from tests.helpers import parsed, work
from tests.inbox import dovecot, postfix
from tests.outbox.sink import mail_server

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def servers():
    with dovecot.running() as mailbox, postfix.running(mailbox) as port:
        yield mailbox, port


@pytest.fixture
def mailbox(app, servers):
    box, port = servers
    app.config["INBOX_URL"] = box.url
    with mail_server(app, port):
        yield box
    app.config["INBOX_URL"] = None


def _read_until(done) -> None:
    """Read each time the mailbox says that something arrived, until it is done."""
    for _ in range(30):
        db.session.commit()
        mailbox_reading.read_mailbox()
        db.session.expire_all()
        if done():
            return
        with imap_mailbox.open_mailbox() as box:
            box.wait(2)
    raise TimeoutError("nothing came back")


def test_an_unknown_recipient_comes_back_and_a_known_one_arrives(mailbox):
    event = factories.event()
    known = factories.person("Jan", of=event.network, address="jan@oss.example")
    unknown = factories.person("Piet", of=event.network, address="piet@oss.example")
    stranger = factories.person("Els", of=event.network, address="els@elders.example")
    factories.wave(event, to=factories.audience(event.network))
    work()

    def state(person) -> MessageState:
        return db.session.scalar(sa.select(Message.state).where(Message.person_id == person.id))

    _read_until(lambda: {state(unknown), state(stranger)} == {MessageState.BOUNCED})
    bounced = sa.select(EmailAddress.address).where(EmailAddress.bounced_at.is_not(None))
    assert set(db.session.scalars(bounced)) == {"piet@oss.example", "els@elders.example"}
    assert state(known) == MessageState.SENT
    arrived = [parsed(each.read_bytes())["Message-ID"] for each in (mailbox.folder / "jan" / "new").iterdir()]
    ours = db.session.scalar(sa.select(Message.message_id).where(Message.person_id == known.id))
    assert arrived.count(ours) == 1
    assert "queued as" in db.session.scalar(sa.select(Message.response).where(Message.person_id == known.id))


def test_the_mail_test_walks_the_way_out_and_back(mailbox):
    test = mail_tests.start_mail_test()
    work()
    _read_until(lambda: not mail_tests.is_mail_test_waiting(test))
    found = {finding.name: finding.well for finding in sender_check.sender_mail_test_findings()}
    assert (found["test mail"], found["test bounce"]) == (True, True)
    assert abs(test.clock_difference) <= 60
