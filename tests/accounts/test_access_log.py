"""The log knows who signed in, failed, was refused, read people or took them out, and keeps nobody's name for that."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask, Response

from app.accounts import accounts, sign_in
from app.accounts.access_log import Shows
from app.accounts.models import AuditEntry, NetworkRole
from app.accounts.rights import Need
from app.database import db
from app.polls import polls
from app.sheets import TableKind
from app.web import access_notes, doors
from app.web.doors import OrganiserPages
from tests import factories
from tests.accounts.test_rights import ACTS, PAGES, make_world
from tests.helpers import post, sign_in_person
from tests.helpers import sign_in_by_link as enter
from tests.questions import posed


@pytest.fixture
def network(app):
    return factories.network(slug="netwerk")


def _entries(*actions: str) -> list[tuple]:
    wanted = sa.select(AuditEntry).order_by(AuditEntry.id)
    if actions:
        wanted = wanted.where(AuditEntry.action.in_(actions))
    return [
        (each.action.value, each.account_id, each.subject.value, each.network_id, each.count)
        for each in db.session.scalars(wanted)
    ]


def _path(link: str) -> str:
    return link.removeprefix("http://leerkring.test")


class TestSigningIn:
    def test_who_signed_in(self, client, network):
        account = factories.account(network)
        enter(client, account)
        assert _entries("signed_in") == [("signed_in", account.id, "accounts", None, 1)]

    def test_wrong_codes_are_counted_by_account_and_without_an_address(self, client, network):
        account = factories.account(network)
        for address in (account.email, "niemand@elders.example"):
            post(client, "/sign-in", address=address)
            for _ in range(2):
                post(client, "/sign-in/code", code="000000")
        assert _entries("sign_in_failed") == [
            ("sign_in_failed", account.id, "accounts", None, 2),
            ("sign_in_failed", None, "accounts", None, 2),
        ]
        kept = " ".join(
            f"{each.label} {each.once} {each.changes}" for each in db.session.scalars(sa.select(AuditEntry))
        )
        assert "@" not in kept

    def test_a_link_that_works_no_longer(self, client, network):
        account = factories.account(network)
        link = _path(sign_in.make_sign_in_link(account))
        db.session.execute(sa.text("UPDATE sign_ins SET created_at = '2020-01-01 00:00:00+00:00'"))
        assert client.get(link).status_code == 404
        assert client.get("/sign-in/onzin").status_code == 404
        assert _entries() == [
            ("sign_in_failed", account.id, "accounts", None, 1),
            ("sign_in_failed", None, "accounts", None, 1),
        ]

    def test_a_key_that_the_api_does_not_know(self, client, network):
        client.get("/api/v1/networks", headers={"Authorization": "Bearer lk_onbekend"})
        assert _entries() == [("sign_in_failed", None, "accounts", None, 1)]


class TestSigningOut:
    def _ended(self) -> list[tuple]:
        wanted = sa.select(AuditEntry).where(AuditEntry.action == "signed_out")
        return [(each.account_id, each.subject.value, each.subject_id) for each in db.session.scalars(wanted)]

    def test_by_oneself(self, client, network):
        account = factories.account(network)
        enter(client, account)
        post(client, f"/organise/accounts/{account.id}/sessions/end", page="/organise/account")
        post(client, "/sign-out", page="/organise/account")
        assert self._ended() == [(account.id, "accounts", account.id)] * 2

    @pytest.mark.parametrize("act", ["sessions/end", "active"])
    def test_by_an_administrator(self, client, app, network, act):
        account, admin = factories.account(network), factories.account(admin=True)
        enter(app.test_client(), account)
        enter(client, admin)
        post(client, f"/organise/accounts/{account.id}/{act}", page=f"/organise/accounts/{account.id}")
        assert self._ended() == [(admin.id, "accounts", account.id)]
        assert "beëindigde het ingelogd zijn van" in client.get("/organise/log?kind=signing_in").text


def test_who_was_refused_and_at_which_page(client, network):
    reader = factories.account(network, NetworkRole.READER)
    enter(client, reader)
    assert client.get("/organise/networks/netwerk/team").status_code == 403
    assert client.get("/organise/log").status_code == 403
    wanted = sa.select(AuditEntry.label).where(AuditEntry.action == "refused").order_by(AuditEntry.id)
    assert list(db.session.scalars(wanted)) == ["team.list_colleagues", "team.list_whole_log"]


class TestReading:
    def test_a_day_is_one_row_a_network_and_kind(self, client, network):
        other, account = factories.network(slug="ander"), factories.account(network)
        accounts.grant_role(account, other, NetworkRole.READER)
        person, second = factories.person(of=network), factories.person(of=network)
        enter(client, account)
        for path in ("netwerk/people", "ander/people", f"netwerk/people/{person.id}", f"netwerk/people/{second.id}"):
            assert client.get(f"/organise/networks/{path}").status_code == 200
        assert _entries("read") == [
            ("read", account.id, "people_lists", network.id, 1),
            ("read", account.id, "people_lists", other.id, 1),
            ("read", account.id, "people", network.id, 2),
        ]

    def test_it_writes_ever_less(self, client, network, queries):
        enter(client, factories.account(network))
        written = []
        for time in range(1, 10):
            with queries() as seen:
                client.get("/organise/networks/netwerk/people")
            written += [time] if any(each.startswith("INSERT") for each in seen) else []
            assert sum(each.startswith("INSERT") for each in seen) <= 1
        assert written == [1, 2, 4, 8]
        assert [entry[-1] for entry in _entries("read")] == [8]

    def test_what_members_write_and_answer_stands_in_it(self, client, network):
        """Their reported messages, who answered a question, and when each of a small group can."""
        member = factories.person(of=network)
        asked = posed.question(network, member, is_open=True)
        spans = [(factories.start(days, 10), factories.start(days, 12)) for days in (20, 30)]
        poll = polls.create_poll(network, "Intervisie", "", spans, holds=False, confidential=True)
        enter(client, factories.account(network))
        for number, path in enumerate(("reported", f"questions/{asked.id}", f"polls/{poll.id}"), 1):
            assert client.get(f"/organise/networks/netwerk/{path}").status_code == 200
            assert [entry[-1] for entry in _entries("read")] == [min(number, 2)], path

    def test_nobody_is_named(self, client, network):
        person = factories.person("Sanne de Vries", of=network)
        enter(client, factories.account(network))
        client.get(f"/organise/networks/netwerk/people/{person.id}")
        (entry,) = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "read"))
        assert (entry.subject_id, entry.label, entry.changes) == (None, "", {})


class TestTakingOut:
    def test_every_page_that_hands_out_data_stands_in_the_log(self, client, app):
        world = make_world()
        enter(client, world["accounts"]["admin"])
        db.session.commit()
        found = {}
        for act, table in ((client.get, PAGES), (client.post, ACTS)):
            for page in table:
                if act == client.post and not page.endswith((".xlsx", ".ods", ".csv", ".json")):
                    continue
                before = len(_entries("exported"))
                answer = (
                    client.get(page.format(**world))
                    if act == client.get
                    else post(client, page.format(**world), page="/organise")
                )
                if access_notes.is_data_file(answer):
                    found[page] = len(_entries("exported")) - before
        of_nobody, of_people = (
            (
                "/organise/networks/{n}/year/{t}",
                "/organise/networks/{n}/sessions",
                "/organise/year/{t}",
                "/organise/networks/{n}/agendas/{agenda}/reports/{filed}/editions/1",
            ),
            (
                "/organise/events/{e}/people",
                "/organise/networks/{n}/people",
                "/organise/events/{e}/mails/export",
                "/organise/networks/{n}/import/{m}/refused",
                "/organise/networks/{n}/contact-moments",
                "/organise/networks/{n}/courses/editions/{held_edition}/people",
                "/organise/networks/{n}/agendas/{agenda}/figures/{indicator}/list",
                "/organise/networks/{n}/agendas/{agenda}/reports/{frozen}/editions/1/figures/{indicator}/0",
            ),
        )
        pages = (*of_nobody, *of_people)
        assert found == {f"{page}.{kind}": int(page in of_people) for page in pages for kind in TableKind}

    def test_every_answer_of_the_api_that_names_somebody_does(self, client, network):
        event, person = (
            factories.event(network),
            factories.person("Sanne de Vries", of=network, address="s@oss.example"),
        )
        factories.invitation(event, person)
        audience = factories.audience(network)
        account = factories.account(network)
        key = {"Authorization": f"Bearer {accounts.make_api_token(account)}"}
        named = {}
        for rule in client.application.url_map.iter_rules():
            if not rule.endpoint.startswith("v1."):
                continue
            path = re.sub("<[^>]*>", lambda part: event.slug if "slug" in part[0] else str(audience.id), rule.rule)
            before = len(_entries("exported"))
            text = client.get(path, headers=key).text
            if any(word in text for word in ("Sanne", "s@oss.example")):
                named[rule.endpoint] = len(_entries("exported")) - before
        assert named == {"v1.Participants": 1, "v1.AudiencePeople": 1}
        assert _entries("exported") == [
            ("exported", account.id, "events", network.id, 1),
            ("exported", account.id, "audiences", network.id, 1),
        ]

    def test_who_takes_a_copy_of_their_own_data(self, client, network):
        person = factories.person("Sanne de Vries", of=network)
        sign_in_person(client, person)
        assert client.get("/me/data.json").status_code == 200
        (entry,) = db.session.scalars(sa.select(AuditEntry))
        assert (entry.action, entry.account_id, entry.subject, entry.subject_id, entry.label) == (
            "exported", None, "own_data", person.id, "",
        )  # fmt: skip

    def test_an_export_that_does_not_say_so_fails(self, app):
        site = Flask("some")
        door = OrganiserPages("some", __name__)

        @door.get("/x.csv", needs=Need.SIGNED_IN)
        def forgets():
            return ""

        site.register_blueprint(door)
        file = Response("a;b", mimetype="text/csv", headers={"Content-Disposition": "attachment"})
        with site.test_request_context("/x.csv"), pytest.raises(TypeError, match="say what it shows="):
            access_notes._note_answer(file)

    def test_a_page_says_what_it_shows(self, app):
        assert doors.page_of("year.export_year").shows is Shows.FIGURES


class TestTheLogPage:
    def test_administrators_narrow_it_down_by_kind(self, client, network):
        reader = factories.account(network, NetworkRole.READER, name="Rik Lezer")
        enter(client, reader)
        client.get("/organise/log")
        enter(client, factories.account(admin=True, name="Bea Beheer"))
        refused = " ".join(client.get("/organise/log?kind=refused").text.split())
        assert "werd geweigerd op de pagina ‘team.list_whole_log’" in refused
        signed_in = client.get("/organise/log?kind=signing_in").text
        assert ("Rik Lezer" in signed_in, "werd geweigerd op" in signed_in) == (True, False)
        assert "Rik Lezer" not in client.get("/organise/log?kind=changes").text
        assert client.get("/organise/log?kind=onzin").status_code == 200

    def test_colleagues_do_not_see_who_read_what(self, client, network):
        enter(client, factories.account(network, name="Karin Smulders"))
        client.get("/organise/networks/netwerk/people")
        enter(client, factories.account(network))
        assert "Karin Smulders" not in client.get("/organise/networks/netwerk/log").text
