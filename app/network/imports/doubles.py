"""People who are in twice: nearly the same name at one organisation, the same at two. Found by a job, decided by people."""

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.database import db, insert_new, only_reading
from app.network import seeing
from app.network.imports.models import Double, Likeness
from app.network.models import Membership, Network
from app.network.organisations import lineage
from app.network.organisations.models import Organisation
from app.network.people import mailboxes, names, people
from app.network.people.models import Person, Position
from app.network.people.name_reading import read_name
from app.network.seeing import Viewer

PER_PAGE = 20
_ALIKE = 88
"""Likeness of two names, of 100, from which they may be one person's."""
_CROWD = 300
"""From this many people on, an organisation's names are compared only with those that begin alike."""
_BATCH = 500

Pair = tuple[int, int]
"""Ids of two people, the lower one first."""
Pairs = dict[Pair, tuple[Likeness, int]]
"""Why each two may be one, and how much they are alike."""
Row = tuple[int, str]
"""Id of a person and the words of their name in alphabetical order."""


def find_doubles() -> int:
    """Look through everybody while others may write; returns how many new pairs there are. Pairs that were dismissed stay so."""
    with only_reading():
        pairs, known = _find_pairs(), _known_pairs()
    _forget_pairs([pair for pair, dismissed in known.items() if pair not in pairs and dismissed is None])
    return _keep_pairs({pair: why for pair, why in pairs.items() if pair not in known})


def _find_pairs() -> Pairs:
    by_place, everybody = _names_by_organisation()
    pairs: Pairs = {}
    for first, second in _same_names(everybody):
        pairs[first, second] = (Likeness.SAME_NAME, 100)
    for rows in by_place.values():
        for first, second, score in _near_pairs(rows):
            pairs[first, second] = (Likeness.SAME_PLACE, score)
    return pairs


def page_of_doubles(viewer: Viewer) -> Pagination:
    """A page of undecided pairs whom the viewer sees and of which they organise one, the likeliest first."""
    wanted = _undecided(viewer, viewer.organises).order_by(
        Double.likeness.desc(), Double.score.desc(), Double.first_id, Double.second_id
    )
    of_both = [
        joinedload(side).options(
            selectinload(Person.positions).joinedload(Position.organisation),
            selectinload(Person.addresses),
            selectinload(Person.memberships).joinedload(Membership.network),
        )
        for side in (Double.first, Double.second)
    ]
    return db.paginate(wanted.options(*of_both), per_page=PER_PAGE, error_out=False)


def count_doubles(network: Network, viewer: Viewer) -> int:
    pairs = _undecided(viewer, [network.id]).subquery()
    return db.session.scalars(sa.select(sa.func.count()).select_from(pairs)).one()


def doubles_of(person: Person, viewer: Viewer) -> list[Person]:
    """People whom the viewer sees who may be the same as this person."""
    pairs = sa.select(Double).where(
        Double.dismissed_at.is_(None), sa.or_(Double.first_id == person.id, Double.second_id == person.id)
    )
    others = {each.second_id if each.first_id == person.id else each.first_id for each in db.session.scalars(pairs)}
    return _load_people(people.seen_of(others, viewer))


def find_namesakes(name: str, organisation: Organisation | None, viewer: Viewer, most: int = 5) -> list[Person]:
    """People whom the viewer sees with nearly the same name at this organisation, or the same name anywhere."""
    from rapidfuzz import fuzz

    name = read_name(name).name
    sought = _sorted_words(name)
    same = sa.select(Person.id).where(Person.search_text.like(names.fold_name(name) + "%"))
    seen = _living() & seeing.people(viewer)
    found = set(db.session.scalars(same.where(seen).limit(50)))
    if organisation is not None:
        there = sa.select(Person.id, Person.name).join(Position, Position.person_id == Person.id)
        there = there.where(Position.organisation_id.in_(lineage.select_family(organisation)), seen)
        found |= {
            person_id
            for person_id, other in db.session.execute(there)
            if fuzz.ratio(sought, _sorted_words(other)) >= _ALIKE
        }
    return _load_people(list(found)[:most])


def known_as(name: str, address: str, organisation: Organisation | None, viewer: Viewer) -> list[Person]:
    """Whom the viewer sees that somebody who asks may be already: by their address, else by their name."""
    owner = mailboxes.find_owner(address) or mailboxes.find_meant(name, address, through=True)
    if owner is not None:
        return _load_people(people.seen_of([owner.id], viewer))
    return find_namesakes(name, organisation, viewer)


def dismiss_double(first: int, second: int) -> bool:
    """These are two people; False when the pair is not known."""
    pair = db.session.get(Double, tuple(sorted((first, second))))
    if pair is not None:
        pair.dismissed_at = clock.now()
    return pair is not None


