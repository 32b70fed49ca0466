"""Organisations, people and their positions, networks and memberships, audiences, import."""

from flask import Flask


def bind(app: Flask) -> None:
    from app.network import (
        audience_views,
        doubles_views,
        finding,
        finding_views,
        import_views,
        merging,
        organisation_views,
        organiser_views,
        own_data_views,
        participant_views,
        people,
        public_views,
    )
    from app.outbox import delivery
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
    finding.connect()
    people.erased.connect(merging.forget)
    delivery.unknown_address.connect(people.note_bounce)
