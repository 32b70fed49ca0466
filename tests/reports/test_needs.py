"""What sessions leave for organisers to do, on their start page."""

from datetime import time, timedelta

import pytest
import sqlalchemy as sa

from app import clock
from app.database import db
from app.directory import contacts
from app.directory.models import Contact
from app.inbox.models import IncomingMail, Outcome, Shape
from app.invitations.waves.models import WaveKind, WaveState
from app.lessons.impressions import impressions
from app.matching import rounds
from app.matching.models import MatchMeeting
from app.network.models import Joining, JoinRequest, Verdict
from app.outbox import circuit_breaker
from app.outbox.models import Message
from app.questions import questions
from app.reports import needs
from app.reports.needs import NeedReason
from tests import factories
from tests.directory import members
from tests.helpers import sign_in, work
from tests.matching import matched
from tests.questions import posed
from tests.registration import made_courses


@pytest.fixture
def event(app):
    return factories.held(title="Samen slimmer")


def _reasons(event, account) -> list[tuple[NeedReason, int]]:
    return [(need.reason, need.count) for need in needs.list_needs([event.network_id], account)]


def test_a_draft_waits_for_anybody_but_its_writer_then_for_publishing(event):
    impression = factories.impression(event, published=False)
    writer, other = impression.edited_by_id, factories.account(event.network)

    assert _reasons(event, db.session.get(type(other), writer)) == []
    assert _reasons(event, other) == [(NeedReason.CHECK_IMPRESSION, 0)]
    impressions.check_impression(impression, other)
    assert _reasons(event, other) == [(NeedReason.PUBLISH_IMPRESSION, 0)]
    impressions.publish_impression(impression)
    assert _reasons(event, other) == []


def test_commitments_past_their_day_are_brought_up_for_a_while(event):
    account, person = factories.account(event.network), factories.person()
    for days in (-1, -10, -200, 5):
        factories.commitment(event, person).due_on = clock.today() + timedelta(days=days)
    db.session.flush()

    assert _reasons(event, account) == [(NeedReason.OVERDUE, 2)]


def test_what_people_of_a_network_wait_for_is_brought_up_until_it_is_settled(client, event):
    network, account = event.network, factories.account(event.network)
    network.joining = Joining.APPROVAL
    anna, bas = (factories.person(name, at="Oss", of=network) for name in ("Anna Jansen", "Bas Prins"))
    asked, row = posed.question(network, anna), matched.round_of(network)
    said = members.listed("Cleo Smit", network)
    contacts.write_to(network, bas, members.number_of(said, network), "Koop nu!")
    message = db.session.scalars(sa.select(Contact)).one()
    request = JoinRequest(network=network, name="Noor", address="noor@oss.example", confirmed_at=clock.now())
    db.session.add(request)
    assert _reasons(event, account) == [(NeedReason.JOIN_REQUESTS, 1), (NeedReason.QUESTIONS, 1)]
    matched.close(row)
    contacts.report(message)
    db.session.commit()
    sign_in(client, account)
    page = client.get("/organise").text
    for words in ("wil lid worden van", "iets vragen.", "tussen leden van", "is dicht; het voorstel"):
        assert words in page

    questions.let_through(asked)
    rounds.end_round(row)
    contacts.settle(message)
    request.verdict = Verdict.NO
    db.session.flush()
    assert _reasons(event, account) == []


def test_the_start_page_says_it_in_a_fixed_number_of_queries(client, event, queries):
    sign_in(client, factories.account(event.network))
    counts = []
    for size in (1, 5):
        for number in range(size):
            held = factories.held(event.network, title=f"Sessie {number} {size}")
            factories.impression(held, published=False)
            factories.commitment(held, factories.person()).due_on = clock.today() - timedelta(days=1)
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
        return factories.event(starts_at=factories.start(days=20))

    def _found(self, event, account) -> list[tuple[NeedReason, int]]:
        skipped = {NeedReason.NO_INVITATIONS, NeedReason.SILENT}
        return [
            (need.reason, need.count)
            for need in needs.list_needs([event.network_id], account)
            if need.reason not in skipped
        ]

    def test_lost_mails_until_they_are_mailed_again(self, coming):
        from app.inbox import bounces
        from app.inbox.models import BounceKind
        from app.invitations.deliveries import delivery_board

        account, person = factories.account(coming.network), factories.person(of=coming.network)
        factories.wave(coming, to=factories.audience(coming.network))
        work()
        message = db.session.scalars(sa.select(Message).where(Message.person_id == person.id)).one()
        bounces.note_report(message, bounces.DeliveryReport(BounceKind.HARD, "5.1.1", "550 5.1.1 no such user"))
        db.session.expire_all()
        assert self._found(coming, account) == [(NeedReason.FAILED_MAIL, 1)]
        delivery_board.repeat_message(message, "beter@oss.example")
        assert self._found(coming, account) == []

    def test_a_wave_that_waits_for_two_is_brought_up_for_the_other(self, coming):
        first, second = factories.account(coming.network), factories.account(coming.network)
        wave = factories.wave(coming, WaveKind.REMINDER, state=WaveState.AWAITING, days_before=3, hour=time(9))
        wave.asked_by_id = first.id
        db.session.flush()
        assert (self._found(coming, first), self._found(coming, second)) == ([], [(NeedReason.WAVE_AWAITING, 0)])

    @pytest.mark.unbalanced  # the server refuses messages that are nowhere
    def test_paused_waves_mail_to_review_and_a_stop_of_all(self, coming):
        account = factories.account(coming.network)
        paused = factories.wave(coming, WaveKind.REMINDER, state=WaveState.PAUSED, days_before=3, hour=time(9))
        paused.ran_at = clock.now()
        for number in range(circuit_breaker.LIMIT):
            circuit_breaker.note_refusal(number, "550 no")
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
            (NeedReason.SENDING_STOPPED, 0),
            (NeedReason.TO_REVIEW, 1),
            (NeedReason.WAVE_PAUSED, 0),
        ]


def test_only_who_has_to_be_mailed_is_brought_up_as_uninvited(app):
    """To the later days of a course, and to the sessions of a group, people come without a mailing of their own."""
    network = factories.network()
    edition = made_courses.edition(made_courses.course(network), days=3, begins=10)
    row = matched.round_of(network)
    for name in ("Anna Bos", "Bram Maas"):
        matched.takes_part(row, name)
    matched.send(row)
    together = factories.event(network, title="Intervisie", confidential=True)
    db.session.add(MatchMeeting(group_id=row.proposal.groups[0].id, event_id=together.id))
    alone = factories.event(network, title="Sessie")
    db.session.commit()
    found = needs.list_needs([network.id], factories.account(network))
    uninvited = {each.event.id for each in found if each.reason == NeedReason.NO_INVITATIONS}
    assert uninvited == {edition.meetings[0].event_id, alone.id}
