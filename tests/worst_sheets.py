"""Six lists after the worst that were met, as files: python -m tests.worst_sheets OUT makes them to look at.

Each has what its own sort of keeper does: the secretary of a board, a personnel system, a Mac of years ago, a shared
drive, a mail program, a register. What is to come of every row stands in tests/network/test_worst_sheets.py.
"""

import io
import sys
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook

from tests.odd_sheets import write_ods


def board_of_a_secretary() -> bytes:
    """Two sheets before the right one, a title that is merged, two lines of headings, dates as dates, numbers as numbers."""
    book = Workbook()
    book.active.title = "LEES DIT EERST"
    book.active["B3"] = "Lijst NIET mailen, AVG! – vragen: Ank (toestel 4412)"
    old = book.create_sheet("Afgevallen 2019")
    old.append(["Naam", "Reden"])
    old.append(["Hendriks", "verhuisd"])
    page = book.create_sheet("Bestuurders (def) (2)")
    page.append(["Bestuurlijk overleg Brede Welvaart – stand 1-11-2026"])
    page.merge_cells("A1:H1")
    page.append([])
    page.append(["", "Persoon", "", "", "Bereikbaar", "", "Werk", ""])
    page.append(
        ["#", "Achternaam, Voornaam", "Titel", "Aanspreken als", "E-mail 1", "Mobiel", "Gemeente", "In functie sinds"]
    )
    page.append(
        [
            1,
            "Vries, Sanne de",
            "mr. drs.",
            "Sanne",
            " Sanne.deVries@oosterhout.example ",
            612345678,
            "Oosterhout (NB)",
            date(2022, 3, 30),
        ]
    )
    page.append(
        [
            2,
            "Berg - van den Heuvel, J.P. (Hans) van den",
            "",
            "",
            "j.vandenberg@oss.example",
            "06 - 1234 5679",
            "gem. Oss",
            "sinds mei 2022",
        ]
    )
    page.append(
        [
            3,
            "O’NEILL, SIOBHÁN",
            "prof.dr.",
            "",
            "mailto:s.oneill@tilburg.example",
            "+31 (0)6 12345670",
            "TILBURG",
            datetime(2024, 1, 1),
        ]
    )
    page.append([None, "vacature", None, None, None, None, "Breda", None])
    page.append([5, "Jansen, dhr. P.", None, None, "p.jansen@uden", None, "Uden", None])
    page.append([])
    page.append(["Aantal bestuurders:", 4])
    page.append(["* = met verlof"])
    return _saved(book)


def export_of_a_personnel_system() -> bytes:
    """HTML that calls itself .xls: cells with breaks and non-breaking blanks, names in capitals, an empty column between."""
    rows = [
        ("MEDEWERKER", "VOORVOEGSEL", "ROEPNAAM", "", "ORG.EENHEID", "E-MAIL (ZAKELIJK)", "UIT DIENST"),
        ("EL AMRANI", "", "FATIMA", "", "Gemeente&nbsp;Eindhoven", "<a href='mailto:f.elamrani@eindhoven.example'>f.elamrani@eindhoven.example</a>", ""),
        ("DIJK", "VAN", "KEES-JAN", "", "Gemeente&nbsp;Eindhoven", "kj.vandijk@eindhoven.example;", "31-12-2027"),
        ("#N/B", "", "#N/B", "", "Gemeente&nbsp;Eindhoven", "#N/B", ""),
    ]  # fmt: skip
    cells = ["".join(f"<td>{cell}<br></td>" for cell in row) for row in rows]
    table = "".join(f"<tr>{row}</tr>" for row in cells)
    head = "<html xmlns:x='urn:schemas-microsoft-com:office:excel'><head><meta charset='windows-1252'></head>"
    return f"{head}<body><table>{table}</table></body></html>".encode("cp1252")


def list_from_an_old_mac() -> bytes:
    """MacRoman with a line that says how it is parted, lines that end in CR alone, quotes in quotes and a total."""
    lines = [
        "sep=;",
        "naam;functie;club;mail;opmerking",
        '"Bäcker, mw. ing. Zoë";"adviseur ""water""";Ws. Brabantse Delta;z.backer@delta.example;geen',
        "Nguyễn;raadslid;gemeente Etten Leur;nguyen@ettenleur.example;",
        "José Muñoz;;VNG;jose@vng.example,;nvt",
        "TOTAAL;3;;;",
    ]
    return "\r".join(lines).replace("ễ", "e").encode("mac_roman")


def groups_on_a_shared_drive() -> bytes:
    """An .ods with a heading per region, a second table below, two people in a row and one mailbox for two of them."""
    return write_ods(
        {
            "Blad1": [
                ["Contactpersonen"],
                [],
                ["Wie", "Organisatie", "Mailadres", "Tel"],
                ["West-Brabant"],
                ["Marja en Frans de Wit", "Roosendaal", "m.dewit@roosendaal.example / f.dewit@roosendaal.example", "0165-579111"],
                ["Piet Smit", "Moerdijk", "griffie@moerdijk.example", "n.v.t."],
                ["Anja Bos", "Moerdijk", "griffie@moerdijk.example", "onbekend"],
                ["Midden-Brabant"],
                ["--", "Tilburg", "?", ""],
                ["Totaal", "4"],
                [],
                ["Reserve"],
                ["Naam", "Mailadres"],
                ["Wim Kok", "wim@goirle.example"],
            ]
        }
    )  # fmt: skip


def line_of_a_mail_program() -> bytes:
    """What Outlook puts in the To line, in a text file of UTF-16, with what crept in between."""
    text = (
        "Vries, Sanne de <sanne@oss.example>; 'k.vandijk@best.example'; Jan Jansen (jan@heusden.example);\r\n"
        "\u200bmailto:anna@dongen.example\u200b, Piet@oss; Bos\u00a0Truus <truus@waalwijk.example>.\r\n"
    )
    return text.encode("utf-16")


def register_of_an_office() -> bytes:
    """A tab-parted list of Excel's own 'Unicode text': initials and prefix apart, English headings, a person twice."""
    rows = [
        ("Salutation", "Initials", "Prefix", "Surname", "Company", "Job title", "E-mail address", "Business phone", "Language"),
        ("Dhr.", "A.B.", "van 't", "Hof", "Provincie Noord-Brabant", "Statenlid", "ab.vanthof@brabant.example", "073-6812812", "Nederlands"),
        ("Mrs", "C.", "", "O'Brien-Smith", "Provincie Noord Brabant", "strategist", "c.obrien@brabant.example", "736812813", "English"),
        ("dhr", "A.B.", "v.'t", "Hof", "prov. Noord-Brabant", "Statenlid", "AB.vantHof@brabant.example", "", "NL"),
    ]  # fmt: skip
    return "\r\n".join("\t".join(row) for row in rows).encode("utf-16")


FILES = {
    "Bestuurders DEF (2).xlsx": board_of_a_secretary,
    "export.xls": export_of_a_personnel_system,
    "adressen mac.csv": list_from_an_old_mac,
    "contactpersonen.ods": groups_on_a_shared_drive,
    "aan.txt": line_of_a_mail_program,
    "register.txt": register_of_an_office,
}


def _saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, write in FILES.items():
        (folder / name).write_bytes(write())
