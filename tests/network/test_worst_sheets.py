"""Six lists after the worst that were met, brought in through the pages by somebody who does that for the first time."""

import io

import lxml.html
import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from app.database import db
from app.network.imports import import_runs
from app.network.people.models import Person
from tests import factories, worst_sheets
from tests.helpers import csrf, sign_in

pytestmark = pytest.mark.usefixtures("app")
PAGE = "/organise/networks/een/import"
ETTEN, VNG = "Etten-Leur", "Vereniging van Nederlandse Gemeenten (VNG)"
EXPECTED = {
    "Bestuurders DEF (2).xlsx": (
        {},
        [
            ("Sanne de Vries", "Sanne", "mr. drs.", "Sanne.deVries@oosterhout.example", "Oosterhout", "0612345678"),
            ("Hans van den Berg - van den Heuvel", "Hans", "", "j.vandenberg@oss.example", "Oss", "06 - 1234 5679"),
            ("Siobhán O’Neill", "Siobhán", "prof.dr.", "s.oneill@tilburg.example", "Tilburg", "+31 (0)6 12345670"),
        ],
        {9: "‘p.jansen@uden’ heeft geen domein waar mail naartoe kan."},
        ["Rij 8: ‘vacature Breda’", "Rij 11: ‘Aantal bestuurders: 4’", "Rij 12: ‘* = met verlof’"],
    ),
    "export.xls": (
        {},
        [
            ("Fatima El Amrani", "Fatima", "", "f.elamrani@eindhoven.example", "", ""),
            ("Kees-Jan van Dijk", "Kees-Jan", "", "kj.vandijk@eindhoven.example", "", ""),
        ],
        {},
        ["Rij 4: ‘#N/B #N/B Gemeente Eindhoven #N/B’"],
    ),
    "adressen mac.csv": (
        {},
        [
            ("Zoë Bäcker", "Zoë", "mw. ing.", "z.backer@delta.example", "Waterschap Brabantse Delta", ""),
            ("Nguyen", "Nguyen", "", "nguyen@ettenleur.example", ETTEN, ""),
            ("José Muñoz", "José", "", "jose@vng.example", VNG, ""),
        ],
        {},
        ["Rij 6: ‘TOTAAL 3’"],
    ),
    "contactpersonen.ods": (
        {"heading-0": "Wie", "column-0": "name"},
        [
            ("Marja de Wit", "Marja", "", "m.dewit@roosendaal.example", "Roosendaal", "0165-579111"),
            ("Frans de Wit", "Frans", "", "f.dewit@roosendaal.example", "Roosendaal", ""),
            ("Piet Smit", "Piet", "", "griffie@moerdijk.example", "Moerdijk", ""),
            ("Anja Bos", "Anja", "", "griffie@moerdijk.example", "Moerdijk", ""),
        ],
        {},
        [
            "Rij 4: ‘West-Brabant’", "Rij 8: ‘Midden-Brabant’", "Rij 9: ‘-- Tilburg ?’", "Rij 10: ‘Totaal 4’", "Rij 12: ‘Reserve’",
            "Rij 13: ‘Naam Mailadres’",
        ],
    ),
    "aan.txt": (
        {},
        [
            ("Sanne de Vries", "Sanne", "", "sanne@oss.example", "", ""),
            ("K. Vandijk", "K. Vandijk", "", "k.vandijk@best.example", "", ""),
            ("Jan Jansen", "Jan", "", "jan@heusden.example", "", ""),
            ("anna", "anna", "", "anna@dongen.example", "", ""),
            ("Bos Truus", "Bos", "", "truus@waalwijk.example", "", ""),
        ],
        {6: "‘Piet@oss’ heeft geen domein waar mail naartoe kan."},
        [],
    ),
    "register.txt": (
        {},
        [
            ("A.B. van 't Hof", "A.B. van 't Hof", "dhr.", "ab.vanthof@brabant.example", "Provincie Noord-Brabant", "073-6812812"),
            ("C. O'Brien-Smith", "C. O'Brien-Smith", "mrs", "c.obrien@brabant.example", "Provincie Noord-Brabant", "0736812813"),
        ],
        {4: "Dit mailadres staat ook in rij 2."},
        [],
    ),
}  # fmt: skip
"""What an organiser chooses beside what is proposed; who is saved; which rows are refused, and which are nobody."""


@pytest.mark.parametrize("name", worst_sheets.FILES)
def test_a_new_organiser_brings_in_everybody_and_reads_of_the_rest_why_not(client, name):
    chosen, saved, refused, passed = EXPECTED[name]
    sign_in(client, factories.account(factories.network(slug="een")))
    sent = {"csrf_token": csrf(client, PAGE), "file": (io.BytesIO(worst_sheets.FILES[name]()), name)}
    address = client.post(PAGE, data=sent).location
    client.post(f"{address}/mapping", data=_form(client, address, "/mapping") | chosen)
    client.post(f"{address}/mapping", data=_form(client, address, "/mapping"))
    page = client.get(address).text
    assert [text for text in passed if text not in _plain(page)] == []
    assert [words for words in refused.values() if words not in _plain(page)] == []
    assert _refused(client, address, page) == sorted(refused.values())
    client.post(address, data={"csrf_token": csrf(client, address), "rows": "good"})
    import_runs.carry_on_imports()
    assert _people() == saved


def _form(client, address: str, action: str) -> dict[str, str]:
    """A form of a page as a browser sends it when nothing in it is touched."""
    forms = lxml.html.fromstring(client.get(address).text).forms
    return dict(next(each for each in forms if (each.action or "").endswith(action)).form_values())


def _plain(page: str) -> str:
    return " ".join(lxml.html.fromstring(page).text_content().split())


def _refused(client, address: str, page: str) -> list[str]:
    """Why rows were refused, by the workbook in which they are mended."""
    if "refused.xlsx" not in page:
        return []
    answer = client.post(f"{address}/refused.xlsx", data={"csrf_token": csrf(client, address)})
    rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    return sorted(str(row[-1] if row[-1] else row[0]) for row in rows[1:])


def _people() -> list[tuple]:
    db.session.expire_all()
    return [
        (
            each.name,
            each.call_name,
            each.titles,
            each.email,
            each.positions[0].organisation.name if each.positions else "",
            each.phone,
        )
        for each in db.session.scalars(sa.select(Person).order_by(Person.id))
    ]
