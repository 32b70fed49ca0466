"""The audit log: every change by an organiser, without anybody having to think of it."""

import pytest
import sqlalchemy as sa

from app.accounts.models import AuditEntry, Grant, NetworkRole
from app.database import db
from app.network import correspondence, memberships
from app.network.people import own_data
from app.network.people.models import Person
from app.outbox.kinds import MessageKind
from app.outbox.models import Message
from tests import factories
from tests.helpers import links_in, mails, parsed, post, sign_in, sign_in_person


@pytest.fixture
def network(app, client):
    network = factories.network(slug="netwerk")
    sign_in(client, factories.account(network, name="Loes Verhoeven"))
    return network


def _entries(subject: str) -> list[AuditEntry]:
    return list(db.session.scalars(sa.select(AuditEntry).where(AuditEntry.subject == subject).order_by(AuditEntry.id)))


def test_changes_are_kept_with_who_when_before_and_after(client, network):
    event = factories.event(network, title="Oud")
    page = f"/organise/events/{event.slug}/edit"
    form = {
        "title": "Nieuw",
        "format": "session",
        "zone": "Europe/Amsterdam",
        "day": "2027-06-10",
        "start": "13:30",
        "end": "16:30",
        "on_site": "y",
        "venue": "Stadhuis",
        "street": "Slotjesveld 1",
        "town": "Oosterhout",
    }
    post(client, page, **form)
    (entry,) = _entries("events")
    assert (entry.account.name, entry.action, entry.network_id, entry.changes["title"]) == (
        "Loes Verhoeven",
        "changed",
        network.id,
        ["Oud", "Nieuw"],
    )


def test_of_people_only_the_names_of_fields_are_kept(client, network):
    person = factories.person("Oude Naam", of=network, address="oud@oss.example")
    post(
        client,
        f"/organise/networks/netwerk/people/{person.id}/edit",
        name="Nieuwe Naam",
        address="nieuw@oss.example",
        language="nl",
        call_name="",
        organisation="",
        role="",
    )
    kept = " ".join(f"{entry.label} {entry.changes}" for entry in db.session.scalars(sa.select(AuditEntry)))
    assert {field for entry in _entries("people") for field in entry.changes} == {"name", "call_name"}
    assert [word for word in ("Naam", "oud@", "nieuw@") if word in kept] == []


def test_exports_tests_and_resends_are_kept_too(client, network):
    event = factories.event(network)
    invitation = factories.invitation(event, factories.person(of=network))
    page = f"/organise/events/{event.slug}"
    post(client, f"{page}/people.xlsx", page=page)
    post(client, f"{page}/people/{invitation.id}/resend", page=page)
    post(client, f"{page}/people/{invitation.id}/revoke", page=page)
    assert [
        (entry.action, entry.subject)
        for entry in db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))
        if not entry.action.of_access
    ] == [
        ("exported", "events"),
        ("resent", "invitations"),
        ("revoked", "invitations"),
    ]


def test_what_participants_do_is_no_audit(client, app):
    from app.invitations import invitation_links

    invitation = factories.invitation(factories.event())
    db.session.commit()
    post(
        client, invitation_links.link_to_invitation(invitation).removeprefix("http://leerkring.test"), answer="on_site"
    )
    assert db.session.scalar(sa.select(sa.func.count(AuditEntry.id))) == 0


def _by_link(client, act: str, person: Person) -> None:
    page = correspondence.link_to_preferences(person).removeprefix("http://leerkring.test")
    if act == "address":
        own_data.claim_address(person, "sanne@nieuw.example")
        db.session.commit()
        (mail,) = mails(Message.kind == MessageKind.OWN_ADDRESS)
        (page,) = (each for each in links_in(parsed(mail.finished.content)) if "/address/" in each)
        post(client, page.removeprefix("http://leerkring.test"))
    elif act == "stop":
        client.post(memberships.link_to_unsubscribe(person, person.memberships[0].network_id))
    elif act == "digest":
        client.post(f"{page}/stop")
    else:
        sign_in_person(client, person)
        values = {"name": "Sanne van Dijk", "call_name": "Sanne"} if act == "data/name" else {}
        form = f"/me/{act.partition('/')[0]}"
        assert post(client, f"/me/{act}", page=form, **values).status_code == 303


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        ("address", {("added", "email_addresses")}),
        ("data/name", {("changed", "people")}),
        ("leave", {("changed", "memberships"), ("changed", "people")}),
        ("stop", {("changed", "memberships")}),
        ("digest", {("changed", "people")}),
    ],
)
def test_what_somebody_changes_by_link_stands_in_the_log_without_what_it_says(app, act, expected):
    network = factories.network(slug="netwerk")
    person = factories.person("Sanne de Vries", of=network, address="sanne@oss.example")
    db.session.commit()
    _by_link(app.test_client(), act, person)
    entries = db.session.scalars(sa.select(AuditEntry)).all()
    assert expected <= {(each.action, each.subject) for each in entries}
    assert {each.account_id for each in entries} == {None}
    kept = " ".join(f"{each.label} {each.once} {each.changes} {each.step}" for each in entries)
    assert not any(each in kept for each in ("@", "Sanne", "Dijk", "Vries"))
    organiser = app.test_client()
    sign_in(organiser, factories.account(network))
    assert "iemand met een persoonlijke link" in organiser.get("/organise/networks/netwerk/log").text


def test_log_page_shows_it_in_words(client, network):
    post(client, "/organise/networks/netwerk/audiences/new", name="Bestuurders", save="1")
    page = client.get("/organise/networks/netwerk/log").text
    assert "voegde toe: doelgroep ‘Bestuurders’" in " ".join(page.split())


class TestColleagues:
    def test_access_is_given_changed_and_taken(self, client, network):
        page = "/organise/networks/netwerk/team"
        for role in ("reader", "organiser"):
            post(client, page, name="Karin Smulders", address="karin@oss.example", role=role)
        grants = list(db.session.scalars(sa.select(Grant).where(Grant.network_id == network.id)))
        assert sorted(grant.role for grant in grants) == [NetworkRole.ORGANISER, NetworkRole.ORGANISER]
        karin = next(grant for grant in grants if grant.account.name == "Karin Smulders")
        post(client, f"{page}/{karin.id}/remove", page=page)
        db.session.expunge(karin)
        assert [grant.account.name for grant in db.session.scalars(sa.select(Grant))] == ["Loes Verhoeven"]

    def test_one_cannot_lock_oneself_out(self, client, network):
        page = "/organise/networks/netwerk/team"
        mine = db.session.scalars(sa.select(Grant)).one()
        post(client, f"{page}/{mine.id}/remove", page=page)
        assert db.session.get(Grant, mine.id) is not None
        assert "Je kunt je eigen toegang niet weghalen." in client.get(page).text

    def test_administrators_make_and_close_accounts(self, client, app):
        sign_in(client, factories.account(admin=True))
        page = "/organise/accounts"
        post(client, page, name="Nieuw", address="nieuw@oss.example")
        from app.accounts import accounts

        account = accounts.find_account("nieuw@oss.example")
        post(client, f"{page}/{account.id}/active", page=page, active="0")
        assert account.active is False
        post(client, f"{page}/{account.id}/active", page=page, active="1")
        assert account.active is True
