"""Who is who: what members show each other, and how they write to each other without an address being seen."""

from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from app.network.models import Membership
    from app.network.people.models import Person


def wire() -> None:
    from app.directory import models  # noqa: F401
    from app.network import memberships
    from app.network.imports import merges
    from app.network.people import people

    memberships.left.connect(_leave)
    memberships.came_back.connect(_come_back)
    merges.merging.connect(_part_from_each_other)
    people.erased.connect(_forget_merged)


def bind(app: Flask) -> None:
    from app.directory import (
        contact_views,
        listing_views,
        member_views,
        organiser_views,
        participant_views,
        public_views,
    )
    from app.web import doors

    doors.hang(app, public_views, member_views, listing_views, contact_views, participant_views, organiser_views)


def _leave(membership: "Membership", **about: Any) -> None:
    from app.directory import consents

    consents.withdraw_all(membership.person_id, membership.network_id)


def _come_back(membership: "Membership", **about: Any) -> None:
    from app.directory import consents

    consents.restore(membership.person_id, membership.network_id, about["since"])


def _part_from_each_other(kept: "Person", **about: Any) -> None:
    from app.directory import merging

    merging.part_from_each_other(kept, **about)


def _forget_merged(person: "Person", **about: Any) -> None:
    from app.directory import merging

    merging.forget_merged(person)
