"""The day after publishing: one mail to people who were there, another to people who could not come."""

from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale, gettext
from sqlalchemy.orm import joinedload, selectinload

from app import clock, urls, wording
from app.attendance.models import Attendance
from app.database import db, take_row
from app.events.models import Event, EventState
from app.invitations.letters import material_blocks
from app.invitations.models import Answer, Invitation
from app.lessons.impressions import facts
from app.lessons.impressions.models import Impression, ImpressionState
from app.lessons.insights import commitment_letters, commitment_queries
from app.lessons.insights.models import Commitment
from app.materials import reading
from app.network import correspondence, memberships, visits
from app.network.correspondence import Envelope
from app.network.models import Membership
from app.network.people.models import Person
from app.outbox import message_queue
from app.outbox.kinds import MessageKind
from app.outbox.letters import LetterBlock
from app.outbox.message_writing import Draft, Suppressed, Written
from app.outbox.mime import Mail
from app.outbox.models import Message, Reason
from app.registration.models import Registration, RegistrationState
from app.setbacks import one_by_one

THANKS, MISSED = MessageKind.THANKS, MessageKind.MISSED
_HOUR = time(9)
_LATEST = timedelta(days=14)
"""An impression that was published longer ago is no news any more."""


def follow_up_due_at(impression: Impression) -> datetime:
    """Nine o'clock on the morning after publishing; raises LookupError when it is not published."""
    if impression.published_at is None:
        raise LookupError("an impression that is not published is followed up by nothing")
    return clock.moment_days_before(impression.published_at, -1, _HOUR)


def plan_due_follow_ups(now: datetime | None = None) -> int:
    """Plan the mails of impressions whose morning has come; returns how many."""
    now = now or clock.now()
    wanted = sa.select(Impression).where(
        Impression.state == ImpressionState.PUBLISHED,
        Impression.followed_up_at.is_(None),
        Impression.published_at.between(now - _LATEST, now),
    )

    def plan(impression_id: int) -> int | None:
        impression = take_row(Impression, impression_id, Impression.followed_up_at.is_(None))
        if impression is None:
            return None
        if follow_up_due_at(impression) > now:
            return 0
        planned = _plan_follow_up(impression, THANKS, _select_present(impression))
        planned += _plan_follow_up(impression, MISSED, _select_missed(impression))
        impression.followed_up_at = now
        return planned

    due = db.session.scalars(wanted.with_only_columns(Impression.id).order_by(Impression.id)).all()
    return one_by_one.do_each("plan_due_follow_ups", due, plan)


def _plan_follow_up(impression: Impression, kind: MessageKind, people: sa.Select[Any]) -> int:
    network = impression.network
    wanted = correspondence.message_rows_for_people(f"{kind}:{impression.id}:").where(
        Person.id.in_(people), ~_select_silent_people(impression.network_id).exists()
    )
    return message_queue.plan_messages_in_steps(
        wanted,
        Person.id,
        kind=kind,
        details={"impression": impression.id},
        network_id=network.id,
        due_at=message_queue.mailing_leaves_at(clock.now(), network.quiet_hours),
        paced=network.paced,
    )


def _select_silent_people(network_id: int) -> sa.Select[Any]:
    """People who want no mail of this network."""
    return sa.select(Membership.id).where(
        Membership.person_id == Person.id,
        memberships.has_stopped_mail(network_id),
    )


def _event_ids(impression: Impression) -> list[int]:
    return [event.id for event in facts.events_of_impression(impression)]


def _select_present(impression: Impression) -> sa.Select[Any]:
    there = sa.select(Attendance.invitation_id).where(Attendance.event_id.in_(_event_ids(impression)))
    return sa.select(Invitation.person_id).where(Invitation.id.in_(there))


def _select_missed(impression: Impression) -> sa.Select[Any]:
    """People who had a place, waited or said no, and were at none of the events."""
    had_place = Registration.state.in_([RegistrationState.CONFIRMED, RegistrationState.WAITING])
    return (
        sa.select(Invitation.person_id)
        .outerjoin(Registration, Registration.invitation_id == Invitation.id)
        .where(
            Invitation.event_id.in_(_event_ids(impression)),
            sa.or_(had_place, Invitation.answer == Answer.NO),
            Invitation.person_id.not_in(_select_present(impression)),
        )
    )


def prepare_follow_up_mails(messages: list[Message]) -> None:
    """Readers whom the network does not know become its guests, so that they can stop its mail."""
    people = _people_by_id({message.person_id for message in messages if message.person_id})
    published = _impressions_by_id({message.details["impression"] for message in messages})
    for message in messages:
        person = people[message.person_id or 0]
        if (
            message.network_id
            and message.details["impression"] in published
            and correspondence.preferred_address(person)
        ):
            memberships.make_known(person, message.network_id)


