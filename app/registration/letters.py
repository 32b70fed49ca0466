"""The mails about one's own registration, each with what the calendar must show from now on.

`plan` puts a letter in the outbox in the transaction of the answer that causes it; the
clockwork writes it a moment later. A letter that no longer holds by then is left out: who
registers and cancels in one breath hears only the last word.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale, gettext

from app import wording
from app.database import db
from app.events.models import Mode
from app.invitations import check_in_codes, links, mailing, participation, texts
from app.invitations.models import Answer, CalendarStatus, Invitation
from app.invitations.participation import Told
from app.invitations.queries import loaded
from app.invitations.texts import Texts
from app.outbox import queue
from app.outbox.composing import Suppressed
from app.outbox.kinds import MessageKind
from app.outbox.letters import Block
from app.outbox.mime import Mail
from app.outbox.models import Message, Reason
from app.registration import waiting_list
from app.registration.models import Registration, RegistrationState


@dataclass(frozen=True)
class Situation:
    """What a letter is written from: the person's invitation, registration and the event as they are now."""

    invitation: Invitation
    registration: Registration | None
    """Only when it stands: confirmed or waiting."""
    details: dict[str, Any]
    """What was known when the letter was planned: a colleague's name, whether the place is kept."""
    sequence: int | None = None
    """SEQUENCE of the change that a letter about the event tells."""

    @property
    def confirmed(self) -> bool:
        return self.registration is not None and self.registration.state == RegistrationState.CONFIRMED

    @property
    def waits(self) -> bool:
        return self.registration is not None and self.registration.state == RegistrationState.WAITING

    @property
    def comes_or_may(self) -> bool:
        """Takes part, or has not said no."""
        return self.registration is not None or self.invitation.answer in {None, Answer.YES}


@dataclass(frozen=True)
class Form:
    """How a kind of letter is made: when it still holds, what the calendar gets, which fields it adds."""

    holds: Callable[[Situation], bool]
    calendar: Callable[[Situation], Told | None] = lambda now: None
    fields: Callable[[Situation], dict[str, Any]] = lambda now: now.details


def plan(kind: MessageKind, invitation: Invitation, **details: Any) -> Message | None:
    """Put a letter to the invited person in the outbox; who walked in without an address gets none."""
    if invitation.address is None:
        return None
    return queue.promise(kind, invitation.address, details=details, **mailing.about(invitation))


def compose(messages: list[Message]) -> list[Mail | Suppressed]:
    """Write a batch of letters, less those that no longer hold, and keep what calendars are told."""
    invitations = loaded({message.invitation_id for message in messages})
    active = sa.select(Registration).where(
        Registration.invitation_id.in_(invitations), Registration.state != RegistrationState.CANCELLED
    )
    registrations = {registration.invitation_id: registration for registration in db.session.scalars(active)}
    last = {_subject(message): message.id for message in messages}
    own_texts = texts.holding({message.network_id for message in messages})
    mails = []
    for message in messages:
        now = Situation(
            invitations[message.invitation_id],
            registrations.get(message.invitation_id),
            message.details,
            message.details.get("sequence"),
        )
        if last[_subject(message)] != message.id:
            mails.append(Suppressed(Reason.OVERTAKEN))
        elif not FORMS[message.kind].holds(now):
            mails.append(Suppressed(Reason.NO_LONGER_HOLDS))
        else:
            mails.append(_write(message.kind, now, own_texts))
            participation.remember(now.invitation, mails[-1].calendar)
    return mails


