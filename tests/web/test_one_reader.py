"""Names, addresses, days and telephone numbers are read in one place each, by whatever door somebody's words come in."""

import importlib
import pkgutil
import re

import pytest
import sqlalchemy as sa
from flask_wtf.file import FileField
from wtforms import BooleanField
from wtforms import FileField as AnyFileField
from wtforms import Form as AnyForm
from wtforms.fields.core import UnboundField

import app as program
from app.attendance import presence
from app.database import db
from app.events.busy_days import read_day
from app.invitations import inviting
from app.network import joining
from app.network.imports import import_plans, import_runs
from app.network.imports.pasted_lists import write_as_file
from app.network.models import JoinRequest
from app.network.people import people, written_people
from app.network.people.models import EmailAddress, Language, Person
from app.registration import allotments, answers, link_requests
from app.web.forms import AddressField, DayField, PersonNameField, PhoneField, TelephoneField
from tests import factories

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("app")]
NAME, ADDRESS = "\u200bdhr. K. de Vries\u200b", "\u200bmailto:K.deVries@x.example\u200b; "
READ = ("K. de Vries", "dhr.", "K. de Vries", "K.deVries@x.example")
"""Name, titles, greeting and address."""
DAYS = ["2026-12-10", "10-12-2026", "10/12/2026", "10.12.2026", "10 december 2026", "do 10-dec-2026\u200b", "10-12-'26"]
NO_DAYS = ["december 2026", "2026", "31-2-2026", "morgen"]
READERS = {
    "address": (AddressField,),
    "day": (DayField,),
    "phone": (TelephoneField, PhoneField),
}
"""By which kinds of field a word of a label is read."""
_LABELS = {
    "address": re.compile(r"mailadres|e-mail", re.IGNORECASE),
    "day": re.compile(r"^datum|datum\)$|^dag$|^vanaf$|^sinds$|^tot en met$|^voor wanneer$|laatste dag", re.IGNORECASE),
    "phone": re.compile(r"telefoon", re.IGNORECASE),
}
MANY = {("WhoForm", "people")}
"""Fields for more addresses than one: read by mail_addresses.read_addresses."""


def _forms() -> list[type[AnyForm]]:
    modules = sorted(
        pkgutil.walk_packages(program.__path__, "app."), key=lambda each: not each.name.endswith(".models")
    )
    for module in modules:
        importlib.import_module(module.name)
    found, waiting = {}, [AnyForm]
    while waiting:
        for form in type.__subclasses__(waiting.pop()):
            if form not in found:
                found[form] = None
                waiting.append(form)
    return [form for form in found if form.__module__.startswith("app.")]


def _fields() -> list[tuple[str, str, type, str]]:
    """Form, field, its kind and its label."""
    rows = []
    for form in _forms():
        for name, field in vars(form).items():
            if isinstance(field, UnboundField):
                label = field.args[0] if field.args else field.kwargs.get("label", "")
                rows.append((form.__name__, name, field.field_class, "" if callable(label) else str(label)))
    return rows


@pytest.mark.parametrize("what", READERS)
def test_every_field_for_it_is_of_the_kind_that_reads_it(app, what):
    with app.test_request_context():
        asked = [
            row
            for row in _fields()
            if _LABELS[what].search(row[3]) and row[:2] not in MANY and row[2] is not BooleanField
        ]
    assert len(asked) > 1
    assert [row for row in asked if not issubclass(row[2], READERS[what])] == []


def _read(app, kind, typed: str, *args):
    """What a field of this kind makes of it, and what it says is wrong."""

    class Typed(AnyForm):
        field = kind("Veld", *args)

    with app.test_request_context():
        form = Typed(data=None, formdata=_Data(typed))
        form.validate()
        return form.field.data, [str(each) for each in form.field.errors]


class _Data(dict):
    def __init__(self, typed: str):
        super().__init__(field=[typed])

    def getlist(self, name: str) -> list[str]:
        return self.get(name, [])


@pytest.mark.parametrize("typed", DAYS)
def test_a_day_is_read_alike_on_a_form_in_a_list_and_among_days_to_avoid(app, typed):
    day, wrong = _read(app, DayField, typed)
    assert (str(day), wrong) == ("2026-12-10", [])
    assert str(read_day(typed)) == "2026-12-10"
    plan = _plan(f"Naam;E-mail;Vanaf\nKees de Vries;k@x.example;{typed}\n")
    assert [str(row.starts_on) for row in plan.rows["new"]] == ["2026-12-10"]


