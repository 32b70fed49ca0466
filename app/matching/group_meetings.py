"""The sessions of a group of intervision: the first from its date poll, then as many as wanted, with the whole group in each.

Who is in the group comes to what is still ahead of it, brought in by the clockwork; who stops or goes to another group
is taken out of it. So nobody has to be invited by hand, and a group is never told of its meetings by a mailing.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from app import clock, wording
from app.database import Condition, db, lock_row, take_row
from app.events import event_series, planning
from app.events.models import Event, EventState
from app.invitations import inviting
from app.invitations.models import Answer, Invitation, Origin
from app.matching.kinds import Reply
from app.matching.models import MatchEnrolment, MatchGroup, MatchMeeting, MatchRound, MatchSeat
from app.network.models import Membership, Standing
from app.polls.models import Poll, PollDate, PollVote, Vote, Voter
from app.registration import answers
from app.registration.models import Registration, RegistrationState
from app.setbacks import one_by_one
from app.words import Refusal

MOST = 11
"""Sessions that are planned at once, after those that there are: with the first a year of months."""


class NoMeetings(Refusal):
    """There is no session yet that others can follow."""

    says = {
        "unpublished": _l("Publiceer eerst de vorige keer. De volgende nemen de plek en de tijd daarvan over."),
        "changed": _l("Er zijn intussen al keren gepland. Kijk eerst welke."),
        "past": _l("De eerste nieuwe keer ligt in het verleden. Kies meer weken ertussen."),
        "ended": _l("Deze ronde is gestopt."),
        "clock": _l("Op %(day)s is die tijd er niet, of twee keer. Kies een andere afstand."),
    }
    field = "weeks"


def note_first_meeting(poll: Poll) -> None:
    """What the date poll of a group led to is a session of that group."""
    for group_id in db.session.scalars(sa.select(MatchGroup.id).where(MatchGroup.poll_id == poll.id)):
        db.session.add(MatchMeeting(group_id=group_id, event=poll.event))


def list_meetings(groups: Sequence[MatchGroup]) -> dict[int, list[Event]]:
    """The sessions of each of these groups by its id, the first first."""
    wanted = sa.select(MatchMeeting.group_id, Event).join(Event, Event.id == MatchMeeting.event_id)
    wanted = wanted.where(MatchMeeting.group_id.in_([each.id for each in groups])).order_by(Event.starts_at, Event.id)
    found: dict[int, list[Event]] = defaultdict(list)
    for group_id, event in db.session.execute(wanted):
        found[group_id].append(event)
    return found


def list_ahead(seat: MatchSeat) -> list[Event]:
    """The sessions of somebody's group that are to come and in which they have a place, the first first."""
    wanted = (
        sa.select(Event)
        .join(MatchMeeting, MatchMeeting.event_id == Event.id)
        .join(Invitation, Invitation.event_id == Event.id)
        .join(Registration, Registration.invitation_id == Invitation.id)
        .where(MatchMeeting.group_id == seat.group_id, Invitation.person_id == seat.enrolment.person_id)
        .where(Registration.state == RegistrationState.CONFIRMED)
        .where(Event.state == EventState.PUBLISHED, Event.ends_at > clock.now())
    )
    return list(db.session.scalars(wanted.order_by(Event.starts_at, Event.id)))


def find_last(group: MatchGroup) -> Event | None:
    """The session that others follow: the last one that is not cancelled."""
    return next((each for each in reversed(list_meetings([group])[group.id]) if not each.cancelled), None)


def plan_more(group: MatchGroup, number: int, weeks: int, last_id: int) -> list[Event]:
    """So many sessions more, each so many weeks after the one before and like that, published at once.

    `last_id` is of the session that was the last one when this was asked. Raises NoMeetings.
    """
    lock_row(group)
    last = find_last(group)
    if group.proposal.round.ended_at is not None:
        raise NoMeetings("ended")
    if last is None or last.id != last_id:
        raise NoMeetings("changed")
    lock_row(last)
    if not last.published:
        raise NoMeetings("unpublished")
    if last.starts_at + timedelta(weeks=weeks) <= clock.now():
        raise NoMeetings("past")
    if last.series is None:
        event_series.put_in_series(last, last.title)
    return [_plan_after(group, last, each * weeks) for each in range(1, number + 1)]


def _plan_after(group: MatchGroup, last: Event, weeks: int) -> Event:
    begin = clock.to_local(last.starts_at, last.zone)
    try:
        starts_at = clock.utc_moment(begin.date() + timedelta(weeks=weeks), begin.time(), last.zone)
    except clock.NoSuchMoment:
        raise NoMeetings("clock", day=wording.format_short_day(begin + timedelta(weeks=weeks))) from None
    event = planning.copy_event(last, starts_at)
    planning.publish_event(event)
    db.session.add(MatchMeeting(group_id=group.id, event_id=event.id))
    return event


def bring_groups_together() -> int:
    """Everybody of a group is asked to each of its sessions to come; returns how many were."""
    return one_by_one.do_each("bring_groups_together", db.session.scalars(_select_incomplete()).all(), _bring_together)


