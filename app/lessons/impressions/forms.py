"""An impression as it is written, and what belongs to it."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField
from wtforms.validators import URL, NumberRange

from app.lessons.forms import NotedForm
from app.lessons.impressions import facts
from app.lessons.impressions.models import Impression
from app.themes.forms import chosen_themes, offer_themes
from app.uploads import people_shown
from app.uploads.people_shown import PeopleShown
from app.web.forms import REQUIRED, CheckboxesField, Checks, Form, LineField, LinesField, WholeNumberField, choices


class ImpressionForm(NotedForm):
    """The text of a report and the figures that were not counted here."""

    title = LineField(_l("Titel"), 150, required=True)
    intro = LinesField(_l("Inleiding"), 5_000, rows=5)
    themes = CheckboxesField(_l("Thema’s"), description=_l("Hierop vind je de impressie terug."))
    set_up = LinesField(_l("Opzet"), 5_000, rows=3, description=_l("Voor wie was het en hoe ging het in zijn werk?"))
    pitches = LinesField(_l("Sprekers en pitches"), 5_000, rows=3, description=_l("Eén per regel."))
    next_steps = LinesField(_l("Hoe nu verder"), 5_000, rows=4)
    recording_url = LineField(
        _l("Link naar de opname"),
        500,
        validators=[URL(message=_l("Dit is geen webadres. Begin met https://."))],
        render_kw={"inputmode": "url", "type": "url"},
    )
    municipalities = WholeNumberField(_l("Gemeenten"))
    water_boards = WholeNumberField(_l("Waterschappen"))
    others = WholeNumberField(_l("Andere organisaties"))
    on_site = WholeNumberField(_l("Deelnemers op locatie"))
    online = WholeNumberField(_l("Deelnemers online"))
    webcast = WholeNumberField(_l("Kijkers van de webcast"))

    def __init__(self, impression: Impression, **options: Any) -> None:
        kept = {name: getattr(impression, name) for name in self.TEXTS}
        chosen = chosen_themes(impression.themes)
        super().__init__(impression, data={**kept, **impression.by_hand, "themes": chosen}, **options)
        offer_themes(self.themes, impression.themes)
        for name in facts.Figure:
            self[name].validators = [
                *self[name].validators,
                NumberRange(0, 1_000_000, _l("Kies een getal van 0 of meer.")),
            ]

    TEXTS = ("title", "intro", "set_up", "pitches", "next_steps", "recording_url")

    def texts(self) -> dict[str, str]:
        return {name: self[name].data or "" for name in self.TEXTS}

    def by_hand(self) -> dict[str, int]:
        return {name: self[name].data for name in facts.Figure if self[name].data is not None}

    def validate(self, extra_validators: Checks = None) -> bool:
        good = super().validate(extra_validators)
        if self.recording_url.data and not self.recording_url.data.startswith(("https://", "http://")):
            self.reject("recording_url", gettext("Dit is geen webadres. Begin met https://."))
            good = False
        return good


class WithdrawForm(Form):
    reason = LinesField(
        _l("Waarom trek je de impressie in?"),
        300,
        required=True,
        rows=3,
        description=_l("Dit lezen bezoekers op de pagina."),
    )


class AttachmentForm(NotedForm):
    """A file that comes with a report, and who is to be seen on it."""

    file = FileField(
        _l("Bestand"),
        [FileRequired(_l("Kies eerst een bestand."))],
        description=_l(
            "Pdf, Word, PowerPoint, Excel, OpenDocument of een foto, hooguit 10 MB. Wie het maakte, waar en waarmee, "
            "en opmerkingen in de kantlijn halen we eruit."
        ),
    )
    people_shown = RadioField(
        people_shown.QUESTION,
        [REQUIRED],
        description=_l(
            "Bijvoorbeeld op een foto. Zonder ja van iedereen staat dit bestand niet op de openbare pagina."
        ),
    )

    def __init__(self, impression: Impression, **options: Any) -> None:
        super().__init__(impression, **options)
        self.people_shown.choices = choices(PeopleShown)

    def upload(self) -> tuple[str, bytes]:
        """Name and bytes of what was sent."""
        return (self.file.data.filename or "", self.file.data.read()) if self.file.data else ("", b"")
