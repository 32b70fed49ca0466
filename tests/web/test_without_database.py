"""The database is gone: whatever is asked, the answer says so, and when it is back everything goes on."""

from pathlib import Path

import pytest
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter

from app.database import db
from app.invitations import invitation_links
from app.outbox.models import Message
from app.registration import seats
from app.registration.models import RegistrationState
from tests import factories
from tests.helpers import post, sign_in
from tests.outbox.test_faults import refusing_writes

pytestmark = pytest.mark.parametrize("site", ["sqlite"], indirect=True)
"""A server is taken away in test_everything_at_once.py."""


@pytest.fixture
def signed_in(client, app):
    sign_in(client, factories.account(factories.network(slug="netwerk"), admin=True))
    return client


@pytest.fixture
def gone(site):
    """Takes the database file away until the test ends."""
    db.session.commit()
    db.session.remove()
    db.engine.dispose()
    folder = Path(db.engine.url.database).parent
    away = folder.rename(folder.with_name("elders"))
    yield
    db.session.remove()
    db.engine.dispose()
    away.rename(folder)


def _pages(app) -> list[str]:
    """Every page there is, of something that may or may not exist."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" in rule.methods:
                values = {name: _value(converter) for name, converter in rule._converters.items()}
                found.append(app.url_for(rule.endpoint, **values))
    return found


def _value(converter: BaseConverter) -> object:
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return 1 if isinstance(converter, IntegerConverter) else "netwerk"


def test_every_page_says_it_to_everybody(app, signed_in, gone):
    pages = _pages(app)
    for client, organisers_page in ((signed_in, 503), (app.test_client(), 302)):
        found = {page: client.get(page).status_code for page in pages}
        assert {page: status for page, status in found.items() if status >= 500 and status != 503} == {}
        assert (found["/"], found["/organise"], found["/api/v1/networks"]) == (503, organisers_page, 401)


def test_an_answer_tells_no_more_than_that(signed_in, gone):
    answer = signed_in.get("/organise")
    assert (answer.status_code, "De gegevens zijn nu niet bereikbaar." in answer.text) == (503, True)


def test_a_full_disk_is_said_and_leaves_nothing_half_saved(client, app):
    invitation = factories.invitation(factories.event())
    link = invitation_links.link_to_invitation(invitation)
    db.session.commit()
    with refusing_writes("database or disk is full") as fill:
        fill()
        answer = post(client, link, answer="on_site")
        assert (answer.status_code, "Er is niets half opgeslagen." in answer.text) == (503, True)
        assert client.get(link).status_code == 200
    assert (seats.registration_of(invitation), db.session.query(Message).count()) == (None, 0)
    assert post(client, link, answer="on_site").status_code == 303
    assert seats.registration_of(invitation).state == RegistrationState.CONFIRMED