def example(kind: MessageKind, invitation: Invitation, own_texts: Texts, text: str) -> Mail:
    """A letter with made-up circumstances, to show an organiser what they wrote."""
    state = RegistrationState.WAITING if kind == MessageKind.WAITING else RegistrationState.CONFIRMED
    mode = invitation.event.modes[0]
    registration = Registration(invitation_id=invitation.id, event_id=invitation.event_id, state=state, mode=mode)
    now = Situation(
        invitation,
        registration,
        {
            "collega": "Sanne de Vries",
            "plek": True,
            "organisatie": "Oosterhout",
            "adres": "sanne@oosterhout.example",
            "voorstel": wording.day_and_hour(invitation.event.starts_at, invitation.event.zone),
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
    return mailing.mail(invitation, kind, source=text, calendar=calendar, extra=extra)


def _subject(message: Message) -> tuple[MessageKind, int, str]:
    """What a letter tells whom: two the same say one thing twice, whatever happened in between."""
    return message.kind, message.invitation_id, str(message.details)


def _write(kind: MessageKind, now: Situation, own_texts: Texts) -> Mail:
    form = FORMS[kind]
    with force_locale(now.invitation.person.language):
        fields = form.fields(now)
        calendar = form.calendar(now)
        fields = {"vanuit_agenda": _from_calendar(now)} | fields
    network_id = now.invitation.event.network_id
    return mailing.mail(
        now.invitation,
        kind,
        source=own_texts.source(network_id, kind.letter, now.invitation.person.language),
        calendar=calendar,
        extra=fields | own_texts.pictures(network_id),
    )


def _certain(now: Situation) -> Told:
    note = gettext("Je plek is zeker, wat je agenda ook aangeeft.")
    mode = now.registration.mode
    return participation.request(now.invitation, CalendarStatus.CONFIRMED, certain=True, mode=mode, note=note)


def _uncertain(now: Situation) -> Told:
    note = gettext("Je staat op de wachtlijst. Je hoort het meteen als er een plek vrijkomt.")
    return participation.request(now.invitation, CalendarStatus.TENTATIVE, mode=now.registration.mode, note=note)


def _asked(now: Situation) -> Told:
    note = gettext("Kom je? Antwoord in deze agenda of met de knoppen in de mail.")
    return participation.request(now.invitation, CalendarStatus.CONFIRMED, note=note)


def _gone(now: Situation) -> Told | None:
    return participation.cancel(now.invitation)


def _as_it_is(now: Situation) -> Told:
    if now.confirmed:
        return _certain(now)
    return _uncertain(now) if now.waits else _asked(now)


def _place(now: Situation) -> dict[str, object]:
    online = now.registration.mode == Mode.ONLINE
    link = links.join_page(now.invitation) if online and now.invitation.event.join_url else ""
    code = {} if online else {"toegangscode": check_in_codes.block(now.invitation)}
    return {"doet_online_mee": online, "deelnamelink": link, **code}


def _place_in_line(now: Situation) -> dict[str, object]:
    return {"plaats_in_rij": waiting_list.place_in_line(now.registration)}


def _changed(now: Situation) -> dict[str, object]:
    revived = now.invitation.calendar_status == CalendarStatus.CANCELLED
    return {"komt": now.confirmed, "wacht": now.waits, "weer": revived}


def _stands(now: Situation) -> dict[str, object]:
    return now.details | {"komt": now.confirmed, "wacht": now.waits, "vervallen": now.invitation.event.cancelled}


def _wanted(now: Situation) -> dict[str, object]:
    """Who asks to come in the reader's place, and where to say yes to that."""
    return now.details | {"collega_vragen": f"{links.page(now.invitation)}?antwoord=collega#collega"}


def _from_calendar(now: Situation) -> Block:
    """That the answer came from the reader's calendar, and where to undo it; nothing for an answer on the page."""
    if not now.details.get("uit_agenda"):
        return Block("", "")
    event = now.invitation.event
    choose = now.confirmed and event.on_site and event.online
    page = links.page(now.invitation)
    return Block.render("from_calendar", by=now.details.get("door"), link=page, choose=choose, event=event)


def _tells_the_last_change(now: Situation) -> bool:
    event = now.invitation.event
    return event.published and now.comes_or_may and now.sequence == event.sequence


FORMS = {
    MessageKind.CONFIRMED: Form(lambda now: now.confirmed, _certain, _place),
    MessageKind.PROMOTED: Form(lambda now: now.confirmed, _certain, _place),
    MessageKind.WAITING: Form(lambda now: now.waits, _uncertain, _place_in_line),
    MessageKind.CANCELLED: Form(lambda now: now.registration is None, _gone),
    MessageKind.DECLINED: Form(lambda now: now.invitation.answer == Answer.NO, _gone),
    MessageKind.SUBSTITUTE_INVITATION: Form(lambda now: now.invitation.answer is None, _asked),
    MessageKind.SUBSTITUTE_ASKED: Form(lambda now: now.invitation.answer == Answer.SUBSTITUTE),
    MessageKind.SUBSTITUTE_COMES: Form(lambda now: now.registration is None, _gone),
    MessageKind.SUBSTITUTE_DECLINED: Form(lambda now: True),
    MessageKind.REQUESTED: Form(lambda now: True),
    MessageKind.SEAT_NAMED: Form(lambda now: now.invitation.answer is None, _asked),
    MessageKind.MAYBE: Form(lambda now: now.invitation.maybe_at is not None, fields=_stands),
    MessageKind.ASKED_AGAIN: Form(lambda now: now.invitation.event.open, _as_it_is, _stands),
    MessageKind.TOO_LATE: Form(lambda now: True, fields=_stands),
    MessageKind.TIME_PROPOSED: Form(lambda now: True, fields=_stands),
    MessageKind.ANSWER_UNDONE: Form(lambda now: now.registration is None and now.invitation.answer is None, _asked),
    MessageKind.SUBSTITUTE_WANTED: Form(lambda now: now.invitation.event.open, fields=_wanted),
    MessageKind.EVENT_CHANGED: Form(_tells_the_last_change, _as_it_is, _changed),
    MessageKind.EVENT_CANCELLED: Form(
        lambda now: now.invitation.event.cancelled, _gone, lambda now: {"reden": now.invitation.event.cancel_reason}
    ),
}
