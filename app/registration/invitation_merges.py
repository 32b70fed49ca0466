"""Two people who become one may both have been invited to an event: one invitation stays, with all that hangs on both.

Their days at it come together, a day on which both were there once. Whoever was there goes before who has a place, then who waits, then who answered. A place
too many is freed for whoever waits; when the merge is undone and the place has been given
away, the one who returns waits.
"""

from typing import Any

import sqlalchemy as sa

from app.attendance.models import Attendance, Entry
from app.breakouts import choice_merges, choices
from app.database import db
from app.events import capacity
from app.events.models import Mode
from app.invitations.models import FormerInvitation, Invitation
from app.network.imports.models import Merge
from app.network.people.models import Person
from app.registration import answers, course_places, waiting_list
from app.registration.models import QuestionAnswer, Registration, RegistrationState
from app.row_journal import RowJournal, references_to

_RANK = {RegistrationState.CONFIRMED: 3, RegistrationState.WAITING: 2, RegistrationState.CANCELLED: 1}


def combine_invitations(kept: Person, gone: Person, journal: RowJournal) -> None:
    """Make one invitation of the two that these people have for the same event, for each such event."""
    from app.registration import enrolment_merges

    courses = enrolment_merges.combine_enrolments(kept, gone, journal)
    theirs = {each.event_id: each for each in _invitations(gone)}
    for own in _invitations(kept):
        other = theirs.get(own.event_id)
        if other is not None:
            stays, goes = sorted((own, other), key=lambda each: (_weight(each), each is own), reverse=True)
            _take_over(stays, goes, journal)
    enrolment_merges.let_in(courses)


def keep_capacity_after_undo(merge: Merge, entries: list[dict[str, Any]]) -> None:
    """Registrations that came back with an undone merge wait when their seats have been given away.

    What the calendar of a returned invitation was told meanwhile, in the name of the other, stays known.
    """
    from app.registration import enrolment_merges

    _keep_sequence(
        merge, [entry["key"]["id"] for entry in entries if entry["table"] == "invitations" and "row" in entry]
    )
    returned = [entry["key"]["id"] for entry in entries if entry["table"] == "registrations" and "row" in entry]
    for registration in db.session.scalars(sa.select(Registration).where(Registration.id.in_(returned))):
        if registration.state != RegistrationState.CONFIRMED or enrolment_merges.has_day(registration):
            continue
        event = capacity.lock_event(registration.event_id)
        if capacity.ledger(event).overdrawn(registration.mode, registration.organisation_id) and not event.over:
            registration.state, registration.waiting_number = (
                RegistrationState.WAITING,
                waiting_list.next_waiting_number(event),
            )
            choices.follow_seat(registration)
        choices.keep_capacity(registration)
    enrolment_merges.keep_places_after_undo(
        [entry["key"]["id"] for entry in entries if entry["table"] == "enrolments" and "row" in entry]
    )


def _keep_sequence(merge: Merge, returned: list[int]) -> None:
    of_other = {
        each.event_id: each
        for person in (merge.kept, merge.gone)
        for each in _invitations(person)
        if each.id not in returned
    }
    for invitation in db.session.scalars(sa.select(Invitation).where(Invitation.id.in_(returned))):
        other = of_other.get(invitation.event_id)
        if other:
            for name, value in _told_further(invitation, other).items():
                setattr(invitation, name, value)


def _told_further(own: Invitation, other: Invitation) -> dict[str, Any]:
    """What one's calendar counts as told, when the other's was told more: the next SEQUENCE has to be above both."""
    names = ("calendar_sequence", "calendar_stamp", "calendar_status", "calendar_mode")
    if own.calendar_sequence is None:
        return {name: getattr(other, name) for name in names}
    if own.calendar_sequence >= (other.calendar_sequence or 0):
        return {}
    return {name: getattr(other, name) for name in names[:2]}


def _invitations(person: Person) -> list[Invitation]:
    return list(
        db.session.scalars(sa.select(Invitation).where(Invitation.person_id == person.id).order_by(Invitation.id))
    )


def _weight(invitation: Invitation) -> tuple[Any, ...]:
    there = db.session.scalar(sa.select(Attendance.id).where(Attendance.invitation_id == invitation.id).limit(1))
    state = db.session.scalar(sa.select(Registration.state).where(Registration.invitation_id == invitation.id))
    return (there is not None, _RANK[state] if state else 0, invitation.answer is not None)


def _take_over(stays: Invitation, goes: Invitation, journal: RowJournal) -> None:
    event = course_places.lock_session(stays.event)
    _keep_place_that_was_asked_for(stays, goes, journal)
    freed = _drop_place(stays, goes, journal)
    for column in references_to("invitations"):
        journal.move(column, goes.id, stays.id)
        _drop_rest(column, goes.id, journal)
    table = Invitation.__table__
    if further := _told_further(stays, goes):
        journal.update(table, {"id": stays.id}, **further)
    asked_itself = db.session.scalar(sa.select(table.c.substitute_for_id).where(table.c.id == stays.id)) == stays.id
    if asked_itself:
        journal.update(table, {"id": stays.id}, substitute_for_id=None)
    former = {"version": goes.token_version, "invitation_id": stays.id}
    journal.delete(table, {"id": goes.id})
    journal.insert(FormerInvitation.__table__, {"number": goes.id}, **former)
    db.session.expunge(goes)
    if freed:
        answers.let_in_waiting(event)
        choices.let_in(event, event.slots)


def _keep_place_that_was_asked_for(stays: Invitation, goes: Invitation, journal: RowJournal) -> None:
    """Undoing a check-in gives up a place that walking in made: no longer, when one of both had a place without that."""
    if not all(_id_of_row(Registration.__table__, each) for each in (stays, goes)):
        return
    wanted = sa.select(Attendance.id, Attendance.invitation_id).where(
        Attendance.invitation_id.in_([stays.id, goes.id]), Attendance.entry == Entry.WALK_IN
    )
    walked_in = db.session.execute(wanted).all()
    if len({invitation_id for _, invitation_id in walked_in}) == 1:
        for attendance_id, _ in walked_in:
            journal.update(Attendance.__table__, {"id": attendance_id}, entry=Entry.LIST)


def _drop_place(stays: Invitation, goes: Invitation, journal: RowJournal) -> Mode | None:
    """When both have a registration one goes; returns the mode in which a seat came free."""
    from app.registration import enrolment_merges

    table, given = Registration.__table__, QuestionAnswer.__table__
    first, second = _id_of_row(table, stays), _id_of_row(table, goes)
    if not (first and second):
        return None
    row = db.session.execute(sa.select(table).where(table.c.id == second)).mappings().one()
    journal.move(given.c.registration_id, second, first)
    _drop_rest(given.c.registration_id, second, journal)
    choice_merges.combine_choices(first, second, journal)
    enrolment_merges.combine_days(first, second, journal)
    journal.delete(table, {"id": second})
    mode: Mode = row["mode"]
    return mode if row["state"] == RegistrationState.CONFIRMED else None


def _drop_rest(column: sa.Column[Any], invitation_id: int, journal: RowJournal) -> None:
    """Delete what could not move since the invitation that stays has the same."""
    table = column.table
    keys = db.session.execute(sa.select(*table.primary_key.columns).where(column == invitation_id)).mappings().all()
    for key in keys:
        journal.delete(table, dict(key))


def _id_of_row(table: sa.Table, invitation: Invitation) -> int | None:
    return db.session.scalar(sa.select(table.c.id).where(table.c.invitation_id == invitation.id))
