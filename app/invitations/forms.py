"""Somebody who is invited by hand."""

from flask_babel import lazy_gettext as _l

from app.network.people.forms import through_field
from app.web.forms import AddressField, Form, LineField


class InviteForm(Form):
    """One more person to invite."""

    name = LineField(_l("Naam"), 120, required=True)
    address = AddressField(_l("Mailadres"))
    through = through_field()
