"""Who is who of a network: who chose to be seen by its members, and what they show.

One selection, `select_shown`, says who that is. The list, its beginning on another page, the count, the search, one card, the
picture, the contact persons and the form to write to somebody all go through it: what is withdrawn is gone from all at once.
There is no file of it to take along, since what was taken along cannot be withdrawn.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.database import db
from app.directory.models import Listing, ListingPicture, Shown, Visibility
from app.folding import fold_accents
from app.network.finding import search
from app.network.finding.models import SearchKind
from app.network.models import Membership, Network, Standing
from app.network.network_queries import list_roles
from app.network.organisations.models import ContactPerson, Organisation
from app.network.people import job_positions, names
from app.network.people.models import Person, Position, interests
from app.themes import themes
from app.themes.models import Theme

PER_PAGE = 50
FIRST = 6
"""People with whom another page shows what who is who is."""
FEWEST_OTHERS = 5
"""Fewer people who are not in the list are not counted: that would nearly name them."""
_MOST_WORDS = 5


@dataclass(frozen=True)
class Card:
    """Somebody as members see them: what they did not choose to show is not in it."""

    listing_id: int
    person_id: int
    name: str
    organisation: str
    role: str = ""
    themes: Sequence[Theme] = ()
    knows: str = ""
    seeks: str = ""
    picture: bool = False


@dataclass(frozen=True)
class ContactLine:
    """Whom to ask at an organisation, for a theme or for all."""

    organisation: str
    theme: Theme | None
    listing_id: int
    person_id: int
    name: str


def select_shown(network: Network, *fields: Shown) -> sa.Select[Person]:
    """People who are in who is who of a network, and show these too: members who said yes, unless they asked to use nothing."""
    yes = (Visibility.person_id == Person.id, *_holds(network, Shown.NAME))
    shown = sa.select(Person).join(Visibility, sa.and_(*yes))
    shown = shown.join(Listing, sa.and_(Listing.person_id == Person.id, Listing.network_id == network.id))
    shown = shown.where(sa.exists().where(Membership.person_id == Person.id, *_is_member(network)))
    shown = shown.where(Person.erased_at.is_(None), Person.merged_into_id.is_(None))
    for field in fields:
        shown = shown.where(Person.id.in_(_who_show(network, field)))
    return shown


def page_of_people(network: Network, text: str = "") -> Pagination:
    """A page of who fits, by family name, as Cards in `items` of the pagination."""
    wanted = select_shown(network)
    for word in names.search_words(text)[:_MOST_WORDS]:
        fits = _who_fit(network, word).subquery()
        wanted = wanted.join(fits, fits.c[0] == Person.id)
    wanted = wanted.order_by(Person.sort_name, Person.id).params(day=clock.today())
    found = _People(select=wanted, per_page=PER_PAGE, error_out=False)
    found.items = _make_cards(network, found.items)
    return found


def first_people(network: Network) -> list[Card]:
    """With whom another page shows what who is who is: whoever came last."""
    wanted = select_shown(network).order_by(Listing.id.desc()).limit(FIRST)
    return _make_cards(network, db.session.scalars(wanted.options(*_OF_A_CARD)).all())


def count_people(network: Network) -> int:
    return _count(select_shown(network))


def count_others(network: Network) -> int:
    """How many members are not in the list; nought where they are so few that it would nearly name them."""
    others = _count(sa.select(Membership.id).where(*_is_member(network))) - count_people(network)
    return others if others >= FEWEST_OTHERS else 0


def find_card(network: Network, listing_id: int) -> Card | None:
    """Somebody who is in the list."""
    return _one_card(network, Listing.id == listing_id)


def own_card(network: Network, person: Person) -> Card | None:
    """Somebody as others see them now; None while they are not in the list."""
    return _one_card(network, Person.id == person.id)


def read_picture(network: Network, listing_id: int) -> bytes | None:
    """A picture that somebody shows in this network."""
    wanted = select_shown(network, Shown.PICTURE).where(Listing.id == listing_id)
    wanted = wanted.join(ListingPicture, ListingPicture.listing_id == Listing.id)
    found: bytes | None = db.session.scalar(wanted.with_only_columns(ListingPicture.content))
    return found


def page_of_contacts(network: Network) -> Pagination:
    """A page of contact persons who chose to be seen as that, by organisation, as ContactLines in `items`."""
    wanted = _select_contacts(network).join(ContactPerson.organisation).order_by(Organisation.name, ContactPerson.id)
    whole = [joinedload(each) for each in (ContactPerson.organisation, ContactPerson.person, ContactPerson.theme)]
    found = db.paginate(wanted.options(*whole), per_page=PER_PAGE, error_out=False)
    people = [each.person_id for each in found.items]
    numbers = dict(
        db.session.execute(
            sa.select(Listing.person_id, Listing.id).where(
                Listing.network_id == network.id, Listing.person_id.in_(people)
            )
        ).all()
    )
    found.items = [
        ContactLine(each.organisation.name, each.theme, numbers[each.person_id], each.person_id, each.person.name)
        for each in found.items
    ]
    return found


def has_contacts(network: Network) -> bool:
    """Whether anybody is to be seen as a contact person."""
    return db.session.scalar(_select_contacts(network).with_only_columns(ContactPerson.id).limit(1)) is not None


def is_contact_person(person: Person) -> bool:
    """Whether an organiser noted somebody as the one to ask at an organisation: then they can choose to be seen as that."""
    gone = job_positions.has_left(ContactPerson.person_id, ContactPerson.organisation_id)
    wanted = sa.select(ContactPerson.id).where(ContactPerson.person_id == person.id, ~gone)
    return db.session.scalar(wanted.limit(1)) is not None


class _People(Pagination):
    """A page of people whose number is counted along: to look for them a second time would take as long again."""

    _counted = 0

    def _query_items(self) -> list[Any]:
        wanted: sa.Select[Any] = self._query_args["select"]
        numbered = wanted.with_only_columns(Person.id, sa.func.count().over(), maintain_column_froms=True)
        rows = db.session.execute(numbered.limit(self.per_page).offset(self._query_offset)).all()
        self._counted = rows[0][1] if rows else _count(wanted.with_only_columns(Person.id)) if self.page > 1 else 0
        ids = [person_id for person_id, _ in rows]
        found = {
            each.id: each
            for each in db.session.scalars(sa.select(Person).where(Person.id.in_(ids)).options(*_OF_A_CARD))
        }
        return [found[person_id] for person_id in ids]

    def _query_count(self) -> int:
        return self._counted


_OF_A_CARD = (
    selectinload(Person.positions).options(joinedload(Position.organisation), joinedload(Position.role)),
    selectinload(Person.themes),
)


def _holds(network: Network, field: Shown) -> tuple[sa.ColumnElement[bool], ...]:
    return Visibility.network_id == network.id, Visibility.field == field, Visibility.withdrawn_at.is_(None)


def _who_show(network: Network, field: Shown) -> sa.Select[int]:
    """Ids of people who said yes to showing this to the members of a network."""
    return sa.select(Visibility.person_id).where(*_holds(network, field))


def _is_member(network: Network) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions that a membership is of a member of whom we use the data."""
    in_it = (Membership.network_id == network.id, Membership.standing == Standing.MEMBER)
    return *in_it, Membership.restricted_at.is_(None)


