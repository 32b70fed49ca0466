"""Telephone numbers of people: brought by a list, changed by hand, gone with who they are of."""

import pytest
import sqlalchemy as sa

from app.database import db
from app.jobs import SCHEDULE
from app.network.imports import import_plans, import_runs, merges
from app.network.imports.models import Import
from app.network.people import own_data, people
from app.network.people.models import Person
from tests import factories
from tests.helpers import hidden, post, sign_in

pytestmark = pytest.mark.one_database

HEAD = "Naam;E-mail;Mobiel\n"


@pytest.fixture
def network(app):
    return factories.network(slug="netwerk")


def bring(network, rows: str) -> Import:
    content = f"{HEAD}{rows}".encode()
    kept = import_runs.keep_list(network, "lijst.csv", content)
    db.session.commit()
    import_runs.queue_import(kept, import_plans.plan_import(network, "lijst.csv", content))
    db.session.commit()
    import_runs.carry_on_imports()
    return kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("06 - 12 34 56 78", "06 - 12 34 56 78"),
        ("+31 (0)6 1234 5678 / 0162-489111", "+31 (0)6 1234 5678 / 0162-489111"),
        ("612345678", "0612345678"),
        ("112", "112"),
        ("n.v.t.", ""),
        ("0", ""),
        ("geen", ""),
        ("via de griffie", "via de griffie"),
    ],
)
def test_a_number_is_kept_as_it_is_written_but_for_a_lost_nought(network, text, kept):
    bring(network, f"Anna;anna@x.example;{text}\n")
    assert db.session.scalars(sa.select(Person.phone)).all() == [kept]


def test_a_list_changes_a_number_an_empty_cell_does_not_and_undoing_brings_it_back(network):
    person = factories.person("Anna", of=network, address="anna@x.example")
    person.phone = "0162-489111"
    bring(network, "Anna;anna@x.example;\n")
    assert person.phone == "0162-489111"
    kept = bring(network, "Anna;anna@x.example;06-12345678\n")
    assert person.phone == "06-12345678"
    import_runs.ask_import_undo(kept)
    db.session.commit()
    import_runs.carry_on_imports()
    db.session.expire_all()
    assert person.phone == "0162-489111"


def test_of_two_people_who_become_one_a_number_stays_and_goes_when_they_are_erased(network):
    kept, gone = (factories.person(name, of=network) for name in ("Anna", "Anna B."))
    gone.phone = "06-12345678"
    db.session.commit()
    merges.merge_people(kept, gone)
    assert kept.phone == "06-12345678"
    assert own_data.copy_own_data(kept)["people"][0]["phone"] == "06-12345678"
    people.erase_person(kept)
    db.session.commit()
    assert set(db.session.scalars(sa.select(Person.phone))) == {""}


def test_organisers_see_and_change_a_number(client, network):
    sign_in(client, factories.account(network))
    person = factories.person("Anna", of=network, address="anna@x.example")
    person.phone = "06-12345678"
    db.session.commit()
    page = f"/organise/networks/netwerk/people/{person.id}"
    assert "06-12345678" in client.get(page).text
    form = {
        **hidden(client, f"{page}/edit"),
        "name": "Anna",
        "address": "anna@x.example",
        "language": "nl",
        "organisation": "",
        "role": "",
    }
    assert client.post(f"{page}/edit", data={**form, "phone": "0162-489111"}).status_code == 303
    db.session.expire_all()
    assert person.phone == "0162-489111"


def test_an_import_begins_at_once_and_its_page_comes_again_without_javascript_until_it_is_done(client, network):
    sign_in(client, factories.account(network))
    kept = import_runs.keep_list(network, "lijst.csv", f"{HEAD}Anna;anna@x.example;\n".encode())
    db.session.commit()
    page = f"/organise/networks/netwerk/import/{kept.id}"
    post(client, page, page=page, rows="all")
    assert '<noscript><meta http-equiv="refresh"' in client.get(page).text
    db.session.rollback()
    import_runs.carry_on_imports()
    assert "http-equiv" not in client.get(page).text
    assert next(job.seconds for job in SCHEDULE if job.title == "imports") <= 2
