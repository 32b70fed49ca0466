"""The life of a wave, as organisers steer it: planned, released (by two when it is large), paused, withdrawn.

draft ──► planned ──► going (between its parts) ──► done
  ▲  └──► awaiting ──┘     └──► paused ◄── done, while mails of it wait
  └── held back              └──► cancelled
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import aliased

from app import clock
from app.accounts.models import Account
from app.database import db, lock_row
from app.events import course_meetings
from app.events.models import Event, EventState
from app.invitations.letters.models import LetterText
from app.invitations.waves import wave_recipients
from app.invitations.waves.models import Wave, WaveState
from app.outbox import errands, mass_moves, message_queue, message_states
from app.outbox.kinds import Priority
from app.outbox.models import Errand, ErrandKind, Message, MessageState, Reason
from app.words import Refusal

NOT_RUN = (WaveState.DRAFT, WaveState.AWAITING, WaveState.PLANNED)
RUNNING = (WaveState.PLANNED, WaveState.GOING)
GRACE = timedelta(minutes=1)
"""Between 'send now' and leaving: time to think again."""
LEFT = (WaveState.GOING, WaveState.PAUSED, WaveState.DONE)
"""States of a wave of which mails may have left."""


class UselessWave(Refusal):
    """The wave cannot do what it is for."""

    says = {
        "not_published": _l("Publiceer de sessie eerst. Daarna kunnen er mails uit."),
        "after_event": _l("Dit is na het begin van de sessie. Kies een ander moment."),
        "before_end": _l("Dit is voor het einde van de sessie. Kies een ander moment."),
        "no_audience": _l("Kies eerst een doelgroep."),
        "no_text": _l("Schrijf eerst je bericht. Er is nog geen tekst van jou."),
        "later_day": _l("Nodig uit bij de eerste bijeenkomst van de leergang: dat is dan voor alle dagen."),
    }
    tone = "error"


class SameOrganiser(Refusal):
    """The organiser who asked for the release of a large wave cannot be the second pair of eyes."""

    says = _l("Een ander dan wie de mail klaarzette geeft akkoord.")
    tone = "error"


def wave_due_at(event: Event, at: datetime | None, days_before: int | None, hour: time | None) -> datetime:
    """When a wave of this event is due: at its own moment, or counted from the event and always on a working day."""
    if at:
        return at
    if days_before is None or hour is None:
        raise ValueError("a wave has a moment of its own, or days and an hour")
    counted = clock.moment_days_before(
        event.ends_at if days_before < 0 else event.starts_at, days_before, hour, event.zone
    )
    return clock.nearest_working_day(counted, event.zone, later=days_before < 0)


def reschedule_waves(event: Event) -> None:
    """Move the waves that are dated relative to the event and have not run along with it.

    One whose moment has gone by on the new date, or lies where it has no use, becomes a draft: its organiser says when.
    """
    for wave in _waves_of(event):
        before = wave.due_at
        if wave.state in NOT_RUN:
            wave.due_at = wave_due_at(event, wave.at, wave.days_before, wave.hour)
        passed = wave.due_at != before and wave.due_at < clock.now()
        if passed or not _is_of_use(wave):
            hold_wave(wave)


def _is_of_use(wave: Wave) -> bool:
    """Whether it leaves on the right side of the event."""
    if wave.kind in wave_recipients.IN_OWN_WORDS:
        return True
    if wave.kind in wave_recipients.AFTERWARDS:
        return wave.due_at >= wave.event.ends_at
    return wave.due_at < wave.event.starts_at


def check_wave(wave: Wave) -> None:
    """Raise UselessWave when the wave could never do its work."""
    event = wave.event
    if event.state != EventState.PUBLISHED:
        raise UselessWave("not_published")
    if not _is_of_use(wave):
        raise UselessWave("before_end" if wave.kind in wave_recipients.AFTERWARDS else "after_event")
    if wave.kind in wave_recipients.IN_OWN_WORDS:
        _check_own_words(wave)
    elif wave.kind not in wave_recipients.AFTERWARDS and event.starts_at <= clock.now():
        raise UselessWave("after_event")
    if wave_recipients.goes_to_audience(wave) and wave.audience is None:
        raise UselessWave("no_audience")
    if wave.kind in wave_recipients.TO_AUDIENCE and course_meetings.find_first_day(event):
        raise UselessWave("later_day")


def _check_own_words(wave: Wave) -> None:
    """Raise UselessWave while nothing was written: no letter of ours would say what its organiser means."""
    newest = sa.select(sa.func.max(LetterText.id)).where(LetterText.wave_id == wave.id).group_by(LetterText.language)
    written = sa.select(LetterText.id).where(LetterText.id.in_(newest), LetterText.text != "")
    if db.session.scalar(written.limit(1)) is None:
        raise UselessWave("no_text")


def release_wave(wave: Wave, by: Account | None = None) -> None:
    """Let a draft go out at its moment; one to many people first waits for a second organiser. Raises UselessWave."""
    check_wave(wave)
    wave.asked_by_id, wave.released_by_id = by.id if by else None, None
    wave.state = WaveState.AWAITING if by and needs_four_eyes(wave) else WaveState.PLANNED


def release_waves(chosen: Iterable[Wave], by: Account, *, looked_at: bool = False) -> None:
    """Let several drafts go out at their moments; when they are to be `looked_at`, a second organiser approves each. Raises UselessWave."""
    for wave in chosen:
        release_wave(wave, by)
        if looked_at:
            wave.state = WaveState.AWAITING


def send_soon(wave: Wave) -> None:
    """Let a wave that has not run leave after a minute in which it can be held."""
    if wave.state in NOT_RUN:
        send_at(wave, clock.now() + GRACE)


def send_at(wave: Wave, moment: datetime) -> None:
    """Let a wave leave at a moment of its own, which stays when the event moves."""
    wave.at = wave.due_at = moment
    wave.days_before = wave.hour = None


def approve_wave(wave: Wave, by: Account) -> None:
    """The second organiser lets the wave go. Raises SameOrganiser or UselessWave."""
    if by.id == wave.asked_by_id:
        raise SameOrganiser
    check_wave(wave)
    wave.released_by_id, wave.state = by.id, WaveState.PLANNED


def needs_four_eyes(wave: Wave) -> bool:
    """Whether the wave goes to so many people that the network wants a second organiser to look."""
    limit = wave.event.network.four_eyes_from
    return limit is not None and wave.released_by_id is None and wave_recipients.count_recipients(wave) >= limit


def hold_wave(wave: Wave) -> None:
    """Turn a wave that has not run back into a draft."""
    if wave.state in NOT_RUN:
        wave.state, wave.asked_by_id, wave.released_by_id = WaveState.DRAFT, None, None


def hold_waves(event: Event) -> None:
    """Turn the waves that have not run back into drafts, since the event is one: their organiser releases them again."""
    for wave in _waves_of(event):
        hold_wave(wave)


def withdraw_release(wave: Wave) -> None:
    """Take the release back, since the second organiser saw something else: they have to look again."""
    if wave.state == WaveState.AWAITING or (wave.state == WaveState.PLANNED and wave.released_by_id):
        hold_wave(wave)


def pause_wave(wave: Wave, by: Account | None = None) -> int:
    """Stop a wave that is on its way, once a step of it that is being planned is there; returns how many mails wait from now on."""
    lock_row(wave)
    if wave.state not in {WaveState.GOING, WaveState.DONE}:
        return 0
    errands.finish_earlier(wave.event_id)
    paused = mass_moves.pause_all(wave.event_id, Message.wave_id == wave.id, account_id=by.id if by else None)
    if paused or wave.state == WaveState.GOING:
        wave.state = WaveState.PAUSED
    return paused


def resume_wave(wave: Wave, by: Account | None = None) -> int:
    """Let a paused wave go on; returns how many mails leave, not within quiet hours."""
    if wave.state != WaveState.PAUSED:
        return 0
    errands.finish_earlier(wave.event_id)
    wave.state = WaveState.GOING if goes_in_parts(wave) or wave.ran_at is None else WaveState.DONE
    earliest = message_queue.mailing_leaves_at(clock.now(), wave.event.network.quiet_hours)
    return mass_moves.resume_all(wave.event_id, earliest, Message.wave_id == wave.id, account_id=by.id if by else None)


def withdraw_wave(wave: Wave, by: Account | None = None) -> int:
    """End a wave for good; mails that have not left never will. Returns how many those are."""
    if wave.state in {WaveState.DONE, WaveState.CANCELLED}:
        return 0
    errands.finish_earlier(wave.event_id)
    if wave.state not in NOT_RUN:
        wave.ran_at = wave.ran_at or clock.now()
    wave.state = WaveState.CANCELLED
    mine, by_id = Message.wave_id == wave.id, by.id if by else None
    return mass_moves.take_all_back(wave.event_id, MessageState.CANCELLED, Reason.WITHDRAWN, mine, account_id=by_id)


def restore_wave(wave: Wave) -> None:
    """Undo of withdrawing a wave of which nothing had left."""
    if wave.state == WaveState.CANCELLED and wave.ran_at is None:
        wave.state = WaveState.DRAFT


def abandon_waves(event: Event) -> None:
    """Stop the waves of a cancelled event, and take back their mails that have not left; `revive_waves` undoes it."""
    for wave in _waves_of(event):
        if wave.state in {*NOT_RUN, WaveState.GOING, WaveState.PAUSED}:
            wave.before_cancelling, wave.state = wave.state, WaveState.CANCELLED
    mailings = Message.priority == Priority.MAILING
    mass_moves.take_all_back(event.id, MessageState.CANCELLED, Reason.EVENT_CANCELLED, mailings)


def revive_waves(event: Event) -> None:
    """Let the waves go on that were stopped when the event was cancelled, with the mails that were taken back then.

    One whose moment went by meanwhile becomes a draft: its organiser says when it leaves.
    """
    now = clock.now()
    for wave in _waves_of(event):
        if wave.before_cancelling:
            wave.state, wave.before_cancelling = wave.before_cancelling, None
            wave.due_at = (
                wave_due_at(event, wave.at, wave.days_before, wave.hour) if wave.state in NOT_RUN else wave.due_at
            )
            if wave.state in NOT_RUN and wave.due_at < now:
                hold_wave(wave)
        if wave.state in LEFT:
            _plan_again(wave)


def _plan_again(wave: Wave) -> None:
    """New mails instead of those that were taken back because the event was cancelled."""
    taken_back = sa.select(Message.id).where(
        Message.wave_id == wave.id,
        Message.state == MessageState.CANCELLED,
        Message.response == Reason.EVENT_CANCELLED.value,
        ~_has_open_message(wave).exists(),
    )
    message_ids = db.session.scalars(taken_back.order_by(Message.id)).all()
    errands.carry_out(ErrandKind.PLAN_AGAIN, message_ids, event_id=wave.event_id, wave_id=wave.id)


def plan_these_again(errand: Errand, message_ids: Sequence[int]) -> None:
    """The same for some of them; not to who was erased meanwhile."""
    wave = db.session.get_one(Wave, errand.wave_id)
    person = sa.cast(Message.person_id, sa.String)
    taken_back = sa.select(
        (sa.literal(f"wave:{wave.id}:") + person + f":{wave.event.sequence}").label("key"),
        *(Message.person_id, Message.invitation_id, Message.recipient, Message.domain),
    ).where(Message.id.in_(message_ids), Message.recipient != "")
    network = wave.event.network
    message_queue.plan_messages(
        taken_back.where(~_has_open_message(wave).exists()),
        wave.kind.mail,
        network_id=network.id,
        event_id=wave.event_id,
        wave_id=wave.id,
        paced=network.paced,
        due_at=message_queue.mailing_leaves_at(clock.now(), network.quiet_hours),
        state=(MessageState.PAUSED if wave.state == WaveState.PAUSED else MessageState.PLANNED).value,
    )


def _has_open_message(wave: Wave) -> sa.Select[int]:
    """A message of this wave to the same person that was not taken back: each is planned again once."""
    other = aliased(Message)
    gone = other.state.in_(message_states.NEVER_LEFT)
    return sa.select(other.id).where(other.wave_id == wave.id, other.person_id == Message.person_id, ~gone)


def _waves_of(event: Event) -> list[Wave]:
    return list(db.session.scalars(sa.select(Wave).where(Wave.event_id == event.id).order_by(Wave.id)))


def goes_in_parts(wave: Wave) -> bool:
    """Whether more than one group of people gets it, one after the other."""
    return wave.first_audience_id is not None or wave.at_a_time is not None


def count_waiting_mails(wave: Wave) -> int:
    """How many mails of a wave have not left."""
    wanted = sa.select(sa.func.count()).where(Message.wave_id == wave.id, Message.state.in_(message_states.UNSENT))
    return db.session.scalars(wanted).one()
