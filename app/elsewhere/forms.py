"""What an organiser gives to bring a partner's calendar in: a name, and an address or a file."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField

from app.web.forms import Checks, Form, LineField


class CalendarForm(Form):
    name = LineField(
        _l("Naam van de partner"), 120, required=True, description=_l("Zoals hij in de agenda komt te staan.")
    )
    address = LineField(
        _l("Adres van de agenda"),
        1000,
        description=_l("Begint met https:// of webcal:// en eindigt vaak op .ics. We lezen hem elke zes uur opnieuw."),
        render_kw={"inputmode": "url", "spellcheck": "false", "autocomplete": "off"},
    )
    file = FileField(
        _l("Of een bestand"), description=_l("Een .ics-bestand. Dat lezen we één keer."), render_kw={"accept": ".ics"}
    )

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        if bool(self.address.data) == bool(self.file.data):
            self.reject("address", gettext("Vul een adres in of kies een bestand, één van de twee."))
            return False
        return good
