"""Importing lists as organisers have them."""

import io
import re
import zipfile
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from openpyxl import Workbook

from app import budget
from app.database import db
from app.network.imports import import_plans, import_runs, list_cells, list_files
from app.network.imports.list_files import UnreadableFile
from app.network.imports.models import Import
from app.network.models import Membership
from app.network.people.models import Person
from tests import factories
from tests.helpers import hidden, sign_in

pytestmark = pytest.mark.usefixtures("app")

CSV = """Voornaam;Tussenvoegsel;Achternaam;E-mailadres;Gemeente;Functie;Vanaf
Sanne;de;Vries;Sanne.deVries@oosterhout.example;Oosterhout;wethouder;1-3-2024
Karin;;Smulders;karin@oss.example;gemeente Oss;griffier;
"""


def xlsx(*rows) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class Read:
    """A list with its plan, the rows in the order of the file."""

    def __init__(self, network, name: str, content: bytes, mapping: dict | None = None):
        self.network, self.name, self.content, self.mapping = network, name, content, mapping
        self.plan = import_plans.plan_import(network, name, content, mapping)
        self.rows = sorted((row for rows in self.plan.rows.values() for row in rows), key=lambda row: row.number)

    def __getattr__(self, name: str):
        return getattr(self.plan, name)


def _plan(content: bytes | str, name: str = "lijst.csv", network=None, mapping: dict | None = None) -> Read:
    network = network or factories.network()
    db.session.commit()
    packed = content.encode() if isinstance(content, str) else content
    return Read(network, name, list_files.unpack_list(name, packed), mapping)


def _apply(read: Read, **choices) -> Import:
    kept = import_runs.keep_list(read.network, read.name, read.content)
    kept.mapping = read.mapping or kept.mapping
    import_runs.queue_import(kept, read.plan, **choices)
    db.session.commit()
    import_runs.carry_on_imports()
    db.session.expire_all()
    return kept


def _people() -> list[str]:
    return list(db.session.scalars(sa.select(Person.name).order_by(Person.name)))


def test_dutch_headings_and_names_in_parts():
    plan = _plan(CSV)
    assert [
        (row.number, row.outcome, row.name, row.address, row.organisation.name, row.role.code) for row in plan.rows
    ] == [
        (2, "new", "Sanne de Vries", "Sanne.deVries@oosterhout.example", "Oosterhout", "bestuurder"),
        (3, "new", "Karin Smulders", "karin@oss.example", "Oss", "griffier"),
    ]
    assert plan.rows[0].starts_on == date(2024, 3, 1)


def test_dry_run_saves_nothing_and_applying_saves_all():
    plan = _plan(CSV)
    assert _people() == []
    _apply(plan)
    db.session.commit()
    assert _people() == ["Karin Smulders", "Sanne de Vries"]
    assert (
        db.session.scalar(sa.select(sa.func.count(Membership.id)).where(Membership.network_id == plan.network.id)) == 2
    )


def test_second_import_of_the_same_list_changes_nothing():
    plan = _plan(CSV)
    _apply(plan)
    db.session.commit()
    again = _plan(CSV, network=plan.network)
    assert (again.new, again.changed, again.same, again.wrong) == (0, 0, 2, 0)


