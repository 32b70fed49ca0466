"""Talks with organisations: noted, corrected, taken away; who reads what of them."""

import html
from datetime import date, timedelta

import pytest

from app import clock
from app.contact_moments import contact_moments, talk_queries
from app.contact_moments.contact_moments import FutureTalk, NoOrganisation, Talk
from app.contact_moments.models import ContactKind, ContactMoment
from app.contact_moments.talk_queries import TalkFilter
from app.database import db
from app.network import archiving
from app.network.organisations import lineage
from app.network.seeing import CLOCKWORK
from tests import factories
from tests.helpers import post, sign_in


def talk(network, *names: str, day: date | None = None, people=(), note: str = "", **values) -> ContactMoment:
    organisations = [factories.organisation(each) for each in names or ("Oss",)]
    told = Talk(
        values.pop("kind", ContactKind.TALK), day or clock.today(), organisations, note=note, people=people, **values
    )
    row = contact_moments.enter_talk(network, told, None)
    db.session.flush()
    return row


def test_a_talk_is_of_a_day_that_has_been_and_with_somebody(app):
    network = factories.network()
    tomorrow = clock.today() + timedelta(days=1)

    with pytest.raises(FutureTalk):
        talk(network, day=tomorrow)
    with pytest.raises(NoOrganisation):
        contact_moments.enter_talk(network, Talk(ContactKind.TALK, clock.today(), []), None)
    with db.session.no_autoflush:
        archiving.archive_network(network)
        with pytest.raises(archiving.Archived):
            talk(network)


def test_a_talk_after_an_organisation_ended_was_with_its_successor(app):
    network = factories.network()

    after = talk(network, "Uden", "Maashorst", day=date(2025, 3, 1))
    before = talk(network, "Uden", day=date(2021, 3, 1))

    assert [each.name for each in after.organisations] == ["Maashorst"]
    assert [each.name for each in before.organisations] == ["Uden"]
    found = talk_queries.list_talks_with(factories.organisation("Maashorst"), CLOCKWORK)
    assert [each.row for each in found] == [after, before]


def test_an_organisation_goes_up_and_its_talks_stay_in_sight(app):
    network = factories.network()
    row = talk(network, "Best")
    lineage.succeed_organisation(factories.organisation("Best"), factories.organisation("Oirschot"), clock.today())

    assert [each.row for each in talk_queries.list_talks_with(factories.organisation("Oirschot"), CLOCKWORK)] == [row]


def test_the_list_is_narrowed_by_kind_theme_and_year(app):
    network = factories.network()
    last_year = clock.today().replace(year=clock.today().year - 1, day=1)
    old = talk(network, day=last_year)
    visit = talk(network, kind=ContactKind.WORK_VISIT)
    talk(factories.network())

    def found(**sought):
        return [each.row for each in talk_queries.list_talks(network, TalkFilter(**sought), CLOCKWORK)]

    assert found() == [visit, old]
    assert found(kind=ContactKind.WORK_VISIT) == [visit]
    assert found(year=last_year.year) == [old]
    assert found(theme_id=1) == []
    assert talk_queries.list_years(network) == [clock.today().year, last_year.year]


def test_from_the_page_of_an_organisation(client, app):
    network = factories.network()
    jan = factories.person("Jan Jansen", at="Oss", of=network)
    sign_in(client, factories.account(network))
    oss = factories.organisation("Oss")
    page = f"/organise/organisations/{oss.id}"

    assert "Leg een gesprek vast" in client.get(page).text
    values = {
        "network": network.id,
        "kind": "phone",
        "theme": "",
        "day": "1-2-2025",
        "people": jan.id,
        "note": "Belde over  de norm.",
    }
    answer = post(client, f"{page}/contact-moments", page=page, **values)

    assert answer.status_code == 303
    row = db.session.query(ContactMoment).one()
    assert (row.kind, row.day, row.note) == (ContactKind.PHONE, date(2025, 2, 1), "Belde over de norm.")
    assert (row.people, row.organisations, row.network) == ([jan], [oss], network)
    shown = client.get(page).text
    assert "Belde over de norm." in shown
    assert "met Jan Jansen" in shown


def test_a_day_to_come_is_refused_at_its_field(client, app):
    network = factories.network()
    sign_in(client, factories.account(network))
    page = f"/organise/organisations/{factories.organisation('Oss').id}"
    values = {
        "network": network.id,
        "kind": "talk",
        "theme": "",
        "day": f"{clock.today() + timedelta(days=1)}",
        "note": "Blijft staan",
    }

    answer = post(client, f"{page}/contact-moments", page=page, **values)

    assert answer.status_code == 422
    assert "Deze dag moet nog komen." in answer.text
    assert "Blijft staan" in answer.text
    assert db.session.query(ContactMoment).count() == 0


