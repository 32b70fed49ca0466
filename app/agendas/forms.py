"""Agendas, their themes and their koppels, as organisers fill them in."""

from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, SelectField

from app import clock
from app.agendas.agendas import MOST_PARTIES, AgendaDetails
from app.agendas.models import Agenda, AgendaTheme, Office
from app.themes.forms import theme_choices
from app.themes.models import Theme
from app.web.forms import Checks, DayField, Form, LineField, LinesField

LATER = 2
"""Empty lines for parties beside those that there are, as many as fit."""
_ORDER = _l("Deze dag ligt voor de eerste dag.")


class AgendaForm(Form):
    """An agenda as a whole; `party_names` and `details` hold what it says after validate()."""

    title = LineField(_l("Titel"), 150, required=True, description=_l("Zoals ‘Samenwerkingsagenda 2024–2026’."))
    parties = FieldList(LineField(_l("Partij"), 120), max_entries=MOST_PARTIES)
    starts_on = DayField(_l("Eerste dag"), required=True, plans=False)
    ends_on = DayField(_l("Laatste dag"), required=True, plans=False)
    signed_on = DayField(_l("Ondertekend op"), plans=False)
    ratified_on = DayField(
        _l("Bekrachtigd op"), plans=False, description=_l("De dag waarop de laatste partij ermee instemde.")
    )
    text = LinesField(
        _l("Wat is er afgesproken?"), 20_000, rows=8, description=_l("Staat boven aan de openbare pagina.")
    )
    quality_label = LineField(_l("Naam van het eerste teken"), 40, required=True)
    time_label = LineField(_l("Naam van het tweede teken"), 40, required=True)
    money_label = LineField(_l("Naam van het derde teken"), 40, required=True)
    green_means = LineField(_l("Groen betekent"), 200, required=True)
    orange_means = LineField(_l("Oranje betekent"), 200, required=True)
    red_means = LineField(_l("Rood betekent"), 200, required=True)

    def __init__(self, agenda: Agenda | None = None) -> None:
        known = [party.name for party in agenda.parties] if agenda else []
        values = (
            {name: getattr(agenda, name) for name in AgendaDetails.__dataclass_fields__} if agenda else _usual_signs()
        )
        super().__init__(data=values | {"parties": [*known, *[""] * LATER][:MOST_PARTIES]})
        self._known = len(known)

    @property
    def party_names(self) -> list[str]:
        """A name for each party that there was, empty for one that goes, and those that come."""
        names = [entry.data or "" for entry in self.parties]
        return [*names[: self._known], *filter(None, names[self._known :])]

    @property
    def details(self) -> AgendaDetails:
        return AgendaDetails(**{name: self[name].data for name in AgendaDetails.__dataclass_fields__})

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        names = [name.casefold() for name in self.party_names if name]
        if len(names) < 2:
            self.reject("parties", gettext("Vul minstens twee partijen in."))
        elif len(set(names)) < len(names):
            self.reject("parties", gettext("Elke partij staat er één keer."))
        if self.starts_on.data and self.ends_on.data and self.ends_on.data < self.starts_on.data:
            self.reject("ends_on", str(_ORDER))
        return good and not self.errors


def _usual_signs() -> dict[str, Any]:
    """What the signs of a new agenda are called and mean, unless its organisers say otherwise."""
    return {
        "quality_label": gettext("Kwaliteit"),
        "time_label": gettext("Tijd"),
        "money_label": gettext("Geld"),
        "green_means": gettext("Op koers: we halen wat we afspraken."),
        "orange_means": gettext("Let op: zonder bijsturen halen we het niet."),
        "red_means": gettext("Niet op koers: we halen het niet."),
    }


class AgendaThemeForm(Form):
    """A theme on an agenda; which one is chosen when it is put there."""

    theme = SelectField(_l("Thema"))
    ambition = LinesField(_l("Wat spraken we af?"), 5_000, rows=6)
    starts_on = DayField(
        _l("Eerste dag op de agenda"), plans=False, description=_l("Leeg: vanaf het begin van de agenda.")
    )
    ends_on = DayField(
        _l("Laatste dag op de agenda"), plans=False, description=_l("Leeg: tot het einde van de agenda.")
    )

    def __init__(self, themes: list[Theme], row: AgendaTheme | None = None) -> None:
        """`themes` are those to choose from; a row has its own."""
        super().__init__(obj=row) if row else super().__init__()
        if row:
            del self.theme
        else:
            self.theme.choices = theme_choices(themes)

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        return _is_in_order(self, self.starts_on.data, self.ends_on.data) and good


class OfficeForm(Form):
    """Somebody in a place of a koppel; who it is is said when they begin."""

    people = LineField(
        _l("Wie?"),
        300,
        required=True,
        description=_l("De naam van iemand uit het netwerk, of een mailadres met de naam erbij."),
    )
    title = LineField(_l("Functie"), 120, required=True, description=_l("Zoals ‘gedeputeerde’ of ‘bestuurslid VBG’."))
    starts_on = DayField(_l("Eerste dag"), required=True, plans=False)
    ends_on = DayField(
        _l("Laatste dag"), plans=False, description=_l("Leeg zolang iemand er zit. Daarna werkt de link niet meer.")
    )

    def __init__(self, office: Office | None = None, first_day: date | None = None) -> None:
        """`office` is the one that is changed; who it is stays then. `first_day` is proposed for a new one."""
        values: dict[str, Any] = {"obj": office} if office else {"data": {"starts_on": first_day or clock.today()}}
        super().__init__(**values)
        if office:
            del self.people

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        return _is_in_order(self, self.starts_on.data, self.ends_on.data) and good


def _is_in_order(form: Form, first: date | None, last: date | None) -> bool:
    if first and last and last < first:
        form.reject("ends_on", str(_ORDER))
        return False
    return True
