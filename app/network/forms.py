"""What organisers say about a network."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Regexp

from app.network import naming
from app.network.faces import colours
from app.network.models import Joining, NetworkColour
from app.network.organisations import organisations
from app.network.organisations.forms import DOMAIN
from app.network.people.forms import through_field
from app.themes.forms import chosen_themes, offer_themes
from app.web.forms import (
    AddressField,
    CheckboxesField,
    Checks,
    Form,
    LineField,
    LinesField,
    PersonNameField,
    WholeNumberField,
    choices,
)


class NetworkForm(Form):
    name = LineField(_l("Naam"), 120, required=True)
    letters = LineField(
        _l("Afkorting"),
        3,
        required=True,
        description=_l("Eén tot drie letters die naast de kleur van het netwerk staan, als het kort moet."),
    )
    colour = SelectField(_l("Kleur"), choices=lambda: choices(NetworkColour))
    own_colour = LineField(
        _l("Eigen kleur"),
        7,
        description=_l("De kleur van je huisstijl, zoals #c8102e. Dan geldt die in plaats van de kleur hierboven."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    summary = LineField(_l("In één zin"), 300)
    named_themes = CheckboxesField(
        _l("Thema’s"),
        description=_l("Waar gaat het netwerk over? Een nieuwe sessie krijgt deze als voorstel."),
    )
    description = LinesField(_l("Over het netwerk"), 10_000, description=_l("Opmaak met Markdown."))
    contact_name = LineField(
        _l("Wie beantwoordt vragen?"), 120, required=True, description=_l("Bijvoorbeeld: team Digitale Transformatie.")
    )
    contact_address = AddressField(_l("Mailadres voor vragen"))
    controller = LineField(
        _l("Wie is verantwoordelijk voor de gegevens?"),
        200,
        description=_l("Bijvoorbeeld: gemeente Oosterhout. Leeg: dezelfde als van de site."),
    )
    privacy_address = AddressField(_l("Mailadres voor vragen over privacy"), required=False)
    privacy_officer = AddressField(_l("Mailadres van de functionaris gegevensbescherming"), required=False)
    joint_controllers = LineField(
        _l("Wie is mede verantwoordelijk?"),
        300,
        description=_l("Andere organisaties die meebeslissen, als die er zijn."),
    )
    signatory_name = LineField(
        _l("Wie ondertekent?"),
        120,
        description=_l("De naam onder een bewijs van deelname. Leeg: de naam van het netwerk."),
    )
    signatory_function = LineField(_l("Functie"), 120, description=_l("Bijvoorbeeld: programmamanager."))
    quiet_hours = BooleanField(_l("Geen uitnodigingen tussen 20.00 en 7.30 uur en in het weekend"), default=True)
    four_eyes_from = WholeNumberField(
        _l("Tweede organisator nodig vanaf … ontvangers"),
        validators=[NumberRange(1, 1_000_000, _l("Kies een getal vanaf 1."))],
        description=_l("Een mail naar zo veel mensen of meer gaat pas weg als een ander akkoord geeft. Leeg: nooit."),
    )
    paced = BooleanField(_l("Uitnodigingen rustig versturen, zodat mailservers ze niet weigeren"), default=True)
    joining = RadioField(_l("Wie mag lid worden?"), choices=lambda: choices(Joining), default=Joining.APPROVAL.value)
    named_organisations = SelectMultipleField(
        _l("Welke organisaties?"),
        description=_l("Wie een mailadres van een van deze organisaties heeft, mag lid worden."),
    )
    named_domains = LinesField(
        _l("Welke maildomeinen?"),
        5000,
        rows=3,
        description=_l("Een per regel, zoals oosterhout.nl. Wat daaronder hangt, zoals zorg.oosterhout.nl, telt mee."),
    )
    listed = BooleanField(
        _l("Iedereen mag weten dat dit netwerk er is"),
        default=True,
        description=_l(
            "Uit: het netwerk en zijn sessies staan op geen enkele openbare pagina en in geen agenda. "
            "Alleen organisatoren en leden vinden het, leden met de link in hun mail."
        ),
    )

    def __init__(self, **options: Any) -> None:
        network = options.get("obj")
        if network is not None:
            options["data"] = {
                "named_domains": "\n".join(network.joining_domains),
                "named_themes": chosen_themes(network.themes),
                "named_organisations": [str(each.id) for each in network.joining_organisations],
            }
        super().__init__(**options)
        self.named_organisations.choices = organisations.organisation_choices()
        offer_themes(self.named_themes, network.themes if network is not None else ())

    def domains(self) -> list[str]:
        """The mail domains as they were typed, one each."""
        lines = (line.strip().lower().removeprefix("@") for line in (self.named_domains.data or "").splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def validate_own_colour(self, field: LineField) -> None:
        """A colour on which white words cannot be read is refused, with the first darker one filled in."""
        if not field.data:
            return
        colour = colours.read_colour(field.data)
        if colour is None:
            raise ValidationError(gettext("Dit is geen kleur. Schrijf een hekje en zes tekens, zoals #c8102e."))
        field.data = colours.darken(colour)
        if field.data != colour:
            raise ValidationError(
                gettext(
                    "Witte letters op %(colour)s zijn slecht te lezen: het contrast is minder dan 4,5 : 1. "
                    "We vulden een donkerder tint in, %(darker)s. Bewaar nog eens als die goed is.",
                    colour=colour,
                    darker=field.data,
                )
            )

    def validate_named_domains(self, field: LinesField) -> None:
        for domain in self.domains():
            if not DOMAIN.fullmatch(domain):
                raise ValidationError(
                    gettext("%(domain)s is geen maildomein. Schrijf het als oosterhout.nl.", domain=domain)
                )
            if domain in organisations.PUBLIC_DOMAINS:
                raise ValidationError(
                    gettext(
                        "Bij %(domain)s kan iedereen een adres krijgen. Dat zegt niet waar iemand werkt.", domain=domain
                    )
                )

    def validate_named_organisations(self, field: SelectMultipleField) -> None:
        if self.joining.data != Joining.NAMED:
            return
        chosen = organisations.load_organisations([int(each) for each in field.data or []])
        if unknown := [each.name for each in chosen if not each.domains]:
            raise ValidationError(
                gettext(
                    "Van %(names)s kennen we nog geen maildomein. Vul dat in bij de maildomeinen, of bij de organisatie.",
                    names=", ".join(unknown),
                )
            )
        if not (chosen or self.domains()):
            raise ValidationError(gettext("Kies een organisatie, of vul een maildomein in."))


class NewNetworkForm(NetworkForm):
    """What is left empty of web address and letters is made of the name."""

    letters = LineField(
        _l("Afkorting"), 3, description=_l("Eén tot drie letters. Leeg: de eerste letters van de naam.")
    )
    slug = LineField(
        _l("Webadres"),
        80,
        validators=[Regexp(r"^[a-z0-9]+(-[a-z0-9]+)*$", message=_l("Gebruik kleine letters, cijfers en streepjes."))],
        description=_l(
            "Bijvoorbeeld: digitale-transformatie. Leeg: gemaakt van de naam. Dit verandert later niet meer."
        ),
    )

    def __init__(self, proposed: dict[str, Any], **options: Any) -> None:
        super().__init__(data=proposed, **options)

    def validate(self, extra_validators: Checks = None) -> bool:
        name = self.name.data or ""
        self.slug.data = self.slug.data or naming.propose_slug(name)
        self.letters.data = self.letters.data or naming.propose_letters(name)
        return super().validate(extra_validators)


class JoinForm(Form):
    """Somebody who wants to join a network."""

    name = PersonNameField(_l("Je naam"), 120, required=True, render_kw={"autocomplete": "name"})
    address = AddressField(_l("Je mailadres"))
    through = through_field()


class ConfirmJoinForm(Form):
    organisation = SelectField(_l("Bij welke organisatie werk je?"))

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.organisation.choices = [SelectChoice("", _l("Geen of een andere")), *organisations.organisation_choices()]
