"""What hangs on the date of an event, and what becomes of each when the event gets another: one list for every door.

The form, the choice of a poll, a copy and reviving all come here. A column with a day or a moment in a table that points
at an event stands in HANGING or in FREE; a test finds one that stands in neither.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import clock
from app.database import db
from app.events.models import Event, Round, Slot, Speaker
from app.registration.models import Allotment
from app.words import Refusal


class Rule(StrEnum):
    """What becomes of a moment when the event that it hangs on gets another date, or when a copy is made of that."""

    DISTANCE = "distance"
    """Stays as many days from the event, at the same hour on the wall; never before now."""
    ALONG = "along"
    """Stays as far behind the beginning, by the clock on the wall."""
    ASKS = "asks"
    """Stays where its organiser put it; where that does not go with the event any more, the organiser says when."""
    DROPS = "drops"
    """Belongs to the old date alone."""


@dataclass(frozen=True)
class Hanging:
    """The rule of one column when the event moves, and when it is copied."""

    moved: Rule
    copied: Rule


HANGING = {
    "events.ends_at": Hanging(Rule.ASKS, Rule.ALONG),
    "events.closes_at": Hanging(Rule.DISTANCE, Rule.DISTANCE),
    "slots.starts_at": Hanging(Rule.ALONG, Rule.ALONG),
    "slots.ends_at": Hanging(Rule.ALONG, Rule.ALONG),
    "slots.departs_at": Hanging(Rule.ALONG, Rule.ALONG),
    "rounds.starts_at": Hanging(Rule.ALONG, Rule.ALONG),
    "rounds.ends_at": Hanging(Rule.ALONG, Rule.ALONG),
    "rounds.closes_at": Hanging(Rule.DISTANCE, Rule.DISTANCE),
    "allotments.until": Hanging(Rule.DISTANCE, Rule.DISTANCE),
    "waves.at": Hanging(Rule.ASKS, Rule.DISTANCE),
    "waves.due_at": Hanging(Rule.DISTANCE, Rule.DISTANCE),
    "evaluations.asked_at": Hanging(Rule.DROPS, Rule.DROPS),
}
"""Rounds are moved in invitations/waves/waves.py and copied in wave_copies.py, kept seats are copied in registration/allotments.py,
evaluations are moved in lessons/evaluations: they hear of it by a signal.

