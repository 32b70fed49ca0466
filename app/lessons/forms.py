"""What the forms of a session's lessons share."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.lessons.impressions.models import Impression
from app.web.forms import Checks, Form, LineField

NOTE = _l("Wat is er verbeterd?")


class NotedForm(Form):
    """A change of a report; a published one asks what changed, for its readers."""

    note = LineField(NOTE, 300, description=_l("Staat met de datum van vandaag onder de impressie."))

    def __init__(self, impression: Impression, **options: Any) -> None:
        super().__init__(**options)
        self.impression = impression
        if not impression.published:
            del self.note

    @property
    def said(self) -> str:
        return self.note.data if "note" in self else ""

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        if self.impression.published and not self.note.data:
            self.reject(
                "note", gettext("Vul in wat je verbeterde. Wie de impressie al las, ziet dan wat er anders is.")
            )
            return False
        return good
