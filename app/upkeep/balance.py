"""What always holds in the whole database, as a list of invariants; a breach is said in words with ids, never a name.

Asked by 'flask check --deep', once a day by the clockwork, and after every test (tests/books.py). Each invariant is
one statement that finds what should not be there, so that the rules that it holds against are not read for it.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app import clock
from app.agendas.models import Office
from app.attendance import arrivals, presence
from app.attendance.models import Attendance
from app.database import Moment, db, give_up_transaction
from app.events import capacity, event_days, hanging
from app.events.models import Event, EventState, Mode, Slot
from app.indicators.models import IndicatorVersion
from app.invitations.models import FormerInvitation, Invitation, Origin
from app.invitations.waves import wave_recipients, waves
from app.invitations.waves.models import Wave, WaveState
from app.lessons.evaluations.models import Evaluation, EvaluationSheet
from app.network.audiences.models import Audience
from app.network.imports.models import Merge
from app.network.models import Membership, Standing
from app.network.people.models import Person
from app.outbox import errands, message_states
from app.outbox.kinds import MessageKind
from app.outbox.models import Circuit, FinishedMessage, Message, MessageState, MessageStep
from app.registration.models import Allotment, Registration, RegistrationState
from app.setbacks import one_by_one
from app.upkeep import course_invariants, ids_in_json, programme_invariants  # noqa: F401  # add their own to the list
from app.upkeep.invariants import INVARIANTS, Rows, selected, walked

log = logging.getLogger("leerkring.balance")
NOW = sa.bindparam("now", type_=Moment())
CLOCKWORK = timedelta(minutes=10)
"""How long what is due by the clock may not have been done yet."""
COMING_UP = Event.ends_at > NOW
HOLDS_SEAT = Registration.state == RegistrationState.CONFIRMED
TAKES_PART = Registration.state != RegistrationState.CANCELLED


@dataclass(frozen=True)
class Breach:
    """Something that should not be: which invariant, and where."""

    invariant: str
    words: str

    def __str__(self) -> str:
        return f"{self.invariant.replace('_', ' ')}: {self.words}"


walked(Audience, EvaluationSheet, IndicatorVersion, Circuit)(ids_in_json.ids_in_json_are_of_rows_that_are_there)
walked(Merge)(ids_in_json.journals_name_nobody_who_was_erased)
walked(Message)(ids_in_json.details_say_what_their_numbers_are)


def find_breaches() -> Iterator[Breach]:
    """Everything that should not be, one invariant after the other; one that cannot be asked is a breach too."""
    for walk in INVARIANTS:
        try:
            found = list(walk())
        except Exception as error:
            give_up_transaction()
            log.error("%s could not be asked\n%s", walk.__name__, one_by_one.steps_to_error(error))
            found = [f"could not be asked: {one_by_one.describe_error(error)}"]
        for words in found:
            yield Breach(walk.__name__, words)


def _seats_of_mode() -> sa.ColumnElement[Any]:
    return sa.case((Registration.mode == Mode.ON_SITE, Event.seats_on_site), else_=Event.seats_online)


@selected("event {event}: {taken} have a seat {mode} and there are {seats}")
def seats_within_capacity() -> Rows:
    taken, seats = sa.func.count(), _seats_of_mode()
    return (
        sa.select(Event.id.label("event"), Registration.mode.label("mode"), seats.label("seats"), taken.label("taken"))
        .join(Registration, Registration.event_id == Event.id)
        .where(HOLDS_SEAT, COMING_UP)
        .group_by(Event.id, Registration.mode)
        .having(taken > seats)
    )


@selected("koppel of theme {theme}: offices {first} and {second} are one place on the same days")
def places_of_koppels_have_one_person() -> Rows:
    other = aliased(Office)
    same = [getattr(other, name) == getattr(Office, name) for name in ("agenda_theme_id", "party_id", "kind")]
    goes_on = [
        sa.or_(one.ends_on.is_(None), one.ends_on >= two.starts_on) for one, two in ((Office, other), (other, Office))
    ]
    theme, first, second = Office.agenda_theme_id, Office.id, other.id
    return (
        sa.select(theme.label("theme"), first.label("first"), second.label("second"))
        .join(other, sa.and_(*same, other.id > Office.id))
        .where(*goes_on)
    )


@selected("event {event}: {taken} of organisation {organisation} have a seat and it gets {quota}")
def seats_within_quota() -> Rows:
    taken, quota = sa.func.count(), sa.func.coalesce(Allotment.seats, Event.seats_per_organisation)
    place = Registration.organisation_id
    allotted = (Allotment.event_id == Event.id) & (Allotment.organisation_id == place)
    return (
        sa.select(Event.id.label("event"), place.label("organisation"), quota.label("quota"), taken.label("taken"))
        .join(Registration, Registration.event_id == Event.id)
        .outerjoin(Allotment, allotted)
        .where(HOLDS_SEAT, COMING_UP, place.is_not(None))
        .group_by(Event.id, place, quota)
        .having(taken > quota)
    )


@selected("event {event}: registration {registration} is {mode}, which is not offered")
def modes_are_offered() -> Rows:
    offered = sa.case((Registration.mode == Mode.ON_SITE, Event.on_site), else_=Event.online)
    return (
        sa.select(Event.id.label("event"), Registration.id.label("registration"), Registration.mode.label("mode"))
        .join(Registration, Registration.event_id == Event.id)
        .where(TAKES_PART, COMING_UP, ~offered)
    )


@selected("event {event}: person {person}, who was erased, merged or left, takes part by registration {registration}")
def gone_take_no_part() -> Rows:
    left = sa.select(Membership.id).where(
        Membership.person_id == Person.id,
        Membership.network_id == Event.network_id,
        Membership.standing == Standing.LEFT,
    )
    gone = sa.or_(Person.erased_at.is_not(None), Person.merged_into_id.is_not(None), left.exists())
    return (
        sa.select(Event.id.label("event"), Person.id.label("person"), Registration.id.label("registration"))
        .join(Registration, Registration.event_id == Event.id)
        .join(Invitation, Invitation.id == Registration.invitation_id)
        .join(Person, Person.id == Invitation.person_id)
        .where(gone, TAKES_PART, Event.starts_at > NOW)
    )


@selected("event {event}: invitation {invitation} is present and does not take part")
def present_take_part() -> Rows:
    place = sa.select(Registration.id).where(Registration.invitation_id == Attendance.invitation_id, TAKES_PART)
    there = sa.select(Attendance.event_id.label("event"), Attendance.invitation_id.label("invitation")).distinct()
    return there.where(~place.exists())


@selected("invitation {invitation} of event {event}: its {what} belongs to another event")
def one_event_each() -> Rows:
    giver, mine = aliased(Invitation), (Invitation.id.label("invitation"), Invitation.event_id.label("event"))
    parts: list[tuple[str, Any, Any]] = [
        ("registration", Registration, Registration.invitation_id == Invitation.id),
        ("attendance", Attendance, Attendance.invitation_id == Invitation.id),
        ("giver", giver, giver.id == Invitation.substitute_for_id),
        ("allotment", Allotment, Allotment.id == Invitation.allotment_id),
        ("message", Message, Message.invitation_id == Invitation.id),
    ]
    return sa.union_all(
        *(
            sa.select(*mine, sa.literal(what).label("what")).join(part, on).where(part.event_id != Invitation.event_id)
            for what, part, on in parts
        )
    )


@selected("wave {wave} is {state} and {what}")
def waves_ran_when_they_say() -> Rows:
    stopped_half_way = Wave.before_cancelling.in_(waves.LEFT)
    not_run = sa.or_(
        Wave.state.in_(waves.NOT_RUN),
        (Wave.state == WaveState.CANCELLED) & ~sa.func.coalesce(stopped_half_way, sa.false()),
    )
    mine, of = (
        (Wave.id.label("wave"), Wave.state.label("state")),
        sa.select(Message.id).where(Message.wave_id == Wave.id),
    )
    wrong = [
        ("never ran", (Wave.state == WaveState.DONE) & Wave.ran_at.is_(None)),
        ("has run", Wave.state.in_(waves.NOT_RUN) & Wave.ran_at.is_not(None)),
        ("did not run, and has messages", not_run & Wave.ran_at.is_(None) & of.exists()),
        (
            "has messages that will leave",
            (Wave.state == WaveState.CANCELLED)
            & of.where(Message.state.in_(message_states.UNSENT), ~errands.IS_HELD).exists(),
        ),
    ]
    return sa.union_all(*(sa.select(*mine, sa.literal(what).label("what")).where(where) for what, where in wrong))


@selected("event {event} is {state} and wave {wave} would go out")
def waves_of_what_goes_on() -> Rows:
    released = Wave.state.in_([WaveState.AWAITING, *waves.RUNNING, WaveState.PAUSED])
    return (
        sa.select(Event.id.label("event"), Event.state.label("state"), Wave.id.label("wave"))
        .join(Wave, Wave.event_id == Event.id)
        .where(released, Event.state != EventState.PUBLISHED)
    )


@selected("event {event}: invitation {invitation} was made by a wave that has no message for it")
def invited_are_mailed() -> Rows:
    message = sa.select(Message.id).where(Message.invitation_id == Invitation.id)
    return sa.select(Invitation.event_id.label("event"), Invitation.id.label("invitation")).where(
        Invitation.origin == Origin.WAVE, ~message.exists()
    )


@selected("message {message} will leave, and is for person {person}, who was erased")
def erased_get_no_mail() -> Rows:
    due = Message.due_at <= NOW
    return (
        sa.select(Message.id.label("message"), Person.id.label("person"))
        .join(Person, Person.id == Message.person_id)
        .where(Message.state.in_(message_states.UNSENT), Person.erased_at.is_not(None), due)
    )


@selected("message {message} is {state} and {what}")
def messages_agree_with_their_moments() -> Rows:
    mine, state = (Message.id.label("message"), Message.state.label("state")), Message.state
    arrived = state.in_([MessageState.SENT, MessageState.BOUNCED, MessageState.BUNDLED])
    leaving = state == MessageState.SENDING
    body = sa.select(FinishedMessage.message_id).where(FinishedMessage.message_id == Message.id)
    ready = state.in_([MessageState.DUE, MessageState.SENDING, MessageState.RETRYING])
    wrong = [
        ("was not sent at any moment", arrived & Message.sent_at.is_(None)),
        ("was sent", ~arrived & Message.sent_at.is_not(None)),
        ("was sent before it was written", Message.sent_at < Message.composed_at),
        ("is claimed by nobody", leaving & sa.or_(Message.claimed_by.is_(None), Message.claimed_until.is_(None))),
        (
            "is still claimed",
            state.not_in([MessageState.SENDING, MessageState.PLANNED])
            & sa.or_(Message.claimed_by.is_not(None), Message.claimed_until.is_not(None)),
        ),
        ("was written", (state == MessageState.PLANNED) & Message.composed_at.is_not(None)),
        ("has no text", ready & ~body.exists()),
    ]
    return sa.union_all(*(sa.select(*mine, sa.literal(what).label("what")).where(where) for what, where in wrong))


@selected("event {event}: {what} {number} lies outside it")
def what_hangs_on_a_date() -> Rows:
    mine, wave_starts = (
        Event.id.label("event"),
        Wave.kind.not_in(wave_recipients.AFTERWARDS | wave_recipients.IN_OWN_WORDS),
    )
    slot_ends = sa.func.coalesce(Slot.ends_at, Slot.starts_at)
    outside = sa.or_(Slot.starts_at < Event.starts_at, slot_ends > Event.ends_at)
    released = Wave.state.in_([WaveState.AWAITING, WaveState.PLANNED])
    wave_ends = Wave.kind.in_(wave_recipients.AFTERWARDS)
    late = sa.or_(wave_starts & (Wave.due_at > Event.starts_at), wave_ends & (Wave.due_at < Event.ends_at))
    return sa.union_all(
        sa.select(mine, sa.literal("its closing").label("what"), Event.id.label("number")).where(
            Event.closes_at > Event.ends_at
        ),
        sa.select(mine, sa.literal("slot"), Slot.id).join(Slot, Slot.event_id == Event.id).where(outside),
        sa.select(mine, sa.literal("wave"), Wave.id).join(Wave, Wave.event_id == Event.id).where(released, late),
        sa.select(mine, sa.literal("asking after it"), Evaluation.id)
        .join(Evaluation, Evaluation.event_id == Event.id)
        .where(Evaluation.asked_at < Event.ends_at),
    )


@selected("invitation {invitation}: its calendar was told {told} and knows {known}")
def sequence_never_goes_back() -> Rows:
    told = Message.details["sequence"].as_integer()
    return (
        sa.select(Invitation.id.label("invitation"), told.label("told"), Invitation.calendar_sequence.label("known"))
        .join(Message, Message.invitation_id == Invitation.id)
        .where(
            Message.kind.in_([MessageKind.EVENT_CHANGED, MessageKind.EVENT_CANCELLED]),
            Message.composed_at.is_not(None),
            told > sa.func.coalesce(Invitation.calendar_sequence, -1),
            sa.or_(Message.kind == MessageKind.EVENT_CHANGED, Invitation.calendar_sequence.is_not(None)),
        )
    )


@selected("invitation {invitation}: half of what its calendar was told is not there")
def calendars_are_told_all_or_nothing() -> Rows:
    told = [Invitation.calendar_sequence, Invitation.calendar_stamp, Invitation.calendar_status]
    some, all_of_it = sa.or_(*(each.is_not(None) for each in told)), sa.and_(*(each.is_not(None) for each in told))
    return sa.select(Invitation.id.label("invitation")).where(some, ~all_of_it)


@selected("invitation {number} is there and was merged into {invitation}")
def merged_invitations_are_gone() -> Rows:
    return sa.select(FormerInvitation.number.label("number"), FormerInvitation.invitation_id.label("invitation")).join(
        Invitation, Invitation.id == FormerInvitation.number
    )


@walked(Registration)
def nobody_waits_while_there_is_room() -> Iterator[str]:
    """By the ledger of seats, which knows for whom they are kept; those that came free just now are the clockwork's."""
    waits = sa.select(Registration.event_id).where(Registration.state == RegistrationState.WAITING)
    going_on = (Event.state == EventState.PUBLISHED) & (Event.starts_at > clock.now())
    for event in db.session.scalars(sa.select(Event).where(Event.id.in_(waits), going_on)):
        seats = capacity.ledger(event, clock.now() - CLOCKWORK)
        for (mode, organisation), waiting in seats.waiting.items():
            if waiting and mode in event.modes and seats.can_enter(mode, organisation):
                yield f"event {event.id}: of organisation {organisation} {waiting} wait {mode} while there is room"