def test_a_theme_that_had_ended_by_then_is_refused_at_its_field_and_one_that_a_talk_had_stays(client, app):
    network = factories.network(slug="netwerk")
    sign_in(client, factories.account(network))
    theme = factories.theme("Inkoop")
    had = talk(network, day=clock.today(), theme_id=theme.id)
    theme.ends_on = clock.today() - timedelta(days=1)
    db.session.commit()
    page = f"/organise/organisations/{factories.organisation('Oss').id}"
    values = {"network": network.id, "kind": "talk", "theme": theme.id, "note": ""}

    refused = post(client, f"{page}/contact-moments", page=page, **values, day=f"{clock.today()}")
    taken = post(client, f"{page}/contact-moments", page=page, **values, day=f"{theme.ends_on}")

    assert (refused.status_code, "‘Inkoop’ liep op die dag niet." in html.unescape(refused.text)) == (422, True)
    assert (taken.status_code, db.session.query(ContactMoment).count()) == (303, 2)
    edit = f"/organise/networks/netwerk/contact-moments/{had.id}"
    values = {"kind": "advice", "theme": theme.id, "note": "", "organisations": "Oss", "day": f"{clock.today()}"}
    assert post(client, edit, **values).status_code == 303
    assert (had.kind, had.theme_id) == (ContactKind.ADVICE, theme.id)


def test_only_in_networks_that_somebody_organises_and_with_people_whom_they_know(client, app):
    mine, other = factories.network(), factories.network()
    stranger = factories.person("Vreemd Mens", at="Oss", of=other)
    sign_in(client, factories.account(mine))
    page = f"/organise/organisations/{factories.organisation('Oss').id}"
    talked = {"kind": "talk", "theme": "", "day": "1-2-2025"}

    assert post(client, f"{page}/contact-moments", page=page, network=other.id, **talked).status_code == 422
    wrong = post(client, f"{page}/contact-moments", page=page, network=mine.id, people=stranger.id, **talked)
    assert not any(row.people for row in db.session.query(ContactMoment))
    assert "Vreemd Mens" not in wrong.text


def test_several_organisations_as_people_write_them(client, app):
    network = factories.network()
    sign_in(client, factories.account(network))
    page = f"/organise/networks/{network.slug}/contact-moments/new"

    wrong = post(client, page, kind="talk", theme="", day="1-2-2025", organisations="gemeente oss\nden bosch")
    assert "Bedoel je" in wrong.text
    assert "’s-Hertogenbosch" in wrong.text or "s-Hertogenbosch" in wrong.text
    assert (
        post(client, page, kind="talk", theme="", day="1-2-2025", organisations="gemeente oss\nBest").status_code == 303
    )
    assert [each.name for each in db.session.query(ContactMoment).one().organisations] == ["Best", "Oss"]


def test_correcting_keeps_people_whom_this_organiser_may_not_know(client, app):
    network = factories.network()
    known = factories.person("Ken Ik", at="Oss", of=network)
    hidden = factories.person("Ken Niet", at="Oss", of=factories.network())
    row = talk(network, people=[known, hidden], note="Oud")
    sign_in(client, factories.account(network))
    page = f"/organise/networks/{network.slug}/contact-moments/{row.id}"

    assert "Ken Niet" not in client.get(page).text
    answer = post(client, page, kind="advice", day="1-2-2025", organisations="Oss", note="Nieuw", theme="")

    assert answer.status_code == 303
    db.session.refresh(row)
    assert (row.kind, row.note, row.people) == (ContactKind.ADVICE, "Nieuw", [hidden])


def test_removed_and_brought_back(client, app):
    network = factories.network()
    jan, els = (factories.person(name, at="Oss", of=network) for name in ("Jan Jansen", "Els Bos"))
    row = talk(network, "Oss", "Best", people=[jan, els], note="Over de norm", day=date(2025, 2, 1))
    sign_in(client, factories.account(network))
    page = f"/organise/networks/{network.slug}/contact-moments"

    shown = client.get(post(client, f"{page}/{row.id}/remove", page=page).location).text
    assert db.session.query(ContactMoment).count() == 0
    assert "Zet terug" in shown
    post(client, "/organise/undo", page=page)

    back = db.session.query(ContactMoment).one()
    assert (back.note, back.day, len(back.people), len(back.organisations)) == ("Over de norm", date(2025, 2, 1), 2, 2)


def test_readers_see_talks_without_notes_and_others_nothing(client, app):
    network, other = factories.network(), factories.network()
    jan = factories.person("Jan Jansen", at="Oss", of=network)
    talk(network, people=[jan], note="Alleen voor ons")
    oss = f"/organise/organisations/{factories.organisation('Oss').id}"
    page = f"/organise/networks/{network.slug}/contact-moments"

    sign_in(client, factories.account(network, "reader"))
    for address in (oss, page):
        text = client.get(address).text
        assert "Jan Jansen" in text
        assert "Alleen voor ons" not in text
    assert b"Alleen voor ons" not in post(client, f"{page}.csv", page=page).data
    sign_in(client, factories.account(other))
    assert "Jan Jansen" not in client.get(oss).text
    assert "legden nog geen gesprek" in client.get(oss).text
    sign_in(client, factories.account(network))
    assert "Alleen voor ons" in post(client, f"{page}.csv", page=page).data.decode()


def test_the_pages_take_a_fixed_number_of_queries(client, app, queries):
    network = factories.network()
    sign_in(client, factories.account(network))
    oss = factories.organisation("Oss")
    counts = []
    for size in (2, 5):
        for number in range(size):
            talk(network, "Oss", "Best", people=[factories.person(f"Mens Nummer{number}", at="Oss", of=network)])
        db.session.commit()
        with queries() as seen:
            client.get(f"/organise/networks/{network.slug}/contact-moments")
            client.get(f"/organise/organisations/{oss.id}")
        counts.append(len(seen))
    assert counts[0] == counts[1]
