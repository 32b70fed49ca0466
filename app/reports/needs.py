"""What needs an organiser now, each with one action; a fixed number of queries for all their networks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload

from app import clock
from app.accounts.models import Account
from app.courses.models import CourseMeeting
from app.database import Condition, Moment, db
from app.directory import contacts
from app.directory.models import Contact
from app.events.models import Event, EventState, Series
from app.inbox import inbox_queries
from app.invitations.models import Invitation
from app.invitations.waves.models import Wave, WaveKind, WaveState
from app.lessons.impressions import facts
from app.lessons.impressions.models import Impression, ImpressionState
from app.lessons.insights.models import Commitment, CommitmentState
from app.matching.models import MatchMeeting, MatchRound
from app.materials.models import Material, Scan
from app.network import join_answers
from app.network.models import JoinRequest, Network
from app.outbox import circuit_breaker, message_states
from app.outbox.models import Message
from app.questions.models import NetworkQuestion, QuestionState
from app.speakers.models import AskedSpeaker, SpeakerAnswer

SOON = timedelta(days=42)
"""From here on a session needs its waves and answers; what stands still is brought up earlier."""
OVERDUE_FOR = timedelta(days=90)
"""How long a commitment that nobody closed is still brought up."""


class NeedReason(StrEnum):
    """Why an event or a network needs attention."""

    SENDING_STOPPED = "sending_stopped"
    TO_REVIEW = "to_review"
    DRAFT_SOON = "draft_soon"
    NO_INVITATIONS = "no_invitations"
    WAVE_UNRELEASED = "wave_unreleased"
    WAVE_AWAITING = "wave_awaiting"
    WAVE_PAUSED = "wave_paused"
    FAILED_MAIL = "failed_mail"
    SILENT = "silent"
    CHECK_IMPRESSION = "check_impression"
    PUBLISH_IMPRESSION = "publish_impression"
    OVERDUE = "overdue"
    VIRUS_FOUND = "virus_found"
    SPEAKER_DECLINED = "speaker_declined"
    JOIN_REQUESTS = "join_requests"
    QUESTIONS = "questions"
    REPORTED = "reported"
    ROUNDS = "rounds"


_STOPPED = {
    WaveState.AWAITING: NeedReason.WAVE_AWAITING,
    WaveState.PAUSED: NeedReason.WAVE_PAUSED,
}


@dataclass(frozen=True)
class Need:
    reason: NeedReason
    event: Event | None = None
    count: int = 0
    wave: Wave | None = None
    network: Network | None = None


def list_needs(network_ids: list[int], account: Account) -> list[Need]:
    """What needs this organiser's attention in these networks, the soonest event first, then what sessions left."""
    events = _coming_events(network_ids)
    event_ids = [event.id for event, _ in events]
    waves = _open_waves(event_ids)
    failed, silent = _count_by_event(_failed(), event_ids), _count_by_event(_silent(), event_ids)
    declined = _count_by_event(_declined(), event_ids)
    needs = [*_of_all(account), *_network_needs(network_ids)]
    for event, by_itself in events:
        mine = [wave for wave in waves if wave.event_id == event.id and not _waits_for_others(wave, account)]
        needs += _stopped_needs(event, mine, failed.get(event.id, 0))
        if event.id in declined:
            needs.append(Need(NeedReason.SPEAKER_DECLINED, event, declined[event.id]))
        if event.starts_at <= clock.now() + SOON:
            needs += _needs_of(event, mine, silent.get(event.id, 0), by_itself=by_itself)
    return [*_virus_needs(network_ids), *needs, *_impression_needs(network_ids, account), *_overdue_needs(network_ids)]


def coming_events_of_networks(network_ids: list[int], most: int = 8) -> list[Event]:
    """The next events of these networks, drafts included."""
    wanted = sa.select(Event).where(
        Event.network_id.in_(network_ids), Event.ends_at > clock.now(), Event.state != EventState.CANCELLED
    )
    return list(db.session.scalars(wanted.order_by(Event.starts_at).limit(most).options(joinedload(Event.network))))


def _of_all(account: Account) -> Iterator[Need]:
    """What concerns no single event: mail that stands still, and what came in and could not be settled."""
    state = circuit_breaker.load_circuit()
    if state is not None and state.opened_at is not None:
        yield Need(NeedReason.SENDING_STOPPED)
    if count := inbox_queries.count_to_review(account):
        yield Need(NeedReason.TO_REVIEW, count=count)


