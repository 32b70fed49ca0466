"""A corrected address."""

from flask_babel import lazy_gettext as _l

from app.web.forms import AddressField, Form


class CorrectionForm(Form):
    """The address that a mail should have gone to."""

    address = AddressField(_l("Verbeterd mailadres"))
