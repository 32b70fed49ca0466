"""The mails about one's own registration, each with what the calendar must show from now on.

`plan_registration_letter` puts a letter in the outbox in the transaction of the answer that causes it; the
clockwork writes it a moment later. A letter that no longer holds by then is left out: who
registers and cancels in one breath hears only the last word.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale, gettext

from app import wording
from app.breakouts import programme_changes
from app.database import db
from app.events.models import Mode
from app.invitations import check_in_codes, invitation_links, participation
from app.invitations.invitation_queries import load_invitations_for_letters
from app.invitations.letters import invitation_mail, letter_texts
from app.invitations.letters.letter_texts import OwnTexts
from app.invitations.models import Answer, CalendarStatus, Invitation
from app.invitations.participation import Told
from app.network import memberships
from app.outbox import message_queue
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_writing import Suppressed, Written
from app.outbox.mime import Mail
from app.outbox.models import Message, Reason
from app.registration import course_places, waiting_list
from app.registration.models import Registration, RegistrationState


@dataclass(frozen=True)
class LetterSituation:
    """What a letter is written from: the person's invitation, registration and the event as they are now."""

    invitation: Invitation
    registration: Registration | None
    """Only when it stands: confirmed or waiting."""
    details: dict[str, Any]
    """What was known when the letter was planned: a colleague's name, whether the place is kept."""
    sequence: int | None = None
    """SEQUENCE of the change that a letter about the event tells."""

    @property
    def place(self) -> Registration:
        """The registration, in a letter to somebody who has one; raises LookupError for anybody else."""
        if self.registration is None:
            raise LookupError("who takes no part has no registration")
        return self.registration

    @property
    def confirmed(self) -> bool:
        return self.registration is not None and self.registration.state == RegistrationState.CONFIRMED

    @property
    def waits(self) -> bool:
        """In line, of a meeting of a course for all of that: then there is no registration."""
        if self.registration is not None:
            return self.registration.state == RegistrationState.WAITING
        place = course_places.find_place(self.invitation)
        return place is not None and place.waits

    @property
    def comes_or_may(self) -> bool:
        """Takes part, or has not said no."""
        return self.registration is not None or self.invitation.answer in {None, Answer.YES}


@dataclass(frozen=True)
class LetterRecipe:
    """How a kind of letter is made: when it still holds, what the calendar gets, which fields it adds."""

    holds: Callable[[LetterSituation], bool]
    calendar: Callable[[LetterSituation], Told | None] = lambda now: None
    fields: Callable[[LetterSituation], dict[str, Any]] = lambda now: now.details


def plan_registration_letter(kind: MessageKind, invitation: Invitation, **details: Any) -> Message | None:
    """Put a letter to the invited person in the outbox; somebody who walked in without an address gets none."""
    if invitation.address is None:
        return None
    return message_queue.plan_message(
        kind, invitation.letter_address, details=details, **invitation_mail.message_references(invitation)
    )


def write_registration_letters(messages: list[Message]) -> list[Written]:
    """Write a batch of letters, less those that no longer hold."""
    invitations = load_invitations_for_letters({message.invitation_id for message in messages})
    active = sa.select(Registration).where(
        Registration.invitation_id.in_(invitations), Registration.state != RegistrationState.CANCELLED
    )
    registrations: dict[int | None, Registration] = {
        registration.invitation_id: registration for registration in db.session.scalars(active)
    }
    last = {_subject(message): message.id for message in messages}
    own_texts = letter_texts.load_own_texts({message.network_id for message in messages})
    mails: list[Written] = []
    for message in messages:
        now = LetterSituation(
            invitations[message.invitation_id],
            registrations.get(message.invitation_id),
            message.details,
            message.details.get("sequence"),
        )
        if last[_subject(message)] != message.id:
            mails.append(Suppressed(Reason.OVERTAKEN))
        elif not FORMS[message.kind].holds(now):
            mails.append(Suppressed(Reason.NO_LONGER_HOLDS, [now.invitation, now.invitation.event]))
        else:
            mail = _write_letter_of_kind(message.kind, now, own_texts)
            mails.append(participation.draft(now.invitation, mail, now.registration))
    return mails


def write_example_letter(kind: MessageKind, invitation: Invitation, own_texts: OwnTexts, text: str) -> Mail:
    """A letter with made-up circumstances, to show an organiser what they wrote."""
    state = RegistrationState.WAITING if kind == MessageKind.WAITING else RegistrationState.CONFIRMED
    mode = invitation.event.modes[0]
    registration = Registration(invitation_id=invitation.id, event_id=invitation.event_id, state=state, mode=mode)
    now = LetterSituation(
        invitation,
        registration,
        {
            "collega": "Sanne de Vries",
            "plek": True,
            "organisatie": "Oosterhout",
            "adres": "sanne@oosterhout.example",
            "voorstel": wording.format_day_and_hour(invitation.event.starts_at, invitation.event.zone),
            "uit_agenda": True,
        },
        invitation.event.sequence,
    )
    with force_locale(invitation.person.language):
        fields = {"plaats_in_rij": 3} if kind == MessageKind.WAITING else FORMS[kind].fields(now)
        calendar = FORMS[kind].calendar(now)
        fields = {"vanuit_agenda": _from_calendar(now)} | fields
    pictures = own_texts.pictures(invitation.event.network_id)
    extra = now.details | fields | pictures
    return invitation_mail.write_invitation_mail(invitation, kind, source=text, calendar=calendar, extra=extra)


