"""Wishes in a round whose places are divided later: a first and a second one, never the same."""

from collections.abc import Mapping

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.breakouts.models import Wish
from app.database import db
from app.events.models import Event, Round, Slot
from app.registration.models import Registration
from app.words import Refusal

Pair = tuple[int | None, int | None]
"""Ids of the slots of the first and the second wish."""


class WishRefused(Refusal):
    """These are not two wishes for this round."""

    says = {
        "two": _l("Kies bij ‘%(title)s’ een eerste en een tweede wens, en niet twee keer hetzelfde."),
        "closed": _l("Wensen kan niet meer bij ‘%(title)s’."),
        "gone": _l("Het programma is intussen veranderd. Kies opnieuw."),
    }


def offered_in(event: Event, row: Round, registration: Registration) -> list[Slot]:
    """What somebody can wish in a round: a slot of several rounds in the first of them."""
    return [
        slot
        for slot in event.slots
        if slot.rounds and slot.rounds[0] is row and not slot.cancelled and registration.mode in slot.modes
    ]


def save_wishes(event: Event, registration: Registration, wanted: Mapping[int, Pair]) -> None:
    """Keep the wishes for these rounds, by their ids, instead of those before; two empty ones take them back. Raises WishRefused."""
    rounds = {each.id: each for each in event.rounds}
    for round_id, pair in wanted.items():
        row = rounds.get(round_id)
        if row is None:
            raise WishRefused("gone")
        if not (row.open and row.takes_wishes):
            raise WishRefused("closed", title=row.title)
        _save(row, registration, pair, {slot.id for slot in offered_in(event, row, registration)})


def _save(row: Round, registration: Registration, pair: Pair, offered: set[int]) -> None:
    chosen = {each for each in pair if each is not None}
    if chosen and len(chosen) < 2:
        raise WishRefused("two", title=row.title)
    if chosen - offered:
        raise WishRefused("gone")
    mine = sa.delete(Wish).where(Wish.registration_id == registration.id, Wish.round_id == row.id)
    db.session.execute(mine)
    for rank, slot_id in enumerate(pair if chosen else (), 1):
        db.session.add(Wish(registration_id=registration.id, round_id=row.id, rank=rank, slot_id=slot_id))
    db.session.flush()


def wishes_of(registration: Registration) -> dict[tuple[int, int], int]:
    """By round and rank the slot that somebody wishes."""
    wanted = sa.select(Wish).where(Wish.registration_id == registration.id)
    return {(wish.round_id, wish.rank): wish.slot_id for wish in db.session.scalars(wanted)}


def count_wishes(event: Event) -> dict[int, int]:
    """How many people said their wishes, by round."""
    wanted = sa.select(Wish.round_id, sa.func.count()).join(Round, Round.id == Wish.round_id)
    wanted = wanted.where(Round.event_id == event.id, Wish.rank == 1).group_by(Wish.round_id)
    return dict(db.session.execute(wanted).all())