_NETWORKS: sa.BindParameter[int] = sa.bindparam("networks", expanding=True)


def _network_needs(network_ids: list[int]) -> Iterator[Need]:
    """What people of a network wait for until its organisers say something."""
    given = {"networks": network_ids, "now": clock.now(), "since": join_answers.oldest()}
    for network, reason, number in db.session.execute(_waiting_for_organisers(), given):
        yield Need(NeedReason(reason), count=number, network=network)


@cache
def _waiting_for_organisers() -> sa.Select[Network, str, int]:
    counted = sa.union_all(*(_count_by_network(*each) for each in _waiting_lists())).subquery()
    wanted = sa.select(Network, counted.c.reason, counted.c.number).join(counted, counted.c.network_id == Network.id)
    return wanted.order_by(Network.name, counted.c.reason)


def _waiting_lists() -> Iterator[tuple[NeedReason, InstrumentedAttribute[int], tuple[Condition, ...]]]:
    """For each reason the network of a row, and which rows wait."""
    yield NeedReason.JOIN_REQUESTS, JoinRequest.network_id, (join_answers.waits(sa.bindparam("since", type_=Moment())),)
    yield NeedReason.QUESTIONS, NetworkQuestion.network_id, (NetworkQuestion.state == QuestionState.ASKED,)
    yield NeedReason.REPORTED, Contact.network_id, contacts.WAITS
    unsent = MatchRound.opened_at.is_not(None), MatchRound.sent_at.is_(None), MatchRound.ended_at.is_(None)
    closed = MatchRound.closes_at <= sa.bindparam("now", type_=Moment())
    yield NeedReason.ROUNDS, MatchRound.network_id, (*unsent, closed)


def _count_by_network(
    reason: NeedReason, of: InstrumentedAttribute[int], waits: tuple[Condition, ...]
) -> sa.Select[str, int, int]:
    counted = sa.select(
        sa.literal(str(reason)).label("reason"), of.label("network_id"), sa.func.count().label("number")
    )
    return counted.where(of.in_(_NETWORKS), *waits).group_by(of)


_AGAIN = aliased(Message)
_EVENTS: sa.BindParameter[int] = sa.bindparam("events", expanding=True)


@cache
def _failed() -> sa.Select[int, int]:
    """Mail that was lost and not mailed again."""
    return (
        sa.select(sa.NotNullable(Message.event_id), sa.func.count())
        .where(Message.event_id.in_(_EVENTS), Message.state.in_(message_states.LOST))
        .where(~sa.exists().where(_AGAIN.again_of_id == Message.id))
        .group_by(Message.event_id)
    )


@cache
def _silent() -> sa.Select[int, int]:
    return (
        sa.select(Invitation.event_id, sa.func.count())
        .where(Invitation.event_id.in_(_EVENTS), Invitation.answer.is_(None))
        .group_by(Invitation.event_id)
    )


@cache
def _declined() -> sa.Select[int, int]:
    """Speakers who said no and still stand in the programme."""
    return (
        sa.select(AskedSpeaker.event_id, sa.func.count())
        .where(AskedSpeaker.event_id.in_(_EVENTS), AskedSpeaker.withdrawn_at.is_(None))
        .where(AskedSpeaker.answer == SpeakerAnswer.NO)
        .group_by(AskedSpeaker.event_id)
    )


def _waits_for_others(wave: Wave, account: Account) -> bool:
    """The organiser who asked for the release of a large wave cannot give it."""
    return wave.state == WaveState.AWAITING and wave.asked_by_id == account.id


def _stopped_needs(event: Event, waves: list[Wave], failed: int) -> Iterator[Need]:
    """What waits for an organiser however far away the session is."""
    if failed:
        yield Need(NeedReason.FAILED_MAIL, event, failed)
    for wave in waves:
        if reason := _STOPPED.get(wave.state):
            yield Need(reason, event, wave=wave)