def _select_contacts(network: Network) -> sa.Select[ContactPerson]:
    shown = select_shown(network, Shown.CONTACT).with_only_columns(Person.id)
    gone = job_positions.has_left(ContactPerson.person_id, ContactPerson.organisation_id)
    return sa.select(ContactPerson).where(ContactPerson.person_id.in_(shown), ~gone)


def _who_fit(network: Network, word: str) -> sa.CompoundSelect[int]:
    """Ids of people in whose shown words a word stands: nobody is found by what they do not show.

    As one list of ids, from which a database begins: it then looks at nobody else.
    """
    at = Position.organisation_id.in_(search.select_alike(SearchKind.ORGANISATION, word))
    roles = [each.code for each in list_roles() if word in fold_accents(str(each.words))]
    untitled = sa.func.coalesce(Position.title, "") == ""
    titled = sa.func.lower(Position.title).contains(word, autoescape=True)
    job = sa.or_(titled, sa.and_(untitled, Position.role_code.in_(roles))) if roles else titled
    written = sa.select(Listing.person_id).where(
        Listing.network_id == network.id, Listing.found_by.contains(word, autoescape=True)
    )
    ways = [search.select_alike(SearchKind.PERSON, word), _who_have(at), _who_have(job, network, Shown.ROLE), written]
    if found := themes.search_themes([word]):
        chosen = sa.select(interests.c.person_id).where(interests.c.theme_id.in_([each.id for each in found]))
        ways.append(chosen.where(_shows(interests.c.person_id, network, Shown.THEMES)))
    return sa.union(*ways)


def _shows(person_id: sa.SQLColumnExpression[int], network: Network, field: Shown) -> sa.ColumnElement[bool]:
    return sa.exists().where(Visibility.person_id == person_id, *_holds(network, field))


def _who_have(
    position: sa.ColumnElement[bool], network: Network | None = None, field: Shown | None = None
) -> sa.Select[int]:
    """Ids of people whose position of today meets a condition; with `field` of those who show it in the network."""
    wanted = sa.select(Position.person_id).join(Position.person).where(position, job_positions.IS_CURRENT)
    return wanted.where(_shows(Position.person_id, network, field)) if network and field else wanted


def _count(wanted: sa.Select[Any]) -> int:
    counted = sa.select(sa.func.count()).select_from(wanted.order_by(None).subquery())
    return db.session.scalars(counted).one()


def _one_card(network: Network, condition: sa.ColumnElement[bool]) -> Card | None:
    found = db.session.scalars(select_shown(network).where(condition).options(*_OF_A_CARD)).all()
    return next(iter(_make_cards(network, found)), None)


def _make_cards(network: Network, people: Sequence[Person]) -> list[Card]:
    """Of people who are in the list, in a fixed number of queries."""
    ids = [each.id for each in people]
    given = sa.select(Visibility.person_id, Visibility.field).where(
        Visibility.network_id == network.id, Visibility.person_id.in_(ids), Visibility.withdrawn_at.is_(None)
    )
    shows: dict[int, set[Shown]] = defaultdict(set)
    for person_id, field in db.session.execute(given):
        shows[person_id].add(field)
    wanted = sa.select(Listing).where(Listing.network_id == network.id, Listing.person_id.in_(ids))
    listings = {each.person_id: each for each in db.session.scalars(wanted)}
    return [_make_card(each, listings[each.id], shows[each.id]) for each in people]


def _make_card(person: Person, listing: Listing, shows: set[Shown]) -> Card:
    position = job_positions.current_position(person)
    return Card(
        listing.id,
        person.id,
        person.name,
        position.organisation.name if position else "",
        position.job if position and Shown.ROLE in shows else "",
        person.themes if Shown.THEMES in shows else (),
        listing.knows if Shown.KNOWS in shows else "",
        listing.seeks if Shown.SEEKS in shows else "",
        Shown.PICTURE in shows,
    )
