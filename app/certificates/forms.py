"""What organisers and participants say about letters of attendance."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField

from app.certificates.models import WithdrawnBecause
from app.network.people.people import LONGEST_NAME
from app.web.forms import REQUIRED, Form, LineField, PersonNameField, choices


class CloseForm(Form):
    mails_letters = BooleanField(
        _l("Mail iedereen die er was meteen het bewijs"),
        description=_l("Uit: wie het wil hebben, maakt het zelf op de eigen pagina van de sessie."),
    )


class LetterNameForm(Form):
    name = PersonNameField(
        _l("Naam op het bewijs"), LONGEST_NAME, required=True, render_kw={"autocomplete": "off", "spellcheck": "false"}
    )


class AskNameForm(Form):
    name = PersonNameField(
        _l("Hoe moet je naam er staan?"), LONGEST_NAME, required=True, render_kw={"autocomplete": "name"}
    )


class WithdrawForm(Form):
    because = RadioField(_l("Waarom?"), validators=[REQUIRED], choices=lambda: choices(WithdrawnBecause))


class NumberForm(Form):
    number = LineField(
        _l("Nummer op het bewijs"),
        60,
        required=True,
        description=_l("Zestien letters en cijfers, zoals K7QM-2XWA-PL5D-ZT3C."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
