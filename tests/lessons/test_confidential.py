"""What readers of a network see of a confidential session's lessons: nothing, also not by way of another session."""

import pytest

from app.database import db
from tests import factories
from tests.helpers import sign_in


@pytest.fixture
def closed(app):
    """A confidential session with a commitment of Nel, and a later open one of the same network."""
    closed = factories.held(confidential=True, title="Intervisie in vertrouwen")
    nel = factories.person("Nel Geheim", at="Oss")
    factories.attendance(closed, nel)
    factories.commitment(closed, nel, "Zwijgen als het graf")
    factories.event(closed.network, title="Open sessie")
    db.session.flush()
    return closed


def _open_session(closed):
    from app.events.event_queries import events_of_network

    return next(event for event in events_of_network(closed.network) if not event.confidential)


@pytest.mark.parametrize("page", ["learned", "learned/commitments", "evaluation", "impression"])
def test_readers_do_not_open_its_pages(client, closed, page):
    sign_in(client, factories.account(closed.network, "reader"))

    assert client.get(f"/organise/events/{closed.slug}/{page}").status_code == 403
    assert f"/organise/events/{closed.slug}/learned" not in client.get(f"/organise/events/{closed.slug}").text


def test_its_open_commitments_show_to_organisers_alone_on_a_later_session(client, app, closed):
    page = f"/organise/events/{_open_session(closed).slug}/learned/commitments"
    organiser = app.test_client()
    sign_in(organiser, factories.account(closed.network))
    sign_in(client, factories.account(closed.network, "reader"))

    assert "Zwijgen als het graf" in organiser.get(page).text
    seen = client.get(page)
    assert seen.status_code == 200
    for words in ("Zwijgen", "Nel Geheim", "Intervisie"):
        assert words not in seen.text
