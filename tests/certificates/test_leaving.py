"""What becomes of letters of attendance when people are erased, become one, or become two again."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from app.certificates import attendance_letters, checking, issuing, letter_mails
from app.certificates.models import Certificate, CertificateVersion
from app.database import db
from app.network.imports import merges
from app.network.people import own_data, people
from app.network.seeing import CLOCKWORK
from app.outbox.models import FinishedMessage
from tests import factories
from tests.certificates import held
from tests.helpers import hidden, sign_in, work


def _letter(event, name: str = "Sanne de Vries"):
    invitation = held.visitor(event, name)
    held.closed(event)
    return invitation, attendance_letters.issue_letter(invitation)


def test_erased_the_number_answers_that_it_is_genuine_and_no_longer_whose(app):
    event = held.session(title="Datagedreven werken")
    invitation, letter = _letter(event)
    attendance_letters.issue_letter_again(letter, "Sanne de Vries-Bos")
    issuing.ask_name(letter, "Sanne Bos")
    letter_mails.mail_letter(letter, invitation)
    work()
    number, person_id = letter.number, invitation.person_id

    people.erase_person(invitation.person)
    db.session.commit()

    checked = checking.check_number(number)
    assert (checked.title, checked.minutes, checked.initials) == ("Datagedreven werken", 180, "")
    row = db.session.get(Certificate, letter.id)
    assert (row.person_id, row.asked_name) == (None, "")
    assert set(db.session.scalars(sa.select(CertificateVersion.name))) == {""}
    assert db.session.scalars(sa.select(FinishedMessage)).all() == []
    assert attendance_letters.list_letters(event, CLOCKWORK) == []
    assert attendance_letters.count_waiting(event) == 0
    with pytest.raises(issuing.NoCertificate):
        issuing.issue_certificate(
            db.session.get(people.Person, person_id), issuing.facts_of(row.newest), event.network_id, event_id=event.id
        )
    with pytest.raises(issuing.NoCertificate):
        issuing.issue_again(row, issuing.facts_of(row.newest), "Sanne de Vries")


def test_merged_the_letter_goes_along_and_comes_back(app):
    event = held.session()
    invitation, letter = _letter(event, "Sanne Vries")
    gone, kept = invitation.person, factories.person("Sanne de Vries")

    merge = merges.merge_people(kept, gone)
    assert db.session.get(Certificate, letter.id).person_id == kept.id
    assert attendance_letters.own_letter(invitation).letter.number == letter.number

    merges.undo_merge(merge)
    assert db.session.get(Certificate, letter.id).person_id == gone.id


def test_of_two_who_both_had_one_both_numbers_stay_genuine_until_they_are_erased(app):
    event = held.session()
    first, second = held.visitor(event, "Sanne de Vries"), held.visitor(event, "Sanne Vries")
    held.closed(event)
    letters = [attendance_letters.issue_letter(each) for each in (first, second)]
    numbers, kept = [each.number for each in letters], first.person

    merge = merges.merge_people(kept, second.person)
    db.session.commit()

    assert all(checking.check_number(number) for number in numbers)
    assert [row.difference for row in attendance_letters.list_letters(event, CLOCKWORK)] == [None, None]
    merges.undo_merge(merge)
    assert {each.person_id for each in db.session.scalars(sa.select(Certificate))} == {kept.id, merge.gone_id}

    merges.merge_people(kept, merge.gone)
    people.erase_person(kept)
    db.session.commit()
    assert [checking.check_number(number).initials for number in numbers] == ["", ""]


def test_the_copy_of_own_data_has_the_letter_with_what_stands_on_it(app):
    event = held.session(title="Datagedreven werken")
    invitation, letter = _letter(event)

    copied = own_data.copy_own_data(invitation.person)

    assert [row["number"] for row in copied["certificates"]] == [letter.number]
    assert "Datagedreven werken" in json.dumps(copied["certificate_versions"])


def test_of_two_organisers_who_correct_at_once_each_makes_a_version_of_its_own(app):
    event = held.session()
    _, letter = _letter(event)
    desks = [app.test_client() for _ in range(2)]
    page = f"/organise/events/{event.slug}/attendance/letters/{letter.id}"
    for desk in desks:
        sign_in(desk, factories.account(event.network))
    sent = [hidden(desk, page) | {"name": f"Sanne {name}"} for desk, name in zip(desks, ("Bos", "Smit"), strict=True)]

    assert _at_once(app, desks, page, sent) == [303, 303]

    db.session.expire_all()
    versions = db.session.scalars(sa.select(CertificateVersion).order_by(CertificateVersion.version)).all()
    assert [each.version for each in versions] == [1, 2, 3]


def test_who_presses_twice_at_once_has_one_letter(app):
    event = held.session()
    invitation = held.visitor(event)
    held.closed(event)
    clients = [app.test_client() for _ in range(2)]
    page = letter_mails.link_to_letter(invitation).partition("leerkring.test")[2]
    sent = [hidden(client, page) for client in clients]

    assert _at_once(app, clients, page, sent) == [303, 303]

    for model in (Certificate, CertificateVersion):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(model)) == 1


def _at_once(app, clients, page: str, sent: list[dict[str, str]]) -> list[int]:
    def press(at: int) -> int:
        with app.app_context():
            return clients[at].post(page, data=sent[at]).status_code

    db.session.commit()
    with ThreadPoolExecutor(2) as both:
        return list(both.map(press, range(2)))
