"""What people in a date poll are mailed: the question, which date it became, and the dates that their calendar keeps."""

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import joinedload, selectinload

from app import clock, wording
from app.calendars import holds
from app.calendars.holds import Hold
from app.calendars.requests import Party
from app.database import db
from app.network import correspondence
from app.network.correspondence import Envelope
from app.network.models import Person
from app.outbox.composing import Suppressed
from app.outbox.letters import Block
from app.outbox.mime import CalendarPart, Mail
from app.outbox.models import Message, Reason
from app.polls import polls
from app.polls.models import Poll, PollState, PollVote, Voter

KINDS = (polls.ASKED, polls.CHOSEN, polls.DATE)


def compose(messages: list[Message]) -> list[Mail | Suppressed]:
    """Write a batch, less what no longer holds."""
    numbers = {message.details["voter"] for message in messages}
    loading = [
        joinedload(Voter.poll).options(joinedload(Poll.network), selectinload(Poll.dates)),
        joinedload(Voter.person).selectinload(Person.addresses),
        selectinload(Voter.votes).joinedload(PollVote.date),
        joinedload(Voter.address),
    ]
    found = {
        each.id: each for each in db.session.scalars(sa.select(Voter).where(Voter.id.in_(numbers)).options(*loading))
    }
    return [_write(message, found.get(message.details["voter"])) for message in messages]


def _write(message: Message, voter: Voter | None) -> Mail | Suppressed:
    if voter is None or voter.address is None:
        return Suppressed(Reason.NO_LONGER_HOLDS)
    if message.kind == polls.ASKED:
        asks = voter.poll.state == PollState.OPEN and voter.answered_at is None
        return _mail("poll", voter) if asks else Suppressed(Reason.NO_LONGER_HOLDS)
    if message.kind == polls.CHOSEN:
        return _mail("chosen", voter) if voter.poll.state == PollState.CHOSEN else Suppressed(Reason.NO_LONGER_HOLDS)
    vote = next((each for each in voter.votes if each.id == message.details["vote"]), None)
    if vote is None or polls.should_hold(vote) == vote.held:
        return Suppressed(Reason.NO_LONGER_HOLDS)
    return _date(voter, vote)


def _date(voter: Voter, vote: PollVote) -> Mail:
    """Put a date in their calendar, or take it out again."""
    vote.held = not vote.held
    vote.hold_sequence = 0 if vote.hold_sequence is None else vote.hold_sequence + 1
    vote.hold_stamp = clock.stamp_after(vote.hold_stamp)
    poll = voter.poll
    hold = Hold(
        uid=polls.uid(vote.date),
        title=poll.title,
        starts_at=vote.date.starts_at,
        ends_at=vote.date.ends_at,
        created_at=poll.created_at,
        organizer=Party(poll.network.name, polls.reply_address(voter)),
        attendee=Party(voter.person.name, voter.address.address),
        sequence=vote.hold_sequence,
        stamp=vote.hold_stamp,
    )
    return _mail("held" if vote.held else "released", voter, vote, holds.request if vote.held else holds.cancel, hold)


def _mail(name: str, voter: Voter, vote: PollVote | None = None, part=None, hold: Hold | None = None) -> Mail:
    calendar: list[CalendarPart] = []

    def fields() -> dict[str, object]:
        if part is not None:
            calendar.append(part(hold))
        return _fields(voter, vote)

    network = voter.poll.network
    written = correspondence.write(
        voter.person,
        f"polls/{name}",
        fields,
        Envelope(
            because=polls.ASKED.because,
            address=voter.address,
            network=network,
            reply_to=network.contact_address,
            feedback=f"poll:{network.id}:{name}",
        ),
    )
    return written if not calendar else _with(written, calendar[0])


def _with(mail: Mail, calendar: CalendarPart) -> Mail:
    return Mail(**vars(mail) | {"calendar": calendar})


def _fields(voter: Voter, vote: PollVote | None) -> dict[str, object]:
    poll = voter.poll
    chosen = next((date for date in poll.dates if date.chosen), None)
    date = vote.date if vote else chosen
    return {
        "voornaam": voter.person.call_name,
        "titel": poll.title,
        "netwerk": poll.network.name,
        "uitleg": poll.explanation,
        "aantal": len(poll.dates),
        "datum": f"{wording.day(date.starts_at)}, {wording.hours(date.starts_at, date.ends_at)}" if date else "",
        "knop": Block.render("button", link=polls.page(voter), label=gettext("Kies welke dagen je kunt")),
        "gekozen": poll.state == PollState.CHOSEN,
    }
