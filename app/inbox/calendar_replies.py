"""Answers from calendars: whose they are, and what they make happen.

An answer counts for the invited person, and only with the secret in the address it came to, or
when our own mail server vouches for the sender. Whoever answers somebody else's invitation
is never registered: they are offered to come in that person's place.
"""

import re
from datetime import datetime, timedelta
from email.message import Message as Mail

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from app import clock, wording
from app.accounts.models import Account
from app.database import db, only_reading, too_often
from app.events.models import Event
from app.inbox import itip, mail_parsing, mail_shapes, reply_letters, sender_proof
from app.inbox.itip import CalendarMail
from app.inbox.mail_parsing import AddressToken
from app.inbox.mail_reading import ReadMail
from app.inbox.models import Doubt, IncomingMail, Outcome, Shape
from app.invitations import invitation_history, inviting
from app.invitations.models import FormerInvitation, Invitation, Step
from app.network.people import address_reading, mail_addresses, mailboxes
from app.network.people.models import Person
from app.polls import polls
from app.polls.models import Vote
from app.registration import answers, calendar_answers, substitute_wishes
from app.registration.answers import FROM_CALENDAR, AnswerSource, SubstituteRefused
from app.registration.calendar_answers import AnswerVerdict, ReceivedAnswer
from app.registration.models import CalendarAnswer
from app.registration.seats import ModeFull, RegistrationClosed
from app.tokens import Purpose
from app.words import Refusal

H, R = Outcome.HANDLED, Outcome.REVIEW
_VOTES = {"accepted": Vote.YES, "tentative": Vote.IF_NEED_BE, "declined": Vote.NO}
_INVITATION_ID: sa.BindParameter[int] = sa.bindparam("invitation_id")
_OF_TOKEN = (
    sa.select(Invitation)
    .where(
        Invitation.id
        == sa.func.coalesce(
            sa.select(FormerInvitation.invitation_id)
            .where(FormerInvitation.number == _INVITATION_ID)
            .scalar_subquery(),
            _INVITATION_ID,
        )
    )
    .options(joinedload(Invitation.event), joinedload(Invitation.person))
)
"""The invitation with this number, or the one that it was merged into, with what an answer is judged by."""
_OF_ONE_PERSON = re.compile(r"i\d+-(?P<event>.+)")
"""The UID of an invitation that has one of its own (Invitation.uid)."""
MOST_AN_HOUR = 60
"""Answers that one participation may send in an hour."""


def handle_reply(row: IncomingMail, mail: ReadMail) -> tuple[Outcome, str]:
    """Do what a calendar's mail asks; what is not sure waits for an organiser."""
    answer, message, token = mail.answer, mail.message, mail.token
    if not isinstance(answer, CalendarMail):
        return R, answer or Doubt.CALENDAR_UNREADABLE
    if token is not None and token.purpose == Purpose.POLL_REPLY:
        return _take_vote(row, answer, message, token)
    invitation, doubt = invitation_of_reply(answer, message, token)
    if invitation is None:
        return R, doubt or Doubt.UNKNOWN_EVENT
    done = (R, doubt) if doubt else _take_answer(row, invitation, answer, message)
    row.invitation = invitation
    return done


def invitation_of_reply(
    answer: CalendarMail, message: Mail, token: AddressToken | None
) -> tuple[Invitation | None, Doubt | None]:
    """The participation that an answer is about, and why it may not be taken over, if so."""
    invitation = _by_token(answer, token)
    if invitation is not None:
        return (invitation, None) if _is_about(answer, invitation) else (invitation, Doubt.OTHER_EVENT)
    found = invitations_of_uid(answer.uid, answer.attendee)
    if found is None:
        return None, Doubt.UNKNOWN_EVENT
    invitation = found[0] if len(found) == 1 else None
    proven = (
        invitation
        and _is_address_of(invitation.person, mail_parsing.sender_of(message)[1])
        and sender_proof.sender_is_proven(message)
    )
    return invitation, None if proven else Doubt.UNSURE_SENDER


def _is_about(answer: CalendarMail, invitation: Invitation) -> bool:
    """Whether a calendar knows this invitation by the UID of an answer, now, from before, or one that was merged into it."""
    if answer.uid in {"", invitation.uid.lower()}:
        return True
    event_uid = invitation.event.uid.lower()
    if answer.uid == event_uid:
        return not invitations_of_uid(event_uid, answer.attendee)
    former = sa.select(FormerInvitation.number).where(FormerInvitation.invitation_id == invitation.id)
    return answer.uid in {f"i{number}-{event_uid}" for number in db.session.scalars(former)}


