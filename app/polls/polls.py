"""Date polls: asking, answering, choosing. Every change sends each calendar exactly what it does not know yet."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload, selectinload

from app import clock, tokens, urls, wording
from app.database import db
from app.events import hanging, planning
from app.events.hanging import Move
from app.events.models import Event
from app.events.planning import AT_ONCE, EventDetails, Notice
from app.network import archiving
from app.network.models import Network
from app.network.people.models import Person
from app.outbox import message_queue
from app.outbox.kinds import MessageKind
from app.polls.models import Poll, PollDate, PollState, PollVote, Vote, Voter
from app.signals import Signal
from app.themes import themes
from app.tokens import Purpose
from app.words import Refusal

ASKED, CHOSEN, DATE = MessageKind.POLL, MessageKind.POLL_CHOSEN, MessageKind.POLL_DATE
chosen = Signal("A day was chosen, and there is a session on it; sent with the poll.")
MOST_DATES, MOST_VOTERS = 12, 50
REMIND_AFTER = timedelta(days=1)

Span = tuple[datetime, datetime]


class DateAnswered(Refusal):
    """A date that somebody answered to is taken out of the poll."""

    says = _l("Op %(day)s antwoordde al iemand. Laat die dag staan.")
    field = "dates"


class TooManyVoters(Refusal):
    """More people than a date poll is meant for."""

    says = _l("Vraag hooguit %(most)s mensen.")
    field = "people"


@dataclass(frozen=True)
class Tally:
    """What the group said of one date."""

    date: PollDate
    yes: int
    if_need_be: int
    no: int

    @property
    def rank(self) -> tuple[Any, ...]:
        """Higher is better: nobody left out first, then the most wholehearted."""
        return -self.no, self.yes, self.if_need_be


def polls_of_network(network: Network) -> list[Poll]:
    """The polls of a network, latest first, with their dates and people."""
    wanted = sa.select(Poll).where(Poll.network_id == network.id).order_by(Poll.id.desc())
    return list(db.session.scalars(wanted.options(selectinload(Poll.dates), selectinload(Poll.voters))))


def find_poll(network: Network, poll_id: int) -> Poll | None:
    return db.session.scalar(_select_with_all().where(Poll.id == poll_id, Poll.network_id == network.id))


def create_poll(
    network: Network,
    title: str,
    explanation: str,
    spans: Iterable[Span],
    *,
    holds: bool,
    event: Event | None = None,
    confidential: bool = False,
) -> Poll:
    """A poll of these dates, asked to nobody yet; with an event it is about moving that. Raises archiving.Archived."""
    archiving.demand_open(network)
    poll = Poll(network=network, title=title, explanation=explanation, holds=holds, event=event, created_at=clock.now())
    poll.confidential = confidential
    poll.dates = [PollDate(starts_at=begin, ends_at=end) for begin, end in sorted(set(spans))]
    db.session.add(poll)
    db.session.flush()
    return poll


def ask_voters(poll: Poll, who: Iterable[Person]) -> int:
    """Ask people who were not asked yet; each gets a mail with a link of their own. Returns how many. Raises TooManyVoters."""
    known = {voter.person_id for voter in poll.voters}
    fresh = [person for person in dict.fromkeys(who) if person.id not in known]
    if len(known) + len(fresh) > MOST_VOTERS:
        raise TooManyVoters(most=MOST_VOTERS)
    for person in fresh:
        address = next((each for each in person.addresses if each.preferred), None)
        voter = Voter(poll=poll, person=person, address=address)
        db.session.add(voter)
        db.session.flush()
        _plan_poll_mail(ASKED, voter)
    return len(fresh)


def change_poll(poll: Poll, title: str, explanation: str, spans: Iterable[Span], *, holds: bool) -> int:
    """Change an open poll. Whoever answered is asked again when a day was added; returns how many. Raises DateAnswered."""
    poll.title, poll.explanation, poll.holds = title, explanation, holds
    known = {(date.starts_at, date.ends_at): date for date in poll.dates}
    wanted = set(spans)
    answered = {vote.date_id for voter in poll.voters for vote in voter.votes}
    for span in known.keys() - wanted:
        if known[span].id in answered:
            raise DateAnswered(day=wording.format_short_day(span[0]))
        poll.dates.remove(known[span])
    db.session.flush()
    added = sorted(wanted - known.keys())
    poll.dates.extend(PollDate(starts_at=begin, ends_at=end) for begin, end in added)
    db.session.flush()
    again = [voter for voter in poll.voters if voter.answered_at] if added else []
    for voter in again:
        voter.answered_at = None
        _plan_poll_mail(ASKED, voter)
    _tell_calendars(poll.voters)
    return len(again)


def voters_to_remind(poll: Poll) -> list[Voter]:
    """Who was asked, has not answered, and was not asked in the last day."""
    before = clock.now() - REMIND_AFTER
    return [
        voter
        for voter in poll.voters
        if voter.answered_at is None and voter.address and max(voter.reminded_at or before, poll.created_at) <= before
    ]


def remind_voters(poll: Poll) -> int:
    """Ask those once more; returns how many."""
    silent = voters_to_remind(poll)
    for voter in silent:
        voter.reminded_at = clock.now()
        _plan_poll_mail(ASKED, voter)
    return len(silent)


def link_to_poll(voter: Voter) -> str:
    """Where somebody says which dates suit them."""
    return urls.poll_url(tokens.make_token(Purpose.POLL, voter.id))


def poll_reply_address(voter: Voter) -> str:
    """Where an answer from their calendar to a kept date goes."""
    return urls.reply_address(tokens.make_token(Purpose.POLL_REPLY, voter.id))


def voter_of_link(token: str) -> Voter | None:
    voter_id, _ = tokens.read_token(Purpose.POLL, token) or (0, 0)
    return load_voter(voter_id) if voter_id else None


def load_voter(voter_id: int) -> Voter | None:
    loading = joinedload(Voter.poll).options(
        joinedload(Poll.network), selectinload(Poll.dates), selectinload(Poll.voters).selectinload(Voter.votes)
    )
    options = [loading, joinedload(Voter.person), selectinload(Voter.votes)]
    return db.session.scalar(sa.select(Voter).where(Voter.id == voter_id).options(*options))


class VoteVerdict(StrEnum):
    """What became of what a calendar program said of a date."""

    VOTED = "calendar_voted"
    OLDER = "calendar_older"
    CLOSED = "poll_closed"


def answer_poll(voter: Voter, votes: Mapping[int, Vote], remark: str | None = None) -> bool:
    """Keep what suits somebody, by the id of the date; False when the poll is closed."""
    if voter.poll.state != PollState.OPEN:
        return False
    for date in voter.poll.dates:
        wanted = votes.get(date.id)
        if wanted is not None:
            _keep_vote(voter, date, wanted, clock.now(), None)
    voter.remark = voter.remark if remark is None else remark
    _note_answer(voter)
    return True


def answer_date_by_calendar(voter: Voter, date: PollDate, vote: Vote, stamp: datetime, sequence: int) -> VoteVerdict:
    """Keep what a calendar program says of one date, when nothing later is known of that: from another one, or on the page.

    As for replies to invitations DTSTAMP decides among programs; SEQUENCE only when they say the same.
    """
    if voter.poll.state != PollState.OPEN:
        return VoteVerdict.CLOSED
    known = next((each for each in voter.votes if each.date_id == date.id), None)
    if known and known.given_at and _is_older(known.given_at, known.given_sequence, stamp, sequence):
        return VoteVerdict.OLDER
    _keep_vote(voter, date, vote, stamp, sequence)
    _note_answer(voter)
    return VoteVerdict.VOTED


def _is_older(given_at: datetime, given_sequence: int | None, stamp: datetime, sequence: int) -> bool:
    if (
        given_sequence is None
    ):  # Who says yes on the page is asked by their calendar at once, so no doubt about clocks here.
        return stamp < given_at.replace(microsecond=0)
    return (stamp, sequence) <= (given_at, given_sequence)


def _keep_vote(voter: Voter, date: PollDate, vote: Vote, given_at: datetime, sequence: int | None) -> None:
    row = next((each for each in voter.votes if each.date_id == date.id), None)
    if row is None:
        row = PollVote(date=date, date_id=date.id)
        voter.votes.append(row)
    row.vote, row.given_at, row.given_sequence = vote, given_at, sequence


def _note_answer(voter: Voter) -> None:
    voter.answered_at = clock.now()
    db.session.flush()
    _tell_calendars([voter])


def tally_votes(poll: Poll) -> list[Tally]:
    """What the group said of each date, in their order."""
    counts = Counter((vote.date_id, vote.vote) for voter in poll.voters for vote in voter.votes)
    return [
        Tally(date, counts[date.id, Vote.YES], counts[date.id, Vote.IF_NEED_BE], counts[date.id, Vote.NO])
        for date in poll.dates
    ]


def best_dates(found: list[Tally]) -> set[int]:
    """Ids of the dates that suit the group best; none before somebody answered."""
    ranked = [tally.rank for tally in found if tally.yes or tally.if_need_be]
    return {tally.date.id for tally in found if ranked and tally.rank == max(ranked)}


def choose_date(poll: Poll, date: PollDate, notice: Notice = AT_ONCE) -> Event:
    """Fix the date: a new draft at that time, or the event of the poll moves there. Everybody hears which it is."""
    date.chosen, poll.state = True, PollState.CHOSEN
    if poll.event is None:
        details = EventDetails(
            title=poll.title,
            starts_at=date.starts_at,
            ends_at=date.ends_at,
            closes_at=date.starts_at,
            confidential=poll.confidential,
            themes=themes.go_on_today(poll.network.themes),
        )
        poll.event = planning.create_event(poll.network, details)
    else:
        _move_event(poll.event, date, notice)
    db.session.flush()
    for voter in poll.voters:
        _plan_poll_mail(CHOSEN, voter)
    _tell_calendars(poll.voters)
    chosen.send(poll)
    return poll.event


def people_of_chosen(event: Event) -> list[Person]:
    """Who were asked when to hold this session, of polls of which a date was chosen."""
    wanted = sa.select(Person).join(Voter, Voter.person_id == Person.id).join(Voter.poll)
    wanted = wanted.where(Poll.event_id == event.id, Poll.state == PollState.CHOSEN)
    return list(db.session.scalars(wanted.order_by(Person.sort_name, Person.id)).unique())


def stop_poll(poll: Poll) -> None:
    """No date is chosen; what was kept free is given back."""
    poll.state = PollState.STOPPED
    db.session.flush()
    _tell_calendars(poll.voters)


def reopen_poll(poll: Poll) -> None:
    """Undo of stopping: the poll goes on."""
    if poll.state == PollState.STOPPED:
        poll.state = PollState.OPEN
        db.session.flush()
        _tell_calendars(poll.voters)


def should_hold(vote: PollVote) -> bool:
    """Whether a date belongs in somebody's calendar now: it suits them, and it may still become the one."""
    poll = vote.voter.poll
    return poll.holds and vote.vote != Vote.NO and poll.state == PollState.OPEN