def _subject(message: Message) -> tuple[MessageKind, int | None, str]:
    """What a letter tells whom: two the same say one thing twice, whatever happened in between."""
    return message.kind, message.invitation_id, str(message.details)


def _write_letter_of_kind(kind: MessageKind, now: LetterSituation, own_texts: OwnTexts) -> Mail:
    form = FORMS[kind]
    with force_locale(now.invitation.person.language):
        fields = form.fields(now)
        calendar = form.calendar(now)
        fields = {"vanuit_agenda": _from_calendar(now)} | fields
    network_id = now.invitation.event.network_id
    return invitation_mail.write_invitation_mail(
        now.invitation,
        kind,
        source=own_texts.source(network_id, kind.letter, now.invitation.person.language),
        calendar=calendar,
        extra=fields | own_texts.pictures(network_id),
    )


def _certain_part(now: LetterSituation) -> Told:
    note = gettext("Je plek is zeker, wat je agenda ook aangeeft.")
    mode = now.place.mode
    return participation.write_request_part(
        now.invitation, CalendarStatus.CONFIRMED, certain=True, mode=mode, note=note
    )


def _uncertain_part(now: LetterSituation) -> Told:
    note = gettext("Je staat op de wachtlijst. Je hoort het meteen als er een plek vrijkomt.")
    mode = now.registration.mode if now.registration else None
    return participation.write_request_part(now.invitation, CalendarStatus.TENTATIVE, mode=mode, note=note)


def _asked_part(now: LetterSituation) -> Told:
    note = gettext("Kom je? Antwoord in deze agenda of met de knoppen in de mail.")
    return participation.write_request_part(now.invitation, CalendarStatus.CONFIRMED, note=note)


def _cancel_part(now: LetterSituation) -> Told | None:
    return participation.write_cancel_part(now.invitation)


def _as_it_is(now: LetterSituation) -> Told:
    if now.confirmed:
        return _certain_part(now)
    return _uncertain_part(now) if now.waits else _asked_part(now)


def _place_fields(now: LetterSituation) -> dict[str, object]:
    online = now.place.mode == Mode.ONLINE
    link = invitation_links.link_to_joining(now.invitation) if online and now.invitation.event.join_url else ""
    code = {} if online else {"toegangscode": check_in_codes.write_code_block(now.invitation)}
    return {"doet_online_mee": online, "deelnamelink": link, **code}


def _place_in_line(now: LetterSituation) -> dict[str, object]:
    return {"plaats_in_rij": waiting_list.place_in_line(now.place)}


def _changed_fields(now: LetterSituation) -> dict[str, object]:
    revived = now.invitation.calendar_status == CalendarStatus.CANCELLED
    why = now.details.get("reden", "")
    return {"komt": now.confirmed, "wacht": now.waits, "weer": revived, "reden": why}


def _standing_fields(now: LetterSituation) -> dict[str, object]:
    return now.details | {"komt": now.confirmed, "wacht": now.waits, "vervallen": now.invitation.event.cancelled}


def _wish_fields(now: LetterSituation) -> dict[str, object]:
    """The person who asks to come in the reader's place, and where to say yes to that."""
    return now.details | {
        "collega_vragen": f"{invitation_links.link_to_invitation(now.invitation)}?antwoord=collega#collega"
    }


def _programme_fields(now: LetterSituation) -> dict[str, object]:
    changes = programme_changes.read_changes(now.invitation, now.details)
    page = invitation_links.link_to_invitation(now.invitation)
    return {"veranderd": LetterBlock.render("programme_changes", changes=changes, link=page)}


def _tells_of_programme(now: LetterSituation) -> bool:
    event = now.invitation.event
    standing = now.confirmed and event.published and not event.over
    return standing and programme_changes.read_changes(now.invitation, now.details).told


def _from_calendar(now: LetterSituation) -> LetterBlock:
    """That the answer came from the reader's calendar, and where to undo it; nothing for an answer on the page."""
    if not now.details.get("uit_agenda"):
        return LetterBlock("", "")
    event = now.invitation.event
    choose = now.confirmed and event.on_site and event.online
    page = invitation_links.link_to_invitation(now.invitation)
    return LetterBlock.render("from_calendar", by=now.details.get("door"), link=page, choose=choose, event=event)