@walked(Attendance)
def nobody_is_there_before_the_day() -> Iterator[str]:
    first = sa.func.min(Attendance.at)
    days = sa.select(Event, Attendance.day, first).join(Attendance, Attendance.event_id == Event.id)
    for event, day, at in db.session.execute(days.group_by(Event.id, Attendance.day)):
        if at < presence.check_in_opens_at(event, day):
            yield f"event {event.id}: somebody was checked in at {at}, before its day"


@walked(Attendance)
def presence_is_of_days_of_the_event() -> Iterator[str]:
    days = sa.select(Event, Attendance.day).join(Attendance, Attendance.event_id == Event.id).distinct()
    for event, day in db.session.execute(days):
        if day not in event_days.dates_of_event(event):
            yield f"event {event.id}: somebody is present on {day}, which is no day of it"


@walked(Attendance)
def counters_are_sums_of_rows() -> Iterator[str]:
    """What the door shows of each day of a session that goes on, against the rows and the places of that day."""
    rows = sa.select(Event, Attendance.day, sa.func.count()).join(Attendance, Attendance.event_id == Event.id)
    for event, day, there in db.session.execute(
        rows.where(Event.ends_at > clock.now()).group_by(Event.id, Attendance.day)
    ):
        counted = arrivals.count_present(event, day)
        if counted.all_present != there or counted.expected < there:
            yield f"event {event.id}: the door counts {counted.all_present} of {counted.expected} on {day}, and {there} are"