def write_follow_up_mails(messages: list[Message]) -> list[Written]:
    """Write them, unless the impression was withdrawn or the person stopped mail in the meantime."""
    impressions = _impressions_by_id({message.details["impression"] for message in messages})
    people = _people_by_id({message.person_id for message in messages if message.person_id})
    promised = commitment_queries.open_commitments_of(list(people))
    handed_out = _materials_of_readers(messages, impressions)
    upcoming = {impression_id: _next_event(each) for impression_id, each in impressions.items()}
    mails: list[Written] = []
    for message in messages:
        impression, person = impressions.get(message.details["impression"]), people[message.person_id or 0]
        membership = next((each for each in person.memberships if each.network_id == message.network_id), None)
        if impression is None:
            mails.append(Suppressed(Reason.IMPRESSION_WITHDRAWN))
        elif membership and not membership.gets_mail:
            mails.append(Suppressed(Reason.UNSUBSCRIBED))
        elif correspondence.preferred_address(person) is None:
            mails.append(Suppressed(Reason.NO_RECIPIENT))
        else:
            own = _of_impression(promised.get(person.id, []), impression)
            material = handed_out.get((impression.id, person.id), LetterBlock("", ""))
            mail = _write_follow_up_mail(message.kind, impression, person, own, upcoming[impression.id], material)
            mails.append(Draft(mail, [impression, person, *person.addresses, *person.memberships]))
    return mails


def _write_follow_up_mail(
    kind: MessageKind,
    impression: Impression,
    person: Person,
    own: list[Commitment],
    upcoming: Event | None,
    material: LetterBlock,
) -> Mail:
    network = impression.network
    stop = memberships.link_to_unsubscribe(person, network.id)
    envelope = Envelope(
        because=kind.because,
        address=correspondence.address_of(person),
        network=network,
        reply_to=network.contact_address,
        unsubscribe_url=stop,
        unsubscribe_address=memberships.unsubscribe_address(stop),
        preferences_url=correspondence.link_to_preferences(person),
        feedback=f"{impression.id}:{network.id}:{kind}",
    )
    return correspondence.write_mail(
        person,
        kind.letter,
        lambda: {**_follow_up_fields(impression, person, own, upcoming), "materiaal": material},
        envelope,
    )


def _materials_of_readers(
    messages: list[Message], impressions: dict[int, Impression]
) -> dict[tuple[int, int], LetterBlock]:
    """The block with what each reader who was there may open of the last of its sessions, by impression and person."""
    thanked = [message for message in messages if message.kind == THANKS]
    of_event = {event_id: each.id for each in impressions.values() for event_id in _event_ids(each)}
    wanted = sa.select(Invitation).where(
        Invitation.event_id.in_(of_event), Invitation.person_id.in_({message.person_id for message in thanked})
    )
    found = db.session.scalars(wanted.options(joinedload(Invitation.person)).order_by(Invitation.id)) if thanked else ()
    invitations = {each.id: each for each in found}
    given = reading.materials_of_invited(invitations) if invitations else {}
    blocks = {}
    for invitation_id, materials in given.items():
        invitation = invitations[invitation_id]
        with force_locale(invitation.person.language):
            block = material_blocks.write_material_block(invitation, materials)
        blocks[of_event[invitation.event_id], invitation.person_id] = block
    return blocks


def _follow_up_fields(
    impression: Impression, person: Person, own: list[Commitment], upcoming: Event | None
) -> dict[str, Any]:
    page = visits.link_to_page(person, impression.network, urls.impression_url(impression.slug))
    return {
        "voornaam": person.call_name,
        "netwerk": impression.network.name,
        "titel": impression.title,
        "impressie": LetterBlock.render("button", link=page, label=gettext("Lees de impressie")),
        "inzichten": LetterBlock.render("insights", titles=[insight.title for insight in impression.insights[:5]]),
        "opname": impression.recording_url,
        "afspraken": commitment_letters.write_commitments_block(own),
        "heeft_afspraken": bool(own),
        "volgende": upcoming.title if upcoming else "",
        "volgende_dag": wording.format_day(upcoming.starts_at, upcoming.zone) if upcoming else "",
        "volgende_pagina": (
            visits.link_to_page(person, upcoming.network, urls.event_url(upcoming.slug)) if upcoming else ""
        ),
    }


def _of_impression(own: list[Commitment], impression: Impression) -> list[Commitment]:
    event_ids = set(_event_ids(impression))
    return [commitment for commitment in own if commitment.event_id in event_ids]


def _impressions_by_id(impression_ids: set[int]) -> dict[int, Impression]:
    wanted = sa.select(Impression).where(
        Impression.id.in_(impression_ids), Impression.state == ImpressionState.PUBLISHED
    )
    options = [joinedload(Impression.network), joinedload(Impression.event), selectinload(Impression.insights)]
    return {each.id: each for each in db.session.scalars(wanted.options(*options))}


def _people_by_id(person_ids: set[int]) -> dict[int, Person]:
    wanted = sa.select(Person).where(Person.id.in_(person_ids))
    options = [selectinload(Person.addresses), selectinload(Person.memberships)]
    return {each.id: each for each in db.session.scalars(wanted.options(*options))}


def _next_event(impression: Impression) -> Event | None:
    """The network's next public session."""
    wanted = sa.select(Event).where(
        Event.network_id == impression.network_id,
        Event.state == EventState.PUBLISHED,
        ~Event.confidential,
        Event.starts_at > clock.now(),
    )
    return db.session.scalar(wanted.order_by(Event.starts_at).limit(1))
