"""The managed list of themes: what it holds, in its order; which can be chosen, and in which others they went over."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import clock, folding, slugs
from app.database import db
from app.signals import Signal
from app.themes.models import Theme, ThemeMerge
from app.words import Refusal

renamed = Signal("A theme is called something else from now on; sent with the theme.")


class NameTaken(Refusal):
    """Another theme is called this already."""

    says = _l("Deze naam staat al in de lijst.")
    tone = "error"
    field = "name_nl"


class EndsTooEarly(Refusal):
    """A theme ends before it begins, or goes on in another one without ending."""

    says = {
        "before_start": _l("De laatste dag ligt voor de eerste dag. Kies een latere dag."),
        "never": _l("Vul ook in wanneer dit thema eindigt. Daarna gaat het verder in het andere."),
    }
    tone = "error"
    field = "ends_on"


class GoesInCircles(Refusal):
    """The theme in which one would go on goes on in that one itself."""

    says = _l("Dat thema gaat zelf verder in dit thema. Kies een ander.")
    tone = "error"
    field = "successor"


@dataclass(frozen=True)
class ThemeDetails:
    """What an administrator fills in about a theme."""

    name_nl: str
    name_en: str
    summary_nl: str = ""
    summary_en: str = ""
    mark: str = ""
    """Empty: made of the name."""
    starts_on: date | None = None
    ends_on: date | None = None
    successor_id: int | None = None


def list_themes() -> list[Theme]:
    """All themes in their order, also those that have ended."""
    return list(db.session.scalars(sa.select(Theme).order_by(Theme.place, Theme.id)))


def list_choosable(had: Iterable[Theme] = ()) -> list[Theme]:
    """Those that can be chosen today, and those that the row on the form has already."""
    kept = {theme.id for theme in had}
    return [theme for theme in list_themes() if theme.id in kept or is_open(theme, clock.today())]


def go_on_today(had: Iterable[Theme]) -> list[Theme]:
    """What something new is about when the one before it was about these: what ended makes place for its successor."""
    open_today = {theme.id: theme for theme in list_choosable()}
    chains = [successors_of(theme.id) for theme in had]
    wanted = {next((each for each in chain if each in open_today), None) for chain in chains}
    return [theme for theme_id, theme in open_today.items() if theme_id in wanted]


def is_open(theme: Theme, day: date) -> bool:
    """Whether a theme can be chosen on this day."""
    return (theme.starts_on is None or theme.starts_on <= day) and (theme.ends_on is None or day <= theme.ends_on)


def search_themes(words: Collection[str]) -> list[Theme]:
    """Those with all these folded words in their names, in either language; there are few themes."""
    named = ((theme, folding.fold_accents(f"{theme.name_nl} {theme.name_en}")) for theme in list_themes())
    return [theme for theme, name in named if words and all(word in name for word in words)]


def has_ended(theme: Theme) -> bool:
    return theme.ends_on is not None and theme.ends_on < clock.today()


def list_unsettled() -> list[Theme]:
    """Those that came of words that somebody typed, and of which nobody said yet what they are."""
    return [theme for theme in list_themes() if theme.unsettled]


def load_themes(theme_ids: Collection[str | int]) -> list[Theme]:
    """Those of these ids that there are, in their order."""
    wanted = sa.select(Theme).where(Theme.id.in_([int(theme_id) for theme_id in theme_ids]))
    return list(db.session.scalars(wanted.order_by(Theme.place, Theme.id)))


def find_theme(slug: str) -> Theme | None:
    """The theme whose page has this in its address."""
    return db.session.scalars(sa.select(Theme).where(Theme.slug == slug)).one_or_none()


def find_theme_of_name(name: str) -> Theme | None:
    """The theme that is called this in Dutch, whatever the capitals and accents."""
    wanted = folding.fold_accents(name)
    return next((theme for theme in list_themes() if folding.fold_accents(theme.name_nl) == wanted), None)


def add_theme(name_nl: str, name_en: str) -> Theme | None:
    """Add a theme at the end of the list; None when the name is there already."""
    if find_theme_of_name(name_nl):
        return None
    place = db.session.scalars(sa.select(sa.func.coalesce(sa.func.max(Theme.place), -1))).one() + 1
    theme = Theme(slug=_free_slug(name_nl), mark=_mark_of(name_nl), name_nl=name_nl, name_en=name_en, place=place)
    db.session.add(theme)
    db.session.flush()
    return theme


def create_theme(details: ThemeDetails) -> Theme:
    """Add a theme that an administrator described. Raises NameTaken, EndsTooEarly or GoesInCircles."""
    theme = add_theme(details.name_nl, details.name_en)
    if theme is None:
        raise NameTaken
    change_theme(theme, details)
    return theme


def change_theme(theme: Theme, details: ThemeDetails) -> None:
    """Describe a theme anew; its address stays. Raises NameTaken, EndsTooEarly or GoesInCircles."""
    if find_theme_of_name(details.name_nl) not in (None, theme):
        raise NameTaken
    if details.starts_on and details.ends_on and details.ends_on < details.starts_on:
        raise EndsTooEarly("before_start")
    _check_successor(theme, details)
    other_name = theme.name_nl != details.name_nl
    for name in ThemeDetails.__dataclass_fields__:
        setattr(theme, name, getattr(details, name))
    theme.mark = (details.mark or _mark_of(details.name_nl)).upper()[:2]
    db.session.flush()
    if other_name:
        renamed.send(theme)


def move_theme_up(theme: Theme) -> None:
    """Move a theme one place up in the list."""
    order = list_themes()
    at = order.index(theme)
    if at:
        order[at - 1], order[at] = order[at], order[at - 1]
    for place, each in enumerate(order):
        each.place = place


def settle_theme(theme: Theme) -> None:
    """An administrator says that it is a theme of its own."""
    theme.unsettled = False


def successors_of(theme_id: int | None) -> list[int]:
    """The ids of a theme and of those in which it went over, one after the other."""
    after = _successor_ids()
    chain: list[int] = []
    while theme_id is not None and theme_id not in chain:
        chain.append(theme_id)
        theme_id = after.get(theme_id)
    return chain


def with_predecessors(theme_ids: Iterable[int]) -> set[int]:
    """These themes, and all that went over in them."""
    wanted, after = set(theme_ids), _successor_ids()
    while more := {before for before, successor in after.items() if successor in wanted} - wanted:
        wanted |= more
    return wanted


def list_predecessors(theme: Theme) -> list[Theme]:
    """Those that went over in this one."""
    wanted = sa.select(Theme).where(Theme.successor_id == theme.id).order_by(Theme.place, Theme.id)
    return list(db.session.scalars(wanted))


def _successor_ids() -> dict[int, int]:
    known = db.session.execute(sa.select(Theme.id, Theme.successor_id))
    return {before: after for before, after in known if after is not None}


def _check_successor(theme: Theme, details: ThemeDetails) -> None:
    if details.successor_id is None:
        return
    if details.ends_on is None:
        raise EndsTooEarly("never")
    if theme.id in successors_of(details.successor_id):
        raise GoesInCircles


def _mark_of(name: str) -> str:
    """The first letters of its first two words, or of its only one."""
    words = [word for word in folding.in_address(name).split("-") if word] or ["t"]
    return (words[0][0] + words[1][0] if len(words) > 1 else words[0][:2]).upper()


def _free_slug(name: str) -> str:
    """A readable part of an address that no theme has, nor had before it was joined with another."""
    before = db.session.scalars(sa.select(ThemeMerge.slug).where(ThemeMerge.undone_at.is_(None)))
    return slugs.free_slug(Theme.slug, name, "thema", taken=list(before))
