"""Which organisation, kind or theme somebody means by what they typed, with a proposal where nobody knows it."""

import re
from collections.abc import Iterable
from functools import cached_property

from flask_babel import force_locale, gettext

from app import folding
from app.contact_moments.models import ContactKind
from app.network.organisations.models import Organisation
from app.network.organisations.organisations import OrganisationFinder
from app.themes import themes
from app.themes.models import Theme

_BETWEEN = re.compile(r"[;,\n]")
"""What stands between the names of several organisations in one cell."""
_LANGUAGES = ("nl", "en")


class Unknown(ValueError):
    """Nothing is called that; the message says so to who typed it."""


class Meanings:
    """Finds what was meant; made once per request, so that rows cost no queries."""

    def __init__(self) -> None:
        self.finder = OrganisationFinder()

    def organisations(self, text: str) -> list[Organisation]:
        """The organisation of that name, or those of several with marks between them. Raises Unknown."""
        if whole := self.finder.organisation(text):
            return [whole]
        parts = [part.strip() for part in _BETWEEN.split(text)]
        return [self._organisation(part) for part in parts if part]

    def _organisation(self, text: str) -> Organisation:
        found = self.finder.organisation(text)
        if found is None:
            raise Unknown(
                _say(gettext("De organisatie ‘%(text)s’ kennen we niet.", text=text[:100]), self.finder.near(text))
            )
        return found

    def kind(self, text: str) -> ContactKind:
        """The kind of that name, in either language. Raises Unknown."""
        found = self._kinds.get(folding.fold_accents(text))
        if found is None:
            known = ", ".join(str(each.words) for each in ContactKind)
            raise Unknown(
                gettext("Het soort ‘%(text)s’ kennen we niet. Kies uit: %(known)s.", text=text[:60], known=known)
            )
        return found

    def theme(self, text: str) -> Theme:
        """The theme of that name, in either language. Raises Unknown."""
        found = self._themes.get(folding.fold_accents(text))
        if found is None:
            problem = gettext("Het thema ‘%(text)s’ kennen we niet.", text=text[:80])
            near = _nearest(text, self._themes)
            raise Unknown(_say(problem, self._themes[near].words if near else None))
        return found

    @cached_property
    def _kinds(self) -> dict[str, ContactKind]:
        found: dict[str, ContactKind] = {}
        for language in _LANGUAGES:
            with force_locale(language):
                found |= {folding.fold_accents(str(kind.words)): kind for kind in ContactKind}
        return found

    @cached_property
    def _themes(self) -> dict[str, Theme]:
        return {
            folding.fold_accents(name): theme
            for theme in reversed(themes.list_themes())
            for name in (theme.name_en, theme.name_nl)
        }


def _nearest(text: str, names: Iterable[str]) -> str | None:
    from rapidfuzz import process

    best = process.extractOne(folding.fold_accents(text), list(names), score_cutoff=70)
    return best[0] if best else None


def _say(problem: str, near: str | None) -> str:
    return f"{problem} {gettext('Bedoel je ‘%(near)s’?', near=near)}" if near else problem