def invitations_of_uid(uid: str, attendee: str) -> list[Invitation] | None:
    """Of whom an answer with this UID can be, among those behind the address of the attendee; None for a UID not of ours.

    Several people of one mailbox have a UID each, so the address alone never tells them apart.
    """
    own = _OF_ONE_PERSON.fullmatch(uid)
    event = db.session.scalar(sa.select(Event).where(sa.func.lower(Event.uid) == (own["event"] if own else uid)))
    if event is None:
        return None
    behind = (inviting.find_invitation(event, each) for each in _who_is_behind(attendee))
    return [each for each in behind if each is not None and each.uid.lower() == uid]


def is_of_person(person: Person, answer: CalendarMail, message: Mail) -> bool:
    """Whether an answer to somebody's secret address is theirs: the attendee has one of their addresses.

    Or nobody's, while the mail comes from one of theirs: calendars put the mailbox's own name there, which we may not know.
    """
    if _is_address_of(person, answer.attendee):
        return True
    return not _who_is_behind(answer.attendee) and _is_address_of(person, mail_parsing.sender_of(message)[1])


def _is_address_of(person: Person, text: str) -> bool:
    """Whether this is one of their addresses, an international domain in either of its forms."""
    try:
        key = address_reading.address_key(mail_addresses.read_address(text))
    except mail_addresses.BadAddress:
        return False
    return any(each.key == key for each in person.addresses)


def _who_is_behind(text: str) -> list[Person]:
    """Who are reached at this address, an international domain in either of its forms."""
    try:
        return mailboxes.who_is_behind(mail_addresses.read_address(text)).everybody
    except mail_addresses.BadAddress:
        return []


class NotTakenOver(Refusal):
    """An answer in doubt cannot count."""

    says = {
        "impossible": _l(
            "Hier staat geen antwoord in dat we kunnen overnemen. Handel het af op de pagina van de deelnemer."
        ),
        "closed": _l("Dat kan niet meer: de sessie is geweest of geannuleerd, of zo is er geen plek."),
    }


def apply_doubtful_answer(mail: IncomingMail, by: Account) -> None:
    """Let an answer that was in doubt count after all; it is read first. Raises NotTakenOver."""
    with only_reading():
        invitation, answer = mail.invitation, read_reply(mail)
    if invitation is None or answer is None or answer.answer not in list(CalendarAnswer):
        raise NotTakenOver("impossible")
    if not _is_about(answer, invitation):
        raise NotTakenOver("impossible")
    try:
        present = calendar_answers.present_mode(invitation)
        calendar_answers.answer_as_asked(invitation, CalendarAnswer(answer.answer), FROM_CALENDAR, by, present=present)
    except (RegistrationClosed, ModeFull):
        raise NotTakenOver("closed") from None


def read_reply(mail: IncomingMail) -> CalendarMail | None:
    """What a mail on the review list says, as far as it is a calendar's answer."""
    if mail.shape != Shape.CALENDAR or not mail.content:
        return None
    text = mail_shapes.calendar_answer_text(mail_parsing.parse_mail(mail.content))
    try:
        return itip.read_calendar_mail(text) if text else None
    except itip.UnreadableCalendarMail:
        return None


def _by_token(answer: CalendarMail, token: AddressToken | None) -> Invitation | None:
    """By the address that the mail came to, or the one that the calendar answers to."""
    token = token if token and token.purpose == Purpose.REPLY else mail_parsing.read_address_token(answer.organizer)
    if token is None or token.purpose != Purpose.REPLY:
        return None
    return db.session.scalar(_OF_TOKEN, {"invitation_id": token.row_id})


def _too_many(row: IncomingMail, invitation: Invitation) -> bool:
    earlier = (IncomingMail.invitation_id == invitation.id, IncomingMail.id < row.id)
    return too_often(IncomingMail.received_at, row.received_at - timedelta(hours=1), MOST_AN_HOUR, *earlier)


def _take_answer(row: IncomingMail, invitation: Invitation, answer: CalendarMail, message: Mail) -> tuple[Outcome, str]:
    if _too_many(row, invitation):
        return R, Doubt.TOO_MANY
    if not is_of_person(invitation.person, answer, message):
        return _offer_instead(invitation, answer, message)
    return _act_on_answer(row, invitation, answer, message)


