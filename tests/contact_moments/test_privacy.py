"""Talks and the people in them: their own copy, erasing, merging, the term of notes, the log."""

from datetime import timedelta

import sqlalchemy as sa

from app import clock
from app.accounts.models import AuditEntry, Subject
from app.contact_moments import contact_moments
from app.contact_moments.models import ContactMoment
from app.database import db
from app.network.imports import merges
from app.network.people import own_data, people
from app.network.people.models import Person
from app.privacy import contact, retention
from app.privacy.models import Term
from app.privacy.scrubbing import NOBODY
from tests import factories
from tests.contact_moments.test_talks import talk
from tests.helpers import post, sign_in


def test_own_copy_has_the_talk_and_its_note(app):
    network = factories.network()
    jan, els = (factories.person(name, at="Oss", of=network) for name in ("Jan Jansen", "Els Bos"))
    row = talk(network, people=[jan], note="Over de norm")
    talk(network, people=[els], note="Niet van Jan")

    copy = own_data.copy_own_data(jan)
    assert [(each["id"], each["note"]) for each in copy["contact_moments"]] == [(row.id, "Over de norm")]
    assert copy["contact_moment_people"] == [{"contact_moment_id": row.id, "person_id": jan.id}]


def test_erasing_leaves_the_fact(app):
    network = factories.network()
    jan = factories.person("Jan Jansen", at="Oss", of=network)
    with_him = talk(network, people=[jan], note="Hij twijfelt")
    about_him = talk(network, "Best", note="Wil niet met Jan Jansen werken")
    other = talk(network, note="Over iets anders")
    db.session.commit()

    people.erase_person(jan)
    db.session.commit()

    rows = {each.id: each for each in db.session.query(ContactMoment)}
    assert (rows[with_him.id].note, rows[with_him.id].people) == ("", [])
    assert rows[about_him.id].note == f"Wil niet met {NOBODY} werken"
    assert rows[other.id].note == "Over iets anders"
    assert [each.name for each in rows[with_him.id].organisations] == ["Oss"]


def test_a_talk_that_comes_back_says_nothing_of_who_was_erased_meanwhile(app):
    network = factories.network()
    jan = factories.person("Jan Jansen", at="Oss", of=network)
    kept = contact_moments.remove_talk(talk(network, people=[jan], note="Hij twijfelt"))
    db.session.flush()
    people.erase_person(jan)
    contact_moments.restore_talk(network, kept)
    db.session.commit()

    row = db.session.query(ContactMoment).one()
    assert (row.note, row.people, [each.name for each in row.organisations]) == ("", [], ["Oss"])


def test_a_talk_that_comes_back_is_with_who_they_are_by_now(app):
    network = factories.network()
    kept, gone, other = (
        factories.person(name, at="Oss", of=network) for name in ("Jan Jansen", "J. Jansen", "Els Bos")
    )
    removed = contact_moments.remove_talk(talk(network, people=[gone, kept, other]))
    db.session.flush()
    merges.merge_people(kept, gone)
    contact_moments.restore_talk(network, removed)
    db.session.commit()

    row = db.session.query(ContactMoment).one()
    assert sorted(each.name for each in row.people) == ["Els Bos", "Jan Jansen"]


def test_two_people_who_are_one_had_one_history(app):
    network = factories.network()
    kept, gone = (factories.person(name, at="Oss", of=network) for name in ("Jan Jansen", "J. Jansen"))
    his, both = talk(network, people=[gone]), talk(network, people=[kept, gone])

    merge = merges.merge_people(kept, gone)
    assert his.people == [kept]
    assert kept in both.people
    merges.undo_merge(merge)
    db.session.expire_all()
    assert his.people == [gone]
    assert set(both.people) == {kept, gone}


def test_words_go_after_their_term_and_the_fact_stays(app):
    network, term = factories.network(), retention.load_terms()[Term.TALKS]
    old = talk(network, note="Oud", day=clock.today() - timedelta(days=term + 1))
    new = talk(network, note="Nieuw", day=clock.today() - timedelta(days=term - 1))
    db.session.commit()

    assert retention.count_past()[Term.TALKS] == 1
    assert retention.sweep()[Term.TALKS] == 1
    db.session.expire_all()
    assert (old.note, new.note) == ("", "Nieuw")
    assert retention.count_past()[Term.TALKS] == 0


def test_the_log_says_that_a_talk_was_noted_and_not_what(client, app):
    network = factories.network()
    row = talk(network, note="Geheim een")
    sign_in(client, factories.account(network))
    page = f"/organise/networks/{network.slug}/contact-moments/{row.id}"

    post(client, page, kind="talk", day="1-2-2025", organisations="Oss", note="Geheim twee", theme="")

    entries = db.session.query(AuditEntry).filter_by(subject=Subject.CONTACT_MOMENTS).all()
    assert [each.network_id for each in entries] == [network.id]
    assert entries[0].changes == {"day": [], "note": []}
    assert "Geheim" not in str([each.__dict__ for each in entries])


def test_a_talk_is_contact(app):
    network, long_ago = factories.network(), clock.now() - timedelta(days=2000)
    jan, els = (factories.person(name, at="Oss", of=network) for name in ("Jan Jansen", "Els Bos"))
    for person in (jan, els):
        person.created_at = person.memberships[0].since = long_ago
    talk(network, people=[jan])
    db.session.flush()

    silent = sa.select(Person).where(contact.silent_since(clock.now() - timedelta(days=1000)))
    assert list(db.session.scalars(silent)) == [els]
