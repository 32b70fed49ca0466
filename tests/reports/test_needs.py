"""What sessions leave for organisers to do, on their start page."""

from datetime import timedelta

import pytest

from app import clock
from app.database import db
from app.lessons import impressions
from app.reports import needs
from app.reports.needs import Reason
from tests import factories as make
from tests.helpers import sign_in


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
