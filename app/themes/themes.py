"""The managed list of themes: what it holds, in its order."""

from collections.abc import Collection
from itertools import count

import sqlalchemy as sa

from app import folding
from app.database import db
from app.themes.models import Theme


def list_themes() -> list[Theme]:
    """All themes in their order, also those that have ended."""
    return list(db.session.scalars(sa.select(Theme).order_by(Theme.place, Theme.id)))


def load_themes(theme_ids: Collection[str | int]) -> list[Theme]:
    """Those of these ids that there are, in their order."""
    wanted = sa.select(Theme).where(Theme.id.in_([int(theme_id) for theme_id in theme_ids]))
    return list(db.session.scalars(wanted.order_by(Theme.place, Theme.id)))


def find_theme_of_name(name: str) -> Theme | None:
    """The theme that is called this in Dutch, whatever the capitals and accents."""
    wanted = folding.fold_accents(name)
    return next((theme for theme in list_themes() if folding.fold_accents(theme.name_nl) == wanted), None)


def add_theme(name_nl: str, name_en: str, *, unsettled: bool = False) -> Theme | None:
    """Add a theme at the end of the list; None when the name is there already."""
    if find_theme_of_name(name_nl):
        return None
    place = db.session.scalars(sa.select(sa.func.coalesce(sa.func.max(Theme.place), -1))).one() + 1
    theme = Theme(slug=_free_slug(name_nl), mark=_mark_of(name_nl), name_nl=name_nl, name_en=name_en, place=place)
    theme.unsettled = unsettled
    db.session.add(theme)
    db.session.flush()
    return theme


def _mark_of(name: str) -> str:
    """The first letters of its first two words, or of its only one."""
    words = [word for word in folding.in_address(name).split("-") if word] or ["t"]
    return (words[0][0] + words[1][0] if len(words) > 1 else words[0][:2]).upper()


def _free_slug(name: str) -> str:
    base = folding.in_address(name)[:70].strip("-") or "thema"
    used = set(db.session.scalars(sa.select(Theme.slug).where(Theme.slug.startswith(base))))
    return base if base not in used else next(f"{base}-{n}" for n in count(2) if f"{base}-{n}" not in used)
