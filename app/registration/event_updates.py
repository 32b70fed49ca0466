"""When an event moves, is cancelled or gets more seats: everybody concerned is told, once a change.

The mails are planned in the transaction of the change and written by the clockwork, so
that saving a session with a thousand invitations takes no longer than with one.
"""

from collections.abc import Sequence

from app.breakouts import choices
from app.events import capacity, planning
from app.events.models import Event
from app.events.planning import Notice
from app.invitations import participation
from app.invitations.waves import waves
from app.outbox import errands, message_writing
from app.outbox.kinds import MessageKind
from app.outbox.models import Errand, ErrandKind
from app.registration import answers, change_notices, course_places, registration_letters


def connect_event_updates() -> None:
    """Listen to what happens to events, and write the mails that follow from it."""
    change_notices.wire()
    errands.register_errand(ErrandKind.LET_IN, _let_some_in, course_places.FEW)
    errands.register_errand(ErrandKind.SEAT, _seat_some, course_places.FEW)
    planning.changing.connect(_lock_course_first)
    planning.moved.connect(_event_moved)
    planning.cancelled.connect(_event_cancelled)
    planning.withdrawn.connect(waves.hold_waves)
    planning.seats_changed.connect(_seats_changed)
    for kind in registration_letters.FORMS:
        write = registration_letters.write_registration_letters
        message_writing.register_writer(kind, write, keep=participation.remember)


def _lock_course_first(event: Event) -> None:
    """Who enrols locks the course, then its meetings: who changes a meeting does the same, so that neither waits for the other."""
    if meeting := course_places.meeting_of(event):
        course_places.lock_course(meeting.edition, {event.id})


def _let_some_in(errand: Errand, enrolment_ids: Sequence[int]) -> None:
    from app.registration import course_line

    course_line.let_some_in(errand, enrolment_ids)


def _seat_some(errand: Errand, day_ids: Sequence[int]) -> None:
    from app.registration import course_seating

    course_seating.seat_some(errand, day_ids)


def _event_moved(event: Event, told: bool, notice: Notice) -> None:
    """Who waits comes in too: while it was cancelled, or had begun, nobody did."""
    errands.finish_earlier(event.id)
    if event.published:
        waves.revive_waves(event)
    waves.reschedule_waves(event)
    _seats_changed(event, notice)
    if told and notice.send:
        change_notices.plan_notices(event, MessageKind.EVENT_CHANGED, notice)
    elif told:
        change_notices.follow_silent_change(event)


def _event_cancelled(event: Event, notice: Notice) -> None:
    errands.finish_earlier(event.id)
    waves.abandon_waves(event)
    change_notices.tell_of_cancelling(event, notice)


def _seats_changed(event: Event, notice: Notice) -> None:
    if course_places.meeting_of(event) is None:
        capacity.lock_event(event.id)
    answers.let_in_waiting(event, notice)
    choices.let_in(event, event.slots)
