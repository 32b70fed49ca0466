"""One managed list of themes, where interests had topics and impressions free words; what sessions, series, networks and insights are about."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"

_ABOUT = (
    ("network_themes", "network_id", "networks"),
    ("series_themes", "series_id", "series"),
    ("event_themes", "event_id", "events"),
    ("impression_themes", "impression_id", "impressions"),
    ("insight_themes", "insight_id", "insights"),
)
_topics = sa.table("topics", *(sa.column(name) for name in ("id", "name_nl", "name_en", "place")))
_themes = sa.table(
    "themes",
    *(sa.column(name) for name in ("id", "slug", "name_nl", "name_en", "summary_nl", "summary_en", "mark", "place")),
    sa.column("unsettled", sa.Boolean()),
)
_words = sa.table("themes", *(sa.column(name) for name in ("impression_id", "name")))
_impression_themes = sa.table("impression_themes", *(sa.column(name) for name in ("impression_id", "theme_id")))
_audiences = sa.table("audiences", sa.column("id"), sa.column("rule", sa.JSON()))
_merges = sa.table("merges", sa.column("id"), sa.column("journal", sa.JSON()))
_log = sa.table(
    "audit_log", sa.column("id"), sa.column("subject"), *(sa.column(name, sa.JSON()) for name in ("changes", "step"))
)
_TOPIC_COLUMNS = ("id", "name_nl", "name_en", "place")


def upgrade() -> None:
    words = [(each.impression_id, each.name) for each in op.get_bind().execute(sa.select(_words))]
    topics = [each._asdict() for each in op.get_bind().execute(sa.select(_topics).order_by(_topics.c.place))]
    op.drop_table("themes")
    _create_themes()
    for table, key, of in _ABOUT:
        _create_about(table, key, of)
    op.bulk_insert(_themes, list(_as_themes(topics, words)))
    _keep_ids_unique("themes")
    _carry_words(words)
    _turn("topic", "theme")
    op.drop_table("topics")
    _turn_rules("topic", "theme")
    _turn_journals("topic", "theme")
    _create_theme_merges()
    with op.batch_alter_table("commitments", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.add_column(sa.Column("theme_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_commitments_theme_id"), ["theme_id"])
        batch_op.create_foreign_key(batch_op.f("fk_commitments_theme_id"), "themes", ["theme_id"], ["id"])


def downgrade() -> None:
    """What sessions, series, networks, insights and commitments were about is lost; impressions keep the words."""
    names = sa.select(_impression_themes.c.impression_id, _themes.c.name_nl).join(
        _themes, _themes.c.id == _impression_themes.c.theme_id
    )
    words = sorted({(impression_id, name[:60]) for impression_id, name in op.get_bind().execute(names)})
    themes = [each._asdict() for each in op.get_bind().execute(sa.select(_themes))]
    with op.batch_alter_table("commitments", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_commitments_theme_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_commitments_theme_id"))
        batch_op.drop_column("theme_id")
    op.drop_table("theme_merges")
    op.create_table(
        "topics",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_nl", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topics")),
        sa.UniqueConstraint("name_nl", name=op.f("uq_topics_name_nl")),
        sqlite_autoincrement=True,
    )
    op.bulk_insert(_topics, [{name: each[name] for name in _TOPIC_COLUMNS} for each in themes])
    _keep_ids_unique("topics")
    _turn("theme", "topic")
    _turn_rules("theme", "topic")
    _turn_journals("theme", "topic")
    for table, *_ in reversed(_ABOUT):
        op.drop_table(table)
    op.drop_table("themes")
    op.create_table(
        "themes",
        sa.Column("impression_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["impression_id"], ["impressions.id"], name=op.f("fk_themes_impression_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("impression_id", "name", name=op.f("pk_themes")),
    )
    op.create_index(op.f("ix_themes_name"), "themes", ["name"])
    op.bulk_insert(_words, [{"impression_id": impression_id, "name": name} for impression_id, name in words])


def _create_themes() -> None:
    op.create_table(
        "themes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name_nl", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("summary_nl", sa.String(length=500), nullable=False),
        sa.Column("summary_en", sa.String(length=500), nullable=False),
        sa.Column("mark", sa.String(length=2), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("unsettled", sa.Boolean(), nullable=False),
        sa.CheckConstraint("mark <> ''", name=op.f("ck_themes_mark")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_themes_period")),
        sa.CheckConstraint("successor_id <> id", name=op.f("ck_themes_successor")),
        sa.CheckConstraint("successor_id IS NULL OR ends_on IS NOT NULL", name=op.f("ck_themes_ended")),
        sa.ForeignKeyConstraint(["successor_id"], ["themes.id"], name=op.f("fk_themes_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_themes")),
        sa.UniqueConstraint("slug", name=op.f("uq_themes_slug")),
        sa.UniqueConstraint("name_nl", name=op.f("uq_themes_name_nl")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_themes_successor_id"), "themes", ["successor_id"])


def _create_theme_merges() -> None:
    op.create_table(
        "theme_merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("journal", sa.JSON(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["kept_id"], ["themes.id"], name=op.f("fk_theme_merges_kept_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_merges")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_theme_merges_kept_id"), "theme_merges", ["kept_id"])
    op.create_index(op.f("ix_theme_merges_slug"), "theme_merges", ["slug"])


def _create_about(table: str, key: str, of: str) -> None:
    op.create_table(
        table,
        sa.Column(key, sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint([key], [f"{of}.id"], name=op.f(f"fk_{table}_{key}"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f(f"fk_{table}_theme_id")),
        sa.PrimaryKeyConstraint(key, "theme_id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_theme_id"), table, ["theme_id"])


def _as_themes(topics: list[dict[str, Any]], words: Iterable[tuple[int, str]]) -> Iterator[dict[str, Any]]:
    """Topics keep their ids; a word that is none of them becomes a theme that an administrator still settles."""
    slugs: set[str] = set()
    known = {_folded(each["name_nl"]) for each in topics}
    numbers = count(max((each["id"] for each in topics), default=0) + 1)
    places = count(max((each["place"] for each in topics), default=-1) + 1)
    for each in topics:
        yield each | _rest(each["name_nl"], slugs)
    for word in sorted({" ".join(word.split()) for _, word in words}):
        if _folded(word) not in known:
            known.add(_folded(word))
            name = {"name_nl": word, "name_en": word}
            yield {"id": next(numbers), "place": next(places)} | name | _rest(word, slugs, unsettled=True)


def _rest(name: str, slugs: set[str], *, unsettled: bool = False) -> dict[str, Any]:
    parts = [part for part in re.split(r"[^a-z0-9]+", _folded(name)) if part] or ["thema"]
    base = "-".join(parts)[:70].strip("-")
    slug = base if base not in slugs else next(f"{base}-{n}" for n in count(2) if f"{base}-{n}" not in slugs)
    slugs.add(slug)
    mark = (parts[0][0] + parts[1][0] if len(parts) > 1 else parts[0][:2]).upper()
    return {"slug": slug, "mark": mark, "summary_nl": "", "summary_en": "", "unsettled": unsettled}


def _folded(text: str) -> str:
    """Whatever the capitals, accents and spaces."""
    plain = unicodedata.normalize("NFKD", " ".join(text.split()).casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def _carry_words(words: Iterable[tuple[int, str]]) -> None:
    themes = {
        _folded(name): theme_id for theme_id, name in op.get_bind().execute(sa.select(_themes.c.id, _themes.c.name_nl))
    }
    pairs = {(impression_id, themes[_folded(word)]) for impression_id, word in words}
    op.bulk_insert(_impression_themes, [{"impression_id": key, "theme_id": theme} for key, theme in sorted(pairs)])


def _turn(old: str, new: str) -> None:
    """Interests and contact persons name the other table."""
    with op.batch_alter_table("interests") as batch_op:
        batch_op.drop_constraint(batch_op.f(f"fk_interests_{old}_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f(f"ix_interests_{old}_id"))
        batch_op.alter_column(f"{old}_id", new_column_name=f"{new}_id")
    with op.batch_alter_table("interests") as batch_op:
        batch_op.create_index(batch_op.f(f"ix_interests_{new}_id"), [f"{new}_id"])
        batch_op.create_foreign_key(
            batch_op.f(f"fk_interests_{new}_id"), f"{new}s", [f"{new}_id"], ["id"], ondelete="CASCADE"
        )
    with op.batch_alter_table("contact_persons", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.drop_constraint(batch_op.f(f"fk_contact_persons_{old}_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f(f"uq_contact_persons_organisation_id_person_id_{old}_id"), type_="unique")
        batch_op.alter_column(f"{old}_id", new_column_name=f"{new}_id")
    with op.batch_alter_table("contact_persons", table_kwargs={"sqlite_autoincrement": True}) as batch_op:
        batch_op.create_unique_constraint(
            batch_op.f(f"uq_contact_persons_organisation_id_person_id_{new}_id"),
            ["organisation_id", "person_id", f"{new}_id"],
        )
        batch_op.create_foreign_key(
            batch_op.f(f"fk_contact_persons_{new}_id"), f"{new}s", [f"{new}_id"], ["id"], ondelete="CASCADE"
        )


def _turn_rules(old: str, new: str) -> None:
    for audience_id, rule in op.get_bind().execute(sa.select(_audiences)).all():
        turned = [[each | {"block": new} if each["block"] == old else each for each in group] for group in rule]
        if turned != rule:
            op.execute(_audiences.update().where(_audiences.c.id == audience_id).values(rule=turned))


def _turn_journals(old: str, new: str) -> None:
    """What is kept to undo merges and changes names the other table and column."""
    merges = sa.select(_merges).where(sa.cast(_merges.c.journal, sa.Text).contains(old))
    for merge_id, journal in op.get_bind().execute(merges).all():
        turned = [_turned(entry, old, new) for entry in journal]
        op.execute(_merges.update().where(_merges.c.id == merge_id).values(journal=turned))
    entries = sa.select(_log).where(_log.c.subject.in_(["contact_persons", f"{old}s"]))
    for entry_id, subject, changes, step in op.get_bind().execute(entries).all():
        values = {
            "subject": f"{new}s" if subject == f"{old}s" else subject,
            "changes": _with_column(changes, old, new),
            "step": _turned(step, old, new) if step else sa.null(),
        }
        op.execute(_log.update().where(_log.c.id == entry_id).values(values))


def _turned(entry: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    if entry["table"] in ("interests", "contact_persons"):
        parts = {part: entry[part] for part in ("key", "row", "before", "after") if part in entry}
        return entry | {part: _with_column(values, old, new) for part, values in parts.items()}
    if entry["table"] != f"{old}s":
        return entry
    parts = {part: entry[part] for part in ("row", "before", "after") if part in entry}
    if new == "topic":
        parts = {
            part: {name: values[name] for name in _TOPIC_COLUMNS if name in values} for part, values in parts.items()
        }
    elif entry.get("deleted"):
        nothing = {"starts_on": None, "ends_on": None, "successor_id": None}
        parts["row"] = parts["row"] | nothing | _rest(parts["row"]["name_nl"], set())
    return entry | {"table": f"{new}s"} | parts


def _with_column(values: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    return {f"{new}_id" if name == f"{old}_id" else name: value for name, value in values.items()}


def _keep_ids_unique(table: str) -> None:
    """PostgreSQL counts on from the ids that were given here."""
    if op.get_bind().dialect.name == "postgresql":
        top = f"(SELECT coalesce(max(id), 1) FROM {table})"  # noqa: S608, names of our own tables
        op.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {top})")
