"""What organisers say about a network."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Regexp

from app.network.models import NetworkColour
from app.network.organisations import organisations
from app.web.forms import AddressField, Form, LineField, LinesField, WholeNumberField, choices


class NetworkForm(Form):
    name = LineField(_l("Naam"), 120, required=True)
    letters = LineField(
        _l("Letters"),
        3,
        required=True,
        description=_l("Eén tot drie letters die naast de kleur van het netwerk staan."),
    )
    colour = SelectField(_l("Kleur"), choices=lambda: choices(NetworkColour))
    summary = LineField(_l("In één zin"), 300)
    description = LinesField(_l("Over het netwerk"), 10_000, description=_l("Opmaak met Markdown."))
    contact_name = LineField(
        _l("Wie beantwoordt vragen?"), 120, required=True, description=_l("Bijvoorbeeld: team Digitale Transformatie.")
    )
    contact_address = AddressField(_l("Mailadres voor vragen"))
    quiet_hours = BooleanField(_l("Geen uitnodigingen tussen 20.00 en 7.30 uur en in het weekend"), default=True)
    four_eyes_from = WholeNumberField(
        _l("Tweede organisator nodig vanaf … ontvangers"),
        validators=[NumberRange(1, 1_000_000, _l("Kies een getal vanaf 1."))],
        description=_l("Een ronde naar zo veel mensen of meer gaat pas weg als een ander haar vrijgeeft. Leeg: nooit."),
    )
    paced = BooleanField(_l("Uitnodigingen rustig versturen, zodat mailservers ze niet weigeren"), default=True)


class NewNetworkForm(NetworkForm):
    slug = LineField(
        _l("Deel van het webadres"),
        80,
        required=True,
        validators=[Regexp(r"^[a-z0-9]+(-[a-z0-9]+)*$", message=_l("Gebruik kleine letters, cijfers en streepjes."))],
        description=_l("Bijvoorbeeld: digitale-transformatie. Dit verandert later niet meer."),
    )


class JoinForm(Form):
    """Somebody who wants to join a network."""

    name = LineField(_l("Je naam"), 120, required=True, render_kw={"autocomplete": "name"})
    address = AddressField(_l("Je mailadres"))


class ConfirmJoinForm(Form):
    organisation = SelectField(_l("Bij welke organisatie werk je?"))

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.organisation.choices = [SelectChoice("", _l("Geen of een andere")), *organisations.organisation_choices()]