def _load_people(person_ids: Iterable[int]) -> list[Person]:
    wanted = sa.select(Person).where(Person.id.in_(list(person_ids))).order_by(Person.sort_name, Person.id)
    options = [selectinload(Person.positions).joinedload(Position.organisation), selectinload(Person.memberships)]
    return list(db.session.scalars(wanted.options(*options)))


def _living() -> sa.ColumnElement[bool]:
    return sa.and_(Person.erased_at.is_(None), Person.merged_into_id.is_(None))


def _undecided(viewer: Viewer, networks: Collection[int] | None) -> sa.Select[Any]:
    """Pairs whom the viewer sees, of which one is in these networks (None: whichever)."""
    wanted = sa.select(Double).where(Double.dismissed_at.is_(None))
    if viewer.organises is not None:
        seen = sa.select(Person.id).where(seeing.people(viewer))
        wanted = wanted.where(*(seen.where(Person.id == side).exists() for side in (Double.first_id, Double.second_id)))
    if networks is not None:
        mine = sa.select(Membership.person_id).where(Membership.network_id.in_(networks))
        wanted = wanted.where(sa.or_(Double.first_id.in_(mine), Double.second_id.in_(mine)))
    return wanted


def _names_by_organisation() -> tuple[dict[int, list[Row]], list[Row]]:
    """Everybody with a name of at least two words: by organisation, as it is today, and all together."""
    wanted = (
        sa.select(Person.id, Person.name, lineage.organisation_id_today(Position.organisation_id))
        .outerjoin(Position, Position.person_id == Person.id)
        .where(_living())
        .distinct()
    )
    by_place: defaultdict[int, list[Row]] = defaultdict(list)
    everybody: dict[int, str] = {}
    for person_id, name, place in db.session.execute(wanted, execution_options={"yield_per": 5000}):
        words = everybody.get(person_id) or _sorted_words(name)
        if " " in words:
            everybody[person_id] = words
            if place is not None:
                by_place[place].append((person_id, words))
    return by_place, list(everybody.items())


def _sorted_words(name: str) -> str:
    return " ".join(sorted(names.search_words(name)))


def _same_names(rows: list[Row]) -> Iterator[tuple[int, int]]:
    """Neighbours among those of exactly the same name: three of them give two pairs."""
    by_name = defaultdict(list)
    for person_id, words in rows:
        by_name[words].append(person_id)
    for person_ids in by_name.values():
        person_ids.sort()
        yield from itertools.pairwise(person_ids)


def _near_pairs(rows: list[Row]) -> Iterator[tuple[int, int, int]]:
    """Pairs of nearly the same names with their likeness, lower id first."""
    from rapidfuzz import fuzz, process

    blocks = defaultdict(list)
    for person_id, words in rows:
        blocks[words[0] if len(rows) > _CROWD else ""].append((person_id, words))
    for block in blocks.values():
        block.sort()
        sought = [words for _, words in block]
        for place, (person_id, words) in enumerate(block[:-1]):
            later = sought[place + 1 :]
            for _, score, at in process.extract(words, later, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=None):
                yield person_id, block[place + 1 + at][0], round(score)


def _known_pairs() -> dict[Pair, datetime | None]:
    """The pairs of the table, with when somebody dismissed them."""
    known = sa.select(Double.first_id, Double.second_id, Double.dismissed_at)
    return {(first, second): dismissed for first, second, dismissed in db.session.execute(known)}


def _forget_pairs(gone: list[Pair]) -> None:
    for some in _batches(gone):
        these = sa.tuple_(Double.first_id, Double.second_id).in_(some)
        db.session.execute(sa.delete(Double).where(these, Double.dismissed_at.is_(None)))
        db.session.commit()


def _keep_pairs(pairs: Pairs) -> int:
    """Add these pairs, of whom both are there still; returns how many."""
    kept = 0
    for some in _batches(list(pairs)):
        people = sa.select(Person.id).where(Person.id.in_({each for pair in some for each in pair}), _living())
        there = set(db.session.scalars(people))
        new = [
            {
                "first_id": first,
                "second_id": second,
                "likeness": pairs[first, second][0],
                "score": pairs[first, second][1],
            }
            for first, second in some
            if {first, second} <= there
        ]
        if new:
            db.session.execute(insert_new(Double.__table__, "first_id", "second_id"), new)
        db.session.commit()
        kept += len(new)
    return kept


def _batches(pairs: list[Pair]) -> Iterator[list[Pair]]:
    for start in range(0, len(pairs), _BATCH):
        yield pairs[start : start + _BATCH]