def test_changes_are_named_field_by_field():
    plan = _plan("Naam;E-mail;Organisatie\nSanne de Vries;s@o.example;Oosterhout\n")
    _apply(plan)
    db.session.commit()
    again = _plan("Naam;E-mail;Organisatie;Taal\nSanne van Dijk;S@o.example;Oss;en\n", network=plan.network)
    assert again.rows[0].changes == [
        "naam: Sanne de Vries → Sanne van Dijk",
        "taal: nl → en",
        "functie bij Oss (nu: Oosterhout)",
    ]
    _apply(again)
    person = db.session.scalars(sa.select(Person)).one()
    assert (person.name, person.language, [each.organisation.name for each in person.positions]) == (
        "Sanne van Dijk",
        "en",
        ["Oosterhout", "Oss"],
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_encodings_and_delimiters_are_recognised(encoding, delimiter):
    text = delimiter.join(("Naam", "E-mail")) + "\r\n" + delimiter.join(("José Müller", "jose@oss.example")) + "\r\n"
    assert [row.name for row in _plan(text.encode(encoding)).rows] == ["José Müller"]


def test_excel_with_dates_numbers_and_formula_results():
    content = xlsx(
        ["Naam", "E-mail", "Gemeentecode", "Vanaf"],
        ["Jan", "jan@oss.example", 828, datetime(2024, 3, 1)],
        ["Piet", "piet@oss.example", "GM0826", 45352],
        ["Els", "els@oss.example", "0743", "01-03-2024"],
    )
    plan = _plan(content, "lijst.xlsx")
    assert [(row.organisation.name, row.starts_on, row.problems) for row in plan.rows] == [
        ("Oss", date(2024, 3, 1), []),
        ("Oosterhout", date(2024, 3, 1), []),
        ("Asten", date(2024, 3, 1), []),
    ]


def test_names_are_read_and_the_dry_run_says_what_was_made_of_them():
    plan = _plan(
        "Voornaam;Tussenvoegsel;Achternaam;E-mail\n"
        "KEES;VAN;DIJK;kees@oss.example\n"
        "drs. M. (Marie);;Boer, de;<marie@oss.example>;\n"
        "Sanne;de;Vries;sanne@oss.example\n"
    )
    assert [(row.name, row.address, row.problems) for row in plan.rows] == [
        ("Kees van Dijk", "kees@oss.example", []),
        ("Marie de Boer", "marie@oss.example", []),
        ("Sanne de Vries", "sanne@oss.example", []),
    ]
    said = [note for row in plan.rows for note in row.notes if "lezen we" in note]
    assert [note.partition(" Kijk")[0] for note in said] == [
        "‘KEES VAN DIJK’ lezen we als Kees van Dijk; een mail begint met ‘Dag Kees’.",
        "‘drs. M. (Marie) Boer, de’ lezen we als Marie de Boer; een mail begint met ‘Dag Marie’.",
    ]


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ("Jan;geen adres;Oss;", "‘geen adres’ is geen mailadres."),
        (";jan@oss.example;Oss;", "Er staat geen naam."),
        ("Jan;;Oss;", "Er staat geen mailadres."),
        ("Jan;jan@oss.example;Den Bosch;", "De organisatie ‘Den Bosch’ kennen we niet. Bedoel je ‘'s-Hertogenbosch’?"),
        ("Jan;jan@oss.example;Oosterhuot;", "De organisatie ‘Oosterhuot’ kennen we niet. Bedoel je ‘Oosterhout’?"),
        (
            "Jan;jan@oss.example;Atlantis;",
            "De organisatie ‘Atlantis’ kennen we niet. Voeg haar eerst toe bij Organisaties.",
        ),
        ("Jan;jan@oss.example;Oss;31-2-2024", "‘31-2-2024’ is geen datum. Schrijf hem als 1-3-2024."),
    ],
)
def test_wrong_rows_say_why_and_how_on(cells, problem):
    plan = _plan(f"Naam;E-mail;Organisatie;Vanaf\n{cells}\n")
    assert plan.rows[0].problems == [problem]


@pytest.mark.parametrize(
    "name", ["'s-Hertogenbosch", "s-Hertogenbosch", "Gemeente 's-Hertogenbosch", "’s-hertogenbosch"]
)
def test_ways_to_write_a_name_are_understood(name):
    plan = _plan(f"Naam,E-mail,Organisatie\nJan,jan@oss.example,{name}\n")
    assert plan.rows[0].organisation.name == "'s-Hertogenbosch"


def test_an_address_in_the_cell_of_the_name_is_read_when_there_is_no_other():
    plan = _plan("Naam;E-mail\nJan de Vries <jan@oss.example>;\nkarin@oss.example;\n")
    assert [row.address for row in plan.rows] == ["jan@oss.example", "karin@oss.example"]
    assert plan.rows[0].problems == []
    assert plan.rows[0].reading.greeting == "Jan"


def test_double_addresses_in_the_list_are_wrong():
    plan = _plan("Naam;E-mail\nJan;jan@oss.example\nJan Jansen;JAN@oss.example\n")
    assert [row.problems for row in plan.rows] == [[], ["Dit mailadres staat ook in rij 2."]]


def test_unknown_headings_are_named():
    assert _plan("Naam;E-mail;Schoenmaat\nJan;jan@oss.example;43\n").ignored == ["Schoenmaat"]


