"""Who is behind a mail address, and that every door asks that in one place."""

import ast
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.database import db
from app.network.people import mail_addresses, mailboxes, people
from app.network.people.models import EmailAddress
from app.settings import ROOT
from tests import factories as make

GRIFFIE = "griffie@oss.example"
ELS = "els@oss.example"


def _behind(address: str) -> list[str]:
    return [each.name for each in mailboxes.who_is_behind(address).everybody]


def _through(name: str, address: str = ELS):
    person = people.find_or_add_person(name, address, through=True)
    db.session.flush()
    return person


class TestWhoIsMeant:
    def test_of_an_office_the_name_decides(self, app):
        for name in ("Jan Peters", "Karin Smulders", "J. Peters", "Jan Peters"):
            people.find_or_add_person(name, GRIFFIE)
            db.session.flush()
        assert _behind(GRIFFIE) == ["Jan Peters", "Karin Smulders"]
        assert mailboxes.find_owner(GRIFFIE) is None

    def test_an_address_of_ones_own_stays_one_person_however_the_name_is_written(self, app):
        els = make.person("Els Bakker", address=ELS)
        assert people.find_or_add_person("Mevrouw E.M. de Bakker-Smit", ELS) is els
        assert people.find_or_add_person("Elisabeth", "ELS@oss.example") is els

    def test_further_people_are_reached_through_somebody_elses_when_that_is_said(self, app):
        els = make.person("Els Bakker", address=ELS)
        jan = _through("Jan Peters")
        assert jan is not els
        assert jan.email == ELS
        assert people.find_or_add_person("Jan Peters", ELS) is jan
        assert people.find_or_add_person("Piet Onbekend", ELS) is els

    def test_a_name_that_fits_two_is_nobody_of_them(self, app):
        for name in ("Jan Peters", "Jan de Wit"):
            people.find_or_add_person(name, GRIFFIE)
        assert mailboxes.who_is_behind(GRIFFIE).named("Jan") is None

    def test_without_a_name_nothing_is_guessed(self, app):
        for name in ("Jan Peters", "Karin Smulders"):
            people.find_or_add_person(name, GRIFFIE)
        with pytest.raises(mailboxes.WhoIsMeant) as refused:
            people.find_or_add_person("", GRIFFIE)
        assert GRIFFIE in refused.value.words

    def test_the_database_keeps_ones_own_address_one_persons(self, app):
        make.person("Els Bakker", address=ELS)
        with pytest.raises(IntegrityError):
            make.person("Jan Peters", address=ELS)
        db.session.rollback()


class TestOneMailbox:
    def test_what_a_server_says_of_it_holds_for_all_and_for_who_comes_later(self, app):
        for name in ("Jan Peters", "Karin Smulders"):
            people.find_or_add_person(name, GRIFFIE)
        db.session.flush()
        mail_addresses.note_bounced_address(GRIFFIE.upper(), words="550 unknown")
        people.find_or_add_person("Piet de Boer", GRIFFIE)
        db.session.flush()
        rows = db.session.scalars(sa.select(EmailAddress)).all()
        assert [bool(each.bounced_at) for each in rows] == [True] * 3
        mail_addresses.clear_bounce(rows[1])
        assert [each.bounced_at for each in rows] == [None] * 3

    def test_erasing_one_leaves_the_others(self, app):
        jan, karin = (people.find_or_add_person(name, GRIFFIE) for name in ("Jan Peters", "Karin Smulders"))
        db.session.flush()
        people.erase_person(jan)
        db.session.commit()
        assert _behind(GRIFFIE) == ["Karin Smulders"]
        assert karin.email == GRIFFIE

    def test_the_own_address_of_who_is_erased_goes_for_everybody(self, app):
        """It says who they were; who has another address is reached there."""
        els = make.person("Els Bakker", address=ELS)
        jan, karin = _through("Jan Peters"), _through("Karin Smulders")
        mail_addresses.add_address(jan, "jan@oss.example")
        db.session.flush()
        people.erase_person(els)
        db.session.commit()
        db.session.expire_all()
        assert (jan.email, karin.email) == ("jan@oss.example", None)
        assert db.session.scalar(sa.select(EmailAddress).where(EmailAddress.key == ELS)) is None


def test_people_are_looked_up_by_address_in_one_place_alone():
    """A door that asks the table itself would find one of those behind a mailbox, and take them for the only one."""
    allowed = {
        "app/network/people/mailboxes.py",
        "app/network/people/people_list.py",  # a part of an address, of all who are seen
        "app/network/finding/search.py",  # how an address begins, of all who are seen
    }
    found = {str(path.relative_to(ROOT)) for path in (ROOT / "app").rglob("*.py") if _compares_addresses(path)}
    assert found <= allowed


def _compares_addresses(path: Path) -> bool:
    """Whether a module reads the column by which an address is known, or compares the one that is shown."""
    text = path.read_text()
    if "EmailAddress.key" not in text and "EmailAddress.address" not in text:
        return False
    tree = ast.parse(text)
    compared = {
        id(each) for node in ast.walk(tree) if isinstance(node, ast.Compare) for each in (node.left, *node.comparators)
    }
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "EmailAddress"
        and (node.attr == "key" or (node.attr == "address" and id(node) in compared))
        for node in ast.walk(tree)
    )
