"""The mails about one's own registration, each with what the calendar must show from now on."""

from flask_babel import force_locale, gettext

from app.events.models import Mode
from app.invitations import mailing, participation
from app.invitations.models import CalendarStatus, Invitation
from app.outbox.mime import CalendarPart, Mail
from app.outbox.models import Message, Priority
from app.outbox.queue import enqueue
from app.registration import waiting_list
from app.registration.models import Registration


def confirmed(registration: Registration) -> Message:
    return _send(registration.invitation, "registration/confirmed", _certain(registration), _mode(registration))


def promoted(registration: Registration) -> Message:
    """A place came free: the first in line has it now."""
    return _send(registration.invitation, "registration/promoted", _certain(registration), _mode(registration))


def waiting(registration: Registration) -> Message:
    extra = {**_mode(registration), "plaats_in_rij": waiting_list.place_in_line(registration)}
    return _send(registration.invitation, "registration/waiting", _uncertain(registration), extra)


def cancelled(invitation: Invitation) -> Message:
    """The person gave up a seat or a place in line."""
    return _send(invitation, "registration/cancelled", _gone(invitation))


def declined(invitation: Invitation) -> Message:
    """The person does not come and never had a seat."""
    return _send(invitation, "registration/declined", _gone(invitation))


def substitute_invitation(invitation: Invitation) -> Message:
    """To the colleague: somebody asks whether you come in their place."""
    with force_locale(invitation.person.language):
        note = gettext("Kom je? Antwoord in deze agenda of met de knoppen in de mail.")
        calendar = participation.request(invitation, CalendarStatus.CONFIRMED, note=note)
    extra = {"collega": invitation.substitute_for.person.name}
    return _send(invitation, "registration/substitute_invitation", calendar, extra)


def substitute_asked(invitation: Invitation, colleague: str, *, keeps_place: bool) -> Message:
    """To who asked: the question is on its way; the place stays theirs until the colleague says yes."""
    return _send(invitation, "registration/substitute_asked", None, {"collega": colleague, "plek": keeps_place})


def substitute_comes(giver: Invitation, colleague: str) -> Message:
    return _send(giver, "registration/substitute_comes", _gone(giver), {"collega": colleague})


def substitute_declined(giver: Invitation, colleague: str, *, keeps_place: bool) -> Message:
    return _send(giver, "registration/substitute_declined", None, {"collega": colleague, "plek": keeps_place})


def requested(invitation: Invitation) -> Message:
    """The personal link that somebody asked for on the public page."""
    return _send(invitation, "registration/requested", None)


def event_changed(invitation: Invitation, registration: Registration | None) -> Mail:
    """The event has another time or place, or takes place after all: what holds now, and the new calendar entry."""
    waits = registration is not None and registration.waiting_number is not None
    extra = {
        "komt": registration is not None and not waits,
        "wacht": waits,
        "weer": invitation.calendar_status == CalendarStatus.CANCELLED,
    }
    if registration is None:
        with force_locale(invitation.person.language):
            calendar = participation.request(
                invitation, CalendarStatus.CONFIRMED, note=gettext("De gegevens zijn veranderd. Kom je?")
            )
    else:
        calendar = _uncertain(registration) if waits else _certain(registration)
    return mailing.mail(invitation, "registration/event_changed", calendar=calendar, extra=extra)


def event_cancelled(invitation: Invitation) -> Mail:
    extra = {"reden": invitation.event.cancel_reason}
    return mailing.mail(invitation, "registration/event_cancelled", calendar=_gone(invitation), extra=extra)


def _certain(registration: Registration) -> CalendarPart:
    with force_locale(registration.invitation.person.language):
        note = gettext("Je plek is zeker, wat je agenda ook aangeeft.")
        return participation.request(
            registration.invitation, CalendarStatus.CONFIRMED, certain=True, mode=registration.mode, note=note
        )


def _uncertain(registration: Registration) -> CalendarPart:
    with force_locale(registration.invitation.person.language):
        note = gettext("Je staat op de wachtlijst. Je hoort het meteen als er een plek vrijkomt.")
        return participation.request(
            registration.invitation, CalendarStatus.TENTATIVE, mode=registration.mode, note=note
        )


def _gone(invitation: Invitation) -> CalendarPart | None:
    with force_locale(invitation.person.language):
        return participation.cancel(invitation)


def _mode(registration: Registration) -> dict[str, object]:
    online = registration.mode == Mode.ONLINE
    return {"doet_online_mee": online, "deelnamelink": registration.invitation.event.join_url if online else ""}


def _send(invitation: Invitation, kind: str, calendar: CalendarPart | None, extra: dict | None = None) -> Message:
    event = invitation.event
    return enqueue(
        mailing.mail(invitation, kind, calendar=calendar, extra=extra),
        kind.partition("/")[2],
        priority=Priority.OWN_ACTION,
        network_id=event.network_id,
        event_id=event.id,
        person_id=invitation.person_id,
        invitation_id=invitation.id,
    )
