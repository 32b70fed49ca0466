"""What sessions leave for organisers to do, on their start page."""

from datetime import time, timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.database import db
from app.inbox.models import IncomingMail, Outcome, Shape
from app.invitations.models import WaveKind, WaveState
from app.lessons import impressions
from app.outbox import circuit
from app.outbox.models import Message
from app.reports import needs
from app.reports.needs import Reason
from tests import factories as make
from tests.helpers import sign_in, work


@pytest.fixture
def event(app):
    return make.held(title="Samen slimmer")


def _reasons(event, account) -> list[tuple[Reason, int]]:
    return [(need.reason, need.count) for need in needs.of([event.network_id], account)]


def test_a_draft_waits_for_anybody_but_its_writer_then_for_publishing(event):
    impression = make.impression(event, published=False)
    writer, other = impression.edited_by_id, make.account(event.network)

    assert _reasons(event, db.session.get(type(other), writer)) == []
    assert _reasons(event, other) == [(Reason.CHECK_IMPRESSION, 0)]
    impressions.check(impression, other)
    assert _reasons(event, other) == [(Reason.PUBLISH_IMPRESSION, 0)]
    impressions.publish(impression)
    assert _reasons(event, other) == []


def test_commitments_past_their_day_are_brought_up_for_a_while(event):
    account, person = make.account(event.network), make.person()
    for days in (-1, -10, -200, 5):
        make.commitment(event, person).due_on = clock.today() + timedelta(days=days)
    db.session.flush()

    assert _reasons(event, account) == [(Reason.OVERDUE, 2)]


def test_the_start_page_says_it_in_a_fixed_number_of_queries(client, event, queries):
    sign_in(client, make.account(event.network))
    counts = []
    for size in (1, 5):
        for number in range(size):
            held = make.held(event.network, title=f"Sessie {number} {size}")
            make.impression(held, published=False)
            make.commitment(held, make.person()).due_on = clock.today() - timedelta(days=1)
        db.session.commit()
        with queries() as seen:
            page = client.get("/organise").text
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert "De impressie van ‘Sessie 0 1’ wacht op een tweede paar ogen." in page
    assert "1 afspraak van ‘Sessie 0 1’ is over tijd." in page


class TestMail:
    @pytest.fixture
    def coming(self, app):
        return make.event(starts_at=make.start(days=20))

    def _found(self, event, account) -> list[tuple[Reason, int]]:
        skipped = {Reason.NO_INVITATIONS, Reason.SILENT}
        return [
            (need.reason, need.count) for need in needs.of([event.network_id], account) if need.reason not in skipped
        ]

    def test_lost_mails_until_they_are_mailed_again(self, coming):
        from app.inbox import bounces
        from app.inbox.models import BounceKind
        from app.invitations import board

        account, person = make.account(coming.network), make.person(of=coming.network)
        make.wave(coming, to=make.audience(coming.network))
        work()
        message = db.session.scalars(sa.select(Message).where(Message.person_id == person.id)).one()
        bounces.note(message, bounces.Reading(BounceKind.HARD, "5.1.1", "550 5.1.1 no such user"))
        db.session.expire_all()
        assert self._found(coming, account) == [(Reason.FAILED_MAIL, 1)]
        board.repeat(message, "beter@oss.example")
        assert self._found(coming, account) == []

    def test_a_wave_that_waits_for_two_is_brought_up_for_the_other(self, coming):
        first, second = make.account(coming.network), make.account(coming.network)
        wave = make.wave(coming, WaveKind.REMINDER, state=WaveState.AWAITING, days_before=3, hour=time(9))
        wave.asked_by_id = first.id
        db.session.flush()
        assert (self._found(coming, first), self._found(coming, second)) == ([], [(Reason.WAVE_AWAITING, 0)])

    def test_paused_waves_mail_to_review_and_a_stop_of_all(self, coming):
        account = make.account(coming.network)
        make.wave(coming, WaveKind.REMINDER, state=WaveState.PAUSED, days_before=3, hour=time(9))
        for number in range(circuit.LIMIT):
            circuit.refused(number, "550 no")
        db.session.add(
            IncomingMail(
                folder="INBOX",
                uid_validity=1,
                uid=1,
                received_at=clock.now(),
                shape=Shape.HUMAN,
                outcome=Outcome.REVIEW,
                network=coming.network,
            )
        )
        db.session.flush()
        assert self._found(coming, account) == [
            (Reason.SENDING_STOPPED, 0),
            (Reason.TO_REVIEW, 1),
            (Reason.WAVE_PAUSED, 0),
        ]
