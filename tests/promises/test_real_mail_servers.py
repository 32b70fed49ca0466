"""Once through real servers: Postfix takes our mail and bounces what it does not know, Dovecot keeps what comes back."""

import pytest
import sqlalchemy as sa

from app.database import db
from app.inbox import connection, reading
from app.network.models import EmailAddress
from app.outbox.models import Message, MessageState
from app.upkeep import mail_tests, sender
from tests import factories as make
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
        reading.read()
        db.session.expire_all()
        if done():
            return
        with connection.opened() as box:
            box.wait(2)
    raise TimeoutError("nothing came back")


def test_an_unknown_recipient_comes_back_and_a_known_one_arrives(mailbox):
    event = make.event()
    known = make.person("Jan", of=event.network, address="jan@oss.example")
    unknown = make.person("Piet", of=event.network, address="piet@oss.example")
    stranger = make.person("Els", of=event.network, address="els@elders.example")
    make.wave(event, to=make.audience(event.network))
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
    test = mail_tests.start()
    work()
    _read_until(lambda: not mail_tests.waits(test))
    found = {finding.name: finding.well for finding in sender.mail_test()}
    assert (found["test mail"], found["test bounce"]) == (True, True)
    assert abs(test.clock_difference) <= 60
