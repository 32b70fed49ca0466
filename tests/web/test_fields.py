"""What nobody types by hand is answered at its field, in words: blanks, NUL, days and numbers beyond reason."""

import io

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from app.accounts import sessions
from app.accounts.models import Account, AccountSession
from app.database import db
from app.directory import listings
from app.directory.models import Shown
from app.network.organisations.models import Organisation, OrganisationKind
from app.network.people.models import Person
from tests import factories
from tests.helpers import hidden, mails, sign_in, sign_in_person, work

BLANKS = [" ", "\u00a0", "\u202e\u2028", "\x00"]
FAR = ["9" * 25, "2147483648", "-2147483649", "1000001"]
LONG_AGO = ["0001-01-01", "1999-12-31", "2100-01-02", "9999-12-31"]


@pytest.fixture
def event(app, client):
    event = factories.event(factories.network(slug="netwerk"))
    sign_in(client, factories.account(event.network, admin=True))
    return event


def _send(client, page, to="", /, **values):
    return client.post(to or page, data={**hidden(client, page), **values})


def _cells(content):
    return list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))


@pytest.mark.parametrize("days", FAR)
def test_a_number_beyond_reason(client, event, days):
    answer = _send(client, f"/organise/events/{event.slug}/waves/new", kind="reminder", timing="before", days=days)
    assert (answer.status_code, "form-field-error-message" in answer.text) == (422, True)


@pytest.mark.parametrize("day", LONG_AGO)
@pytest.mark.parametrize("field", ["day", "last_day"])
def test_a_day_beyond_reason(client, event, field, day):
    values = {"day": "2030-01-01", field: day}
    answer = _send(client, "/organise/networks/netwerk/events/new", **values)
    assert (answer.status_code, "tussen 2000 en 2100" in answer.text) == (422, True)


@pytest.mark.parametrize("blank", BLANKS)
def test_blanks_are_nothing_where_something_must_stand(client, event, blank):
    person = factories.person("Jan", of=event.network)
    page = f"/organise/networks/netwerk/people/{person.id}"
    assert _send(client, page, f"{page}/addresses", address=blank).status_code in {303, 422}
    assert _send(client, "/organise/networks/netwerk/people/new", name="Piet", address=blank).status_code in {303, 422}
    answer = _send(client, "/organise/networks/netwerk/events/new", title=blank, day=blank, starts=blank)
    assert (answer.status_code, answer.text.count("Vul dit in.") >= 3) == (422, True)


@pytest.mark.parametrize(
    "name", ["https://kwaad.example", "Win op kwaad.example/x", "www.kwaad", "bel jan@kwaad.example"]
)
def test_nobody_lets_us_mail_an_address_of_theirs_to_somebody_else_as_a_name(client, event, name):
    for page in (f"/events/{event.slug}/register", "/networks/netwerk/join"):
        answer = _send(client, page, name=name, address="slachtoffer@x.example")
        assert (answer.status_code, "alleen een naam" in answer.text) == (422, True), page
    work()
    assert mails() == []


@pytest.mark.parametrize(
    "name", ["mr.drs. J.P. van den Berg-d’Hondt", "Prof.dr.ir. Ann O'Neil", "X. Æ", "李 小龙", "J.Jansen"]
)
def test_a_name_is_written_as_its_owner_writes_it(client, event, name):
    assert _send(client, f"/events/{event.slug}/register", name=name, address="x@x.example").status_code == 200


def test_nul_in_a_field_is_left_out(client, event):
    page = f"/organise/events/{event.slug}/learned"
    answer = _send(client, page, f"{page}/insights", title="Een\x00 inzicht\x00")
    assert "Een inzicht" in client.get(answer.location).text


def test_a_name_of_somebody_from_outside_never_keeps_a_list_from_being_written(client, event):
    _send(client, f"/events/{event.slug}/register", name="Kwaad\uffff \ufffewillig", address="kwaad@x.example")
    work()
    person = db.session.scalars(sa.select(Person).where(Person.name == "Kwaad willig")).one()
    page = f"/organise/events/{event.slug}"
    assert person.name in str(_cells(_send(client, page, f"{page}/people.xlsx").data))


def test_nul_in_any_value_of_the_query_is_not_there(client, event):
    assert client.get("/organise/organisations?q=a&q=%00").status_code == 404
    assert client.get(f"/organise/organisations?page=1&page={'9' * 30}").status_code == 404


@pytest.mark.parametrize("session", ["9" * 25, "-1", "\u00b2", "abc", ""])
def test_a_session_that_is_none_ends_no_other(client, event, session):
    account = sa.select(AccountSession.account_id)
    sessions.open_session(db.session.get(Account, db.session.scalars(account).one()))
    db.session.commit()
    number = db.session.scalars(account.limit(1)).one()
    answer = _send(client, "/organise/account", f"/organise/accounts/{number}/sessions/end", session=session)
    assert (answer.status_code, len(db.session.scalars(account).all())) == (404, 2)


def test_an_organisation_gets_no_name_that_another_has(client, event):
    other, numbered = (Organisation(name=each, kind=OrganisationKind.COMPANY) for each in ("Test Anders", "12"))
    db.session.add_all([other, numbered])
    db.session.commit()
    for name in ("12", "Oosterhout"):
        answer = _send(client, f"/organise/organisations/{other.id}/edit", name=name)
        assert (answer.status_code, "Deze organisatie is er al." in answer.text) == (422, True)


def test_words_where_a_file_belongs_are_no_file(client, event):
    """As a script sends that forgets how files go."""
    network = event.network
    face = "/organise/networks/netwerk/face"
    assert _send(client, face, picture="woorden", alt="Het stadhuis", people_shown="nobody").status_code == 422
    member = factories.person("Sanne de Vries", of=network)
    listings.keep_listing(member, network, {Shown.NAME}, "", "")
    sign_in_person(client, member)
    own = "/members/netwerk/listing"
    assert _send(client, own, f"{own}/picture", picture="woorden").status_code == 422
