"""What comes in when somebody signs in on their own pages."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from app.me import sessions
from app.web.forms import AddressField, CodeForm, Form


def keep_field() -> BooleanField:
    return BooleanField(
        _l("Blijf op dit apparaat ingelogd"),
        description=_l("Doe dit alleen op een apparaat van jezelf. Je kunt het later overal beëindigen."),
    )


class OwnSignInForm(Form):
    address = AddressField(_l("Je mailadres"), description=_l("Het adres waarop je onze mail krijgt."))


class OwnCodeForm(CodeForm):
    """The code, where this browser asked for the mail."""

    keep = keep_field()


class CodeElsewhereForm(Form):
    """The code with the address, in any other browser."""

    address = AddressField(_l("Je mailadres"))
    code = CodeForm.code
    keep = keep_field()


class KeepForm(Form):
    """Which of those behind a mailbox signs in, by their id, and for how long."""

    keep = keep_field()


def say_wrong_code() -> str:
    return gettext("Deze code klopt niet of werkt niet meer. Druk op de knop in de mail, of vraag een nieuwe aan.")


def is_to_be_kept(form: Form) -> bool:
    """Whether this browser is to stay signed in: as was chosen; who shows it anew stays as they were."""
    return bool(form["keep"].data) or sessions.is_kept()
