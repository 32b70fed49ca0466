"""Where a theme is in use, and what becomes of all that when it goes up in another one."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from app import clock
from app.database import db
from app.indicators.models import IndicatorVersion, Narrow
from app.matching.models import match_topics
from app.network.audiences import rule_rows
from app.network.audiences.audience_blocks import Rule
from app.network.audiences.models import Audience
from app.network.organisations.models import ContactPerson
from app.network.people.models import Person, interests
from app.row_journal import Entries, RowJournal, references_to, select_rows, take_back
from app.signals import Signal
from app.themes import themes
from app.themes.models import (
    Theme,
    ThemeMerge,
    course_themes,
    event_themes,
    impression_themes,
    insight_themes,
    item_themes,
    network_themes,
    series_themes,
)
from app.words import Refusal

UNDOABLE = timedelta(days=30)
joined = Signal("Themes were joined, or came apart again; sent with the one that was kept.")
_ONCE = (
    interests, ContactPerson.__table__, network_themes, series_themes, event_themes, course_themes, item_themes,
    impression_themes, insight_themes, match_topics,
)  # fmt: skip
"""Tables in which a row for both themes is one row afterwards."""


class CannotJoin(Refusal):
    """These two themes cannot become one, or two again."""

    says = {
        "itself": _l("Een thema kan niet met zichzelf worden samengevoegd."),
        "successor": _l("Het ene thema gaat verder in het andere. Haal dat eerst weg als het hetzelfde thema is."),
        "both": _l("Beide thema’s staan naast elkaar op een agenda of in een rapportage. Haal er daar eerst een weg."),
        "undone": _l("Dit is al ongedaan gemaakt."),
        "too_late": _l("Ongedaan maken kan tot een maand na het samenvoegen."),
        "overtaken": _l("Er is sindsdien te veel veranderd. Ongedaan maken kan niet meer; er is niets veranderd."),
    }
    tone = "error"


class ThemeInUse(Refusal):
    """A theme that something is about stays."""

    says = _l(
        "‘%(name)s’ is in gebruik en blijft daarom staan. Laat het eindigen, of voeg het samen met een ander thema."
    )
    tone = "error"


def count_uses(theme: Theme) -> int:
    """How often something names this theme: people, networks, sessions, agendas, audiences and all others."""
    uses = [
        sa.select(sa.func.count()).select_from(column.table).where(column == theme.id).scalar_subquery()
        for column in references_to("themes")
    ]
    counted = db.session.execute(sa.select(*uses)).one()
    return sum(counted) + int(rule_rows.is_named("themes", theme.id))


def remove_theme(theme: Theme) -> None:
    """Take a theme out of the list. Raises ThemeInUse."""
    if count_uses(theme):
        raise ThemeInUse(name=theme.words)
    db.session.delete(theme)
    db.session.flush()


def join_themes(kept: Theme, gone: Theme) -> ThemeMerge:
    """Let all that is about one theme be about another one; the first is no more. Raises CannotJoin."""
    _check_join(kept, gone)
    db.session.flush()
    journal = RowJournal()
    for column in references_to("themes"):
        journal.move(column, gone.id, kept.id)
        for row in select_rows(column.table, column == gone.id):
            if column.table not in _ONCE:
                raise CannotJoin("both")
            journal.delete(column.table, {each.name: row[each.name] for each in column.table.primary_key})
    _join_in_rules(kept, gone, journal)
    merge = ThemeMerge(kept_id=kept.id, slug=gone.slug, name=gone.name_nl)
    journal.delete(Theme.__table__, {"id": gone.id})
    db.session.expunge(gone)
    merge.journal = journal.entries
    db.session.add(merge)
    _finish(merge)
    return merge


def undo_join(merge: ThemeMerge) -> None:
    """Make two themes of one again; what was said of the kept one since stays there. Raises CannotJoin."""
    db.session.refresh(merge, with_for_update=True)
    if merge.undone_at is not None:
        raise CannotJoin("undone")
    if merge.at < clock.now() - UNDOABLE:
        raise CannotJoin("too_late")
    try:
        take_back(_still_possible(merge.journal))
    except IntegrityError as error:
        raise CannotJoin("overtaken") from error
    merge.undone_at, merge.journal = clock.now(), []
    _finish(merge)


def undoable_joins() -> list[ThemeMerge]:
    """What was joined and can still come apart, latest first."""
    recent = sa.select(ThemeMerge).where(ThemeMerge.undone_at.is_(None), ThemeMerge.at >= clock.now() - UNDOABLE)
    return list(db.session.scalars(recent.order_by(ThemeMerge.id.desc())))


def forget_old_joins() -> int:
    """Drop what is kept to undo joins that are too old for that. Returns how many."""
    old = [
        each
        for each in db.session.scalars(sa.select(ThemeMerge).where(ThemeMerge.at < clock.now() - UNDOABLE))
        if each.journal
    ]
    for each in old:
        each.journal = []
    return len(old)


def find_theme_of_old_address(slug: str) -> Theme | None:
    """The theme in which the one with this address went up."""
    wanted = sa.select(ThemeMerge).where(ThemeMerge.slug == slug, ThemeMerge.undone_at.is_(None))
    merge = db.session.scalars(wanted.order_by(ThemeMerge.id.desc()).limit(1)).one_or_none()
    return merge.kept if merge else None


def _check_join(kept: Theme, gone: Theme) -> None:
    if kept is gone:
        raise CannotJoin("itself")
    if gone.id in themes.successors_of(kept.id) or kept.id in themes.successors_of(gone.id):
        raise CannotJoin("successor")


def _join_in_rules(kept: Theme, gone: Theme, journal: RowJournal) -> None:
    for audience_id, rule in db.session.execute(sa.select(Audience.id, Audience.rule)).all():
        if ("themes", gone.id) in rule_rows.rows_of_rule(rule):
            turned = list(_rule_about(rule, kept.id, gone.id))
            journal.update(Audience.__table__, {"id": audience_id}, rule=turned)
    for version_id, narrowing in db.session.execute(sa.select(IndicatorVersion.id, IndicatorVersion.narrowing)).all():
        if ("themes", gone.id) in rule_rows.rows_of_narrowing(narrowing):
            counted = _instead(narrowing[Narrow.THEME], kept.id, gone.id)
            journal.update(
                IndicatorVersion.__table__, {"id": version_id}, narrowing=narrowing | {Narrow.THEME.value: counted}
            )


def _rule_about(rule: Rule, kept: int, gone: int) -> Iterator[list[dict[str, object]]]:
    for group in rule:
        yield [
            each | {"values": _instead(each["values"], kept, gone)}
            if rule_rows.NAMED.get(each["block"]) == "themes"
            else each
            for each in group
        ]


def _instead(values: Iterable[Any], kept: int, gone: int) -> list[Any]:
    """These values with the one instead of the other, each once."""
    return list(dict.fromkeys(kept if value == gone else value for value in values))


def _still_possible(entries: Entries) -> Entries:
    """Nobody who was erased or merged since gets an interest or a task back."""
    named = {entry["row"]["person_id"] for entry in entries if "row" in entry and "person_id" in entry["row"]}
    there = sa.select(Person.id).where(
        Person.id.in_(named), Person.erased_at.is_(None), Person.merged_into_id.is_(None)
    )
    gone = named - set(db.session.scalars(there))
    return [entry for entry in entries if entry.get("row", {}).get("person_id") not in gone]


def _finish(merge: ThemeMerge) -> None:
    db.session.flush()
    db.session.expire_all()
    joined.send(merge.kept)
