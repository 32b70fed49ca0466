"""Who gets no mail of a network: by one rule, which every mailing, audience and digest asks."""

import re

import pytest

from app.database import db
from app.network import memberships
from app.network.audiences import audiences
from app.network.audiences.audiences import LeftOut
from app.network.imports import merges
from app.network.models import Standing
from app.network.seeing import CLOCKWORK
from app.outbox.models import Message
from app.settings import ROOT
from tests import factories
from tests.helpers import mails, post, sign_in_person, work

pytestmark = pytest.mark.usefixtures("app")
SAY_WHY = {
    "courses/interest_letters.py", "digests/forms.py", "matching/news.py", "matching/proposals.py", "network/audiences/audiences.py", "network/imports/import_runs.py", "network/imports/merges.py",
    "network/join_answers.py", "network/memberships.py", "network/models.py", "network/network_queries.py",
    "network/people/people_export.py", "network/people/people_list.py", "network/unsubscribing.py", "privacy/contact.py",
}  # fmt: skip
"""Where it matters that somebody unsubscribed, for another question than whether mail goes to them."""


def test_no_other_place_decides_by_itself():
    rooms = ROOT / "app"
    reads = {
        str(path.relative_to(rooms))
        for path in rooms.rglob("*.py")
        if re.search(r"\bunsubscribed_at\b", path.read_text())
    }
    assert reads - SAY_WHY == set()


def test_the_row_and_the_query_say_the_same():
    network = factories.network()
    rows = [factories.person(of=network).memberships[0] for _ in range(4)]
    memberships.unsubscribe_member(rows[1])
    memberships.restrict_use(rows[2].person)
    rows[3].standing = Standing.LEFT
    db.session.flush()
    model = type(rows[0])
    by_query = {each.id for each in db.session.query(model).filter(model.gets_mail)}
    assert ([each.gets_mail for each in rows], by_query) == ([True, False, False, False], {rows[0].id})


def test_that_somebodys_data_is_not_used_holds_wherever_they_come_in_later(app):
    """By joining, by a list, and by turning out to be somebody else's double."""
    known, by_list = factories.network(), factories.network()
    person, double = factories.person(of=known), factories.person("Sanne de Vries", of=factories.network())
    memberships.restrict_use(person)
    memberships.join_network(person.id, factories.network().id, Standing.GUEST)
    memberships.join_all([person.id, factories.person().id], by_list.id)
    db.session.flush()
    assert [each.restricted_at is None for each in by_list.memberships] == [False, True]
    merge = merges.merge_people(double, person)
    assert [each.restricted_at is None for each in double.memberships] == [False] * 4
    merges.undo_merge(merge)
    assert [each.restricted_at for each in double.memberships] == [None]
    memberships.lift_restriction(person)
    assert {each.restricted_at for each in person.memberships} == {None}


def test_who_asks_not_to_be_used_is_in_no_mailing_until_they_say_otherwise(client):
    network = factories.network()
    person, audience = factories.person(of=network), factories.audience(network)
    db.session.commit()
    sign_in_person(client, person)
    page = "/me/data"
    assert "Gebruik mijn gegevens nu niet" in client.get(page).text
    post(client, f"{page}/use", page=page, use="no")
    db.session.expire_all()
    reach = audiences.count_reach(audience.rule, network.id, CLOCKWORK)
    assert (reach.people, reach.left_out) == (0, {LeftOut.RESTRICTED: 1})
    factories.wave(factories.event(network), to=audience)
    work()
    assert mails(Message.kind == "invitation") == []
    assert "Gebruik mijn gegevens weer" in client.get(page).text
    post(client, f"{page}/use", page=page, use="yes")
    factories.wave(factories.event(network), to=audience)
    work()
    assert len(mails(Message.kind == "invitation", Message.person_id == person.id)) == 1
