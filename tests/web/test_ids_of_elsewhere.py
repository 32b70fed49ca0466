"""Ids that no row has, or that are no numbers for a database, are not there: never a fault."""

import pytest

from app.invitations.letters import letter_texts
from app.network.people.models import Person
from tests import factories
from tests.helpers import hidden, sign_in

WRONG = [
    "²",
    "१",
    "-1",
    "9" * 30,
    str(2**31),
    str(2**63),
    "1_0" + "0" * 12,
    "-" + "9" * 30,
    "0",
    "\x00",
    "' OR 1=1",
    "abc",
]
IN_ADDRESSES = [
    "/organise/doubles/merge?keep={id}&go={of}",
    "/organise/organisations/{id}",
    "/organise/themes/{id}",
    "/organise/events/{event}?organisation={id}",
    "/organise/events/{event}/mails?wave={id}",
    "/organise/events/{event}/waves/{id}",
    "/organise/organisations?page={id}",
    "/events?organisation={id}",
]


@pytest.fixture
def event(app, client):
    event = factories.event(factories.network(slug="netwerk"))
    sign_in(client, factories.account(event.network, admin=True))
    return event


@pytest.mark.parametrize("wrong", WRONG)
def test_in_an_address(client, event, wrong):
    from urllib.parse import quote

    person: Person = factories.person(of=event.network)
    for address in IN_ADDRESSES:
        path = address.format(id=quote(wrong, safe=""), event=event.slug, of=person.id)
        assert client.get(path).status_code in {200, 301, 303, 403, 404}, path


@pytest.mark.parametrize("wrong", WRONG)
def test_in_a_form(client, event, wrong):
    letters = "/organise/networks/netwerk/letters/invitations/invitation/nl"
    wave = factories.wave(event, to=factories.audience(event.network))
    standard = letter_texts.current_text(event.network, "invitations/invitation", "nl")
    pages = [
        (f"{letters}/back", letters, {"version": wrong}),
        (f"{letters}/preview", letters, {"reader": wrong, "text": standard}),
        (f"/organise/events/{event.slug}/waves/{wave.id}/edit", f"/organise/events/{event.slug}/waves/{wave.id}/edit", {"audience": wrong}),
        ("/organise/networks/netwerk/audiences/new", "/organise/networks/netwerk/audiences/new", {"name": "x", "0-0": "person", "0-0-value": wrong}),
    ]  # fmt: skip
    for address, page, values in pages:
        answer = client.post(address, data={**hidden(client, page), **values})
        assert answer.status_code in {200, 303, 404, 422}, address
