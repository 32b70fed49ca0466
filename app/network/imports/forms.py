"""A list that is brought in, and what its columns mean."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import FileField

from app.rows import read_row_number
from app.web.forms import (
    REQUIRED,
    Form,
)


class ImportForm(Form):
    file = FileField(_l("Lijst (Excel, CSV of vCard)"), [REQUIRED], render_kw={"accept": ".xlsx,.csv,.txt,.vcf"})


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
    mailboxes = {
        data[f"mailbox-{number}"]: chosen
        for number in _numbered(data, "mailbox")
        if (chosen := data.get(f"mailbox-{number}-is", ""))
    }
    return {
        "columns": {**before.get("columns", {}), **columns},
        "organisations": {**before.get("organisations", {}), **places},
        "roles": {**before.get("roles", {}), **roles},
        "mailboxes": {**before.get("mailboxes", {}), **mailboxes},
    }


def _numbered(data: MultiDict[str, str], name: str) -> list[str]:
    return [key.removeprefix(f"{name}-") for key in data if re.fullmatch(rf"{name}-\d+", key)]
