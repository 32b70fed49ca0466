"""Who is invited, one by one or all together, and when that leaves."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from app import clock, wording
from app.clock import NoSuchMoment
from app.events.models import Event
from app.invitations.waves.models import Wave
from app.network.audiences.models import Audience
from app.network.people.forms import through_field
from app.network.people.models import Person
from app.web.forms import (
    AddressField,
    CheckboxesField,
    Checks,
    DayField,
    Form,
    HourField,
    LineField,
    LinesField,
)
from app.words import Worded


class InviteForm(Form):
    """One more person to invite."""

    name = LineField(_l("Naam"), 120, required=True)
    address = AddressField(_l("Mailadres"))
    through = through_field()


ONLY_PEOPLE = "people"
EVERYBODY = "everybody"
"""Choices of an audience beside the numbers of those that there are."""


class WhoForm(Form):
    """For whom a session is: an audience, people of the network by name, pasted addresses."""

    audience = RadioField(_l("Doelgroep"))
    sought = LineField(_l("Zoek mensen in het netwerk"), 100, description=_l("Een deel van de naam is genoeg."))
    picked = CheckboxesField(_l("Deze mensen"))
    people = LinesField(
        _l("Plak mailadressen"),
        20_000,
        rows=3,
        description=_l("Uit Outlook of Excel, met de naam erbij als je die weet. Wie we nog niet kennen, komt erbij."),
    )

    def __init__(
        self,
        choices: list[tuple[Audience | None, int]],
        chosen: Audience | None,
        people: Sequence[Person] = (),
        **options: Any,
    ) -> None:
        """`choices` are the audiences with the number of people that each reaches, the first is everybody.

        Where `people` are known for whom the session is, they are ticked, and nobody else is asked.
        """
        self.audiences = {str(each.id) if each and each.rule else EVERYBODY: each for each, _ in choices}
        start = str(chosen.id) if chosen and chosen.rule else EVERYBODY
        picked = [str(each.id) for each in people]
        super().__init__(data={"audience": ONLY_PEOPLE if people else start, "picked": picked}, **options)
        named = zip(self.audiences, choices, strict=True)
        self.audience.choices = [
            *(SelectChoice(value, _with_count(each, count)) for value, (each, count) in named),
            SelectChoice(ONLY_PEOPLE, gettext("Alleen mensen die ik hieronder kies of plak")),
        ]

    def offer(self, people: Iterable[Person]) -> None:
        """The people whose names can be ticked."""
        self.picked.choices = [SelectChoice(str(person.id), person.name) for person in people]


def _with_count(audience: Audience | None, count: int) -> str:
    name = audience.name if audience else gettext("Iedereen in het netwerk")
    return f"{name} ({ngettext('%(num)s persoon', '%(num)s mensen', count)})"


class Leaving(Worded):
    """When the first of the mails leaves."""

    NOW = "now", _l("Nu")
    ON_DAY = "on_day", _l("Op de dag en tijd hieronder")
    LOOKED_AT = "looked_at", _l("Nadat een collega heeft meegekeken, niet eerder dan de dag en tijd hieronder")


class SendForm(Form):
    """Which of the proposed rounds go out, and when the first of them leaves; the others leave on their days."""

    rounds = CheckboxesField(_l("Wat gaat eruit?"))
    leaving = RadioField(_l("Wanneer vertrekt de eerste mail?"), default=Leaving.ON_DAY.value)
    day = DayField(_l("Datum"))
    hour = HourField(_l("Tijd"))

    def __init__(
        self, event: Event, waves: list[Wave], counts: dict[int, int], *, colleagues: bool, **options: Any
    ) -> None:
        """`waves` in the order in which they leave; without `colleagues` nobody can look along."""
        self.event, self.waves = event, waves
        first = clock.to_local(waves[0].due_at, event.zone).replace(second=0, microsecond=0)
        self._proposed = (first.date(), first.time())
        data = {"rounds": [str(wave.id) for wave in waves], "day": first.date(), "hour": first.time()}
        super().__init__(data=data, **options)
        self.day.flags.required = self.hour.flags.required = True
        self.rounds.choices = [SelectChoice(str(wave.id), _say_round(wave, counts.get(wave.id))) for wave in waves]
        offered = [each for each in Leaving if colleagues or each != Leaving.LOOKED_AT]
        self.leaving.choices = [SelectChoice(each.value, str(each.words)) for each in offered]

    def chosen(self) -> list[Wave]:
        """The rounds that were ticked, the first to leave first."""
        return [wave for wave in self.waves if str(wave.id) in (self.rounds.data or [])]

    @property
    def other_moment(self) -> datetime | None:
        """The moment that was filled in instead of the proposed one; call after validate()."""
        return None if (self.day.data, self.hour.data) == self._proposed else self.moment

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        self.moment: datetime | None = None
        if not self.chosen():
            self.reject("rounds", gettext("Kies minstens één mail."))
        if self.leaving.data != Leaving.NOW:
            self._check_moment()
        return good and not self.errors

    def _check_moment(self) -> None:
        if not self.day.data:
            self.reject("day", gettext("Vul dit in."))
            return
        try:
            self.moment = clock.utc_moment(self.day.data, self.hour.data or time(9), self.event.zone)
        except NoSuchMoment:
            self.reject("hour", gettext("Dit uur is er die nacht niet of komt twee keer. Kies een andere tijd."))
            return
        if self.moment >= self.event.starts_at:
            self.reject("day", gettext("Dit is na het begin van de sessie."))


def _say_round(wave: Wave, count: int | None) -> str:
    when = wording.format_day(clock.to_local(wave.due_at, wave.event.zone).date())
    to = "" if count is None else ", " + ngettext("%(num)s persoon", "%(num)s mensen", count)
    return f"{wave.kind.words}: {when}{to}"