@pytest.mark.parametrize("typed", NO_DAYS)
def test_what_is_no_whole_day_is_refused_on_a_form(app, typed):
    day, wrong = _read(app, DayField, typed)
    assert (day, len(wrong)) == (None, 1)
    assert read_day(typed) is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\u200b06 - 12 34 56 78", "06 - 12 34 56 78"),
        ("tel: 0162-489111;", "0162-489111"),
        ("612345678", "0612345678"),
        ("n.v.t.", ""),
        ("-", ""),
        ("via de griffie", "via de griffie"),
    ],
)
def test_a_telephone_is_read_alike_on_a_form_and_in_a_list(app, typed, kept):
    assert _read(app, TelephoneField, typed, 60) == (kept, [])
    plan = _plan(f'Naam;E-mail;Telefoon\nKees de Vries;k@x.example;"{typed}"\n')
    assert [row.phone for row in plan.rows["new"]] == [kept]


@pytest.mark.parametrize(
    "typed",
    [ADDRESS, "Vries, Sanne de <K.deVries@x.example>; ", "'K.deVries@x.example'", "K.deVries@x.example.", "(K.deVries@x.example)"],
)  # fmt: skip
def test_an_address_is_read_alike_in_every_field_for_one(app, typed):
    assert _read(app, AddressField, typed) == ("K.deVries@x.example", [])


def _plan(text: str):
    network = factories.network()
    db.session.commit()
    return import_plans.plan_import(network, "lijst.csv", text.encode())


def _in_a_list(network):
    _bring(network, f'Naam;E-mail\n"{NAME}";"{ADDRESS}"\n'.encode())


def _pasted(network):
    _bring(network, write_as_file(f"{NAME} <{ADDRESS.strip('; ')}>;"))


def _bring(network, content: bytes):
    kept = import_runs.keep_list(network, "lijst.csv", content)
    db.session.commit()
    import_runs.queue_import(kept, import_plans.plan_import(network, "lijst.csv", content))
    db.session.commit()
    import_runs.carry_on_imports()


def _by_hand(network):
    inviting.invite_by_hand(factories.event(network), NAME, ADDRESS)


def _asked_for_a_poll(network):
    written_people.read_people(f"{NAME} <{ADDRESS.strip('; ')}>;")


def _by_asking_to_join(network):
    joining.ask_to_join(network, NAME, ADDRESS, Language.NL)
    joining.confirm_join(db.session.scalars(sa.select(JoinRequest)).one())


def _by_asking_for_a_link(network):
    event = factories.event(network, open_to_all=True)
    link_requests.ask_invitation_link(event, NAME, ADDRESS)
    db.session.commit()
    link_requests.handle_link_requests()


def _by_a_colleague(network):
    answers.ask_substitute(factories.invitation(factories.event(network)), NAME, ADDRESS)


def _by_a_contact(network):
    event, contact = factories.event(network), factories.person(at="Oss")
    seats = allotments.offer_seats(event, factories.organisation("Oss"), 2, event.closes_at, contact)
    allotments.name_for_seat(seats, NAME, ADDRESS)


def _at_the_door(network):
    event = factories.move(factories.event(network), hours=-1)
    presence.check_in_walk_in(event, NAME, None, ADDRESS)


def _added(network):
    people.add_person(NAME, ADDRESS)


DOORS = (
    _in_a_list, _pasted, _by_hand, _asked_for_a_poll, _by_asking_to_join, _by_asking_for_a_link, _by_a_colleague, _by_a_contact,
    _at_the_door, _added,
)  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
def test_somebody_is_the_same_by_every_door(door):
    door(factories.network())
    db.session.flush()
    wanted = sa.select(Person.name, Person.titles, Person.call_name, EmailAddress.address).join(EmailAddress)
    found = db.session.execute(wanted.where(EmailAddress.key == READ[3].lower())).all()
    assert [tuple(each) for each in found] == [READ]


def test_a_name_that_a_stranger_types_is_refused_with_an_address_in_it(app):
    assert _read(app, PersonNameField, "Kees <k@x.example>", 120)[1] == ["Vul hier alleen een naam in, geen adres."]


def test_a_field_for_a_file_takes_no_words():
    """That of WTForms itself hands on what was typed as if it were a file."""
    of_files = [(form, name, kind) for form, name, kind, _ in _fields() if issubclass(kind, AnyFileField)]
    assert [(form, name) for form, name, kind in of_files if not issubclass(kind, FileField)] == []
    assert of_files