def _tells_the_last_change(now: LetterSituation) -> bool:
    event = now.invitation.event
    left = memberships.has_left(now.invitation.person, event.network_id) and now.registration is None
    return event.published and not event.over and now.comes_or_may and not left and now.sequence == event.sequence


def _is_missing_in_calendar(now: LetterSituation) -> bool:
    event, known = now.invitation.event, now.invitation.calendar_status
    return event.published and not event.over and now.comes_or_may and known in {None, CalendarStatus.CANCELLED}


def _is_asked(now: LetterSituation) -> bool:
    """Has not answered, of what goes on; at a confidential session also who takes part, whom a colleague asks to come in their place."""
    asked = now.invitation.answer is None or bool(now.details.get("takes_part") and now.registration)
    return asked and now.invitation.event.published


def _has_place(now: LetterSituation) -> bool:
    return now.confirmed and now.invitation.event.published


def _is_in_line(now: LetterSituation) -> bool:
    return now.waits and now.invitation.event.published


def _tells_of_course(now: LetterSituation) -> bool:
    from app.registration import course_texts

    return course_texts.still_holds(now.invitation, course_texts.Why(now.details["why"]))


def _course_fields(now: LetterSituation) -> dict[str, object]:
    from app.registration import course_texts

    return course_texts.letter_fields(now.invitation, course_texts.Why(now.details["why"]), now.details)


def _is_news_for_calendar(now: LetterSituation) -> bool:
    if _has_place(now):
        return not now.invitation.event.over
    return now.invitation.calendar_status not in {None, CalendarStatus.CANCELLED}


def _day_part(now: LetterSituation) -> Told | None:
    return _certain_part(now) if _has_place(now) else _cancel_part(now)


def _day_fields(now: LetterSituation) -> dict[str, object]:
    comes = _has_place(now)
    return {"komt": comes, **(_place_fields(now) if comes else {"deelnamelink": ""})}


FORMS = {
    MessageKind.CONFIRMED: LetterRecipe(_has_place, _certain_part, _place_fields),
    MessageKind.PROMOTED: LetterRecipe(_has_place, _certain_part, _place_fields),
    MessageKind.WAITING: LetterRecipe(_is_in_line, _uncertain_part, _place_in_line),
    MessageKind.CANCELLED: LetterRecipe(lambda now: now.registration is None, _cancel_part),
    MessageKind.DECLINED: LetterRecipe(lambda now: now.invitation.answer == Answer.NO, _cancel_part),
    MessageKind.SUBSTITUTE_INVITATION: LetterRecipe(_is_asked, _as_it_is),
    MessageKind.SUBSTITUTE_ASKED: LetterRecipe(lambda now: now.invitation.answer == Answer.SUBSTITUTE),
    MessageKind.SUBSTITUTE_COMES: LetterRecipe(lambda now: now.registration is None, _cancel_part),
    MessageKind.SUBSTITUTE_DECLINED: LetterRecipe(lambda now: True),
    MessageKind.REQUESTED: LetterRecipe(lambda now: True),
    MessageKind.SEAT_NAMED: LetterRecipe(_is_asked, _as_it_is),
    MessageKind.MAYBE: LetterRecipe(lambda now: now.invitation.maybe_at is not None, fields=_standing_fields),
    MessageKind.ASKED_AGAIN: LetterRecipe(lambda now: now.invitation.event.open, _as_it_is, _standing_fields),
    MessageKind.TOO_LATE: LetterRecipe(lambda now: True, fields=_standing_fields),
    MessageKind.TIME_PROPOSED: LetterRecipe(lambda now: True, fields=_standing_fields),
    MessageKind.ANSWER_UNDONE: LetterRecipe(
        lambda now: now.registration is None and now.invitation.answer is None, _asked_part
    ),
    MessageKind.SUBSTITUTE_WANTED: LetterRecipe(lambda now: now.invitation.event.open, fields=_wish_fields),
    MessageKind.CALENDAR_ANEW: LetterRecipe(_is_missing_in_calendar, _as_it_is, _standing_fields),
    MessageKind.OWN_PROGRAMME: LetterRecipe(_tells_of_programme, _certain_part, _programme_fields),
    MessageKind.EVENT_CHANGED: LetterRecipe(_tells_the_last_change, _as_it_is, _changed_fields),
    MessageKind.COURSE: LetterRecipe(_tells_of_course, fields=_course_fields),
    MessageKind.COURSE_DAY: LetterRecipe(_is_news_for_calendar, _day_part, _day_fields),
    MessageKind.EVENT_CANCELLED: LetterRecipe(
        lambda now: now.invitation.event.cancelled and not now.invitation.event.over,
        _cancel_part,
        lambda now: {"reden": now.invitation.event.cancel_reason},
    ),
}
