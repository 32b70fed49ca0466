"""A list that is pasted instead of uploaded: cells of a spreadsheet, or addresses as a mail program has them."""

import csv
import io

from app.network.people import names
from app.network.people.address_reading import split_addresses


def write_as_file(text: str) -> bytes:
    """The pasted text as a file that list_files.py reads: cells as they are, addresses as a table of names and addresses."""
    return text.encode() if _has_headings(text) else _table_of_addresses(text).encode()


def _has_headings(text: str) -> bool:
    """Whether the first line is one of headings: several cells, of which none is an address."""
    first = text.strip().splitlines()[0]
    return "@" not in first and any(mark in first for mark in ("\t", ";", ","))


def _table_of_addresses(text: str) -> str:
    table = io.StringIO()
    rows = [
        (each.name or names.name_of_address(each.address), each.address or each.text) for each in split_addresses(text)
    ]
    csv.writer(table, delimiter=";").writerows([("Naam", "E-mail"), *rows])
    return table.getvalue()
