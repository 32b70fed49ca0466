"""What organisers say about an organisation."""

import re
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice

from app.network.organisations import organisations
from app.network.organisations.models import Organisation, OrganisationKind
from app.themes.forms import theme_choices
from app.themes.models import Theme
from app.web.forms import (
    AddressField,
    DayField,
    Form,
    LineField,
    LinesField,
    choices,
)


class NewOrganisationForm(Form):
    name = LineField(_l("Naam"), 200, required=True)
    kind = SelectField(_l("Soort"), choices=lambda: choices(OrganisationKind))
    region = LineField(_l("Regio"), 100)


class OrganisationForm(NewOrganisationForm):
    """All that organisers say about an organisation."""

    size_class = SelectField(_l("Grootte van de gemeente"))
    parent = SelectField(_l("Onderdeel van"))
    domains = LinesField(
        _l("Maildomeinen"),
        2000,
        rows=3,
        description=_l(
            "Eén per regel, bijvoorbeeld: oosterhout.nl. Wie vandaar mailt, stellen we bij deze organisatie voor."
        ),
    )

    def __init__(self, organisation: Organisation, **options: Any) -> None:
        super().__init__(
            data={
                "name": organisation.name,
                "kind": organisation.kind.value,
                "region": organisation.region,
                "size_class": organisation.size_class or "",
                "parent": str(organisation.parent_id or ""),
                "domains": "\n".join(each.domain for each in organisation.domains),
            },
            **options,
        )
        sizes = [SelectChoice(size.value, str(size.words)) for size in organisations.list_size_classes()]
        self.size_class.choices = [SelectChoice("", "–"), *sizes]
        others = [each for each in organisations.organisation_choices() if each.value != str(organisation.id)]
        self.parent.choices = [SelectChoice("", "–"), *others]

    def domain_list(self) -> list[str]:
        return [
            line.strip().lower().removeprefix("@") for line in (self.domains.data or "").splitlines() if line.strip()
        ]

    def validate_domains(self, field: Field) -> None:
        for name in self.domain_list():
            if not DOMAIN.fullmatch(name) or len(name) > 254:
                raise ValidationError(
                    gettext("‘%(name)s’ is geen maildomein. Schrijf het als oosterhout.nl.", name=name[:80])
                )


DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


class ContactForm(Form):
    """The contact person of an organisation, by their mail address."""

    address = AddressField(_l("Mailadres van de contactpersoon"))
    name = LineField(_l("Naam, als meer mensen dit postvak lezen"), 120)
    theme = SelectField(_l("Voor welk thema?"))

    def __init__(self, themes: list[Theme], **options: Any) -> None:
        super().__init__(**options)
        self.theme.choices = [SelectChoice("", _l("Alle thema’s")), *theme_choices(themes)]


class SuccessionForm(Form):
    """An organisation is merged into another one."""

    successor = SelectField(_l("Gaat op in"))
    day = DayField(_l("Vanaf"), required=True, plans=False)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.successor.choices = organisations.organisation_choices()
