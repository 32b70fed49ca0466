"""What comes in about digests: a person's wishes, an organiser's word."""

from datetime import timedelta

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice

from app import clock
from app.network.models import DigestFrequency, Language, Person, Standing
from app.web import labels
from app.web.forms import Day, Form, Text


class PreferencesForm(Form):
    """How often, in which language, and per network."""

    digest = RadioField(_l("Hoe vaak wil je een nieuwsoverzicht?"), choices=lambda: labels.choices(DigestFrequency))
    mail = SelectMultipleField(_l("Van welke netwerken wil je uitnodigingen?"))
    news = SelectMultipleField(_l("Welke netwerken staan in je nieuwsoverzicht?"))
    language = RadioField(_l("In welke taal?"), choices=lambda: labels.choices(Language))

    def __init__(self, person: Person):
        mine = [each for each in person.memberships if each.standing != Standing.LEFT]
        super().__init__(
            data={
                "digest": person.digest.value,
                "language": person.language.value,
                "mail": [str(each.network_id) for each in mine if each.unsubscribed_at is None],
                "news": [str(each.network_id) for each in mine if each.in_digest],
            }
        )
        choices = [
            SelectChoice(str(each.network_id), each.network.name)
            for each in sorted(mine, key=lambda membership: membership.network.name)
        ]
        self.mail.choices = self.news.choices = choices


class WordForm(Form):
    """What the organisers say in the digests until a day."""

    text = Text(_l("Bericht"), 600, required=True, rows=4)
    until = Day(_l("Tot en met"), required=True)

    def validate(self, **options) -> bool:
        good = super().validate(**options)
        if self.until.data and not clock.today() <= self.until.data <= clock.today() + timedelta(days=92):
            self.reject("until", gettext("Kies een dag in de komende drie maanden."))
            return False
        return good
