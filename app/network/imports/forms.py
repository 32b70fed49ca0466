"""A list that is brought in, and what its columns mean."""

import re
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict

from app.network.imports.list_cells import MOST_COLUMNS
from app.network.imports.list_mending import Cell
from app.network.imports.list_pairs import Parting
from app.rows import read_row_number
from app.web.forms import Checks, Form, RowsField


class ImportForm(Form):
    file = FileField(
        _l("Lijst (Excel, OpenDocument, CSV of vCard)"),
        render_kw={"accept": ".xlsx,.xls,.xlsm,.xlsb,.ods,.html,.csv,.txt,.vcf"},
    )
    pasted = RowsField(
        _l("Of plak de lijst hier"),
        200_000,
        rows=4,
        description=_l("Rijen uit Excel met de koppen erbij, of adressen uit Outlook."),
    )

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        if good and not self.file.data and not self.pasted.data:
            self.reject("file", gettext("Kies een bestand, of plak een lijst."))
        return good and not self.errors


def mapping_of(data: MultiDict[str, str], before: dict[str, Any]) -> dict[str, Any]:
    """An organiser's choices for a list, as an import keeps them; names that are not asked now keep what was chosen.

    Fields come in pairs: heading-0 with column-0, organisation-0 with organisation-0-is, role-0 with role-0-is,
    mailbox-0 with mailbox-0-is.
    """
    columns = {data[f"heading-{number}"]: data.get(f"column-{number}", "") for number in _numbered(data, "heading")}
    places = {
        data[f"organisation-{number}"]: place
        for number in _numbered(data, "organisation")
        if (place := read_row_number(data.get(f"organisation-{number}-is", "")))
    }
    roles = {
        data[f"role-{number}"]: chosen
        for number in _numbered(data, "role")
        if (chosen := data.get(f"role-{number}-is", ""))
    }
    shared = {
        data[f"shared-{number}"]: chosen
        for number in _numbered(data, "shared")
        if (chosen := data.get(f"shared-{number}-is", "")) in list(Parting)
    }
    other_sheet = data.get("sheet") != data.get("sheet-shown")
    mailboxes = {
        data[f"mailbox-{number}"]: chosen
        for number in _numbered(data, "mailbox")
        if (chosen := data.get(f"mailbox-{number}-is", ""))
    }
    return {
        **_place_of_table(data, before),
        "shared": {} if other_sheet else {**before.get("shared", {}), **shared},
        "columns": {**before.get("columns", {}), **columns},
        "organisations": {**before.get("organisations", {}), **places},
        "roles": {**before.get("roles", {}), **roles},
        "mailboxes": {**before.get("mailboxes", {}), **mailboxes},
    }


def mended_cells(data: MultiDict[str, str]) -> dict[Cell, str]:
    """What was typed in the cells of rows that were not right: cell-12-1 is the second of row 12."""
    found = (re.fullmatch(r"cell-(\d{1,6})-(\d{1,3})", key) for key in data)
    cells = {(int(each[1]), int(each[2])): data[each[0]] for each in found if each}
    return {(row, place): text for (row, place), text in cells.items() if place < MOST_COLUMNS}


def _place_of_table(data: MultiDict[str, str], before: dict[str, Any]) -> dict[str, Any]:
    """The sheet and the row with headings; a row goes with the sheet on which it was shown, so another sheet has none."""
    if "sheet" not in data:
        return {key: before[key] for key in ("sheet", "heading_row") if key in before}
    same = data["sheet"] == data.get("sheet-shown")
    return {"sheet": data["sheet"], "heading_row": read_row_number(data.get("heading-row", "")) if same else None}


def _numbered(data: MultiDict[str, str], name: str) -> list[str]:
    return [key.removeprefix(f"{name}-") for key in data if re.fullmatch(rf"{name}-\d+", key)]
