"""What comes in about indicators: what they count, targets, figures by hand, signs and money."""

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, Field, RadioField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from app import clock
from app.agendas.models import Agenda
from app.contact_moments.models import ContactKind
from app.database import db
from app.events.models import EventFormat, Series
from app.indicators import figures, indicators, numbers, signs
from app.indicators.indicators import Rule
from app.indicators.models import (
    Aim,
    Aspect,
    Combining,
    Direction,
    Indicator,
    Measure,
    Narrow,
    ReadingKind,
    Result,
    Sign,
)
from app.indicators.money import Amounts
from app.indicators.readings import NewReading
from app.lessons.impressions.attachments import CleanFile
from app.network import network_queries, seeing
from app.network.models import Network
from app.network.organisations.models import Organisation, OrganisationKind
from app.network.organisations.organisations import OrganisationFinder
from app.network.seeing import Viewer
from app.themes import themes
from app.themes.forms import theme_choices
from app.web.forms import (
    REQUIRED,
    CheckboxesField,
    Checks,
    DayField,
    Form,
    LineField,
    LinesField,
    RowField,
    choices,
)

_WEB = ("https://", "http://")


class NumberField(LineField):
    """A number as people write it in Dutch: '1.624,5'."""

    data: Any

    def __init__(self, label: str, *, required: bool = False, **options: Any) -> None:
        super().__init__(label, 40, required=False, **options)
        self.filters = ()
        self.validators = [REQUIRED if required else Optional()]
        self.flags.required = required

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = numbers.read_number(valuelist[0].strip())
            except numbers.NotANumber as refused:
                raise ValueError(refused.words) from None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return numbers.format_figure(self.data) if self.data is not None else ""


class IndicatorForm(Form):
    """What an indicator measures. A new one takes its targets along; one that counts differently says from when and why."""

    name = LineField(_l("Naam"), 200, required=True, description=_l("Bijvoorbeeld: gemeenten die we spraken."))
    theme = SelectField(_l("Thema"), validate_choice=True)
    measure = SelectField(_l("Hoe wordt het geteld?"), choices=choices(Measure))
    definition = LinesField(_l("Wat telt mee, en wat niet?"), 1_000, rows=3)
    owner = LineField(_l("Wie gaat erover?"), 120, required=True, description=_l("Een functie, geen naam."))
    unit = LineField(_l("Eenheid"), 40, required=True, description=_l("Bij een percentage: %."))
    direction = RadioField(_l("Wat is goed?"), choices=choices(Direction))
    combining = RadioField(_l("Hoe tellen jaren samen?"), choices=choices(Combining))
    result = RadioField(_l("Waarover gaat het?"), choices=choices(Result))
    mandatory = BooleanField(_l("Verplichte indicator"))
    formats = CheckboxesField(Narrow.FORMAT.words, choices=choices(EventFormat))
    networks = CheckboxesField(Narrow.NETWORK.words)
    series = CheckboxesField(Narrow.SERIES.words)
    about = CheckboxesField(Narrow.THEME.words)
    regions = CheckboxesField(Narrow.REGION.words)
    roles = CheckboxesField(Narrow.ROLE.words)
    kinds = CheckboxesField(Narrow.KIND.words, choices=choices(OrganisationKind))
    organisations = LinesField(_l("Organisaties"), 2_000, rows=3, description=_l("Eén naam per regel. Leeg: allemaal."))
    contact_kinds = CheckboxesField(Narrow.CONTACT_KIND.words, choices=choices(ContactKind))
    targets = RowField(_l("Streefwaarden"), 200)
    decision = LineField(_l("Waar is dat besloten?"), 200, description=_l("Bijvoorbeeld: begroting 2026."))
    valid_from = DayField(_l("Zo tellen vanaf"), plans=False)
    reason = LinesField(_l("Waarom telt het anders dan eerst?"), 300, rows=2)

    def __init__(self, agenda: Agenda, viewer: Viewer, indicator: Indicator | None = None, **options: Any) -> None:
        super().__init__(data=_filled_in(indicator) if indicator else _defaults(agenda), **options)
        known = themes.list_themes()
        on_agenda = [each.theme for each in agenda.themes]
        self.theme.choices = [SelectChoice("", gettext("De hele agenda")), *theme_choices(on_agenda)]
        self.about.choices = theme_choices(known)
        self.networks.choices = [SelectChoice(str(each.id), each.name) for each in _networks(viewer, agenda)]
        shelf = sa.select(Series).where(seeing.networks(viewer, Series.network_id)).order_by(Series.title)
        self.series.choices = [SelectChoice(str(each.id), each.title) for each in db.session.scalars(shelf)]
        region = sa.select(Organisation.region).where(Organisation.region.is_not(None)).distinct()
        self.regions.choices = [SelectChoice(each, each) for each in sorted(filter(None, db.session.scalars(region)))]
        self.roles.choices = [SelectChoice(each.code, each.words) for each in network_queries.list_roles()]
        years = " ".join(str(each) for each in figures.years_of(agenda))
        self.targets.description = gettext(
            "Eén per jaar, in deze volgorde: %(years)s. Een streepje is geen streefwaarde, een vraagteken nog niet bekend. "
            "Achter n.v.t. staat tussen haakjes waarom.",
            years=years,
        )
        self._found: list[int] = []
        self._unseen = _not_offered(self, indicator) if indicator else {}

    def validate_organisations(self, field: Field) -> None:
        names = [line.strip() for line in (field.data or "").splitlines() if line.strip()]
        finder = OrganisationFinder() if names else None
        found = {name: finder.organisation(name) for name in names} if finder else {}
        if unknown := [name for name, organisation in found.items() if organisation is None]:
            raise ValidationError(gettext("Deze organisatie kennen we niet: %(name)s.", name=unknown[0]))
        self._found = [organisation.id for organisation in found.values() if organisation]

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        if self.targets.data and not self.decision.data:
            self.reject("decision", gettext("Schrijf op waar de streefwaarden zijn besloten."))
            good = False
        return good

    @property
    def theme_id(self) -> int | None:
        return int(self.theme.data) if self.theme.data else None

    def rule(self) -> Rule:
        narrowing: dict[Narrow, list[Any]] = {
            Narrow.FORMAT: self.formats.data,
            Narrow.NETWORK: [int(each) for each in self.networks.data],
            Narrow.SERIES: [int(each) for each in self.series.data],
            Narrow.THEME: [int(each) for each in self.about.data],
            Narrow.REGION: self.regions.data,
            Narrow.ROLE: self.roles.data,
            Narrow.KIND: self.kinds.data,
            Narrow.ORGANISATION: self._found,
            Narrow.CONTACT_KIND: self.contact_kinds.data,
        }
        return Rule(
            definition=self.definition.data or "",
            owner=self.owner.data,
            unit=self.unit.data,
            result=Result(self.result.data),
            direction=Direction(self.direction.data),
            combining=Combining(self.combining.data),
            measure=Measure(self.measure.data),
            mandatory=self.mandatory.data,
            narrowing={
                narrow.value: [*values, *self._unseen.get(narrow, [])]
                for narrow, values in narrowing.items()
                if values or self._unseen.get(narrow)
            },
        )


