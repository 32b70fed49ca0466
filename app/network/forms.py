"""What organisers send about networks, people, organisations and audiences."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, FileField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import Label
from wtforms.validators import NumberRange, Regexp

from app.network import organisations, people
from app.network.blocks import BY_NUMBER, Block, Rule
from app.network.models import Language, NetworkColour, Organisation, OrganisationKind, Person, Role, Topic
from app.web.forms import REQUIRED, Address, CheckboxesField, Day, Form, Line, Number, Text, choices


def role_choices(roles: list[Role]) -> list[SelectChoice]:
    return [SelectChoice(role.code, role.words) for role in roles]


def topic_choices(topics: list[Topic]) -> list[SelectChoice]:
    return [SelectChoice(str(topic.id), topic.words) for topic in topics]


class NetworkForm(Form):
    name = Line(_l("Naam"), 120, required=True)
    letters = Line(
        _l("Letters"),
        3,
        required=True,
        description=_l("Eén tot drie letters die naast de kleur van het netwerk staan."),
    )
    colour = SelectField(_l("Kleur"), choices=lambda: choices(NetworkColour))
    summary = Line(_l("In één zin"), 300)
    description = Text(_l("Over het netwerk"), 10_000, description=_l("Opmaak met Markdown."))
    contact_name = Line(
        _l("Wie beantwoordt vragen?"), 120, required=True, description=_l("Bijvoorbeeld: team Digitale Transformatie.")
    )
    contact_address = Address(_l("Mailadres voor vragen"))
    quiet_hours = BooleanField(_l("Geen uitnodigingen tussen 20.00 en 7.30 uur en in het weekend"), default=True)
    four_eyes_from = Number(
        _l("Tweede organisator nodig vanaf … ontvangers"),
        validators=[NumberRange(1, 1_000_000, _l("Kies een getal vanaf 1."))],
        description=_l("Een ronde naar zo veel mensen of meer gaat pas weg als een ander haar vrijgeeft. Leeg: nooit."),
    )
    paced = BooleanField(_l("Uitnodigingen rustig versturen, zodat mailservers ze niet weigeren"), default=True)


class NewNetworkForm(NetworkForm):
    slug = Line(
        _l("Deel van het webadres"),
        80,
        required=True,
        validators=[Regexp(r"^[a-z0-9]+(-[a-z0-9]+)*$", message=_l("Gebruik kleine letters, cijfers en streepjes."))],
        description=_l("Bijvoorbeeld: digitale-transformatie. Dit verandert later niet meer."),
    )


class PositionForm(Form):
    """A position that somebody takes."""

    organisation = SelectField(_l("Organisatie"))
    role = SelectField(_l("Rol"))
    title = Line(_l("Functie"), 120, description=_l("Bijvoorbeeld: wethouder Wonen."))
    starts_on = Day(_l("Sinds"))
    instead = BooleanField(_l("In plaats van de functie van nu, die eindigt dan"))

    def __init__(self, roles: list[Role], **options: Any) -> None:
        super().__init__(**options)
        self.organisation.choices = [SelectChoice("", _l("Geen")), *organisations.choices()]
        self.role.choices = [SelectChoice("", _l("Geen")), *role_choices(roles)]

    @property
    def empty(self) -> bool:
        return not self.organisation.data


class PersonForm(PositionForm):
    """A person with the position they take."""

    name = Line(_l("Naam"), 120, required=True)
    call_name = Line(_l("Aanspreeknaam"), 60, description=_l("Zo begint een mail: ‘Dag …’. Leeg: de eerste naam."))
    address = Address(_l("Mailadres"))
    language = SelectField(_l("Taal van de mails"), choices=lambda: choices(Language))
    topics = CheckboxesField(_l("Belangstelling"))
    notes = Text(
        _l("Aantekeningen"),
        2000,
        rows=4,
        description=_l("Organisatoren van de netwerken van deze persoon lezen dit, en de persoon zelf ook."),
    )

    def __init__(self, roles: list[Role], topics: list[Topic], **options: Any) -> None:
        super().__init__(roles, **options)
        self.topics.choices = topic_choices(topics)


class OwnNameForm(Form):
    """What somebody is called, and what they want to hear of."""

    name = Line(_l("Naam"), 120, required=True, render_kw={"autocomplete": "name"})
    call_name = Line(_l("Aanspreeknaam"), 60, description=_l("Zo begint een mail: ‘Dag …’. Leeg: de eerste naam."))
    topics = CheckboxesField(_l("Waarvoor heb je belangstelling?"))

    def __init__(self, topics: list[Topic], **options: Any) -> None:
        super().__init__(**options)
        self.topics.choices = topic_choices(topics)


class AddressForm(Form):
    address = Address(_l("Nog een mailadres"))


class JoinForm(Form):
    """Who wants to join a network."""

    name = Line(_l("Je naam"), 120, required=True, render_kw={"autocomplete": "name"})
    address = Address(_l("Je mailadres"))


class ConfirmJoinForm(Form):
    organisation = SelectField(_l("Bij welke organisatie werk je?"))

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.organisation.choices = [SelectChoice("", _l("Geen of een andere")), *organisations.choices()]


class PositionEndForm(Form):
    ends_on = Day(_l("Tot en met"), required=True)


class NewOrganisationForm(Form):
    name = Line(_l("Naam"), 200, required=True)
    kind = SelectField(_l("Soort"), choices=lambda: choices(OrganisationKind))
    region = Line(_l("Regio"), 100)


class OrganisationForm(NewOrganisationForm):
    """All that organisers say about an organisation."""

    size_class = SelectField(_l("Grootte van de gemeente"))
    parent = SelectField(_l("Onderdeel van"))
    domains = Text(
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
        sizes = [SelectChoice(size.value, str(size.words)) for size in organisations.size_classes()]
        self.size_class.choices = [SelectChoice("", "–"), *sizes]
        others = [each for each in organisations.choices() if each.value != str(organisation.id)]
        self.parent.choices = [SelectChoice("", "–"), *others]

    def domain_list(self) -> list[str]:
        return [
            line.strip().lower().removeprefix("@") for line in (self.domains.data or "").splitlines() if line.strip()
        ]

    def validate_domains(self, field: Field) -> None:
        for name in self.domain_list():
            if not _DOMAIN.fullmatch(name) or len(name) > 254:
                raise ValidationError(
                    gettext("‘%(name)s’ is geen maildomein. Schrijf het als oosterhout.nl.", name=name[:80])
                )


_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


class ContactForm(Form):
    """Who is the contact person of an organisation, by their mail address."""

    address = Address(_l("Mailadres van de contactpersoon"))
    topic = SelectField(_l("Voor welk thema?"))

    def __init__(self, topics: list[Topic], **options: Any) -> None:
        super().__init__(**options)
        self.topic.choices = [SelectChoice("", _l("Alle thema’s")), *topic_choices(topics)]


class SuccessionForm(Form):
    """An organisation goes up in another one."""

    successor = SelectField(_l("Gaat op in"))
    day = Day(_l("Vanaf"), required=True)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.successor.choices = organisations.choices()


class NamesForm(Form):
    """The Dutch and English name of a role or a theme."""

    name_nl = Line(_l("Naam"), 80, required=True)
    name_en = Line(_l("Naam in het Engels"), 80, required=True)


@dataclass
class Condition:
    """One line of an audience's rule as it stands on the form."""

    block: Block
    values: list[str]
    but: bool
    name: str
    """Of its fields: 0-1 is the second condition of the first group."""
    choices: list[SelectChoice]
    error: str = ""

    def kept(self) -> dict[str, Any]:
        values = [int(value) for value in self.values] if self.block in BY_NUMBER else self.values
        return {"block": self.block.value, "values": values, "not": self.but}