def uid_of_date(date: PollDate) -> str:
    """UID of a kept date, for its whole life (RFC 5545 section 3.8.4.7)."""
    return f"poll-{date.poll_id}-{date.id}@{urls.site_host()}"


def uid_of_hold(voter: Voter, date: PollDate) -> str:
    """The same in the calendar of one voter; several of one mailbox have their own beside each other there."""
    apart = voter.address is not None and voter.address.through
    return f"v{voter.id}-{uid_of_date(date)}" if apart else uid_of_date(date)


def _move_event(event: Event, date: PollDate, notice: Notice) -> None:
    values = {name: getattr(event, name) for name in EventDetails.__dataclass_fields__}
    closes_at = hanging.closing_after(Move.of(event, date.starts_at), event.closes_at, date.ends_at)
    moved = {"starts_at": date.starts_at, "ends_at": date.ends_at, "closes_at": closes_at}
    planning.change_event(event, EventDetails(**values | moved), notice)


def _tell_calendars(voters: Iterable[Voter]) -> None:
    """Promise a mail for every date that a calendar should hold and does not, or the other way round."""
    for voter in voters:
        for vote in voter.votes:
            if should_hold(vote) != vote.held:
                _plan_poll_mail(DATE, voter, vote=vote.id)


def _plan_poll_mail(kind: MessageKind, voter: Voter, **details: Any) -> None:
    if voter.address is not None:
        about = {"network_id": voter.poll.network_id, "person_id": voter.person_id}
        message_queue.plan_message(kind, voter.address, details={"voter": voter.id, **details}, **about)


def _select_with_all() -> sa.Select[Poll]:
    voters = selectinload(Poll.voters).options(
        joinedload(Voter.person).selectinload(Person.addresses), joinedload(Voter.address), selectinload(Voter.votes)
    )
    return sa.select(Poll).options(joinedload(Poll.network), joinedload(Poll.event), selectinload(Poll.dates), voters)
