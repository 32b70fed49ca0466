"""Letters of attendance: certificates of one session, for whoever was there once that is settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app import clock, wording
from app.accounts.models import Account
from app.attendance import arrivals, closing
from app.attendance.arrivals import Arrival
from app.attendance.models import Attendance, AttendanceClosing
from app.certificates import issuing
from app.certificates.issuing import Facts
from app.certificates.models import Certificate
from app.database import db
from app.events import event_days
from app.events.models import Event, Mode
from app.invitations.models import Invitation
from app.network.people.models import Person
from app.network.seeing import Viewer
from app.registration import presence_counts
from app.words import Refusal, Worded


class NotThere(Refusal):
    """Nobody gets a letter of a session at which they are not noted as present."""

    says = _l("Deze persoon staat niet als aanwezig. Heropen de aanwezigheid als dat niet klopt.")


class Difference(Worded):
    """Why a letter that was issued is not what it would be today."""

    NOT_THERE = "not_there", _l("staat niet meer als aanwezig"), "red"
    DAYS = "days", _l("andere dagen of uren"), "amber"


@dataclass(frozen=True)
class OwnLetter:
    """What somebody finds on their own page."""

    closed: AttendanceClosing | None
    there: bool
    letter: Certificate | None


@dataclass(frozen=True)
class LetterRow:
    """Somebody who was there, or who has a letter, on the organisers' list."""

    name: str
    arrival: Arrival | None
    letter: Certificate | None
    difference: Difference | None


def minutes_of_days(event: Event) -> dict[date, int]:
    """How long each day of an event took, by its own hours. Where those say nothing of each day: as far as it lies in the day."""
    spans, dates = event_days.days_of_event(event), event_days.dates_of_event(event)
    if len(spans) == len(dates):
        return {day: _minutes(end - begin) for day, (begin, end) in zip(dates, spans, strict=True)}
    midnights = {day: clock.start_of_day(day, event.zone) for day in [*dates, dates[-1] + timedelta(days=1)]}
    return {
        day: _minutes(min(event.ends_at, midnights[day + timedelta(days=1)]) - max(event.starts_at, midnights[day]))
        for day in dates
    }


def facts_of_presence(event: Event, there: Sequence[Attendance]) -> Facts:
    """What a letter says of these days at an event."""
    took, network = minutes_of_days(event), event.network
    on_site = presence_counts.mode_of(there) == Mode.ON_SITE
    place = ", ".join(dict.fromkeys(part for part in (event.venue, event.town) if part)) or wording.format_place(event)
    return Facts(
        title=event.title,
        confidential=event.confidential or not network.listed,
        days=[[each.day.isoformat(), took.get(each.day, 0)] for each in sorted(there, key=lambda each: each.day)],
        place=place if on_site else "",
        network=network.name,
        signatory_name=network.signatory_name or network.name,
        signatory_function=network.signatory_function if network.signatory_name else "",
    )


def issue_letter(invitation: Invitation, by: Account | None = None) -> Certificate:
    """The letter of whoever was there, a new one when they have none. Raises AttendanceOpen, NotThere or NoCertificate."""
    event = invitation.event
    closing.demand_closed(event)
    there = presence_counts.days_of_invitation(invitation)
    if not there:
        raise NotThere
    facts = facts_of_presence(event, there)
    letter = issuing.issue_certificate(invitation.person, facts, event.network_id, by, event_id=event.id)
    if letter.withdrawn_at:
        raise issuing.NoCertificate("withdrawn")
    return letter


def issue_letter_again(letter: Certificate, name: str, by: Account | None = None) -> bool:
    """The letter with this name and the days that hold now; False when it says so already.

    Raises AttendanceOpen, NotThere or NoCertificate.
    """
    event = letter.event
    invitation = invitation_of_letter(letter)
    if event is None or invitation is None:
        raise issuing.NoCertificate("gone")
    closing.demand_closed(event)
    there = presence_counts.days_of_invitation(invitation)
    if not there:
        raise NotThere
    return issuing.issue_again(letter, facts_of_presence(event, there), name, by)