@walked(Allotment)
def seats_are_kept_until_closing_at_most() -> Iterator[str]:
    kept = sa.select(Allotment.id, Allotment.until, Event).join(Event, Event.id == Allotment.event_id)
    for allotment_id, until, event in db.session.execute(kept.where(Allotment.until > Event.closes_at)):
        if until > hanging.last_kept(event):
            yield f"event {event.id}: the seats of allotment {allotment_id} are kept until {until}, after closing"


@walked(Wave)
def waves_are_due_when_they_say() -> Iterator[str]:
    for wave in db.session.scalars(sa.select(Wave).where(Wave.state.in_(waves.NOT_RUN), Wave.days_before.is_not(None))):
        if wave.due_at != waves.wave_due_at(wave.event, wave.at, wave.days_before, wave.hour):
            yield f"event {wave.event_id}: wave {wave.id} is not due when its days before the event say"


@walked(MessageStep)
def messages_have_a_lawful_past() -> Iterator[str]:
    """Moves that the columns tell are not kept, so one kept step may follow another at a distance."""
    following = sa.func.lead(sa.cast(MessageStep.state, sa.String)).over(
        partition_by=MessageStep.message_id, order_by=MessageStep.id
    )
    after = sa.func.coalesce(following, sa.cast(Message.state, sa.String)).label("after")
    steps = sa.select(MessageStep.message_id, sa.cast(MessageStep.state, sa.String).label("before"), after)
    moves = steps.join(Message, Message.id == MessageStep.message_id).subquery()
    reached = {str(state): states for state, states in _states_reached().items()}
    seen = sa.select(moves.c.before, moves.c.after, sa.func.min(moves.c.message_id))
    for before, then, message_id in db.session.execute(seen.group_by(moves.c.before, moves.c.after)):
        if before != then and then not in {str(each) for each in reached[before]}:
            yield f"message {message_id} went from {before} to {then}"


@cache
def _states_reached() -> dict[MessageState, set[MessageState]]:
    """Where a message can come from each state, in however many moves."""
    reached = {state: set(following) for state, following in message_states.MOVES.items()}
    for middle in reached:
        for found in reached.values():
            if middle in found:
                found |= reached[middle]
    return reached
