"""The participant's answer: seats, waiting list, substitutes, questions; the organiser's cockpit."""

from typing import Any

from flask import Flask


def wire() -> None:
    from app.events import planning
    from app.network import memberships
    from app.network.imports import merges
    from app.network.people import address_notices, people
    from app.outbox import message_writing
    from app.outbox.kinds import MessageKind
    from app.registration import (
        allotments,
        calendar_entries,
        erasure,
        event_updates,
        programme_letters,
    )

    message_writing.register_writer(
        MessageKind.SEATS_OFFERED, allotments.write_seats_offers, prepare=allotments.prepare_seats_offers
    )
    event_updates.connect_event_updates()
    programme_letters.wire()
    planning.copied.connect(allotments.copy_kept_seats)
    planning.published.connect(allotments.tell_untold_contacts)
    planning.withdrawn.connect(allotments.take_offers_back)
    people.erasing.connect(erasure.leave_ahead)
    people.erased.connect(erasure.erase_registrations)
    memberships.left.connect(calendar_entries.leave)
    memberships.came_back.connect(calendar_entries.come_back)
    merges.merging.connect(_combine_invitations)
    merges.unmerged.connect(_keep_capacity_after_undo)
    merges.unmerged.connect(calendar_entries.settle_after_undo)
    message_writing.register_writer(
        MessageKind.CALENDAR_CLEARED, calendar_entries.write_clearings, keep=calendar_entries.keep_cleared
    )
    address_notices.moved.connect(calendar_entries.settle_entries)


def _combine_invitations(*people: Any, **journal: Any) -> None:
    """What merging needs is loaded when people are merged."""
    from app.registration import invitation_merges

    invitation_merges.combine_invitations(*people, **journal)


def _keep_capacity_after_undo(*merge: Any, **entries: Any) -> None:
    from app.registration import invitation_merges

    invitation_merges.keep_capacity_after_undo(*merge, **entries)


def bind(app: Flask) -> None:
    from app.registration import allotment_views, list_views, need_list_views, organiser_views, participant_views
    from app.web import doors

    doors.hang(app, organiser_views, list_views, participant_views, allotment_views, need_list_views)