def find_letter(event: Event, certificate_id: int) -> Certificate | None:
    """A letter of this event by its id, as long as it is somebody's."""
    wanted = issuing.select_certificates().where(Certificate.id == certificate_id, Certificate.event_id == event.id)
    return db.session.scalar(wanted.where(Certificate.person_id.is_not(None)))


def letter_of_invitation(invitation: Invitation) -> Certificate | None:
    """The letter that somebody has of what they were invited to."""
    wanted = issuing.select_certificates().filter_by(event_id=invitation.event_id, person_id=invitation.person_id)
    return db.session.scalar(wanted)


def invitation_of_letter(letter: Certificate) -> Invitation | None:
    """By which somebody was there; of who went up in another, theirs."""
    person_id = letter.person_id and who_they_are([letter.person_id])[letter.person_id]
    return db.session.scalar(sa.select(Invitation).filter_by(event_id=letter.event_id, person_id=person_id))


def own_letter(invitation: Invitation) -> OwnLetter:
    """How it stands with somebody's letter."""
    there = presence_counts.days_of_invitation(invitation)
    return OwnLetter(closing.closing_of(invitation.event), bool(there), letter_of_invitation(invitation))


def list_letters(event: Event, viewer: Viewer) -> list[LetterRow]:
    """Whoever was there and whoever has a letter, with what does not hold any more; by name."""
    expected = {each.person.id: each for each in arrivals.list_everybody_expected(event, viewer)}
    letters = _letters_of_event(event)
    is_now = who_they_are([each.person_id for each in letters if each.person_id])
    rows = [
        LetterRow(
            letter.newest.name,
            found := expected.get(is_now[letter.person_id]) if letter.person_id else None,
            letter,
            _differs(event, letter, found),
        )
        for letter in letters
    ]
    have = {is_now[each.person_id] for each in letters if each.person_id}
    rows += [
        LetterRow(each.person.name, each, None, None)
        for person_id, each in expected.items()
        if each.days and person_id not in have and each.person.erased_at is None
    ]
    return sorted(rows, key=lambda row: row.arrival.person.sort_name if row.arrival else row.name.casefold())


def count_waiting(event: Event) -> int:
    """How many were there and have no letter yet."""
    return db.session.scalars(select_without_letter(event.id).with_only_columns(sa.func.count())).one()


def select_without_letter(event_id: int) -> sa.Select[Invitation]:
    """Invitations of who was there and has no letter yet, nor had one that was withdrawn."""
    there = sa.select(Attendance.id).where(Attendance.invitation_id == Invitation.id)
    has = sa.select(Certificate.id).where(
        Certificate.event_id == Invitation.event_id, Certificate.person_id == Invitation.person_id
    )
    wanted = sa.select(Invitation).join(Person, Person.id == Invitation.person_id)
    return wanted.where(Invitation.event_id == event_id, there.exists(), ~has.exists(), Person.erased_at.is_(None))


def _letters_of_event(event: Event) -> list[Certificate]:
    wanted = issuing.select_certificates().where(Certificate.event_id == event.id, Certificate.person_id.is_not(None))
    return list(db.session.scalars(wanted))


def who_they_are(person_ids: Sequence[int]) -> dict[int, int]:
    """By the id of somebody the id of who they are now: whoever went up in another is the other."""
    found = sa.select(Person.id, Person.merged_into_id).where(Person.id.in_(person_ids))
    into: dict[int, int | None] = dict(db.session.execute(found).all())
    further = [each for each in into.values() if each is not None]
    are = who_they_are(further) if further else {}
    return {person_id: are[now] if now is not None else person_id for person_id, now in into.items()}


def _differs(event: Event, letter: Certificate, found: Arrival | None) -> Difference | None:
    if letter.withdrawn_at:
        return None
    if found is None or not found.days:
        return Difference.NOT_THERE
    same = facts_of_presence(event, list(found.days.values())).days == letter.newest.days
    return None if same else Difference.DAYS


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)
