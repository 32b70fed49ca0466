"""How themes are chosen on a form."""

from wtforms.fields.choices import SelectChoice

from app.themes.models import Theme


def theme_choices(themes: list[Theme]) -> list[SelectChoice]:
    return [SelectChoice(str(theme.id), theme.words) for theme in themes]
