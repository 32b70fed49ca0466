"""Organisations, people and their positions, networks and memberships, audiences, import."""

from flask import Flask


def wire() -> None:
    from app.network import finding, merging, people
    from app.outbox import delivery

    finding.connect()
    people.erased.connect(merging.forget)
    delivery.unknown_address.connect(people.note_bounce)


def bind(app: Flask) -> None:
    from app.network import (
        audience_views,
        doubles_views,
        finding_views,
        import_views,
        organisation_views,
        organiser_views,
        own_data_views,
        participant_views,
        public_views,
    )
    from app.web import doors

    doors.hang(
        app,
        organiser_views,
        organisation_views,
        import_views,
        audience_views,
        doubles_views,
        finding_views,
        participant_views,
        own_data_views,
        public_views,
    )