class AudienceForm(Form):
    """A name and groups of conditions. Within a condition any ticked value will do; an empty one says nothing."""

    name = Line(_l("Naam van de doelgroep"), 120, required=True)

    def __init__(
        self,
        choices: dict[Block, list[SelectChoice]],
        visible: Callable[[Collection[int]], list[Person]],
        sent: MultiDict[str, str] | None = None,
        rule: Rule | None = None,
        **options: Any,
    ) -> None:
        """`choices` are the values that each block offers, `visible` the people that may be named.

        What was `sent` goes before the `rule` of a saved audience.
        """
        super().__init__(**options)
        self.block_choices, self.visible = choices, visible
        self.groups = self._show(rule) if sent is None else self._read(sent)

    def rule(self) -> list[list[dict[str, Any]]]:
        """What the form says, without its empty conditions."""
        groups = [[each.kept() for each in group if each.values] for group in self.groups]
        return [group for group in groups if group]

    def add_asked(self, data: MultiDict[str, str]) -> None:
        """Add the condition, or the group, whose button was pressed."""
        if data.get("group"):
            self.groups.append([self._condition(Block.KIND, [], False, len(self.groups), 0)])
        for number, group in enumerate(self.groups):
            block = data.get(f"block-{number}")
            if data.get("add") == str(number) and block in list(Block):
                group.append(self._condition(Block(block), [], False, number, len(group)))

    def wrong_fields(self) -> list[Any]:
        return super().wrong_fields() + [_Wrong(each) for group in self.groups for each in group if each.error]

    def _show(self, rule: Rule | None) -> list[list[Condition]]:
        usual: Rule = [[{"block": block, "values": []} for block in (Block.KIND, Block.REGION, Block.ROLE)]]
        return [
            [
                self._condition(
                    Block(each["block"]), [str(value) for value in each["values"]], bool(each.get("not")), number, place
                )
                for place, each in enumerate(group)
            ]
            for number, group in enumerate(rule or usual)
        ]

    def _read(self, data: MultiDict[str, str]) -> list[list[Condition]]:
        groups: list[list[Condition]] = []
        while blocks := data.getlist(f"{len(groups)}-block"):
            number = len(groups)
            groups.append(
                [
                    self._condition(
                        Block(block),
                        data.getlist(f"{number}-{place}-values"),
                        data.get(f"{number}-{place}-not") == "1",
                        number,
                        place,
                        data.get(f"{number}-{place}-addresses", ""),
                    )
                    for place, block in enumerate(blocks)
                    if block in list(Block)
                ]
            )
        return groups or self._show(None)

    def _condition(
        self, block: Block, values: list[str], but: bool, number: int, place: int, addresses: str = ""
    ) -> Condition:
        error = ""
        if block == Block.PERSON:
            chosen, error = self._people([int(value) for value in values if value.isdigit()], addresses)
            choices = [SelectChoice(str(person.id), person.name) for person in chosen]
            values = [choice.value for choice in choices]
        else:
            choices = self.block_choices[block]
        allowed = {str(choice.value) for choice in choices}
        return Condition(
            block, [value for value in values if value in allowed], but, f"{number}-{place}", choices, error
        )

    def _people(self, numbers: list[int], text: str) -> tuple[list[Person], str]:
        """The people that were ticked or whose addresses were typed, and what is wrong with those."""
        unknown = []
        for address in re.split(r"[\s,;]+", text.strip()) if text.strip() else []:
            person = people.by_address(address)
            if person is None or not self.visible([person.id]):
                unknown.append(address)
            else:
                numbers.append(person.id)
        error = (
            gettext("Niemand in je netwerken heeft dit adres: %(addresses)s.", addresses=", ".join(unknown))
            if unknown
            else ""
        )
        return self.visible(numbers) if numbers else [], error


