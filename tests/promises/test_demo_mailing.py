"""The main job end to end: the demo's 120 invitations over real SMTP, their links followed, 40 seats filled."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from app.database import db
from app.events.models import Event
from app.outbox.message_states import UNSENT
from app.outbox.models import Message
from app.registration.models import Registration, RegistrationState
from tests.databases import KINDS
from tests.helpers import parsed, text_of
from tests.outbox.sink import Sink, listening
from tests.server import Participant, prepared, serving


@pytest.mark.parametrize("database", KINDS)
def test_120_invitations_fill_40_seats_and_a_waiting_list(databases, tmp_path, database):
    sink = Sink()
    with (
        listening(sink) as port,
        prepared(
            tmp_path / "instance", databases.with_demo(database), MAIL_SERVER="127.0.0.1", MAIL_PORT=str(port)
        ) as server,
    ):
        server.command("worker", "--once")
        assert (sink.recipients.total(), len(sink.recipients)) == (120, 120)
        links = [
            re.search(r"(http://\S+/i/\w+)\?antwoord=op_locatie", text_of(parsed(envelope.content)))[1]
            for envelope in sink.envelopes
        ]
        with serving(server, "--workers", "2"), ThreadPoolExecutor(8) as pool:
            pages = list(pool.map(_say_yes, links))
        server.command("worker", "--once")
        with server.app.app_context():
            rows = sa.select(Registration.state, sa.func.count()).join(Event, Event.id == Registration.event_id)
            counts = dict(
                db.session.execute(rows.where(Event.slug == "datagedreven-werken").group_by(Registration.state)).all()
            )
    assert counts == {RegistrationState.CONFIRMED: 40, RegistrationState.WAITING: 80}
    comes, waits = re.compile(r"je komt\.|you are coming\."), re.compile(r"van de wachtlijst\.|on the waiting list\.")
    assert (sum(map(bool, map(comes.search, pages))), sum(map(bool, map(waits.search, pages)))) == (40, 80)
    assert sink.recipients.total() == 240
    assert {str(parsed(envelope.content)["Subject"]).partition(":")[0] for envelope in sink.envelopes} == {
        "Uitnodiging", "Invitation", "Je komt", "You are coming", "Wachtlijst", "Waiting list",
    }  # fmt: skip


def test_nothing_of_the_demo_leaves_later_by_itself(databases, tmp_path):
    with prepared(tmp_path / "instance", databases.with_demo("sqlite")) as server, server.app.app_context():
        unsent = sa.select(Message.kind).where(Message.state.in_(UNSENT))
        assert db.session.scalars(unsent).all() == []


def _say_yes(link: str) -> str:
    participant = Participant()
    participant.open(f"{link}?antwoord=op_locatie")
    return participant.open(link, answer="on_site")