_LISTS = {
    Narrow.FORMAT: "formats",
    Narrow.NETWORK: "networks",
    Narrow.SERIES: "series",
    Narrow.THEME: "about",
    Narrow.REGION: "regions",
    Narrow.ROLE: "roles",
    Narrow.KIND: "kinds",
    Narrow.CONTACT_KIND: "contact_kinds",
}


def _not_offered(form: IndicatorForm, indicator: Indicator) -> dict[Narrow, list[int]]:
    """Networks and series by which an indicator is narrowed and that who fills in the form does not see: those stay."""
    return {
        narrow: [each for each in indicator.versions[-1].narrowing.get(narrow, []) if str(each) not in offered]
        for narrow, field in ((Narrow.NETWORK, form.networks), (Narrow.SERIES, form.series))
        for offered in [{choice.value for choice in field.choices}]
    }


def _networks(viewer: Viewer, agenda: Agenda) -> list[Network]:
    wanted = sa.select(Network).where(sa.or_(seeing.networks(viewer, Network.id), Network.id == agenda.network_id))
    return list(db.session.scalars(wanted.order_by(Network.name)))


def _defaults(agenda: Agenda) -> dict[str, Any]:
    """Most indicators count what a network does, want at least so much, and begin anew each year.

    Who is responsible and where it was decided is as it was for the one before.
    """
    owner, decision = indicators.read_last_words(agenda)
    return {
        "measure": Measure.SESSIONS,
        "unit": gettext("aantal"),
        "owner": owner or gettext("Organisatoren van %(network)s", network=agenda.network.name)[:120],
        "decision": decision,
        "direction": Direction.AT_LEAST,
        "combining": Combining.PER_YEAR,
        "result": Result.OUTPUT,
        "networks": [str(agenda.network_id)],
    }


def _filled_in(indicator: Indicator) -> dict[str, Any]:
    version = indicator.versions[-1]
    plain = {
        name: getattr(version, name)
        for name in ("measure", "definition", "owner", "unit", "direction", "combining", "result", "mandatory")
    }
    lists = {name: [str(each) for each in version.narrowing.get(narrow, [])] for narrow, name in _LISTS.items()}
    ids = version.narrowing.get(Narrow.ORGANISATION, [])
    names = db.session.scalars(sa.select(Organisation.name).where(Organisation.id.in_(ids)).order_by(Organisation.name))
    theme = str(indicator.theme_id or "")
    return {"name": indicator.name, "theme": theme, "organisations": "\n".join(names)} | plain | lists


class TargetForm(Form):
    """A target, with where it was decided."""

    year = SelectField(_l("Waarvoor?"))
    aim = RadioField(_l("Streefwaarde"), choices=choices(Aim), default=Aim.NUMBER.value)
    value = NumberField(_l("Getal"))
    decided_on = DayField(_l("Besloten op"), required=True, plans=False)
    decision = LineField(
        _l("Waar is dat besloten?"), 200, required=True, description=_l("Bijvoorbeeld: begroting 2026.")
    )
    reason = LinesField(
        _l("Waarom"),
        300,
        rows=2,
        description=_l("Nodig als er al een streefwaarde staat, of als dit niet van toepassing is."),
    )

    def __init__(self, agenda: Agenda, **options: Any) -> None:
        super().__init__(data={"year": str(figures.year_now(agenda)), "decided_on": clock.today()}, **options)
        years = [SelectChoice(str(year), str(year)) for year in figures.years_of(agenda)]
        self.year.choices = [*years, SelectChoice("0", gettext("De hele agenda"))]


