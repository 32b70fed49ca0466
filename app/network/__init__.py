"""Organisations, people and their positions, networks and memberships, audiences, import."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def wire() -> None:
    from app.network import memberships
    from app.network.finding import search
    from app.network.imports import merges
    from app.network.people import mail_addresses, people
    from app.outbox import delivery

    search.connect_search_index()
    memberships.wire()
    people.erased.connect(merges.erase_merged)
    delivery.unknown_address.connect(mail_addresses.note_bounced_address)


def bind(app: "Flask") -> None:
    from app.network import joining_views, organiser_views, participant_views, public_views
    from app.network.audiences import audience_views
    from app.network.faces import face_views
    from app.network.finding import search_views
    from app.network.imports import doubles_views, import_views
    from app.network.organisations import organisation_views
    from app.network.people import address_change_views, list_views, own_data_views, people_views
    from app.web import doors

    doors.hang(
        app,
        organiser_views,
        face_views,
        list_views,
        people_views,
        joining_views,
        organisation_views,
        import_views,
        audience_views,
        doubles_views,
        search_views,
        participant_views,
        own_data_views,
        address_change_views,
        public_views,
    )
