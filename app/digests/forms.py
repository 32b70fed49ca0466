"""What comes in about digests: a person's wishes, an organiser's word."""

from datetime import timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from app import clock
from app.network.models import Delivery, Standing
from app.network.people.models import DigestFrequency, Language, Person
from app.web.forms import Checks, DayField, Form, LinesField, choices

NOTHING = "nothing"


class PreferencesForm(Form):
    """How often, how much, in which language; and per network, in fields network_<id>."""

    digest = RadioField(_l("Hoe vaak wil je een nieuwsoverzicht?"), choices=lambda: choices(DigestFrequency))
    mails_a_week = SelectField(
        _l("Hoeveel losse mails per week hooguit?"),
        description=_l("Van alle netwerken samen. Wat erboven komt, staat in je nieuwsoverzicht."),
        coerce=lambda value: int(value) if value else None,
    )
    language = RadioField(_l("In welke taal?"), choices=lambda: choices(Language))

    def __init__(self, person: Person):
        limit = current_app.config["MAILS_PER_WEEK"]
        super().__init__(
            data={
                "digest": person.digest.value,
                "language": person.language.value,
                "mails_a_week": person.mails_a_week if (person.mails_a_week or limit) < limit else None,
            }
        )
        fewer = [SelectChoice(number, str(number)) for number in range(limit - 1, 0, -1)]
        self.mails_a_week.choices = [SelectChoice("", gettext("%(num)s, zoals gewoon", num=limit)), *fewer]

    def per_network(self) -> list[Any]:
        return [field for field in self if field.name.startswith("network_")]

    def networks(self) -> dict[int, Delivery | None]:
        """What was chosen, by id of network."""
        return {
            int(field.name.removeprefix("network_")): None if field.data == NOTHING else Delivery(field.data)
            for field in self.per_network()
        }


def preferences_form(person: Person) -> PreferencesForm:
    """The form with a question for each network of this person."""

    class OwnPreferences(PreferencesForm):
        pass

    mine = [each for each in person.memberships if each.standing != Standing.LEFT]
    for membership in sorted(mine, key=lambda each: each.network.name):
        ways = [*choices(Delivery), SelectChoice(NOTHING, gettext("Niets van dit netwerk"))]
        now = NOTHING if membership.unsubscribed_at else membership.delivery.value
        field = RadioField(membership.network.name, choices=ways, default=now)
        setattr(OwnPreferences, f"network_{membership.network_id}", field)
    return OwnPreferences(person).of(person)


class OrganiserWordForm(Form):
    """What the organisers say in the digests until a day."""

    text = LinesField(_l("Bericht"), 600, required=True, rows=4)
    until = DayField(_l("Tot en met"), required=True)

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        if self.until.data and not clock.today() <= self.until.data <= clock.today() + timedelta(days=92):
            self.reject("until", gettext("Kies een dag in de komende drie maanden."))
            return False
        return good
