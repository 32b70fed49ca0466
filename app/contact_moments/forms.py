"""What organisers say of a talk, and the rows that they paste."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice

from app import clock
from app.contact_moments.contact_moments import LONGEST_NOTE, Talk
from app.contact_moments.meant import Meanings, Unknown
from app.contact_moments.models import ContactKind, ContactMoment
from app.contact_moments.talk_queries import TalkFilter
from app.network.models import Network
from app.network.organisations.models import Organisation
from app.network.people.models import Person
from app.rows import read_row_number
from app.themes import themes
from app.themes.forms import theme_choices
from app.web.forms import CheckboxesField, DayField, Form, LineField, LinesField, RowsField, choices

LONGEST_PASTED = 500_000
_MAY_BE_READ = _l("Kort en zakelijk. Wie erbij was of erin genoemd wordt, kan vragen om dit te lezen.")


class TalkForm(Form):
    """A talk: what kind, about what, when, with whom."""

    kind = SelectField(_l("Soort"), choices=lambda: choices(ContactKind))
    theme = SelectField(_l("Thema"))
    day = DayField(_l("Datum"), required=True, plans=False)
    people = CheckboxesField(_l("Met wie"))
    note = LineField(_l("Notitie"), LONGEST_NOTE, description=_MAY_BE_READ)

    def __init__(self, people: Sequence[Person], row: ContactMoment | None = None, **options: Any) -> None:
        super().__init__(data=_stored(row) if row else {"day": clock.today()}, **options)
        self.theme.choices = [SelectChoice("", _l("Geen thema")), *theme_choices(themes.list_themes())]
        self.people.choices = [SelectChoice(str(each.id), each.name) for each in people]
        self._people = {str(each.id): each for each in people}
        if not people:
            del self.people

    def talk_with(self, organisations: Sequence[Organisation], unseen: Sequence[Person] = ()) -> Talk:
        """What was filled in; `unseen` are people of the talk whom the form does not show."""
        named = [self._people[key] for key in self.people.data] if "people" in self else []
        theme_id = int(self.theme.data) if self.theme.data else None
        day = self.day.data or clock.today()
        return Talk(ContactKind(self.kind.data), day, organisations, theme_id, self.note.data, [*named, *unseen])


class OrganisationTalkForm(TalkForm):
    """A talk with one organisation, from its page: of which network?"""

    network = SelectField(_l("Netwerk"))

    def __init__(self, networks: Sequence[Network], people: Sequence[Person], **options: Any) -> None:
        super().__init__(people, **options)
        self.network.choices = [SelectChoice(str(each.id), each.name) for each in networks]
        self._networks = {str(each.id): each for each in networks}

    @property
    def chosen_network(self) -> Network:
        return self._networks[self.network.data]


class NetworkTalkForm(TalkForm):
    """A talk of a network, with one or more organisations as people write them."""

    organisations = LinesField(
        _l("Organisaties"), 2000, required=True, rows=3, description=_l("Eén per regel. Een afkorting mag ook.")
    )

    def __init__(self, people: Sequence[Person] = (), row: ContactMoment | None = None, **options: Any) -> None:
        super().__init__(people, row, **options)
        self.bodies: list[Organisation] = []

    def validate_organisations(self, field: Field) -> None:
        try:
            self.bodies = Meanings().organisations(field.data)
        except Unknown as wrong:
            raise ValidationError(str(wrong)) from wrong


class RowsForm(Form):
    """Many talks at once."""

    pasted = RowsField(
        _l("Rijen uit een rekenblad"),
        LONGEST_PASTED,
        required=True,
        rows=10,
        description=_l("Kolommen: organisatie, datum, soort, thema, notitie. De laatste twee mogen leeg zijn."),
    )


def read_talk_filter() -> TalkFilter:
    """What the address of a list of talks narrows it down to."""
    year = read_row_number(request.args.get("year", ""))
    kind = request.args.get("kind", "")
    return TalkFilter(
        kind=next((each for each in ContactKind if each.value == kind), None),
        theme_id=read_row_number(request.args.get("theme", "")),
        year=year if year and 2000 <= year <= 2100 else None,
    )


def _stored(row: ContactMoment) -> dict[str, Any]:
    return {
        "kind": row.kind.value,
        "theme": str(row.theme_id or ""),
        "day": row.day,
        "people": [str(each.id) for each in row.people],
        "note": row.note,
        "organisations": "\n".join(each.name for each in row.organisations),
    }