class ReadingForm(Form):
    """A figure by hand, with its source and what proves it."""

    kind = RadioField(_l("Wat is het?"), choices=choices(ReadingKind))
    day = DayField(
        _l("Stand op"),
        required=True,
        plans=False,
        description=_l("Bij een verwachting: de laatste dag van de periode."),
    )
    value = NumberField(_l("Getal"), required=True, description=_l("De stand van dit jaar tot en met die dag."))
    out_of = NumberField(
        _l("Waarvan"), description=_l("Alleen bij een percentage: het geheel waarvan het getal een deel is.")
    )
    source = LineField(_l("Waar komt het vandaan?"), 300, required=True)
    link = LineField(_l("Link naar het bewijs"), 500, render_kw={"inputmode": "url", "type": "url"})
    file = FileField(
        _l("Bestand als bewijs"),
        description=_l("Pdf, Word, Excel, PowerPoint, OpenDocument of een foto, hooguit 10 MB."),
    )
    reason = LinesField(
        _l("Toelichting"),
        300,
        rows=2,
        description=_l("Nodig als het minder is dan het cijfer van daarvoor, of iets verbetert."),
    )

    def __init__(self, indicator: Indicator, **options: Any) -> None:
        by_hand = indicator.versions[-1].measure == Measure.BY_HAND
        kind = ReadingKind.REALISED if by_hand else ReadingKind.FORECAST
        super().__init__(data={"kind": kind, "day": clock.today()}, **options)

    def validate_link(self, field: Field) -> None:
        if field.data and not field.data.startswith(_WEB):
            raise ValidationError(gettext("Dit is geen webadres. Begin met https://."))

    def upload(self) -> tuple[str, bytes] | None:
        """Name and bytes of what was sent."""
        return (self.file.data.filename or "", self.file.data.read()) if self.file.data else None

    def reading(self, file: CleanFile | None) -> NewReading:
        return NewReading(
            kind=ReadingKind(self.kind.data),
            day=self.day.data or clock.today(),
            value=self.value.data,
            source=self.source.data,
            out_of=self.out_of.data,
            link=self.link.data or "",
            reason=self.reason.data or "",
            file=file,
        )


class SignsForm(Form):
    """Signs of a theme. None is chosen beforehand: a sign is what somebody says."""

    day = DayField(_l("Stand op"), required=True, plans=False)
    quality = RadioField("", validate_choice=False)
    time = RadioField("", validate_choice=False)
    money = RadioField("", validate_choice=False)
    cause = LinesField(_l("Wat is de oorzaak?"), 1_000, rows=3)
    consequence = LinesField(_l("Wat is het gevolg?"), 1_000, rows=3)
    correction = LinesField(_l("Wat wordt eraan gedaan?"), 1_000, rows=3)

    def __init__(self, agenda: Agenda, **options: Any) -> None:
        super().__init__(data={"day": clock.today()}, **options)
        meanings = [SelectChoice(sign.value, f"{sign.words} ({signs.meaning_of(agenda, sign)})") for sign in Sign]
        for field, aspect in ((self.quality, Aspect.QUALITY), (self.time, Aspect.TIME), (self.money, Aspect.MONEY)):
            field.label.text, field.choices = signs.label_of(agenda, aspect), meanings

    def signs(self) -> dict[Aspect, Sign]:
        return {aspect: Sign(self[aspect].data) for aspect in Aspect if self[aspect].data in list(Sign)}


class MoneyForm(Form):
    """What a theme costs in a year, by hand or as a row of a table."""

    year = SelectField(_l("Jaar"))
    row = RowField(
        _l("Plak een regel"),
        300,
        description=_l(
            "Uit een begroting, in duizenden euro’s: begroting, wijziging, na wijziging, gerealiseerd. Zoals: Lasten 19.284 1.624 20.909."
        ),
    )
    budget = NumberField(_l("Begroting"))
    change = NumberField(_l("Wijziging"))
    changed = NumberField(_l("Begroting na wijziging"))
    realised = NumberField(_l("Gerealiseerd"))
    source = LineField(_l("Waar komt het vandaan?"), 300, required=True)

    def __init__(self, agenda: Agenda, **options: Any) -> None:
        super().__init__(data={"year": str(figures.year_now(agenda))}, **options)
        self.year.choices = [SelectChoice(str(year), str(year)) for year in figures.years_of(agenda)]

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        if good and not self.row.data and self.budget.data is None:
            self.reject("budget", gettext("Vul een begroting in, of plak een regel."))
            return False
        return good

    def amounts(self) -> Amounts:
        return Amounts(self.budget.data or Decimal(0), self.change.data, self.changed.data, self.realised.data)
