"""Whoever is written in a list, in any of the forms that lists have, is the same person when it is read."""

import io
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from app.database import db
from app.network.imports import import_plans, list_cells, list_files
from tests import factories
from tests.odd_sheets import write_ods

pytestmark = pytest.mark.usefixtures("app")


@dataclass(frozen=True)
class Listed:
    """Somebody as a list knows them."""

    given: str
    prefix: str
    family: str
    day: date
    phone: str

    @property
    def behind(self) -> str:
        return " ".join(filter(None, (self.given, self.prefix)))

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.given, self.prefix, self.family)))


PEOPLE = st.builds(
    Listed,
    st.sampled_from(["Sanne", "Jan-Willem", "J.A.", "Zoë", "A.", "Thuý Vân", "Đức", "Anne Marie"]),
    st.sampled_from(["", "de", "van der", "van 't", "van den", "in 't", "ter", "von"]),
    st.sampled_from(["Vries", "Hof-Müller", "El-Khatib", "O’Neill", "Bäcker", "IJsselstein", "Nguyễn", "Smit"]),
    st.dates(date(1990, 1, 1), date(2030, 12, 31)),
    st.sampled_from(["06-12345678", "+31 6 1234 5678", "(0162) 48 91 11", "0612345678"]),
)
WHOLE = {
    "as it is spoken": lambda each: each.name,
    "family name first": lambda each: f"{each.family}, {each.behind}",
    "prefix before a comma": lambda each: f"{each.family} {each.prefix}, {each.given}".replace(" ,", ","),
    "with titles": lambda each: f"mw. drs. {each.name} MSc",
    "with a title inside": lambda each: f"{each.family}, dhr. {each.behind}",
    "in quotes": lambda each: f"'{each.name}'",
    "with invisible characters": lambda each: f"\u200e{each.name} \u200b",
}
PARTS = {
    "a column for each": lambda each: [each.given, each.prefix, each.family],
    "the prefix twice": lambda each: [each.given, each.prefix, f"{each.prefix} {each.family}".strip()],
    "the prefix behind": lambda each: [each.given, "", f"{each.family}, {each.prefix}".strip(", ")],
    "the title too": lambda each: [f"Dhr. {each.given}", each.prefix, each.family],
}
DAYS = ("%d-%m-%Y", "%Y-%m-%d", "%d/%m/%y", "%d.%m.%Y", "%Y%m%d")
ABOVE = st.lists(st.sampled_from([[], ["Deelnemerslijst 2024"], ["", "Versie 3 DEF"]]), max_size=3)


def written(table: list[list[str]], kind: str) -> bytes:
    """A list in a file of some kind, unpacked as an upload is."""
    if kind == "csv":
        return list_files.write_cells(table)
    if kind == "ods":
        packed = write_ods({"Blad1": table})
    else:
        book, out = Workbook(), io.BytesIO()
        for row in table:
            book.active.append(row)
        book.save(out)
        packed = out.getvalue()
    return list_files.write_cells(list_cells.unpack_workbook(packed)["cells"])


@settings(max_examples=25)
@given(
    people=st.lists(PEOPLE, min_size=1, max_size=4),
    form=st.sampled_from([*WHOLE, *PARTS]),
    above=ABOVE,
    days=st.sampled_from(DAYS),
    kind=st.sampled_from(["csv", "xlsx", "ods"]),
)
def test_whoever_is_written_in_a_list_is_read_back(people, form, above, days, kind):
    network = factories.network()
    if form in WHOLE:
        titles, cells = ["Naam"], [[WHOLE[form](each)] for each in people]
    else:
        titles, cells = ["Voorletters", "Tussenv.", "Achternaam"], [PARTS[form](each) for each in people]
    rows = [
        [*name, f"p{number}@oss.example", each.day.strftime(days), each.phone]
        for number, (name, each) in enumerate(zip(cells, people, strict=True))
    ]
    content = written([*above, [*titles, "E-mailadres", "Sinds", "Tel. nr."], *rows], kind)
    found = import_plans.plan_import(network, "lijst.csv", content)
    db.session.rollback()
    read = [
        (row.reading.given, row.reading.prefix, row.reading.family, row.address, row.starts_on, row.phone, row.problems)
        for row in found.rows["new"]
    ]
    assert read == [
        (each.given, each.prefix, each.family, f"p{number}@oss.example", each.day, each.phone, [])
        for number, each in enumerate(people)
    ]
