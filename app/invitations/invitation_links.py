"""The personal link: who is this, for which event. Valid until thirty days after the last thing that its mails are about.

That is the event; of a course its last meeting, and where this person catches up; and a certificate of theirs, since that may
be made months later, and be mailed with this link.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from app import clock, tokens, urls
from app.certificates.models import Certificate, CertificateVersion
from app.courses.models import CourseEdition, CourseMeeting
from app.database import Condition, db
from app.events.models import Event
from app.invitations.models import FormerInvitation, Invitation
from app.network.models import Network
from app.network.people.models import EmailAddress, Person
from app.tokens import Purpose

VALID_AFTERWARDS = timedelta(days=30)

_LONG_AGO: sa.BindParameter[datetime] = sa.bindparam("long_ago")


def _course_goes_on() -> Condition:
    """Whether the event is a meeting of an edition that has a later one, or of which this person is elsewhere later."""
    here, edition = aliased(CourseMeeting), aliased(CourseEdition)
    there, group, later = aliased(CourseMeeting), aliased(CourseEdition), aliased(Event)
    guest = aliased(Invitation)
    comes = sa.select(guest.id).where(guest.event_id == later.id, guest.person_id == Invitation.person_id)
    wanted = (
        sa.select(later.id)
        .select_from(here)
        .join(edition, edition.id == here.edition_id)
        .join(group, group.course_id == edition.course_id)
        .join(there, there.edition_id == group.id)
        .join(later, later.id == there.event_id)
    )
    of_theirs = sa.or_(group.id == edition.id, comes.correlate(later, Invitation).exists())
    held = there.dropped_at.is_(None)
    return wanted.where(here.event_id == Event.id, held, later.ends_at > _LONG_AGO, of_theirs).exists()


def _has_new_certificate() -> Condition:
    """Whether this person was given, or lost, a certificate of the event or its course of late."""
    editions = sa.select(CourseMeeting.edition_id).where(CourseMeeting.event_id == Event.id)
    of_this = sa.or_(Certificate.event_id == Event.id, Certificate.course_edition_id.in_(editions.correlate(Event)))
    of_late = sa.or_(CertificateVersion.issued_at > _LONG_AGO, Certificate.withdrawn_at > _LONG_AGO)
    wanted = sa.select(Certificate.id).join(Certificate.versions)
    return wanted.where(Certificate.person_id == Invitation.person_id, of_this, of_late).exists()


_VALID = (
    sa.select(Invitation, Event, Network, Person, EmailAddress)
    .join(Invitation.event)
    .join(Event.network)
    .join(Invitation.person)
    .outerjoin(Invitation.address)
    .options(joinedload(Event.picture), joinedload(Network.picture))
    .where(
        Invitation.id == sa.bindparam("invitation_id"),
        Invitation.token_version == sa.bindparam("version"),
        sa.or_(Event.ends_at > _LONG_AGO, _course_goes_on(), _has_new_certificate()),
    )
)


def link_to_invitation(invitation: Invitation) -> str:
    """Address of this person's page for this event."""
    return urls.invitation_url(tokens.make_token(Purpose.INVITATION, invitation.id, invitation.token_version))


def link_to_joining(invitation: Invitation) -> str:
    """Where this person opens the online session and is counted."""
    return urls.join_online_url(tokens.make_token(Purpose.INVITATION, invitation.id, invitation.token_version))


def link_to_material(invitation: Invitation, material_id: int) -> str:
    """Where this person opens something of the material of their session."""
    token = tokens.make_token(Purpose.INVITATION, invitation.id, invitation.token_version)
    return urls.material_url(token, material_id)


def questions_page(invitation: Invitation) -> str:
    """Where this person answers the questions after the event."""
    return urls.evaluation_url(tokens.make_token(Purpose.EVALUATION, invitation.id, invitation.token_version))


def invitation_of_link(token: str) -> Invitation | None:
    """The invitation of a personal link; None when the token is wrong, revoked or expired, all alike."""
    invitation_id, version = tokens.read_token(Purpose.INVITATION, token) or (0, 0)
    return load_invitation(invitation_id, version)


def load_invitation(invitation_id: int, version: int) -> Invitation | None:
    """The invitation of that id, if this version of its link still holds."""
    given = {"invitation_id": invitation_id, "version": version, "long_ago": clock.now() - VALID_AFTERWARDS}
    found = _read(given)
    if found is None and (former := _stands_for(invitation_id, version)):
        return _read(given | {"invitation_id": former.id, "version": former.token_version})
    return found


def find_lasting_invitation(invitation_id: int, version: int) -> Invitation | None:
    """The same for a link of another purpose, which holds however long ago the event was."""
    wanted = sa.select(Invitation).where(Invitation.id == invitation_id, Invitation.token_version == version)
    whole = (joinedload(Invitation.event).joinedload(Event.network), joinedload(Invitation.person))
    found = db.session.scalar(wanted.options(*whole))
    return found or _stands_for(invitation_id, version)


def _read(given: dict[str, Any]) -> Invitation | None:
    """The invitation with whom and what it is about: five rows side by side, put together in fewer calls than by SQLAlchemy."""
    found = db.session.execute(_VALID, given).first()
    if found is None:
        return None
    invitation, event, network, person, address = found
    set_committed_value(event, "network", network)
    for name, row in (("event", event), ("person", person), ("address", address)):
        set_committed_value(invitation, name, row)
    return invitation


def _stands_for(invitation_id: int, version: int) -> Invitation | None:
    """The invitation that a former one was merged into, when two people turned out to be one."""
    former = db.session.get(FormerInvitation, invitation_id)
    return db.session.get(Invitation, former.invitation_id) if former and former.version == version else None


def revoke_link(invitation: Invitation) -> None:
    """Make every link sent so far worthless; versions wrap around from 255 to 1."""
    invitation.token_version = invitation.token_version % 255 + 1


def revoke_links_and_addresses(theirs: sa.ColumnElement[bool]) -> None:
    """The same for all of these at once, who are mailed nowhere any more."""
    revoked = (
        sa.update(Invitation).where(theirs).values(address_id=None, token_version=Invitation.token_version % 255 + 1)
    )
    db.session.execute(revoked.execution_options(synchronize_session=False))
    db.session.expire_all()


def invitation_reply_address(invitation: Invitation) -> str:
    """Where this person's answers by mail go: ORGANIZER and Reply-To."""
    if current_app.config["CALENDAR_ORGANIZER"] == "constant":
        return urls.reply_address()
    return urls.reply_address(tokens.make_token(Purpose.REPLY, invitation.id))
