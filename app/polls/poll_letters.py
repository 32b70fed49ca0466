"""What people in a date poll are mailed: the question, which date it became, and the dates that their calendar keeps."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import joinedload, selectinload

from app import clock, wording
from app.calendars import calendar_holds
from app.calendars.calendar_holds import Hold
from app.calendars.calendar_requests import CalendarParty
from app.database import Model, db
from app.network import correspondence, memberships
from app.network.correspondence import Envelope
from app.network.people.models import EmailAddress, Person
from app.outbox.letters import LetterBlock
from app.outbox.message_writing import Draft, Suppressed, Written
from app.outbox.mime import CalendarPart, Mail
from app.outbox.models import Message, Reason
from app.polls import polls
from app.polls.models import Poll, PollState, PollVote, Voter

KINDS = (polls.ASKED, polls.CHOSEN, polls.DATE)


@dataclass(frozen=True)
class Told:
    """What a calendar knows of a date once a mail has arrived."""

    vote: PollVote
    held: bool
    sequence: int
    stamp: datetime


def remember(told: Iterable[Told | None]) -> None:
    """Keep what calendars are told, so that the next mail to each goes on from there."""
    for each in filter(None, told):
        each.vote.held, each.vote.hold_sequence, each.vote.hold_stamp = each.held, each.sequence, each.stamp


def write_poll_mails(messages: list[Message]) -> list[Written]:
    """Write a batch, except mails that no longer hold."""
    voter_ids = {message.details["voter"] for message in messages}
    loading = [
        joinedload(Voter.poll).options(joinedload(Poll.network), selectinload(Poll.dates)),
        joinedload(Voter.person).selectinload(Person.addresses),
        selectinload(Voter.votes).joinedload(PollVote.date),
        joinedload(Voter.address),
    ]
    found = {
        each.id: each for each in db.session.scalars(sa.select(Voter).where(Voter.id.in_(voter_ids)).options(*loading))
    }
    away = _find_away(voter_ids)
    return [
        _write_poll_mail(message, found.get(message.details["voter"]), away=message.details["voter"] in away)
        for message in messages
    ]


def _find_away(voter_ids: set[int]) -> set[int]:
    """Ids of voters who left the network meanwhile, or want no use of their data."""
    wanted = sa.select(Voter.id).join(Voter.poll).where(Voter.id.in_(voter_ids))
    return set(db.session.scalars(wanted.where(memberships.is_out_of_reach(Voter.person_id, Poll.network_id))))


def _write_poll_mail(message: Message, voter: Voter | None, *, away: bool) -> Written:
    """Who is `away` is mailed nothing but what takes a date out of their calendar."""
    if voter is None or voter.address is None:
        return Suppressed(Reason.NO_LONGER_HOLDS)
    if away and message.kind != polls.DATE:
        return Suppressed(Reason.NO_LONGER_HOLDS, _rests_on(voter))
    if message.kind == polls.ASKED:
        asks = voter.poll.state == PollState.OPEN and voter.answered_at is None
        return _if_holds(asks, "poll", voter)
    if message.kind == polls.CHOSEN:
        return _if_holds(voter.poll.state == PollState.CHOSEN, "chosen", voter)
    vote = next((each for each in voter.votes if each.id == message.details["vote"]), None)
    if vote is None or (polls.should_hold(vote) and not away) == vote.held:
        return Suppressed(Reason.NO_LONGER_HOLDS, _rests_on(voter))
    return _write_date_mail(voter, vote)


def _rests_on(voter: Voter) -> list[Model]:
    return [voter, voter.poll, voter.person, *voter.person.addresses, *voter.votes]


def _if_holds(holds: bool, name: str, voter: Voter) -> Written:
    if not holds:
        return Suppressed(Reason.NO_LONGER_HOLDS, _rests_on(voter))
    return Draft(_mail_to_voter(name, voter), _rests_on(voter))


def _write_date_mail(voter: Voter, vote: PollVote) -> Draft:
    """Put a date in their calendar, or take it out again."""
    sequence = 0 if vote.hold_sequence is None else vote.hold_sequence + 1
    told = Told(vote, not vote.held, sequence, clock.stamp_after(vote.hold_stamp))
    poll = voter.poll
    hold = Hold(
        uid=polls.uid_of_hold(voter, vote.date),
        title=poll.title,
        starts_at=vote.date.starts_at,
        ends_at=vote.date.ends_at,
        created_at=poll.created_at,
        organizer=CalendarParty(poll.network.name, polls.poll_reply_address(voter)),
        attendee=CalendarParty(voter.person.name, _address_of(voter).address),
        sequence=told.sequence,
        stamp=told.stamp,
    )
    mail = _mail_to_voter(
        "held" if told.held else "released",
        voter,
        vote,
        calendar_holds.write_hold_request if told.held else calendar_holds.write_hold_cancel,
        hold,
    )
    return Draft(mail, _rests_on(voter), vote, told)


def _address_of(voter: Voter) -> EmailAddress:
    """Where a voter is mailed; raises LookupError when they have no address any more."""
    if voter.address is None:
        raise LookupError("a voter without an address is mailed nothing")
    return voter.address


def _mail_to_voter(
    name: str,
    voter: Voter,
    vote: PollVote | None = None,
    part: Callable[[Hold], CalendarPart] | None = None,
    hold: Hold | None = None,
) -> Mail:
    calendar: list[CalendarPart] = []

    def fields() -> dict[str, object]:
        if part is not None and hold is not None:
            calendar.append(part(hold))
        return _poll_fields(voter, vote)

    network = voter.poll.network
    written = correspondence.write_mail(
        voter.person,
        f"polls/{name}",
        fields,
        Envelope(
            because=polls.ASKED.because,
            address=_address_of(voter),
            network=network,
            reply_to=network.contact_address,
            feedback=f"poll:{network.id}:{name}",
        ),
    )
    return written if not calendar else _with_calendar(written, calendar[0])


def _with_calendar(mail: Mail, calendar: CalendarPart) -> Mail:
    return Mail(**vars(mail) | {"calendar": calendar})


def _poll_fields(voter: Voter, vote: PollVote | None) -> dict[str, object]:
    poll = voter.poll
    chosen = next((date for date in poll.dates if date.chosen), None)
    date = vote.date if vote else chosen
    return {
        "voornaam": voter.person.call_name,
        "titel": poll.title,
        "netwerk": poll.network.name,
        "uitleg": poll.explanation,
        "aantal": len(poll.dates),
        "datum": f"{wording.format_day(date.starts_at)}, {wording.format_hours(date.starts_at, date.ends_at)}"
        if date
        else "",
        "knop": LetterBlock.render("button", link=polls.link_to_poll(voter), label=gettext("Kies welke dagen je kunt")),
        "gekozen": poll.state == PollState.CHOSEN,
    }
