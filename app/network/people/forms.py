"""What organisers and people themselves say about a person."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice

from app.network.organisations import organisations
from app.network.people import people
from app.network.people.models import Language
from app.network.vocabulary.forms import role_choices
from app.network.vocabulary.models import Role
from app.themes.forms import theme_choices
from app.themes.models import Theme
from app.web.forms import (
    AddressField,
    CheckboxesField,
    DayField,
    Form,
    LineField,
    LinesField,
    PersonNameField,
    TelephoneField,
    choices,
)


def through_field() -> BooleanField:
    """Whether the address beside it is not somebody's own; asked of everybody, so that it tells nobody what we know."""
    return BooleanField(
        _l("Dit postvak is gedeeld, of van iemand anders"),
        description=_l(
            "Bijvoorbeeld griffie@, of het adres van een secretaris. Boven de mail staat de naam die je hier invult."
        ),
    )


class PositionForm(Form):
    """A position that somebody takes."""

    organisation = SelectField(_l("Organisatie"))
    role = SelectField(_l("Rol"))
    title = LineField(_l("Functie"), 120, description=_l("Bijvoorbeeld: wethouder Wonen."))
    starts_on = DayField(_l("Sinds"), plans=False)
    instead = BooleanField(_l("In plaats van de functie van nu, die eindigt dan"))

    def __init__(self, roles: list[Role], **options: Any) -> None:
        super().__init__(**options)
        self.organisation.choices = [SelectChoice("", _l("Geen")), *organisations.organisation_choices()]
        self.role.choices = [SelectChoice("", _l("Geen")), *role_choices(roles)]

    @property
    def empty(self) -> bool:
        return not self.organisation.data


class PersonForm(PositionForm):
    """A person with the position they take."""

    name = LineField(_l("Naam"), 120, required=True)
    call_name = LineField(
        _l("Aanspreeknaam"),
        60,
        description=_l("Zo begint een mail: ‘Dag …’. Leeg: de roepnaam, of de hele naam als we die niet weten."),
    )
    address = AddressField(_l("Mailadres"))
    phone = TelephoneField(_l("Telefoon"), people.LONGEST_PHONE)
    through = through_field()
    language = SelectField(_l("Taal van de mails"), choices=lambda: choices(Language))
    themes = CheckboxesField(_l("Belangstelling"))
    notes = LinesField(
        _l("Aantekeningen"),
        2000,
        rows=4,
        description=_l("Organisatoren van dit netwerk lezen dit, en de persoon zelf ook."),
    )

    def __init__(self, roles: list[Role], themes: list[Theme], **options: Any) -> None:
        super().__init__(roles, **options)
        self.themes.choices = theme_choices(themes)


class OwnNameForm(Form):
    """What somebody is called, and what they want to hear of."""

    name = PersonNameField(_l("Naam"), 120, required=True, render_kw={"autocomplete": "name"})
    call_name = PersonNameField(
        _l("Aanspreeknaam"),
        60,
        description=_l("Zo begint een mail: ‘Dag …’. Leeg: de roepnaam, of de hele naam als we die niet weten."),
    )
    phone = TelephoneField(_l("Telefoon"), people.LONGEST_PHONE, render_kw={"autocomplete": "tel"})
    themes = CheckboxesField(_l("Waarvoor heb je belangstelling?"))

    def __init__(self, themes: list[Theme], **options: Any) -> None:
        super().__init__(**options)
        self.themes.choices = theme_choices(themes)


class AddressForm(Form):
    address = AddressField(_l("Nog een mailadres"))
    through = through_field()


class PositionEndForm(Form):
    ends_on = DayField(_l("Tot en met"), required=True, plans=False)
