"""What organisers send to sign in and to manage accounts."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField

from app.accounts.models import NetworkRole
from app.web.forms import AddressField, Form, LineField, choices


class SignInForm(Form):
    address = AddressField(_l("Je mailadres"))


class ColleagueForm(Form):
    """Give somebody a role in a network."""

    name = LineField(_l("Naam"), 120, required=True)
    address = AddressField(_l("Mailadres"))
    role = SelectField(
        _l("Wat mag deze collega?"),
        choices=lambda: choices(NetworkRole),
        description=_l("Een organisator plant, nodigt uit en wijzigt. Een lezer kijkt mee."),
    )


class AccountForm(Form):
    """A new account, by an administrator."""

    name = LineField(_l("Naam"), 120, required=True)
    address = AddressField(_l("Mailadres"))
    is_admin = BooleanField(_l("Beheerder: mag alles in alle netwerken"))