def test_cells_that_start_a_formula_are_text():
    plan = _plan('Naam;E-mail\n"=HYPERLINK(""http://kwaad.example"")";jan@oss.example\n')
    _apply(plan)
    assert _people() == ['=HYPERLINK("http://kwaad.example")']


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"xl/{number}", b"\0" * (list_cells.MOST_UNPACKED // 4))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("lijst.xlsx", b"geen zip", "geen leesbaar Excel-bestand"),
        ("lijst.xlsx", b"PK\x03\x04kapot", "geen leesbaar Excel-bestand"),
        ("lijst.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1oud", "geen leesbaar Excel-bestand"),
        ("lijst.csv", b"", "geen rijen"),
        ("lijst.csv", b"Naam;E-mail\n", "geen rijen"),
        ("lijst.csv", b"Kleur;Maat\nrood;43\n", "geen rij met koppen die we kennen"),
        ("foto.csv", b"\x89PNG\r\n\x1a\n\x00\x00;\x00\nx;y", "geen tekstbestand"),
        ("lijst.csv", b"Naam;E-mail\n" + b"x;y\n" * (list_files.MOST_ROWS + 1), "meer dan"),
    ],
)
def test_files_that_are_no_list_are_refused_in_words(name, content, words):
    with pytest.raises(UnreadableFile) as error:
        _plan(content, name)
    assert words in str(error.value)


def _workbook(sheet: bytes) -> bytes:
    """An XLSX whose only sheet has these rows."""
    book = Workbook()
    out = io.BytesIO()
    book.save(out)
    made = io.BytesIO()
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            content = old.read(entry)
            if entry == "xl/worksheets/sheet1.xml":
                content = re.sub(
                    rb"<sheetData\s*/>|<sheetData>.*</sheetData>", b"<sheetData>" + sheet + b"</sheetData>", content
                )
            new.writestr(entry, content)
    return made.getvalue()


@pytest.mark.parametrize(
    "sheet",
    [
        b"<row>" + b"<c><v>1</v></c>" * 4_000_000 + b"</row>",
        b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (row, row) for row in range(1, 60_000)),
        b"<row/>" * 6_000_000,
    ],
    ids=["one row of millions of cells", "many rows that reach to the last column", "millions of empty rows"],
)
def test_a_small_workbook_that_holds_very_much_is_ended_by_the_budget(monkeypatch, sheet):
    monkeypatch.setattr(budget, "SECONDS", 4)
    with pytest.raises(UnreadableFile):
        _plan(_workbook(sheet), "lijst.xlsx")


def test_a_packed_list_is_kept_as_text(client):
    network = factories.network()
    sign_in(client, factories.account(network))
    book, out = Workbook(), io.BytesIO()
    for row in (["Naam", "E-mail"], ["Jan de Vries", "jan@oss.example"]):
        book.active.append(row)
    book.save(out)
    address = f"/organise/networks/{network.slug}/import"
    form = {**hidden(client, address), "file": (io.BytesIO(out.getvalue()), "lijst.xlsx")}
    page = client.get(client.post(address, data=form).location)
    kept = db.session.scalars(sa.select(Import)).one()
    assert (page.status_code, "Jan de Vries" in page.text) == (200, True)
    assert kept.content.decode("utf-8-sig").splitlines() == ["sep=;", "Naam;E-mail", "Jan de Vries;jan@oss.example"]


def test_commas_in_the_headings_of_a_workbook_separate_nothing():
    book, out = Workbook(), io.BytesIO()
    for row in (["Naam (achternaam, voornaam, tussenvoegsel)", "E-mail"], ["Jansen", "jan@oss.example"]):
        book.active.append(row)
    book.save(out)
    db.session.commit()
    unpacked = list_files.unpack_list("lijst.xlsx", out.getvalue())
    assert list_files.read_sheets("lijst.xlsx", unpacked)[0].rows[1][1] == ["Jansen", "jan@oss.example"]
    assert list_files.read_sheets("lijst.csv", b"sep=|\nNaam|E-mail\nJan|jan@oss.example\n")[0].rows[1][1][0] == "Jan"


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    with pytest.raises(UnreadableFile) as error:
        _plan(_bomb(), "lijst.xlsx")
    assert "uitgepakt te groot" in str(error.value)


def test_comparing_takes_a_fixed_number_of_queries(queries):
    network = factories.network()
    counts = []
    for size in (3, 60):
        rows = "\n".join(f"Naam {number};p{size}-{number}@oss.example;Oss" for number in range(size))
        _apply(_plan(f"Naam;E-mail;Organisatie\n{rows}\n", network=network))
        db.session.commit()
        with queries() as seen:
            _plan(f"Naam;E-mail;Organisatie\n{rows}\n", network=network)
        counts.append(len(seen))
    assert counts[0] == counts[1]
