"""One search over people, organisations and events, in spite of accents and typing errors, on both databases alike.

Names are kept as words. A word that is sought gives the words it stands for: itself, those
it begins, and those one letter away. The last are found without comparing all words: each
is kept with every variant that misses a letter, and two words that differ in one letter
share such a variant (the symmetric delete method of SymSpell). So the cost follows the
number of different words, not of people.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from app.database import Rows, db, insert_new
from app.events.models import Event
from app.network import seeing
from app.network.finding.models import SearchEntry, SearchKind, SearchVariant, SearchWord
from app.network.models import Membership, Standing
from app.network.organisations import short_names
from app.network.organisations.models import Organisation
from app.network.people import names
from app.network.people.models import EmailAddress, Person, Position
from app.network.seeing import CLOCKWORK, Viewer
from app.themes import themes
from app.themes.models import Theme

MOST = 8
"""Hits of each kind."""
_MOST_WORDS = 5
_ALIKE = 60
"""Words that one sought word may stand for."""
_KINDS: dict[type[Person] | type[Organisation] | type[Event], SearchKind] = {
    Person: SearchKind.PERSON,
    Organisation: SearchKind.ORGANISATION,
    Event: SearchKind.EVENT,
}
_BATCH = 5000


@dataclass(frozen=True)
class SearchResult:
    """What a search gives, the best first."""

    people: list[Person]
    organisations: list[Organisation]
    events: list[Event]
    themes: list[Theme]

    @property
    def nothing(self) -> bool:
        return not (self.people or self.organisations or self.events or self.themes)


def search_everywhere(text: str, viewer: Viewer = CLOCKWORK) -> SearchResult:
    """People and events that the viewer sees and all organisations and themes that fit, at most MOST of each.

    By a mail address only people whose addresses the viewer may know are found.
    """
    by_kind = {
        SearchKind.PERSON: _by_address(text, viewer) if "@" in text else None,
        SearchKind.ORGANISATION: None,
        SearchKind.EVENT: None,
    }
    sought = [_words_alike(word) for word in names.search_words(text)[:_MOST_WORDS]] if "@" not in text else []
    found_ids = {
        kind: _best_hits(kind, viewer, given, sought) if given is not None or sought else []
        for kind, given in by_kind.items()
    }
    options = [selectinload(Person.positions).joinedload(Position.organisation), selectinload(Person.memberships)]
    return SearchResult(
        people=_in_order(sa.select(Person).options(*options), Person.id, found_ids[SearchKind.PERSON]),
        organisations=_in_order(sa.select(Organisation), Organisation.id, found_ids[SearchKind.ORGANISATION]),
        events=_in_order(sa.select(Event).options(joinedload(Event.network)), Event.id, found_ids[SearchKind.EVENT]),
        themes=themes.search_themes(names.search_words(text))[:MOST],
    )


def select_alike(kind: SearchKind, word: str) -> sa.Select[int]:
    """Ids of subjects of a kind with a word that this folded one may stand for; who may see them is asked elsewhere."""
    alike = SearchEntry.word_id.in_(list(_words_alike(word)))
    return sa.select(SearchEntry.subject_id).where(SearchEntry.kind == kind, alike)


def connect_search_index() -> None:
    """Keep the words up to date with every name that a session of this process saves."""
    if not sqlalchemy_event.contains(Session, "after_flush", _keep_up):
        sqlalchemy_event.listen(Session, "after_flush", _keep_up)


def rebuild_search_index() -> None:
    """Build all words again, for rows that were added without a session."""
    for table in (SearchEntry, SearchVariant, SearchWord):
        db.session.execute(sa.delete(table))
    for model in _KINDS:
        last = 0
        wanted: sa.Select[Any] = sa.select(model).order_by(model.id).limit(_BATCH)
        while rows := list(db.session.scalars(wanted.where(model.id > last))):
            _index_rows(db.session(), rows)
            last = rows[-1].id
            for row in rows:
                db.session.expunge(row)


def forget_unused_words(text: str) -> None:
    """Delete the words of a text that stand in no name any more."""
    used = sa.select(SearchEntry.word_id).where(SearchEntry.word_id == SearchWord.id).exists()
    unused = sa.select(SearchWord.id).where(SearchWord.word.in_(names.search_words(text)), ~used)
    word_ids = list(db.session.scalars(unused))
    tables = ((SearchVariant, SearchVariant.word_id), (SearchWord, SearchWord.id)) if word_ids else ()
    for table, key in tables:
        gone = sa.delete(table).where(key.in_(word_ids))
        db.session.execute(gone.execution_options(synchronize_session=False))


def index_again(events: list[Event]) -> None:
    """Make the words of sessions anew whose titles were changed without a session."""
    _index_rows(db.session(), events)


def index_people(texts: Mapping[int, str]) -> None:
    """Make the words of people who are new and were added without a session: what they are found by, by their id."""
    _write_words(db.session(), {(SearchKind.PERSON, number): text for number, text in texts.items()})


def demand_search_index() -> None:
    """Make the words of a database that has names but was filled by a version without this search."""
    if db.session.scalar(sa.select(SearchWord.id).limit(1)) is None:
        rebuild_search_index()


def _keep_up(session: Session, flush_context: object) -> None:
    changed = [row for row in [*session.new, *session.dirty] if type(row) in _KINDS and _renamed(row)]
    if changed:
        _index_rows(session, changed)
    for row in session.deleted:
        if kind := _KINDS.get(type(row)):
            session.execute(sa.delete(SearchEntry.__table__).where(_entry_of(kind, [row.id])))


def _renamed(row: Any) -> bool:
    state = sa.inspect(row)
    return any(
        state.attrs[name].history.has_changes()
        for name in ("name", "call_name", "title", "erased_at", "merged_into_id")
        if name in state.attrs
    )


def _searched_text(row: Person | Organisation | Event) -> str:
    """What a row is found by; nothing for people who were erased or merged into somebody else."""
    if isinstance(row, Person):
        return "" if row.erased_at or row.merged_into_id else f"{row.name} {row.call_name}"
    if isinstance(row, Organisation):
        return f"{row.name} {short_names.short_name_of(row.name)}"
    return row.title


def _index_rows(session: Session, rows: list[Any]) -> None:
    for kind in SearchKind:
        mine = [row for row in rows if _KINDS[type(row)] == kind]
        if mine:
            session.execute(sa.delete(SearchEntry.__table__).where(_entry_of(kind, [row.id for row in mine])))
    _write_words(session, {(_KINDS[type(row)], row.id): _searched_text(row) for row in rows})


def _write_words(session: Session, texts: Mapping[tuple[SearchKind, int], str]) -> None:
    """The words of what has none yet."""
    words = {subject: names.search_words(text) for subject, text in texts.items()}
    word_ids = _word_ids(session, {word for found in words.values() for word in found})
    entries = [
        {"word_id": word_ids[word], "kind": kind.value, "subject_id": subject_id}
        for (kind, subject_id), found in words.items()
        for word in found
    ]
    if entries:
        session.execute(insert_new(SearchEntry.__table__, "word_id", "kind", "subject_id"), entries)


def _entry_of(kind: SearchKind, subject_ids: list[int]) -> sa.ColumnElement[bool]:
    return (SearchEntry.kind == kind) & SearchEntry.subject_id.in_(subject_ids)


def _word_ids(session: Session, words: Iterable[str]) -> dict[str, int]:
    """Ids of words, new ones added with their variants."""
    words = sorted(words)
    known = _known_words(session, words)
    new = [word for word in words if word not in known]
    if new:
        session.execute(insert_new(SearchWord.__table__, "word"), [{"word": word} for word in new])
        fresh = _known_words(session, new)
        variants = [
            {"variant": variant, "word_id": word_id} for word, word_id in fresh.items() for variant in _variants(word)
        ]
        session.execute(insert_new(SearchVariant.__table__, "variant", "word_id"), variants)
        known |= fresh
    return known


def _known_words(session: Session, words: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(words), 1000):
        wanted = sa.select(SearchWord.word, SearchWord.id).where(SearchWord.word.in_(words[start : start + 1000]))
        found |= dict(session.execute(wanted).all())
    return found


def _variants(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)) if len(word) > 3)}


def _words_alike(word: str) -> dict[int, int]:
    """The words that a sought one may stand for: id → how far away (0 the word itself, 1 begun with, 2 mistyped)."""
    begins = (SearchWord.word >= word) & (SearchWord.word < word + "\U0010ffff")
    rows = list(
        db.session.execute(
            sa.select(SearchWord.id, SearchWord.word)
            .where(begins)
            .order_by(sa.func.length(SearchWord.word), SearchWord.word)
            .limit(_ALIKE)
        )
    )
    found = {search_word_id: int(other != word) for search_word_id, other in rows}
    if len(word) > 3:
        mistyped = (
            sa.select(SearchWord.id, SearchWord.word)
            .join(SearchVariant, SearchVariant.word_id == SearchWord.id)
            .where(SearchVariant.variant.in_(_variants(word)))
        )
        for search_word_id, other in db.session.execute(mistyped):
            if _a_letter_apart(word, other):
                found.setdefault(search_word_id, 2)
    return found


def _a_letter_apart(one: str, other: str) -> bool:
    """Whether a letter is missing, added or another, or two that stand together are swapped (OSA distance of at most 1)."""
    begin = 0
    while one[begin : begin + 1] == other[begin : begin + 1] != "":
        begin += 1
    one, other = one[begin:], other[begin:]
    if one[1:] == other[1:] or one[1:] == other or one == other[1:]:
        return True
    return one[2:] == other[2:] and one[:2] == other[:2][::-1]


def _best_hits(kind: SearchKind, viewer: Viewer, given: Rows | None, sought: list[dict[int, int]]) -> list[int]:
    """Ids of the best hits of a kind that the viewer sees."""
    ranked = given if given is not None else _ranked(kind, sought)
    if ranked is None:
        return []
    hits = ranked.subquery()
    wanted = sa.select(hits.c.subject_id).order_by(hits.c.distance, hits.c.subject_id).limit(MOST)
    if kind == SearchKind.PERSON and viewer.networks is not None:
        mine = sa.select(Membership.id).where(
            Membership.person_id == hits.c.subject_id,
            seeing.networks(viewer, Membership.network_id),
            Membership.standing != Standing.LEFT,
        )
        wanted = wanted.where(mine.exists())
    if kind == SearchKind.EVENT and viewer.networks is not None:
        mine = sa.select(Event.id).where(Event.id == hits.c.subject_id, seeing.networks(viewer, Event.network_id))
        wanted = wanted.where(mine.exists())
    return list(db.session.scalars(wanted))


def _ranked(kind: SearchKind, sought: list[dict[int, int]]) -> Rows | None:
    """Subjects that have every sought word, with the sum of how far their words are away."""
    if not all(sought):
        return None
    best = [
        sa.select(SearchEntry.subject_id, sa.func.min(sa.case(alike, value=SearchEntry.word_id)).label("distance"))
        .where(SearchEntry.kind == kind, SearchEntry.word_id.in_(list(alike)))
        .group_by(SearchEntry.subject_id)
        .subquery()
        for alike in sought
    ]
    distance = sum((each.c.distance for each in best[1:]), best[0].c.distance)
    ranked = sa.select(best[0].c.subject_id, distance.label("distance"))
    for each in best[1:]:
        ranked = ranked.join(each, each.c.subject_id == best[0].c.subject_id)
    return ranked


def _by_address(text: str, viewer: Viewer) -> Rows:
    """People with an address that the viewer may know and that begins like this."""
    begins = EmailAddress.key.startswith(text.strip().lower(), autoescape=True)
    return (
        sa.select(
            EmailAddress.person_id.label("subject_id"), sa.func.min(sa.func.length(EmailAddress.key)).label("distance")
        )
        .where(begins, seeing.addresses(viewer))
        .group_by(EmailAddress.person_id)
    )


def _in_order(wanted: sa.Select[Any], key: InstrumentedAttribute[int], ids: list[int]) -> list[Any]:
    if not ids:
        return []
    found = {row.id: row for row in db.session.scalars(wanted.where(key.in_(ids)))}
    return [found[row_id] for row_id in ids if row_id in found]
