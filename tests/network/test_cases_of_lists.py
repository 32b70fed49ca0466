"""Lists as municipalities keep them, whole: what an organiser expects of each."""

import io

import pytest
from openpyxl import Workbook

from app.database import db
from app.network.imports import import_plans, list_cells, list_files
from app.network.organisations import organisations
from app.network.organisations.models import Organisation, OrganisationKind
from tests import factories
from tests.odd_sheets import write_ods

pytestmark = pytest.mark.usefixtures("app")
Sheets = dict[str, list[list[object]]]
COVER: Sheets = {
    "Leeswijzer": [["Deelnemerslijst versie 3 DEF, niet verspreiden"]],
    "Deelnemers": [
        ["Deelnemerslijst netwerk Digitale Transformatie"],
        [],
        ["Dhr/Mevr", "Voorl.", "Tussenv.", "Achternaam", "Gemeente / organisatie", "Functie", "E-mail", "Tel. nr."],
        ["Dhr.", "B.", "van", "Dijk", "Gem. Etten Leur", "wethouder ICT", "b.vandijk@ettenleur.example", "06-12345678"],
        ["Mevr.", "M.J.", "van der", "Linden", "VNG", "strateeg", "Marie.vanderLinden@VNG.example ", "0612345679"],
        ["", "Frans en Marja", "de", "Wit", "Den Bosch", "", "frans@bosch.example / marja@bosch.example", ""],
        [],
        ["Totaal", "", "", 3],
    ],
    "Gasten": [["naam", "mail"], ["Vries, dhr. K. de", "k.devries@waterschap.example"]],
}
GROUPS: Sheets = {
    "Blad1": [
        ["Naam", "Organisatie", "Mailadres", "Laatst gezien"],
        ["West-Brabant"],
        ["Jansen, Piet", "Roosendaal", "piet@roosendaal.example", "1 maart 2024"],
        ["#N/B", "Breda", "", ""],
        ["Midden-Brabant"],
        ["Ahmed El-Khatib", "Tilburg", "ahmed@tilburg.example", "1-mrt-2024"],
        ["onbekend", "n.v.t.", "griffie@goirle.example", "-"],
    ]
}
COUNCIL: Sheets = {
    "Raad 2022-2026": [
        ["GEMEENTERAAD – samenstelling per 1-9-2024"],
        [],
        ["Nr.", "Aanhef", "Voorletters", "Roepnaam", "Tussenv.", "Achternaam", "E-mailadres (gemeente)", "Mobiel", "Raadslid sinds"],
        ["VVD"],
        [1, "dhr.", "P.J.", "Peter", "van den", "Broek", "p@oosterhout.example", 612345678, "mrt. 2018"],
        ["CDA"],
        [2, "mw.", "F.", "Fatima", "El", "Amrani", "f@oosterhout.example", "", "30 maart 2022"],
        ["Totaal", 2],
    ]
}  # fmt: skip
MEMBERS: Sheets = {
    "Leden": [
        ["Ledenlijst netwerk"],
        [],
        ["Naam", "Voornaam", "Tussenvoegsel", "Organisatie", "Mail", "Tel"],
        ["Vries", "Sanne", "de", "ws. De Dommel", "sanne@dommel.example", "070-3738393"],
        ["Wit", "Frans en Marja", "de", "VBG", "frans@vbg.example; marja@vbg.example", "0"],
        ["Smit", "Wim", "", "St. Michielsgestel", "wim@gestel.example", "n.v.t."],
    ],
    "Oud": [["Naam", "Mail"], ["x", "y@z.example"]],
}
CONTACTS: Sheets = {
    "Blad1": [
        ["Contactgegevens"],
        ["Achternaam", "Vrnm", "Vvgsl", "Mailadres werk", "Werkzaam bij", "In dienst tot"],
        ["Berg", "J. (Jan)", "van den", "jan@etten-leur.example", "Gemeente Etten Leur", "31-12-'25"],
        [],
        ["Reservelijst"],
        ["Naam", "Telefoon", "Mailadres"],
        ["Piet Post", "013-5551234", "piet@tilburg.example"],
    ]
}
OUTLOOK: Sheets = {
    "": [
        ["First Name", "Middle Name", "Last Name", "Company", "Job Title", "E-mail Address", "Mobile Phone"],
        ["Kees", "van", "Dijk", "Unie van Waterschappen", "Strateeg", "kees@uvw.example", "+31 6 12345678"],
    ]
}
ONE_COLUMN: Sheets = {
    "": [["Deelnemers", "Wie"], ["Sanne de Vries <sanne@gmail.com>", "x"], ["Bos, Piet <piet@gmail.com>", "y"]]
}


def plan(sheets: Sheets, kind: str, mapping: dict | None = None) -> import_plans.ImportPlan:
    if kind == "ods":
        packed = write_ods({name: [[str(cell) for cell in row] for row in rows] for name, rows in sheets.items()})
    else:
        book, out = Workbook(), io.BytesIO()
        book.remove(book.active)
        for name, rows in sheets.items():
            page = book.create_sheet(name or "Blad1")
            for row in rows:
                page.append(row)
        book.save(out)
        packed = out.getvalue()
    content = list_files.write_cells(list_cells.unpack_workbook(packed)["cells"])
    return import_plans.plan_import(factories.network(), "lijst.xlsx", content, mapping)


