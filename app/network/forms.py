"""What organisers send about networks, people, organisations and audiences."""

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Regexp

from app import clock
from app.network import organisations
from app.network.models import Language, NetworkColour, OrganisationKind, Role
from app.web import labels
from app.web.forms import REQUIRED, Address, CheckboxesField, Day, Form, Line, Text


def role_choices(roles: list[Role]) -> list[SelectChoice]:
    english = str(get_locale()) == "en"
    return [SelectChoice(role.code, role.name_en if english else role.name_nl) for role in roles]


class NetworkForm(Form):
    name = Line(_l("Naam"), 120, required=True)
    letters = Line(
        _l("Letters"),
        3,
        required=True,
        description=_l("Eén tot drie letters die naast de kleur van het netwerk staan."),
    )
    colour = SelectField(_l("Kleur"), choices=lambda: labels.choices(NetworkColour))
    summary = Line(_l("In één zin"), 300)
    description = Text(_l("Over het netwerk"), 10_000, description=_l("Opmaak met Markdown."))
    contact_name = Line(
        _l("Wie beantwoordt vragen?"), 120, required=True, description=_l("Bijvoorbeeld: team Digitale Transformatie.")
    )
    contact_address = Address(_l("Mailadres voor vragen"))
    quiet_hours = BooleanField(_l("Geen uitnodigingen tussen 20.00 en 7.30 uur en in het weekend"), default=True)
    paced = BooleanField(_l("Uitnodigingen rustig versturen, zodat mailservers ze niet weigeren"), default=True)


class NewNetworkForm(NetworkForm):
    slug = Line(
        _l("Deel van het webadres"),
        80,
        required=True,
        validators=[Regexp(r"^[a-z0-9]+(-[a-z0-9]+)*$", message=_l("Gebruik kleine letters, cijfers en streepjes."))],
        description=_l("Bijvoorbeeld: digitale-transformatie. Dit verandert later niet meer."),
    )


class PersonForm(Form):
    """A person with their present position."""

    name = Line(_l("Naam"), 120, required=True)
    call_name = Line(_l("Aanspreeknaam"), 60, description=_l("Zo begint een mail: ‘Dag …’. Leeg: de eerste naam."))
    address = Address(_l("Mailadres"))
    language = SelectField(_l("Taal van de mails"), choices=lambda: labels.choices(Language))
    organisation = SelectField(_l("Organisatie"))
    role = SelectField(_l("Rol"))
    title = Line(_l("Functie"), 120, description=_l("Bijvoorbeeld: wethouder Wonen."))
    starts_on = Day(_l("Sinds"))

    def __init__(self, roles: list[Role], **options):
        super().__init__(**options)
        self.organisation.choices = [SelectChoice("", _l("Geen")), *organisations.choices()]
        self.role.choices = [SelectChoice("", _l("Geen")), *role_choices(roles)]


class PositionEndForm(Form):
    ends_on = Day(_l("Tot en met"), required=True)


class OrganisationForm(Form):
    name = Line(_l("Naam"), 200, required=True)
    kind = SelectField(
        _l("Soort"),
        choices=lambda: [
            choice for choice in labels.choices(OrganisationKind) if choice.value != OrganisationKind.MUNICIPALITY
        ],
    )
    region = Line(_l("Regio"), 100)


class AudienceForm(Form):
    """A selection of members; nothing ticked in a group leaves all of it."""

    name = Line(_l("Naam van de doelgroep"), 120, required=True)
    kinds = CheckboxesField(_l("Soort organisatie"), choices=lambda: labels.choices(OrganisationKind))
    regions = CheckboxesField(_l("Regio"))
    roles = CheckboxesField(_l("Rol"))
    unreached_in = SelectField(
        _l("Alleen organisaties die nog niet bereikt zijn in"),
        description=_l("Waarvan in dat jaar nog niemand bij een sessie van dit netwerk was."),
        coerce=lambda value: int(value) if value else None,
    )

    def __init__(self, roles: list[Role], **options):
        super().__init__(**options)
        this_year = clock.today().year
        years = sorted({*range(this_year - 4, this_year + 1), self.unreached_in.data or this_year}, reverse=True)
        self.unreached_in.choices = [SelectChoice("", "–"), *(SelectChoice(year, str(year)) for year in years)]
        self.regions.choices = organisations.regions()
        self.roles.choices = role_choices(roles)


class ImportForm(Form):
    file = FileField(_l("Lijst (Excel of CSV)"), [REQUIRED], render_kw={"accept": ".xlsx,.csv,.txt"})
