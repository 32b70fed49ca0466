"""Rounds of the programme: when they are, until when people choose, and which slots stand beside each other in them.

Moments are half-open: what ends at three goes with what begins at three. Since rounds do not overlap, and a slot lies in
the rounds that it takes, nobody can choose two things at the same time.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.breakouts.models import Choice, Wish
from app.database import db
from app.events import hanging, planning
from app.events.models import Event, Round
from app.words import Refusal


class RoundRefused(Refusal):
    """The round does not go with the session, its slots or another round."""

    says = {
        "outside": _l("Deze ronde valt buiten de sessie. Kies een tijd tussen begin en einde."),
        "overlap": _l("Deze ronde valt samen met ‘%(title)s’. Laat de ene eindigen voordat de andere begint."),
        "slot": _l("‘%(title)s’ valt dan buiten deze ronde. Pas eerst dat onderdeel aan."),
    }
    field = "start"


class ClosesLate(Refusal):
    """Choosing would close after the round begins."""

    says = _l("Kiezen kan tot uiterlijk het begin van de ronde. Kies een eerder moment.")
    field = "closes_on"


class RoundChosen(Refusal):
    """People chose in a round: it stays, and stays to be chosen as it is."""

    says = {
        "removed": _l("Mensen kozen al iets in deze ronde. Daarom blijft zij staan."),
        "by_wish": _l("Mensen kozen al iets in deze ronde. Daarom blijft de manier van kiezen zo."),
    }
    field = "by_wish"


class MixedRounds(Refusal):
    """A slot takes rounds of which one is divided by wishes and another is not."""

    says = _l("‘%(title)s’ duurt meer rondes. Laat die allemaal verdelen, of geen ervan.")
    field = "by_wish"


class SlotOutsideRound(Refusal):
    """A slot has to lie in the rounds that it takes, and in no other."""

    says = {
        "end": _l("Vul in wanneer dit eindigt. Dan weten we of het in de ronde past."),
        "outside": _l("Dit valt buiten ‘%(title)s’. Kies een tijd binnen de ronde."),
        "overlap": _l("Dit valt ook in ‘%(title)s’. Kruis die ronde ook aan, of kies een andere tijd."),
    }
    field = "start"


def save_round(
    event: Event,
    row: Round | None,
    *,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    closes_at: datetime | None = None,
    by_wish: bool = False,
) -> Round:
    """Change a round, or add one when there is none. Raises RoundRefused, ClosesLate, RoundChosen or MixedRounds."""
    if not hanging.fits(event, starts_at, ends_at):
        raise RoundRefused("outside")
    if closes_at and closes_at > starts_at:
        raise ClosesLate
    for other in event.rounds:
        if other is not row and starts_at < other.ends_at and other.starts_at < ends_at:
            raise RoundRefused("overlap", title=other.title)
    if row and row.by_wish != by_wish and _is_chosen_in(row):
        raise RoundChosen("by_wish")
    if row is None:
        row = Round(event=event)
        db.session.add(row)
    row.title, row.starts_at, row.ends_at, row.closes_at = title, starts_at, ends_at, closes_at
    row.by_wish = by_wish
    for slot in event.slots:
        if row in slot.rounds and _fault(slot.rounds, event.rounds, slot.starts_at, slot.ends_at):
            raise RoundRefused("slot", title=slot.title)
        demand_one_way(slot.rounds, slot.title)
    planning.note_calendar_change(event)
    db.session.flush()
    return row


def remove_round(event: Event, row: Round) -> None:
    """Its slots stay, as parts of the programme for everybody. Raises RoundChosen."""
    if _is_chosen_in(row):
        raise RoundChosen("removed")
    for slot in event.slots:
        slot.rounds = [each for each in slot.rounds if each is not row]
    event.rounds.remove(row)
    planning.note_calendar_change(event)
    db.session.flush()


def demand_one_way(rounds: Sequence[Round], title: str) -> None:
    """Raises MixedRounds."""
    if len({each.by_wish for each in rounds}) > 1:
        raise MixedRounds(title=title)


def _is_chosen_in(row: Round) -> bool:
    chosen = [sa.select(model.id).where(model.round_id == row.id).exists() for model in (Choice, Wish)]
    return bool(row.divided_at or db.session.scalar(sa.select(sa.or_(*chosen))))


def demand_within(event: Event, rounds: Sequence[Round], starts_at: datetime, ends_at: datetime | None) -> None:
    """Raises SlotOutsideRound for a slot that does not lie in these rounds, or lies in others too."""
    if fault := _fault(rounds, event.rounds, starts_at, ends_at):
        problem, title = fault
        raise SlotOutsideRound(problem, title=title) if title else SlotOutsideRound(problem)


def _fault(
    rounds: Sequence[Round], others: Sequence[Round], starts_at: datetime, ends_at: datetime | None
) -> tuple[str, str] | None:
    if not rounds:
        return None
    if ends_at is None:
        return "end", ""
    first, last = min(each.starts_at for each in rounds), max(each.ends_at for each in rounds)
    if not first <= starts_at < ends_at <= last:
        return "outside", rounds[0].title
    for each in others:
        if each not in rounds and starts_at < each.ends_at and each.starts_at < ends_at:
            return "overlap", each.title
    return None