def people(found: import_plans.ImportPlan) -> list[tuple[str, str, str]]:
    """Name, organisation and telephone of everybody who would be saved."""
    return [
        (row.name, row.organisation.name if row.organisation else "", row.phone) for row in found.rows.get("new", [])
    ]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
@pytest.mark.parametrize(
    ("sheets", "saved", "passed"),
    [
        (
            GROUPS,
            [("Piet Jansen", "Roosendaal", ""), ("Ahmed El-Khatib", "Tilburg", "")],
            [(2, "group"), (4, "empty"), (5, "group")],
        ),
        (
            COUNCIL,
            [("Peter van den Broek", "", "0612345678"), ("Fatima El Amrani", "", "")],
            [(4, "group"), (6, "group"), (8, "total")],
        ),
        (
            MEMBERS,
            [
                ("Sanne de Vries", "Waterschap De Dommel", "070-3738393"),
                ("Frans de Wit", "Vereniging van Brabantse Gemeenten (VBG)", ""),
                ("Marja de Wit", "Vereniging van Brabantse Gemeenten (VBG)", ""),
                ("Wim Smit", "Sint-Michielsgestel", ""),
            ],
            [],
        ),
        (CONTACTS, [("Jan van den Berg", "Etten-Leur", "")], [(5, "group"), (6, "other_table")]),
        (OUTLOOK, [("Kees van Dijk", "Unie van Waterschappen", "+31 6 12345678")], []),
        (ONE_COLUMN, [("Sanne de Vries", "", ""), ("Piet Bos", "", "")], []),
    ],
    ids=["groups", "council", "members", "contacts", "outlook", "one column"],
)
def test_of_each_list_the_people_are_read_and_the_rest_is_said(kind, sheets, saved, passed):
    found = plan(sheets, kind)
    assert (people(found), [(number, why) for number, _, why in found.table.passed]) == (saved, passed)


def test_a_mailbox_without_a_name_is_refused_as_what_it_is():
    wrong = plan(GROUPS, "xlsx").rows["wrong"]
    assert [(row.number, row.problems[0].partition(",")[0]) for row in wrong] == [
        (7, "griffie@goirle.example lijkt een gedeeld postvak")
    ]


def test_a_list_with_a_cover_gives_four_people_once_its_nickname_is_settled():
    bosch = next(each for each in organisations.organisation_choices() if each.label == "'s-Hertogenbosch")
    asked = plan(COVER, "xlsx")
    assert (asked.organisations, asked.proposals) == ({"Den Bosch": 2}, {"Den Bosch": "'s-Hertogenbosch"})
    settled = plan(COVER, "xlsx", {"organisations": {"den bosch": int(bosch.value)}})
    assert people(settled) == [
        ("B. van Dijk", "Etten-Leur", "06-12345678"),
        ("M.J. van der Linden", "Vereniging van Nederlandse Gemeenten (VNG)", "0612345679"),
        ("Frans de Wit", "'s-Hertogenbosch", ""),
        ("Marja de Wit", "'s-Hertogenbosch", ""),
    ]
    assert [row.reading.greeting for row in settled.rows["new"]][:2] == ["B. van Dijk", "M.J. van der Linden"]


def test_people_above_the_headings_are_said():
    sheet: Sheets = {"": [["Jan", "jan@oss.example"], ["Naam", "Mail"], ["Piet", "piet@oss.example"]]}
    assert [(number, why) for number, _, why in plan(sheet, "xlsx").table.passed] == [(1, "above")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("VNG", "Vereniging van Nederlandse Gemeenten (VNG)"),
        ("vbg", "Vereniging van Brabantse Gemeenten (VBG)"),
        ("Vereniging van Nederlandse Gemeenten", "Vereniging van Nederlandse Gemeenten (VNG)"),
        ("BZK", "Ministerie van Binnenlandse Zaken en Koninkrijksrelaties"),
        ("IPO", "Interprovinciaal Overleg (IPO)"),
        ("TU/e", "Technische Universiteit Eindhoven"),
        ("prov. Noord-Brabant", "Provincie Noord-Brabant"),
        ("Ws. Aa en Maas", "Waterschap Aa en Maas"),
        ("VR Brabant-Noord", "Veiligheidsregio Brabant-Noord"),
        ("Gemeente 's Hertogenbosch", "'s-Hertogenbosch"),
        ("gem. Bergen op Zoom", "Bergen op Zoom"),
        ("BoZ", "Bergen op Zoom"),
    ],
)
def test_abbreviations_are_names(text, name):
    found = organisations.OrganisationFinder().organisation(text)
    assert found is not None
    assert found.name == name


def test_initials_are_proposed_where_one_organisation_has_them():
    db.session.add(Organisation(name="GGD Hart voor Brabant", kind=OrganisationKind.CIVIL_SOCIETY))
    finder = organisations.OrganisationFinder()
    assert finder.near("GGD HvB") == "GGD Hart voor Brabant"
    assert (finder.organisation("GGD HvB"), finder.organisation("XYZ")) == (None, None)