def _select_incomplete() -> sa.Select[int]:
    """Ids of sessions of groups to which somebody of the group was not asked yet."""
    return _select_missing(MatchMeeting.id).distinct().order_by(MatchMeeting.id)


def _select_missing(what: sa.SQLColumnExpression[int]) -> sa.Select[int]:
    asked = sa.exists().where(
        Invitation.event_id == MatchMeeting.event_id, Invitation.person_id == MatchEnrolment.person_id
    )
    return (
        sa.select(what)
        .select_from(MatchMeeting)
        .join(Event, Event.id == MatchMeeting.event_id)
        .join(MatchGroup, MatchGroup.id == MatchMeeting.group_id)
        .join(MatchSeat, MatchSeat.group_id == MatchGroup.id)
        .join(MatchEnrolment, MatchEnrolment.id == MatchSeat.enrolment_id)
        .join(MatchRound, MatchRound.id == MatchEnrolment.round_id)
        .where(MatchRound.sent_at.is_not(None), MatchRound.ended_at.is_(None))
        .where(_takes_registrations(), *_in_the_group(), ~asked)
    )


def _takes_registrations() -> Condition:
    return sa.and_(Event.state == EventState.PUBLISHED, Event.closes_at > clock.now())


def _in_the_group() -> tuple[Condition, ...]:
    """The conditions that a seat is of somebody who is in the group still, and of whom we use the data."""
    member = sa.exists().where(
        Membership.person_id == MatchEnrolment.person_id,
        Membership.network_id == MatchRound.network_id,
        Membership.standing != Standing.LEFT,
        Membership.restricted_at.is_(None),
    )
    return MatchSeat.left_at.is_(None), sa.or_(MatchSeat.answer.is_(None), MatchSeat.answer == Reply.YES), member


def _bring_together(meeting_id: int) -> int | None:
    meeting = take_row(MatchMeeting, meeting_id)
    if meeting is None:
        return None
    lock_row(meeting.group)  # who stops meanwhile waits, and is then taken out of what they were brought into
    missing = _select_missing(MatchSeat.id).where(MatchMeeting.id == meeting_id)
    loading = joinedload(MatchSeat.enrolment).joinedload(MatchEnrolment.person)
    seats = db.session.scalars(sa.select(MatchSeat).where(MatchSeat.id.in_(missing)).options(loading)).all()
    unable = set(db.session.scalars(_select_unable(meeting.event_id)))
    for seat in sorted(seats, key=lambda each: each.id):
        _bring(meeting.event, seat, comes=seat.answer == Reply.YES and seat.enrolment.person_id not in unable)
    return len(seats)


def _select_unable(event_id: int) -> sa.Select[int]:
    """Ids of people who said in the date poll that they cannot come on the day of a session."""
    return (
        sa.select(Voter.person_id)
        .join(Voter.poll)
        .join(PollVote, PollVote.voter_id == Voter.id)
        .join(PollDate, PollDate.id == PollVote.date_id)
        .where(Poll.event_id == event_id, PollDate.chosen, PollVote.vote == Vote.NO)
    )


def _bring(event: Event, seat: MatchSeat, *, comes: bool) -> None:
    """A place for who said yes; who has not, or cannot on that day, is asked where they have an address."""
    invitation = inviting.add_invitation(event, seat.enrolment.person, Origin.ORGANISER)
    if comes:
        answers.accept_invitation(invitation, event.modes[0])
    elif invitation.address is not None:
        inviting.plan_invitation_again(invitation)


def leave_meetings(seat: MatchSeat, *, quietly: bool = False) -> None:
    """Who is in a group no more comes to nothing that is ahead of it, nor to what is cancelled once that goes on after all.

    `quietly` where nobody is to be mailed.
    """
    for invitation in _invited_ahead(seat, Event.state != EventState.DRAFT):
        if quietly or invitation.event.cancelled:
            answers.drop_out(invitation)
        else:
            answers.decline_invitation(invitation)


def rejoin_meetings(seat: MatchSeat) -> None:
    """Who says yes to a group has a place in what is ahead of it, also where they were only asked or had given theirs up."""
    comes_not = sa.or_(Invitation.answer.is_(None), Invitation.answer != Answer.YES)
    for invitation in _invited_ahead(seat, _takes_registrations(), comes_not):
        if seat.enrolment.person_id not in set(db.session.scalars(_select_unable(invitation.event_id))):
            answers.accept_invitation(invitation, invitation.event.modes[0])


def _invited_ahead(seat: MatchSeat, *conditions: Condition) -> list[Invitation]:
    """Somebody's invitations to the sessions of their group that are to come, in the order in which sessions are locked."""
    wanted = (
        sa.select(Invitation)
        .join(MatchMeeting, MatchMeeting.event_id == Invitation.event_id)
        .join(Event, Event.id == Invitation.event_id)
        .where(MatchMeeting.group_id == seat.group_id, Invitation.person_id == seat.enrolment.person_id)
        .where(Event.starts_at > clock.now(), *conditions)
    )
    return list(db.session.scalars(wanted.order_by(Invitation.event_id)))