def _needs_of(event: Event, waves: list[Wave], silent: int, *, by_itself: bool) -> Iterator[Need]:
    if event.state == EventState.DRAFT:
        yield Need(NeedReason.DRAFT_SOON, event)
        return
    if not waves and not by_itself:
        yield Need(NeedReason.NO_INVITATIONS, event)
    for wave in waves:
        if wave.state == WaveState.DRAFT:
            yield Need(NeedReason.WAVE_UNRELEASED, event, wave=wave)
    reminder = any(
        wave.kind == WaveKind.REMINDER and wave.state in {WaveState.PLANNED, WaveState.DRAFT} for wave in waves
    )
    invited = any(wave.state == WaveState.DONE for wave in waves)
    if silent and invited and not reminder and event.open:
        yield Need(NeedReason.SILENT, event, silent)


def _impression_needs(network_ids: list[int], account: Account) -> Iterator[Need]:
    """Reports that wait for a second pair of eyes, which is not their writer's, or for being published."""
    wanted = (
        sa.select(Impression)
        .where(Impression.network_id.in_(network_ids))
        .where(Impression.state.in_([ImpressionState.DRAFT, ImpressionState.CHECKED]))
        .order_by(Impression.id)
        .options(joinedload(Impression.event), joinedload(Impression.series).selectinload(Series.events))
    )
    for impression in db.session.scalars(wanted):
        event = facts.events_of_impression(impression)[-1]
        if impression.state == ImpressionState.CHECKED:
            yield Need(NeedReason.PUBLISH_IMPRESSION, event)
        elif impression.edited_by_id not in {None, account.id} and event.over:
            yield Need(NeedReason.CHECK_IMPRESSION, event)


def _virus_needs(network_ids: list[int]) -> Iterator[Need]:
    """Sessions with a file in which the scanner found a virus, where there is a scanner."""
    if not current_app.config["SCANNER"]:
        return
    wanted = (
        sa.select(Event, sa.func.count(Material.id))
        .join(Material, Material.event_id == Event.id)
        .where(Event.network_id.in_(network_ids), Material.scan == Scan.INFECTED, Material.removed_at.is_(None))
        .group_by(Event.id)
        .order_by(Event.starts_at.desc())
    )
    for event, count in db.session.execute(wanted):
        yield Need(NeedReason.VIRUS_FOUND, event, count)


def _overdue_needs(network_ids: list[int]) -> Iterator[Need]:
    """Sessions of which commitments are past their day, latest first; not for ever."""
    today = clock.today()
    wanted = (
        sa.select(Event, sa.func.count(Commitment.id))
        .join(Commitment, Commitment.event_id == Event.id)
        .where(Commitment.network_id.in_(network_ids), Commitment.state == CommitmentState.OPEN)
        .where(Commitment.due_on < today, Commitment.due_on > today - OVERDUE_FOR)
        .group_by(Event.id)
        .order_by(Event.starts_at.desc())
    )
    for event, count in db.session.execute(wanted):
        yield Need(NeedReason.OVERDUE, event, count)


def _coming_events(network_ids: list[int]) -> list[tuple[Event, bool]]:
    """Each with whether people come to it without a mailing: to the later days of a course, and to the sessions of a group."""
    found = db.session.execute(_select_coming(), {"networks": network_ids, "now": clock.now()})
    return [(event, by_itself) for event, by_itself in found]


@cache
def _select_coming() -> sa.Select[Event, bool]:
    earlier, later = aliased(CourseMeeting), aliased(CourseMeeting)
    follows = sa.exists().where(
        later.event_id == Event.id,
        earlier.edition_id == later.edition_id,
        earlier.place < later.place,
        earlier.dropped_at.is_(None),
    )
    of_group = sa.exists().where(MatchMeeting.event_id == Event.id)
    ahead = (Event.starts_at > sa.bindparam("now"), Event.state != EventState.CANCELLED)
    wanted = sa.select(Event, sa.or_(follows, of_group))
    wanted = wanted.where(Event.network_id.in_(sa.bindparam("networks", expanding=True)), *ahead)
    return wanted.order_by(Event.starts_at).options(joinedload(Event.network))


def _open_waves(event_ids: list[int]) -> list[Wave]:
    wanted = (
        sa.select(Wave).where(Wave.event_id.in_(event_ids), Wave.state != WaveState.CANCELLED).order_by(Wave.due_at)
    )
    return list(db.session.scalars(wanted))


def _count_by_event(wanted: sa.Select[int, int], event_ids: list[int]) -> dict[int, int]:
    return dict(db.session.execute(wanted, {"events": event_ids}).all())
