"""The review list: organisers settle what the program could not, each with one button."""

import pytest
import sqlalchemy as sa

from app import clock
from app.database import db
from app.inbox.models import Bounce, BounceKind, IncomingMail, Outcome, Shape
from app.network.people import mailboxes
from app.outbox.models import Message
from tests import factories
from tests.helpers import mails, post, sign_in, sign_in_person, work
from tests.inbox import letters

PAGE = "/organise/inbox"


@pytest.fixture
def network(app):
    return factories.network(slug="netwerk", contact_address="team@netwerk.example", contact_name="het team")


@pytest.fixture
def organiser(client, network):
    sign_in(client, factories.account(network))
    return client


def _mail(network=None, reason: str = "has_left", uid: int = 1, **values) -> IncomingMail:
    row = IncomingMail(
        folder="INBOX",
        uid_validity=1,
        uid=uid,
        sender="jan@oss.example",
        subject=f"Automatisch antwoord {uid}",
        received_at=clock.now(),
        shape=Shape.AUTO_REPLY,
        outcome=Outcome.REVIEW,
        reason=reason,
        network=network,
        content=letters.away("antwoord@leerkring.example", text="Jan is uit dienst.\n"),
        **values,
    )
    db.session.add(row)
    db.session.flush()
    return row


def test_it_lists_what_waits_in_ones_own_networks(organiser, network):
    _mail(network)
    _mail(factories.network(), uid=2)
    _mail(None, uid=3)
    shown = organiser.get(PAGE).text
    assert [f"Automatisch antwoord {number}" in shown for number in (1, 2, 3)] == [True, False, False]
    assert "zegt dat deze persoon er niet meer werkt" in shown


def test_administrators_see_all(client, network):
    _mail(network)
    _mail(None, uid=3)
    sign_in(client, factories.account(admin=True))
    shown = client.get(PAGE).text
    assert [f"Automatisch antwoord {number}" in shown for number in (1, 3)] == [True, True]


def test_a_mail_is_read_and_settled_and_put_back(organiser, network):
    mail = _mail(network)
    assert "Jan is uit dienst." in organiser.get(f"{PAGE}/{mail.id}").text
    post(organiser, f"{PAGE}/{mail.id}/settle", page=PAGE)
    assert (mail.outcome, mail.settled_by_id is not None) == (Outcome.SETTLED, True)
    post(organiser, "/organise/undo", page=PAGE)
    assert mail.outcome == Outcome.REVIEW


def test_who_has_left_gets_no_more_mail(organiser, network):
    person = factories.person("Jan", of=network, address="jan@oss.example")
    mail = _mail(network, person=person)
    post(organiser, f"{PAGE}/{mail.id}/stop", page=f"{PAGE}/{mail.id}")
    assert (
        mailboxes.find_owner("jan@oss.example").addresses[0].bounced_at is not None,
        mail.outcome,
    ) == (
        True,
        Outcome.SETTLED,
    )


def test_it_is_sent_on_to_a_network(organiser, network):
    mail = _mail(network, "which_network")
    post(organiser, f"{PAGE}/{mail.id}/forward", page=f"{PAGE}/{mail.id}", network="netwerk")
    assert [row.recipient for row in mails(Message.kind == "forwarded")] == ["team@netwerk.example"]


def test_mail_of_another_network_is_not_found(organiser):
    mail = _mail(factories.network())
    assert organiser.get(f"{PAGE}/{mail.id}").status_code == 404


def test_an_empty_list_says_so(organiser):
    assert "Alles wat binnenkwam is afgehandeld." in organiser.get(PAGE).text


def test_the_list_takes_a_fixed_number_of_queries(organiser, network, queries):
    counts = []
    for size in (1, 10):
        for number in range(size):
            _mail(network, uid=size * 100 + number, person=factories.person(f"P {size} {number}"))
        with queries() as seen:
            organiser.get(PAGE)
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert db.session.scalar(sa.select(sa.func.count(IncomingMail.id))) == 11


def test_somebodys_copy_of_their_data_tells_of_their_mail_without_the_mail_itself(client, network):
    """The mail may speak of others; what became of the person's own mails is in it."""
    person = factories.person(of=network)
    _mail(network, person=person)
    message = Message(
        kind="invitation",
        state="bounced",
        sent_at=clock.now(),
        person=person,
        recipient=person.email,
        domain="x.example",
        message_id="<1@x.example>",
    )
    db.session.add(message)
    db.session.flush()
    db.session.add(
        Bounce(
            message_id=message.id,
            address=person.email,
            kind=BounceKind.HARD,
            status="5.1.1",
            words="550 5.1.1 no such user",
        )
    )
    db.session.flush()
    sign_in_person(client, person)
    copy = client.get("/me/data.json").json
    (incoming,), (report,) = copy["incoming_mails"], copy["bounces"]
    assert (incoming["subject"], "content" in incoming) == ("Automatisch antwoord 1", False)
    assert (report["address"], report["words"]) == (person.email, "550 5.1.1 no such user")


def test_a_report_that_could_not_be_read_shows_whom_it_is_about_and_stops_that_address(organiser, network):
    person = factories.person("Jan Jansen", of=network, address="j.jansen@oss.example")
    factories.wave(factories.event(network), to=factories.audience(network))
    work()
    about = db.session.scalars(sa.select(Message).where(Message.person_id == person.id)).one()
    row = _mail(network, "report_unreadable", about_id=about.id)
    row.shape, row.sender = Shape.BOUNCE, "mailer-daemon@mx.example"
    db.session.commit()
    shown = organiser.get(f"{PAGE}/{row.id}").text
    assert "We konden het niet lezen" in shown
    assert "j.jansen@oss.example" in shown
    post(organiser, f"{PAGE}/{row.id}/stop", page=f"{PAGE}/{row.id}")
    db.session.expire_all()
    assert person.addresses[0].bounced_at is not None