def _act_on_answer(
    row: IncomingMail, invitation: Invitation, answer: CalendarMail, message: Mail
) -> tuple[Outcome, str]:
    if answer.events > 1:
        return R, Doubt.SEVERAL_EVENTS
    if answer.method == "COUNTER":
        return _pass_on_proposal(invitation, answer)
    if answer.guests:
        return R, Doubt.GUESTS
    if answer.answer == "delegated":
        return _ask_delegate(invitation, answer)
    if answer.answer not in list(CalendarAnswer):
        says_nothing = answer.attendee and answer.answer in {"", "needs-action"}
        return (H, "no_answer") if says_nothing else (R, Doubt.OTHER_ANSWER)
    verdict = calendar_answers.apply_calendar_answer(invitation, _received_answer(row, invitation, answer, message))
    if answer.comment and verdict in {AnswerVerdict.APPLIED, AnswerVerdict.SAME, AnswerVerdict.TOO_LATE}:
        _pass_on_comment(invitation, answer, message)
    if verdict == AnswerVerdict.ASKED_AGAIN:
        reply_letters.plan_asked_again_letter(invitation)
    if verdict == AnswerVerdict.TOO_LATE:
        reply_letters.plan_too_late_letter(invitation)
        return (H, "cancelled_event") if invitation.event.cancelled else (R, Doubt.TOO_LATE)
    return H, f"calendar_{verdict}"


def _take_vote(row: IncomingMail, answer: CalendarMail, message: Mail, token: AddressToken) -> tuple[Outcome, str]:
    """An answer to a date that is kept free says whether it suits, as on the page of the poll."""
    voter = polls.load_voter(token.row_id)
    vote = _VOTES.get(answer.answer)
    if voter is None or vote is None:
        return R, Doubt.UNKNOWN_EVENT
    date = next((each for each in voter.poll.dates if polls.uid_of_hold(voter, each).lower() == answer.uid), None)
    if date is None:
        return R, Doubt.UNKNOWN_EVENT
    row.person_id, row.network_id = voter.person_id, voter.poll.network_id
    if not is_of_person(voter.person, answer, message):
        return R, Doubt.UNSURE_SENDER
    return H, polls.answer_date_by_calendar(voter, date, vote, _stamp_of(row, answer), answer.sequence)


def _received_answer(row: IncomingMail, invitation: Invitation, answer: CalendarMail, message: Mail) -> ReceivedAnswer:
    stamp = _stamp_of(row, answer)
    how = AnswerSource(from_calendar=True, by_address=_by_whom(invitation, answer, message))
    return ReceivedAnswer(CalendarAnswer(answer.answer), answer.sequence, stamp, answer.starts_at, how)


def _stamp_of(row: IncomingMail, answer: CalendarMail) -> datetime:
    """No answer was given after it arrived, whatever its clock says; one that does not say when was given just then."""
    arrived = min(row.received_at, clock.now())
    return min(answer.stamp or arrived, arrived)


def _by_whom(invitation: Invitation, answer: CalendarMail, message: Mail) -> str:
    """The address of a secretary or other delegate, when it was not the person themselves."""
    sender = answer.sent_by or mail_parsing.sender_of(message)[1]
    return "" if _is_address_of(invitation.person, sender) else sender


def _offer_instead(invitation: Invitation, answer: CalendarMail, message: Mail) -> tuple[Outcome, str]:
    name, sender = mail_parsing.sender_of(message)
    try:
        address = mail_addresses.read_address(answer.attendee or sender)
    except mail_addresses.BadAddress:
        return R, Doubt.UNSURE_SENDER
    if not invitation.event.open:
        return H, "forwarded_closed"
    reply_letters.plan_instead_letter(substitute_wishes.note_wish(invitation, answer.name or name or address, address))
    return H, "offered_instead"


def _pass_on_proposal(invitation: Invitation, answer: CalendarMail) -> tuple[Outcome, str]:
    """Another time was proposed: the organisers decide, the answer given so far stays."""
    if answer.starts_at is None:
        return R, Doubt.CALENDAR_UNREADABLE
    zone = invitation.event.zone
    proposal = wording.format_day_and_hour(answer.starts_at, zone)
    invitation_history.note_invitation_step(
        invitation, Step.PROPOSED_TIME, from_calendar=True, words=f"{proposal}\n{answer.comment}".strip()
    )
    reply_letters.plan_note_to_organisers(invitation, answer.comment, proposal)
    reply_letters.plan_passed_on_letter(invitation, answer.starts_at)
    return H, "calendar_proposed"


def _ask_delegate(invitation: Invitation, answer: CalendarMail) -> tuple[Outcome, str]:
    """DELEGATED-TO asks a colleague in their place, as on the page."""
    try:
        answers.ask_substitute(invitation, answer.delegated_to, mail_addresses.read_address(answer.delegated_to))
    except (SubstituteRefused, RegistrationClosed, mail_addresses.BadAddress, mailboxes.WhoIsMeant):
        return R, Doubt.NO_SUBSTITUTE
    return H, "calendar_delegated"


def _pass_on_comment(invitation: Invitation, answer: CalendarMail, message: Mail) -> None:
    invitation_history.note_invitation_step(
        invitation,
        Step.COMMENTED,
        from_calendar=True,
        by_address=_by_whom(invitation, answer, message),
        words=answer.comment,
    )
    reply_letters.plan_note_to_organisers(invitation, answer.comment)
