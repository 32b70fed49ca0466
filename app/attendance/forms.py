"""What comes in at the door."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from app.events.models import Event
from app.network.organisations import organisations
from app.network.people.forms import through_field
from app.network.people.names import fold_name
from app.web.forms import AddressField, Form, LineField


class WalkInForm(Form):
    """Somebody who is not on the list."""

    name = LineField(_l("Naam"), 120, required=True, render_kw={"autocomplete": "off", "autofocus": ""})
    organisation = SelectField(_l("Organisatie"))
    address = AddressField(
        _l("Mailadres"),
        required=False,
        description=_l("Alleen als de persoon verslag en vragen achteraf wil krijgen."),
        render_kw={"autocomplete": "off", "inputmode": "email", "spellcheck": "false"},
    )
    through = through_field()
    mode = RadioField(_l("Hoe"))

    def __init__(self, event: Event):
        super().__init__()
        self.organisation.choices = [SelectChoice("", "–"), *organisations.organisation_choices()]
        self.mode.choices = [SelectChoice(mode.value, str(mode.words)) for mode in event.modes]
        if len(event.modes) == 1:
            del self.mode
        elif not self.mode.data:
            self.mode.data = event.modes[0].value

    def choose_organisation(self, words: str) -> None:
        """The organisation of which this is the name, as far as the list has it."""
        choices = self.organisation.choices
        self.organisation.data = next((each.value for each in choices if fold_name(each.label) == fold_name(words)), "")
