"""Answers from calendars: whose they are, and what they make happen.

An answer counts for who was invited, and only with the secret in the address it came to, or
when our own mail server vouches for the sender. Whoever answers somebody else's invitation
is never registered: they are offered to come in that person's place.
"""

from datetime import timedelta
from email.message import Message as Mail

import sqlalchemy as sa

from app import clock, wording
from app.accounts.models import Account
from app.database import db, too_often
from app.events.models import Event
from app.inbox import authentication, itip, mails, reply_letters, sorting
from app.inbox.itip import CalendarMail
from app.inbox.mails import Token
from app.inbox.models import Doubt, IncomingMail, Outcome, Shape
from app.invitations import history, inviting
from app.invitations.models import FormerInvitation, Invitation, Step
from app.network import people
from app.polls import polls
from app.polls.models import Vote
from app.registration import answers, calendar_answers, wishes
from app.registration.answers import FROM_CALENDAR, How, SubstituteRefused
from app.registration.calendar_answers import Given, Verdict
from app.registration.models import CalendarAnswer
from app.registration.seats import ModeFull, RegistrationClosed
from app.tokens import Purpose

H, R = Outcome.HANDLED, Outcome.REVIEW
_VOTES = {"accepted": Vote.YES, "tentative": Vote.IF_NEED_BE, "declined": Vote.NO}
MOST_AN_HOUR = 60
"""Answers that one participation may send in an hour."""


def handle(row: IncomingMail, message: Mail, token: Token | None) -> tuple[Outcome, str]:
    """Do what a calendar's mail asks; what is not sure waits for an organiser."""
    text = sorting.calendar_answer(message)
    if text is None:
        return R, Doubt.WINMAIL if sorting.outlook_only_answer(message) else Doubt.PASSED_ON
    try:
        answer = itip.read(text)
    except itip.Unreadable:
        return R, Doubt.CALENDAR_UNREADABLE
    if token is not None and token.purpose == Purpose.POLL_REPLY:
        return _vote(row, answer, token)
    invitation, doubt = whose(answer, message, token)
    if invitation is not None:
        row.invitation_id = invitation.id
    if doubt:
        return R, doubt
    if _too_many(row):
        return R, Doubt.TOO_MANY
    if not is_theirs(invitation, answer):
        return _offer_instead(invitation, answer, message)
    return _act(invitation, answer, message)


def whose(answer: CalendarMail, message: Mail, token: Token | None) -> tuple[Invitation | None, Doubt | None]:
    """The participation that an answer is about, and why it may not be taken over, if so."""
    invitation = _by_token(answer, token)
    if invitation is not None:
        event_uid = invitation.event.uid.lower()
        return (invitation, None) if answer.uid in {"", event_uid} else (invitation, Doubt.OTHER_EVENT)
    event = db.session.scalar(sa.select(Event).where(sa.func.lower(Event.uid) == answer.uid))
    if event is None:
        return None, Doubt.UNKNOWN_EVENT
    person = people.by_address(answer.attendee) if answer.attendee else None
    invitation = inviting.of(event, person) if person else None
    proven = mails.sender(message)[1] == answer.attendee and authentication.sender_is_proven(message)
    return invitation, None if invitation and proven else Doubt.UNSURE_SENDER


def is_theirs(invitation: Invitation, answer: CalendarMail) -> bool:
    """Whether the attendee is who was invited, at whichever of their addresses."""
    return answer.attendee in {each.key for each in invitation.person.addresses}


def take_over(mail: IncomingMail, by: Account) -> str:
    """Let an answer that was in doubt count after all; returns the problem, empty when it was done."""
    invitation, answer = mail.invitation, reading(mail)
    if invitation is None or answer is None or answer.answer not in list(CalendarAnswer):
        return "impossible"
    if answer.uid not in {"", invitation.event.uid.lower()}:
        return "impossible"
    try:
        calendar_answers.answer(invitation, CalendarAnswer(answer.answer), FROM_CALENDAR, by)
    except (RegistrationClosed, ModeFull):
        return "closed"
    return ""


def reading(mail: IncomingMail) -> CalendarMail | None:
    """What a mail on the review list says, as far as it is a calendar's answer."""
    if mail.shape != Shape.CALENDAR or not mail.content:
        return None
    text = sorting.calendar_answer(mails.parse(mail.content))
    try:
        return itip.read(text) if text else None
    except itip.Unreadable:
        return None


def _by_token(answer: CalendarMail, token: Token | None) -> Invitation | None:
    """By the address that the mail came to, or the one that the calendar answers to."""
    token = token if token and token.purpose == Purpose.REPLY else mails.read_token(answer.organizer)
    if token is None or token.purpose != Purpose.REPLY:
        return None
    former = db.session.get(FormerInvitation, token.number)
    return db.session.get(Invitation, former.invitation_id if former else token.number)