@dataclass
class _Wrong:
    """A condition that is wrong, as the list of wrong fields shows it."""

    condition: Condition

    @property
    def id(self) -> str:
        return f"{self.condition.name}-values"

    @property
    def label(self):
        return Label(self.id, self.condition.block.words)

    @property
    def errors(self) -> list[str]:
        return [self.condition.error]


class ImportForm(Form):
    file = FileField(_l("Lijst (Excel, CSV of vCard)"), [REQUIRED], render_kw={"accept": ".xlsx,.csv,.txt,.vcf"})


def mapping_of(data: MultiDict[str, str], before: dict[str, Any]) -> dict[str, Any]:
    """An organiser's choices for a list, as an import keeps them; names that are not asked now keep what was chosen.

    Fields come in pairs: heading-0 with column-0, organisation-0 with organisation-0-is, role-0 with role-0-is.
    """
    columns = {data[f"heading-{number}"]: data.get(f"column-{number}", "") for number in _numbered(data, "heading")}
    places = {
        data[f"organisation-{number}"]: int(chosen)
        for number in _numbered(data, "organisation")
        if (chosen := data.get(f"organisation-{number}-is", "")).isdigit()
    }
    roles = {
        data[f"role-{number}"]: chosen
        for number in _numbered(data, "role")
        if (chosen := data.get(f"role-{number}-is", ""))
    }
    return {
        "columns": {**before.get("columns", {}), **columns},
        "organisations": {**before.get("organisations", {}), **places},
        "roles": {**before.get("roles", {}), **roles},
    }


def _numbered(data: MultiDict[str, str], name: str) -> list[str]:
    return [key.removeprefix(f"{name}-") for key in data if re.fullmatch(rf"{name}-\d+", key)]