A round that would be due before now asks too: it is mail to many. When an event is revived, its released rounds come back.
"""

_DONE = "when something was done"
FREE = {
    "events.starts_at": "the date itself",
    "asked_speakers.sent_at": _DONE,
    "asked_speakers.withdrawn_at": _DONE,
    "asked_speakers.answered_at": _DONE,
    "asked_speakers.thanked_at": _DONE,
    "events.created_at": _DONE,
    "events.changed_at": _DONE,
    "waves.hour": "an hour of the day",
    "waves.created_at": _DONE,
    "waves.ran_at": _DONE,
    "allotments.created_at": _DONE,
    "invitations.answered_at": _DONE,
    "invitations.maybe_at": _DONE,
    "invitations.created_at": _DONE,
    "invitations.calendar_stamp": "DTSTAMP of what a calendar was told",
    "registrations.created_at": _DONE,
    "registrations.changed_at": _DONE,
    "attendances.day": "who was there was there: planning.DayAttended keeps it a day of the event",
    "attendances.at": _DONE,
    "taps.day": "as attendances.day",
    "taps.tapped_at": _DONE,
    "taps.received_at": _DONE,
    "walk_in_proposals.day": "as attendances.day",
    "walk_in_proposals.tapped_at": _DONE,
    "walk_in_proposals.received_at": _DONE,
    "walk_in_proposals.settled_at": _DONE,
    "attendance_closings.closed_at": _DONE,
    "attendance_closings.mailed_at": _DONE,
    "certificates.withdrawn_at": _DONE,
    "course_meetings.dropped_at": _DONE,
    "materials.version_at": _DONE,
    "materials.removed_at": _DONE,
    "rounds.divided_at": _DONE,
    "divisions.at": _DONE,
    "need_list_mails.sent_at": _DONE,
    "archive_holds.at": _DONE,
    "link_requests.created_at": _DONE,
    "polls.created_at": _DONE,
    "errands.created_at": _DONE,
    "messages.created_at": _DONE,
    "messages.due_at": "when a mail may leave; what hangs on the event is the round that it belongs to",
    "messages.composed_at": _DONE,
    "messages.claimed_until": "of the worker that has it",
    "messages.sent_at": _DONE,
    "impressions.published_at": _DONE,
    "impressions.withdrawn_at": _DONE,
    "impressions.followed_up_at": _DONE,
    "impressions.created_at": _DONE,
    "visibilities.given_at": _DONE,
    "visibilities.withdrawn_at": _DONE,
    "commitments.due_on": "a promise among people, made at the event",
    "commitments.closed_at": _DONE,
    "commitments.named_at": _DONE,
    "commitments.created_at": _DONE,
}
"""Columns that stay as they are, and why."""


_MOMENTS_OF_SLOT = ("starts_at", "ends_at", "departs_at")
_COPIED_OF_SLOT = ("title", "description", "room", "on_site", "online", "seats_on_site", "seats_online")


class ProgrammeOutside(Refusal):
    """The programme does not fit between the new beginning and the new end."""

    says = _l("Het programma past niet tussen dit begin en einde. Pas eerst het programma aan.")
    field = "end"


@dataclass(frozen=True)
class Move:
    """From one beginning to another, by the clocks on the wall of both zones."""

    before: datetime
    zone_before: str
    after: datetime
    zone: str

    @classmethod
    def of(cls, event: Event, starts_at: datetime, zone: str = "") -> Self:
        """The move of an event to another beginning; before the event itself is changed."""
        return cls(event.starts_at, event.zone, starts_at, zone or event.zone)

    @property
    def days(self) -> timedelta:
        """How many whole days later, by the calendars on the wall."""
        before, after = clock.to_local(self.before, self.zone_before), clock.to_local(self.after, self.zone)
        return after.date() - before.date()

    def keep_hour(self, moment: datetime) -> datetime:
        """As many days from the event as it was, at its own hour."""
        wall = clock.to_local(moment, self.zone_before)
        return clock.moment_on_wall(wall.date() + self.days, wall.time(), self.zone)

    def go_along(self, moment: datetime) -> datetime:
        """As far behind the beginning as it was."""
        behind = _wall(moment, self.zone_before) - _wall(self.before, self.zone_before)
        wall = _wall(self.after, self.zone) + behind
        return clock.moment_on_wall(wall.date(), wall.time(), self.zone)


def closing_after(move: Move, closes_at: datetime, ends_at: datetime) -> datetime:
    """When registration closes after a move: as many days before, by its own hour.

    Who could register until the beginning still can; where that moment has gone by already, it closes at the beginning.
    """
    last = move.after if closes_at <= move.before else ends_at
    moved = move.keep_hour(closes_at)
    return move.after if closes_at == move.before or moved <= clock.now() else min(moved, last)


def shift_programme(event: Event, move: Move) -> None:
    """Take the programme along; where it then does not fit but would at its own hours, it keeps those. Raises ProgrammeOutside."""
    shift = _way_along(event, move)
    for part in _parts(event):
        part.starts_at = shift(part.starts_at)
        if part.ends_at:
            part.ends_at = shift(part.ends_at)
    for slot in event.slots:
        slot.departs_at = slot.departs_at and shift(slot.departs_at)
    for each in event.rounds:
        each.closes_at = each.closes_at and _choosing_closes(move, each.closes_at, each.starts_at)


def _parts(event: Event) -> list[Slot | Round]:
    return [*event.slots, *event.rounds]


def _way_along(event: Event, move: Move) -> Callable[[datetime], datetime]:
    for shift in (move.go_along, move.keep_hour):
        if all(fits(event, shift(part.starts_at), part.ends_at and shift(part.ends_at)) for part in _parts(event)):
            return shift
    raise ProgrammeOutside


def _choosing_closes(move: Move, closes_at: datetime, starts_at: datetime) -> datetime:
    """As many days before; where that moment has gone by already, when the round begins."""
    moved = move.keep_hour(closes_at)
    return starts_at if moved <= clock.now() else min(moved, starts_at)


def copy_programme(event: Event, twin: Event, move: Move) -> None:
    """The programme again at another date, with its rounds; nobody agreed yet to be named there."""
    rounds = {each: _copied_round(each, move) for each in event.rounds}
    twin.rounds = list(rounds.values())
    twin.slots = [_copied_slot(slot, rounds, move) for slot in event.slots if not slot.cancelled]


def _copied_round(each: Round, move: Move) -> Round:
    starts_at = move.go_along(each.starts_at)
    closes_at = each.closes_at and _choosing_closes(move, each.closes_at, starts_at)
    ends_at = move.go_along(each.ends_at)
    return Round(title=each.title, starts_at=starts_at, ends_at=ends_at, closes_at=closes_at, by_wish=each.by_wish)


def _copied_slot(slot: Slot, rounds: dict[Round, Round], move: Move) -> Slot:
    moments = {name: (moment := getattr(slot, name)) and move.go_along(moment) for name in _MOMENTS_OF_SLOT}
    return Slot(
        **moments,
        **{name: getattr(slot, name) for name in _COPIED_OF_SLOT},
        rounds=[rounds[each] for each in slot.rounds],
        speakers=[Speaker(name=speaker.name, affiliation=speaker.affiliation) for speaker in slot.speakers],
    )


def shift_kept_seats(event: Event, move: Move) -> None:
    """Seats that are still kept for organisations stay so until as many days before, from today until closing."""
    today = clock.today(event.zone)
    kept = sa.select(Allotment).where(Allotment.event_id == event.id, Allotment.until > clock.now())
    for allotment in db.session.scalars(kept):
        day = clock.to_local(move.keep_hour(allotment.until), event.zone).date()
        earliest = clock.start_of_day(max(day, today + timedelta(days=1)), event.zone)
        allotment.until = min(earliest, last_kept(event))


def last_kept(event: Event) -> datetime:
    """The last moment until which seats can be kept: the end of the day on which registration closes."""
    last = clock.to_local(event.closes_at, event.zone).date()
    return clock.start_of_day(last + timedelta(days=1), event.zone)


def fits(event: Event, starts_at: datetime, ends_at: datetime | None) -> bool:
    """Whether a part of the programme lies within the event."""
    return event.starts_at <= starts_at < event.ends_at and (ends_at is None or starts_at < ends_at <= event.ends_at)


def _wall(moment: datetime, zone: str) -> datetime:
    """What the clock on the wall says, to count with."""
    return clock.to_local(moment, zone).replace(tzinfo=None)