def _too_many(row: IncomingMail) -> bool:
    earlier = (IncomingMail.invitation_id == row.invitation_id, IncomingMail.id < row.id)
    return too_often(IncomingMail.received_at, row.received_at - timedelta(hours=1), MOST_AN_HOUR, *earlier)


def _act(invitation: Invitation, answer: CalendarMail, message: Mail) -> tuple[Outcome, str]:
    if answer.events > 1:
        return R, Doubt.SEVERAL_EVENTS
    if answer.method == "COUNTER":
        return _counter(invitation, answer)
    if answer.guests:
        return R, Doubt.GUESTS
    if answer.answer == "delegated":
        return _delegate(invitation, answer)
    if answer.answer not in list(CalendarAnswer):
        return (H, "no_answer") if answer.answer in {"", "needs-action"} else (R, Doubt.OTHER_ANSWER)
    verdict = calendar_answers.apply(invitation, _given(invitation, answer, message))
    if answer.comment and verdict in {Verdict.APPLIED, Verdict.SAME, Verdict.TOO_LATE}:
        _pass_on_comment(invitation, answer, message)
    if verdict == Verdict.ASKED_AGAIN:
        reply_letters.ask_again(invitation)
    if verdict == Verdict.TOO_LATE:
        reply_letters.say_too_late(invitation)
        return (H, "cancelled_event") if invitation.event.cancelled else (R, Doubt.TOO_LATE)
    return H, f"calendar_{verdict}"


def _vote(row: IncomingMail, answer: CalendarMail, token: Token) -> tuple[Outcome, str]:
    """An answer to a date that is kept free says whether it suits, as on the page of the poll."""
    voter = polls.voter(token.number)
    date = voter and next((each for each in voter.poll.dates if polls.uid(each).lower() == answer.uid), None)
    vote = _VOTES.get(answer.answer)
    if date is None or vote is None:
        return R, Doubt.UNKNOWN_EVENT
    row.person_id, row.network_id = voter.person_id, voter.poll.network_id
    return H, "calendar_voted" if polls.answer(voter, {date.id: vote}) else "poll_closed"


def _given(invitation: Invitation, answer: CalendarMail, message: Mail) -> Given:
    """A clock that is ahead, or none, counts as now."""
    now = clock.now()
    stamp = min(answer.stamp, now) if answer.stamp else now
    how = How(from_calendar=True, by_address=_by_whom(invitation, answer, message))
    return Given(CalendarAnswer(answer.answer), answer.sequence, stamp, answer.starts_at, how)


def _by_whom(invitation: Invitation, answer: CalendarMail, message: Mail) -> str:
    """The address of a secretary or other delegate, when it was not the person themselves."""
    sender = answer.sent_by or mails.sender(message)[1]
    return "" if not sender or sender in {each.key for each in invitation.person.addresses} else sender


def _offer_instead(invitation: Invitation, answer: CalendarMail, message: Mail) -> tuple[Outcome, str]:
    name, sender = mails.sender(message)
    try:
        address = people.read_address(answer.attendee or sender)
    except people.BadAddress:
        return R, Doubt.UNSURE_SENDER
    if not invitation.event.open:
        return H, "forwarded_closed"
    reply_letters.offer_instead(wishes.note(invitation, answer.name or name or address, address))
    return H, "offered_instead"


def _counter(invitation: Invitation, answer: CalendarMail) -> tuple[Outcome, str]:
    """Another time was proposed: the organisers decide, the answer given so far stays."""
    if answer.starts_at is None:
        return R, Doubt.CALENDAR_UNREADABLE
    zone = invitation.event.zone
    proposal = wording.day_and_hour(answer.starts_at, zone)
    history.note(invitation, Step.PROPOSED_TIME, from_calendar=True, words=f"{proposal}\n{answer.comment}".strip())
    reply_letters.tell_organisers(invitation, answer.comment, proposal)
    reply_letters.say_passed_on(invitation, answer.starts_at)
    return H, "calendar_proposed"


def _delegate(invitation: Invitation, answer: CalendarMail) -> tuple[Outcome, str]:
    """DELEGATED-TO asks a colleague in their place, as on the page."""
    try:
        answers.ask_substitute(invitation, answer.delegated_to, people.read_address(answer.delegated_to))
    except (SubstituteRefused, RegistrationClosed, people.BadAddress):
        return R, Doubt.NO_SUBSTITUTE
    return H, "calendar_delegated"


def _pass_on_comment(invitation: Invitation, answer: CalendarMail, message: Mail) -> None:
    history.note(
        invitation,
        Step.COMMENTED,
        from_calendar=True,
        by_address=_by_whom(invitation, answer, message),
        words=answer.comment,
    )
    reply_letters.tell_organisers(invitation, answer.comment)
