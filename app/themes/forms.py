"""How themes are chosen on a form, and what administrators send about one."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from app.themes import themes
from app.themes.models import Theme
from app.themes.themes import ThemeDetails
from app.web.forms import REQUIRED, CheckboxesField, DayField, Form, LineField, LinesField

NO_THEME = SelectChoice("", "–")
_WORDS = ("name_nl", "name_en", "summary_nl", "summary_en", "mark")


def theme_choices(themes: list[Theme]) -> list[SelectChoice]:
    return [SelectChoice(str(theme.id), theme.words) for theme in themes]


def offer_themes(field: CheckboxesField, had: Iterable[Theme] = ()) -> None:
    """Let a field choose among the themes of today, and those that its row has already."""
    field.choices = theme_choices(themes.list_choosable(had))


def chosen_themes(had: Iterable[Theme]) -> list[str]:
    """What is ticked of such a field, for what has these themes."""
    return [str(theme.id) for theme in had]


class ThemeForm(Form):
    """What an administrator says of a theme."""

    name_nl = LineField(_l("Naam"), 80, required=True)
    name_en = LineField(_l("Naam in het Engels"), 80, required=True)
    summary_nl = LinesField(_l("Waar gaat het over?"), 500, rows=3)
    summary_en = LinesField(_l("Waar gaat het over, in het Engels"), 500, rows=3)
    mark = LineField(_l("Afkorting"), 2, description=_l("Een of twee letters. Leeg: de eerste letters van de naam."))
    starts_on = DayField(_l("Eerste dag"), plans=False, description=_l("Leeg: het kan altijd al gekozen worden."))
    ends_on = DayField(
        _l("Laatste dag"),
        plans=False,
        description=_l("Daarna kan niemand het meer kiezen. Wat erover gaat, blijft erover gaan."),
    )
    successor = SelectField(
        _l("Gaat verder in"),
        default="",
        description=_l("Wie belangstelling heeft voor dit thema, heeft die dan ook voor het andere."),
    )

    def __init__(self, theme: Theme | None = None, **options: Any) -> None:
        super().__init__(data=_of_theme(theme) if theme else None, **options)
        others = [each for each in themes.list_themes() if each is not theme]
        self.successor.choices = [NO_THEME, *theme_choices(others)]

    def details(self) -> ThemeDetails:
        """What was filled in; call after validate()."""
        words: dict[str, Any] = {name: self[name].data or "" for name in _WORDS}
        return ThemeDetails(
            **words,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            successor_id=int(self.successor.data) if self.successor.data else None,
        )


def _of_theme(theme: Theme) -> dict[str, Any]:
    same = {name: getattr(theme, name) for name in (*_WORDS, "starts_on", "ends_on")}
    return same | {"successor": str(theme.successor_id or "")}


class JoinThemeForm(Form):
    """With which theme another one is joined."""

    theme = SelectField(_l("Met welk thema?"), [REQUIRED])

    def __init__(self, gone: Theme, **options: Any) -> None:
        super().__init__(**options)
        others = [each for each in themes.list_themes() if each is not gone]
        self.theme.choices = [NO_THEME, *theme_choices(others)]
